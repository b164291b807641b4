from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.problems import BadRow, Problem, read_problems

PROBLEM = Problem("p1", "2+2?", "B", "add", ("3", "4"), "5", "Algebra", "test", "S", "MIT", "mine")
ROW: dict[str, Any] = {"id": "p1", "question": "2+2?", "answer": "4"}

texts = st.text()
optional = st.none() | texts
problems = st.builds(
    Problem,
    texts,
    texts,
    texts,
    optional,
    st.lists(texts, max_size=5).map(tuple),
    optional,
    optional,
    texts,
    texts,
    texts,
    texts,
)


@given(problems)
def test_json_loses_nothing(problem: Problem):
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem


GOOD = [
    (ROW, Problem("p1", "2+2?", "4")),
    (PROBLEM.to_json(), PROBLEM),
    (ROW | {"id": 7, "answer": 4, "level": 5}, Problem("7", "2+2?", "4", level="5")),
    (ROW | {"answer": -0.5}, Problem("p1", "2+2?", "-0.5")),
    (
        ROW | {"meta": {"level": 2, "subject": "Sums", "url": []}},
        Problem("p1", "2+2?", "4", None, (), "2", "Sums"),
    ),
    (ROW | {"level": "3", "meta": {"level": 2}}, Problem("p1", "2+2?", "4", level="3")),
]


@pytest.mark.parametrize(("row", "wanted"), GOOD)
def test_a_row_is_a_problem(row: Any, wanted: Problem):
    assert Problem.from_json(row) == wanted


BAD = [
    ([], "problem must be an object, not list"),
    (None, "problem must be an object, not null"),
    ({}, "problem.id is missing"),
    ({"id": "x"}, "problem.question is missing"),
    ({"id": "x", "question": "?"}, "problem.answer is missing"),
    (ROW | {"id": True}, "problem.id must be a string, not bool"),
    (ROW | {"id": None}, "problem.id must be a string, not null"),
    (ROW | {"question": 5}, "problem.question must be a string, not int"),
    (ROW | {"answer": ["4"]}, "problem.answer must be a string, not list"),
    (ROW | {"solution": {}}, "problem.solution must be a string or null, not dict"),
    (ROW | {"options": "A) 4"}, "problem.options must be a list, not str"),
    (ROW | {"options": ["3", 4]}, "problem.options[1] must be a string, not int"),
    (ROW | {"meta": "x"}, "problem.meta must be an object, not str"),
    (ROW | {"anwser": "4"}, "problem has the unknown key 'anwser'; known: answer,"),
]


@pytest.mark.parametrize(("row", "reason"), BAD)
def test_a_bad_row_names_the_key(row: Any, reason: str):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        Problem.from_json(row)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.json.gz"])
def test_a_file_of_problems(tmp_path: Path, name: str):
    data = b"\n".join([json.dumps(PROBLEM.to_json()).encode(), b"", b"{", json.dumps(ROW).encode(), b"{}"])
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    first, broken, second, empty = read_problems(tmp_path / name)
    assert (first, second) == (PROBLEM, Problem.from_json(ROW))
    assert str(broken).startswith(f"{tmp_path / name}:3: not JSON at column 2")
    assert str(empty) == f"{tmp_path / name}:5: problem.id is missing"


@pytest.mark.parametrize("name", ["a.csv", "a", "a.gz", "a.parquet"])
def test_an_unknown_name_is_an_error_at_once(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="unknown format; name it"):
        read_problems(tmp_path / name)


def test_every_real_file_is_read(data_dir: Path):
    for path in sorted((data_dir / "eval").iterdir()):
        assert [row for row in read_problems(path) if isinstance(row, BadRow)] == []
