"""Many answers at once: order, workers, memory of nothing but answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from mathcoder.grading import RULES, Grade, Grader, Pair, is_equivalent

HARD = [(rf"\sum_{{n=1}}^{{{n}}} n", str(n * (n + 1) // 2 + n % 2)) for n in range(1, 25)]


def mixed() -> list[Pair]:
    """Plain pairs, and every third one that only Math-Verify can read."""
    hard = itertools.cycle(HARD)
    return [Pair(*next(hard)) if n % 3 == 0 else Pair(str(n), str(n - n % 2)) for n in range(120)]


@pytest.mark.parametrize("workers", [1, 3])
def test_grades_come_in_order_for_any_number_of_workers(workers: int):
    with Grader(workers=workers) as grader:
        grades = list(grader.grade_many(mixed()))
    assert len(grades) == 120
    assert [grade.correct for grade in grades[1::3]] == [n % 2 == 0 for n in range(1, 120, 3)]
    by_math_verify = [grade for grade in grades if grade.rule == "math-verify"]
    assert len(by_math_verify) == 40
    assert [grade.correct for grade in grades[0::3]] == [
        n % 2 == 0 for _, n in zip(grades[0::3], itertools.cycle(range(1, 25)))
    ]


def test_an_endless_source_is_taken_as_it_is_needed():
    taken = itertools.count()

    def endless() -> Iterator[Pair]:
        for n in taken:
            yield Pair(str(n), str(n))

    with Grader() as grader:
        grades = grader.grade_many(endless())
        assert [next(grades).correct for _ in range(10)] == [True] * 10
        grades.close()  # type: ignore[attr-defined]
    assert next(taken) < 10_000


def test_a_closed_grader_starts_again():
    grader = Grader()
    assert grader.grade(*HARD[1]).correct is True
    grader.close()
    grader.close()
    assert grader.grade(*HARD[1]).correct is True
    grader.close()


def test_rules():
    assert RULES == ("strict", "mathcoder")
    assert is_equivalent("1/432", "1/108", rule="mathcoder") == Grade(True, "mathcoder")
    assert is_equivalent("1/432", "1/108").correct is False
    with pytest.raises(ValueError, match="rule must be one of strict, mathcoder, not 'loose'"):
        Grader("loose")  # type: ignore[arg-type]
