"""`report.html` of a corpus run: what is in the corpus and what became of everything else. One file, offline.

It is made of the run's folder alone: the counts of the stages and the rows on disk. What a source or a model says
is hostile: it comes onto the page through `tag`, as text, and a script that trusts nothing renders its formulas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.corpus.report_counts import Computations, Dataset, computations, dataset, recall_scores
from mathcoder.corpus.report_overlap import contamination, duplicates
from mathcoder.corpus.report_samples import samples
from mathcoder.corpus.report_verdicts import skipped, verdicts
from mathcoder.files import written_aside
from mathcoder.publishing.charts import COLOURS, Part, bar, histogram, legend, sizes, tally
from mathcoder.publishing.look import StagedRun
from mathcoder.publishing.page import count, line, page, share, short
from mathcoder.publishing.parts import figures, funnel, head
from mathcoder.publishing.samples import rejected

__all__ = ["write_report"]

_FORMS = ("document", "steps", "interleaved")
_LAST_STAGE = "mix"
_MOST_SOURCES = 30


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
    found = StagedRun(run, "corpus")
    in_it, steps = dataset(found), computations(found)
    forms = _forms(in_it)
    parts = (
        head(found, _LAST_STAGE),
        figures(found, _figures(found, in_it, steps)),
        _tokens(in_it, forms),
        funnel(found, "Writing makes several rows of a document."),
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


def _figures(run: StagedRun, counts: Dataset, steps: Computations | None) -> list[tuple[str, str]]:
    """Of the result: numbers, and what they are of."""
    found: list[tuple[str, str]] = []
    if run.dataset:
        found += [
            (count(len(counts.documents)), "documents"),
            (count(counts.rows.total()), "rows"),
            (count(counts.tokens.total()), "tokens"),
        ]
    if steps is not None:
        of = f"of {count(steps.total)} computations verified"
        found.append((count(steps.verified), of))
    return found


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


# Sizes.


def _histograms(
    run: StagedRun, counts: Dataset, forms: Sequence[str], steps: Computations | None
) -> Iterator[Html]:
    charts = [sizes(f"Tokens of a row, form “{short(form, 40)}”", "", counts.lengths[form]) for form in forms]
    if steps is not None and steps.by_document:
        charts.append(
            sizes("Computations of a document", "Those that were not translated have none.", steps.by_document)
        )
    if (stage := run.stage("recall")) and (scores := recall_scores(stage)):
        charts.append(scores)
    if charts:
        about = (
            "How many there are of each size. The axis says where a bar starts; tokens and computations double."
        )
        yield section("Sizes", about, tag("div", *map(histogram, charts), class_="histograms"))
