"""Problems being solved for the page, a few at once; what they came to is kept for a while."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from mathcoder.evaluation.styles import Asking
from mathcoder.grading import extract_answer
from mathcoder.models import Model, ModelError, open_model
from mathcoder.problems import Benchmark, Problem
from mathcoder.sandbox import Sandbox, SandboxError
from mathcoder.solution import Block, Solution
from mathcoder.solving import Dialect, Solved, asolve
from mathcoder.solving.loop import check_problem
from mathcoder.solving.usual import usual
from mathcoder.solving.verify import averify
from mathcoder.studio.solve.asked import Ask, GoingOn, Taken
from mathcoder.studio.solve.shelf import found
from mathcoder.studio.solve.vote import Part, Vote, tally_json

if TYPE_CHECKING:
    from mathcoder.studio.context import Studio

__all__ = ["MOST_AT_ONCE", "Solve", "Solves", "TooMany", "Unknown"]

MOST_AT_ONCE = 4
_VOTES_AT_ONCE = 8
_MOST_KEPT = 32


class TooMany(Exception):
    """So many problems are being solved that no other can be. One line."""


class Unknown(LookupError):
    """What is named is not kept any more, or never was. One line."""


class Solve:
    """A problem being solved for the page, by one or several solutions.

    Attributes:
        id: names it.
        ask: what was asked.
        question: the problem as the model is asked it.
        taken: where the problem is from, if it is of a benchmark.
        votes: the solutions.
        model_name: "" until the model is there.
        tally: of the votes that have ended.
        failure: why nothing came of it, one line; "" otherwise.
    """

    def __init__(self, studio: Studio, ask: Ask, question: str, taken: Taken | None, given: Sequence[Part]):
        self.id = secrets.token_urlsafe(9)
        self.ask = ask
        self.question = question
        self.taken = taken
        self.votes = [Vote(list(given)) for _ in range(ask.votes)]
        self.model_name = ""
        self.tally: dict[str, Any] = {}
        self.failure = ""
        self._studio = studio
        self._which: tuple[Benchmark, Problem] | None = found(taken) if taken else None
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._places = asyncio.Semaphore(_VOTES_AT_ONCE)
        self._counting = asyncio.Lock()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _: self._lines.put_nowait(None))

    @property
    def running(self) -> bool:
        """Whether anything of it still goes on."""
        return not self._task.done()

    def stop(self) -> None:
        """End generation and the run of code; what was written stays. The stream says so and ends."""
        self._task.cancel()

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """What happens, one JSON object a line; to be followed once."""
        while (item := await self._lines.get()) is not None:
            yield item
        if not self._task.cancelled():
            self._task.result()  # raises what is no fault of the model, the code or the sandbox

    def to_json(self) -> dict[str, Any]:
        """All of it so far, as the page is told it."""
        return {
            "id": self.id,
            "question": self.question,
            "taken": self.taken.model_dump() if self.taken else None,
            "model": self.model_name or self.ask.model,
            "ask": self.ask.model_dump(exclude={"problem", "taken", "going_on"}),
            "running": self.running,
            "votes": [vote.to_json() for vote in self.votes],
            "tally": self.tally,
            "failure": self.failure,
        }

    def _say(self, **line: Any) -> None:
        self._lines.put_nowait(json.dumps(line).encode() + b"\n")

    async def _run(self) -> None:
        self._say(event="start", **self.to_json())
        model, own = None, False
        try:
            sandbox = await asyncio.to_thread(self._studio.sandbox)
            model, own = await asyncio.to_thread(self._open)
            self.model_name = model.name
            self._say(event="ready", model=model.name)
            await self._vote_all(model, sandbox)
            self._say(event="end")
        except (ModelError, SandboxError) as error:
            self.failure = str(error)
            self._say(event="failed", error=self.failure)
        except asyncio.CancelledError:
            self._say(event="stopped")
            raise
        finally:
            for vote in self.votes:
                vote.state = "done" if vote.state == "done" else "stopped"
            if own and model is not None:
                await model.aclose()

    async def _vote_all(self, model: Model, sandbox: Sandbox) -> None:
        """All votes; where one fails, or this is cancelled, the others are ended first."""
        tasks = [asyncio.create_task(self._vote(number, model, sandbox)) for number in range(len(self.votes))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _open(self) -> tuple[Model, bool]:
        """The model, and whether it is this problem's own: the key of another variable is not shared."""
        spec = self.ask.model or self._studio.settings.model
        if self.ask.key_env == Ask.model_fields["key_env"].default:
            return self._studio.model(spec), False
        return open_model(spec, key_env=self.ask.key_env), True

    def _dialect(self) -> Dialect:
        ask, how = self.ask, usual(self.ask.model or self._studio.settings.model)
        return how.dialect(ask.dialect, examples=ask.examples, system=ask.system)

    async def _vote(self, number: int, model: Model, sandbox: Sandbox) -> None:
        vote, options, dialect = self.votes[number], self.ask.options(number), self._dialect()
        given = [part.block for part in vote.parts]
        async with self._places:
            vote.state = "running"
            self._say(event="begun", vote=number)
            solving = asolve(self.question, model, dialect=dialect, sandbox=sandbox, options=options, blocks=given)
            async with aclosing(solving) as events:
                async for event in events:
                    if isinstance(event, Solved):
                        vote.end(event, self._answer(event.solution))
                    else:
                        self._say(vote=number, **vote.take(event))
            vote.state = "checking" if self.ask.verify and vote.answer is not None else "done"
            self._say(event="solved", vote=number, **vote.to_json())
            if vote.answer is not None and vote.state == "checking":
                vote.check = await averify(self.question, vote.answer, model, dialect, sandbox, options)
                vote.state = "done"
                self._say(event="checked", vote=number, **vote.to_json())
        async with self._counting:
            self.tally = await asyncio.to_thread(tally_json, self.votes, self.ask.verify)
            self._say(event="tally", **self.tally)

    def _answer(self, solution: Solution) -> str | None:
        """What a solution answers; of a problem of a benchmark, as an evaluation reads it."""
        if self._which is None:
            return extract_answer(solution)
        return Asking(dialect=self.ask.dialect).answer(solution, self._which[0])


class Solves:
    """All problems that are being solved, and the last ones that were."""

    def __init__(self, studio: Studio):
        self._studio = studio
        self._kept: dict[str, Solve] = {}

    def start(self, ask: Ask) -> Solve:
        """Begin to solve a problem.

        Raises:
            TooMany: as many as there may be are being solved.
            Unknown: it is to go on from what is not kept.
            ValueError: the problem is empty, or it is to go on from what is no code.
            BenchmarkError: there is no such problem here.
        """
        given: list[Part] = []
        if ask.going_on is not None:
            earlier = self.find(ask.going_on.solve)
            question, taken, given = earlier.question, earlier.taken, _given(earlier, ask.going_on)
        elif ask.taken is not None:
            which, problem = found(ask.taken)
            question, taken = which.ask(problem), ask.taken
        else:
            question, taken = (ask.problem or "").strip(), None
        check_problem(question)
        if sum(solve.running for solve in self._kept.values()) >= MOST_AT_ONCE:
            raise TooMany(f"{MOST_AT_ONCE} problems are being solved, the most at once: stop one, or wait for it")
        solve = Solve(self._studio, ask, question, taken, given)
        self._kept[solve.id] = solve
        old = [name for name, one in self._kept.items() if not one.running]
        for name in old[: max(len(self._kept) - _MOST_KEPT, 0)]:
            del self._kept[name]
        return solve

    def find(self, name: str) -> Solve:
        """What was asked under an id. Raises Unknown."""
        if name not in self._kept:
            raise Unknown(f"this solution is not kept any more (the last {_MOST_KEPT} are): solve it again")
        return self._kept[name]


def _given(earlier: Solve, going_on: GoingOn) -> list[Part]:
    """The blocks before the code that was edited, and that code."""
    parts = earlier.votes[going_on.vote].parts if going_on.vote < len(earlier.votes) else []
    if going_on.block >= len(parts) or parts[going_on.block].block.type != "code":
        raise ValueError(f"block {going_on.block} of solution {going_on.vote} is no code that could be edited")
    if not going_on.code.strip():
        raise ValueError("the edited code is empty: write what is to be run")
    return [*parts[: going_on.block], Part(Block("code", going_on.code))]
