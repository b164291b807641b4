from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.solving.text import error_shown, round_decimals, shorten_middle, valid_text


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("x = 3.14159265358979", "x = 3.141593"),
        ("0.1234567.", "0.123457."),
        ("-2.00000049", "-2.000000"),
        ("0.12345678, 9.87654321", "0.123457, 9.876543"),
        ("9.9999999", "10.000000"),
        ("[0.33333333333, 1/3]", "[0.333333, 1/3]"),
        ("3.14159265cm", "3.141593cm"),
        ("1.23456789e-10", "1.234568e-10"),
        ("6.02214076E+23", "6.022141E+23"),
        ("$1,234.5678901", "$1,234.567890"),
        ("123456789012345678901234567890.12345678", "123456789012345678901234567890.123457"),
        ("0.12345678.hex()", "0.123457.hex()"),
        # short enough
        ("0.5 and 0.123456", "0.5 and 0.123456"),
        ("0.500000", "0.500000"),
        # no decimals: names, versions, dates, digests
        ("x1.23456789", "x1.23456789"),
        ("v_2.23456789", "v_2.23456789"),
        ("1.2.3456789", "1.2.3456789"),
        ("1.23456789.5", "1.23456789.5"),
        ("1_000.12345678", "1_000.12345678"),
        ("a.12345678", "a.12345678"),
        # rounding would change the value for good
        ("tolerance = 0.00000001", "tolerance = 0.00000001"),
        ("1,999.9999999", "1,999.9999999"),
        ("0.0000000", "0.000000"),
        ("", ""),
    ],
)
def test_round_decimals(text: str, rounded: str):
    assert round_decimals(text) == rounded


def test_places():
    assert round_decimals("2.71828", places=2) == "2.72"
    with pytest.raises(ValueError, match="places is 0"):
        round_decimals("2.7", places=0)


@given(st.floats(1, 1e6), st.integers(1, 9))
def test_rounding_is_near_and_done_once(value: float, places: int):
    text = f"{value:.15f}"
    rounded = round_decimals(text, places)
    assert abs(float(rounded) - value) <= 0.51 * 10**-places
    assert round_decimals(rounded, places) == rounded


@given(st.text(alphabet="0123456789.,e-x_ ") | st.text())
def test_only_decimals_change(text: str):
    decimal = re.compile(r"[0-9]+\.[0-9]+")
    assert decimal.sub("#", round_decimals(text)) == decimal.sub("#", text)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc\n... [1 characters left out] ...\nefg"),
        ("abcdefg", 5, "abc\n... [2 characters left out] ...\nfg"),
        ("abcdefg", 1, "a\n... [6 characters left out] ...\n"),
        ("abc", 0, "\n... [3 characters left out] ...\n"),
        ("", 0, ""),
    ],
)
def test_shorten_middle(text: str, limit: int, short: str):
    assert shorten_middle(text, limit) == short


@given(st.text(alphabet="abc\n"), st.integers(0, 30))
def test_shortening_counts_what_it_leaves_out(text: str, limit: int):
    short = shorten_middle(text, limit)
    note = re.search(r"\n\.\.\. \[(\d+) characters left out\] \.\.\.\n", short)
    left_out = int(note[1]) if note else 0
    kept = len(short) - (len(note[0]) if note else 0)
    assert kept + left_out == len(text)
    assert kept <= limit or not note


def test_a_limit_is_not_negative():
    with pytest.raises(ValueError, match="limit is -1"):
        shorten_middle("abc", -1)


RAISED = 'Traceback (most recent call last):\n  File "<cell 1>", line 1\nZeroDivisionError: division by zero'


@pytest.mark.parametrize(
    ("execution", "error"),
    [
        ("42", None),
        ("", None),
        (
            "Traceback (most recent call last):\n  File \"<cell 1>\"\nNameError: name 'x' is not defined",
            "NameError",
        ),
        ("1\nTraceback (most recent call last):\n  ...\nsympy.core.sympify.SympifyError: x", "SympifyError"),
        (
            "---- IndexError     Traceback (most recent call last) Cell In[2]\n IndexError: list index",
            "IndexError",
        ),
        ("TimeoutError: stopped after 10 s", "TimeoutError"),
        ("  File \"<cell 1>\", line 1\nSyntaxError: '(' was never closed", "SyntaxError"),
        ("ProcessDied: signal 11; its variables are gone", "ProcessDied"),
        ("The Error: none", None),
        ("Traceback (most recent call last)", ""),
        (RAISED, "ZeroDivisionError"),
        ("before\n" + RAISED, "ZeroDivisionError"),
        (
            "----- NameError     Traceback (most recent call last) Cell In[1], line 2\n---> 2 x\n NameError: no x",
            "NameError",
        ),
        ("Traceback (most recent call last):\n  File\nsympy.core.sympify.SympifyError: x", "SympifyError"),
        ("Traceback (most recent call last):\n  File\nKeyboardInterrupt", "KeyboardInterrupt"),
        (RAISED.replace("Zero", "Other") + "\n\nDuring handling:\n\n" + RAISED, "ZeroDivisionError"),
        ("  Cell In[1], line 1\n    x = = 1\nSyntaxError: invalid syntax", "SyntaxError"),
        ("TimeoutError: the code ran for 10 s", "TimeoutError"),
        ("The answer: 5", None),
        ("error", None),
    ],
)
def test_the_error_that_an_output_shows(execution: str, error: str | None):
    assert error_shown(execution) == error


def test_halves_of_surrogate_pairs_are_replaced():
    assert valid_text("a\ud800b") == "a?b"
    assert valid_text("größe 😀") == "größe 😀"
