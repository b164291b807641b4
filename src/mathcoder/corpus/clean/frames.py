"""The rules on the rows of a Daft frame, in processes of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mathcoder.corpus.clean.judge import clean
from mathcoder.corpus.clean.language import Languages
from mathcoder.corpus.clean.rules import CleanRules
from mathcoder.corpus.sources.spec import KINDS, Kind

if TYPE_CHECKING:
    import daft

__all__ = ["clean_frame"]

_ROWS = 256  # that go to a process at a time
_COLUMNS = ("text", "language", "source", "meta", "drop_reason")


def clean_frame(
    frame: daft.DataFrame, rules: CleanRules, kinds: Mapping[str, Kind], workers: int = 1
) -> daft.DataFrame:
    """The frame with `text` and `drop_reason` set by the rules, and the lines that were taken out in `meta`.

    A row that has a `drop_reason` already is left as it is. The lines are in `meta` as `removed_lines`.

    Args:
        frame: columns `text`, `language`, `source`, `meta` (a JSON object, or null) and, if rows were dropped
            before, `drop_reason`, all of them text.
        rules: what is dropped.
        kinds: the kind of each source by its name.
        workers: processes.

    Returns:
        The columns of the frame in their order; `drop_reason` last where it is new.

    Raises:
        ValueError: a column is missing, a kind is unknown, or a wanted language cannot be told; and when the
            frame is computed, a source that has no kind.
    """
    import daft
    from daft import DataType, col, lit

    missing = [name for name in _COLUMNS[:-1] if name not in frame.column_names]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}; the frame has {', '.join(frame.column_names)}")
    for source, kind in kinds.items():
        if kind not in KINDS:
            raise ValueError(f"source {source!r}: the kind {kind!r} is none of {', '.join(KINDS)}")
    if workers < 1:
        raise ValueError(f"there must be 1 worker or more, not {workers}")
    Languages(rules.languages)
    text = DataType.string()
    cleaned = DataType.struct({"text": text, "meta": text, "drop_reason": text})

    @daft.cls(use_process=True, max_concurrency=workers)
    class Cleaner:
        def __init__(self, rules: CleanRules, kinds: dict[str, Kind]) -> None:
            from mathcoder.runs.processes import die_with_parent

            die_with_parent()
            self._rules, self._kinds = rules, kinds

        @daft.method.batch(return_dtype=cleaned, batch_size=_ROWS)
        def __call__(self, *columns: daft.Series) -> list[dict[str, str | None]]:
            rows = zip(*(column.to_pylist() for column in columns), strict=True)
            return [_cleaned(row, self._rules, self._kinds) for row in rows]

    if "drop_reason" not in frame.column_names:
        frame = frame.with_column("drop_reason", lit(None).cast(text))
    order = frame.column_names
    cleaner: Any = Cleaner(rules, dict(kinds))
    frame = frame.with_column("cleaned", cleaner(*(col(name).cast(text) for name in _COLUMNS)))
    changed = {name: col("cleaned")[name] for name in ("text", "meta", "drop_reason")}
    return frame.select(*(changed[name].alias(name) if name in changed else col(name) for name in order))


def _cleaned(row: tuple[Any, ...], rules: CleanRules, kinds: Mapping[str, Kind]) -> dict[str, str | None]:
    text, language, source, meta, reason = row
    if reason is not None:
        return {"text": text, "meta": meta, "drop_reason": reason}
    if source not in kinds:
        raise ValueError(f"the source {source!r} has no kind; there are {', '.join(kinds)}")
    found = clean(text or "", language, kinds[source], rules)
    return {"text": found.text, "meta": _with_lines(meta, found.removed), "drop_reason": found.reason}


def _with_lines(meta: str | None, removed: tuple[str, ...]) -> str | None:
    return (
        json.dumps({**json.loads(meta or "{}"), "removed_lines": removed}, ensure_ascii=False) if removed else meta
    )
