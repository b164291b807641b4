"""From documents to the rows of the corpus: one for each form, with its tokens and where it is from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mathcoder.corpus.forms import interleaved_text, steps_text
from mathcoder.corpus.schema import COLUMNS
from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    import daft

__all__ = ["rows_of", "written"]

_BATCH = 64  # documents at a time
_ORDER = tuple(column.name for column in COLUMNS)
_KEPT = ("source", "url", "title", "licence", "language", "meta")

Row = Mapping[str, Any]


def rows_of(document: Row, forms: Sequence[str], verdicts: Collection[str]) -> Iterator[dict[str, Any]]:
    """The rows of a document, without their tokens.

    Args:
        document: `id`, `text`, and `computations` if it was translated.
        forms: the rows that are wanted.
        verdicts: of the computations that are kept.

    Yields:
        `id`, `document`, `form`, `text`, `computations` (those in the text), `translator`, `prompt_hash`,
        `verdict`. A form with code is left out where there is none.
    """
    kept = [one for one in document.get("computations") or () if one["verdict"] in verdicts]
    for form in forms:
        shown = [] if form == "document" else kept
        if form != "document" and not kept:
            continue
        if form == "document":
            text = document["text"]
        elif form == "steps":
            text = steps_text(kept)
        else:
            text = interleaved_text(document["text"], kept)
        yield {
            "id": f"{document['id']}.{form}",
            "document": document["id"],
            "form": form,
            "text": text,
            "translator": _named(one["translator"] for one in shown),
            "prompt_hash": _named(one["prompt_hash"] for one in shown),
            "verdict": _named(one["verdict"] for one in shown),
            "computations": shown,
        }


def _named(values: Iterator[str | None]) -> str | None:
    return ", ".join(sorted({value for value in values if value})) or None


def written(
    frame: daft.DataFrame,
    forms: Mapping[str, Sequence[str]],
    verdicts: Collection[str],
    roots: Mapping[str, str],
    tokenizer: str,
    workers: int,
) -> daft.DataFrame:
    """The rows of the corpus; a document that gives none stays as a row that is dropped.

    Args:
        frame: documents, with `computations` where they were translated.
        forms: of each source's rows.
        verdicts: of the computations that are kept.
        roots: of each source, the folder that its rows' paths are told from; "": as they are.
        tokenizer: see `TokenCounter`.
        workers: processes.
    """
    import daft
    from daft import DataType, Series, col

    from mathcoder.corpus.computing import computed_type

    text = DataType.string()
    made = {
        "id": text,
        "document": text,
        "form": text,
        "path": text,
        "text": text,
        "tokens": DataType.int64(),
        "translator": text,
        "prompt_hash": text,
        "verdict": text,
        "computations": computed_type(with_verdict=True),
        "drop_reason": text,
    }
    computations = "computations" in frame.column_names

    @daft.cls(use_process=True, max_concurrency=workers)
    class Write:
        def __init__(self) -> None:
            die_with_parent()
            from mathcoder.publishing.tokens import TokenCounter

            self.counter = TokenCounter(tokenizer)

        @daft.method.batch(return_dtype=DataType.list(DataType.struct(made)), batch_size=_BATCH)
        def rows(self, *columns: Series) -> Any:
            lists = (column.to_pylist() for column in columns)
            documents = [self.rows_of(dict(zip(names, row, strict=True))) for row in zip(*lists, strict=True)]
            tokens = iter(self.counter.count([row["text"] for rows in documents for row in rows]))
            return [[row | {"tokens": next(tokens)} for row in rows] for rows in documents]

        def rows_of(self, document: Row) -> list[dict[str, Any]]:
            source = document["source"]
            rows = list(rows_of(document, forms[source], verdicts)) or [_nothing(document, forms[source])]
            path = _below(roots[source], document["path"])
            return [{"drop_reason": None, "path": path} | row for row in rows]

    names = ["id", "text", "source", "path", *(["computations"] if computations else [])]
    rows = frame.with_column("__rows", Write().rows(*map(col, names)))
    facts = rows.select("__rows", *_KEPT).explode("__rows")
    columns = [col("__rows").get(name).alias(name) if name in made else col(name) for name in _ORDER]
    return facts.select(*columns, col("__rows").get("drop_reason").alias("drop_reason"))


def _below(root: str, path: str) -> str:
    """The path as it is told: where somebody's corpus lies on their machine is nobody's business."""
    return path[len(root) :].lstrip("/") if root and path.startswith(f"{root}/") else path


def _nothing(document: Row, forms: Sequence[str]) -> dict[str, Any]:
    return {
        "id": document["id"],
        "document": document["id"],
        "form": forms[0],
        "text": document["text"],
        "translator": None,
        "prompt_hash": None,
        "verdict": None,
        "computations": [],
        "drop_reason": f"no computation was kept: nothing to write as {' or '.join(forms)}",
    }
