"""Which documents of a frame contain items of a benchmark, with the evidence, and the documents without them.

The frame's text is read where it lies and never shuffled: a first pass notes which n-grams of items each document
has, their frequencies are counted on that small table, and only documents that may contain an item are read again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mathcoder.overlap.containment import ItemIndex
from mathcoder.overlap.frames import check_columns, frame_of, more_than

if TYPE_CHECKING:
    import daft

__all__ = ["Contamination", "contamination", "decontaminated"]


@dataclass(frozen=True, slots=True)
class Contamination:
    """What was found and what could not be looked for.

    Attributes:
        evidence: one row for each passage, sorted by document, item and place: `id` of the document, `item`,
            `start` and `end` (characters `start` up to, not including, `end` of the document's text), `share` (of
            the item's distinct n-grams that are not frequent, those in the passage; 0 to 1), `passage` (its text).
        ignored: the items with frequent n-grams, sorted by item: `item`, `grams` (its distinct n-grams),
            `frequent` (how many of them are frequent). Where the two are equal the item was not looked for at all.
    """

    evidence: daft.DataFrame
    ignored: daft.DataFrame


def contamination(
    frame: daft.DataFrame,
    items: daft.DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    n: int = 13,
    threshold: float = 0.8,
    frequent: float = 0.001,
    frequent_least: int = 100,
) -> Contamination:
    """Documents that contain items of a benchmark, by containment of the item's n-grams in a passage.

    An n-gram is n tokens in a row (`mathcoder.overlap.tokens` says what is a token and what LaTeX is the same).
    An item shorter than n must be in the document whole. An n-gram in more than `frequent_least` documents and in
    more than the share `frequent` of them is boilerplate and does not count, for or against; and so is one in as
    many items and that share of them, which a prompt has in common. A leak that was copied very often looks the
    same: drop duplicates first, and look at `ignored`.

    Args:
        frame: columns `id` and `text`. It is read twice: materialise what is expensive to make again.
        items: columns `id` (unique) and `text`: what of an item must not be trained on, usually the question.
            Gathered on one machine.
        id: the name of the frame's column.
        text: the name of the frame's column.
        n: tokens in an n-gram.
        threshold: least share of an item's n-grams in a passage, above 0 and up to 1. One changed word costs up to
            n of them: lower it, or n, to find items that were edited.
        frequent: share of documents above which an n-gram is ignored; 1 counts every n-gram.
        frequent_least: documents that it must be in besides.

    Returns:
        The evidence, and the items that were ignored in part or whole.

    Raises:
        ValueError: a column is missing, two items have one id, or a number is out of range.
    """
    from daft import col

    if not 0 < threshold <= 1 or frequent < 0 or frequent_least < 0:
        raise ValueError("threshold must be above 0 and at most 1, frequent and frequent_least not negative")
    check_columns(frame, (id, text))
    check_columns(items, ("id", "text"), "items frame")
    rows = items.select("id", "text").to_pydict()
    index = ItemIndex.of([str(name) for name in rows["id"]], [item or "" for item in rows["text"]], n)
    documents = frame.select(col(id).alias("id"), col(text).alias("text"))
    found = documents.select(col("id"), _grams_of(index)(col("text")).alias("grams")).collect()
    some = found.with_column("count", col("grams").list_count()).where(more_than("count", 0))
    skipped = _frequent(some, max(frequent_least, frequent * found.count_rows()), len(index.grams))
    skipped |= np.diff(index.offsets) > max(frequent_least, frequent * len(index.ids))
    wanted = some.where(_may_contain(index, skipped, threshold)(col("grams"))).select("id").to_pydict()["id"]
    evidence = _evidence(documents, wanted, _passages_of(index, skipped, threshold))
    return Contamination(evidence, _ignored(index, skipped))


def decontaminated(
    frame: daft.DataFrame,
    evidence: daft.DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    action: Literal["drop", "cut"] = "drop",
) -> daft.DataFrame:
    """The frame with a column `drop_reason` naming the items in a document, or with the passages cut out.

    Args:
        frame: the documents that the evidence was found in; rows and order stay as they are.
        evidence: `Contamination.evidence`. Gathered on one machine.
        id: the name of that column.
        text: the name of that column.
        action: "drop" sets `drop_reason` of contaminated documents; "cut" replaces each passage by an empty line
            and sets `drop_reason` only where no letter or digit is left. `drop_reason` is null elsewhere.

    Raises:
        ValueError: a column is missing, or the action is not known.
    """
    from daft import DataType, Series, col, func

    check_columns(frame, (id, text))
    if action not in ("drop", "cut"):
        raise ValueError(f"action must be 'drop' or 'cut', not {action!r}")
    rows = evidence.to_pydict()
    passages: dict[Any, list[tuple[str, int, int]]] = {}
    for name, *place in zip(rows["id"], rows["item"], rows["start"], rows["end"], strict=True):
        passages.setdefault(name, []).append((place[0], place[1], place[2]))

    if action == "drop":

        @func.batch(return_dtype=DataType.string())
        def reason(names: Series) -> Any:
            return [_reason(passages[name]) if name in passages else None for name in names.to_pylist()]

        return frame.with_column("drop_reason", reason(col(id)))

    # Text and reason come of one call: of two, the second could be given the text that the first has cut.
    @func.batch(return_dtype=DataType.struct({"text": DataType.string(), "reason": DataType.string()}))
    def cut(names: Series, texts: Series) -> Any:
        pairs = zip(names.to_pylist(), texts.to_pylist(), strict=True)
        return [_cut_row(content, passages.get(name)) for name, content in pairs]

    done = frame.with_column("__cut", cut(col(id), col(text)))
    columns = [col(name) if name != text else col("__cut").get("text").alias(text) for name in frame.column_names]
    return done.select(*columns, col("__cut").get("reason").alias("drop_reason"))


def _grams_of(index: ItemIndex) -> Callable[..., Any]:
    """A column of the distinct n-grams of items that each text has, as numbers of the index."""
    arrow = import_module("pyarrow")
    from daft import DataType, Series, func

    @func.batch(return_dtype=DataType.list(DataType.int64()))
    def grams(texts: Series) -> Any:
        content = [text or "" for text in texts.to_pylist()]
        hits = index.hits(content)
        pairs = np.unique(hits.text * max(len(index.grams), 1) + hits.gram)
        owners, numbers = np.divmod(pairs, max(len(index.grams), 1))
        offsets = np.searchsorted(owners, np.arange(len(content) + 1)).astype(np.int64)
        return arrow.LargeListArray.from_arrays(offsets, numbers)

    return grams


def _frequent(found: daft.DataFrame, limit: float, count: int) -> NDArray[np.bool_]:
    """For each n-gram whether more documents than the limit have it."""
    from daft import col

    exploded = found.select(col("grams").alias("gram")).explode("gram")
    counts = exploded.groupby("gram").agg(col("gram").count().alias("documents"))
    common = counts.where(more_than("documents", limit)).to_pydict()["gram"]
    marks = np.zeros(count, np.bool_)
    marks[np.array(common, np.int64)] = True
    return marks


def _may_contain(index: ItemIndex, frequent: NDArray[np.bool_], threshold: float) -> Callable[..., Any]:
    from daft import DataType, Series, func

    @func.batch(return_dtype=DataType.bool())
    def candidate(grams: Series) -> Any:
        lists = [np.array(numbers, np.int64) for numbers in grams.to_pylist()]
        texts = np.repeat(np.arange(len(lists)), [len(numbers) for numbers in lists])
        marks = np.zeros(len(lists), np.bool_)
        marks[index.candidates(texts, np.concatenate([*lists, np.zeros(0, np.int64)]), frequent, threshold)] = True
        return marks

    return candidate


def _passages_of(index: ItemIndex, frequent: NDArray[np.bool_], threshold: float) -> Callable[..., Any]:
    from daft import DataType, Series, func

    fields = {
        "item": DataType.string(),
        "start": DataType.int64(),
        "end": DataType.int64(),
        "share": DataType.float64(),
        "passage": DataType.string(),
    }

    @func.batch(return_dtype=DataType.list(DataType.struct(fields)))
    def passages(texts: Series) -> Any:
        content = [text or "" for text in texts.to_pylist()]
        return [
            [
                {
                    "item": p.item,
                    "start": p.start,
                    "end": p.end,
                    "share": p.share,
                    "passage": text[p.start : p.end],
                }
                for p in found
            ]
            for text, found in zip(content, index.passages(content, frequent, threshold), strict=True)
        ]

    return passages


def _evidence(documents: daft.DataFrame, wanted: list[Any], passages: Callable[..., Any]) -> daft.DataFrame:
    from daft import col, lit

    chosen = documents.where(col("id").is_in(wanted) if wanted else lit(False))
    rows = chosen.select(col("id"), passages(col("text")).alias("found")).explode("found")
    rows = rows.where(~col("found").is_null())
    names = ("item", "start", "end", "share", "passage")
    flat = rows.select(col("id"), *(col("found").get(name).alias(name) for name in names)).collect()
    return flat.sort(["id", "item", "start", "end"]).collect() if len(flat) else flat


def _ignored(index: ItemIndex, frequent: NDArray[np.bool_]) -> daft.DataFrame:
    from daft import DataType

    grams = index.counted(np.zeros(len(index.grams), np.bool_))
    skipped = grams - index.counted(frequent)
    rows = np.flatnonzero(skipped)
    return frame_of(
        {
            "item": ([index.ids[row] for row in rows], DataType.string()),
            "grams": (grams[rows].tolist(), DataType.int64()),
            "frequent": (skipped[rows].tolist(), DataType.int64()),
        }
    )


def _reason(passages: list[tuple[str, int, int]]) -> str:
    items = sorted({item for item, _, _ in passages})
    more = f" and {len(items) - 3} more" if len(items) > 3 else ""
    return f"contamination: contains {', '.join(items[:3])}{more}"


def _cut_row(text: str | None, passages: list[tuple[str, int, int]] | None) -> dict[str, str | None]:
    if text is None or passages is None:
        return {"text": text, "reason": None}
    rest = _cut(text, passages)
    return {"text": rest, "reason": None if any(map(str.isalnum, rest)) else _reason(passages)}


def _cut(text: str, passages: list[tuple[str, int, int]]) -> str:
    """The text without the passages, which may overlap; an empty line stands for each."""
    parts: list[str] = []
    place = 0
    for _, start, end in sorted(passages, key=lambda passage: passage[1:]):
        if start >= place:
            parts.append(text[place:start].strip())
        place = max(place, end)
    return "\n\n".join([*parts, text[place:].strip()]).strip()
