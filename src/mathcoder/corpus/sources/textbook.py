"""Textbooks: LaTeX, PreTeXt, CNXML, Markdown and PDF, in folders and in archives."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from mathcoder.corpus.sources.archives import is_archive, unpack
from mathcoder.corpus.sources.paths import read_whole, wanted
from mathcoder.corpus.sources.pdf import pdf_text
from mathcoder.corpus.sources.row import Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.extraction import Document, read_book, read_file

__all__ = ["read_textbooks"]

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


def read_textbooks(spec: SourceSpec, places: Sequence[Path]) -> Iterator[Row]:
    """The books at `places`: a folder is one book, or holds archives, PDFs and Markdown files of books."""
    reader = _Reader(spec)
    for place in places:
        if place.is_dir():
            yield from reader.folder(place, str(place))
        else:
            yield from reader.file(place, str(place))


class _Reader:
    """Reads one source; knows the PDFs that it has seen."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._seen: dict[str, str] = {}

    def folder(self, folder: Path, shown: str) -> Iterator[Row]:
        """The books in a folder that is called `shown`."""
        book: list[Path] = []
        about: list[Path] = []
        for found in wanted(self._spec, [folder], _is_book, "of a book"):
            if isinstance(found, Row):
                yield dropped(self._spec, found.drop_reason or "", shown)
            elif found.suffix.lower() in (*_BOOK, *_BESIDE):
                book.append(found)
            elif found.suffix.lower() in _MARKDOWN and found.stem.lower() in _ABOUT:
                about.append(found)
            else:
                yield from self.file(found, _inside(found, folder, shown))
        for path in about:
            yield dropped(self._spec, _ABOUT_FOLDER, _inside(path, folder, shown))
        if any(path.suffix.lower() in _BOOK for path in book):
            yield from self._book(folder, book, shown)

    def file(self, path: Path, shown: str) -> Iterator[Row]:
        """The book in a file that is called `shown`."""
        suffix = path.suffix.lower()
        if is_archive(path):
            yield from self._archive(path, shown)
        elif suffix == ".pdf":
            yield self._pdf(path, shown)
        elif suffix in _MARKDOWN:
            # A recogniser's output is read in the place of its PDF.
            if suffix != ".mmd" or not path.with_suffix(".pdf").exists():
                yield self._markdown(path, shown, {})
        elif suffix in _BOOK:
            yield self._chapter(path, shown)
        else:
            what = "LaTeX, PreTeXt, CNXML, Markdown, PDF and archives of them can be read"
            yield dropped(self._spec, f"{suffix or 'no suffix'}: no book; {what}", shown)

    def _book(self, folder: Path, files: list[Path], shown: str) -> Iterator[Row]:
        most = self._spec.limits.file_bytes
        if large := [path for path in files if path.stat().st_size > most]:
            yield dropped(
                self._spec, f"{large[0].name} is larger than {most:,} bytes; the book was not read", shown
            )
            return
        try:
            for document in read_book(folder):
                yield self._row(document, folder, shown)
        except (OSError, ValueError, RecursionError) as error:
            yield dropped(self._spec, _renamed(f"{error}; the rest of the book is lost", folder, shown), shown)

    def _chapter(self, path: Path, shown: str) -> Row:
        try:
            if path.stat().st_size > self._spec.limits.file_bytes:
                raise ValueError(f"larger than {self._spec.limits.file_bytes:,} bytes")
            document = read_file(path)
        except (OSError, ValueError, RecursionError) as error:
            return dropped(self._spec, _renamed(str(error), path.parent, str(Path(shown).parent)), shown)
        return kept(self._spec, document.text, shown, title=document.title, meta=_lost(document.dropped))

    def _row(self, document: Document, folder: Path, shown: str) -> Row:
        path = _inside(Path(document.path), folder, shown)
        lost = tuple(_renamed(reason, folder, shown) for reason in document.dropped)
        if not document.text.strip() and lost:
            return dropped(self._spec, lost[0], path, title=document.title, meta=_lost(lost[1:]))
        return kept(self._spec, document.text, path, title=document.title, meta=_lost(lost))

    def _markdown(self, path: Path, shown: str, meta: dict[str, object]) -> Row:
        try:
            text = read_whole(path, self._spec.limits, self._spec.limits.file_bytes).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return dropped(self._spec, f"byte {error.start + 1} is not UTF-8", shown, meta=meta)
        except ValueError as error:
            return dropped(self._spec, str(error), shown, meta=meta)
        heading = next((line for line in text.splitlines()[:50] if line.startswith("# ")), "")
        return kept(self._spec, text.strip(), shown, title=heading.strip("# "), meta=meta)

    def _pdf(self, path: Path, shown: str) -> Row:
        try:
            data = read_whole(path, self._spec.limits, self._spec.limits.file_bytes)
            first = self._seen.setdefault(hashlib.sha256(data).hexdigest(), shown)
            if first != shown:
                return dropped(self._spec, f"the same file as {first}", shown)
            recognised = path.with_suffix(".mmd")
            if recognised.exists():
                return self._markdown(
                    recognised, str(Path(shown).with_suffix(".mmd")), {"recognised_from": path.name}
                )
            found = pdf_text(data, self._spec.limits)
        except ValueError as error:
            return dropped(self._spec, str(error), shown)
        meta: dict[str, object] = {"pages": found.pages}
        if found.formulas_lost:
            meta["formulas"] = "lost"
        return kept(self._spec, found.text, shown, title=found.title, meta=meta)

    def _archive(self, path: Path, shown: str) -> Iterator[Row]:
        if "!" in shown:
            yield dropped(self._spec, "an archive inside an archive; unpack it first", shown)
            return
        with tempfile.TemporaryDirectory(prefix="mathcoder-book-") as name:
            folder = Path(name)
            try:
                skipped = unpack(path, folder, self._spec.limits)
            except ValueError as error:
                yield dropped(self._spec, str(error), shown)
                return
            for each in skipped:
                yield dropped(self._spec, each.reason, f"{shown}!{each.member}" if each.member else shown)
            yield from self.folder(folder, f"{shown}!")


def _is_book(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in (*_MARKDOWN, *_BOOK, *_BESIDE, ".pdf") or is_archive(path)


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
