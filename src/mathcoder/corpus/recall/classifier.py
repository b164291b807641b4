"""The recall classifier of MathCoder2: which web pages are mathematical (arXiv 2410.08196, section 2.1).

Round 1 is trained on a mathematical corpus against other pages, and lets through what scores its threshold or
more: that is recall. Some of what it lets through is labelled, by a model or by rules, and round 2, trained on
those labels, filters that again: that is precision.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from mathcoder.corpus.recall.curve import Point, curve_of, measured, threshold_at
from mathcoder.corpus.recall.fasttext_model import FastText, MissingFastText, Parameters, train
from mathcoder.corpus.recall.features import FEATURES, features
from mathcoder.corpus.recall.labels import Labeller
from mathcoder.corpus.recall.model_file import Facts, Pool, Round, read_model, write_model
from mathcoder.corpus.recall.pool import labelled_pool
from mathcoder.corpus.recall.samples import Example, Sample, prepared

__all__ = ["RecallModel", "Training", "train_two_rounds"]

_PACKAGES = ("mathcoder", "fasttext-numpy2-wheel", "numpy")


@dataclass(frozen=True, slots=True)
class Training:
    """How a model is trained.

    Attributes:
        recall: that each round's threshold is to reach, on the part held out.
        held_out: share of each class that is not trained on.
        seed: of the training, and of what is held out.
        parameters: of fastText.

    Raises:
        ValueError: a number is out of range.
    """

    recall: float = 0.95
    held_out: float = 0.2
    seed: int = 0
    parameters: Parameters = field(default_factory=Parameters)

    def __post_init__(self) -> None:
        if not 0 < self.recall <= 1:
            raise ValueError(f"recall is {self.recall}: it must be above 0 and at most 1")
        if not 0 < self.held_out < 1:
            raise ValueError(f"held_out is {self.held_out}: it must be above 0 and below 1")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed is {self.seed}: it must be from 0 to {2**31 - 1}")


class RecallModel:
    """Tells how likely a text is mathematical.

    Attributes:
        facts: what it was trained on and what it is worth.

    Args:
        facts: of the model.
        models: fastText's bytes for each round.

    Raises:
        ValueError: the bytes are no models.

    Examples:
        >>> model = RecallModel.train(mathematical, others)  # doctest: +SKIP
        >>> kept = [text for text, score in zip(texts, model.score(texts)) if score >= model.threshold]
    """

    def __init__(self, facts: Facts, models: Sequence[bytes]):
        self.facts = facts
        self._bytes = tuple(models)
        self._models = [FastText(data) for data in models]

    @classmethod
    def train(
        cls, positives: Iterable[Sample | str], negatives: Iterable[Sample | str], training: Training | None = None
    ) -> RecallModel:
        """One round, trained on as many positives as negatives.

        The same texts give the same model, in whatever order they come. Whole sites are held out, where there are
        enough of them; copies of a text are never on both sides.

        Args:
            positives: mathematical texts.
            negatives: others.
            training: how; default: `Training()`.

        Raises:
            ValueError: there are too few texts.
        """
        training = training or Training()
        first = _fit(positives, negatives, "sources", training, None)
        return cls(_facts(training, (first.facts,), None), (first.data,))

    @property
    def curve(self) -> tuple[Point, ...]:
        """Precision and recall of the last round on its held-out part."""
        return self.facts.rounds[-1].curve

    @property
    def threshold(self) -> float:
        """Of the recall that was wanted when the model was trained."""
        return self.facts.rounds[-1].threshold

    def threshold_for(self, recall: float) -> float:
        """The highest threshold that reached a recall on the part that the last round held out.

        With two rounds the recall is of what the first lets through.

        Raises:
            ValueError: the recall is not above 0 and at most 1.
        """
        return threshold_at(self.curve, recall)

    def score(self, texts: Sequence[str]) -> list[float]:
        """For each text the probability that it is mathematical, from 0 to 1; 0 for one without words.

        With two rounds: the second's, and 0 for what the first does not let through.
        """
        most = self.facts.parameters.characters
        return self._score([features(text, most) for text in texts])

    def _score(self, lines: Sequence[str]) -> list[float]:
        scores = self._models[0].related(lines)
        for before, model in zip(self.facts.rounds, self._models[1:], strict=False):
            passed = [at for at, score in enumerate(scores) if score >= before.threshold]
            again = dict(zip(passed, model.related([lines[at] for at in passed]), strict=True))
            scores = [again.get(at, 0.0) for at in range(len(lines))]
        return scores

    def save(self, path: str | Path) -> None:
        """Write the model to one file.

        Raises:
            OSError: it cannot be written.
        """
        write_model(Path(path), self.facts, self._bytes)

    @classmethod
    def load(cls, path: str | Path) -> RecallModel:
        """Read a model from its file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no recall model, or a damaged one; one line.
        """
        facts, models = read_model(Path(path))
        try:
            return cls(facts, models)
        except MissingFastText:
            raise
        except ValueError as error:
            raise ValueError(f"{path}: {error}; get or train it again") from None


def train_two_rounds(
    positives: Iterable[Sample | str],
    negatives: Iterable[Sample | str],
    unlabelled: Iterable[Sample | str],
    label: Labeller,
    *,
    labels: str,
    training: Training | None = None,
    annotate: int = 2000,
) -> RecallModel:
    """Both rounds: the second is trained on labels of what the first lets through, as MathCoder2 does it.

    Args:
        positives: mathematical texts.
        negatives: others.
        unlabelled: texts of the kind that is to be filtered; read once, not held in memory.
        label: says which of the seven types a text is: `label_by_rules`, or a `ModelLabeller`.
        labels: the name of who labels, for the model's file.
        training: how each round is trained; default: `Training()`.
        annotate: most texts that are labelled, drawn from those that the first round lets through.

    Raises:
        ValueError: there are too few texts, or of those labelled too few are mathematical, or are not.
    """
    training = training or Training()
    first = _fit(positives, negatives, "sources", training, None)
    facts = _facts(training, (first.facts,), None)
    model = RecallModel(facts, (first.data,))
    pool = labelled_pool(model.score, model.threshold, _samples(unlabelled), label, annotate, training.seed)
    second = _fit(pool.related, pool.unrelated, labels, training, pool.facts)
    rounds, models = (first.facts, second.facts), (first.data, second.data)
    both = RecallModel(_facts(training, rounds, None), models)
    scores = both._score([example.line for example, _ in first.held_out])  # pyright: ignore[reportPrivateUsage]
    cascade = measured(scores, [related for _, related in first.held_out], both.threshold)
    return RecallModel(_facts(training, rounds, cascade), models)


def _versions() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):  # there are other builds of fastText
            yield name, metadata.version(name)


@dataclass(frozen=True, slots=True)
class _Fit:
    facts: Round
    data: bytes
    held_out: list[tuple[Example, bool]]


def _fit(
    related: Iterable[Sample | str],
    unrelated: Iterable[Sample | str],
    labels: str,
    training: Training,
    pool: Pool | None,
) -> _Fit:
    parts = prepared(
        _samples(related),
        _samples(unrelated),
        share=training.held_out,
        seed=training.seed,
        most=training.parameters.characters,
    )
    data = train([(example.line, label) for example, label in parts.trained], training.parameters, training.seed)
    truths = [label for _, label in parts.held_out]
    curve = curve_of(FastText(data).related([example.line for example, _ in parts.held_out]), truths)
    facts = Round(
        labels=labels,
        related=parts.related,
        unrelated=parts.unrelated,
        split=parts.split,
        trained_sha256=_digest(parts.trained),
        held_out_sha256=_digest(parts.held_out),
        curve=curve,
        threshold=threshold_at(curve, training.recall),
        pool=pool,
        size=len(data),
    )
    return _Fit(facts, data, parts.held_out)


def _samples(items: Iterable[Sample | str]) -> Iterator[Sample]:
    return (Sample(item) if isinstance(item, str) else item for item in items)


def _digest(examples: Iterable[tuple[Example, bool]]) -> str:
    """Of the keys of examples and their labels, in their order."""
    digest = hashlib.sha256()
    for example, related in examples:
        digest.update(f"{example.key} {related:d}\n".encode())
    return digest.hexdigest()


def _facts(training: Training, rounds: tuple[Round, ...], cascade: Point | None) -> Facts:
    return Facts(
        features=FEATURES,
        parameters=training.parameters,
        seed=training.seed,
        held_out=training.held_out,
        recall=training.recall,
        versions={"python": platform.python_version()} | dict(_versions()),
        rounds=rounds,
        cascade=cascade,
    )
