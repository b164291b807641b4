"""The loop of code-integrated solving: the model writes text and code, the code runs, its output goes back.

MathCoder's inference (arXiv 2310.03731, section 2.1): a generation ends at a complete code block, which is
run in the solution's own session; its output, a traceback included, is appended and the model goes on from
there, so it can correct itself. Nothing here knows how a dialect spells a block or where a model runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from mathcoder.models.base import Chunk, Model, ModelError
from mathcoder.sandbox import Execution, Sandbox, Session
from mathcoder.solution import Block, BlockType, Cost, Ended, Solution, final_answer
from mathcoder.solving.dialects import Dialect, Turn
from mathcoder.solving.text import round_decimals, shorten_middle, valid_text

__all__ = ["Delta", "Event", "Executed", "Options", "Solved", "asolve", "solve"]

MAX_PROBLEM_CHARS = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """How long and in what way to try.

    Attributes:
        rounds: most generations (MathCoder: 16).
        round_tokens: most new tokens of one generation (MathCoder: 512).
        tokens: most new tokens in all.
        seconds: wall-clock time of the whole solution.
        output_chars: characters of an execution that the model is shown; the middle of more is cut out.
        temperature: 0 is greedy.
        top_p: nucleus mass, used when temperature > 0.
        seed: of the sampler.
        round_decimals: round decimals in what the model writes to 6 places before it is run, as MathCoder does.
    """

    rounds: int = 16
    round_tokens: int = 512
    tokens: int = 4096
    seconds: float = 300.0
    output_chars: int = 4000
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    round_decimals: bool = False

    def __post_init__(self) -> None:
        for name in ("rounds", "round_tokens", "tokens", "seconds", "output_chars"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}: it must be more than 0")


@dataclass(frozen=True, slots=True)
class Delta:
    """New characters of a text or code block, as the model writes them."""

    type: BlockType
    text: str


@dataclass(frozen=True, slots=True)
class Executed:
    """The code block that just ended was run; `block` is what the model is shown of it."""

    execution: Execution
    block: Block


@dataclass(frozen=True, slots=True)
class Solved:
    """The end: the whole solution, with its answer. `note` says more where a model failed."""

    solution: Solution
    note: str = ""


Event = Delta | Executed | Solved


def solve(
    problem: str,
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox | None = None,
    options: Options | None = None,
    blocks: Sequence[Block] = (),
) -> Iterator[Event]:
    """Solve one problem, yielding events as they come; the last one is `Solved`.

    Args:
        problem: the question, at most 100,000 characters.
        model: who is asked.
        dialect: how it writes, one of `DIALECTS`' classes.
        sandbox: where code runs; default: one for this call.
        options: limits and sampling.
        blocks: what the solution begins with; the model goes on from there. Code among them is run first, in
            order, so that what it defines is there; only code that has no execution after it gives an event.

    Raises:
        ValueError: the problem is empty or too long, or an execution among `blocks` is of no code.
        SandboxError: the sandbox failed. What the code or the model does wrong is in the solution instead.

    Examples:
        >>> for event in solve("What is 17 * 23?", EmbeddedModel(), dialect=DIALECTS["markdown"]()):
        ...     if isinstance(event, Solved):
        ...         print(event.solution.answer)
    """
    events = asolve(problem, model, dialect=dialect, sandbox=sandbox, options=options, blocks=blocks)
    return in_own_loop(events)


def in_own_loop(items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """What an asynchronous generator yields, for callers without a loop. Left early, it is closed."""
    loop = asyncio.new_event_loop()
    try:
        while True:
            try:
                item = loop.run_until_complete(anext(items))
            except StopAsyncIteration:
                return
            yield item
    finally:
        loop.run_until_complete(items.aclose())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def asolve(
    problem: str,
    model: Model,
    *,
    dialect: Dialect,
    sandbox: Sandbox | None = None,
    options: Options | None = None,
    blocks: Sequence[Block] = (),
) -> AsyncGenerator[Event, None]:
    """`solve` for asyncio."""
    check_problem(problem)
    _check_blocks(blocks)
    if sandbox is None:
        with await asyncio.to_thread(Sandbox) as own:
            async for event in asolve(
                problem, model, dialect=dialect, sandbox=own, options=options, blocks=blocks
            ):
                yield event
        return
    async with sandbox.asession() as session:
        async for event in _Attempt(problem, model, dialect, session, options or Options()).events(blocks):
            yield event


def check_problem(problem: str) -> None:
    """Raises ValueError, one line, where a problem is empty or has more than `MAX_PROBLEM_CHARS` characters."""
    if not problem.strip():
        raise ValueError("the problem is empty")
    if len(problem) > MAX_PROBLEM_CHARS:
        raise ValueError(f"the problem has {len(problem):,} characters; at most {MAX_PROBLEM_CHARS:,} are taken")


def _check_blocks(blocks: Sequence[Block]) -> None:
    before = None
    for number, block in enumerate(blocks):
        if block.type == "execution" and before != "code":
            raise ValueError(f"blocks[{number}] is an execution, but there is no code right before it")
        before = block.type


class _Attempt:
    """One solution in the making."""

    def __init__(self, problem: str, model: Model, dialect: Dialect, session: Session, options: Options):
        self._problem = problem
        self._model = model
        self._dialect = dialect
        self._session = session
        self._options = options
        self._blocks: list[Block] = []
        self._failed: set[str] = set()  # code that has raised before
        self._end = time.monotonic() + options.seconds
        self._prompt_tokens = self._tokens = self._rounds = 0
        self._model_seconds = self._sandbox_seconds = 0.0

    async def events(self, given: Sequence[Block]) -> AsyncGenerator[Event, None]:
        async for executed in self._begin(given):
            yield executed
        ended: Ended | None = None
        note = ""
        turn = Turn((), runnable=False, finished=False)
        while ended is None:
            if self._rounds >= self._options.rounds:
                ended = "rounds"
            elif self._tokens >= self._options.tokens:
                ended = "tokens"
            else:
                try:
                    async for step in self._generate():
                        if isinstance(step, Turn):
                            turn = step
                        else:
                            yield step
                    ended = self._after(turn)
                except TimeoutError:
                    ended = "time"
                except ModelError as error:
                    ended, note = "model_error", str(error)
            if ended is None and turn.runnable:
                executed = await self._execute()
                yield executed
                if self._failed_before(executed.execution):
                    ended = "repeated_error"
        yield Solved(self._solution(ended), note)

    async def _begin(self, given: Sequence[Block]) -> AsyncGenerator[Executed, None]:
        """Take over blocks and run their code; an execution that is there stays as it is."""
        for block, after in zip_longest(given, given[1:]):
            if block.type == "execution":
                continue
            self._blocks.append(block)
            if block.type != "code":
                continue
            executed = await self._execute()
            self._failed_before(executed.execution)
            if after is not None and after.type == "execution":
                self._blocks[-1] = after
            else:
                yield executed

    async def _generate(self) -> AsyncGenerator[Delta | Turn, None]:
        """One generation: its deltas, then its turn, whose blocks are added to the solution.

        Raises:
            TimeoutError: the solution's time is up; what was written so far is kept.
            ModelError: from the model.
        """
        options = self._options
        request = self._dialect.request(
            self._problem,
            self._blocks,
            max_tokens=min(options.round_tokens, options.tokens - self._tokens),
            temperature=options.temperature,
            top_p=options.top_p,
            seed=options.seed,
        )
        self._rounds += 1
        splitter = self._dialect.splitter()
        written: list[str] = []
        last = Chunk()
        start = time.monotonic()
        stream = self._model.stream(request)
        try:
            while last.finish_reason is None and not splitter.done:
                try:
                    last = await asyncio.wait_for(anext(stream), max(self._end - time.monotonic(), 0))
                except StopAsyncIteration:
                    break
                written.append(valid_text(last.text))
                for kind, text in splitter.feed(written[-1]):
                    yield Delta(kind, text)
            for kind, text in splitter.close():
                yield Delta(kind, text)
        finally:
            await stream.aclose()
            self._model_seconds += time.monotonic() - start
            self._prompt_tokens += last.prompt_tokens
            # Some servers tell the tokens of a stream only at its end: if it was left before, one a chunk.
            self._tokens += last.completion_tokens or len(written)
            turn = self._dialect.read(
                "".join(written), finish_reason=last.finish_reason, stop=last.stop, tool_calls=last.tool_calls
            )
            blocks = tuple(Block(block.type, valid_text(block.content)) for block in turn.blocks)
            if options.round_decimals:
                blocks = tuple(Block(block.type, round_decimals(block.content)) for block in blocks)
            self._blocks += blocks
        if last.tool_calls and turn.runnable:  # a call comes whole, with the last chunk
            yield Delta("code", turn.blocks[-1].content)
        yield turn

    def _after(self, turn: Turn) -> Ended | None:
        if turn.runnable or turn.continues:
            return None
        if not self._blocks:
            return "empty"
        if turn.finished:
            return "answer" if final_answer(self._blocks) else "no_answer"
        return "tokens"

    def _failed_before(self, execution: Execution) -> bool:
        """Whether the code that was just run has failed now and before."""
        code = " ".join(self._blocks[-2].content.split())
        again = not execution.ok and code in self._failed
        if not execution.ok:
            self._failed.add(code)
        return again

    async def _execute(self) -> Executed:
        left = max(self._end - time.monotonic(), 0.1)
        start = time.monotonic()
        code = self._blocks[-1].content
        execution = await self._session.arun(code, min(left, self._session.timeout))
        self._sandbox_seconds += time.monotonic() - start
        shown = shorten_middle(execution.shown, self._options.output_chars)
        block = Block("execution", shown or self._dialect.empty_output)
        self._blocks.append(block)
        return Executed(execution, block)

    def _solution(self, ended: Ended) -> Solution:
        cost = Cost(self._prompt_tokens, self._tokens, self._rounds, self._model_seconds, self._sandbox_seconds)
        return Solution(tuple(self._blocks), final_answer(self._blocks), ended, cost)
