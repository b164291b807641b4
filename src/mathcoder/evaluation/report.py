"""`report.html`: a run to look at. One file without scripts, which opens offline, in light and in dark.

What a model, a problem or a setting says is hostile: it comes onto the page through `tag`, which escapes all that
is not markup of its own. The report does not know how scores are made; it shows what `scores.json` says.
"""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.evaluation.report_page import page
from mathcoder.evaluation.rows import OUTCOMES, EvalRow, Outcome, Run
from mathcoder.files import written_aside
from mathcoder.problems import BENCHMARKS
from mathcoder.solution import Block, Solution
from mathcoder.solving.text import shorten_middle

__all__ = ["write_report"]

_MEANS: dict[Outcome, str] = {
    "right": "the answer is right",
    "wrong": "the answer is not right",
    "ungradable": "there is an answer, but it could not be graded",
    "invalid": "the model ended without an answer",
    "truncated": "a limit ended it before an answer",
    "failed": "the model could not be asked",
}
_NOT_RIGHT = OUTCOMES[1:]
_MOST_NOT_RIGHT, _MOST_RIGHT = 200, 20  # solutions on the page
_MOST_GROUPS = 60  # levels or subjects of a benchmark
_MOST_BLOCKS = 24  # of a solution
_BLOCK_CHARS, _SOLUTION_CHARS = 3_000, 12_000
_LINE_CHARS = 500  # of an answer, a reference, a name


def write_report(run: Run, path: Path) -> None:
    """Write the report of a run, finished or not.

    Args:
        path: the file; whole or not there.

    Raises:
        OSError: it cannot be written.
    """
    parts = (_asked, _accuracy, _outcomes, _samples, _groups, _figures, _solutions)
    text = page(_title(run), *(markup for part in parts for markup in part(run)))
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def _short(value: object, limit: int = _LINE_CHARS) -> str:
    """A value as text, cut in the middle where it is longer."""
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value)
    return shorten_middle(text, limit)


# What was asked.


def _title(run: Run) -> str:
    names = [_name(run, str(name)) for name in run.asked.get("benchmarks", [])]
    if len(names) > 3:
        names = [f"{len(names)} benchmarks"]
    on = " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    return f"{_short(run.asked.get('model', 'A model'), 100)} on {on}"


def _name(run: Run, benchmark: str) -> str:
    """The title of a benchmark."""
    known = BENCHMARKS.get(benchmark)
    title = known.title if known else benchmark
    return _short(_scored(run).get(benchmark, {}).get("title", title), 60)


def _scored(run: Run) -> dict[str, dict[str, Any]]:
    return run.scores.get("benchmarks", {})


def _parts(run: Run) -> Iterator[tuple[str, dict[str, Any]]]:
    """The scores of each benchmark by its title, and of all where there are several."""
    scored = _scored(run)
    for name, part in scored.items():
        yield _name(run, name), part
    if len(scored) > 1:
        yield "all of them", run.scores["all"]


def _show(run: Run, *options: str) -> Html:
    """The command that shows more."""
    return tag("code", shlex.join(["mathcoder", "show", str(run.folder), *options]))


def _asked(run: Run) -> Iterator[Html]:
    yield tag("ul", *(tag("li", f"{name} ", tag("b", value)) for name, value in _facts(run)), class_="facts")
    if not run.scores or run.asked.get("finished") is False:
        so_far = f"This run is not finished: it has {_count(len(run.rows))} solutions so far. "
        yield tag("p", so_far, "Give the same command again to go on.", class_="notice", role="status")
    tables: list[Html] = []
    for name in ("settings", "inputs", "versions"):
        leaves = [(_short(path), _short(value)) for path, value in _leaves(run.asked.get(name, {}))]
        tables += [tag("h3", name), table(leaves)] if leaves else []
    if prompt := run.asked.get("prompt"):
        text = prompt if isinstance(prompt, str) else json.dumps(prompt, indent=1, ensure_ascii=False)
        tables += [tag("h3", "the first prompt"), tag("pre", _short(text, _BLOCK_CHARS))]
    yield tag("details", tag("summary", "What was asked, of what, with which versions"), *tables, class_="more")


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    settings = {path.rpartition(".")[2]: value for path, value in _leaves(run.asked.get("settings", {}))}
    for name in ("style", "dialect", "shots", "votes", "temperature", "rule", "limit"):
        if settings.get(name) is not None:
            yield name, _short(settings[name], 60)
    if started := run.asked.get("started"):
        yield "started", _short(str(started).replace("T", " ").replace("+00:00", " UTC"), 40)
    if isinstance(seconds := run.asked.get("seconds"), (int, float)):
        yield "took", _duration(seconds)


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """All values in nested objects, with the path of their names."""
    if not isinstance(value, dict):
        yield path, value
        return
    for name, inner in cast("dict[object, object]", value).items():
        yield from _leaves(inner, f"{path}.{name}" if path else str(name))


# Accuracy: bars with whiskers, and what others publish.


_LABELS = 4  # of a bar
_APART = 5.0  # percent from one label's tick to another's
_CHAR = 2.2  # percent of the narrowest track that a character of a label takes
_LANE = 15  # pixels


@dataclass(frozen=True, slots=True)
class _Tick:
    """A published figure on the track of a bar, and its label below.

    Attributes:
        at: percent.
        own: it is of the model that was evaluated.
        lane: of the label, 0 for the highest; None where it is left out.
    """

    text: str
    at: float
    own: bool
    lane: int | None = None

    @property
    def start(self) -> float:
        """Where the label starts: it stands on that side of its tick which has more room."""
        return self.at - _CHAR * len(self.text) if self.at >= 50 else self.at

    @property
    def end(self) -> float:
        return self.start + _CHAR * len(self.text)

    def covers(self, other: _Tick) -> bool:
        return self.lane == other.lane and self.start < other.end + 1 and other.start < self.end + 1

    def crosses(self, other: _Tick) -> bool:
        """Whether the line down to this label meets the other label."""
        above = (other.lane or 0) < (self.lane or 0)
        return above and other.start - 1 < self.at < other.end + 1


def _accuracy(run: Run) -> Iterator[Html]:
    if not run.scores:
        return
    rows: list[Html] = []
    tables: list[Html] = []
    for title, part in _parts(run):
        published = part.get("published", [])
        ticks = _ticks(published, str(run.asked.get("model", "")))
        many = part["samples"] > 1
        about = f"{_count(part['problems'])} problems" + (f" × {part['samples']} samples" if many else "")
        rows.append(_bar(title, part["accuracy"], about, ticks))
        if published:
            tables.append(tag("h3", title))
            tables.append(table(map(_published, published), ("model", "percent", "how", "where")))
    about = "Share of the problems solved, in percent. The whisker is the 95% interval."
    if tables:
        about += " Ticks are published figures, of the whole test set, and not always of the same setting."
        tables = [tag("details", tag("summary", "The published figures"), *tables, class_="more")]
    yield section("Accuracy", about, tag("div", *rows, _AXIS, class_="bars"), *tables)


def _bar(title: str, share: Mapping[str, Any], about: str = "", ticks: Sequence[_Tick] = ()) -> Html:
    """A share as a bar, with its interval and its numbers."""
    count, total = share["count"], share["total"]
    low, high = (100 * end for end in share["interval"])
    if total:
        value, interval = f"{100 * count / total:.1f}%", f"{low:.1f}–{high:.1f}"
    else:
        value, interval = "none", ""
    of = f"{_count(count)} of {_count(total)}"
    marks = [tag("span", class_="fill", style=f"width:{100 * count / max(total, 1):.2f}%")]
    if total:
        marks.append(tag("span", class_="whisker", style=f"left:{low:.2f}%;width:{high - low:.2f}%"))
    for tick in ticks:
        own, down = " own" if tick.own else "", ""
        if tick.lane is not None:
            down = f";height:{7 + _LANE * (tick.lane + 1)}px"
            side = f"right:{100 - tick.at:.2f}%" if tick.at >= 50 else f"left:{tick.at:.2f}%"
            place = f"{side};top:{28 + _LANE * tick.lane}px"
            marks.append(tag("span", tick.text, class_=f"label{own}", style=place))
        marks.append(tag("span", class_=f"tick{own}", style=f"left:{tick.at:.2f}%{down}", title=tick.text))
    lanes = 1 + max((tick.lane for tick in ticks if tick.lane is not None), default=-1)
    room = f"margin-bottom:{10 + _LANE * lanes}px" if ticks else ""
    says = f"{title}: {value}, 95% interval {interval}, {of}"
    numbers = f"{interval} · {of}" if total else of
    return tag(
        "div",
        tag("span", tag("b", title), *([tag("small", about)] if about else []), class_="name"),
        tag("span", *marks, class_="track", role="img", aria_label=says, style=room),
        tag("span", tag("b", value), tag("small", numbers), class_="value"),
        class_="bar",
    )


def _ticks(published: Sequence[Mapping[str, Any]], model: str) -> list[_Tick]:
    """Ticks of all figures; labels of the model's own, of the best, and of a few far from those."""
    names = {str(figure["model"]) for figure in published}
    own = max((name for name in names if name.casefold() in model.casefold()), key=len, default=None)
    ticks = [_tick(figure, figure["model"] == own) for figure in published]
    if not ticks:
        return []
    ticks.sort(key=lambda tick: -tick.at)
    chosen = list(dict.fromkeys([*(tick for tick in ticks if tick.own), ticks[0]]))[:_LABELS]
    while len(chosen) < _LABELS:
        far = [min(abs(tick.at - other.at) for other in chosen) for tick in ticks]
        if max(far) < _APART:
            break
        chosen.append(ticks[far.index(max(far))])
    labelled: list[_Tick] = []
    for tick in sorted(chosen, key=lambda tick: tick.at):  # so that each is right of and below the last one
        labelled.append(_placed(tick, labelled))
    return [*(tick for tick in ticks if tick not in chosen), *labelled]


def _tick(figure: Mapping[str, Any], own: bool) -> _Tick:
    """With a text that has room on one side."""
    at = float(figure["score"])
    number = f"{at:.1f}"
    room = int(max(at, 100 - at) / _CHAR) - len(number) - 1
    return _Tick(f"{_line(figure['model'], room)} {number}", at, own)


def _placed(tick: _Tick, others: Sequence[_Tick]) -> _Tick:
    """With its label in the first lane where it meets no other, and where possible no line meets a label."""
    lanes = [replace(tick, lane=lane) for lane in range(_LABELS)]
    free = [one for one in lanes if not any(one.covers(other) for other in others)]
    clear = [one for one in free if not any(one.crosses(other) or other.crosses(one) for other in others)]
    return (clear or free)[0]


def _published(figure: Mapping[str, Any]) -> tuple[str, ...]:
    source = _short(figure["source"])
    arxiv = re.fullmatch(r"arXiv:(\d{4}\.\d{4,5})", source)
    address = f"https://arxiv.org/abs/{arxiv[1]}" if arxiv else source
    plain = re.fullmatch(r"https://[\w.~/%#?&=+-]+", address, re.ASCII)
    where = tag("a", source, href=address, rel="noreferrer") if plain else source
    return _short(figure["model"]), f"{figure['score']:.1f}", _short(figure["setting"]), where


# Outcomes, samples, levels and subjects, code and cost.


def _outcomes(run: Run) -> Iterator[Html]:
    """From the rows, which are there before any score is."""
    names = dict.fromkeys(row.benchmark for row in run.rows)
    counts: dict[str, Counter[Outcome]] = {name: Counter() for name in names}
    for row in run.rows:
        counts[row.benchmark][row.outcome] += 1
    if len(counts) > 1:
        counts["all of them"] = sum(counts.values(), Counter[Outcome]())
    present: list[Outcome] = [outcome for outcome in OUTCOMES if any(count[outcome] for count in counts.values())]
    legend = (tag("li", _swatch(outcome), tag("b", outcome), f" {_MEANS[outcome]}") for outcome in present)
    bars = (_stack(_name(run, name), count) for name, count in counts.items())
    about = "What became of each solution. Only right ones count as solved."
    if not run.rows:
        about = "There is no solution yet."
    yield section("Outcomes", about, tag("ul", *legend, class_="legend"), tag("div", *bars, class_="bars"))


def _swatch(outcome: Outcome) -> Html:
    return tag("i", class_=f"swatch {outcome}")


def _stack(title: str, counts: Counter[Outcome]) -> Html:
    total = counts.total()
    present: list[tuple[Outcome, int]] = [(outcome, counts[outcome]) for outcome in OUTCOMES if counts[outcome]]
    says = "; ".join(f"{outcome} {count}" for outcome, count in present)
    segments = (tag("span", class_=outcome, style=f"flex-grow:{count}") for outcome, count in present)
    bar = tag("div", *segments, class_="stack", role="img", aria_label=f"{title}: {says}")
    numbers = (
        tag("li", _swatch(outcome), f"{outcome} ", tag("b", _count(count)), f" ({count / total:.1%})")
        for outcome, count in present
    )
    return tag(
        "div",
        tag("span", tag("b", title), tag("small", f"{_count(total)} solutions"), class_="name"),
        tag("div", bar, tag("ul", *numbers, class_="counts")),
        class_="bar stacked",
    )


def _samples(run: Run) -> Iterator[Html]:
    rows: list[tuple[str, ...]] = []
    ks: list[str] = []
    several = [(title, part) for title, part in _parts(run) if part["samples"] > 1]
    for _, part in several:
        ks += [k for k in part["pass"] if k not in ks]
    for title, part in several:
        maj = part["maj"]
        voted, interval = "", ""
        if maj and maj["total"]:
            voted = f"{100 * maj['count'] / maj['total']:.1f}"
            interval = "–".join(f"{100 * end:.1f}" for end in maj["interval"])
        passed = (f"{100 * part['pass'][k]:.1f}" if k in part["pass"] else "" for k in ks)
        rows.append((title, str(part["samples"]), voted, interval, *passed))
    if rows:
        about = "maj: the answer that most samples give is right. pass@k: one of k samples is right. In percent."
        head = ("", "samples", "maj", "95% interval", *(f"pass@{k}" for k in ks))
        yield section("Several samples of a problem", about, table(rows, head, "numbers"))


def _groups(run: Run) -> Iterator[Html]:
    for key in ("level", "subject"):
        bars: list[Html] = []
        for name, part in _scored(run).items():
            groups = part[f"by_{key}"]
            if not groups:
                continue
            biggest = sorted(groups, key=lambda group: -groups[group]["total"])[:_MOST_GROUPS]
            number = f"{key} " if all(group.isdigit() for group in biggest) else ""
            shown = [_bar(number + _short(group, 60), groups[group]) for group in groups if group in biggest]
            bars += [tag("h3", _name(run, name)), tag("div", *shown, class_="bars small")]
            if len(groups) > len(shown):
                bars.append(tag("p", f"{len(groups) - len(shown)} smaller ones are left out.", class_="about"))
        if bars:
            yield section(f"By {key}", "Share of the problems solved, with its 95% interval.", *bars)


def _figures(run: Run) -> Iterator[Html]:
    parts = [part for _, part in _parts(run)]
    if not parts:
        return
    rows: list[tuple[str, ...]] = [
        ("solutions with code", *(_percent(part["code"]["with_code"]) for part in parts)),
        ("blocks executed", *(_count(part["code"]["blocks"]) for part in parts)),
        ("blocks that raised", *(_count(part["code"]["errors"]) for part in parts)),
        ("solutions that repaired an error", *(_count(part["code"]["repaired"]) for part in parts)),
    ]
    # Recorded solutions do not say what they took: no row of zeros says it for them.
    if any(part["code"]["rounds"] for part in parts):
        rows.append(("rounds a solution", *(f"{part['code']['rounds']:.1f}" for part in parts)))
    if any(part["tokens"]["per_problem"] for part in parts):
        rows += [
            ("tokens read", *(_count(part["tokens"]["prompt"]) for part in parts)),
            ("tokens written", *(_count(part["tokens"]["completion"]) for part in parts)),
            ("tokens a problem", *(_count(round(part["tokens"]["per_problem"])) for part in parts)),
        ]
    if any(part["seconds"]["per_problem"] for part in parts):
        rows += [
            ("time of the model", *(_duration(part["seconds"]["model"]) for part in parts)),
            ("time of the sandbox", *(_duration(part["seconds"]["sandbox"]) for part in parts)),
            ("time a problem", *(_duration(part["seconds"]["per_problem"]) for part in parts)),
        ]
    if any(part["cost"] is not None for part in parts):
        rows.append(("cost", *("" if part["cost"] is None else f"{part['cost']:,.2f}" for part in parts)))
    head = ("", *(title for title, _ in _parts(run)))
    about = "Times are summed over solutions, many of which may have been made at once."
    decided = [(title, _rules(part["rules"])) for title, part in _parts(run)]
    rules = tag(
        "details", tag("summary", "What decided whether an answer is right"), table(decided), class_="more"
    )
    yield section("Code, tokens and time", about, table(rows, head, "numbers"), rules)


def _rules(rules: Mapping[str, int]) -> str:
    return ", ".join(f"{_short(rule, 60)} {_count(count)}" for rule, count in rules.items())


# The solutions.


def _solutions(run: Run) -> Iterator[Html]:
    by_outcome = {name: [row for row in run.rows if row.outcome == name] for name in OUTCOMES}
    shares = _shared_out(_MOST_NOT_RIGHT, {name: len(by_outcome[name]) for name in _NOT_RIGHT})
    shares["right"] = min(_MOST_RIGHT, len(by_outcome["right"]))
    groups: list[Html] = []
    for outcome in (*_NOT_RIGHT, "right"):
        rows, most = by_outcome[outcome], shares[outcome]
        if not rows:
            continue
        shown = [
            rows[place * len(rows) // most] for place in range(most)
        ]  # evenly, so that each benchmark is seen
        title = f"{outcome.capitalize()}: {_count(len(rows))}"
        groups.append(tag("h3", _swatch(outcome), title, id=outcome))
        if most < len(rows):
            left = f"{_count(most)} of them are here; {_count(len(rows) - most)} are left out, and shown by "
            groups.append(tag("p", left, _show(run, "--outcome", outcome), class_="about"))
        groups += map(_solution, shown)
    if groups:
        about = (
            "Open one to read it. On its right are the answer and the reference. Formulas are as the model wrote "
            "them. All solutions, and filters: "
        )
        yield tag("section", tag("h2", "Solutions"), tag("p", about, _show(run), class_="about"), *groups)


def _shared_out(most: int, sizes: Mapping[Outcome, int]) -> dict[Outcome, int]:
    """How many of each to take, `most` in all: of the small groups all, of the others as many of each."""
    shares: dict[Outcome, int] = {}
    for place, name in enumerate(sorted(sizes, key=lambda name: sizes[name])):
        shares[name] = min(sizes[name], (most - sum(shares.values())) // (len(sizes) - place))
    return shares


def _solution(row: EvalRow) -> Html:
    answer = "no answer" if row.answer is None else _line(row.answer, 12)
    sign = {"right": "=", "ungradable": "?"}.get(row.outcome, "≠")
    summary = tag(
        "summary",
        tag("span", _swatch(row.outcome), _line(row.id, 100), class_="id"),
        tag("span", _line(row.question, 200), class_="preview"),
        tag("span", f"{answer} {sign} {_line(row.reference, 12) or 'no reference'}", class_="verdict"),
    )
    question = tag("div", _short(row.question, _BLOCK_CHARS), class_="question")
    return tag("details", summary, question, *_blocks(row.solution), _decided(row), class_="solution")


def _line(text: str, limit: int) -> str:
    """The start of a text, in one line."""
    line = " ".join(text[: 2 * limit].split())
    return line if len(line) <= limit and len(text) <= 2 * limit else f"{line[: limit - 1]}…"


def _blocks(solution: Solution) -> Iterator[Html]:
    blocks = solution.blocks
    left_out = len(blocks) - _MOST_BLOCKS
    if left_out > 0:
        half = _MOST_BLOCKS // 2
        note = Block("text", f"[{left_out} blocks left out]")
        blocks = (*blocks[:half], note, *blocks[-half:])
    limit = min(_BLOCK_CHARS, _SOLUTION_CHARS // max(len(blocks), 1))
    for block in blocks:
        text = _short(block.content.strip("\n"), limit)
        if block.type == "text":
            yield tag("div", text, class_="text")
            continue
        kind = block.type
        if kind == "execution":
            kind = "error" if "Traceback (most recent call last)" in block.content else "output"
        yield tag("figure", tag("figcaption", kind), tag("pre", text or "(nothing)"), class_=kind)


def _decided(row: EvalRow) -> Html:
    verdict = row.outcome + (f", decided by: {row.rule}" if row.rule else "")
    facts = {
        "answer": "none" if row.answer is None else row.answer,
        "reference": row.reference or "none",
        "verdict": verdict,
        "ended": row.solution.ended.replace("_", " "),
        "check": row.check or "",
        "log-likelihood": ", ".join(f"{_letter(i)} {score:.2f}" for i, score in enumerate(row.scores[:26])),
        "level": row.level or "",
        "subject": row.subject or "",
        "note": row.note,
    }
    lines = ((tag("dt", name), tag("dd", _short(value))) for name, value in facts.items() if value)
    return tag("dl", *(part for line in lines for part in line))


def _letter(place: int) -> str:
    return chr(ord("A") + place)


# Numbers.


def _count(number: float) -> str:
    """With thousands apart; a mean over samples keeps two places."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def _percent(share: Mapping[str, Any]) -> str:
    return f"{100 * share['count'] / share['total']:.1f}%" if share["total"] else ""


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600, 1)
    return f"{minutes} min" if minutes < 120 else f"{hours:,} h"


_AXIS = tag("div", *(tag("span", str(at), style=f"left:{at}%") for at in (0, 25, 50, 75, 100)), class_="axis")
