"""What asking a model costs, and the limit on it."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import NamedTuple

from mathcoder.models.base import Chunk, Model, ModelError, Request

__all__ = ["Budget", "BudgetExceeded", "BudgetedModel", "Meter", "Price", "Usage"]


class BudgetExceeded(ModelError):
    """The budget is used up: nothing more is asked. What was answered before is not touched."""


class Price(NamedTuple):
    """Dollars, or another currency, for a million tokens of a prompt and of a reply."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked and what it cost.

    Attributes:
        requests: replies that were asked for; one that had to be asked for again counts once.
        retries: further tries for them.
        prompt_tokens: tokens of prompts, those of failed tries included.
        completion_tokens: tokens of replies, likewise.
        cost: in the currency of the price; 0 without one.
    """

    requests: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.retries + other.retries,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost + other.cost,
        )


class Meter:
    """Adds up usage, from any number of threads.

    Attributes:
        used: the sum so far.
    """

    def __init__(self) -> None:
        self.used = Usage()
        self._lock = threading.Lock()

    def add(self, usage: Usage) -> None:
        """Count it."""
        with self._lock:
            self.used += usage


class Budget(Meter):
    """A limit on tokens, on cost, or on both, for the models that are given it.

    When it is used up no new request is begun. Replies under way go on to their end, so the budget is overdrawn
    by at most what they cost: `in_flight` replies, each of the prompt and `max_tokens`.

    Args:
        max_tokens: most tokens of prompts and replies together.
        max_cost: most money, in the currency of the models' `Price`.
    """

    def __init__(self, max_tokens: int | None = None, max_cost: float | None = None):
        super().__init__()
        self.max_tokens = max_tokens
        self.max_cost = max_cost

    @property
    def used_up(self) -> bool:
        return bool(self._why())

    def check(self) -> None:
        """Raises BudgetExceeded, one line, where nothing is left."""
        if why := self._why():
            raise BudgetExceeded(f"the budget is used up: {why}; what is done is kept, more needs a larger budget")

    def _why(self) -> str:
        used = self.used
        if self.max_tokens is not None and used.tokens >= self.max_tokens:
            return f"{used.tokens:,} of {self.max_tokens:,} tokens"
        if self.max_cost is not None and used.cost >= self.max_cost:
            return f"{used.cost:,.4f} of {self.max_cost:,.4f} spent"
        return ""


class BudgetedModel:
    """Keeps a model that runs in this process within a budget; a `ServerModel` does so itself.

    Attributes:
        name: of the model.

    Args:
        model: who is asked.
        budget: the limit.
        price: what its tokens cost.
    """

    def __init__(self, model: Model, budget: Budget, price: Price | None = None):
        self.name = model.name
        self._model = model
        self._budget = budget
        self._price = price

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Yield the model's reply. Raises BudgetExceeded where the budget is used up, and ModelError."""
        self._budget.check()
        last = Chunk()
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    last = chunk
                    yield chunk
        finally:
            prompt, completion = last.prompt_tokens, last.completion_tokens
            cost = self._price.of(prompt, completion) if self._price else 0.0
            self._budget.add(Usage(1, 0, prompt, completion, cost))

    async def aclose(self) -> None:
        """Close the model."""
        await self._model.aclose()
