"""Evaluates a model on benchmarks: asks, executes, grades, and keeps every row as soon as it is there."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from mathcoder.evaluation.choice import choose_many
from mathcoder.evaluation.report import write_report
from mathcoder.evaluation.rows import EvalRow, Outcome, Run, write_attempts
from mathcoder.evaluation.scoring import score_run
from mathcoder.evaluation.styles import Asking
from mathcoder.files import written_aside
from mathcoder.grading import Grade, Grader, Rule
from mathcoder.models import Model
from mathcoder.problems import Benchmark, Problem, find_benchmark, load
from mathcoder.runs import RowLog
from mathcoder.runs.lock import Lock
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving import Attempt, Options, solve_many
from mathcoder.solving.many import attempt_id

__all__ = ["Settings", "Unfinished", "evaluate"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an evaluation is asked to do. Another value of any of these is another run.

    Attributes:
        benchmarks: names of `mathcoder.problems.BENCHMARKS`.
        split: of each benchmark; a score on train rows is no result.
        limit: at most so many problems of each benchmark, the first.
        source: where the rows come from (`mathcoder.problems.load`).
        asking: how the model is asked.
        options: limits and sampling of one solution.
        votes: solutions of each problem, of which the majority answers too.
        verify: the model checks its answers with code, and votes weigh what it found.
        rule: by which an answer is right.
        timeout: seconds that a block of code may run.
        price: of a million prompt tokens and of a million generated ones.
    """

    benchmarks: tuple[str, ...]
    split: str = "test"
    limit: int | None = None
    source: str | None = None
    asking: Asking = field(default_factory=Asking)
    options: Options = field(default_factory=Options)
    votes: int = 1
    verify: bool = False
    rule: Rule = "strict"
    timeout: float = 10.0
    price: tuple[float, float] | None = None


class Unfinished(Exception):
    """Some problems could not be asked. What is done is kept and scored; the same call goes on from there.

    Attributes:
        run: what there is.
        failed: how many attempts are missing.
    """

    def __init__(self, run: Run, failed: int, why: str):
        super().__init__(f"{failed:,} attempts could not be made ({why}); {run.folder} keeps the others")
        self.run = run
        self.failed = failed


Progress = Callable[[int, int, int], None]  # rows that are done, of how many, and how many of them are right


def evaluate(
    settings: Settings,
    model: Model,
    folder: str | Path,
    *,
    sandbox: Sandbox,
    concurrency: int = 64,
    progress: Progress | None = None,
) -> Run:
    """Evaluate a model; the folder holds every trace, what was asked, the scores and a report.

    A run that was stopped, by whatever, goes on from its last finished row when it is called again with the same
    settings and folder.

    Args:
        model: who is asked.
        folder: of the run; made if it is not there.
        sandbox: where code runs.
        concurrency: requests at the model at a time.

    Raises:
        BenchmarkError: the problems cannot be had.
        ValueError: the folder holds a run with other settings, or another process is at work in it.
        Unfinished: the model failed or its budget was used up before all was done.
    """
    folder = Path(folder)
    sets = [find_benchmark(name) for name in settings.benchmarks]
    problems = {which.name: load(which, settings.split, settings.source, settings.limit) for which in sets}
    asked = _asked(settings, model, problems)
    key = {name: asked[name] for name in ("model", "settings", "inputs")}
    start = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    with Lock(folder), RowLog(folder / "rows.jsonl", key) as log, Grader(settings.rule) as grader:
        began = _write(folder / "run.json", asked | _began(folder))
        right = sum(row["correct"] is True for row in log.done.values())
        total = sum(map(len, problems.values())) * settings.votes
        failed, why = 0, ""
        for which in sets:
            for row in _rows(settings, model, which, problems[which.name], sandbox, grader, concurrency, log.done):
                if row.outcome == "failed":
                    failed, why = failed + 1, row.note
                    continue
                log.append(row.to_json())
                right += row.correct is True
                if progress:
                    progress(len(log.done), total, right)
        ids = [
            _row_id(which, attempt_id(problem.id, sample, settings.votes))
            for which in sets
            for problem in problems[which.name]
            for sample in range(settings.votes)
        ]
        done = [name for name in ids if name in log.done]
        rows = tuple(EvalRow.from_json(log.done[name]) for name in done)
        if not failed:
            log.finish(done)
            write_attempts(folder / "attempts.parquet", rows)
    seconds = round(began["seconds"] + time.perf_counter() - start, 3)
    asked = _write(folder / "run.json", began | {"seconds": seconds, "finished": not failed})
    run = Run(folder, asked, rows, _write(folder / "scores.json", score_run(rows, settings.price)))
    write_report(run, folder / "report.html")
    if failed:
        raise Unfinished(run, failed, why)
    return run


def _rows(
    settings: Settings,
    model: Model,
    which: Benchmark,
    problems: list[Problem],
    sandbox: Sandbox,
    grader: Grader,
    concurrency: int,
    done: Mapping[str, Any],
) -> Iterator[EvalRow]:
    by_id = {attempt_id(p.id, n, settings.votes): p for p in problems for n in range(settings.votes)}
    skip = {name for name in by_id if _row_id(which, name) in done}
    how, options = settings.asking.how(), settings.asking.limits(settings.options)
    if settings.asking.style == "choice":
        for choice in choose_many(problems, model, dialect=how, ask=which.ask, concurrency=concurrency, skip=skip):
            attempt = Attempt(choice.problem.id, choice.problem.question, 0, choice.solution, choice.note)
            yield replace(_graded(settings, which, choice.problem, attempt, grader), scores=choice.scores)
        return
    attempts = solve_many(
        problems,
        model,
        dialect=how,
        sandbox=sandbox,
        options=options,
        samples=settings.votes,
        concurrency=concurrency,
        verify=settings.verify,
        ask=which.ask,
        skip=skip,
    )
    for attempt in attempts:
        yield _graded(settings, which, by_id[attempt.id], attempt, grader)


def _row_id(which: Benchmark, attempt: str) -> str:
    """The attempt's id, with the benchmark before it where it does not begin with that."""
    return attempt if attempt.startswith(f"{which.name}/") else f"{which.name}/{attempt}"


def _graded(settings: Settings, which: Benchmark, problem: Problem, attempt: Attempt, grader: Grader) -> EvalRow:
    solution = attempt.solution
    answer = settings.asking.answer(solution, which)
    grade = (
        grader.grade(answer, problem.answer, problem.options) if answer is not None else Grade(False, "no answer")
    )
    if which.kind == "none":
        grade = Grade(None, "no reference")
    outcome = _outcome(solution, answer, grade.correct)
    return EvalRow(
        id=_row_id(which, attempt.id),
        benchmark=which.name,
        problem=problem.id,
        sample=attempt.sample,
        question=which.ask(problem),
        reference=problem.answer,
        solution=solution,
        answer=answer,
        correct=grade.correct,
        rule=grade.rule,
        outcome=outcome,
        options=problem.options,
        level=problem.level,
        subject=problem.subject,
        check=attempt.check.verdict if attempt.check else None,
        note=attempt.note,
    )


def _outcome(solution: Solution, answer: str | None, correct: bool | None) -> Outcome:
    if solution.ended == "model_error":
        return "failed"
    if answer is None:
        return "truncated" if solution.ended in ("rounds", "tokens", "time", "repeated_error") else "invalid"
    return {True: "right", False: "wrong", None: "ungradable"}[correct]  # type: ignore[return-value]


# What is written down of a run.


def _asked(settings: Settings, model: Model, problems: dict[str, list[Problem]]) -> dict[str, Any]:
    first = next(iter(problems.values()))[0]
    which = find_benchmark(first.benchmark)
    prompt = settings.asking.how().request(which.ask(first)).prompt
    return {
        "kind": "evaluate",
        "model": model.name,
        "benchmarks": list(problems),
        "settings": json.loads(json.dumps(asdict(settings))),
        "inputs": {
            name: {"rows": len(rows), "source": rows[0].source, "sha256": _digest(rows)}
            for name, rows in problems.items()
        },
        "versions": _versions(),
        "prompt": prompt if isinstance(prompt, str) else [dict(message) for message in prompt],
    }


def _digest(problems: list[Problem]) -> str:
    text = json.dumps([problem.to_json() for problem in problems], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _versions() -> dict[str, str]:
    names = ("mathcoder", "sympy", "numpy", "math-verify", "openai", "xllamacpp")
    versions = {"python": platform.python_version()}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _began(folder: Path) -> dict[str, Any]:
    """When the run was started first, and the seconds that it has taken so far."""
    try:
        before = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return {"started": before["started"], "seconds": float(before["seconds"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "seconds": 0.0}


def _write(path: Path, value: dict[str, Any]) -> dict[str, Any]:
    with written_aside(path) as aside:
        aside.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return value
