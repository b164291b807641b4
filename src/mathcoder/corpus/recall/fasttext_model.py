"""fastText, held to three promises: the same training gives the same bytes, no file crashes it, scores are 0 to 1.

With one thread it initialises only the first tenth of its vectors and leaves the rest as the memory was; with more
it trains in no fixed order. So the vocabulary and the first vectors are made here, and given to it as if they had
been trained before.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from mathcoder.corpus.recall.binary import check_binary

__all__ = ["RELATED", "UNRELATED", "FastText", "MissingFastText", "Parameters", "train"]

RELATED, UNRELATED = "__label__related", "__label__unrelated"
_END = "</s>"  # the token that fastText puts at the end of a line
_BATCH = 512  # lines asked about at a time


class MissingFastText(ValueError):
    """fastText is not installed; the message says how to install it."""

    def __init__(self) -> None:
        super().__init__("the recall classifier needs fastText, which is missing: pip install 'mathcoder[recall]'")


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a model is trained.

    Attributes:
        dimensions: of a word's vector.
        epochs: times that the texts are gone through.
        rate: of learning, at the start.
        words: most words of the vocabulary, the most frequent first.
        least: texts that a word must be in.
        characters: of a text that are looked at, from its beginning.
    """

    dimensions: int = 16
    epochs: int = 10
    rate: float = 0.5
    words: int = 100_000
    least: int = 2
    characters: int = 20_000

    def __post_init__(self) -> None:
        for name in ("dimensions", "epochs", "words", "least", "characters"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: it must be 1 or more")
        if not 0 < self.rate <= 10:
            raise ValueError(f"rate is {self.rate}: it must be above 0 and at most 10")


class FastText:
    """A trained model.

    Args:
        data: its bytes, as `train` made them.

    Raises:
        ValueError: they are no such model; one line.
        MissingFastText: it is not installed.
    """

    def __init__(self, data: bytes):
        check_binary(data, (RELATED, UNRELATED))
        with tempfile.TemporaryDirectory() as folder:  # it reads nothing but files
            path = Path(folder) / "model.bin"
            path.write_bytes(data)
            self._model: Any = _fasttext().load_model(str(path))

    def related(self, lines: Sequence[str]) -> list[float]:
        """For each line the probability that it is related; 0 for one without a token."""
        scores: list[float] = []
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            names, chances = self._model.predict(list(batch), k=2)
            for line, labels, values in zip(batch, names, chances, strict=True):
                chance = float(dict(zip(labels, values, strict=True)).get(RELATED, 0.0))
                scores.append(min(max(chance, 0.0), 1.0) if line else 0.0)  # it tells 1.00001 for the surest
        return scores


def train(lines: Sequence[tuple[str, bool]], parameters: Parameters, seed: int) -> bytes:
    """The bytes of a model of lines, each with whether it is related; the order of the lines counts.

    Raises:
        ValueError: no word is in enough of them, or the training failed.
        MissingFastText: it is not installed.
    """
    vocabulary = _vocabulary({line for line, _ in lines}, parameters)
    if not vocabulary:
        raise ValueError(f"no word is in {parameters.least} texts or more; give more texts")
    known = frozenset(vocabulary)
    with tempfile.TemporaryDirectory() as folder:
        texts, vectors, model = (Path(folder) / name for name in ("texts", "vectors", "model.bin"))
        with texts.open("w", encoding="utf-8") as file:
            for line, related in lines:
                words = " ".join(word for word in line.split(" ") if word in known)
                print(RELATED if related else UNRELATED, words, file=file)
        _write_vectors(vectors, [_END, *vocabulary], parameters.dimensions, seed)
        try:
            trained = _fasttext().train_supervised(
                str(texts),
                dim=parameters.dimensions,
                epoch=parameters.epochs,
                lr=parameters.rate,
                minCount=1,
                wordNgrams=1,
                bucket=0,
                loss="softmax",
                thread=1,
                seed=seed,
                verbose=0,
                pretrainedVectors=str(vectors),
            )
        except RuntimeError as error:
            raise ValueError(f"the training failed ({error}); give a lower rate than {parameters.rate}") from error
        trained.save_model(str(model))
        return model.read_bytes()


def _fasttext() -> Any:
    try:
        return import_module("fasttext")
    except ModuleNotFoundError as error:
        raise MissingFastText from error


def _vocabulary(lines: Iterable[str], parameters: Parameters) -> list[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(frozenset(line.split(" ")))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, count in ranked[: parameters.words] if count >= parameters.least]


def _write_vectors(path: Path, words: Sequence[str], dimensions: int, seed: int) -> None:
    import numpy as np

    draw = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8") as file:
        print(len(words), dimensions, file=file)
        for word in words:
            vector = cast("list[float]", draw.uniform(-1 / dimensions, 1 / dimensions, dimensions).tolist())
            print(word, *(f"{value:.6f}" for value in vector), file=file)
