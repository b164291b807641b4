"""From files to documents: web pages, textbooks, code, and worked questions as rows of one shape.

    >>> from mathcoder.corpus.sources import SourceSpec, read_source
    >>> pages = SourceSpec("web", "web", ("crawl/*.warc.gz", "pages/"))  # doctest: +SKIP
    >>> for row in read_source(pages):  # doctest: +SKIP
    ...     print(row.id, row.drop_reason or row.title)

`mathcoder.corpus.sources.frames.read_frame` gives the same rows as a frame for Daft, read by many processes.

Nothing is left out silently: what cannot be read, or is not wanted, is a row with its `drop_reason`, and reading
goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from mathcoder.corpus.sources.row import Row, document_id
from mathcoder.corpus.sources.spec import KINDS, PACKAGES, Fields, Kind, Limits, SourceSpec

__all__ = [
    "KINDS",
    "PACKAGES",
    "Fields",
    "Kind",
    "Limits",
    "Row",
    "SourceSpec",
    "document_id",
    "read_source",
]


def read_source(spec: SourceSpec) -> Iterator[Row]:
    """The documents of a source, in the order of its paths, and within a folder of its files' names.

    Raises:
        FileNotFoundError: a path of the source names nothing; before the first row.
        ConnectionError: a store cannot be reached; before the first row.
        ValueError: an address that cannot be read; before the first row.
    """
    from mathcoder.corpus.sources.pieces import cut, parts, rows_of

    found = parts(spec)
    return (row for part in found for piece in cut(spec, part) for row in rows_of(spec, piece))
