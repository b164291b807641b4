"""Multiple choice by log-likelihood: the option whose letter the model finds likeliest, as MMLU is usually asked.

One token is generated for each problem; the model has to tell the log-probabilities of the likeliest ones.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Container, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from mathcoder.models import Chunk, Model, ModelError
from mathcoder.problems import Problem
from mathcoder.solution import Block, Cost, Solution
from mathcoder.solving import Dialect
from mathcoder.solving.loop import in_own_loop

__all__ = ["NOT_AMONG_THEM", "Choice", "choose_many"]

NOT_AMONG_THEM = -100.0
"""The log-likelihood that a letter is given which is not among the tokens that the model told."""

_TOKENS = 20  # the most that servers tell
_LEAD = "The answer is ("


@dataclass(frozen=True, slots=True)
class Choice:
    """The option that was chosen for a problem, and the log-likelihood of each. `note`: why none was."""

    problem: Problem
    solution: Solution
    scores: tuple[float, ...] = ()
    note: str = ""


def choose_many(
    problems: Sequence[Problem],
    model: Model,
    *,
    dialect: Dialect,
    ask: Callable[[Problem], str],
    concurrency: int,
    skip: Container[str] = (),
) -> Iterator[Choice]:
    """Choose an option for each problem that has some; choices come as they are ready.

    Args:
        dialect: makes the prompt; one whose prompts are text.
        ask: the question of a problem with its options.
        concurrency: requests at a time.
        skip: ids of problems that are done.

    Raises:
        ValueError: a problem has no options, or the dialect has chat messages.
    """
    todo = [problem for problem in problems if problem.id not in skip]
    without = next((problem.id for problem in todo if not problem.options), None)
    if without is not None:
        raise ValueError(f"{without} has no options to choose from; ask it with another style")
    choices = _choose_all(todo, model, dialect, ask, concurrency)
    return in_own_loop(choices)


async def _choose_all(
    problems: Sequence[Problem],
    model: Model,
    dialect: Dialect,
    ask: Callable[[Problem], str],
    concurrency: int,
) -> AsyncGenerator[Choice, None]:
    places = asyncio.Semaphore(concurrency)

    async def one(problem: Problem) -> Choice:
        async with places:
            return await _choose(problem, model, dialect, ask(problem))

    tasks = [asyncio.ensure_future(one(problem)) for problem in problems]
    try:
        for finished in asyncio.as_completed(tasks):
            yield await finished
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _choose(problem: Problem, model: Model, dialect: Dialect, question: str) -> Choice:
    request = dialect.request(question, max_tokens=1)
    if not isinstance(request.prompt, str):
        raise ValueError("a choice by log-likelihood completes text: use the dialect markdown or mathcoder")
    request = type(request)(request.prompt + _LEAD, max_tokens=1, logprobs=_TOKENS)
    start, last, top = time.monotonic(), Chunk(), dict[str, float]()
    try:
        async with aclosing(model.stream(request)) as chunks:
            async for chunk in chunks:
                last = chunk
                for place in chunk.logprobs[:1] if not top else ():
                    top = dict(place.top) or {place.token: place.logprob}
    except ModelError as error:
        return Choice(problem, Solution((), None, "model_error"), note=str(error))
    cost = Cost(last.prompt_tokens, last.completion_tokens, 1, time.monotonic() - start)
    if not top:
        note = f"{model.name} tells no log-probabilities; ask it with another style"
        return Choice(problem, Solution((), None, "model_error", cost), note=note)
    letters = "ABCDEFGHIJ"[: len(problem.options)]
    scores = tuple(_score(letter, top) for letter in letters)
    best = letters[max(range(len(scores)), key=scores.__getitem__)]
    if max(scores) == NOT_AMONG_THEM:
        return Choice(problem, Solution((), None, "no_answer", cost), scores)
    return Choice(problem, Solution((Block("text", best),), best, "answer", cost), scores)


def _score(letter: str, top: dict[str, float]) -> float:
    found = [logprob for token, logprob in top.items() if token.strip(" (.)") == letter]
    return max(found, default=NOT_AMONG_THEM)
