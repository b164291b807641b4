"""What the page asks of the Solve view's routes, checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mathcoder.solving import Options
from mathcoder.solving.loop import MAX_PROBLEM_CHARS

__all__ = ["MOST_VOTES", "Ask", "GoingOn", "Judge", "Servers", "Taken"]

MOST_VOTES = 16

_KeyEnv = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Servers(_Checked):
    """Which models there are. `key_env`: the environment variable with the key for OPENAI_BASE_URL."""

    key_env: _KeyEnv = "OPENAI_API_KEY"


class Taken(_Checked):
    """A problem of a benchmark, by its place in the split, from 0."""

    benchmark: str
    split: str = "test"
    number: Annotated[int, Field(ge=0)] = 0


class GoingOn(_Checked):
    """From where an earlier solution goes on: with other code in the place of one of its blocks of code.

    Attributes:
        solve: the id of what was asked before.
        vote: which of its solutions.
        block: the place of the code among the blocks of that solution; those before it are kept.
        code: what is run instead.
    """

    solve: str
    vote: Annotated[int, Field(ge=0)] = 0
    block: Annotated[int, Field(ge=0)]
    code: Annotated[str, Field(max_length=MAX_PROBLEM_CHARS)]


class Ask(_Checked):
    """A problem to solve, by whom, and how; one of `problem`, `taken` and `going_on` says which.

    Attributes:
        model: a string for `open_model`; "": the studio's.
        key_env: the environment variable that holds a server's key.
        system: the instruction before the question; None: the usual one of the model.
        examples: show worked examples; None: where the model needs them.
        votes: how many solutions; of several, number n is drawn with the seed plus n.
        verify: let the model check each answer with code, which weighs its vote.
    """

    problem: Annotated[str, Field(max_length=MAX_PROBLEM_CHARS)] | None = None
    taken: Taken | None = None
    going_on: GoingOn | None = None
    model: Annotated[str, Field(max_length=1000)] = ""
    key_env: _KeyEnv = "OPENAI_API_KEY"
    dialect: Literal["markdown", "mathcoder", "tools"] = "markdown"
    system: Annotated[str, Field(max_length=10_000)] | None = None
    examples: bool | None = None
    votes: Annotated[int, Field(ge=1, le=MOST_VOTES)] = 1
    verify: bool = False
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    rounds: Annotated[int, Field(ge=1, le=100)] = 16
    tokens: Annotated[int, Field(ge=1, le=100_000)] = 2048
    seconds: Annotated[float, Field(ge=0.1, le=3600)] = 300.0
    round_decimals: bool = False

    @model_validator(mode="after")
    def _one_problem(self) -> Ask:
        if sum(given is not None for given in (self.problem, self.taken, self.going_on)) != 1:
            raise ValueError("give one of problem, taken and going_on")
        if self.going_on is not None and self.votes != 1:
            raise ValueError("one solution goes on from another: votes must be 1")
        return self

    def options(self, vote: int) -> Options:
        """The limits and the sampling of one of the votes."""
        return Options(
            rounds=self.rounds,
            round_tokens=self.tokens,
            tokens=self.tokens,
            seconds=self.seconds,
            temperature=self.temperature,
            seed=self.seed + vote,
            round_decimals=self.round_decimals,
        )


class Judge(_Checked):
    """The reference of a problem is asked for, and whether answers are right."""

    taken: Taken
    answers: Annotated[list[str | None], Field(max_length=MOST_VOTES)] = []
