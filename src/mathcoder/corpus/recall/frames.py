"""Which documents of a corpus are mathematics: told by a trained model, or by rules where there is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    import daft

__all__ = ["judged_frame", "recall_params"]

_BATCH = 128  # documents at a time
_Judged = tuple[float | None, str | None]


def recall_params(model: str | None, threshold: float | None) -> dict[str, Any]:
    """What the result depends on: what the model was trained on, and the threshold.

    Raises:
        OSError: the model cannot be read.
        ValueError: it is no recall model.
    """
    if model is None:
        return {"rules": 1}
    from mathcoder.corpus.recall.classifier import RecallModel

    loaded = RecallModel.load(model)
    rounds = [one.trained_sha256 for one in loaded.facts.rounds]
    least = loaded.threshold if threshold is None else threshold
    return {"rounds": rounds, "features": loaded.facts.features, "threshold": least}


def judged_frame(
    frame: daft.DataFrame,
    model: str | None,
    threshold: float | None,
    *,
    sources: Collection[str],
    workers: int,
) -> daft.DataFrame:
    """The frame with `recall_score`, and `drop_reason` where a document is not mathematics.

    Args:
        frame: columns `text` and `source`.
        model: a file of `mathcoder corpus recall train`; None: rules, which give no score.
        threshold: least score that stays; None: the model's own.
        sources: those that are judged; the others stay, without a score.
        workers: processes.
    """
    import daft
    from daft import DataType, Series, col

    judged = DataType.struct({"score": DataType.float64(), "reason": DataType.string()})
    named = frozenset(sources)

    @daft.cls(use_process=True, max_concurrency=workers)
    class Judge:
        def __init__(self) -> None:
            die_with_parent()
            self.judge = _by_rules if model is None else _by_model(model, threshold)

        @daft.method.batch(return_dtype=judged, batch_size=_BATCH)
        def rows(self, texts: Series, sources: Series) -> Any:
            pairs = list(zip(texts.to_pylist(), sources.to_pylist(), strict=True))
            found = iter(self.judge([text or "" for text, source in pairs if source in named]))
            rows = [next(found) if source in named else (None, None) for _, source in pairs]
            return [{"score": score, "reason": reason} for score, reason in rows]

    names = [name for name in frame.column_names if name != "drop_reason"]
    done = frame.with_column("__judged", Judge().rows(col("text"), col("source")))
    found = col("__judged")
    return done.select(*names, found.get("score").alias("recall_score"), found.get("reason").alias("drop_reason"))


def _by_rules(texts: Sequence[str]) -> list[_Judged]:
    from mathcoder.corpus.recall.rules import rule_label

    labels = map(rule_label, texts)
    return [(None, None if label.mathematical else f"not mathematics: {label.why}") for label in labels]


def _by_model(file: str, threshold: float | None) -> Callable[[Sequence[str]], list[_Judged]]:
    from mathcoder.corpus.recall.classifier import RecallModel

    model = RecallModel.load(file)
    least = model.threshold if threshold is None else threshold

    def judge(texts: Sequence[str]) -> list[_Judged]:
        return [
            (score, None if score >= least else f"not mathematics: score {score:.3f}, below {least:.3f}")
            for score in model.score(texts)
        ]

    return judge
