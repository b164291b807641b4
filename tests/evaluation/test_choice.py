"""Multiple choice by the likelihood of its letters."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from mathcoder.evaluation.choice import NOT_AMONG_THEM, choose_many
from mathcoder.evaluation.styles import Asking
from mathcoder.models import Chunk, ModelError, Request
from mathcoder.models.base import TokenLogprob
from mathcoder.problems import BENCHMARKS, Problem

ASK = BENCHMARKS["mmlu_math"].ask
HOW = Asking("choice").how()


class Likely:
    """Tells the log-probabilities that it was given for each question, and knows no other question."""

    name = "likely"

    def __init__(self, tops: dict[str, tuple[tuple[str, float], ...]]):
        self._tops = tops
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.requests.append(request)
        top = next((top for question, top in self._tops.items() if question in str(request.prompt)), None)
        if top is None:
            raise ModelError("gone")
        told = (TokenLogprob(top[0][0], top[0][1], top),) if top else ()
        yield Chunk("?", "length", prompt_tokens=9, completion_tokens=1, logprobs=told)

    async def aclose(self) -> None:
        """Nothing to free."""


def problem(name: str) -> Problem:
    return Problem(name, f"Which one is {name}?", "B", options=("one", "two", "three"))


def test_the_likeliest_letter_is_chosen():
    model = Likely(
        {
            "first": ((" The", -0.1), ("B", -2.0), (" B", -1.5), ("A", -3.0)),
            "second": (("D", -0.1), ("(C", -4.0)),  # there is no option D
            "third": (("Well", -0.1),),
            "fourth": (),
        }
    )
    problems = [problem(name) for name in ("first", "second", "third", "fourth", "fifth")]
    choices = {
        choice.problem.id: choice
        for choice in choose_many(problems, model, dialect=HOW, ask=ASK, concurrency=2, skip=())
    }
    assert choices["first"].solution.answer == "B"
    assert choices["first"].scores == (-3.0, -1.5, NOT_AMONG_THEM)
    assert choices["first"].solution.cost.completion_tokens == 1
    assert choices["second"].solution.answer == "C"
    assert (choices["third"].solution.answer, choices["third"].solution.ended) == (None, "no_answer")
    assert "tells no log-probabilities" in choices["fourth"].note
    assert choices["fifth"].note == "gone"
    assert {choices[name].solution.ended for name in ("fourth", "fifth")} == {"model_error"}
    assert all(request.max_tokens == 1 and request.logprobs == 20 for request in model.requests)
    assert all("(A) one" in str(r.prompt) and str(r.prompt).endswith("The answer is (") for r in model.requests)


def test_what_is_done_is_skipped():
    model = Likely({"second": (("A", -1.0),)})
    found = choose_many(
        [problem("first"), problem("second")], model, dialect=HOW, ask=ASK, concurrency=1, skip={"first"}
    )
    assert [choice.problem.id for choice in found] == ["second"]


def test_there_must_be_options():
    with pytest.raises(ValueError, match="p has no options to choose from"):
        list(choose_many([Problem("p", "?", "1")], Likely({}), dialect=HOW, ask=ASK, concurrency=1))
