"""Answers that were made to do harm: each gets a grade, nothing is run, the grader goes on.

That each takes less than two seconds is measured once for all: the limit of a worker is one second of
processor time, and what is done without a worker is bounded by the size of its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mathcoder.grading import Grader

BOMBS = [
    "9" * 5_000,
    "9^{9^{9^{9}}}",
    "9**9**9**9",
    "(((((((9^9)^9)^9)^9)^9)^9)^9)",
    r"\frac{1}{" * 300 + "1" + "}" * 300,
    "(" * 900 + "1" + ")" * 900,
    "[" * 900,
    "-" * 900 + "1",
    "1" + "+1" * 499,
    "x" + "^x" * 200,
    "2^" * 200 + "2",
    "99999!!!!",
    "10000000!",
    r"\binom{1000000}{500000}",
    r"\sin(10^{10^{10}})",
    "1e999999999",
    "0." + "3" * 900,
    "1/0",
    r"(x+1)^{100000}",
    r"((x+1)^{63}+1)^{63}",
    r"(\frac{1}{3})^{4000}x^{3000}y^{2000}",
    r"\cdot".join(["(x+y+z+w)^{9}"] * 10),
    r"\sum_{n=1}^{10^{10}} \frac{1}{n^2}",
    r"\int_0^1 \sin(x^x) dx",
    r"\prod_{n=1}^{1000000} n",
    r"\lfloor 10^{1000000} \rfloor",
    r"\sqrt[100000]{2}",
    "1" + "0" * 4000 + "^" + "9" * 4000,
    r"0.\overline{" + "9" * 400 + "}",
    "e^{e^{e^{e^{e}}}}",
    r"\pm" * 12 + "1",
    ",".join(["1"] * 400),
    "1,000" * 200,
    "a" * 1_000_000,
    "1" * 1_000_000,
    "$" * 100_000,
    "\\" * 100_000,
    r"\boxed{" * 20_000,
    "{" * 100_000 + "}" * 100_000,
    r"\begin{pmatrix}" + "1&" * 300 + r"\end{pmatrix}",
]
TRICKS = [
    "\x00\x00\x00",
    "1\x002",
    "\ud800",
    "\u202e12\u202c",
    "1\u200b2",
    "%s%n%d",
    "{}{}{0}",
    r"\text{\text{\text{a}}}",
    "<script>alert(1)</script>",
    r"\input{/etc/passwd}",
    r"\write18{touch CANARY}",
]
CODE = [
    "__import__('os').system('touch CANARY')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('CANARY', 'w')",
    "eval(\"open('CANARY', 'w')\")",
    "exec(\"open('CANARY', 'w')\")",
    r"\frac{open('CANARY', 'w')}{2}",
    "lambda: (yield)",
    "sympify('1')",
]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.mark.parametrize("text", [*BOMBS, *TRICKS], ids=lambda text: ascii(text[:20]))
def test_gets_a_grade(grader: Grader, text: str):
    assert grader.grade(text, "5").correct is not True
    assert grader.grade(text, r"\frac{x+1}{2}").correct is not True
    assert grader.grade("5", text).correct is not True
    assert grader.grade(text, text).correct is not False
    assert grader.grade("0.5", r"\frac{1}{2}").correct is True


@pytest.mark.parametrize("code", CODE)
def test_nothing_is_run(grader: Grader, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    canary = tmp_path / "canary"
    code = code.replace("CANARY", str(canary))
    for answer, reference in ((code, "5"), ("5", code), (f"${code}$", r"\frac{1}{2}")):
        assert grader.grade(answer, reference).correct is not True
    assert not list(tmp_path.iterdir())


def test_nothing_is_run_by_math_verify(grader: Grader, tmp_path: Path):
    """Even where the gate before it lets a text pass, Math-Verify works in a confined process."""
    with grader._take() as session:
        execution = session.run(f"open({str(tmp_path / 'canary')!r}, 'w')")
    assert execution.status in ("denied", "error")
    assert not list(tmp_path.iterdir())


def test_a_worker_that_is_killed_is_replaced(grader: Grader):
    hard = r"\int_0^1 x\,dx"
    assert grader.grade(hard, r"\int_0^2 \frac{1}{4} dx").correct is True
    assert grader.grade(r"\prod_{n=1}^{1000000} n", "7").rule == "time limit"
    assert grader.grade(hard, r"\int_0^2 \frac{1}{4} dx").correct is True
