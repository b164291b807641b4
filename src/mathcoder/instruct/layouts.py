"""The rows of the dataset, each in two layouts, and its written schema.

    messages  contents are typed blocks, as in MathCodeInstruct (arXiv 2310.03731)
    chat      OpenAI's chat messages: code is a call of the tool `python`, its output the tool's message

To write JSON Lines in either layout: `write_records("train.jsonl", map(record_of, rows), "chat")`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from mathcoder.instruct.samples import Sample
from mathcoder.instruct.splits import Split
from mathcoder.publishing.columns import Column, arrow_schema, described_columns
from mathcoder.solving.formats import Record, read_row, write_row

__all__ = ["COLUMNS", "dataset_row", "dataset_schema", "record_of", "schema_json", "solution_texts"]

_BLOCK = (
    Column("type", "string", "What the block is: text, code or execution (what the code before it printed)."),
    Column("content", "string", "The text, the Python, or what was printed."),
)
_MESSAGE = (
    Column("role", "string", "Who speaks: system, user or assistant."),
    Column("content", "list<struct>", "The blocks of the message.", _BLOCK),
)
_FUNCTION = (
    Column("name", "string", "The tool: python."),
    Column("arguments", "string", "A JSON object with the key code: the Python to run."),
)
_CALL = (
    Column("id", "string", "What the message with the output names."),
    Column("type", "string", "Always function."),
    Column("function", "struct", "What is called, with what.", _FUNCTION),
)
_CHAT_MESSAGE = (
    Column("role", "string", "Who speaks: user, assistant or tool."),
    Column("content", "string", "What is said or printed; null where the message is only a call."),
    Column("tool_calls", "list<struct>", "The code that is run; null if there is none.", _CALL),
    Column("tool_call_id", "string", "Of an output: the call it belongs to; null of other messages."),
)
COLUMNS = (
    Column("id", "string", "The id of the row. Rows are ordered by it."),
    Column("problem", "string", "The id of the problem, which its other solutions share."),
    Column("question", "string", "The problem as it is asked."),
    Column("answer", "string", "The reference answer of the problem."),
    Column("messages", "list<struct>", "Question and solution as MathCodeInstruct has them.", _MESSAGE),
    Column("chat", "list<struct>", "The same as OpenAI's chat with calls of a tool.", _CHAT_MESSAGE),
    Column(
        "method",
        "string",
        "What made the solution: seed (a model), derive (a program, from a worked solution), vary (likewise, with "
        "other numbers), distil (a model, of a new problem).",
    ),
    Column("source", "string", "The source of the problem."),
    Column("licence", "string", "The licence of the problem, as its source states it; empty if it states none."),
    Column("dialect", "string", "How the model wrote the solution; null if none did."),
    Column("model", "string", "The model that wrote the solution; null if none did."),
    Column("prompt_hash", "string", "SHA-256 of what the model was asked, or its beginning; null if none was."),
    Column(
        "seed", "int64", "The seed of the sampler, or of the numbers that were changed; null if none was used."
    ),
    Column("parent", "string", "The problem that this one was made from; null if it was made from none."),
    Column(
        "split", "string", "train or validation; all rows of a problem, and of those made from it, are in one."
    ),
    Column("tokens", "int64", "How many tokens the blocks of the solution have."),
)
"""The columns of the dataset, in order."""


def dataset_schema() -> Any:
    """The pyarrow schema of the rows."""
    return arrow_schema(COLUMNS)


def schema_json() -> str:
    """The columns as JSON; see `described_columns`."""
    return described_columns(COLUMNS)


def dataset_row(sample: Sample, split: Split, tokens: int) -> dict[str, Any]:
    """A row of the dataset: the values of `COLUMNS`, in order.

    Args:
        sample: that is written.
        split: see `split_of`.
        tokens: of its `solution_texts`.
    """
    record = Record(sample.id, sample.question, sample.solution)
    values = sample.to_row() | {
        "messages": write_row(record, "instruct")["messages"],
        "chat": write_row(record, "chat")["messages"],
        "split": split,
        "tokens": tokens,
    }
    return {column.name: _filled(values[column.name], column) for column in COLUMNS}


def _filled(value: Any, column: Column) -> Any:
    """With nulls for fields that are absent, as a file of typed columns has them."""
    if value is None or not column.fields:
        return value
    if column.type == "struct":
        return {field.name: _filled(value.get(field.name), field) for field in column.fields}
    return [_filled(item, column._replace(type="struct")) for item in cast("list[Any]", value)]


def record_of(row: Mapping[str, Any]) -> Record:
    """The record that a row of the dataset holds, for files in other layouts; `meta` says where it comes from.

    Raises:
        ValueError: it is no such row.
    """
    return read_row({name: value for name, value in row.items() if name != "chat"})


def solution_texts(samples: Sequence[Sample]) -> list[str]:
    """The blocks of each solution as one text, whose tokens are counted."""
    return ["\n".join(block.content for block in sample.solution.blocks) for sample in samples]
