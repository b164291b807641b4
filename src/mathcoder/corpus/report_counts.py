"""What the corpus report counts: one pass over the rows of each kind, and of each only the columns it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, cast

from mathcoder.publishing.charts import Histogram
from mathcoder.publishing.look import FinishedStage, StagedRun, rows

__all__ = [
    "Clusters",
    "Computations",
    "Dataset",
    "clusters",
    "computations",
    "dataset",
    "recall_scores",
]


@dataclass(slots=True)
class Dataset:
    """The rows of the data set, counted.

    Attributes:
        documents: the digests of their ids: how many there are is asked, not which.
        rows, tokens: by source and form.
        licences, languages: tokens by each.
        lengths: for each form, how many rows there are of each count of tokens, in classes of powers of two.
    """

    documents: set[bytes] = field(default_factory=set[bytes])
    rows: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    tokens: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    licences: Counter[str] = field(default_factory=Counter[str])
    languages: Counter[str] = field(default_factory=Counter[str])
    lengths: dict[str, Counter[int]] = field(default_factory=dict[str, Counter[int]])


def dataset(run: StagedRun) -> Dataset:
    """Count the rows of the data set."""
    counts = Dataset()
    columns = ["document", "source", "form", "tokens", "licence", "language"]
    for row in rows(run.dataset, columns):
        form, tokens = row.get("form") or "no form", row.get("tokens") or 0
        place = row.get("source") or "no source", form
        counts.documents.add(blake2b(str(row.get("document")).encode("utf-8", "replace"), digest_size=8).digest())
        counts.rows[place] += 1
        counts.tokens[place] += tokens
        counts.licences[row.get("licence") or "not stated"] += tokens
        counts.languages[row.get("language") or "not known"] += tokens
        counts.lengths.setdefault(form, Counter())[tokens.bit_length()] += 1
    return counts


@dataclass(slots=True)
class Computations:
    """The computations of documents, counted.

    Attributes:
        verdicts: by translator and kind; "not verified" where the run has no such stage.
        by_document: how many documents have how many, in classes of powers of two.
        skipped: formulas that the translator left out, by reason.
    """

    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    by_document: Counter[int] = field(default_factory=Counter[int])
    skipped: Counter[str] = field(default_factory=Counter[str])

    @property
    def total(self) -> int:
        return self.verdicts.total()

    @property
    def verified(self) -> int:
        return sum(number for (*_, verdict), number in self.verdicts.items() if verdict == "verified")


def computations(run: StagedRun) -> Computations | None:
    """Count the computations; None where nothing was translated."""
    stage = run.stage("verify") or run.stage("translate")
    if stage is None:
        return None
    counts = Computations()
    inner = [f"computations.{name}" for name in ("translator", "kind", "verdict")]
    for row in rows((*stage.data, *stage.rejected), [*inner, "skipped"]):
        found: list[dict[str, Any]] = row.get("computations") or []
        for one in found:
            verdict = one.get("verdict") or "not verified"
            counts.verdicts[one.get("translator") or "not stated", one.get("kind") or "not stated", verdict] += 1
        counts.by_document[len(found).bit_length()] += 1
        for one in cast("list[dict[str, Any]]", row.get("skipped") or []):
            counts.skipped[one["reason"] or "not stated"] += one["count"] or 0
    return counts


_STEPS = 20


def recall_scores(stage: FinishedStage) -> Histogram | None:
    """The scores of what the recall stage kept and dropped; None where no document has one."""
    series: dict[str, Sequence[int]] = {}
    without = 0
    for name, files in (("kept", stage.data), ("dropped", stage.rejected)):
        counts = [0] * _STEPS
        for row in rows(files, ["recall_score"]):
            score = row.get("recall_score")
            if score is None or score != score:
                without += 1
            else:
                counts[min(max(int(score * _STEPS), 0), _STEPS - 1)] += 1
        series[name] = counts
    if not any(map(sum, series.values())):
        return None
    starts = [f"{place / _STEPS:.2f}" for place in range(_STEPS)]
    names = [f"{place / _STEPS:.2f}–{(place + 1) / _STEPS:.2f}" for place in range(_STEPS)]
    about = f"{without:,} documents have no score." if without else ""
    return Histogram("Recall score of a document", about, starts, names, series)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Copies.

    Attributes:
        clusters, members, kept: counts.
        largest: of the largest clusters: name, size, and some of its documents with why they stayed or went.
    """

    clusters: int
    members: int
    kept: int
    largest: Sequence[tuple[str, int, Sequence[tuple[str, bool, str]]]]


def clusters(stage: FinishedStage, most: int, members: int) -> Clusters | None:
    """Count the clusters of copies; None where the stage left no table of them.

    Args:
        most: how many of the largest are named.
        members: how many documents of each.
    """
    table = stage.table("clusters")
    if table is None:
        return None
    counts: Counter[str] = Counter()
    kept = 0
    for row in rows([table], ["cluster", "kept"]):
        counts[str(row["cluster"])] += 1
        kept += bool(row["kept"])
    largest = sorted(counts, key=lambda name: (-counts[name], name))[:most]
    found: dict[str, list[tuple[str, bool, str]]] = {name: [] for name in largest}
    for row in rows([table]):
        shown = found.get(str(row["cluster"]))
        if shown is not None and len(shown) < members:
            shown.append((str(row["id"]), bool(row["kept"]), str(row["why"] or "")))
    return Clusters(len(counts), counts.total(), kept, [(name, counts[name], found[name]) for name in largest])
