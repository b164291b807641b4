"""The problems that a model solved while it trained, as JSON values: a grid of verdicts, and each solution."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from mathcoder.solving.formats import Record
from mathcoder.solving.text import shorten_middle
from mathcoder.training.run_folder import TrainingRun, read_solved
from mathcoder.training.solving_watch import counts

__all__ = ["solution_at", "solved_grid"]

_PREVIEW_CHARS, _TEXT_CHARS = 300, 20_000
_MOST_BLOCKS = 100


def solved_grid(run: TrainingRun) -> dict[str, Any]:
    """All that was solved: `problems` in their order, `steps`, and in each step's `verdicts` one for each problem,
    None where it was not solved then.

    Raises:
        ValueError: a file is damaged; one line.
    """
    solved = {step: {one.id: one for one in _read(path)} for step, path in run.solved_files.items()}
    problems = {name: one for records in solved.values() for name, one in records.items()}
    return {
        "problems": [
            {
                "id": name,
                "problem": shorten_middle(one.problem, _PREVIEW_CHARS),
                "reference": one.reference,
            }
            for name, one in problems.items()
        ],
        "steps": [
            {
                "step": step,
                "verdicts": [_verdict(records.get(name)) for name in problems],
                "answered": sum(one.solution.answer is not None for one in records.values()),
                "ended": dict(Counter(one.solution.ended for one in records.values()).most_common()),
                **counts([*records.values()]),
            }
            for step, records in solved.items()
        ],
    }


def solution_at(run: TrainingRun, step: int, problem: int) -> dict[str, Any] | None:
    """The solution that the problem at a place of `solved_grid` had after a step; None where it had none.

    Raises:
        ValueError: a file is damaged; one line.
    """
    files = run.solved_files
    names = [*dict.fromkeys(one.id for path in files.values() for one in _read(path))]
    if step not in files or not 0 <= problem < len(names):
        return None
    found = [one for one in _read(files[step]) if one.id == names[problem]]
    return _shown(found[-1], step) if found else None


def _shown(record: Record, step: int) -> dict[str, Any]:
    solution = record.solution
    return {
        "id": record.id,
        "step": step,
        "problem": shorten_middle(record.problem, _TEXT_CHARS),
        "reference": record.reference,
        "verdict": _verdict(record),
        "extracted": record.meta.get("extracted"),
        "ended": solution.ended,
        "tokens": solution.cost.completion_tokens,
        "rounds": solution.cost.rounds,
        "note": record.meta.get("note"),
        "blocks": [
            {"type": block.type, "content": shorten_middle(block.content, _TEXT_CHARS)}
            for block in solution.blocks[:_MOST_BLOCKS]
        ],
        "blocks_left_out": max(len(solution.blocks) - _MOST_BLOCKS, 0),
    }


def _verdict(record: Record | None) -> str | None:
    if record is None:
        return None
    correct = record.meta.get("correct")
    return "ungraded" if correct is None else "right" if correct is True else "wrong"


def _read(path: Path) -> tuple[Record, ...]:
    status = path.stat()
    return _read_once(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=512)
def _read_once(path: Path, modified: int, size: int) -> tuple[Record, ...]:
    """The records of a file, which is whole or not there, as it was then."""
    return tuple(read_solved(path))
