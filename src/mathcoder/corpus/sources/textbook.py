"""Textbooks: LaTeX, PreTeXt, CNXML, Markdown and PDF, in folders and in archives."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mathcoder.corpus.sources import remote
from mathcoder.corpus.sources.archives import is_archive, unpack
from mathcoder.corpus.sources.paths import (
    Passed,
    Place,
    file_name,
    files_in,
    read_whole,
    suffix_of,
    wanted,
    why_damaged,
)
from mathcoder.corpus.sources.pdf import pdf_text
from mathcoder.corpus.sources.piece import Piece, problem
from mathcoder.corpus.sources.row import Facts, Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.extraction import Document, read_book, read_file

__all__ = ["book_parts", "book_rows"]

_MARKDOWN = (".md", ".mmd", ".markdown")
_BOOK = (".tex", ".ltx", ".latex", ".xml", ".cnxml", ".ptx", ".pretext", ".html", ".htm", ".xhtml")
# Parts of a book that are not its text: read with what includes them, or no reading at all.
_BESIDE = (".sty", ".cls", ".bib", ".bst", ".mathml")
_ABOUT = (
    "readme",
    "license",
    "licence",
    "contributing",
    "copying",
    "changelog",
    "changes",
    "code_of_conduct",
    "authors",
)
_ABOUT_FOLDER = "a file about the book, not of it"
_MOST_LOST = 20  # reasons that the meta of a document names


def book_parts(places: Sequence[Place]) -> list[Piece]:
    """The books at `places`: a folder is one book, or holds archives, PDFs and Markdown files of books."""
    named = {name for place in places for name in (place.name, *(place.files or ()))}
    return [part for place in places for part in _parts(place, named)]


def _parts(place: Place, named: set[str]) -> Iterator[Piece]:
    book: list[str] = []
    about: list[str] = []
    for name in wanted([place], _is_book, "of a book"):
        if isinstance(name, Passed):
            yield problem(name.folder, name.reason)
        elif place.files is not None and suffix_of(name) in (*_BOOK, *_BESIDE):
            book.append(name)
        elif place.files is not None and _is_about(name):
            about.append(name)
        else:
            yield from _single(name, named)
    yield from (problem(name, _ABOUT_FOLDER) for name in about)
    if any(suffix_of(name) in _BOOK for name in book):
        yield Piece("book", place.name, files=tuple(book))


def _single(name: str, named: set[str]) -> Iterator[Piece]:
    """A book in one file; a recogniser's output is read in the place of its PDF."""
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    if suffix.lower() == ".mmd" and f"{stem}.pdf" in named:
        return
    recognised = f"{stem}.mmd"
    if suffix.lower() == ".pdf" and (
        recognised in named or (not remote.is_remote(name) and Path(recognised).exists())
    ):
        yield Piece("file", recognised, facts=Facts(meta={"recognised_from": PurePosixPath(name).name}))
    else:
        yield Piece("file", name)


def book_rows(spec: SourceSpec, piece: Piece) -> Iterator[Row]:
    """The documents of a book; one that is not on this machine is fetched first."""
    if not remote.is_remote(piece.path):
        yield from _local_rows(spec, piece, Path(piece.path))
        return
    with tempfile.TemporaryDirectory(prefix="mathcoder-book-") as folder:
        path = Path(folder, file_name(piece.path) or "book")
        try:
            if piece.form == "book":
                remote.fetch_folder(piece.path, piece.files, path, spec.limits)
            else:
                remote.fetch_file(piece.path, path, spec.limits.unpacked_bytes)
        except (OSError, ValueError) as error:
            yield dropped(spec, why_damaged(error), piece.name)
            return
        yield from _local_rows(spec, piece, path)


def _local_rows(spec: SourceSpec, piece: Piece, path: Path) -> Iterator[Row]:
    """The documents of a piece that is at `path`."""
    suffix = path.suffix.lower()
    if piece.form == "book":
        yield from _book(spec, path, piece.name)
    elif is_archive(path):
        yield from _archive(spec, path, piece.name)
    elif suffix == ".pdf":
        yield _pdf(spec, path, piece.name)
    elif suffix in _MARKDOWN:
        yield _markdown(spec, path, piece.name, piece.facts)
    elif suffix in _BOOK:
        yield _chapter(spec, path, piece.name)
    else:
        what = "LaTeX, PreTeXt, CNXML, Markdown, PDF and archives of them can be read"
        yield dropped(spec, f"{suffix or 'no suffix'}: no book; {what}", piece.name)


def _archive(spec: SourceSpec, path: Path, shown: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="mathcoder-book-") as name:
        folder = Path(name)
        try:
            skipped = unpack(path, folder, spec.limits)
        except ValueError as error:
            yield dropped(spec, str(error), shown)
            return
        for each in skipped:
            yield dropped(spec, each.reason, f"{shown}!{each.member}" if each.member else shown)
        for part in book_parts([Place(name, files_in(folder))]):
            inside = Path(part.path)
            called = f"{shown}!" if inside == folder else _inside(inside, folder, f"{shown}!")
            if part.form == "problem":
                yield dropped(spec, str(part.data), called)
            elif part.form == "file" and is_archive(inside):
                yield dropped(spec, "an archive inside an archive; unpack it first", called)
            else:
                yield from _local_rows(spec, replace(part, shown=called), inside)


def _book(spec: SourceSpec, folder: Path, shown: str) -> Iterator[Row]:
    most = spec.limits.file_bytes
    large = [name for name in files_in(folder) if _is_book(name) and Path(name).stat().st_size > most]
    if large:
        yield dropped(spec, f"{Path(large[0]).name} is larger than {most:,} bytes; the book was not read", shown)
        return
    try:
        for document in read_book(folder):
            yield _document(spec, document, folder, shown)
    except (OSError, ValueError, RecursionError) as error:
        yield dropped(spec, _renamed(f"{error}; the rest of the book is lost", folder, shown), shown)


def _document(spec: SourceSpec, document: Document, folder: Path, shown: str) -> Row:
    path = _inside(Path(document.path), folder, shown)
    lost = tuple(_renamed(reason, folder, shown) for reason in document.dropped)
    if not document.text.strip() and lost:
        return dropped(spec, lost[0], path, Facts(title=document.title, meta=_lost(lost[1:])))
    return kept(spec, document.text, path, Facts(title=document.title, meta=_lost(lost)))


def _chapter(spec: SourceSpec, path: Path, shown: str) -> Row:
    try:
        if path.stat().st_size > spec.limits.file_bytes:
            raise ValueError(f"larger than {spec.limits.file_bytes:,} bytes")
        document = read_file(path)
    except (OSError, ValueError, RecursionError) as error:
        return dropped(spec, _renamed(str(error), path.parent, shown.rpartition("/")[0]), shown)
    return kept(spec, document.text, shown, Facts(title=document.title, meta=_lost(document.dropped)))


def _markdown(spec: SourceSpec, path: Path, shown: str, facts: Facts) -> Row:
    try:
        text = read_whole(str(path), spec.limits, spec.limits.file_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return dropped(spec, f"byte {error.start + 1} is not UTF-8", shown, facts)
    except ValueError as error:
        return dropped(spec, str(error), shown, facts)
    heading = next((line for line in text.splitlines()[:50] if line.startswith("# ")), "")
    return kept(spec, text.strip(), shown, replace(facts, title=heading.strip("# ")))


def _pdf(spec: SourceSpec, path: Path, shown: str) -> Row:
    try:
        found = pdf_text(read_whole(str(path), spec.limits, spec.limits.file_bytes), spec.limits)
    except ValueError as error:
        return dropped(spec, str(error), shown)
    meta: dict[str, object] = {"pages": found.pages}
    if found.formulas_lost:
        meta["formulas"] = "lost"
    return kept(spec, found.text, shown, Facts(title=found.title, meta=meta))


def _is_book(name: str) -> bool:
    return suffix_of(name) in (*_MARKDOWN, *_BOOK, *_BESIDE, ".pdf") or is_archive(name)


def _is_about(name: str) -> bool:
    return suffix_of(name) in _MARKDOWN and PurePosixPath(file_name(name)).stem in _ABOUT


def _inside(path: Path, folder: Path, shown: str) -> str:
    """The path as a row names it: below what its folder is called."""
    name = path.relative_to(folder).as_posix()
    return f"{shown}{name}" if shown.endswith("!") else f"{shown}/{name}"


def _renamed(message: str, folder: Path, shown: str) -> str:
    return message.replace(f"{folder}/", shown if shown.endswith("!") else f"{shown}/").replace(str(folder), shown)


def _lost(reasons: Sequence[str]) -> dict[str, object]:
    """The parts of a document that could not be read, each reason once with how often."""
    counted = Counter(reasons)
    lost = [
        f"{reason} ({count} times)" if count > 1 else reason for reason, count in counted.most_common(_MOST_LOST)
    ]
    return {"lost": lost, "lost_parts": len(reasons)} if reasons else {}
