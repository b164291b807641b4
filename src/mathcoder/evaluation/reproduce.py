"""A published table, again: recorded solutions executed and graded, by their authors' rule and by ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from mathcoder.evaluation.outputs import OutputSet, Recorded
from mathcoder.evaluation.scores import Share
from mathcoder.grading import Grader, extract_answer
from mathcoder.grading.expression import Undecided, constant_value, symbols
from mathcoder.grading.mathcoder_rule import final_answer, is_correct
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Quantity
from mathcoder.problems import BENCHMARKS
from mathcoder.sandbox import Sandbox
from mathcoder.solving.formats import Record
from mathcoder.solving.replay import CONSISTENT, is_timeout, replay

__all__ = ["Reproduced", "SetResult", "explain", "published_score", "reproduce", "summarise"]

_NAMES = {"minival": "math500", "math-minival(=math-500)": "math500"}  # theirs where it is not ours


@dataclass(frozen=True, slots=True)
class Reproduced:
    """One recorded solution, executed and graded again.

    Attributes:
        recorded: the label that was published with it.
        theirs: its grade by MathCoder's rule, from the completion as they do.
        ours: the grade of `answer`, what the same completion states, by the strict rule; `rule` decided.
        outcomes: how many of its code blocks came out how (`mathcoder.solving.replay`).
    """

    id: str
    model: str
    benchmark: str
    run: str
    answer: str | None
    completion: str
    reference: str
    recorded: bool | None
    theirs: bool
    ours: bool | None
    rule: str
    outcomes: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal row."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Reproduced:
        """The row that `to_json` wrote."""
        return cls(**row)


def reproduce(
    sets: Iterable[OutputSet],
    sandbox: Sandbox,
    grader: Grader,
    *,
    skip: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = 5.0,
) -> Iterator[Reproduced]:
    """Execute and grade recorded solutions, several at once; results come as they are ready, in any order.

    Args:
        grader: for our grade; strict.
        skip: ids that are done.
        workers: solutions at once; default: the sandbox's. The results do not depend on it.
        timeout: seconds for one block, by the sandbox's clock; the public MathCoder code waits 6.
    """
    done = frozenset(skip)
    waiting = [(output_set, row) for output_set in sets for row in output_set.solutions if row.id not in done]
    # The record that comes back is the one that went in, which tells whose it is.
    place = {id(row.record): (output_set, row) for output_set, row in waiting}
    # Those that will take long come first, so that none is waited for alone at the end.
    records = sorted((row.record for _, row in waiting), key=_recorded_timeouts, reverse=True)
    for replayed in replay(records, sandbox, workers=workers, timeout=timeout, ordered=False):
        output_set, row = place[id(replayed.record)]
        outcomes = Counter(comparison.outcome for comparison in replayed.comparisons)
        yield _graded(output_set, row, grader, {str(key): count for key, count in sorted(outcomes.items())})


def _recorded_timeouts(record: Record) -> int:
    return sum(block.type == "execution" and is_timeout(block.content) for block in record.solution.blocks)


def _graded(output_set: OutputSet, row: Recorded, grader: Grader, outcomes: dict[str, int]) -> Reproduced:
    reference = row.record.reference or ""
    answer = extract_answer(row.completion)
    grade = grader.grade(answer, reference)
    return Reproduced(
        row.id,
        output_set.model,
        output_set.benchmark,
        output_set.run,
        answer,
        row.completion,
        reference,
        row.label,
        is_correct(row.completion, reference, output_set.benchmark),
        grade.correct,
        grade.rule,
        outcomes,
    )


def explain(row: Reproduced) -> str:
    """Why the two rules differ on a solution, as a class; "" where they agree."""
    if row.ours is row.theirs:
        return ""
    if row.ours is None:
        return f"ours cannot grade it: {row.rule}"
    theirs = final_answer(row.completion)
    if row.ours:
        return "theirs compares what is left of the text after its clean-up"
    near = _distance(row.answer, row.reference)
    if near is None:
        near = _distance(theirs, final_answer(row.reference))
    match row.rule:
        case "decimal":
            return "a decimal with too few right digits, less than 0.01 away"
        case "no answer":
            return "ours finds no answer in the solution's text"
        case "base" | "ratio":
            return "theirs stops reading at a subscript or a colon"
        case _ if near is not None and 0 < near < Fraction(1, 100):
            return "other values, less than 0.01 apart"
        case "kind" | "list" | "set" | "interval" | "text" | "math-verify" | "unit" | "name":
            return f"ours compares as {row.rule}, theirs a part of the text"
        case _:
            return f"ours reads another value ({row.rule})"


def _distance(answer: str | None, reference: str) -> Fraction | None:
    """How far two numbers are apart; None where they are not two real numbers."""
    values: list[Fraction] = []
    for shape in (read(answer or ""), read(reference)):
        if not isinstance(shape, Quantity) or symbols(shape.node):
            return None
        try:
            values.append(Fraction(float(constant_value(shape.node))))
        except (Undecided, TypeError, OverflowError, ValueError):
            return None
    return abs(values[0] - values[1])


@dataclass(frozen=True, slots=True)
class SetResult:
    """A line of the table.

    Attributes:
        partial: why these shares are no accuracy; "" where they are (see `OutputSet`).
        published: the paper's figure in percent, None where it has none.
        recorded: rows labelled right, of those that have a label.
        theirs: right by MathCoder's rule, of all rows.
        ours: right by the strict rule, of all rows; the `ungradable` are not among the right.
        label_agrees: rows whose label MathCoder's rule gives again, of those that have one.
        executions: code blocks that came out consistent, of those with a recorded output.
    """

    model: str
    benchmark: str
    run: str
    partial: str
    published: float | None
    recorded: Share
    theirs: Share
    ours: Share
    ungradable: int
    label_agrees: Share
    executions: Share

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; a share is its count, its total and its 95% interval."""
        shares = {
            name: {"count": share.count, "total": share.total, "interval": share.interval()}
            for name in ("recorded", "theirs", "ours", "label_agrees", "executions")
            for share in (getattr(self, name),)
        }
        plain = ("model", "benchmark", "run", "partial", "published", "ungradable")
        return {name: getattr(self, name) for name in plain} | shares


def summarise(sets: Iterable[OutputSet], rows: Iterable[Reproduced]) -> list[SetResult]:
    """The table: a line for each set, in the order of the sets."""
    by_set: dict[tuple[str, str, str], list[Reproduced]] = {}
    for row in rows:
        by_set.setdefault((row.model, row.benchmark, row.run), []).append(row)
    return [
        _result(output_set, by_set.get((output_set.model, output_set.benchmark, output_set.run), []))
        for output_set in sets
    ]


def _result(output_set: OutputSet, rows: list[Reproduced]) -> SetResult:
    labelled = [row for row in rows if row.recorded is not None]
    outcomes: Counter[str] = Counter()
    for row in rows:
        outcomes.update(row.outcomes)
    return SetResult(
        output_set.model,
        output_set.benchmark,
        output_set.run,
        output_set.partial,
        published_score(output_set.model, output_set.benchmark),
        Share(sum(bool(row.recorded) for row in labelled), len(labelled)),
        Share(sum(row.theirs for row in rows), len(rows)),
        Share(sum(row.ours is True for row in rows), len(rows)),
        sum(row.ours is None for row in rows),
        Share(sum(row.theirs is row.recorded for row in labelled), len(labelled)),
        Share(sum(outcomes[outcome] for outcome in CONSISTENT), sum(outcomes.values()) - outcomes["not recorded"]),
    )


def published_score(model: str, benchmark: str) -> float | None:
    """The paper's figure for a model on a benchmark, in percent."""
    name = benchmark.lower()
    found = BENCHMARKS.get(_NAMES.get(name, name))
    if found is None:
        return None
    scores = [entry.score for entry in found.published if entry.model.lower() == model.lower()]
    return scores[0] if scores else None
