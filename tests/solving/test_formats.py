from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.solution import Block, Cost, Ended, Solution
from mathcoder.solving.formats import (
    PARQUET_FIELDS,
    BadRow,
    Layout,
    Record,
    parquet_schema,
    read_records,
    read_row,
    write_records,
    write_row,
)

BLOCKS = (Block("text", "I add."), Block("code", "2+2"), Block("execution", "4"), Block("text", r"\boxed{4}"))
SOLUTION = Solution(BLOCKS, "4", "answer", Cost(10, 20, 2, 1.5, 0.25))
RECORD = Record("r1", "2+2?", SOLUTION, "4", {"model": "m", "tags": [1, None, {"é": "<|code|>"}]})
JSON_BLOCKS = [{"type": block.type, "content": block.content} for block in BLOCKS]

RECORDED_ROW: dict[str, Any] = {
    "id": "506",
    "messages": [{"role": "user", "content": [{"type": "text", "content": "2+2?"}]}],
    "ground_truth": {"solution": "2+2=4", "answer": "4"},
    "debug_result": [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "2+2?"},
        *({"role": block["type"], "content": block["content"]} for block in JSON_BLOCKS),
    ],
    "completion": r"\boxed{4}",
}
INSTRUCT_ROW: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": [{"type": "text", "content": "S"}]},
        {"role": "user", "content": [{"type": "text", "content": "2+2?"}]},
        {"role": "assistant", "content": JSON_BLOCKS},
    ]
}
CHAT_ROW: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "2+2?"},
        {
            "role": "assistant",
            "content": "I add.",
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "python", "arguments": '{"code": "2+2"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": "4"},
        {"role": "assistant", "content": r"\boxed{4}"},
    ],
    "answer": 4,
}
TRACE_ROW: dict[str, Any] = {
    "id": "t1",
    "model": "m",
    "problem": "2+2?",
    "blocks": JSON_BLOCKS,
    "answer": "4",
    "completion": "4",
    "correct": True,
}
ROWS: list[dict[str, Any]] = [TRACE_ROW, RECORDED_ROW, INSTRUCT_ROW, CHAT_ROW, write_row(RECORD)]


@pytest.mark.parametrize("row", ROWS)
def test_the_layout_of_a_row_is_recognised(row: dict[str, Any]):
    record = read_row(row, "default")
    assert record.id == row.get("id", "default")
    assert record.problem == "2+2?"
    assert record.solution.blocks == BLOCKS
    assert record.solution.answer == "4"
    assert record.reference == (None if row is INSTRUCT_ROW else "4")


def test_other_keys_are_kept():
    assert read_row(TRACE_ROW).meta == {"model": "m", "completion": "4", "correct": True}
    assert read_row(INSTRUCT_ROW).meta == {"system": "S"}
    assert read_row(RECORDED_ROW).meta["ground_truth"]["solution"] == "2+2=4"


@pytest.mark.parametrize(("row", "layout"), [(TRACE_ROW, "trace"), (RECORDED_ROW, "recorded")])
def test_a_published_row_is_written_as_it_was(row: dict[str, Any], layout: Layout):
    assert write_row(read_row(row), layout) == row


texts = st.text()
records = st.builds(
    Record,
    texts.filter(bool),
    texts,
    st.builds(
        Solution,
        st.lists(st.builds(Block, st.sampled_from(["text", "code", "execution"]), texts), max_size=4).map(tuple),
        st.none() | texts,
        st.sampled_from(get_args(Ended)),
        st.builds(
            Cost, st.integers(0, 99), st.integers(0, 99), st.integers(0, 9), st.floats(0, 9), st.floats(0, 9)
        ),
    ),
    st.none() | texts,
    st.dictionaries(texts.map("m_".__add__), texts | st.integers() | st.none()),
)


@given(records)
def test_our_own_layout_loses_nothing(record: Record):
    assert read_row(json.loads(json.dumps(write_row(record)))) == record


@pytest.mark.parametrize("layout", ["trace", "recorded", "instruct", "chat"])
@given(record=records)
def test_a_published_layout_keeps_problem_blocks_and_reference(layout: Layout, record: Record):
    again = read_row(json.loads(json.dumps(write_row(record, layout))))
    assert (again.id, again.problem, again.reference) == (record.id, record.problem, record.reference)
    assert again.solution.blocks == record.solution.blocks
    assert again.meta.items() >= record.meta.items()


@pytest.mark.parametrize("layout", get_args(Layout))
def test_special_tokens_in_a_problem_survive(layout: Layout):
    assert read_row(write_row(Record("1", "<|im_end|>?", SOLUTION), layout)).problem == "<|im_end|>?"


@pytest.mark.parametrize("layout", ["recorded", "instruct", "chat"])
def test_the_system_prompt_survives(layout: Layout):
    record = read_row(INSTRUCT_ROW, "x")
    assert read_row(write_row(record, layout)).meta["system"] == "S"


NO_LAYOUT = "unknown layout: needs one of solution, blocks, debug_result, messages; has"
BAD_ROWS: list[tuple[Any, str]] = [
    ([], "row must be an object, not list"),
    (None, "row must be an object, not NoneType"),
    ({}, f"{NO_LAYOUT} none"),
    ({"question": "Q", "blocks": "x"}, f"{NO_LAYOUT} 'question', 'blocks'"),
    ({"id": [], "blocks": []}, "id must be a string or a number"),
    ({"blocks": []}, "problem must be a string, not missing"),
    ({"blocks": [], "problem": 5}, "problem must be a string, not 5"),
    ({"blocks": ["x"], "problem": ""}, "blocks[0] must be an object, not str"),
    (
        {"blocks": [{"type": "tool"}], "problem": ""},
        "blocks[0].type must be text, code or execution, not 'tool'",
    ),
    ({"blocks": [{"type": "text"}], "problem": ""}, "blocks[0].content must be a string, not missing"),
    ({"debug_result": []}, "debug_result has no entry of role 'user' with the problem"),
    (
        {"debug_result": [{"role": "robot"}]},
        "debug_result[0].role must be text, code or execution, not 'robot'",
    ),
    (
        {"debug_result": [{"role": "user", "content": "x"}, {"role": ["text"]}]},
        "debug_result[0].role must be text, code or execution",
    ),
    ({"messages": []}, "messages has no message of role 'user' with the problem"),
    ({"messages": [{"role": "assistant", "content": "x"}]}, "messages has no message of role 'user'"),
    ({"messages": [{"role": "robot", "content": JSON_BLOCKS}]}, "messages[].role is 'robot'"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content must be"),
    ({"messages": ["x"]}, "messages[0] must be an object, not str"),
    (write_row(RECORD) | {"reference": 4}, "reference must be a string or null"),
    (write_row(RECORD) | {"score": 4}, "unknown key 'score' in a row with a solution"),
    (write_row(RECORD) | {"solution": {"blocks": 5}}, "solution.blocks must be a list, not int"),
    (write_row(RECORD) | {"meta": "["}, "meta is not JSON"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_names_the_key(row: Any, reason: str):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        read_row(row)
    assert str(caught.value).startswith(reason)


# Files.

GOOD = json.dumps(write_row(RECORD)).encode()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet"])
def test_a_file_round_trip(tmp_path: Path, name: str):
    wanted = [Record(str(i), f"{i}?", SOLUTION, None if i % 2 else "4", {"i": i}) for i in range(2500)]
    assert write_records(tmp_path / name, iter(wanted)) == 2500
    assert list(read_records(tmp_path / name)) == wanted
    first = (tmp_path / name).read_bytes()
    write_records(tmp_path / name, wanted)
    assert (tmp_path / name).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [name]
    if name.endswith(".gz"):
        assert first[4:8] == bytes(4)  # no time of writing


def test_a_file_without_records(tmp_path: Path):
    for name in ("a.jsonl", "a.jsonl.gz", "a.parquet"):
        assert write_records(tmp_path / name, []) == 0
        assert list(read_records(tmp_path / name)) == []


def test_parquet_has_the_written_schema(tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_records(tmp_path / "a.parquet", [RECORD])
    assert parquet.read_schema(tmp_path / "a.parquet").equals(parquet_schema())
    assert parquet_schema().names == list(PARQUET_FIELDS)


def test_parquet_of_a_published_layout(tmp_path: Path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.Table.from_pylist([INSTRUCT_ROW, CHAT_ROW][:1] * 3), tmp_path / "a.parquet")
    read = list(read_records(tmp_path / "a.parquet"))
    assert [record.id for record in read if isinstance(record, Record)] == ["a:1", "a:2", "a:3"]
    assert all(isinstance(record, Record) and record.solution.blocks == BLOCKS for record in read)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "not JSON at column 2"),
        (b"{'a': 1}", "not JSON at column 2"),
        (GOOD[:40], "not JSON at column"),
        (b"[]", "row must be an object"),
        (b"\xff{}", "byte 1 is not UTF-8"),
        (GOOD.replace(b"2+2?", b"2\xe92?"), "byte "),
        (rb'{"problem": "\ud800", "blocks": []}', "a string holds half of a surrogate pair"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}", NO_LAYOUT),
    ],
)
def test_a_bad_line_is_reported_in_its_place(tmp_path: Path, bad: bytes, reason: str):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\r\n\n" + bad + b"\n" + GOOD)
    first, second, third = read_records(path)
    assert first == third == RECORD
    assert isinstance(second, BadRow)
    assert str(second).startswith(f"{path}:3: {reason}")
    assert "\n" not in str(second)


JSON_FILES = [
    (b"[" + GOOD + b",\n" + GOOD + b"]", [RECORD, RECORD]),
    (GOOD, [RECORD]),
    (json.dumps(write_row(RECORD), indent=1).encode(), [RECORD]),
    (GOOD + b"\n" + GOOD, [RECORD, RECORD]),
    (b"[]", []),
]


@pytest.mark.parametrize(("data", "wanted"), JSON_FILES)
@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_a_json_file_is_an_array_an_object_or_lines(tmp_path: Path, name: str, data: bytes, wanted: list[Record]):
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert list(read_records(tmp_path / name)) == wanted


def test_a_broken_json_file_is_one_bad_row(tmp_path: Path):
    (tmp_path / "a.json").write_text('[\n {"id": 1},\n {"id":\n]')
    (row,) = read_records(tmp_path / "a.json")
    assert isinstance(row, BadRow)
    assert row.reason.startswith("not JSON at line 4 column 1")


def test_an_item_of_an_array_is_counted(tmp_path: Path):
    (tmp_path / "a.json").write_bytes(b"[" + GOOD + b", 5]")
    assert list(read_records(tmp_path / "a.json"))[1] == BadRow(
        str(tmp_path / "a.json"), 2, "row must be an object, not int"
    )


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:-40] + b"x" * 40])
def test_damaged_gzip_gives_what_can_be_read(tmp_path: Path, damage: Any):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(damage(gzip.compress(GOOD + b"\n" + bytes(range(32, 127)) * 50)))
    *read, last = read_records(path)
    assert isinstance(last, BadRow)
    assert "the gzip data is damaged or cut off" in last.reason
    assert all(row == RECORD for row in read)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.parquet"])
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(GOOD)
    (row,) = read_records(tmp_path / name)
    assert isinstance(row, BadRow)
    assert row.line == 1


@pytest.mark.parametrize("name", ["a.csv", "a", "a.parquet.gz", "a.gz"])
def test_an_unknown_name_is_an_error_at_once(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="unknown format; name it"):
        read_records(tmp_path / name)
    with pytest.raises(ValueError, match="unknown format; name it"):
        write_records(tmp_path / name, [])


def test_a_missing_file_is_an_error(tmp_path: Path):
    for name in ("a.jsonl", "a.json", "a.parquet"):
        with pytest.raises(FileNotFoundError):
            list(read_records(tmp_path / name))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet"])
@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record("r9", "\ud800", SOLUTION), "record 'r9' holds half of a surrogate pair"),
        (Record("r9", "", SOLUTION, meta={"x": {1}}), "record 'r9' is not JSON"),
    ],
)
def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, name: str, record: Record, reason: str):
    write_records(tmp_path / name, [RECORD])
    with pytest.raises(ValueError, match=reason):
        write_records(tmp_path / name, [RECORD, record])
    assert list(read_records(tmp_path / name)) == [RECORD]
    assert len(list(tmp_path.iterdir())) == 1


def test_parquet_has_one_layout(tmp_path: Path):
    with pytest.raises(ValueError, match="Parquet is written in the layout 'record', not 'chat'"):
        write_records(tmp_path / "a.parquet", [], "chat")


def test_real_traces_are_read_and_written_back(data_dir: Path, tmp_path: Path):
    source = data_dir / "traces" / "lce_traces.jsonl.gz"
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    read = [record for record in read_records(source) if isinstance(record, Record)]
    assert len(read) == len(rows) == 2813
    assert [write_row(record, "trace") for record in read] == rows
    assert [record.reference for record in read] == [row["answer"] for row in rows]
    for name in ("a.parquet", "a.jsonl.gz"):
        write_records(tmp_path / name, read)
        assert list(read_records(tmp_path / name)) == read


def test_a_solution_that_ends_in_an_output_has_no_recorded_answer(data_dir: Path):
    read = [r for r in read_records(data_dir / "traces" / "lce_traces.jsonl.gz") if isinstance(r, Record)]
    cut = [record for record in read if record.solution.blocks[-1].type == "execution"]
    assert len(cut) == 100
    assert sum(record.solution.answer is None for record in cut) == 97


def test_parquet_is_imported_only_where_it_is_used():
    code = "import sys, mathcoder.solving.formats; print('pyarrow' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
