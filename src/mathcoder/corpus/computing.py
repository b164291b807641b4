"""Two columns of a corpus: the computations of each document, and what became of their code.

Both are made in processes of the engine, some documents at a time: translation is Python, and verification waits
for the sandbox's processes. What a model replied and what a program came to is kept in the run's folder `calls`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mathcoder.computation import Computation
from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    import daft

    from mathcoder.corpus.recipe import TranslatorPart, VerifyPart
    from mathcoder.translation import Translation
    from mathcoder.verification import Verification

__all__ = ["SYMBOLIC", "computed_type", "translated", "verified"]

SYMBOLIC = "symbolic"
_BATCH = 16  # documents at a time


def computed_type(*, with_verdict: bool) -> daft.DataType:
    """The type of the column `computations`."""
    from daft import DataType

    text, place = DataType.string(), DataType.int64()
    fields = {
        "conditions": DataType.list(text),
        "expression": text,
        "result": text,
        "code": text,
        "kind": text,
        "start": place,
        "end": place,
        "translator": text,
        "prompt_hash": text,
    }
    if with_verdict:
        fields |= {"verdict": text, "output": text, "reason": text}
    return DataType.list(DataType.struct(fields))


def translated(
    frame: daft.DataFrame, sources: Iterable[str], model: TranslatorPart | None, calls: Path, workers: int
) -> daft.DataFrame:
    """The frame with `computations` (none where a source is not named), and `skipped`, reasons with counts.

    Args:
        frame: columns `text` and `source`.
        sources: those that are translated.
        model: who is asked beside the symbolic translator, or instead of it.
        calls: the folder in which its replies are kept.
        workers: processes; with a model one, which asks many times at once.
    """
    import daft
    from daft import DataType, Series, col

    skipped = DataType.list(DataType.struct({"reason": DataType.string(), "count": DataType.int64()}))
    both = DataType.struct({"computations": computed_type(with_verdict=False), "skipped": skipped})
    named = frozenset(sources)

    @daft.cls(use_process=True, max_concurrency=1 if model else workers)
    class Translate:
        def __init__(self) -> None:
            die_with_parent()
            self.translate = _translator(model, calls)

        @daft.method.batch(return_dtype=both, batch_size=_BATCH)
        def rows(self, texts: Series, sources: Series) -> Any:
            pairs = zip(texts.to_pylist(), sources.to_pylist(), strict=True)
            return self.translate([text if source in named else None for text, source in pairs])

    done = frame.with_column("__found", Translate().rows(col("text"), col("source")))
    columns = [col("__found").get(name).alias(name) for name in ("computations", "skipped")]
    return done.select(*frame.column_names, *columns)


_Row = dict[str, Any]


def _translator(model: TranslatorPart | None, calls: Path) -> Callable[[Sequence[str | None]], list[_Row]]:
    from mathcoder.translation import SymbolicTranslator

    symbolic = SymbolicTranslator()
    if model is None:
        return lambda texts: [_found(symbolic.translate(text), {}, None) if text else _NONE for text in texts]
    from mathcoder.translation.model import ModelTranslator

    asked = ModelTranslator(
        model.open(calls / "replies"),
        max_tokens=model.reply_tokens,
        temperature=model.temperature,
        seed=model.seed,
        concurrency=model.concurrency,
        max_characters=model.characters,
    )

    def translate(texts: Sequence[str | None]) -> list[_Row]:
        first: dict[str, Translation] = {}

        def parsed(text: str) -> Translation:
            return first.setdefault(text, symbolic.translate(text))

        wanted = [text for text in texts if text]
        found = iter(list(asked.translate_many(wanted, parsed if model.rest else None)))
        by_model = {"translator": model.called, "prompt_hash": asked.prompt_hash}
        return [_found(next(found), by_model, first.get(text)) if text else _NONE for text in texts]

    return translate


_NONE: _Row = {"computations": [], "skipped": []}


def _found(translation: Translation, by_model: Mapping[str, str], symbolic: Translation | None) -> _Row:
    """A translation as a row; a computation that parsing found is marked so."""
    parsed = frozenset(symbolic.computations) if symbolic else frozenset[Computation]()
    by_symbols = {"translator": SYMBOLIC, "prompt_hash": None}
    reasons = Counter(skip.reason.partition(": ")[0] for skip in translation.skipped)
    return {
        "computations": [
            _computed(one) | dict(by_model if by_model and one not in parsed else by_symbols)
            for one in translation.computations
        ],
        "skipped": [{"reason": reason, "count": count} for reason, count in sorted(reasons.items())],
    }


def _computed(computation: Computation) -> _Row:
    row = computation.to_json()
    start, end = row.pop("span")
    return row | {"start": start, "end": end}


def verified(frame: daft.DataFrame, part: VerifyPart, calls: Path, workers: int) -> daft.DataFrame:
    """The frame with a verdict, output and reason for each of its `computations`.

    Args:
        frame: with the column `computations` that `translated` makes.
        part: the limits of a program.
        calls: the folder in which verdicts are kept.
        workers: processes, each with a sandbox of its own.
    """
    import daft
    from daft import Series, col

    @daft.cls(use_process=True, max_concurrency=workers)
    class Verify:
        def __init__(self) -> None:
            die_with_parent()
            from mathcoder.runs.run import versions
            from mathcoder.verification import RememberedVerifier, Verifier

            self.verifier = RememberedVerifier(
                Verifier(workers=1, timeout=part.timeout, memory=part.memory << 20),
                calls / "verdicts",
                {"timeout": part.timeout, "memory": part.memory, "versions": versions()},
            )

        @daft.method.batch(return_dtype=computed_type(with_verdict=True), batch_size=_BATCH)
        def rows(self, lists: Series) -> Any:
            documents: list[list[_Row]] = [one or [] for one in lists.to_pylist()]
            found = iter(self.verifier.verify_many(_computation(row) for rows in documents for row in rows))
            return [[row | _said(next(found)) for row in rows] for rows in documents]

    return frame.with_column("computations", Verify().rows(col("computations")))


def _computation(row: Mapping[str, Any]) -> Computation:
    return Computation(
        tuple(row["conditions"]),
        row["expression"],
        row["result"],
        row["code"],
        (row["start"], row["end"]),
        row["kind"],
    )


def _said(verification: Verification) -> dict[str, str]:
    return {"verdict": verification.verdict, "output": verification.output, "reason": verification.reason}
