"""Rows of a job outlive the process that writes them: cut off at any byte, killed at any moment."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.runs import RowLog

KEY = {"job": "table", "limit": None, "outputs": ["a", "b"]}
ROWS = [
    {"id": "one", "text": "π ∑ 😀\u2028\r\n", "correct": True},
    {"id": "two", "text": "", "score": 0.1},
    {"id": "drei", "text": "a\x00\x85", "nested": {"list": [1, None, [2]]}},
]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def written(path: Path, rows: list[dict[str, Any]], key: dict[str, Any] = KEY) -> bytes:
    with RowLog(path, key) as log:
        for row in rows:
            log.append(row)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "new" / "rows.jsonl"


def test_rows_come_back(path: Path):
    written(path, ROWS[:2])
    with RowLog(path, KEY) as log:
        assert list(log.done.values()) == ROWS[:2]
        log.append(ROWS[2])
    with RowLog(path, KEY) as log:
        assert log.done == dict(zip(ids(ROWS), ROWS, strict=True))
    assert [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]] == [{"key": KEY}, *ROWS]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    key=st.dictionaries(st.text(), VALUES, max_size=3),
    rows=st.lists(
        st.builds(lambda row, name: row | {"id": name}, st.dictionaries(st.text(), VALUES, max_size=3), st.text()),
        max_size=5,
        unique_by=lambda row: row["id"],
    ),
)
def test_any_rows_come_back(key: dict[str, Any], rows: list[dict[str, Any]]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.jsonl")
        written(path, rows, key)
        with RowLog(path, key) as log:
            assert list(log.done.values()) == rows
            assert log.finish(reversed(ids(rows))) == rows[::-1]
        with RowLog(path, key) as log:
            assert list(log.done.values()) == rows[::-1]


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS], ids=["key", "one row", "rows"])
def test_the_last_line_cut_off_at_every_byte(rows: list[dict[str, Any]], path: Path):
    whole = written(path, rows)
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        with RowLog(path, KEY) as log:
            assert list(log.done.values()) == rows[:-1], f"cut off after {end} bytes"
            for row in rows[-1:]:
                log.append(row)
        assert path.read_bytes() == whole, f"cut off after {end} bytes"


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({"job": "chart", "limit": None, "outputs": ["a", "b"]}, "another job ('table', now 'chart')"),
        ({"job": "table", "limit": 5, "outputs": ["a", "b"]}, "another limit (None, now 5)"),
        ({"job": "table", "limit": None, "outputs": ["b", "a"]}, "another outputs (['a', 'b'], now ['b', 'a'])"),
        ({"job": "table", "outputs": ["a", "b"], "seed": 1}, "another seed (None, now 1)"),
        ({**KEY, "note": "one\ntwo"}, "another note (None, now 'one\\ntwo')"),
    ],
)
def test_rows_of_another_job_are_left_alone(other: dict[str, Any], differs: str, path: Path):
    before = written(path, ROWS)
    with pytest.raises(ValueError, match="made with another") as raised:
        RowLog(path, other)
    assert f"{path}: made with {differs}; name another folder or remove it" == str(raised.value)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == before


def test_a_key_is_what_json_makes_of_it(path: Path):
    written(path, ROWS, {"outputs": ("a", "b"), 1: 2})  # type: ignore[dict-item]
    with RowLog(path, {"outputs": ["a", "b"], "1": 2}) as log:
        assert len(log.done) == 3


NO_LOGS = [
    b"hello",
    b"hello\n",
    b"\n",
    b"{}\n",
    b"[]\n",
    b'{"key": 5}\n',
    b'{"key": null}\n',
    b'{"key": {}}\n{"text": "no id"}\n',
    b'{"key": {}}\n{"id": ["no name"]}\n',
    b'{"key": {}}\n5\n',
    b'{"key": {}}\n{"id": "a"\n{"id": "b"}\n',
    b"\xff\xfe\n",
]


@pytest.mark.parametrize("data", NO_LOGS)
def test_what_is_no_log_is_left_alone(data: bytes, tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"rows\.jsonl: not a log of rows; name another folder$"):
        RowLog(path, {})
    assert path.read_bytes() == data


def test_finish_sorts_and_closes(path: Path):
    written(path, ROWS)
    log = RowLog(path, KEY)
    order = ["drei", "one", "two"]
    assert ids(log.finish(iter(order))) == order
    assert ids([json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[1:-1]]) == order
    with pytest.raises(OSError, match="Bad file descriptor"):
        log.append({"id": "late"})
    log.close()
    assert [file.name for file in path.parent.iterdir()] == ["rows.jsonl"]


def test_finish_without_a_row_leaves_the_file(path: Path):
    before = written(path, ROWS)
    with RowLog(path, KEY) as log, pytest.raises(KeyError, match="four"):
        log.finish(["one", "four"])
    assert path.read_bytes() == before


WRITER = """
import random, sys
from mathcoder.runs import RowLog
path, count = sys.argv[1], int(sys.argv[2])
names = [f"row {n}" for n in range(count)]
with RowLog(path, {"count": count}) as log:
    for name in reversed(names):  # not the order in which they are to stand
        if name not in log.done:
            # Rows of up to a megabyte, so that a kill finds some of them half written.
            log.append({"id": name, "text": "π" * random.Random(name).choice([3, 3_000, 500_000])})
    log.finish(names)
"""


def test_killed_at_any_moment_and_started_again(tmp_path: Path):
    count = 150
    undisturbed, path = tmp_path / "undisturbed.jsonl", tmp_path / "rows.jsonl"
    subprocess.run([sys.executable, "-c", WRITER, undisturbed, str(count)], check=True)
    order = [f"row {n}" for n in reversed(range(count))]
    moments = random.Random(5)
    killed = kept = 0
    while True:
        size = path.stat().st_size if path.exists() else 0
        grown = size + moments.randrange(4_000_000)
        with subprocess.Popen([sys.executable, "-c", WRITER, path, str(count)]) as writer:
            while writer.poll() is None and (not path.exists() or path.stat().st_size < grown):
                time.sleep(0.0001)
            writer.kill()
        if writer.returncode == 0:
            break
        killed += 1
        if not path.exists():
            continue
        lines = path.read_bytes().split(b"\n")[:-1]  # the last one may be cut off
        done = [json.loads(line)["id"] for line in lines[1:]]
        assert done in (order[: len(done)], order[::-1]), "none lost, none doubled"
        assert len(done) >= kept, "what was finished stays finished"
        kept = len(done)
    assert killed >= 2
    assert path.read_bytes() == undisturbed.read_bytes()
