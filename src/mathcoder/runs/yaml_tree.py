"""YAML as recipes use it: read with the line of every key, bounded in size, and written so that it reads back.

Scalars are those of YAML 1.2: only `true` and `false` are booleans (`no` is text), `1e-3` is a number, `010`,
`12:30:45` and dates are text. Nothing but text, numbers, booleans, null, lists and mappings is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import yaml

__all__ = ["Place", "YamlFault", "YamlTree", "read_yaml", "write_yaml"]

MAX_BYTES = 256 * 1024
MAX_VALUES = 20_000
MAX_DEPTH = 40

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_PREFIX = "tag:yaml.org,2002:"
_MERGE = _PREFIX + "merge"
_SCALARS = tuple(
    (_PREFIX + tag, re.compile(rf"^(?:{pattern})$"), list(first))
    for tag, pattern, first in (
        ("bool", "true|false", "tf"),
        ("null", "~|null|", ["~", "n", ""]),
        ("int", "[-+]?(?:0|[1-9][0-9]*(?:_[0-9]{3})*)|0x[0-9a-fA-F]+", "-+0123456789"),
        (
            "float",
            r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
            "-+0123456789.",
        ),
        ("merge", "<<", "<"),
    )
)
_RESOLVERS = {
    first: [(tag, pattern) for tag, pattern, firsts in _SCALARS if first in firsts]
    for first in {first for *_, firsts in _SCALARS for first in firsts}
}
_TAGS = {_PREFIX + name for name in ("str", "int", "float", "bool", "null", "map", "seq")}


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: ClassVar = _RESOLVERS


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: ClassVar = _RESOLVERS

    def ignore_aliases(self, data: object) -> bool:
        return True


def _construct_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    text = node.value.lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_Loader.add_constructor(_PREFIX + "float", _construct_float)


class YamlFault(ValueError):
    """The text is not YAML, or not of the kind that is read; the message is one line without the file.

    Attributes:
        line: 1 for the first; 0 where the fault has no line.
    """

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class YamlTree:
    """A mapping that was read.

    Attributes:
        value: what it says.
        lines: the line that a place begins on: of a mapping's value, the line of its key.
        faults: what is wrong with keys and values although the text is YAML; all of them.
        broken: a tag or a key among the faults cannot be taken, so `value` is empty.
    """

    value: dict[str, Any] = field(default_factory=dict[str, Any])
    lines: dict[Place, int] = field(default_factory=dict[Place, int])
    faults: list[YamlFault] = field(default_factory=list[YamlFault])
    broken: bool = False


def read_yaml(data: bytes) -> YamlTree:
    """Read a mapping.

    Raises:
        YamlFault: it cannot be read at all.
    """
    if len(data) > MAX_BYTES:
        raise YamlFault(0, f"larger than {MAX_BYTES // 1024} KiB; keep data out of the recipe and name its file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlFault(line, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8") from None
    loader = _Loader(_without_odd_characters(text))
    try:
        node = loader.get_single_node()
        if node is None:
            raise YamlFault(0, "empty; write 'key: value' lines")
        _check_size(node)
        tree = YamlTree()
        _walk(node, (), tree)
        if not isinstance(node, yaml.MappingNode):
            raise YamlFault(_line(node), f"a recipe is made of 'key: value' lines, and this is {_kind(node)}")
        if not tree.broken:
            tree.value = cast("Any", loader).construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error) from None
    except RecursionError:
        raise YamlFault(0, f"nested more than {MAX_DEPTH} deep") from None
    finally:
        cast("Any", loader).dispose()
    return tree


def write_yaml(value: Mapping[str, Any]) -> str:
    """Text that `read_yaml` reads back to the same value; the order of keys is kept."""
    text = _dumped(value, allow_unicode=True)
    # PyYAML writes line ends that are not "\n" as they are, and then reads them as blanks.
    return _dumped(value, allow_unicode=False) if re.search("[\x7f-\x9f\u2028\u2029\ufeff]", text) else text


def _dumped(value: Mapping[str, Any], allow_unicode: bool) -> str:
    return yaml.dump(dict(value), Dumper=_Dumper, sort_keys=False, allow_unicode=allow_unicode, width=110)


def _without_odd_characters(text: str) -> str:
    if odd := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise YamlFault(line, f"the character U+{ord(odd.group()):04X} cannot stand in a recipe; remove it")
    return text


def _syntax(error: yaml.MarkedYAMLError) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    problem = error.problem or error.context or "not YAML"
    if "'\\t'" in problem:
        return YamlFault(line, "a tab; indent with spaces")
    if "single document" in (error.context or ""):
        return YamlFault(line, "a second document begins here; a recipe is one")
    if "mapping values are not allowed" in problem:
        return YamlFault(line, "a ':' where no key can be; indent keys alike, and quote text that has ': ' in it")
    begun = error.context_mark
    since = f" ({error.context}, line {begun.line + 1})" if begun and error.context and error.problem else ""
    return YamlFault(line, f"not YAML: {problem}{since}")


def _check_size(root: yaml.Node) -> None:
    """Refuse aliases that hold themselves or make a small file large, before anything is built from them."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node, depth: int) -> int:
        if id(node) in open_nodes:
            raise YamlFault(_line(node), "an alias that holds itself; write the value out")
        if depth > MAX_DEPTH:
            raise YamlFault(_line(node), f"nested more than {MAX_DEPTH} deep")
        if id(node) not in sizes:
            open_nodes.add(id(node))
            sizes[id(node)] = 1 + sum(size(child, depth + 1) for child in _children(node))
            open_nodes.remove(id(node))
        if sizes[id(node)] > MAX_VALUES:
            raise YamlFault(_line(node), f"more than {MAX_VALUES:,} values once its aliases are written out")
        return sizes[id(node)]

    size(root, 0)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _walk(node: yaml.Node, place: Place, tree: YamlTree) -> None:
    """Note the line of every place, and what cannot be taken."""
    tree.lines.setdefault(place, _line(node))
    if node.tag not in _TAGS:
        short = node.tag.replace(_PREFIX, "!!")
        tree.faults.append(YamlFault(_line(node), f"the tag {short} is not taken; write a plain value"))
        tree.broken = True
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*place, index), tree)
    elif isinstance(node, yaml.MappingNode):
        _walk_mapping(node, place, tree)


def _walk_mapping(node: yaml.MappingNode, place: Place, tree: YamlTree) -> None:
    first: dict[str, int] = {}
    for key, value in node.value:
        line = _line(key)
        if key.tag == _MERGE:
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                _walk(merged, place, tree)
            continue
        if not isinstance(key, yaml.ScalarNode) or key.tag != _PREFIX + "str":
            name = repr(key.value) if isinstance(key, yaml.ScalarNode) else _kind(key)
            tree.faults.append(YamlFault(line, f"the key {name} is not text; put it in quotes"))
            tree.broken = True
            continue
        if key.value in first:
            message = f"'{key.value}' is given twice, first in line {first[key.value]}; keep one"
            tree.faults.append(YamlFault(line, message))
        first.setdefault(key.value, line)
        tree.lines[*place, key.value] = line
        _walk(value, (*place, key.value), tree)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
