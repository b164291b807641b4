"""XML as the readers take it: tags without namespaces, bounded in depth, entities of HTML known."""

from __future__ import annotations

import html
import re
from typing import cast
from xml.etree import ElementTree

__all__ = ["Element", "check_depth", "local_name", "parse_xml"]

Element = ElementTree.Element

_MOST_DEPTH = 200
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")


def parse_xml(data: bytes) -> Element:
    """The root element.

    Raises:
        ValueError: it is not well-formed, or is nested more than 200 deep; the message is one line.
    """
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        if "undefined entity" not in str(error):
            raise ValueError(f"not well-formed XML: {error}") from None
        root = _with_entities(data)
    check_depth(root)
    for element in root.iter():
        if isinstance(cast("object", element.tag), str) and element.tag[0] == "{":
            element.tag = element.tag.rpartition("}")[2]
    return root


def _with_entities(data: bytes) -> Element:
    def character(match: re.Match[bytes]) -> bytes:
        text = html.unescape(match[0].decode("ascii"))
        return match[0] if text.startswith("&") else "".join(f"&#{ord(sign)};" for sign in text).encode()

    try:
        return ElementTree.fromstring(_ENTITY.sub(character, data))
    except ElementTree.ParseError as error:
        raise ValueError(f"not well-formed XML: {error}") from None


def check_depth(root: Element) -> None:
    """Raises ValueError if the tree is nested more than 200 deep: the readers recurse."""
    depth, level = 0, [root]
    while level:
        depth += 1
        if depth > _MOST_DEPTH:
            raise ValueError(f"XML that is nested more than {_MOST_DEPTH} deep")
        level = [child for parent in level for child in parent]


def local_name(element: Element) -> str:
    """The tag without its namespace; "" for a comment or a processing instruction."""
    tag = cast("object", element.tag)
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
