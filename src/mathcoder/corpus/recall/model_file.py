"""The file of a recall model: a line that vouches for the rest, what it was trained on, and fastText's bytes.

    mathcoder-recall-model 1 SHA-256 LENGTH
    {"features": ..., "rounds": [...]}   LENGTH bytes of JSON: `Facts`
    fastText's binary of each round, as long as the round says

The SHA-256 is of all behind the first line. No date or path is in the file: what was trained the same is the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mathcoder.corpus.recall.curve import Point
from mathcoder.corpus.recall.fasttext_model import Parameters
from mathcoder.corpus.recall.features import FEATURES
from mathcoder.corpus.recall.samples import ClassCounts, Split
from mathcoder.files import written_aside

__all__ = ["Facts", "Pool", "Round", "read_model", "write_model"]

_FIRST = re.compile(rb"mathcoder-recall-model (\d{1,6}) ([0-9a-f]{64}) (\d{1,12})\n")
_FORMAT = 1
_LONGEST = 200  # bytes of the first line


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Pool(_Fact):
    """The unlabelled texts of a second round.

    Attributes:
        given: of them.
        passed: let through by the first round, copies among them.
        asked: different ones of these that were to be labelled.
        types: how many got each of the seven types.
        unlabelled: how many got none, by the reason.
    """

    given: int
    passed: int
    asked: int
    types: dict[int, int]
    unlabelled: dict[str, int]


class Round(_Fact):
    """What one round was trained on, and what it is worth on the part held out.

    Attributes:
        labels: who said what is related: "sources" (both were given), "rules", or a model's name.
        related: counts of that class.
        unrelated: counts of that class.
        split: "by site" or "by text".
        trained_sha256: of the lines trained on, with their labels.
        held_out_sha256: likewise.
        curve: on the held-out part.
        threshold: of the recall that was wanted.
        pool: of a second round.
        size: bytes of its fastText model.
    """

    labels: str
    related: ClassCounts
    unrelated: ClassCounts
    split: Split
    trained_sha256: str
    held_out_sha256: str
    curve: Annotated[tuple[Point, ...], Field(min_length=1)]
    threshold: float
    pool: Pool | None
    size: Annotated[int, Field(ge=1)]

    @property
    def point(self) -> Point:
        """Precision and recall at the threshold."""
        return next(point for point in self.curve if point.threshold <= self.threshold)


class Facts(_Fact):
    """What a model says of itself.

    Attributes:
        features: which features it was trained on.
        parameters: of the training.
        seed: of the training, and of what was held out.
        held_out: share of each class that was.
        recall: that was wanted of each round.
        versions: of what trained it.
        rounds: one or two.
        cascade: of two rounds: what both do to the part that the first held out.
    """

    features: int
    parameters: Parameters
    seed: int
    held_out: float
    recall: float
    versions: dict[str, str]
    rounds: Annotated[tuple[Round, ...], Field(min_length=1, max_length=2)]
    cascade: Point | None


def write_model(path: Path, facts: Facts, models: Sequence[bytes]) -> None:
    """Write the file: whole, or not at all.

    Raises:
        OSError: it cannot be written.
    """
    head = facts.model_dump_json().encode()
    body = b"".join((head, *models))
    first = f"mathcoder-recall-model {_FORMAT} {hashlib.sha256(body).hexdigest()} {len(head)}\n"
    with written_aside(path) as aside:
        aside.write_bytes(first.encode() + body)


def read_model(path: Path) -> tuple[Facts, list[bytes]]:
    """What the file says, and the bytes of each round's model.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, is damaged, or was written by another version; one line.
    """
    with path.open("rb") as file:
        match = _FIRST.fullmatch(file.readline(_LONGEST))
        if not match:
            raise ValueError(f"{path}: not a recall model; make one with `mathcoder corpus recall train`")
        if int(match[1]) != _FORMAT:
            raise ValueError(f"{path}: a recall model of format {int(match[1])}, not {_FORMAT}; train it again")
        body = file.read()
    if hashlib.sha256(body).hexdigest().encode() != match[2]:
        raise ValueError(f"{path}: the recall model is damaged or cut off; get or train it again")
    try:
        facts = Facts.model_validate_json(body[: int(match[3])])
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the beginning"
        raise ValueError(
            f"{path}: the recall model says something wrong of itself: {key}: {first['msg']}"
        ) from None
    if facts.features != FEATURES:
        raise ValueError(
            f"{path}: the recall model was trained on features {facts.features}, and these are {FEATURES}; "
            "train it again"
        )
    models: list[bytes] = []
    place = int(match[3])
    for each in facts.rounds:
        models.append(body[place : place + each.size])
        place += each.size
    if place != len(body):
        raise ValueError(f"{path}: the recall model is not as long as it says; train it again")
    return facts, models
