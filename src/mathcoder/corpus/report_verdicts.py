"""What became of the computations of a corpus, for its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mathcoder.assets.markup import Html, section, tag
from mathcoder.corpus.report_counts import Computations
from mathcoder.publishing.charts import COLOURS, Part, bar, legend, swatch, tally
from mathcoder.publishing.page import count, line, share, short
from mathcoder.verification import VERDICTS

__all__ = ["skipped", "verdicts"]

_MOST_KINDS = 20


def verdicts(steps: Computations | None) -> Iterator[Html]:
    """Bars of verdicts, by translator and by kind."""
    if steps is None or not steps.total:
        return
    present = {verdict for *_, verdict in steps.verdicts}
    order = [*(verdict for verdict in VERDICTS if verdict in present), *sorted(present - set(VERDICTS))]
    colours = {verdict: COLOURS[place] for place, verdict in enumerate(VERDICTS)}
    parts: list[Html] = [legend((colours.get(verdict, "fifth"), short(verdict, 40)) for verdict in order)]
    for place, title in enumerate(("By translator", "By kind")):
        groups: dict[str, Counter[str]] = {}
        for key, number in steps.verdicts.items():
            groups.setdefault(key[place], Counter())[key[2]] += number
        ordered = sorted(groups, key=lambda name: (-groups[name].total(), name))
        most = groups[ordered[0]].total()
        bars = [_verdict_bar(name, groups[name], order, colours, most) for name in ordered[:_MOST_KINDS]]
        if rest := ordered[_MOST_KINDS:]:
            bars.append(tag("p", f"{count(len(rest))} smaller ones are left out.", class_="about"))
        parts += [tag("h3", title), tag("div", *bars, class_="bars")]
    yield section("Verdicts", "What running the code of each computation came to.", *parts)


def _verdict_bar(
    name: str, found: Counter[str], order: Sequence[str], colours: Mapping[str, str], most: int
) -> Html:
    parts = [Part(colours.get(verdict, "fifth"), short(verdict, 40), found[verdict]) for verdict in order]
    numbers = (
        tag("li", swatch(part.colour), f"{part.name} ", tag("b", count(part.amount)))
        for part in parts
        if part.amount
    )
    verified = f"{share(found['verified'], found.total())} verified"
    return bar(
        line(name, 60), "", parts, most, count(found.total()), verified, tag("ul", *numbers, class_="counts")
    )


def skipped(steps: Computations | None) -> Iterator[Html]:
    """A table of reasons."""
    if steps is not None and steps.skipped:
        about = "Formulas that no code was made of, by reason."
        total = steps.skipped.total()
        yield section("What the translator left out", about, tally(steps.skipped, total, "reason", "formulas"))
