"""The problems that a model solved while it was trained, for the report of a run: how many, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.publishing.curves import Chart, curve
from mathcoder.publishing.page import count, line
from mathcoder.publishing.samples import code, facts, left_out, output, prose, sample
from mathcoder.solving.formats import Record
from mathcoder.training.run_folder import TrainingRun

__all__ = ["solved"]

_MOST_STEPS, _MOST_PROBLEMS, _MOST_BLOCKS = 8, 8, 24
_TEXT_CHARS = 4_000


def solved(run: TrainingRun) -> Iterator[Html]:
    """The section on solved problems; nothing where none were solved."""
    found = run.solved()
    if not found:
        return
    steps = _some(list(found))
    part = run.recipe.solve
    source = f" of {line(part.benchmark or part.file, 80)}" if part else ""
    about = (
        f"The first {count(len(found[steps[-1]]))} problems{source}, solved by the model as it was then, "
        "greedily; its code was executed. So few problems say how it writes, not how good it is."
    )
    most = max(map(len, found.values()))
    lines = {"right": run.curves.get("solved/right", [])}
    chart = Chart("Right answers", "", lines, "{:.0f}", low=0, high=most, shape="steps")
    parts: list[Html] = [
        *([curve(chart)] if len(found) > 1 else []),
        _by_step({step: found[step] for step in steps}),
        *_left_out(len(found) - len(steps), "times"),
    ]
    for step in (steps[-1], *steps[:-1][::-1]):
        shown = [_sample(record) for record in found[step][:_MOST_PROBLEMS]]
        rest = _left_out(len(found[step]) - _MOST_PROBLEMS, "problems")
        inside = (*shown, *rest)
        if step == steps[-1]:
            parts += [tag("h3", f"After step {count(step)}"), *inside]
        else:
            parts.append(tag("details", tag("summary", f"After step {count(step)}"), *inside, class_="more"))
    yield section("Solved problems", about, *parts)


def _some(steps: Sequence[int]) -> list[int]:
    """Up to eight steps, evenly, the first and the last among them."""
    last = len(steps) - 1
    places = {round(place * last / (_MOST_STEPS - 1)) for place in range(_MOST_STEPS)}
    return [steps[place] for place in sorted(places)]


def _by_step(found: dict[int, list[Record]]) -> Html:
    rows: list[tuple[str, ...]] = []
    for step, records in found.items():
        ends = Counter(record.solution.ended for record in records)
        blocks = Counter(block.type for record in records for block in record.solution.blocks)
        rows.append(
            (
                count(step),
                f"{sum(record.meta.get('correct') is True for record in records)} of {len(records)}",
                count(sum(record.solution.answer is not None for record in records)),
                count(blocks["execution"]),
                ", ".join(f"{end} {number}" for end, number in ends.most_common()),
            )
        )
    return table(rows, ("step", "right", "with an answer", "executions", "ended by"), "numbers")


def _sample(record: Record) -> Html:
    shown: list[Html] = []
    blocks = record.solution.blocks
    for block in blocks[:_MOST_BLOCKS]:
        if block.type == "text":
            shown += [*prose(block.content[:_TEXT_CHARS]), *left_out(block.content, _TEXT_CHARS)]
        elif block.type == "code":
            shown.append(code("Python", block.content))
        else:
            shown.append(output("executed", block.content))
    said = {
        "its answer": record.meta.get("extracted"),
        "reference": record.reference,
        "ended by": record.solution.ended,
        "tokens": count(record.solution.cost.completion_tokens),
        "note": record.meta.get("note"),
    }
    question = tag("div", *prose(record.problem[:_TEXT_CHARS]), class_="passage")
    more = _left_out(len(blocks) - _MOST_BLOCKS, "blocks")
    nothing = [] if blocks else [tag("p", "It wrote nothing that could be read.", class_="cut")]
    return sample(record.id, record.problem, _verdict(record), question, *shown, *nothing, *more, facts(said))


def _verdict(record: Record) -> str:
    correct = record.meta.get("correct")
    return "not graded" if correct is None else "right" if correct is True else "wrong"


def _left_out(number: int, what: str) -> Iterator[Html]:
    if number > 0:
        yield tag("p", f"{count(number)} more {what} are left out.", class_="about")
