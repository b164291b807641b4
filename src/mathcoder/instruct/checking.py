"""The last columns of a sample: whether it may be learnt from, and the row that is written of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mathcoder.instruct.layouts import COLUMNS, dataset_row, dataset_schema
from mathcoder.instruct.recipe import CheckPart, WritePart
from mathcoder.instruct.samples import SAMPLE_COLUMNS, Sample
from mathcoder.instruct.splits import split_of
from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    import daft

__all__ = ["checked", "written"]

_BATCH = 256  # samples at a time


def checked(frame: daft.DataFrame, part: CheckPart, workers: int) -> daft.DataFrame:
    """The frame with `tokens`, and `drop_reason` where a sample may not be learnt from.

    Args:
        frame: samples.
        part: what a solution must be.
        workers: processes, each with sandboxes of its own.
    """
    import daft
    from daft import DataType, Series, col

    said = DataType.struct({"tokens": DataType.int64(), "reason": DataType.string()})

    @daft.cls(use_process=True, max_concurrency=workers)
    class Check:
        def __init__(self) -> None:
            die_with_parent()
            from mathcoder.grading import Grader
            from mathcoder.publishing.tokens import TokenCounter
            from mathcoder.sandbox import Limits, Sandbox
            from mathcoder.verification import Verifier

            limits = Limits(timeout=part.timeout, images=0, clock="processor")
            self.sandbox = Sandbox(limits, workers=1)
            self.grader = Grader(workers=1)
            self.verifier = Verifier(workers=1, timeout=part.timeout)
            self.count = TokenCounter(part.tokenizer).count

        @daft.method.batch(return_dtype=said, batch_size=_BATCH)
        def rows(self, *columns: Series) -> Any:
            from mathcoder.instruct.filters import Demands, check_many
            from mathcoder.instruct.layouts import solution_texts

            lists = (column.to_pylist() for column in columns)
            rows = (dict(zip(SAMPLE_COLUMNS, row, strict=True)) for row in zip(*lists, strict=True))
            samples = [Sample.from_row(row) for row in rows]
            demands = Demands(max_tokens=part.max_tokens)
            reasons = check_many(samples, self.sandbox, self.grader, self.verifier, self.count, demands)
            tokens = self.count(solution_texts(samples))
            return [{"tokens": size, "reason": reason} for size, reason in zip(tokens, reasons, strict=True)]

    names = [name for name in frame.column_names if name != "drop_reason"]
    done = frame.with_column("said", Check().rows(*map(col, SAMPLE_COLUMNS)))
    said_of = col("said")
    return done.select(*names, said_of.get("tokens").alias("tokens"), said_of.get("reason").alias("drop_reason"))


def written(frame: daft.DataFrame, part: WritePart) -> daft.DataFrame:
    """The rows of the dataset.

    Args:
        frame: samples with their `tokens`.
        part: what is held out.
    """
    from daft import DataType, Series, col, func

    of_arrow: Any = cast("Any", DataType).from_arrow_type
    fields = {field.name: of_arrow(field.type) for field in dataset_schema()}
    names = (*SAMPLE_COLUMNS, "tokens")

    @func.batch(return_dtype=DataType.struct(fields))
    def rows(*columns: Series) -> Any:
        lists = (column.to_pylist() for column in columns)
        found: list[dict[str, Any]] = []
        for values in zip(*lists, strict=True):
            row = dict(zip(names, values, strict=True))
            sample = Sample.from_row(row)
            split = split_of(sample, seed=part.seed, share=part.validation)
            found.append(dataset_row(sample, split, row["tokens"]))
        return found

    done = frame.with_column("row", rows(*map(col, names)))
    columns = [col("row").get(column.name).alias(column.name) for column in COLUMNS]
    return done.select(*columns, col("drop_reason"))
