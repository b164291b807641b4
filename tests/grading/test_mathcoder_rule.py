"""MathCoder's loose rule, kept as it is. On all recorded labels it is tested in tests/evaluation."""

from __future__ import annotations

import pytest

from mathcoder.grading.mathcoder_rule import final_answer, is_correct, is_equal


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"So the answer is \boxed{42}.", "42"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        ("x = 5", "5"),
        (r"\text{even}", "{even}"),
        ("0.5", r"\frac{1}{2}"),
        (".25", "0.25"),
        ("3/4", r"\frac{3}{4}"),
        (r"12 \text{ cm}^2", "12"),
        ("18 dollars", "18dollars"),
        (r"30^\circ", "30"),
        (r"\sqrt2", r"\sqrt{2}"),
        (r"50\%", "50"),
    ],
)
def test_final_answer(text: str, answer: str):
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("answer", "reference", "equal"),
    [
        ("57,500", "57500", True),
        ("7.211", r"2\sqrt{13}", True),
        (r"\frac{1}{432}", r"\frac{1}{108}", True),
        ("0.0018", "0.0", True),
        ("664", "664_7", True),
        ("3", "3:1", True),
        ("73", "[73]", True),
        ("[1/2,4/3]", r"[\frac{1}{2},\frac{4}{3}]", True),
        ("1.02", "1", False),
        ("2:00", "2", False),
        ("-20x", "-20*x", False),
        ("12,6", "12", False),
        ("", "5", False),
        ("5", "", False),
    ],
)
def test_is_equal(answer: str, reference: str, equal: bool):
    assert is_equal(answer, reference) is equal


def test_gsm8k_answers_lose_their_letters():
    assert is_correct("18 dollars", "18", "GSM8K")
    assert not is_correct("18 dollars", "18", "MATH")


def test_a_letter_in_a_box_is_the_choice():
    assert is_correct(r"Since it is largest, \boxed{B. 26}", "B")
    assert not is_correct(r"Since it is largest, \boxed{C}", "B")
