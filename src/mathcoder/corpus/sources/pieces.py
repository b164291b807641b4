"""A source as pieces, in order, and the rows of each piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mathcoder.corpus.sources.paths import Passed, found, size_of, wanted
from mathcoder.corpus.sources.piece import Piece, Reader, problem
from mathcoder.corpus.sources.row import Row, dropped, unlike
from mathcoder.corpus.sources.spec import Kind, SourceSpec
from mathcoder.corpus.sources.tables import blocks, is_table, is_whole_json, json_rows, rows_in
from mathcoder.rows import BadRow

__all__ = ["cut", "parts", "rows_of"]


def parts(spec: SourceSpec) -> list[Piece]:
    """The files of a source, and what of it is not read, in the order of its paths.

    Raises:
        OSError, ValueError: as `read_source`.
    """
    places = found(spec)
    if spec.kind == "textbook":
        from mathcoder.corpus.sources.textbook import book_parts

        return book_parts(places)
    reader = _reader(spec.kind)
    return [
        problem(name.folder, name.reason) if isinstance(name, Passed) else Piece("file", name)
        for name in wanted(places, reader.wanted, reader.what)
    ]


def cut(spec: SourceSpec, part: Piece) -> Iterator[Piece]:
    """The pieces of a part, cut while it is read: of a table its blocks, of a web archive its pages."""
    if part.form == "file" and spec.kind != "textbook":
        if is_table(part.path) and not is_whole_json(part.path):
            yield from blocks(part.path, spec.limits)
            return
        if spec.kind == "web":
            from mathcoder.corpus.sources.warc import is_warc, warc_pages

            if is_warc(part.path):
                yield from warc_pages(part.path, spec.limits)
                return
    yield _weighed(part)


def _weighed(part: Piece) -> Piece:
    if part.form not in ("file", "book"):
        return part
    try:
        return replace(part, size=sum(map(size_of, part.files or (part.path,))))
    except OSError:
        return part  # whoever reads it will say so


def rows_of(spec: SourceSpec, piece: Piece) -> Iterator[Row]:
    """The rows of a piece, one at least, each with its own id.

    A file that gives more text than a file may have gives the rest of its rows without it.
    """
    seen: dict[str, int] = {}
    chars = 0
    for row in _rows(spec, piece):
        chars += len(row.text)
        if chars > spec.limits.file_bytes:
            row = dropped(spec, f"more than {spec.limits.file_bytes:,} characters in {piece.name}", row.path)
        seen[row.id] = seen.get(row.id, 0) + 1
        yield row if seen[row.id] == 1 else unlike(spec, row, seen[row.id])
    if not seen:
        yield dropped(spec, "there is nothing in it", piece.name)


def _rows(spec: SourceSpec, piece: Piece) -> Iterator[Row]:
    if piece.form == "problem":
        yield dropped(spec, str(piece.data), piece.name, piece.facts)
    elif spec.kind == "textbook":
        from mathcoder.corpus.sources.textbook import book_rows

        yield from book_rows(spec, piece)
    elif piece.form == "page":
        from mathcoder.corpus.sources.web import page_row

        yield page_row(spec, piece.data, piece.path, piece.facts)
    elif piece.form == "file" and not is_table(piece.path):
        yield _reader(spec.kind).file(spec, piece.path)
    else:
        yield from _table_rows(spec, piece)


def _table_rows(spec: SourceSpec, piece: Piece) -> Iterator[Row]:
    reader = _reader(spec.kind)
    try:
        for row in json_rows(piece.path, spec.limits) if piece.form == "file" else rows_in(piece):
            if isinstance(row, BadRow):
                yield dropped(spec, row.reason, f"{row.file}:{row.line}")
            else:
                yield reader.record(spec, row[1], f"{piece.path}:{row[0]}")
    except ValueError as error:
        yield dropped(spec, str(error), piece.path)


def _reader(kind: Kind) -> Reader:
    if kind == "web":
        from mathcoder.corpus.sources import web as module
    elif kind == "code":
        from mathcoder.corpus.sources import code as module
    else:
        from mathcoder.corpus.sources import text as module
    return module.READER
