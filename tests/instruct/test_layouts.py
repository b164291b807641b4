"""The rows of the dataset: in their columns, in Parquet, and as files of both layouts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.instruct.layouts import (
    COLUMNS,
    dataset_row,
    dataset_schema,
    record_of,
    schema_json,
    solution_texts,
)
from mathcoder.instruct.samples import SAMPLE_COLUMNS, Sample
from mathcoder.publishing.columns import Column
from mathcoder.solution import Block, Solution, final_answer
from mathcoder.solving.dialects import ToolsDialect
from mathcoder.solving.formats import Record, read_records, write_records

BLOCKS = (
    Block("text", "Find the clips in May."),
    Block("code", "april = 48\nmay = april / 2\nprint(may)"),
    Block("execution", "24.0"),
    Block("code", "april + may"),
    Block("execution", "72.0"),
    Block("text", r"She sold \boxed{72} clips."),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def sample(blocks: tuple[Block, ...] = BLOCKS, question: str = "How many clips?", **more: Any) -> Sample:
    solution = Solution(blocks, final_answer(blocks), "answer")
    values = {"dialect": "tools", "model": "m", "prompt_hash": "ff", "seed": 7} | more
    return Sample("a.seed", "a", question, "72", solution, "seed", "gsm8k", "train", "MIT", **values)


def check_fields(row: dict[str, Any], columns: tuple[Column, ...]) -> None:
    """The row has exactly these fields, of these types, also inside."""
    types = {"string": str, "int64": int, "list<struct>": list, "struct": dict}
    assert list(row) == [column.name for column in columns]
    for column in columns:
        value = row[column.name]
        assert value is None or type(value) is types[column.type]
        if value is not None and column.fields:
            for item in [value] if column.type == "struct" else value:
                check_fields(item, column.fields)


def test_a_row_has_the_columns_of_the_schema():
    row = dataset_row(sample(parent="b"), "train", 40)
    check_fields(row, COLUMNS)
    assert set(SAMPLE_COLUMNS) - {"solution"} <= set(row)
    assert (row["split"], row["tokens"], row["parent"], row["seed"]) == ("train", 40, "b", 7)
    assert [message["role"] for message in row["messages"]] == ["system", "user", "assistant"]
    assert row["messages"][2]["content"] == [{"type": block.type, "content": block.content} for block in BLOCKS]


def test_chat_has_a_call_for_each_block_of_code_and_its_output():
    chat = dataset_row(sample(), "train", 40)["chat"]
    assert [message["role"] for message in chat] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    for call, output in zip(chat[1::2], chat[2::2], strict=False):
        (made,) = call["tool_calls"]
        assert (made["type"], made["function"]["name"]) == ("function", "python")
        assert made["id"] == output["tool_call_id"]
    assert json.loads(chat[1]["tool_calls"][0]["function"]["arguments"]) == {"code": BLOCKS[1].content}
    assert chat[-1]["tool_calls"] is None


def test_the_written_schema_is_that_of_the_rows():
    described = json.loads(schema_json())["columns"]
    schema = dataset_schema()
    assert [column["name"] for column in described] == schema.names
    assert all(column["description"].endswith(".") for column in described)
    table = pa.Table.from_pylist([dataset_row(sample(), "validation", 40)], schema=schema)
    assert table.schema.equals(schema)
    chat = next(column for column in described if column["name"] == "chat")
    assert [field["name"] for field in chat["fields"]] == ["role", "content", "tool_calls", "tool_call_id"]


@given(
    st.lists(st.builds(Block, st.sampled_from(["text", "code", "execution"]), TEXTS), max_size=5).map(tuple), TEXTS
)
def test_parquet_gives_back_the_blocks_in_both_layouts(blocks: tuple[Block, ...], question: str):
    row = dataset_row(sample(blocks, question), "train", 1)
    (back,) = pa.Table.from_pylist([row], schema=dataset_schema()).to_pylist()
    assert back == row
    record = record_of(back)
    assert (record.problem, record.solution.blocks, record.reference) == (question, blocks, "72")
    assert record.meta["prompt_hash"] == "ff"
    assert "chat" not in record.meta


def test_the_chat_of_a_row_is_read_as_the_solution():
    assert ToolsDialect().parse(dataset_row(sample(), "train", 1)["chat"]) == BLOCKS


def test_files_of_either_layout_are_read_back(tmp_path: Path):
    rows = [dataset_row(sample(question=f"{number}?"), "train", number) for number in range(3)]
    parquet = tmp_path / "part-00000.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=dataset_schema()), parquet)
    records = [record_of(row) for row in pq.read_table(parquet).to_pylist()]
    for layout in ("instruct", "chat"):
        path = tmp_path / f"{layout}.jsonl"
        assert write_records(path, records, layout) == 3
        for record, number in zip(read_records(path), range(3), strict=True):
            assert isinstance(record, Record)
            assert (record.problem, record.solution.blocks) == (f"{number}?", BLOCKS)
            assert (record.meta["source"], record.meta["model"], record.meta["seed"]) == ("gsm8k", "m", 7)
    assert [record for record in read_records(parquet) if isinstance(record, Record)][2].meta["tokens"] == 2


def test_tokens_are_counted_of_what_is_written():
    (text,) = solution_texts([sample()])
    for block in BLOCKS:
        assert block.content in text
