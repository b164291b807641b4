"""Files of solutions: JSON Lines, JSON and Parquet, in the layouts that solutions are published in.

A row is recognised by its keys:

    record    {id, problem, solution: {blocks, answer, ended, cost}, reference, meta}: ours, nothing is lost
    trace     {id, problem, blocks: [{type, content}], answer, completion, ...}
    recorded  {id, debug_result: [{role: system|user|text|code|execution, content}], ground_truth, ...},
              as MathCoder's authors published their outputs
    instruct  {messages: [{role, content: [{type: text|code|execution, content}]}]}, MathCodeInstruct
    chat      {messages: [...]} with OpenAI tool calls

Where a row says what the right answer is (`answer`, `reference` or `ground_truth`), that is the reference;
all keys that have no place in a `Record` are kept in `meta`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, cast

from mathcoder.files import written_aside
from mathcoder.rows import BadRow, Rows, decoded, json_file, json_lines, parquet_rows
from mathcoder.solution import Block, BlockType, Solution, final_answer
from mathcoder.solving.dialects.base import unescape_tokens
from mathcoder.solving.dialects.tools import ToolsDialect, message_text

__all__ = [
    "PARQUET_FIELDS",
    "BadRow",
    "Layout",
    "Record",
    "parquet_schema",
    "read_records",
    "read_row",
    "write_records",
    "write_row",
]

Layout = Literal["record", "trace", "recorded", "instruct", "chat"]


@dataclass(frozen=True, slots=True)
class Record:
    """A problem and one solution of it.

    Attributes:
        id: from the row, else the file's name and the row's number.
        reference: the right answer, where the row tells it.
        meta: everything else in the row, JSON values; `system` is the system prompt.
    """

    id: str
    problem: str
    solution: Solution
    reference: str | None = None
    meta: dict[str, Any] = field(default_factory=dict[str, Any])


# The columns of a Parquet file of records. A list holds its items' type, a dict its fields' types.
_BLOCK = {"type": "string", "content": "string"}
_COST = {
    "prompt_tokens": "int64",
    "completion_tokens": "int64",
    "rounds": "int64",
    "model_seconds": "float64",
    "sandbox_seconds": "float64",
}
PARQUET_FIELDS: Mapping[str, Any] = {
    "id": "string",
    "problem": "string",
    "solution": {"blocks": [_BLOCK], "answer": "string", "ended": "string", "cost": _COST},
    "reference": "string",
    "meta": "string",  # a JSON object
}

_ROWS_AT_ONCE = 1_000  # records held in memory, and rows of a Parquet row group


def read_records(path: str | Path) -> Iterator[Record | BadRow]:
    """All rows of a `.jsonl`, `.json` or `.parquet` file, the first two also with `.gz`.

    A row that cannot be read becomes a `BadRow` in its place, and reading goes on; blank lines are skipped.

    Raises:
        ValueError: at once, where the name says no known format.
        OSError: the file cannot be opened.
    """
    path = Path(path)
    readers = {".jsonl": json_lines, ".json": json_file, ".parquet": parquet_rows}
    name = path.name.removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix not in readers or (suffix == ".parquet" and name != path.name):
        raise ValueError(f"{path}: unknown format; name it .jsonl, .jsonl.gz, .json, .json.gz or .parquet")
    return _records(path, name.removesuffix(suffix), readers[suffix])


def write_records(path: str | Path, records: Iterable[Record], layout: Layout = "record") -> int:
    """Write `.jsonl`, `.jsonl.gz` or `.parquet`; return how many.

    The file is written aside and renamed, so it is whole or not there. Equal records give equal bytes.

    Raises:
        ValueError: the name or the layout does not fit (Parquet has the layout "record"), or a record holds
            what cannot be written: half of a surrogate pair, or a `meta` that is not JSON.
    """
    path = Path(path)
    if path.name.endswith(".parquet"):
        if layout != "record":
            raise ValueError(f"{path}: Parquet is written in the layout 'record', not {layout!r}")
        write = _write_parquet
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        write = _write_json_lines
    else:
        raise ValueError(f"{path}: unknown format; name it .jsonl, .jsonl.gz or .parquet")
    with written_aside(path) as aside, aside.open("wb") as file:
        return write(file, path, records, layout)


def read_row(row: object, default_id: str = "") -> Record:
    """The record in one decoded row, whatever its layout.

    Raises:
        ValueError: the layout is not known, or a value is missing or of the wrong type; names the key.
    """
    data = _object(row, "row")
    if "id" in data and not isinstance(data["id"], (str, int)):
        raise ValueError("id must be a string or a number")
    name = default_id if data.get("id") is None else str(data["id"])
    for key, read in (("solution", _read_record), ("debug_result", _read_recorded), ("blocks", _read_trace)):
        if isinstance(data.get(key), (dict, list)):
            return read(name, data)
    if isinstance(data.get("messages"), list):
        return (_read_instruct if _has_typed_blocks(data["messages"]) else _read_chat)(name, data)
    keys = ", ".join(map(repr, data)) or "none"
    raise ValueError(f"unknown layout: needs one of solution, blocks, debug_result, messages; has {keys}")


def write_row(record: Record, layout: Layout = "record") -> dict[str, Any]:
    """`record` as a row of JSON values. All layouts but "record" leave out why it ended and what it cost."""
    return _WRITERS[layout](record)


# Rows, one pair of functions for each layout.


def _read_record(name: str, row: dict[str, Any]) -> Record:
    unknown = set(row) - {"id", "problem", "solution", "reference", "meta"}
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r} in a row with a solution")
    reference, meta = row.get("reference"), row.get("meta")
    if reference is not None and not isinstance(reference, str):
        raise ValueError("reference must be a string or null")
    if isinstance(meta, str):  # from Parquet
        try:
            meta = decoded(meta.encode())
        except ValueError as error:
            raise ValueError(f"meta is {error}") from None
    meta = _object({} if meta is None else meta, "meta")
    return Record(name, _string(row, "problem"), Solution.from_json(row["solution"]), reference, meta)


def _write_record(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "problem": record.problem,
        "solution": record.solution.to_json(),
        "reference": record.reference,
        "meta": record.meta,
    }


def _read_trace(name: str, row: dict[str, Any]) -> Record:
    blocks = _blocks(row["blocks"], "blocks", "type")
    completion = row.get("completion")
    if not isinstance(completion, str) or not blocks or blocks[-1].type != "text":
        completion = final_answer(blocks)  # what was recorded is not an answer
    solution = Solution(blocks, completion or None)
    return _record(name, _string(row, "problem"), solution, row, {"problem", "blocks"})


def _write_trace(record: Record) -> dict[str, Any]:
    blocks = record.solution.to_json()["blocks"]
    row = {"id": record.id, "problem": record.problem, "blocks": blocks, "answer": record.reference}
    return row | {"completion": record.solution.answer or ""} | record.meta


def _read_recorded(name: str, row: dict[str, Any]) -> Record:
    entries = [
        {"type": entry.get("role", entry.get("type")), "content": entry.get("content")}
        for entry in _objects(row["debug_result"], "debug_result")
    ]
    prompt = {entry["type"]: entry["content"] for entry in entries if entry["type"] in ("system", "user")}
    written = [entry for entry in entries if entry["type"] not in ("system", "user")]  # it may be no text
    blocks = _blocks(written, "debug_result", "role")
    problem = prompt.get("user")
    if not isinstance(problem, str):
        raise ValueError("debug_result has no entry of role 'user' with the problem")
    solution = Solution(blocks, final_answer(blocks))
    return _record(name, problem, solution, row, {"debug_result"}, prompt.get("system"))


def _write_recorded(record: Record) -> dict[str, Any]:
    meta = dict(record.meta)
    entries = [
        {"role": "system", "content": meta.pop("system", "")},
        {"role": "user", "content": record.problem},
        *({"role": block.type, "content": block.content} for block in record.solution.blocks),
    ]
    row = {"id": record.id, "ground_truth": {"answer": record.reference}, "debug_result": entries}
    return row | {"completion": entries[-1]["content"]} | meta


def _has_typed_blocks(messages: object) -> bool:
    """Whether contents are lists of {type, content}; the parts of OpenAI's chat format have no `content`."""
    contents = [message.get("content") for message in _objects(messages, "messages")]
    parts = [cast("list[object]", content)[0] for content in contents if content and isinstance(content, list)]
    return any(isinstance(part, dict) and "content" in part for part in parts)


def _read_instruct(name: str, row: dict[str, Any]) -> Record:
    system = problem = None
    blocks: tuple[Block, ...] = ()
    for message in _objects(row["messages"], "messages"):
        parts = _blocks(message.get("content"), "messages[].content", "type")
        if message.get("role") == "assistant":
            blocks = parts
        elif message.get("role") == "user":
            problem, blocks = "".join(part.content for part in parts), ()
        elif message.get("role") == "system":
            system = "".join(part.content for part in parts)
        else:
            raise ValueError(f"messages[].role is {message.get('role')!r}: not system, user or assistant")
    if problem is None:
        raise ValueError("messages has no message of role 'user' with the problem")
    solution = Solution(blocks, final_answer(blocks))
    return _record(name, problem, solution, row, {"messages"}, system)


def _write_instruct(record: Record) -> dict[str, Any]:
    meta = dict(record.meta)
    system = Block("text", meta.pop("system", ""))
    contents = {"system": (system,), "user": (Block("text", record.problem),)}
    messages = [
        {"role": role, "content": [{"type": block.type, "content": block.content} for block in blocks]}
        for role, blocks in (contents | {"assistant": record.solution.blocks}).items()
    ]
    return _with_reference({"id": record.id, "messages": messages}, record.reference) | meta


def _read_chat(name: str, row: dict[str, Any]) -> Record:
    messages = _objects(row["messages"], "messages")
    texts = {message.get("role"): message_text(message, i) or "" for i, message in enumerate(messages)}
    if "user" not in texts:
        raise ValueError("messages has no message of role 'user' with the problem")
    blocks = ToolsDialect().parse(messages)
    solution = Solution(blocks, final_answer(blocks))
    return _record(name, unescape_tokens(texts["user"]), solution, row, {"messages"}, texts.get("system"))


def _write_chat(record: Record) -> dict[str, Any]:
    meta = dict(record.meta)
    messages = ToolsDialect(system=meta.pop("system", "")).render(record.problem, record.solution)
    return _with_reference({"id": record.id, "messages": messages}, record.reference) | meta


_WRITERS: dict[Layout, Callable[[Record], dict[str, Any]]] = {
    "record": _write_record,
    "trace": _write_trace,
    "recorded": _write_recorded,
    "instruct": _write_instruct,
    "chat": _write_chat,
}


def _record(
    name: str,
    problem: str,
    solution: Solution,
    row: dict[str, Any],
    used: set[str],
    system: object = None,
) -> Record:
    """A record of a published layout: its reference from the usual keys, its other keys kept."""
    truth: object = row.get("ground_truth")
    if isinstance(truth, dict):
        truth = cast("dict[str, object]", truth).get("answer")
    reference = row.get("answer", row.get("reference", truth))
    meta = {key: value for key, value in row.items() if key not in used | {"id", "answer", "reference"}}
    if system and isinstance(system, str):
        meta["system"] = system
    return Record(name, problem, solution, None if reference is None else str(reference), meta)


def _with_reference(row: dict[str, Any], reference: str | None) -> dict[str, Any]:
    return row if reference is None else row | {"answer": reference}


def _blocks(value: object, where: str, key: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for i, item in enumerate(_objects(value, where)):
        if item.get("type") not in ("text", "code", "execution"):
            raise ValueError(f"{where}[{i}].{key} must be text, code or execution, not {item.get('type')!r}")
        blocks.append(Block(cast("BlockType", item["type"]), _string(item, "content", f"{where}[{i}].")))
    return tuple(blocks)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, not {type(value).__name__}")
    return cast("dict[str, Any]", value)


def _objects(value: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list, not {type(value).__name__}")
    return [_object(item, f"{where}[{i}]") for i, item in enumerate(cast("list[object]", value))]


def _string(row: dict[str, Any], key: str, where: str = "") -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{where}{key} must be a string, not {'missing' if key not in row else repr(value)}")
    return value


# Files.


def _records(path: Path, stem: str, rows: Callable[[Path], Rows]) -> Iterator[Record | BadRow]:
    for row in rows(path):
        if isinstance(row, BadRow):
            yield row
            continue
        line, value = row
        try:
            yield read_row(value, f"{stem}:{line}")
        except ValueError as error:
            yield BadRow(str(path), line, str(error))


def _write_json_lines(file: IO[bytes], path: Path, records: Iterable[Record], layout: Layout) -> int:
    count = 0
    packed = path.name.endswith(".gz")
    with gzip.GzipFile("", "wb", fileobj=file, mtime=0) if packed else nullcontext(file) as out:
        for record in records:
            out.write(_encoded(record, write_row(record, layout)) + b"\n")
            count += 1
    return count


def _write_parquet(file: IO[bytes], path: Path, records: Iterable[Record], layout: Layout) -> int:
    arrow, parquet = _pyarrow()
    schema, count, rest = parquet_schema(), 0, iter(records)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while chunk := list(islice(rest, _ROWS_AT_ONCE)):
            rows: list[dict[str, Any]] = []
            for record in chunk:
                row = write_row(record, layout)
                _encoded(record, row)
                rows.append(row | {"meta": json.dumps(record.meta, ensure_ascii=False)})
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
            count += len(chunk)
    return count


def _encoded(record: Record, row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(f"record {record.id!r} holds half of a surrogate pair: not text") from None
    except TypeError as error:
        raise ValueError(f"record {record.id!r} is not JSON: {error}") from None


def parquet_schema() -> Any:
    """`PARQUET_FIELDS` as a `pyarrow.Schema`."""
    arrow, _ = _pyarrow()

    def typed(spec: Any) -> Any:
        if isinstance(spec, list):
            return arrow.list_(typed(cast("list[Any]", spec)[0]))
        if isinstance(spec, dict):
            return arrow.struct([(name, typed(kind)) for name, kind in cast("dict[str, Any]", spec).items()])
        return getattr(arrow, spec)()

    return arrow.schema([(name, typed(spec)) for name, spec in PARQUET_FIELDS.items()])


def _pyarrow() -> tuple[Any, Any]:
    """pyarrow, which has no types, and its Parquet module: imported where Parquet is, and nowhere else."""
    return import_module("pyarrow"), import_module("pyarrow.parquet")
