"""The columns of a data set, written down: their names, types, and what is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

__all__ = ["Column", "arrow_schema", "described_columns"]


class Column(NamedTuple):
    """A column, or a field of a struct.

    Attributes:
        type: as Arrow writes it: "string", "int64", "list<string>"; "struct" or "list<struct>" of `fields`.
        description: a line; it says when the value is null, where it may be.
        fields: of a struct.
    """

    name: str
    type: str
    description: str
    fields: tuple[Column, ...] = ()


def arrow_schema(columns: Sequence[Column]) -> Any:
    """The pyarrow schema of rows with these columns."""
    arrow: Any = import_module("pyarrow")
    return arrow.schema([(column.name, _type(arrow, column)) for column in columns])


def _type(arrow: Any, column: Column) -> Any:
    if column.fields:
        struct = arrow.struct([(field.name, _type(arrow, field)) for field in column.fields])
        return struct if column.type == "struct" else arrow.list_(struct)
    return arrow.list_(arrow.string()) if column.type == "list<string>" else getattr(arrow, column.type)()


def described_columns(columns: Sequence[Column]) -> str:
    """The columns as JSON, `{"columns": [{"name", "type", "description"}]}`; structs have `fields`."""
    return json.dumps({"columns": _described(columns)}, indent=1) + "\n"


def _described(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        dict(zip(Column._fields, column[:3], strict=False))
        | ({"fields": _described(column.fields)} if column.fields else {})
        for column in columns
    ]
