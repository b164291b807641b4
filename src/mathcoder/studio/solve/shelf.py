"""The problems of benchmarks that are on this machine, to take one from; the hub is never asked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mathcoder.grading import Grade, is_equivalent
from mathcoder.problems import BENCHMARKS, Benchmark, BenchmarkError, Problem, find_benchmark, load, rows_here
from mathcoder.publishing.page import line
from mathcoder.studio.solve.asked import Judge, Taken

__all__ = ["benchmarks", "found", "judged", "problem_json", "problems_page"]

_LINE_CHARS = 160


def benchmarks() -> list[dict[str, Any]]:
    """Those with rows here, each with the number of rows of its splits."""
    rows = [(which, rows_here(which)) for which in BENCHMARKS.values()]
    return [
        {
            "name": which.name,
            "title": which.title,
            "about": which.about,
            "kind": which.kind,
            "splits": {split: count for split, (count, _) in splits.items()},
        }
        for which, splits in rows
        if splits
    ]


def found(taken: Taken) -> tuple[Benchmark, Problem]:
    """The benchmark and the problem that were named.

    Raises:
        BenchmarkError: there is none here; one line.
    """
    which = find_benchmark(taken.benchmark)
    problems = _problems(which.name, taken.split)
    if taken.number >= len(problems):
        last = len(problems) - 1
        raise BenchmarkError(
            f"{which.name}: no problem number {taken.number}; the split {taken.split!r} has 0 to {last}"
        )
    return which, problems[taken.number]


def problems_page(benchmark: str, split: str, text: str, offset: int, limit: int) -> dict[str, Any]:
    """Some problems of a split, those whose question has `text` in it, a line of each.

    Raises:
        BenchmarkError: there is no such split here.
    """
    wanted = text.casefold().strip()
    problems = enumerate(_problems(find_benchmark(benchmark).name, split))
    matching = [(number, problem) for number, problem in problems if wanted in problem.question.casefold()]
    rows = [
        {
            "number": number,
            "id": problem.id,
            "line": line(problem.question, _LINE_CHARS),
            "level": problem.level,
            "subject": problem.subject,
        }
        for number, problem in matching[offset : offset + limit]
    ]
    return {"total": len(matching), "rows": rows}


def problem_json(taken: Taken) -> dict[str, Any]:
    """A problem as the page shows it, without its reference."""
    which, problem = found(taken)
    return {
        "benchmark": which.name,
        "title": which.title,
        "split": taken.split,
        "number": taken.number,
        "id": problem.id,
        "asked": which.ask(problem),
        "level": problem.level,
        "subject": problem.subject,
        "has_reference": which.kind != "none" and bool(problem.answer),
    }


def judged(judge: Judge) -> dict[str, Any]:
    """The reference of a problem, the solution that its set states, and a grade for each answer."""
    which, problem = found(judge.taken)
    grades = [_grade(which, problem, answer) for answer in judge.answers]
    return {
        "reference": problem.answer,
        "solution": problem.solution,
        "options": list(problem.options),
        "grades": [{"correct": grade.correct, "rule": grade.rule} for grade in grades],
    }


def _grade(which: Benchmark, problem: Problem, answer: str | None) -> Grade:
    if which.kind == "none":
        return Grade(None, "no reference")
    return is_equivalent(answer, problem.answer, options=problem.options)


@lru_cache(maxsize=8)
def _problems(benchmark: str, split: str) -> list[Problem]:
    which = BENCHMARKS[benchmark]
    here = rows_here(which)
    if split not in here:
        splits = ", ".join(here) or "none"
        raise BenchmarkError(f"{benchmark}: no split {split!r} on this machine; splits here: {splits}")
    return load(which, split, here[split][1])
