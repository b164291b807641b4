"""One row, whole: its text in passages with each computation beside its step, or a solution in blocks.

Places in a text are counted here; what goes out is pieces of text, which need no counting.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from mathcoder.corpus.report_samples import FENCE, is_program
from mathcoder.publishing.look import StagedRun
from mathcoder.publishing.page import short
from mathcoder.rows import decoded
from mathcoder.solution import Solution
from mathcoder.studio.corpora.evidence import Found, found_in
from mathcoder.studio.corpora.pages import tables
from mathcoder.studio.corpora.places import place_named
from mathcoder.translation.passages import paragraphs

__all__ = ["FORMS", "row_of", "shown_row", "solution_of"]

FORMS = ("document", "steps", "interleaved")
_AT_ONCE, _PARAGRAPH, _LONGEST = 40_000, 2_000, 50_000  # characters that go out, of a passage, and of the longest
_VALUE = 4_000
_APART = {"text", "question", "computations", "messages", "chat", "solution", "drop_reason", "skipped"}

Row = dict[str, Any]


def row_of(run: StagedRun, place: str | None, name: str) -> tuple[str, Row]:
    """A row with the name of its place.

    Args:
        place: where it is looked for; None: where the document got to with its text and computations.
        name: the id of a row, or of a document.

    Raises:
        LookupError: it is not there.
        ValueError: a file is not readable.
    """
    if place is None:
        trail = _trail(run, name)
        whole = [one for one in trail if one["id"] == _document(name)] or trail
        if not whole:
            raise LookupError(f"this run has no row {name!r}")
        last = whole[-1]
        place, name = f"{'kept' if last['kept'] else 'dropped'}:{last['stage']}", last["id"]
    files = [path for _, path in place_named(run, place).files]
    for table in tables(files, None, [name]):
        if table.num_rows:
            return place, table.slice(0, 1).to_pylist()[0]
    raise LookupError(f"{place} has no row {name!r}")


def shown_row(run: StagedRun, place: str | None, name: str, after: int) -> dict[str, Any]:
    """A row as the page shows it.

    Args:
        after: how many passages, or blocks of a text, are left out at the start.

    Raises:
        LookupError: it is not there.
        ValueError: a file is not readable.
    """
    place, row = row_of(run, place, name)
    document = row.get("document") or _document(row["id"])
    shown = {
        "id": row["id"],
        "place": place,
        "document": document,
        "drop_reason": row.get("drop_reason"),
        "facts": _facts(row),
        "trail": _trail(run, row["id"]),
        "forms": _forms(run, document),
        "skipped": row.get("skipped") or [],
    }
    text = str(row.get("question" if "question" in row else "text") or "")
    found = found_in(run, document if "text" in row else row["id"], text)
    shown["evidence"] = [one.said() for one in found]
    if "question" in row:
        return shown | _sample(row, text, found)
    if "form" in row:
        return shown | _written(row, text, after) | {"computations": _computations(row, "")}
    if is_program(row):
        program = _blocks([{"type": "code", "content": text}], text, after)
        return shown | program | {"computations": _computations(row, text)}
    return shown | _passages(row, text, found, after) | {"computations": _computations(row, text)}


def _document(name: str) -> str:
    """The id of the document that a row of a corpus is a form of."""
    stem, _, form = name.rpartition(".")
    return stem if stem and form in FORMS else name


def _facts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else is known of it, but for what is null."""
    return [
        (name, short(value, _VALUE)) for name, value in row.items() if name not in _APART and value is not None
    ]


# Where it is.


def _trail(run: StagedRun, name: str) -> list[dict[str, Any]]:
    """The stages that have the row or its document, in order, with what became of it there."""
    document = _document(name)
    ids = [document, *(f"{document}.{form}" for form in FORMS), *([name] if name != document else [])]
    found: list[dict[str, Any]] = []
    for stage in run.stages:
        for kept, files in ((True, stage.data), (False, stage.rejected)):
            for row in _ids(files, ids):
                said = {"stage": stage.name, "kept": kept, "id": row["id"], "reason": row.get("drop_reason")}
                found.append(said)
    return found


def _forms(run: StagedRun, document: str) -> list[str]:
    """The ids of a document's rows in the data set."""
    ids = [f"{document}.{form}" for form in FORMS]
    there = {row["id"] for row in _ids(run.dataset, ids)}
    return [name for name in ids if name in there]


def _ids(files: Sequence[Path], ids: Sequence[str]) -> list[Row]:
    return [row for table in tables(files, ["id", "drop_reason"], ids) for row in table.to_pylist()]


# A document.


def _passages(row: Row, text: str, found: Sequence[Found], after: int) -> dict[str, Any]:
    """The text cut between paragraphs; each says which computations have their step's end in it."""
    starts = [start for start, _ in paragraphs(text, _PARAGRAPH)]
    edges = [0, *starts[1:], len(text)]  # what stands between two paragraphs is shown as well
    spans = [
        (start, min(start + _LONGEST, end))
        for left, end in pairwise(edges)
        for start in range(left, end, _LONGEST)
    ]
    ends = [end for _, end in spans]
    here: dict[int, list[int]] = {}
    for number, one in enumerate(cast("list[Row]", row.get("computations") or [])):
        here.setdefault(min(bisect_left(ends, one["end"] or 0), len(ends) - 1), []).append(number)
    passages: list[dict[str, Any]] = []
    sent = 0
    for place in range(after, len(spans)):
        if sent >= _AT_ONCE:
            return {"passages": passages, "next": place, "length": len(text)}
        start, end = spans[place]
        pieces = _pieces(text, start, end, [(one.start, one.end) for one in found if one.known])
        passages.append({"pieces": pieces, "computations": here.get(place, [])})
        sent += end - start
    return {"passages": passages, "next": None, "length": len(text)}


def _pieces(text: str, start: int, end: int, marked: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text from `start` to `end` in pieces, each with whether it is marked."""
    pieces: list[tuple[str, bool]] = []
    for left, right in sorted(marked):
        left, right = max(left, start), min(right, end)
        if left >= right:
            continue
        if left > start:
            pieces.append((text[start:left], False))
        pieces.append((text[left:right], True))
        start = right
    if start < end:
        pieces.append((text[start:end], False))
    return pieces


def _computations(row: Row, text: str) -> list[dict[str, Any]]:
    """The computations of a row, each with the words of its step where its text is at hand."""
    return [
        {"number": number, "quote": text[one["start"] or 0 : one["end"] or 0][:_PARAGRAPH]}
        | {name: value for name, value in one.items() if name not in ("start", "end")}
        for number, one in enumerate(cast("list[Row]", row.get("computations") or []))
    ]


# A row of the data set of a corpus: its code stands in its text.


def _written(row: Row, text: str, after: int) -> dict[str, Any]:
    if is_program(row) and row["form"] == "document":
        return _blocks([{"type": "code", "content": text}], text, after)
    blocks: list[dict[str, str]] = []
    place = 0
    for block in FENCE.finditer(text):
        _add_text(blocks, text[place : block.start()])
        place = block.end()
        kind = "execution" if block[2].strip() == "output" else "code"
        blocks.append({"type": kind, "content": block[3].rstrip("\n")})
    _add_text(blocks, text[place:])
    return _blocks(blocks, text, after)


def _add_text(blocks: list[dict[str, str]], text: str) -> None:
    for start, end in paragraphs(text, _PARAGRAPH):
        blocks.append({"type": "text", "content": text[start:end]})


def _blocks(blocks: Sequence[Mapping[str, str]], text: str, after: int) -> dict[str, Any]:
    """As many of the blocks as go out at once; one that is too long is several."""
    cut = [
        {"type": block["type"], "content": block["content"][start : start + _LONGEST]}
        for block in blocks
        for start in range(0, max(1, len(block["content"])), _LONGEST)
    ]
    shown: list[dict[str, str]] = []
    sent = 0
    for block in cut[after:]:
        if sent >= _AT_ONCE:
            return {"blocks": shown, "next": after + len(shown), "length": len(text)}
        shown.append(block)
        sent += len(block["content"])
    return {"blocks": shown, "next": None, "length": len(text)}


# A row of instruction data.


def solution_of(row: Mapping[str, Any]) -> Solution:
    """The solution of a row of instruction data; one without blocks where the row was dropped for want of one.

    Args:
        row: of a stage or of the data set.

    Raises:
        ValueError: it cannot be read.
    """
    if "messages" in row:
        from mathcoder.instruct.layouts import record_of

        return record_of(row).solution
    text = row.get("solution")
    return Solution.from_json(decoded(str(text).encode())) if text else Solution(())


def _sample(row: Row, question: str, found: Sequence[Found]) -> dict[str, Any]:
    solution = solution_of(row)
    marked = [(one.start, one.end) for one in found if one.known]
    blocks = [{"type": block.type, "content": block.content} for block in solution.blocks]
    return {
        "question": _pieces(question, 0, len(question), marked),
        "blocks": blocks,
        "next": None,
        "length": len(question),
        "computations": [],
    }
