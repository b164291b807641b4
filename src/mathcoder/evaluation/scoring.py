"""What the rows of an evaluation come to: accuracy with intervals, votes, and what the code did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any

from mathcoder.evaluation.rows import OUTCOMES, EvalRow
from mathcoder.evaluation.samples import accuracy, by_problem, voted
from mathcoder.evaluation.scores import Share
from mathcoder.grading import pass_at_k
from mathcoder.problems import BENCHMARKS
from mathcoder.solving.text import error_shown

__all__ = ["score_rows", "score_run", "share_json"]


def score_run(rows: Sequence[EvalRow], price: tuple[float, float] | None = None) -> dict[str, Any]:
    """`scores.json`: one entry for each benchmark, in the order of the rows, and one for all of them.

    Args:
        price: of a million prompt tokens and of a million generated ones.
    """
    names = list(dict.fromkeys(row.benchmark for row in rows))
    parts = {name: score_rows([row for row in rows if row.benchmark == name], price) for name in names}
    for name, part in parts.items():
        if (known := BENCHMARKS.get(name)) is not None:
            part["title"] = known.title
            part["published"] = [
                {"model": entry.model, "score": entry.score, "setting": entry.setting, "source": entry.source}
                for entry in known.published
            ]
    return {"benchmarks": parts, "all": score_rows(rows, price)}


def score_rows(rows: Sequence[EvalRow], price: tuple[float, float] | None = None) -> dict[str, Any]:
    """The figures of some rows.

    Accuracy is the mean over problems of the share of right samples; ungradable, invalid and truncated ones
    count as not right and are told apart in `outcomes`. Its interval is Wilson's for as many problems.
    """
    problems = [samples for group in by_problem(rows).values() for samples in group.values()]
    samples = max(map(len, problems), default=0)
    tokens = [row.solution.cost for row in rows]
    prompt, completion = sum(c.prompt_tokens for c in tokens), sum(c.completion_tokens for c in tokens)
    model, sandbox = sum(c.model_seconds for c in tokens), sum(c.sandbox_seconds for c in tokens)
    count = max(len(problems), 1)
    outcomes = Counter(row.outcome for row in rows)
    cost = None if price is None else (prompt * price[0] + completion * price[1]) / 1e6
    return {
        "problems": len(problems),
        "samples": samples,
        "accuracy": _accuracy(rows),
        "maj": share_json(_majority(problems)) if samples > 1 else None,
        "pass": _pass(problems, samples),
        "outcomes": {outcome: outcomes[outcome] for outcome in OUTCOMES},
        "by_level": _by(rows, lambda row: row.level),
        "by_subject": _by(rows, lambda row: row.subject),
        "code": _code(rows),
        "tokens": {"prompt": prompt, "completion": completion, "per_problem": (prompt + completion) / count},
        "seconds": {"model": model, "sandbox": sandbox, "per_problem": (model + sandbox) / count},
        "cost": cost,
        "rules": dict(Counter(row.rule for row in rows if row.rule).most_common()),
    }


def share_json(share: Share) -> dict[str, Any]:
    """A share as the files of a run hold it."""
    return {"count": share.count, "total": share.total, "interval": list(share.interval())}


def _majority(problems: Sequence[Sequence[EvalRow]]) -> Share:
    votes = [voted(samples) for samples in problems]
    return Share(sum(vote.answer is not None and vote.correct is True for vote in votes), len(votes))


def _pass(problems: Sequence[Sequence[EvalRow]], samples: int) -> dict[str, float]:
    """pass@k for k = 1, 2, 4, ... over the problems that have all samples."""
    whole = [group for group in problems if len(group) == samples]
    if samples < 2 or not whole:
        return {}
    ks = [k for k in (1, 2, 4, 8, 16, 32, 64) if k < samples] + [samples]
    right = [sum(row.correct is True for row in group) for group in whole]
    return {str(k): fmean(pass_at_k(samples, count, k) for count in right) for k in ks}


def _by(rows: Sequence[EvalRow], key: Callable[[EvalRow], str | None]) -> dict[str, Any]:
    names = sorted({name for row in rows if (name := key(row)) is not None})
    return {name: _accuracy(row for row in rows if key(row) == name) for name in names}


def _accuracy(rows: Iterable[EvalRow]) -> dict[str, Any]:
    """The accuracy of some rows as the files of a run hold it."""
    return share_json(accuracy(samples for group in by_problem(rows).values() for samples in group.values()))


def _code(rows: Sequence[EvalRow]) -> dict[str, Any]:
    """Solutions with code, blocks, errors, errors after which a later block ran, rounds on average."""
    blocks = errors = repaired = with_code = 0
    for row in rows:
        raised = [
            error_shown(block.content) is not None for block in row.solution.blocks if block.type == "execution"
        ]
        with_code += any(block.type == "code" for block in row.solution.blocks)
        blocks += len(raised)
        errors += sum(raised)
        repaired += any(raised) and not raised[-1]
    rounds = fmean(row.solution.cost.rounds for row in rows) if rows else 0.0
    return {
        "with_code": share_json(Share(with_code, len(rows))),
        "blocks": blocks,
        "errors": errors,
        "repaired": repaired,
        "rounds": round(rounds, 3),
    }
