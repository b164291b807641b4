"""What was solved as one file that opens offline, in the markup of reports: nothing of a model becomes HTML."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.publishing.page import count, line, page
from mathcoder.publishing.samples import code, facts, output, prose
from mathcoder.studio.solve.solving import Solve
from mathcoder.studio.solve.vote import Part, Vote

__all__ = ["shared_page"]

_ENDS = {
    "no_answer": "ended without an answer",
    "empty": "the model wrote nothing",
    "rounds": "the limit on rounds was reached",
    "tokens": "the limit on tokens was reached",
    "time": "the time was up",
    "repeated_error": "the same code failed twice",
    "model_error": "the model failed",
}


def shared_page(solve: Solve) -> Html:
    """The problem, how it was asked, the tally, and every solution with its code, outputs and figures."""
    several = len(solve.votes) > 1
    parts = [tag("section", *prose(solve.question)), facts(_asked(solve))]
    if several and solve.tally:
        parts.append(_tally(solve))
    first = solve.tally["classes"][0]["votes"][0] if solve.tally and solve.tally["classes"] else 0
    solutions = [_solution(number, vote, number == first) for number, vote in enumerate(solve.votes)]
    about = "What the model wrote, the code that it wrote as it was run, and what the code printed."
    parts.append(section("Solutions" if several else "Solution", about, *solutions))
    return page(f"A problem, solved by {solve.model_name or 'nobody'}", *parts)


def _asked(solve: Solve) -> dict[str, str]:
    ask, taken = solve.ask, solve.taken
    return {
        "answer": str(solve.tally.get("answer") or ""),
        "problem": f"{taken.benchmark}, {taken.split}, number {taken.number}" if taken else "",
        "model": solve.model_name,
        "dialect": ask.dialect,
        "temperature": f"{ask.temperature:g}",
        "seed": str(ask.seed),
        "stopped because": solve.failure,
    }


def _tally(solve: Solve) -> Html:
    rows = [
        (one["answer"], count(len(one["votes"])), f"{100 * one['share']:.0f}%") for one in solve.tally["classes"]
    ]
    if without := solve.tally["without"]:
        rows.append(("(no answer)", count(len(without)), ""))
    how = "each weighed by the model's own check of it" if solve.ask.verify else "each of the same weight"
    about = f"{count(solve.tally['ended'])} solutions voted, equivalent answers together, {how}."
    return section("Votes", about, table(rows, ("answer", "votes", "share"), "numbers"))


def _solution(number: int, vote: Vote, opened: bool) -> Html:
    """One solution; it can be opened and closed."""
    shown = [html for part in vote.parts for html in _part(part)]
    if vote.check is not None:
        shown.append(tag("h3", f"The model's check of this answer: {vote.check.verdict}", class_="text"))
        shown += [html for block in vote.check.solution.blocks for html in _part(Part(block))]
    summary = tag(
        "summary",
        tag("span", f"solution {number + 1}", class_="id"),
        tag("span", line(vote.answer or "no answer", 200), class_="preview"),
        tag("span", _end(vote), class_="note"),
    )
    state = {"open": "open"} if opened else {}
    return tag("details", summary, *shown, class_="sample", **state)


def _end(vote: Vote) -> str:
    if vote.solved is None:
        return "stopped"
    solution = vote.solved.solution
    return _ENDS.get(solution.ended, f"{count(solution.cost.completion_tokens)} tokens")


def _part(part: Part) -> Iterator[Html]:
    content = part.block.content
    if part.block.type == "text":
        yield from prose(content)
    elif part.block.type == "code":
        yield code("Python", content)
    elif content or not part.images:
        ended = {"ok": "output", "": "output"}.get(part.status, f"output, ended by {part.status}")
        yield output(ended, content or "(no output)")
    for image in part.images:
        data = b64encode(image).decode()  # has no character that ends an attribute
        figure = f'<img alt="figure" style="max-width:100%" src="data:image/png;base64,{data}">'
        yield tag("p", Html(figure), class_="text")
