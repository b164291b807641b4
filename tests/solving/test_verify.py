"""A model checks its own answers with code, and votes weigh what the checks found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mathcoder.models import RecordedModel
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS, Attempt, Check, solve_many, verified_vote
from mathcoder.solving.verify import Verdict, question

MARKDOWN = DIALECTS["markdown"]()
PROBLEM = Problem("p", "What number squared is 49?", "7")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def attempt(sandbox: Sandbox, *replies: str, amends: int = 1) -> tuple[Attempt, RecordedModel]:
    model = RecordedModel(replies)
    (found,) = solve_many([PROBLEM], model, dialect=MARKDOWN, sandbox=sandbox, verify=True, amends=amends)
    return found, model


CHECKING = "```python\nprint({answer}**2 == 49)\n```\n"
SAYS = r"Therefore \boxed{{{0}}}."


def test_a_right_answer_is_verified(sandbox: Sandbox):
    found, model = attempt(sandbox, r"It is \boxed{7}.", CHECKING.format(answer=7), SAYS.format("True"))
    assert found.solution.answer == "7"
    assert found.check is not None
    assert found.check.verdict == "true"
    assert found.earlier == ()
    assert Block("execution", "True") in found.check.solution.blocks
    assert question(PROBLEM.question, "7") in str(model.requests[1].prompt)


def test_a_wrong_answer_is_amended(sandbox: Sandbox):
    replies = [
        r"It is \boxed{8}.",
        CHECKING.format(answer=8),
        SAYS.format("False"),
        r"Then it is \boxed{7}.",
        CHECKING.format(answer=7),
        SAYS.format("True"),
    ]
    found, model = attempt(sandbox, *replies)
    assert found.solution.answer == "7"
    assert found.check is not None
    assert found.check.verdict == "true"
    assert [solution.answer for solution in found.earlier] == ["8"]
    assert "8, was checked with code and found to be wrong" in str(model.requests[3].prompt)


def test_it_may_not_amend_for_ever(sandbox: Sandbox):
    found, _ = attempt(sandbox, r"\boxed{8}", CHECKING.format(answer=8), SAYS.format("False"), amends=0)
    assert found.check is not None
    assert (found.solution.answer, found.check.verdict, found.earlier) == ("8", "false", ())


@pytest.mark.parametrize(
    "replies",
    [
        (r"I am sure: \boxed{True}",),  # no code was run
        (CHECKING.format(answer=7), "Hm."),
        (CHECKING.format(answer=7), SAYS.format("Uncertain")),
        (CHECKING.format(answer=7), SAYS.format("7")),
    ],
)
def test_what_is_no_verdict_is_uncertain(sandbox: Sandbox, replies: tuple[str, ...]):
    found, _ = attempt(sandbox, r"It is \boxed{7}.", *replies)
    assert found.check is not None
    assert found.check.verdict == "uncertain"


def test_without_an_answer_there_is_nothing_to_verify(sandbox: Sandbox):
    found, model = attempt(sandbox, "I do not know what to do with this, and nobody can help me with it now.")
    assert found.check is None
    assert len(model.requests) == 1


def check(verdict: Verdict) -> Check:
    return Check(verdict, Solution(()))


def test_a_verified_answer_outweighs_two_refuted_ones():
    checks = [check("false"), check("false"), check("true"), None]
    vote = verified_vote(["8", "8.0", "7", "9"], checks)
    assert vote.answer == "7"
    assert vote.share == pytest.approx(1.0 / (0.2 + 0.2 + 1.0 + 0.5))


def test_a_check_with_another_verdict_is_refused():
    with pytest.raises(ValueError, match="verdict must be one of true, false, uncertain, not 'maybe'"):
        Check.from_json({"verdict": "maybe", "solution": Solution(()).to_json()})
