"""A model for tests that writes, for each question and sample, a planned solution in the Markdown dialect."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from mathcoder.models import Chunk, ModelError, Request

Plan = tuple[str | None, str | None] | ModelError
"""A solution's code (None: there is none) and what it ends with (None: it is cut off), or how asking fails."""


class Student:
    """Answers sample n, told by its seed, of a question with plan n.

    Attributes:
        asked: how many requests came.
        told: prompts, in the order in which they came.
    """

    name = "student"

    def __init__(self, plans: Mapping[str, Sequence[Plan]], seed: int = 0):
        self.told: list[str] = []
        self._plans = plans
        self._seed = seed

    @property
    def asked(self) -> int:
        return len(self.told)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        prompt = str(request.prompt)
        self.told.append(prompt)
        question = prompt.rpartition("user\n")[2].partition("<|im_end|>")[0].partition("\n(A)")[0]
        plan = self._plans[question][request.seed - self._seed]
        if isinstance(plan, ModelError):
            raise plan
        code, end = plan
        if code is None or "```output" in prompt.rpartition("assistant\n")[2]:
            yield Chunk(end or "It goes on", "stop" if end else "length", prompt_tokens=5, completion_tokens=5)
        else:
            yield Chunk(f"```python\n{code}\n```\n", "stop", prompt_tokens=5, completion_tokens=5)

    async def aclose(self) -> None:
        """Nothing to free."""
