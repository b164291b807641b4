"""The grader on the hand-labelled standard: hardly a mistake, and no false "equal"."""

from __future__ import annotations

from pathlib import Path

import pytest
from standard import pairs

from mathcoder.grading import Grader, Pair


def verdicts(data_dir: Path | None) -> list[tuple[bool, bool | None, str]]:
    labelled = pairs(data_dir)
    with Grader() as grader:
        grades = grader.grade_many(Pair(pair.answer, pair.reference, pair.options) for pair in labelled)
        return [(pair.label, grade.correct, pair.id) for pair, grade in zip(labelled, grades, strict=True)]


@pytest.mark.parametrize("restricted", [False, True])
def test_right_on_the_standard(restricted: bool, request: pytest.FixtureRequest):
    found = verdicts(request.getfixturevalue("data_dir") if restricted else None)
    assert len(found) > (1_400 if restricted else 1_000)
    assert [name for label, correct, name in found if correct is True and not label] == []
    mistakes = [name for label, correct, name in found if correct is not label]
    assert len(mistakes) / len(found) <= 0.005, mistakes
