"""`report.html` of a corpus run: what is in the corpus and what became of everything else. One file, offline.

It is made of the run's folder alone: the counts of the stages and the rows on disk. What a source or a model says
is hostile: it comes onto the page through `tag`, as text, and a script that trusts nothing renders its formulas.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.corpus.look import CorpusRun, CorpusStage
from mathcoder.corpus.report_charts import COLOURS, Part, bar, histogram, legend, tally
from mathcoder.corpus.report_counts import Computations, Dataset, computations, dataset, recall_scores, sizes
from mathcoder.corpus.report_overlap import contamination, duplicates
from mathcoder.corpus.report_page import count, line, page, share, short
from mathcoder.corpus.report_samples import rejected, samples
from mathcoder.corpus.report_verdicts import skipped, verdicts
from mathcoder.files import written_aside

__all__ = ["write_report"]

_FORMS = ("document", "steps", "interleaved")
_LAST_STAGE = "mix"
_MOST_SOURCES, _MOST_REASONS, _MOST_INPUTS = 30, 6, 200


def write_report(run: Path) -> Path:
    """Write the report of a corpus run, finished or not, into its folder.

    Args:
        run: the folder of the run.

    Returns:
        The file; whole or not there.

    Raises:
        ValueError: the folder holds no corpus run, or a file of it is damaged.
        OSError: it cannot be written.
    """
    found = CorpusRun(run)
    in_it, steps = dataset(found), computations(found)
    forms = _forms(in_it)
    parts = (
        _head(found),
        _figures(found, in_it, steps),
        _tokens(in_it, forms),
        _funnel(found),
        verdicts(steps),
        skipped(steps),
        _histograms(found, in_it, forms, steps),
        duplicates(found),
        contamination(found),
        samples(found, forms),
        rejected(found),
    )
    text = page(f"Corpus: {line(found.name, 100)}", *(markup for part in parts for markup in part))
    path = found.folder / "report.html"
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return path


def _forms(counts: Dataset) -> list[str]:
    """The forms there are, the known ones first."""
    found = {form for _, form in counts.rows}
    return [*(form for form in _FORMS if form in found), *sorted(found - set(_FORMS))]


# What was asked, and the result in figures.


def _head(run: CorpusRun) -> Iterator[Html]:
    if run.about:
        yield tag("p", short(run.about))
    facts = {"built": _time(run), "took": _duration(sum(stage.seconds for stage in run.stages))}
    facts |= {"mathcoder": run.asked.get("versions", {}).get("mathcoder", "")}
    yield tag(
        "ul",
        *(tag("li", f"{name} ", tag("b", short(value, 60))) for name, value in facts.items() if value),
        class_="facts",
    )
    if run.stage(_LAST_STAGE) is None or not run.dataset:
        so_far = f"This run is not finished: {count(len(run.stages))} of its stages are done. "
        yield tag("p", so_far, "Give the same command again to go on.", class_="notice", role="status")
    summary = tag("summary", "What was asked, of what, with which versions")
    yield tag("details", summary, *_asked(run), class_="more")


def _asked(run: CorpusRun) -> Iterator[Html]:
    if run.recipe:
        yield tag("h3", "recipe")
        yield tag("pre", short(run.recipe, 20_000))
    yield tag("h3", "stages")
    stages = [(stage.name, _duration(stage.seconds), short(json.dumps(stage.params))) for stage in run.stages]
    yield table(stages, ("stage", "time", "parameters"))
    if inputs := run.asked.get("inputs", []):
        yield tag("h3", "inputs")
        shown = [
            (short(one.get("path")), _size(one.get("size")), short(one.get("sha256")))
            for one in inputs[:_MOST_INPUTS]
        ]
        yield table(shown, ("file", "bytes", "sha256"))
    if len(inputs) > _MOST_INPUTS:
        yield tag("p", f"{count(len(inputs) - _MOST_INPUTS)} more are in run.json.", class_="about")
    for name in ("versions", "seeds"):
        if values := run.asked.get(name):
            yield tag("h3", name)
            yield table([(short(key), short(value)) for key, value in values.items()])


def _time(run: CorpusRun) -> str:
    return "" if run.ended is None else datetime.fromtimestamp(run.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _size(size: object) -> str:
    return count(size) if isinstance(size, int) else ""


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600, 1)
    return f"{minutes} min" if minutes < 120 else f"{hours:,} h"


def _figures(run: CorpusRun, counts: Dataset, steps: Computations | None) -> Iterator[Html]:
    figures: list[tuple[str, str]] = []
    if run.dataset:
        figures += [
            (count(len(counts.documents)), "documents"),
            (count(counts.rows.total()), "rows"),
            (count(counts.tokens.total()), "tokens"),
        ]
    if steps is not None:
        of = f"of {count(steps.total)} computations verified"
        figures.append((count(steps.verified), of))
    licence = run.card.get("license_name") or run.card.get("license")
    if licence:
        figures.append((short(licence, 60), "licence of the whole"))
    if figures:
        yield tag(
            "ul", *(tag("li", tag("b", value), tag("small", name)) for value, name in figures), class_="figures"
        )


# Tokens.


def _tokens(counts: Dataset, forms: Sequence[str]) -> Iterator[Html]:
    if not counts.rows:
        return
    sources: Counter[str] = Counter()
    for (source, _), tokens in counts.tokens.items():
        sources[source] += tokens
    ordered = sorted(sources, key=lambda source: (-sources[source], source))
    colours = {form: COLOURS[min(place, len(COLOURS) - 1)] for place, form in enumerate(forms)}
    total, most = sources.total(), max(sources.values())
    bars = [
        bar(
            line(source, 60),
            f"{count(sum(counts.rows[source, form] for form in forms))} rows",
            [Part(colours[form], short(form, 40), counts.tokens[source, form]) for form in forms],
            most,
            count(sources[source]),
            share(sources[source], total),
        )
        for source in ordered[:_MOST_SOURCES]
    ]
    rest = ordered[_MOST_SOURCES:]
    if rest:
        left = count(sum(sources[name] for name in rest))
        bars.append(
            tag("p", f"{count(len(rest))} smaller sources with {left} tokens are left out.", class_="about")
        )
    lines = [
        (line(source, 60), *(_rows_tokens(counts, source, form) for form in forms), count(sources[source]))
        for source in ordered[:_MOST_SOURCES]
    ]
    numbers = table(lines, ("source", *(short(form, 40) for form in forms), "all tokens"), "numbers")
    tables = [tag("h3", "Rows and tokens by source and form"), numbers]
    for name, tokens in (("licence", counts.licences), ("language", counts.languages)):
        tables += [tag("h3", f"Tokens by {name}"), tally(tokens, total, name)]
    yield section(
        "Tokens by source and form",
        "What the data set is made of, after the mix.",
        legend((colours[form], short(form, 40)) for form in forms),
        tag("div", *bars, class_="bars"),
        tag("details", tag("summary", "The numbers, and by licence and language"), *tables, class_="more"),
    )


def _rows_tokens(counts: Dataset, source: str, form: str) -> str:
    found = counts.rows[source, form]
    return f"{count(found)} · {count(counts.tokens[source, form])}" if found else ""


# The funnel.


def _funnel(run: CorpusRun) -> Iterator[Html]:
    if not run.stages:
        return
    most = max(max(stage.rows_in, stage.kept + sum(stage.dropped.values())) for stage in run.stages)
    bars = (_stage_bar(stage, most) for stage in run.stages)
    colours = legend([("kept", "kept"), ("dropped", "dropped")])
    about = "What each stage got, kept and dropped, in rows, and why. Writing makes several rows of a document."
    yield section("The funnel", about, colours, tag("div", *bars, class_="bars"))


def _stage_bar(stage: CorpusStage, most: int) -> Html:
    dropped = sum(stage.dropped.values())
    ordered = sorted(stage.dropped, key=lambda reason: (-stage.dropped[reason], reason))
    reasons = [
        tag(
            "li",
            f"{line(reason, 80)} ",
            tag("b", count(stage.dropped[reason])),
            f" ({share(stage.dropped[reason], stage.kept + dropped)})",
        )
        for reason in ordered[:_MOST_REASONS]
    ]
    if rest := ordered[_MOST_REASONS:]:
        left = sum(stage.dropped[reason] for reason in rest)
        reasons.append(tag("li", f"{count(len(rest))} other reasons ", tag("b", count(left))))
    return bar(
        stage.name,
        f"{count(stage.rows_in)} rows in" if stage.rows_in else "",
        [Part("kept", "kept", stage.kept), Part("dropped", "dropped", dropped)],
        most,
        f"{count(stage.kept)} kept",
        f"{count(dropped)} dropped",
        *([tag("ul", *reasons, class_="counts")] if reasons else []),
    )


# Sizes.


def _histograms(
    run: CorpusRun, counts: Dataset, forms: Sequence[str], steps: Computations | None
) -> Iterator[Html]:
    charts = [sizes(f"Tokens of a row, form “{short(form, 40)}”", "", counts.lengths[form]) for form in forms]
    if steps is not None and steps.by_document:
        charts.append(
            sizes("Computations of a document", "Those that were not translated have none.", steps.by_document)
        )
    if stage := run.stage("recall"):
        charts.append(recall_scores(stage))
    if charts:
        about = (
            "How many there are of each size. The axis says where a bar starts; tokens and computations double."
        )
        yield section("Sizes", about, tag("div", *map(histogram, charts), class_="histograms"))
