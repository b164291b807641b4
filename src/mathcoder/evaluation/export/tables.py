"""Tables of runs: a row for each run, a column for each benchmark."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mathcoder.evaluation.export.common import finished, model_name
from mathcoder.evaluation.rows import Run
from mathcoder.evaluation.samples import accuracy, by_problem
from mathcoder.evaluation.scores import Share
from mathcoder.problems import BENCHMARKS

__all__ = ["to_latex", "to_markdown"]

_CAPTION = (
    "Accuracy in percent, ± half of its 95% interval (Wilson). Bold: the best of a column, where its interval "
    "does not contain the second."
)


def to_markdown(runs: Sequence[Run]) -> str:
    """The table, and its caption below."""
    head, rows = _table(runs, _markdown, lambda cell: f"**{cell}**", "n = {}", "±")
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + f"\n{_CAPTION}\n"


def to_latex(runs: Sequence[Run]) -> str:
    r"""The same for LaTeX, whose document needs `\usepackage{booktabs}`."""
    head, rows = _table(runs, _latex, lambda cell: rf"\textbf{{{cell}}}", "$n = {}$", r"$\pm$")
    caption = _latex(_CAPTION).replace("±", r"$\pm$")
    head, *body = (rf"{' & '.join(line)} \\" for line in (head, *rows))
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(rows[0]) - 1)}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _table(
    runs: Sequence[Run], escape: Callable[[str], str], bold: Callable[[str], str], count: str, plus_minus: str
) -> tuple[list[str], list[list[str]]]:
    """The cells of the head and of each row. A column tells its n in the head if it is the same for all runs."""
    shares = [
        {name: accuracy(problems.values()) for name, problems in by_problem(run.rows).items()} for run in runs
    ]
    names = list(dict.fromkeys(name for row in shares for name in row))
    columns = {name: [row.get(name) for row in shares] for name in names}
    head, rows = ["model"], [[escape(label)] for label in _labels(runs)]
    for name, column in columns.items():
        totals = {share.total for share in column if share}
        title = escape(BENCHMARKS[name].title if name in BENCHMARKS else name)
        head.append(f"{title} ({count.format(*totals)})" if len(totals) == 1 else title)
        best = _best(column)
        for place, share in enumerate(column):
            cell = ""
            if share:
                low, high = share.interval()
                value = f"{100 * share.value:.1f}"
                cell = f"{bold(value) if place == best else value} {plus_minus} {50 * (high - low):.1f}"
                cell += f" ({count.format(share.total)})" if len(totals) > 1 else ""
            rows[place].append(cell)
    return head, rows


def _labels(runs: Sequence[Run]) -> list[str]:
    """The model of each run, with the run's name where several are of one model; and whether it is a part."""
    models = [model_name(run) for run in runs]
    labels: list[str] = []
    for model, run in zip(models, runs, strict=True):
        notes = [run.name] if models.count(model) > 1 else []
        notes += [] if finished(run) else ["unfinished"]
        labels.append(f"{model} ({', '.join(notes)})" if notes else model)
    return labels


def _best(column: Sequence[Share | None]) -> int | None:
    """The place of the best share, if the second is outside of its interval."""
    ranked = sorted(((share.value, place) for place, share in enumerate(column) if share), reverse=True)
    if len(ranked) < 2:
        return None
    (_, place), (second, _) = ranked[:2]
    best = column[place]
    return place if best and best.interval()[0] > second else None


def _line(text: str) -> str:
    """One line without anything that cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _markdown(text: str) -> str:
    return re.sub(r"[\\`*_\[\]<>|~$&]", r"\\\g<0>", _line(text))


_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"{\char34}",
        "`": r"{\char96}",
        **{char: f"{{{char}}}" for char in "[]*"},  # after the end of a row they would be its options
        **{char: rf"\{char}" for char in "{}$&#_%"},
    }
)


def _latex(text: str) -> str:
    return _line(text).translate(_LATEX)
