"""Solves a few problems while a model trains, with code that is executed, and keeps the solutions.

The first problems of a benchmark's train rows, or of a file, are solved every so many steps and at the end:
greedily, in the dialect that the model learns. Their solutions are in `solved/step-000100.jsonl` of the run, what
they come to is in `metrics.jsonl`. That solving fails never ends a training: it is told in a line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from mathcoder.files import written_aside
from mathcoder.grading import Grader, extract_answer
from mathcoder.grading.extract import Kind
from mathcoder.problems import BadRow, Benchmark, BenchmarkError, Problem, find_benchmark, load, read_problems
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving import Dialect, Options, solve
from mathcoder.solving.formats import Record, write_row
from mathcoder.solving.loop import Solved
from mathcoder.solving.text import error_shown
from mathcoder.training.recipe import SolvePart
from mathcoder.training.solving_model import TransformersModel, generating

__all__ = ["SOLVED", "Asked", "Solving", "counts", "problems_to_solve"]

SOLVED = "solved"
_SECONDS = 480  # for all problems, where other processes wait: they give up after ten minutes
_SHARDED = ("FSDPModule", "FullyShardedDataParallel")


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem, as the model is asked it."""

    problem: Problem
    question: str
    kind: Kind | None


def problems_to_solve(part: SolvePart) -> list[Asked]:
    """The problems that a recipe names.

    Raises:
        ValueError: they cannot be had; one line.
    """
    if part.benchmark:
        try:
            which = find_benchmark(part.benchmark)
            problems = load(which, part.split, limit=part.problems)
        except BenchmarkError as error:
            raise ValueError(f"solve: {error}") from None
        return [Asked(problem, which.ask(problem), _kind(which)) for problem in problems]
    problems = list(islice(_of_file(str(part.file)), part.problems))
    if not problems:
        raise ValueError(f"solve: {part.file}: holds no problem; write JSON Lines with id, question and answer")
    return [Asked(problem, problem.question, None) for problem in problems]


def _of_file(path: str) -> Iterator[Problem]:
    try:
        for row in read_problems(path):
            if isinstance(row, BadRow):
                raise ValueError(f"solve: {row}")
            yield row
    except OSError as error:
        raise ValueError(f"solve: {path}: {error.strerror or error}; name a file that can be read") from None


def _kind(which: Benchmark) -> Kind | None:
    return which.kind if which.kind in get_args(Kind) else None  # type: ignore[return-value]


class Solving:
    """Problems, and how a model in training is asked them.

    Args:
        folder: of the run.
        part: what is solved and when.
        dialect: how the model is asked.

    Raises:
        ValueError: the problems cannot be had, or the dialect needs a server.
    """

    def __init__(self, folder: str | Path, part: SolvePart, dialect: Dialect):
        if dialect.name == "tools":
            raise ValueError("solve: a model in training calls no tools; give solve.dialect, or leave solve out")
        self._folder = Path(folder) / SOLVED
        self._part = part
        self._dialect = dialect
        self._problems = problems_to_solve(part)
        self._whole = True

    def begin(self, step: int, model: Any) -> str | None:
        """Training begins or goes on after a step. Returns a line on why nothing will be solved, if so."""
        for path in self._folder.glob("step-*.jsonl"):
            if int(path.stem.removeprefix("step-")) > step:  # of a future that was given up
                path.unlink()
        self._whole = not any(kind.__name__ in _SHARDED for kind in type(model).__mro__)
        if self._whole:
            return None
        return "no problems are solved while it trains: the model is in parts on several devices"

    def due(self, step: int) -> bool:
        """Whether it is time to solve after a step."""
        return step % self._part.every_steps == 0

    def todo(self, step: int) -> bool:
        """Whether something can be solved that was not solved after this step before."""
        return self._whole and not self._path(step).exists()

    def solve(self, step: int, model: Any, tokenizer: Any) -> dict[str, Any] | str:
        """Solve the problems and keep the solutions.

        Returns:
            what they come to, or a line on why they could not be solved.
        """
        start = time.perf_counter()
        try:
            rows = self._solved(step, model, tokenizer)
            self._folder.mkdir(exist_ok=True)
            with written_aside(self._path(step)) as aside:
                lines = (json.dumps(write_row(record), ensure_ascii=False) + "\n" for record in rows)
                aside.write_text("".join(lines), encoding="utf-8")
        except Exception as error:  # noqa: BLE001 - whatever it is, hours of training are worth more
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            return f"step {step:,}: solving failed ({reason}); training goes on"
        return counts(rows) | {"seconds": round(time.perf_counter() - start, 1)}

    def _path(self, step: int) -> Path:
        return self._folder / f"step-{step:06}.jsonl"

    def _solved(self, step: int, model: Any, tokenizer: Any) -> list[Record]:
        most = self._part.max_tokens
        seconds = _SECONDS / len(self._problems) if _others_wait() else 300.0
        options = Options(rounds=self._part.rounds, round_tokens=most, tokens=most, seconds=seconds)
        llm = TransformersModel(model, tokenizer, f"step {step}")
        rows: list[Record] = []
        with generating(model), Sandbox() as sandbox, Grader() as grader:
            for asked in self._problems:
                events = solve(asked.question, llm, dialect=self._dialect, sandbox=sandbox, options=options)
                solved = next(event for event in events if isinstance(event, Solved))
                rows.append(_graded(asked, solved, step, grader))
        return rows


def _others_wait() -> bool:
    distributed: Any = import_module("torch.distributed")
    return distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1


def _graded(asked: Asked, solved: Solved, step: int, grader: Grader) -> Record:
    problem, solution = asked.problem, solved.solution
    answer = extract_answer(solution, asked.kind)
    grade = grader.grade(answer, problem.answer, problem.options)
    meta = {
        "step": step,
        "extracted": answer,
        "correct": grade.correct,
        "rule": grade.rule,
        "benchmark": problem.benchmark,
        "split": problem.split,
    }
    if solved.note:
        meta["note"] = solved.note
    return Record(problem.id, asked.question, solution, problem.answer, meta)


def counts(rows: list[Record]) -> dict[str, int]:
    """What solutions come to: how many are right, blocks of code that were executed, errors among those."""
    executions = [block for row in rows for block in _executions(row.solution)]
    return {
        "right": sum(row.meta["correct"] is True for row in rows),
        "of": len(rows),
        "executed": len(executions),
        "errors": sum(error_shown(text) is not None for text in executions),
    }


def _executions(solution: Solution) -> list[str]:
    return [block.content for block in solution.blocks if block.type == "execution"]
