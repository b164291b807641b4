"""Table and plot of the ablations, and their place in docs/claims.md."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ablations_arms import ARMS, facts_of
from ablations_results import OUTCOMES, PRIMARY, Outcome

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOT = DOCS / "claims.md", DOCS / "images" / "ablations.svg"
BEGIN, STOP = "<!-- ablations: begin -->", "<!-- ablations: end -->"


def table(found: Sequence[Outcome]) -> str:
    """A line for each claim and outcome, Markdown."""
    lines = [
        "| claim, outcome | with it | without | difference | 95%, bootstrap | 95%, over seeds | detectable | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        name = f"{each.claim.words}: {OUTCOMES[each.name]}{'' if each.name in PRIMARY else ' (secondary)'}"
        digits = 4 if each.name in PRIMARY else 3
        cells = [
            f"{each.better:.{digits}f}",
            f"{each.other:.{digits}f}",
            f"{each.found.mean:+.{digits}f}",
            _interval(each.found.bootstrap, digits),
            _interval(each.found.over_seeds, digits),
            f"{each.detectable:.{digits}f}",
            reading(each),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def reading(each: Outcome) -> str:
    """What a line of the table says, in words."""
    if not each.found.shown:
        return "not shown: an interval holds zero"
    for_it = (each.found.mean < 0) == (each.name in PRIMARY)
    return "as the paper says" if for_it else "against the paper"


def _interval(interval: tuple[float, float] | None, digits: int) -> str:
    return "one seed" if interval is None else f"{interval[0]:+.{digits}f} to {interval[1]:+.{digits}f}"


def data_table(output: Path, seed: int) -> str:
    """What each run was trained on, of one seed, Markdown."""
    lines = [
        "| run | tokens | of these with a loss | rows | passes |",
        "|---|---|---|---|---|",
    ]
    names = [name for arm in ARMS.values() for name in (arm.before, arm.name) if name]
    for name in names:
        facts = facts_of(name, seed, output)
        shares = ", ".join(f"{share:.0%}" for share in facts["learned"].values())
        rows = ", ".join(f"{count:,} {source}" for source, count in facts["documents"].items())
        passes = ", ".join(f"{count:.2f}" for count in facts["passes"].values())
        lines.append(f"| `{name}` | {facts['tokens']:,} | {shares} | {rows} | {passes} |")
    return "\n".join(lines) + "\n"


def plot(found: Sequence[Outcome], path: Path) -> None:
    """Differences in loss with both intervals, on a light ground of its own: it is read on a dark page too."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot: Any = import_module("matplotlib.pyplot")
    lines = [each for each in found if each.name in PRIMARY][::-1]
    settings = {"svg.fonttype": "none", "svg.hashsalt": "mathcoder", "font.size": 9}
    with matplotlib.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=(7.6, 0.9 + 0.42 * len(lines)), facecolor="#fbfbfb")
        axes.set_facecolor("#fbfbfb")
        axes.axvline(0, color="#555555", linewidth=1)
        for place, each in enumerate(lines):
            for interval, width, colour in (
                (each.found.over_seeds, 1.2, "#8a8a8a"),
                (each.found.bootstrap, 4.0, "#3f51b5"),
            ):
                if interval:
                    axes.plot(interval, (place, place), color=colour, linewidth=width, solid_capstyle="butt")
            axes.plot(each.found.by_seed, [place] * len(each.found.by_seed), "|", color="#222222", markersize=7)
            axes.plot(each.found.mean, place, "o", color="#1a237e", markersize=5)
        axes.set_yticks(range(len(lines)), [f"{each.claim.words}: {each.name}" for each in lines])
        axes.set_xlabel("difference in held-out loss, nats a token (left of 0: as the paper says)")
        axes.grid(axis="x", alpha=0.3)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        figure.tight_layout()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)


def section(found: Sequence[Outcome], output: Path, seeds: Sequence[int], about: str) -> str:
    """What stands between the marks in docs/claims.md."""
    image = f"![Differences in held-out loss with intervals](images/{PLOT.name})"
    legend = (
        "Dots are means, strokes the seeds, thick lines the bootstrap's intervals, thin lines those over seeds."
    )
    trained = f"What seed {seeds[0]} of each arm was trained on:"
    return "\n\n".join((about, image, legend, table(found).strip(), trained, data_table(output, seeds[0]).strip()))


def write_docs(text: str, page: Path = PAGE) -> None:
    """Put a section between the marks of a page.

    Raises:
        ValueError: the page has not both marks, in order.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, stop, after = rest.partition(STOP)
    if not begin or not stop:
        raise ValueError(f"{page}: the marks {BEGIN} and {STOP} are not there")
    page.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{STOP}{after}", encoding="utf-8")
