"""From files to documents: web pages, textbooks, code, and worked questions as rows of one shape.

    >>> from mathcoder.corpus.sources import SourceSpec, read_source
    >>> pages = SourceSpec("web", "web", ("crawl/*.warc.gz", "pages/"))  # doctest: +SKIP
    >>> for row in read_source(pages):  # doctest: +SKIP
    ...     print(row.id, row.drop_reason or row.title)

Nothing is left out silently: what cannot be read, or is not wanted, is a row with its `drop_reason`, and reading
goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from mathcoder.corpus.sources.row import Row, document_id
from mathcoder.corpus.sources.spec import KINDS, PACKAGES, Fields, Kind, Limits, SourceSpec

__all__ = ["KINDS", "PACKAGES", "Fields", "Kind", "Limits", "Row", "SourceSpec", "document_id", "read_source"]


def read_source(spec: SourceSpec) -> Iterator[Row]:
    """The documents of a source, in the order of its paths, and within a folder of its files' names.

    Raises:
        FileNotFoundError: a path of the source names nothing; before the first row.
        ValueError: a path is not a local one; before the first row.
    """
    from mathcoder.corpus.sources.paths import found

    places = found(spec)
    if spec.kind == "web":
        from mathcoder.corpus.sources.web import read_web

        return read_web(spec, places)
    if spec.kind == "textbook":
        from mathcoder.corpus.sources.textbook import read_textbooks

        return read_textbooks(spec, places)
    if spec.kind == "code":
        from mathcoder.corpus.sources.code import read_code

        return read_code(spec, places)
    from mathcoder.corpus.sources.text import read_text

    return read_text(spec, places)
