"""Problems that a model in training solves: which, how they are graded, and what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS
from mathcoder.solving.dialects.mathcoder import MathCoderDialect
from mathcoder.solving.formats import Record
from mathcoder.training.recipe import SolvePart
from mathcoder.training.solving_watch import Solving, counts, problems_to_solve

TOKENS = tuple(
    f"<|{name}|>"
    for name in ("system", "user", "assistant", "text", "code", "execution", "endofblock", "endofmessage")
)
SOLUTION = Solution(
    (
        Block("code", "print(3+4)"),
        Block("execution", "7"),
        Block("text", "So \\boxed{7}"),
    ),
    "7",
)


def write(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "problems.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_the_first_train_rows_of_a_benchmark(data_dir: Path) -> None:
    asked = problems_to_solve(SolvePart(benchmark="GSM8K", problems=3))
    assert [one.problem.split for one in asked] == ["train"] * 3
    assert [one.kind for one in asked] == ["number"] * 3
    assert len({one.problem.id for one in asked}) == 3


def test_the_first_problems_of_a_file(tmp_path: Path) -> None:
    rows = [{"id": f"{i}", "question": f"What is {i} + 1?", "answer": f"{i + 1}"} for i in range(9)]
    asked = problems_to_solve(SolvePart(file=write(tmp_path, *rows), problems=2))
    assert [one.question for one in asked] == ["What is 0 + 1?", "What is 1 + 1?"]
    assert [one.problem.answer for one in asked] == ["1", "2"]


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"benchmark": "gsm9k"}, "did you mean gsm8k"),
        ({"file": "{folder}/none.jsonl"}, "none.jsonl: No such file"),
        ({"file": "{folder}/empty.jsonl"}, "holds no problem"),
        ({"file": "{folder}/bad.jsonl"}, "bad.jsonl:1: problem.question is missing"),
        ({"file": "{folder}/list.txt"}, "unknown format"),
    ],
)
def test_problems_that_cannot_be_had_are_told_before_it_trains(
    tmp_path: Path, part: dict[str, str], says: str
) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n')
    asked = SolvePart.model_validate({name: value.format(folder=tmp_path) for name, value in part.items()})
    with pytest.raises(ValueError, match=says):
        Solving(tmp_path, asked, DIALECTS["markdown"]())


def test_the_dialect_of_tools_needs_a_server(tmp_path: Path) -> None:
    file = write(tmp_path, {"id": "a", "question": "What?", "answer": "1"})
    with pytest.raises(ValueError, match="calls no tools"):
        Solving(tmp_path, SolvePart(file=file), DIALECTS["tools"]())


def test_errors_of_code_are_counted() -> None:
    error = "Traceback (most recent call last):\nZeroDivisionError: division by zero"
    blocks = (*SOLUTION.blocks[:2], Block("code", "1/0"), Block("execution", error))
    graded = ((Solution(blocks), None), (SOLUTION, True))
    rows = [Record("a", "?", solution, "7", {"correct": correct}) for solution, correct in graded]
    assert counts(rows) == {"right": 1, "of": 2, "executed": 3, "errors": 1}


@pytest.mark.heavy
def test_a_model_that_learned_a_solution_solves_its_problem(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from watched_training import PROBLEMS, small_model, small_tokenizer

    dialect, tokenizer = MathCoderDialect(system=""), small_tokenizer(TOKENS)
    model = small_model(len(tokenizer))
    ids = torch.tensor([tokenizer(dialect.render(PROBLEMS[0]["question"], SOLUTION)).input_ids])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(200):
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    part = SolvePart(file=write(tmp_path, *PROBLEMS), every_steps=10, max_tokens=200)
    made = Solving(tmp_path, part, dialect)
    assert (made.due(10), made.due(15), made.todo(10)) == (True, False, True)
    found = made.solve(10, model, tokenizer)
    assert isinstance(found, dict)
    del found["seconds"]
    assert found == {"right": 1, "of": 2, "executed": 2, "errors": 0}  # it gives the one solution that it knows
    assert not made.todo(10)
    assert model.training
    rows = [json.loads(line) for line in (tmp_path / "solved" / "step-000010.jsonl").read_text().splitlines()]
    assert [row["meta"]["correct"] for row in rows] == [True, False]
    assert Solution.from_json(rows[0]["solution"]).blocks == SOLUTION.blocks
    assert rows[0]["solution"]["ended"] == "answer"
