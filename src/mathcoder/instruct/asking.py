"""How the steps that ask a model do so: replies in order, all solutions of a problem together.

What a model did not answer because its budget is used up is no failure of its own: nothing is told about it, and
`BudgetExceeded` ends the step in its place. Ask a `CachedModel`, and the next run goes on from there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import aclosing, closing
from dataclasses import asdict, dataclass, replace
from typing import Any

from mathcoder.grading import extract_answer
from mathcoder.instruct.prompting import prompt_hash
from mathcoder.models.base import Chunk, Model, ModelError, Request
from mathcoder.models.budget import BudgetExceeded
from mathcoder.problems import Problem
from mathcoder.problems.options import lettered
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving.dialects import Dialect
from mathcoder.solving.loop import Options, in_own_loop
from mathcoder.solving.many import Attempt, solve_many
from mathcoder.solving.text import error_shown, valid_text

__all__ = ["SAMPLED", "Drawn", "Origin", "Reply", "check_training", "replies", "sampled"]

SAMPLED = Options(temperature=0.7, top_p=0.95)
"""How several solutions of one problem are drawn by default."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which request of which model something comes from.

    Attributes:
        model: its name.
        prompt: the beginning of the SHA-256 of what each request says but for the problem; see `prompt_hash`.
        dialect: how the model was asked to write; "chat" where it wrote no solution.
        seed: of the sampler, for this sample.
        sample: its number among those of one problem, from 0.
    """

    model: str
    prompt: str
    dialect: str
    seed: int
    sample: int

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values, from which `Origin(**row)` is equal."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One solution that a model was asked for.

    Attributes:
        answer: what the solution answers; None where it came to no end or states none.
        fault: why it is no example to learn from, whatever it answers: "model error: ...", "a block failed:
            NameError", "a block was not run", "not finished: tokens", "no answer", "no code"; "" where it may be.
    """

    solution: Solution
    answer: str | None
    origin: Origin
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's reply to a request. `fault`: "model error: ..." or that it was cut off; "" where it is whole."""

    text: str
    fault: str = ""


def check_training(problems: Iterable[Problem]) -> None:
    """Nothing, where every problem may be trained on.

    Raises:
        ValueError: one is of the split test; the message is one line.
    """
    for problem in problems:
        if problem.split == "test":
            raise ValueError(f"{problem.id} is of the split test, which is for measuring only; leave it out")


# Solutions.


def sampled(
    problems: Sequence[Problem],
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox,
    samples: int,
    options: Options,
    concurrency: int,
) -> Generator[tuple[Problem, tuple[Drawn, ...]], None, None]:
    """Each problem with `samples` solutions of it, in order. Sample n is drawn with the options' seed plus n.

    Raises:
        BudgetExceeded: in the place of the first problem that was not asked whole. What was under way came to its
            end.
        SandboxError: the sandbox failed.
    """
    watched = _Watched(model)
    said = prompt_hash(dialect.request("{problem}").prompt)

    def todo() -> Generator[Problem, None, None]:
        for number, problem in enumerate(problems):
            if watched.refusals:
                return
            yield replace(problem, id=str(number))

    def sample_of(attempt: Attempt, problem: Problem) -> Drawn:
        number = attempt.sample
        origin = Origin(model.name, said, dialect.name, options.seed + number, number)
        answer = extract_answer(attempt.solution, "choice" if problem.options else None)
        fault = _fault(attempt, answer)
        return Drawn(attempt.solution, answer if attempt.solution.ended == "answer" else None, origin, fault)

    attempts = solve_many(
        todo(),
        model=watched,
        dialect=dialect,
        sandbox=sandbox,
        options=options,
        samples=samples,
        concurrency=concurrency,
        ask=_question,
    )
    ready: dict[int, list[Attempt]] = {}
    following = 0
    with closing(attempts):
        for attempt in attempts:
            ready.setdefault(int(attempt.id.partition("#")[0]), []).append(attempt)
            while len(ready.get(following, ())) == samples and not watched.refused(ready[following]):
                found = sorted(ready.pop(following), key=lambda each: each.sample)
                problem = problems[following]
                following += 1
                yield problem, tuple(sample_of(each, problem) for each in found)
    if watched.refusals:
        raise BudgetExceeded(min(watched.refusals))


class _Watched:
    """A model, and what it said where its budget was used up."""

    def __init__(self, model: Model):
        self.name = model.name
        self.refusals: set[str] = set()
        self._model = model

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except BudgetExceeded as error:
            self.refusals.add(str(error))
            raise

    async def aclose(self) -> None:
        """The model belongs to the caller."""

    def refused(self, attempts: Iterable[Attempt]) -> bool:
        return any(each.solution.ended == "model_error" and each.note in self.refusals for each in attempts)


def _question(problem: Problem) -> str:
    return "\n".join([problem.question, *lettered(problem.options)])


def _fault(attempt: Attempt, answer: str | None) -> str:
    solution = attempt.solution
    if solution.ended == "model_error":
        return _model_error(attempt.note)
    kinds = [block.type for block in solution.blocks]
    for block in solution.blocks:
        if block.type == "execution" and (error := error_shown(block.content)) is not None:
            return f"a block failed: {error or 'an error without a name'}"
    if solution.ended not in ("answer", "no_answer", "empty"):
        return f"not finished: {solution.ended}"
    if solution.ended != "answer" or answer is None:
        return "no answer"
    if "code" not in kinds:
        return "no code"
    return "" if kinds.count("code") == kinds.count("execution") else "a block was not run"


def _model_error(said: str) -> str:
    return f"model error: {' '.join(said.split())[:300]}"


# Replies.


def replies(requests: Iterable[Request], model: Model, concurrency: int) -> Generator[Reply, None, None]:
    """The model's replies, in order; requests are taken as they are needed.

    Raises:
        ValueError: `concurrency` is below 1.
        BudgetExceeded: in the place of the first request that was not answered. What was under way came to an end.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}: it must be 1 or more")
    return in_own_loop(_replies(iter(requests), model, concurrency))


async def _replies(requests: Iterable[Request], model: Model, concurrency: int) -> AsyncGenerator[Reply, None]:
    gate = asyncio.Semaphore(concurrency)
    source = iter(requests)
    running: deque[asyncio.Task[Reply | BudgetExceeded]] = deque()
    refused: list[BudgetExceeded] = []

    async def ask(request: Request) -> Reply | BudgetExceeded:
        async with gate:
            if refused:
                return refused[0]
            try:
                return await _reply(request, model)
            except BudgetExceeded as error:
                refused.append(error)
                return error

    try:
        while True:
            # Twice as many, so that the model is busy while the first of them is slow.
            while len(running) < 2 * concurrency and not refused:
                if (request := next(source, None)) is None:
                    break
                running.append(asyncio.create_task(ask(request)))
            if not running:
                return
            reply = await running[0]
            if isinstance(reply, BudgetExceeded):
                await asyncio.gather(*running)
                raise reply
            running.popleft()
            yield reply
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _reply(request: Request, model: Model) -> Reply:
    parts: list[str] = []
    last = Chunk()
    try:
        async with aclosing(model.stream(request)) as chunks:
            async for chunk in chunks:
                last = chunk
                parts.append(chunk.text)
    except BudgetExceeded:
        raise
    except ModelError as error:
        return Reply("", _model_error(str(error)))
    return Reply(valid_text("".join(parts)), "the reply was cut off" if last.finish_reason == "length" else "")
