"""Rows of Parquet files by the page, filtered; only what a page needs is read.

A file is taken a row group at a time. How many rows of each group pass a filter is kept, so that only the first
look through a place takes time, and of a page only its own groups are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mathcoder.publishing.look import reason_class
from mathcoder.studio.corpora.places import Place, signature

__all__ = ["FIELDS", "Page", "Wanted", "page", "tables", "values"]

arrow: Any = import_module("pyarrow")
compute: Any = import_module("pyarrow.compute")
dataset: Any = import_module("pyarrow.dataset")
files_of: Any = import_module("pyarrow.fs")

FIELDS = ("source", "licence", "language", "form", "method", "split", "model")
"""Columns whose values rows can be chosen by."""

_SEARCHED = ("id", "title", "url", "text", "problem", "question", "answer", "solution")
_SHOWN = (
    *("id", "document", "problem", "title", "source", "licence", "language", "form", "method", "split", "tokens"),
    *("recall_score", "answer", "drop_reason"),
)
_TEXTS, _START = ("text", "question"), 320  # characters of a text in a list
_LONG = 2_000  # of any other value
_MOST_VALUES = 60
_AT_ONCE = 1024
_TWICE = "chat"
Stamp = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for. None: any; "": those that state nothing.

    Attributes:
        fields: values of columns among `FIELDS`, and `problem`.
        verdict: of one of a row's computations.
        reason: a class of reasons for dropping, or a whole reason.
        text: somewhere in a row's texts, in capitals or not.
    """

    fields: tuple[tuple[str, str], ...] = ()
    verdict: str | None = None
    reason: str | None = None
    text: str | None = None


class Page(NamedTuple):
    """Rows of a place: how many pass, and those asked for, each with its `stage` and the start of its text."""

    total: int
    rows: list[dict[str, Any]]


class _Group(NamedTuple):
    """A row group of a file."""

    fragment: Any
    schema: Any


def page(place: Place, wanted: Wanted, start: int, size: int) -> Page:
    """The rows from `start` on, in the order of the files.

    Raises:
        ValueError: a file is not readable; the message is one line.
    """
    total = 0
    found: list[dict[str, Any]] = []
    for stage, path in place.files:
        stamp = _stamp(path)
        for group, passed in zip(_groups(stamp), _passing(stamp, wanted), strict=True):
            before = start - total
            total += passed
            if before < passed and len(found) < size:
                rows = _shown(group, wanted, max(0, before), size - len(found))
                found += ({"stage": stage, **row} for row in rows)
    return Page(total, found)


def values(place: Place) -> dict[str, list[tuple[str, int]]]:
    """What rows of a place can be chosen by: of each column the most frequent values with their counts."""
    counts: dict[str, Counter[str]] = {}
    for _, path in place.files:
        for name, found in _values(_stamp(path)).items():
            counts.setdefault(name, Counter()).update(found)
    return {name: found.most_common(_MOST_VALUES) for name, found in counts.items()}


def tables(files: Sequence[Path], columns: Sequence[str] | None, ids: Sequence[str]) -> Iterator[Any]:
    """Of each row group that may have rows of these ids a table of them.

    Args:
        columns: as far as a file has them; None: all but those that say the same in another layout.

    Raises:
        ValueError: a file is not readable; the message is one line.
    """
    wanted = dataset.field("id").isin(list(ids))
    for path in files:
        for group in _groups(_stamp(path)):
            there = [name for name in group.schema.names if name != _TWICE and (not columns or name in columns)]
            with _reading(path):
                yield group.fragment.to_table(columns=there, filter=wanted)


@contextmanager
def _reading(path: Path | str) -> Generator[None]:
    """Says in one line which file could not be read."""
    try:
        yield
    except (OSError, arrow.ArrowException) as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ValueError(f"{path}: not readable as Parquet ({why}); build it again") from error


def _stamp(path: Path) -> Stamp:
    with _reading(path):
        return signature([path])[0]


@lru_cache(maxsize=512)
def _groups(stamp: Stamp) -> tuple[_Group, ...]:
    with _reading(stamp[0]):
        whole = dataset.ParquetFileFormat().make_fragment(stamp[0], files_of.LocalFileSystem())
        return tuple(_Group(part, part.physical_schema) for part in whole.split_by_row_group())


# Filters.


@lru_cache(maxsize=512)
def _passing(stamp: Stamp, wanted: Wanted) -> tuple[int, ...]:
    """How many rows of each group of a file pass."""
    return tuple(_count(group, wanted, stamp[0]) for group in _groups(stamp))


def _count(group: _Group, wanted: Wanted, path: str) -> int:
    asked = _condition(group.schema.names, wanted)
    if asked is _NONE:
        return 0
    with _reading(path):
        if wanted.verdict is None and asked is None:
            return sum(int(part.num_rows) for part in group.fragment.row_groups)
        if wanted.verdict is None:
            return int(group.fragment.count_rows(filter=asked))
        if "computations" not in group.schema.names:
            return 0
        table = group.fragment.to_table(columns=["computations"], filter=asked)
        return int(compute.sum(_with_verdict(table, wanted.verdict)).as_py() or 0)


_NONE = object()


def _condition(names: Sequence[str], wanted: Wanted) -> Any:
    """What rows of a file with these columns have to be; None where all pass, `_NONE` where none can."""
    parts: list[Any] = []
    for name, value in wanted.fields:
        if name not in names:
            return _NONE
        parts.append(_is(name, value))
    if wanted.reason is not None:
        if "drop_reason" not in names:
            return _NONE
        reason = dataset.field("drop_reason")
        parts.append((reason == wanted.reason) | compute.starts_with(reason, pattern=f"{wanted.reason}: "))
    if wanted.text:
        found: Any = None
        for name in _SEARCHED:
            if name in names:
                # A text that is null is in none.
                one = compute.coalesce(
                    compute.match_substring(dataset.field(name), wanted.text, ignore_case=True), False
                )
                found = one if found is None else found | one
        if found is None:
            return _NONE
        parts.append(found)
    whole: Any = None
    for part in parts:
        whole = part if whole is None else whole & part
    return whole


def _is(name: str, value: str) -> Any:
    field = dataset.field(name)
    return field == value if value else field.is_null() | (field == "")


def _with_verdict(table: Any, verdict: str) -> Any:
    """Which rows have a computation with this verdict."""
    lists = table["computations"].combine_chunks()
    if not len(lists) or lists.type.value_type.get_field_index("verdict") < 0:
        return arrow.array([False] * len(lists), arrow.bool_())
    verdicts = compute.struct_field(compute.list_flatten(lists), "verdict")
    hits = compute.list_parent_indices(lists).filter(compute.equal(verdicts, verdict))
    return compute.is_in(arrow.array(range(len(lists)), hits.type), value_set=hits)


# What is shown of a row in a list.


def _shown(group: _Group, wanted: Wanted, start: int, size: int) -> list[dict[str, Any]]:
    names = group.schema.names
    columns = {name: dataset.field(name) for name in _SHOWN if name in names}
    if text := next((name for name in _TEXTS if name in names), None):
        columns["start"] = compute.utf8_slice_codeunits(dataset.field(text), 0, _START)
        columns["length"] = compute.utf8_length(dataset.field(text))
    if "computations" in names:
        columns["computations"] = dataset.field("computations")
    found: list[dict[str, Any]] = []
    batches = group.fragment.to_batches(
        columns=columns, filter=_condition(names, wanted), batch_size=_AT_ONCE, batch_readahead=1
    )
    with _reading("a file of the run"):
        for batch in batches:
            table = arrow.Table.from_batches([batch])
            if wanted.verdict is not None:
                table = table.filter(_with_verdict(table, wanted.verdict))
            here = table.slice(start, size - len(found))
            start = max(0, start - table.num_rows)
            found += map(_listed, here.to_pylist())
            if len(found) == size:
                break
    return found


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    steps = row.pop("computations", None)
    if steps is not None:
        row["verdicts"] = dict(Counter(one.get("verdict") or "not verified" for one in steps))
    return {name: value[:_LONG] if isinstance(value, str) else value for name, value in row.items()}


@lru_cache(maxsize=512)
def _values(stamp: Stamp) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for group in _groups(stamp):
        names = group.schema.names
        columns = [name for name in (*FIELDS, "drop_reason") if name in names]
        with _reading(stamp[0]):
            table = group.fragment.to_table(columns=columns)
            for name in columns:
                counts = found.setdefault(name, Counter())
                for item in compute.value_counts(table[name]).to_pylist():
                    value = str(item["values"] or "")[:_LONG]
                    counts[reason_class(value) if name == "drop_reason" else value] += item["counts"]
            if "computations" in names:
                found.setdefault("verdict", Counter()).update(_verdicts(group))
    return {"reason" if name == "drop_reason" else name: counts for name, counts in found.items()}


def _verdicts(group: _Group) -> Counter[str]:
    """Of each verdict the rows that have it."""
    lists = group.fragment.to_table(columns=["computations"])["computations"].combine_chunks()
    if not len(lists) or lists.type.value_type.get_field_index("verdict") < 0:
        return Counter()
    verdicts = compute.struct_field(compute.list_flatten(lists), "verdict")
    pairs = arrow.table({"row": compute.list_parent_indices(lists), "verdict": verdicts}).group_by(
        ["row", "verdict"]
    )
    counts = compute.value_counts(pairs.aggregate([])["verdict"])
    return Counter({str(item["values"]): item["counts"] for item in counts.to_pylist() if item["values"]})
