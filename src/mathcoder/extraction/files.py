"""Files and folders as they are published: which reader a file needs, and which files a book is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from mathcoder.extraction.cnxml import cnxml_to_text
from mathcoder.extraction.document import Document
from mathcoder.extraction.latex import latex_to_text
from mathcoder.extraction.pretext import ROOTS, pretext_to_text

__all__ = ["read_book", "read_file"]

_PLAIN = frozenset((".md", ".mmd", ".txt", ".markdown", ".text"))
_WEB = frozenset((".html", ".htm", ".xhtml"))
_TEX = frozenset((".tex", ".ltx", ".latex"))
_XML = frozenset((".xml", ".cnxml", ".ptx", ".pretext", ".mathml"))
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_HEAD = 4_000  # bytes: where a file says what it is

Claim = Callable[[Path], bool]


def read_file(path: str | Path) -> Document:
    """The document in a file; what it includes is read from beside it, never from outside its directory.

    Raises:
        ValueError: it cannot be read as text: binary, empty of text, not well-formed, or of an unknown kind.
        OSError: it cannot be opened.
    """
    return _read(Path(path), Path(path).parent, lambda _: True)


def _read(path: Path, folder: Path, claim: Claim) -> Document:
    data = path.read_bytes()
    try:
        document = _of_kind(_kind(path, data), data, path, folder, claim)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return replace(document, path=str(path))


def _kind(path: Path, data: bytes) -> str:
    suffix = path.suffix.lower()
    if b"\0" in data[:_HEAD] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("a binary file; text, Markdown, LaTeX, HTML, CNXML and PreTeXt can be read")
    if suffix in _PLAIN:
        return "plain"
    if suffix in _TEX:
        return "tex"
    if suffix in _WEB:
        return "html"
    root = _root(data)
    if suffix in _XML or not suffix:
        if root in ("document", "module") and (suffix == ".cnxml" or b"cnx" in data[:_HEAD]):
            return "cnxml"
        if root == "html":
            return "html"
        if root in ROOTS:
            return "pretext"
    if not suffix and rb"\documentclass" in data[:_HEAD]:
        return "tex"
    what = f"XML with the root <{root}>" if suffix in _XML and root else f"the suffix {suffix or '(none)'}"
    raise ValueError(f"{what} is of no kind that can be read: text, Markdown, LaTeX, HTML, CNXML, PreTeXt")


def _root(data: bytes) -> str:
    head = re.sub(rb"<!--.*?-->", b"", data[:_HEAD], flags=re.DOTALL)
    found = _ROOT.search(head)
    return found[1].decode("ascii", "replace").lower() if found else ""


def _of_kind(kind: str, data: bytes, path: Path, folder: Path, claim: Claim) -> Document:
    if kind == "html":
        from mathcoder.extraction.html import html_to_text

        return html_to_text(data)
    if kind == "cnxml":
        return cnxml_to_text(data)
    if kind == "pretext":
        return pretext_to_text(data, _including(path.parent, folder, claim))
    text = _decoded(data)
    return (
        Document(text.strip())
        if kind == "plain"
        else latex_to_text(text, _tex_including(path.parent, folder, claim))
    )


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _inside(base: Path, name: str, folder: Path) -> Path | None:
    """The file called `name` from `base`, if it is there and inside `folder`."""
    try:
        path = (base / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _including(base: Path, folder: Path, claim: Claim) -> Callable[[str], bytes | None]:
    def include(name: str) -> bytes | None:
        path = _inside(base, name, folder)
        if path is None:
            return None
        return path.read_bytes() if claim(path) else b""

    return include


_DIVIDED = re.compile(r"^\s*\\(?:chapter|section|subsection)\*?\s*[\[{]", re.MULTILINE)


def _tex_including(base: Path, folder: Path, claim: Claim) -> Callable[[str], str | None]:
    def read(name: str) -> str | None:
        path = _inside(base, name, folder) or _inside(base, name + ".tex", folder)
        if path is None:
            return None
        text = _decoded(path.read_bytes())
        # A preamble is wanted by each document; a chapter belongs to the first that asks for it.
        return text if not _DIVIDED.search(text) or claim(path) else ""

    return read


# ---- books

_TEX_INCLUDES = re.compile(r"\\(?:input|include|subfile|(?:sub)?import\*?\s*\{([^{}]*)\})\s*\{([^{}]+)\}")
_TEX_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_XML_INCLUDES = re.compile(rb"<xi:include[^>]*?href\s*=\s*[\"']([^\"']+)")


def read_book(directory: str | Path) -> Iterator[Document]:
    """The documents of a textbook's folder, in the order of their names.

    A LaTeX or PreTeXt project: the files that no other includes, each with what it includes; a chapter that two of
    them include is read once, with the larger. A CNXML collection: each module. A damaged file comes as an empty
    document with the reason; files of other kinds are passed over.

    Raises:
        ValueError: the folder has no such file.
        OSError: the folder cannot be opened.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    paths = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in _TEX | _XML | _WEB
    )
    if not paths:
        raise ValueError(f"{folder} has no LaTeX, HTML, CNXML or PreTeXt file")
    includes = {path: _includes(path, folder) for path in paths}
    included = {name for path, names in includes.items() for name in names if name != path}
    roots = [path for path in paths if path.resolve() not in included]
    names = {path.resolve(): found for path, found in includes.items()}
    reached = {path: _reached(path, names) for path in roots}
    claimed: dict[Path, Path] = {}
    for path in sorted(roots, key=lambda path: (-len(reached[path]), path)):
        for name in reached[path]:
            claimed.setdefault(name, path)
    for path in roots:
        yield from _book_part(path, folder, claimed)


def _book_part(path: Path, folder: Path, claimed: dict[Path, Path]) -> Iterator[Document]:
    try:
        _kind(path, path.read_bytes()[:_HEAD])
    except ValueError:  # a list of settings, a picture: no document
        return
    try:
        document = _read(path, folder, lambda name: claimed.get(name, path) == path)
    except ValueError as error:
        document = Document("", path=str(path), dropped=(str(error),))
    if document.text or document.dropped:
        yield document


def _includes(path: Path, folder: Path) -> set[Path]:
    data = path.read_bytes()
    names: list[str] = []
    if path.suffix.lower() in _TEX:
        found = _TEX_INCLUDES.findall(_TEX_COMMENT.sub("", _decoded(data)))
        names = [prefix + name + suffix for prefix, name in found for suffix in ("", ".tex")]
    elif path.suffix.lower() in _XML:
        data = re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL)
        names = [name.decode("utf-8", "replace") for name in _XML_INCLUDES.findall(data)]
    return {inside for name in names if (inside := _inside(path.parent, name.strip(), folder))}


def _reached(path: Path, includes: dict[Path, set[Path]]) -> set[Path]:
    seen: set[Path] = set()
    waiting = [path.resolve()]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += includes.get(name, set())
    return seen
