"""`report.html` of a run of training: what was trained on what, the curves, the problems it solved. Offline.

It is made of the run's folder. What a model or a problem says is hostile: it comes onto the page through `tag`, as
text, and a script that trusts nothing renders its formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mathcoder.assets.markup import Html, section, table, tag
from mathcoder.files import written_aside
from mathcoder.publishing.curves import Chart, curve
from mathcoder.publishing.page import count, line, page, short
from mathcoder.training.progress_line import duration, short_count
from mathcoder.training.report_data import data
from mathcoder.training.report_solved import solved
from mathcoder.training.run_folder import TrainingRun

__all__ = ["write_report"]

_KINDS = {"sft": "Fine-tuning", "pretrain": "Continued pretraining"}
_MOST_INPUTS = 200


def write_report(run: str | Path) -> Path:
    """Write the report of a run of training, finished or not, into its folder.

    Args:
        run: the folder of the run.

    Returns:
        The file; whole or not there.

    Raises:
        ValueError: the folder holds no such run, or a file of it is damaged.
        OSError: it cannot be written.
    """
    found = TrainingRun(run)
    parts = (_head(found), _figures(found), _curves(found), solved(found), data(found), _machine(found))
    title = f"{_KINDS[found.kind]}: {line(found.recipe.name, 100)}"
    path = found.folder / "report.html"
    with written_aside(path) as aside:
        aside.write_text(page(title, *(markup for part in parts for markup in part)), encoding="utf-8")
    return path


def _head(run: TrainingRun) -> Iterator[Html]:
    if run.recipe.about:
        yield tag("p", short(run.recipe.about, 2_000))
    when = "" if run.ended is None else datetime.fromtimestamp(run.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts = {
        "from": run.base,
        "adapters": f"LoRA, rank {run.recipe.lora.rank}" if run.recipe.lora else "",
        "trained": when,
        "took": duration(run.seconds) if run.lines else "",
        "mathcoder": run.asked.get("versions", {}).get("mathcoder", ""),
    }
    shown = (tag("li", f"{name} ", tag("b", short(value, 80))) for name, value in facts.items() if value)
    yield tag("ul", *shown, class_="facts")
    if not run.finished or run.step < run.steps:
        so_far = f"This run is not finished: it is at step {count(run.step)} of {count(run.steps)}. "
        yield tag("p", so_far, "Give the same command again to go on.", class_="notice", role="status")
    yield tag("details", tag("summary", "What was asked, of what"), *_asked(run), class_="more")


def _asked(run: TrainingRun) -> Iterator[Html]:
    yield tag("h3", "recipe")
    yield tag("pre", short(run.recipe_text, 20_000))
    inputs = run.inputs
    if inputs:
        yield tag("h3", "inputs")
        shown = [
            (short(one.get("path")), count(one.get("size") or 0), short(one.get("sha256")))
            for one in inputs[:_MOST_INPUTS]
        ]
        yield table(shown, ("file", "bytes", "sha256"))
    if len(inputs) > _MOST_INPUTS:
        yield tag("p", f"{count(len(inputs) - _MOST_INPUTS)} more are in run.json.", class_="about")
    if seeds := run.asked.get("seeds"):
        yield tag("h3", "seeds")
        yield table([(short(key), short(value)) for key, value in seeds.items()])


def _figures(run: TrainingRun) -> Iterator[Html]:
    """The result in large figures, each with what it is of."""
    last = {name: points[-1][1] for name, points in run.curves.items()}
    held_out = [points[-1][1] for points in run.held_out.values()]
    found = [
        (f"{last['loss']:.3f}", "loss, of the last steps") if "loss" in last else None,
        (f"{sum(held_out) / len(held_out):.3f}", "loss on what is held out") if held_out else None,
        (f"{last['solved/right']:.0f} of {last['solved/of']:.0f}", "problems solved")
        if "solved/of" in last
        else None,
        (short_count(run.tokens), "tokens trained on") if run.lines else None,
        (short_count(_typical(run)), "tokens a second") if _typical(run) else None,
        (f"{last['mfu']:.1%}", "model FLOPs utilisation") if "mfu" in last else None,
    ]
    shown = (tag("li", tag("b", one[0]), tag("small", one[1])) for one in found if one)
    yield tag("ul", *shown, class_="figures")


def _typical(run: TrainingRun) -> float:
    """The middle one of the measured rates; 0 where there is none."""
    rates = sorted(rate for _, rate in run.curves.get("tokens_per_second", []))
    return rates[len(rates) // 2] if rates else 0.0


def _curves(run: TrainingRun) -> Iterator[Html]:
    charts = [
        Chart("Loss", "Of the steps since the value before.", _only(run, "loss")),
        Chart("Loss on what is held out", "By source. Nothing of it is trained on.", run.held_out),
        Chart("Learning rate", "", _only(run, "learning_rate"), "{:.2e}", low=0),
        Chart(
            "Tokens a second",
            "Without evaluation and checkpoints.",
            _only(run, "tokens_per_second"),
            "{:,.0f}",
            low=0,
        ),
        Chart("Norm of the gradient", "Before it is cut.", _only(run, "grad_norm"), low=0),
    ]
    if drawn := [curve(chart) for chart in charts if any(chart.lines.values())]:
        about = "What was measured while it trained, by step."
        yield section("Curves", about, tag("div", *drawn, class_="histograms"))


def _only(run: TrainingRun, name: str) -> dict[str, list[tuple[int, float]]]:
    points = run.curves.get(name)
    return {name: points} if points else {}


def _machine(run: TrainingRun) -> Iterator[Html]:
    facts = run.facts
    if not facts:
        return
    peak = facts["peak"]
    number = facts.get("threads")
    threads = f", {count(number)} thread{'s' * (number > 1)}" if number else ""
    lines = [
        ("architecture", short(facts["architecture"], 60)),
        ("parameters", f"{count(facts['parameters'])}, of which {count(facts['trained'])} are trained"),
        ("a token costs", f"{short_count(facts['flops_per_token'])}FLOP, forwards and backwards"),
        ("devices", f"{count(facts['devices'])} × {short(peak['device'], 80)}{threads}"),
        ("a device can do", f"{short_count(peak['flops'])}FLOP/s in {facts['compute']} ({peak['source']})"),
    ]
    about = (
        "Model FLOPs utilisation is what the model asks for, over what the devices could do in that time "
        "(PaLM, arXiv 2204.02311, appendix B). Where no data sheet is known, what a device can do is measured "
        "with products of matrices."
    )
    versions = tag("details", tag("summary", "versions"), table(sorted(facts["versions"].items())), class_="more")
    yield section("Model and hardware", about, table(lines), versions)
