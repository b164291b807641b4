"""`report.html` of a run that built instruction data: what it holds and what became of everything else. Offline.

It is made of the run's folder: the counts of the stages and the rows on disk. What a problem or a model says is
hostile: it comes onto the page through `tag`, as text, and a script that trusts nothing renders its formulas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.files import written_aside
from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.instruct.report_contamination import contamination
from mathcoder.instruct.report_counts import Counts, count_rows, reasons
from mathcoder.instruct.report_samples import samples
from mathcoder.instruct.samples import Method
from mathcoder.publishing.charts import COLOURS, Histogram, Part, bar, histogram, legend, sizes, tally
from mathcoder.publishing.look import StagedRun, rows
from mathcoder.publishing.page import count, line, page, share, short
from mathcoder.publishing.parts import figures, funnel, head
from mathcoder.publishing.samples import rejected

__all__ = ["write_report"]

_LAST_STAGE = "write"
_MOST_SOURCES, _MOST_BARS = 30, 16
_PAPER = "MathCoder (arXiv 2310.03731)"
_DIFFICULTY = (
    ("easy", "harder than their easy parent", 0.832),
    ("hard", "easier than their hard parent", 0.956),
)


def write_report(run: Path) -> Path:
    """Write the report of a run that builds instruction data, finished or not, into its folder.

    Args:
        run: the folder of the run.

    Returns:
        The file; whole or not there.

    Raises:
        ValueError: the folder holds no such run, or a file of it is damaged.
        OSError: it cannot be written.
    """
    found = StagedRun(run, "instruct")
    recipe = _recipe(found)
    counts = count_rows(found.dataset)
    methods = _methods(counts)
    parts = (
        head(found, _LAST_STAGE),
        figures(found, _figures(found, counts)),
        _rows(counts, methods),
        funnel(found, "Solving makes several rows of a problem."),
        _reasons(found),
        _difficulty(found),
        _histograms(counts, methods),
        contamination(found, recipe),
        samples(found, methods),
        rejected(found),
    )
    text = page(f"Instruction data: {line(found.name, 100)}", *(markup for part in parts for markup in part))
    path = found.folder / "report.html"
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return path


def _recipe(run: StagedRun) -> InstructRecipe:
    yaml: Any = import_module("yaml")
    try:
        return InstructRecipe.model_validate(yaml.safe_load(run.recipe))
    except ValidationError as error:
        first = error.errors()[0]
        what = ": ".join([*map(str, first["loc"]), first["msg"]])
        path = run.folder / "recipe.yaml"
        raise ValueError(f"{path}: no recipe of instruction data ({what}); build it again") from None


def _methods(counts: Counts) -> list[str]:
    """The methods there are, the known ones first."""
    found = {method for _, method in counts.rows}
    known: tuple[str, ...] = get_args(Method)
    return [*(method for method in known if method in found), *sorted(found.difference(known))]


def _figures(run: StagedRun, counts: Counts) -> list[tuple[str, str]]:
    """Of the result: numbers, and what they are of."""
    if not run.dataset:
        return []
    return [
        (count(counts.rows.total()), "rows"),
        (count(len(counts.rows_of_problem)), "problems"),
        (count(counts.tokens.total()), "tokens of solutions"),
        (count(counts.splits["train"]), "rows to train on"),
        (count(counts.splits["validation"]), "rows held out for validation"),
    ]


# Rows.


def _rows(counts: Counts, methods: Sequence[str]) -> Iterator[Html]:
    if not counts.rows:
        return
    sources: Counter[str] = Counter()
    for (source, _), number in counts.rows.items():
        sources[source] += number
    problems = Counter(source for source, _ in counts.rows_of_problem)
    ordered = sorted(sources, key=lambda source: (-sources[source], source))
    colours = {method: COLOURS[min(place, len(COLOURS) - 1)] for place, method in enumerate(methods)}
    bars = [
        bar(
            line(source, 60),
            f"{count(problems[source])} problems",
            [Part(colours[method], short(method, 40), counts.rows[source, method]) for method in methods],
            max(sources.values()),
            count(sources[source]),
            share(sources[source], sources.total()),
        )
        for source in ordered[:_MOST_SOURCES]
    ]
    if rest := ordered[_MOST_SOURCES:]:
        left = count(sum(sources[name] for name in rest))
        bars.append(tag("p", f"{count(len(rest))} smaller sources with {left} rows are left out.", class_="about"))
    made = Counter((source, method) for source, method, _ in counts.problems)
    lines = [
        (
            f"{line(source, 60)}, {line(method, 40)}",
            *(count(number[source, method]) for number in (made, counts.rows, counts.tokens)),
        )
        for source in ordered[:_MOST_SOURCES]
        for method in methods
        if counts.rows[source, method]
    ]
    licences = Counter({name or "not stated": number for name, number in counts.tokens_by_licence.items()})
    tables = [
        table(lines, ("source and method", "problems", "rows", "tokens"), "numbers"),
        tag("h3", "Tokens by licence"),
        _tally(licences, "licence", "tokens"),
    ]
    if counts.models:
        tables += [tag("h3", "Rows by the model that wrote them"), _tally(counts.models, "model", "rows")]
    yield section(
        "Rows by source and method",
        "Each row is a problem with one solution. A varied one has the source of the problem it was made from.",
        legend((colours[method], short(method, 40)) for method in methods),
        tag("div", *bars, class_="bars"),
        tag("details", tag("summary", "The numbers, and by licence"), *tables, class_="more"),
    )


def _tally(counts: Counter[str], name: str, unit: str) -> Html:
    return tally(counts, counts.total(), name, unit)


def _reasons(run: StagedRun) -> Iterator[Html]:
    """Why a problem, or a model that was asked, gave no row."""
    stage = run.stage("solve")
    parts: list[Html] = []
    for sort, found in reasons(stage).items() if stage else ():
        parts += [tag("h3", f"{line(sort, 80)}: {count(found.total())}"), _tally(found, "reason", "count")]
    if parts:
        about = (
            "Why worked solutions could not be turned into code, and why solutions of models were not kept. "
            "A problem may still have rows of another kind."
        )
        yield section("What gave no row", about, *parts)


def _difficulty(run: StagedRun) -> Iterator[Html]:
    stage = run.stage("interpolate")
    path = stage.table("difficulty") if stage else None
    if path is None:
        return
    judged: dict[str, float | None] = next(rows([path]))
    lines = [
        (name, "not judged" if judged[key] is None else f"{judged[key]:.1%}", f"{paper:.1%}")
        for key, name, paper in _DIFFICULTY
    ]
    about = (
        "A model was shown new problems beside the easy and the hard one they were made from, each pair in both "
        f"orders. Of the pairs that it judged alike in both, these shares; beside them those of {_PAPER}."
    )
    yield section(
        "Difficulty of new problems", about, table(lines, ("new problems", "here", "MathCoder"), "numbers")
    )


# Sizes.


def _histograms(counts: Counts, methods: Sequence[str]) -> Iterator[Html]:
    if not counts.rows:
        return
    charts = [
        *(
            sizes(f"Tokens of a row, method “{short(method, 40)}”", "", counts.lengths[method])
            for method in methods
        ),
        _numbers("Blocks of code of a row", counts.blocks),
        _numbers("Rows of a problem", Counter(counts.rows_of_problem.values())),
    ]
    about = "How many there are of each size. The axis says where a bar starts; tokens double."
    yield section("Sizes", about, tag("div", *map(histogram, charts), class_="histograms"))


def _numbers(title: str, counts: Counter[int]) -> Histogram:
    """A bar for each number from the smallest to the largest; the largest are put together."""
    low = min(counts)
    high = min(max(counts), low + _MOST_BARS - 1)
    names = [str(number) for number in range(low, high + 1)]
    series = [counts[number] for number in range(low, high + 1)]
    if beyond := sum(count for number, count in counts.items() if number > high):
        names[-1] += " or more"
        series[-1] += beyond
    return Histogram(title, "", [name.split()[0] for name in names], names, {"kept": series})
