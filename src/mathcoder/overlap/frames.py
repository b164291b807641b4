"""What both kinds of search need of a Daft frame: checked columns, and small tables made of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import daft

__all__ = ["check_columns", "frame_of", "more_than"]


def check_columns(frame: daft.DataFrame, names: Sequence[str], what: str = "frame") -> None:
    """Nothing, when the frame has the columns.

    Raises:
        ValueError: it lacks one; the message names it and those that are there.
    """
    for name in names:
        if name not in frame.column_names:
            raise ValueError(f"the {what} has no column {name!r}; it has {', '.join(frame.column_names)}")


def frame_of(columns: Mapping[str, tuple[Sequence[Any], daft.DataType]]) -> daft.DataFrame:
    """A frame of columns with their types, which hold for an empty column too."""
    import daft
    from daft import col

    data = cast("dict[str, Any]", {name: list(values) for name, (values, _) in columns.items()})
    frame: daft.DataFrame = cast("Any", daft).from_pydict(data)
    return frame.select(*(col(name).cast(kind) for name, (_, kind) in columns.items()))


def more_than(name: str, least: float, *, or_equal: bool = False) -> daft.Expression:
    """The rows whose column is greater than a number."""
    from daft import col, lit

    value = cast("Any", col(name))
    return value >= lit(least) if or_equal else value > lit(least)
