"""What a dataset holds, counted from its rows: documents and tokens by source, form, licence, verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mathcoder.publishing.look import rows

__all__ = ["Contents", "Held", "contents_of"]

_COLUMNS = (
    *("document", "form", "tokens", "source", "licence", "language"),
    *("computations.translator", "computations.verdict"),
)


@dataclass(slots=True)
class Held:
    """How much there is of something."""

    documents: int = 0
    rows: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """What a dataset holds.

    Attributes:
        whole: all of it.
        sources: by the source's name.
        forms: by form. A document is counted in each form that it has.
        licences: tokens by source, and by licence as stated; None: none is stated.
        languages: rows by language.
        verdicts: computations by verdict. One that is in two rows of a document is counted twice.
        translators: computations by translator.
    """

    whole: Held = field(default_factory=Held)
    sources: dict[str, Held] = field(default_factory=dict[str, Held])
    forms: dict[str, Held] = field(default_factory=dict[str, Held])
    licences: dict[str, Counter[str | None]] = field(default_factory=dict[str, "Counter[str | None]"])
    languages: Counter[str] = field(default_factory=Counter[str])
    verdicts: Counter[str] = field(default_factory=Counter[str])
    translators: Counter[str] = field(default_factory=Counter[str])

    @property
    def tokens_by_licence(self) -> Mapping[str | None, int]:
        return sum(self.licences.values(), Counter[str | None]())


def contents_of(files: Iterable[Path]) -> Contents:
    """Count the rows of a dataset.

    Args:
        files: Parquet, with the columns of `mathcoder.corpus.schema`, rows ordered by id.

    Raises:
        ValueError: a file cannot be read, or lacks a column; the message is one line that names it.
    """
    found = Contents()
    last: str | None = None
    for path in files:
        for row in rows([path], _COLUMNS):
            try:
                source, form, tokens = str(row["source"]), str(row["form"]), int(row["tokens"])
                document, licence, language = row["document"], row["licence"], row["language"]
                computations: list[dict[str, Any]] = row["computations"] or []
            except (KeyError, TypeError) as error:
                raise ValueError(f"{path}: no file of a corpus ({error}); build the corpus again") from None
            new = document != last  # the rows of a document stand together
            last = document
            by_source = found.sources.setdefault(source, Held())
            for held, first in (
                (found.whole, new),
                (by_source, new),
                (found.forms.setdefault(form, Held()), True),
            ):
                held.documents += first
                held.rows += 1
                held.tokens += tokens
            found.licences.setdefault(source, Counter())[licence] += tokens
            if language:
                found.languages[language] += 1
            for computation in computations:
                found.verdicts[str(computation["verdict"])] += 1
                found.translators[str(computation["translator"])] += 1
    return found
