r"""MathCoder's own rule, as its public code applies it (arXiv 2310.03731, figures of the published table).

Loose on purpose, and kept as it is so that published figures can be reproduced: two answers are the same if
their texts are the same after a rough clean-up, or if their values differ by less than 0.01. That accepts
1/432 for 1/108, 3 for 3:1, and 0.0018 for 0. Grade your own models by the strict rule.
"""

from __future__ import annotations

import re
from typing import Any

from mathcoder.grading.expression import Undecided, constant_value, symbols
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Items, Quantity, Shape, Words
from mathcoder.grading.units import Unit

__all__ = ["final_answer", "is_correct", "is_equal"]

_TOLERANCE = 1e-2

# Taken out wherever they stand, in this order, with a square or a cube behind them. Some are what an earlier
# one of the list leaves over of a longer word ("grams" loses its g).
_UNITS = (
    "cookies screws square degree pints mb/h mb/s kb/hslices oranges persecond ies/hour eephants/hour liters "
    "sq.ft. "
    "inches hours feet minutes seconds cents mph meters yearsod rams centimeters kiorams years weeks miesperhour "
    "miles units km mm ms am mbperhour mg kg cm € ml pm gb"
).split()
_REMOVED = (r"\!", r"\left", r"\right", r"^{\circ}", r"^\circ", r"\$", "$")


def final_answer(text: str) -> str:
    """What the rule compares of a completion or a reference."""
    text = text.lower().split(" is ")[-1].replace("{}", "")
    boxes = re.findall(r"oxed\{(.*)\}", text, flags=re.DOTALL)
    text = boxes[-1] if boxes else text
    closing, opening = text.find("}"), text.find("{")
    if closing != -1 and (opening == -1 or closing < opening):
        text = text[:closing]
    text = text.split("=")[-1].split(r"\approx")[-1]
    text = text.replace("answer:", "").replace("∞", r"\infty").replace(r"+\infty", r"\infty")
    text = text.replace("\\\\", "\\").replace("\n", "")
    text = text.replace(r"\text", "").replace(r"\mbox", "").replace("bmatrix", "pmatrix")
    text = text.split(r"\)")[0].split(r"\]")[0].split(r"\(")[-1].split(r"\[")[-1].replace("..</s>", "")
    return _without_units(_spelled(text))


def _spelled(text: str) -> str:
    text = text.replace("\\\\", "\\").replace("tfrac", "frac").replace("dfrac", "frac")
    for part in _REMOVED:
        text = text.replace(part, "")
    text = text.split(r"\text{ ")[0].replace(r"\%", "")
    text = text.replace(" .", " 0.").replace("{.", "{0.")
    if text.startswith("."):
        text = "0" + text
    text = re.sub(r"\\sqrt(?!\{)(.)", r"\\sqrt{\1}", text).replace(" ", "")
    if "sqrt" in text:
        text = re.sub(r"\\frac(?!\{)(.)(?!\{)(.)", r"\\frac{\1}{\2}", text)
        text = re.sub(r"\\frac(?!\{)(.)(?=\{)", r"\\frac{\1}", text)
    if text == "0.5":
        return r"\frac{1}{2}"
    if re.fullmatch(r"-?(?:0|[1-9]\d*)/-?(?:0|[1-9]\d*)", text):
        top, bottom = text.split("/")
        return rf"\frac{{{top}}}{{{bottom}}}"
    return text


def _without_units(text: str) -> str:
    for unit in (*_UNITS, *("{" + name + "}" for name in ("m", "p", "g", "l", "s", "ft"))):
        for suffix in ("^3", "^2", ""):
            text = text.replace(unit + suffix, "")
        for suffix in ("^3", "^2", ""):
            text = text.replace("{}" + suffix, "")
    return text.replace("ft^3", "").replace("ft^2", "")


def is_correct(completion: str, reference: str, benchmark: str = "") -> bool:
    """Whether the authors' evaluation counts a completion as right. GSM8K answers lose their letters."""
    for choice in "ABCD":
        marks = (f"oxed{{{choice} ", f"oxed{{{choice}. ", f"oxed{{{choice}}}", f"Answer: {choice} ")
        if any(mark in completion for mark in marks):
            completion = choice
    answer = final_answer(completion)
    if "GSM8K" in benchmark.upper():
        answer = re.sub(r"[a-zA-Z]", "", answer)
    return is_equal(answer, final_answer(reference))


def is_equal(answer: str, reference: str) -> bool:
    """Whether two final answers are the same: as texts, or with values less than 0.01 apart."""
    answer, reference = (text.lower().replace(" ", "") for text in (answer, reference))
    if not answer or not reference:
        return False
    if answer == reference:
        return True
    return _near(_shape(answer), _shape(reference))


# Where the authors' LaTeX parser stops, as the labels that they recorded show: 664_7 is 664, 3:1 is 3.
_BEGINNING = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)(?:_\{?\d+\}?|:[1-9]\d*)")


def _shape(text: str) -> Shape:
    beginning = _BEGINNING.fullmatch(text)
    shape = read(beginning[1] if beginning else text)
    match shape:
        case Quantity(unit=Unit()):  # letters that were left behind the number
            return Words((), text)
        case Items("[]", (single,)):
            return single
        case _:
            return shape


def _near(left: Shape, right: Shape) -> bool:
    match left, right:
        case Quantity(a), Quantity(b):
            if symbols(a) or symbols(b):  # -20*x is not -20x there
                return False
            try:
                return abs(_inexact(constant_value(a)) - _inexact(constant_value(b))) < _TOLERANCE
            except (Undecided, OverflowError):
                return False
        case Items(a, left_items), Items(b, right_items) if a == b and len(left_items) == len(right_items):
            return all(map(_equal_values, left_items, right_items))
        case _:
            return False


def _equal_values(left: Shape, right: Shape) -> bool:
    match left, right:
        case Quantity(a), Quantity(b):
            try:
                return a == b or bool(_inexact(constant_value(a)) == _inexact(constant_value(b)))
            except (Undecided, OverflowError):
                return False
        case _:
            return False


def _inexact(value: Any) -> complex:
    return complex(value)
