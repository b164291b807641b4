"""Many problems at once: while the code of one solution runs, the model works on others.

A solution that waits for its code holds no place at the model. Solutions that have begun go before new ones, so
that they end soon and few are open at a time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sys
from collections.abc import AsyncGenerator, Callable, Container, Generator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from mathcoder.models.base import Chunk, Model, Request
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving.dialects import Dialect
from mathcoder.solving.loop import Options, Solved, asolve, in_own_loop
from mathcoder.solving.verify import Check, averify, question_after

__all__ = ["Attempt", "asolve_many", "solve_many"]


# Seconds after which a thread that waits for a sandbox may interrupt the one that reads the model's replies. With
# Python's 5 ms each block of code ends several times that late: 4% of a whole run with short blocks.
_SWITCH = 0.0005


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solution of one problem.

    Attributes:
        id: the problem's, with the number of the sample behind "#" where there are several.
        note: what the model said where it failed; such an attempt ended "model_error" and can be made again.
        check: what the model found when it verified its answer with code; None where it was not asked.
        earlier: solutions before this one, whose answers the model found to be wrong.
    """

    id: str
    problem: str
    sample: int
    solution: Solution
    note: str = ""
    check: Check | None = None
    earlier: tuple[Solution, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives back an equal attempt."""
        return {
            "id": self.id,
            "problem": self.problem,
            "sample": self.sample,
            "solution": self.solution.to_json(),
            "note": self.note,
            "check": None if self.check is None else self.check.to_json(),
            "earlier": [solution.to_json() for solution in self.earlier],
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Attempt:
        check = row["check"]
        return cls(
            row["id"],
            row["problem"],
            row["sample"],
            Solution.from_json(row["solution"]),
            row["note"],
            None if check is None else Check.from_json(check),
            tuple(map(Solution.from_json, row["earlier"])),
        )


def attempt_id(problem: str, sample: int, samples: int) -> str:
    """The id of an attempt: that of its problem where there is one sample of each."""
    return problem if samples == 1 else f"{problem}#{sample}"


def solve_many(
    problems: Iterable[Problem],
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox,
    options: Options | None = None,
    samples: int = 1,
    concurrency: int = 64,
    verify: bool = False,
    amends: int = 1,
    ask: Callable[[Problem], str] | None = None,
    skip: Container[str] = (),
) -> Generator[Attempt, None, None]:
    """Solve problems, several times each if wanted; attempts come as they are ready, in any order.

    Args:
        problems: taken as they are needed.
        model: who is asked.
        dialect: how it writes.
        sandbox: where all code runs.
        options: limits and sampling. Sample number n is drawn with the seed of the options plus n.
        samples: solutions of each problem; more than one makes sense with a temperature above 0.
        concurrency: requests at the model at a time.
        verify: let the model check each answer with code (`mathcoder.solving.verify`).
        amends: how often it may solve again where it found its answer to be wrong.
        ask: the question of a problem as the model is asked it; default: the question itself.
        skip: ids of attempts that are done.

    Raises:
        SandboxError: the sandbox failed.

    Examples:
        >>> with Sandbox() as sandbox:
        ...     for attempt in solve_many(load("svamp", limit=8), model, dialect=dialect, sandbox=sandbox):
        ...         print(attempt.id, attempt.solution.answer)
    """
    attempts = asolve_many(
        problems,
        model,
        dialect=dialect,
        sandbox=sandbox,
        options=options,
        samples=samples,
        concurrency=concurrency,
        verify=verify,
        amends=amends,
        ask=ask,
        skip=skip,
    )
    return in_own_loop(attempts)


async def asolve_many(
    problems: Iterable[Problem],
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox,
    options: Options | None = None,
    samples: int = 1,
    concurrency: int = 64,
    verify: bool = False,
    amends: int = 1,
    ask: Callable[[Problem], str] | None = None,
    skip: Container[str] = (),
) -> AsyncGenerator[Attempt, None]:
    """`solve_many` for asyncio."""
    if samples < 1 or concurrency < 1:
        raise ValueError(f"samples ({samples}) and concurrency ({concurrency}) must be 1 or more")
    options = options or Options()
    places = _Places(concurrency)
    most = concurrency + max(concurrency // 2, 4 * sandbox.workers)  # those beyond `concurrency` run their code
    todo = _todo(problems, samples, skip)

    async def attempt(number: int, problem: Problem, sample: int) -> Attempt:
        asked = _InTurn(model, places, number)
        question = problem.question if ask is None else ask(problem)
        drawn = replace(options, seed=options.seed + sample)
        try:
            solved = await _last(question, asked, dialect, sandbox, drawn)
            check, earlier = None, list[Solution]()
            while verify and (answer := solved.solution.answer) is not None:
                check = await averify(question, answer, asked, dialect, sandbox, drawn)
                if check.verdict != "false" or len(earlier) == amends:
                    break
                earlier.append(solved.solution)
                solved = await _last(question_after(question, answer), asked, dialect, sandbox, drawn)
        finally:
            asked.leave()
        name = attempt_id(problem.id, sample, samples)
        return Attempt(name, problem.question, sample, solved.solution, solved.note, check, tuple(earlier))

    running: set[asyncio.Task[Attempt]] = set()
    more = True
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _SWITCH))
    try:
        while True:
            # A solution begins when the model has a place for it that no solution which has begun waits for.
            while more and len(running) < most and places.take():
                if (following := next(todo, None)) is None:
                    more = False
                    places.give_up()
                else:
                    running.add(asyncio.create_task(attempt(*following)))
            if not running:
                return
            waiting: set[asyncio.Task[Any]] = {*running}
            freed = asyncio.create_task(places.freed()) if more and len(running) < most else None
            done, _ = await asyncio.wait(
                waiting | ({freed} if freed else set()), return_when=asyncio.FIRST_COMPLETED
            )
            if freed is not None:
                freed.cancel()
            for task in running & done:
                running.discard(task)
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        sys.setswitchinterval(before)


def _todo(problems: Iterable[Problem], samples: int, skip: Container[str]) -> Iterator[tuple[int, Problem, int]]:
    number = itertools.count()
    for problem in problems:
        for sample in range(samples):
            if attempt_id(problem.id, sample, samples) not in skip:
                yield next(number), problem, sample


async def _last(problem: str, model: Model, dialect: Dialect, sandbox: Sandbox, options: Options) -> Solved:
    async with aclosing(asolve(problem, model, dialect=dialect, sandbox=sandbox, options=options)) as events:
        async for event in events:
            if isinstance(event, Solved):
                return event
    raise AssertionError("the last event of a solution is Solved")


class _Places:
    """So many places at the model; who began first goes first."""

    def __init__(self, count: int):
        self._free = count
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()
        self._freed = asyncio.Event()

    def take(self) -> bool:
        """A place, if one is free that nobody waits for."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def freed(self) -> None:
        """Wait until a place is free that nobody waits for."""
        while not self._free:  # it may be taken again before this goes on
            self._freed.clear()
            await self._freed.wait()

    async def wait(self, number: int) -> None:
        """Wait for a place; the lower number goes first."""
        if self.take():
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (number, next(self._arrivals), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_up()
            raise

    def give_up(self) -> None:
        """Hand the place on."""
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
        self._freed.set()


class _InTurn:
    """The model as one solution sees it: each of its requests waits for a place. It begins with one."""

    def __init__(self, model: Model, places: _Places, number: int):
        self.name = model.name
        self._model = model
        self._places = places
        self._number = number
        self._has_place = True

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        if not self._has_place:
            await self._places.wait(self._number)
            self._has_place = True
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self.leave()

    def leave(self) -> None:
        """Give the place back, if there is one."""
        if self._has_place:
            self._has_place = False
            self._places.give_up()

    async def aclose(self) -> None:
        """The model belongs to the caller."""
