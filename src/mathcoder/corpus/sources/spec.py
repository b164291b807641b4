"""What a recipe says of a source: its name, its kind, where it is, and how its rows are to be understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

__all__ = ["KINDS", "PACKAGES", "Fields", "Kind", "Limits", "SourceSpec"]

Kind = Literal["web", "textbook", "code", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# The packages that mark a program as mathematical in MathCoder2 (section 2.1, code using mathematical packages).
PACKAGES = ("sympy", "fractions", "cmath", "scipy", "statistics")


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of Parquet and JSON Lines to read; null: recognised by the names that published sets use."""

    text: str | None = None
    html: str | None = None
    url: str | None = None
    title: str | None = None
    licence: str | None = None
    language: str | None = None
    question: str | None = None
    solution: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: beyond a limit a row, file or archive is dropped with the reason.

    Args:
        line_bytes: of a line of JSON Lines, and of a row of Parquet.
        page_bytes: of a web page, unpacked.
        file_bytes: of a file read as a whole: a chapter, a program, a PDF.
        unpacked_bytes: of all files in an archive.
        unpacked_files: in an archive.
        unpacked_ratio: of unpacked to packed bytes of a gzip file, once it is past 64 MB.
        pages: of a PDF.
        seconds: for the text of a PDF.
        program_chars: of a program or notebook.
        output_chars: kept of the output of a notebook's cell.
    """

    line_bytes: int = 50_000_000
    page_bytes: int = 10_000_000
    file_bytes: int = 200_000_000
    unpacked_bytes: int = 2_000_000_000
    unpacked_files: int = 50_000
    unpacked_ratio: int = 200
    pages: int = 5_000
    seconds: float = 120.0
    program_chars: int = 1_000_000
    output_chars: int = 2_000


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source of documents.

    Args:
        name: the recipe's name for it; the `source` of its rows.
        kind: `web` (WARC, HTML, tables of pages), `textbook` (LaTeX, PreTeXt, CNXML, Markdown, PDF, archives of
            them), `code` (Python, notebooks, tables of them) or `text` (tables of texts or of worked questions).
        paths: files, folders and globs (`**` for any depth), local or `s3://`, `gs://`, `hf://`; files at
            `https://`.
        licence: of the documents whose rows do not state their own.
        fields: columns to read instead of the recognised ones.
        packages: for `code`: a program is kept if it imports one of them; empty: any program.
        limits: what is too much.

    Raises:
        ValueError: no name, an unknown kind, or no paths.
    """

    name: str
    kind: Kind
    paths: tuple[str, ...]
    licence: str | None = None
    fields: Fields = field(default_factory=Fields)
    packages: tuple[str, ...] = PACKAGES
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a source needs a name")
        if self.kind not in KINDS:
            raise ValueError(f"source {self.name!r}: the kind {self.kind!r} is none of {', '.join(KINDS)}")
        if not self.paths or isinstance(self.paths, str):
            raise ValueError(f"source {self.name!r}: give its paths, a list of files, folders or globs")
