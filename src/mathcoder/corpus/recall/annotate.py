"""A model says which of the seven types a text is (MathCoder2, arXiv 2410.08196, section 2.1).

It is shown the beginning of a text, a block of at most 5,000 characters. What it replies is read for a number from
1 to 7; a reply that says none, or several, is told as unreadable, never guessed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import aclosing
from functools import cache
from importlib import resources

from mathcoder.corpus.recall.labels import TYPES, Label, Unlabelled
from mathcoder.models.base import Chunk, Model, ModelError, Request
from mathcoder.models.budget import BudgetExceeded
from mathcoder.translation.passages import paragraphs

__all__ = ["ModelLabeller", "block_of", "read_reply"]

BLOCK = 5_000  # characters that a model is shown
_REASON = 200  # characters of a reply that are kept
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_NUMBER = r"\W{0,12}([1-7])(?![\d%]|\.\d)"
_STATED = re.compile(
    rf"\b(?:type|category|class|label|answer)s?(?:\W{{1,3}}(?:number|no|is))*{_NUMBER}", re.IGNORECASE
)
_ALONE = re.compile(rf"^{_NUMBER}", re.MULTILINE)
_MORE = re.compile(r"\W{0,3}(?:,|;|/|-|–|&|\bor\b|\band\b|\bto\b)\W{0,12}(?:type\W{1,3})?\d", re.IGNORECASE)


class ModelLabeller:
    """Labels texts by asking a model, many at once.

    Attributes:
        replayed: replies that came from a cache.
        stopped: why no more is asked, where the model's budget is used up; else "".

    Args:
        model: who is asked, with chat messages. A `CachedModel` is not paid twice.
        max_tokens: most tokens of a reply.
        concurrency: requests at a time.
        seed: of the sampler.

    Raises:
        ValueError: a number is out of its range.
    """

    def __init__(self, model: Model, *, max_tokens: int = 256, concurrency: int = 16, seed: int = 0):
        for name, value in (("max_tokens", max_tokens), ("concurrency", concurrency)):
            if value < 1:
                raise ValueError(f"{name} is {value}: it must be 1 or more")
        self.replayed = 0
        self.stopped = ""
        self._model = model
        self._max_tokens = max_tokens
        self._concurrency = concurrency
        self._seed = seed

    def __call__(self, texts: Sequence[str]) -> list[Label | Unlabelled]:
        """The labels of texts, in their order; `Unlabelled` for one that the model said no type of."""
        return asyncio.run(self.alabel(texts))

    async def alabel(self, texts: Sequence[str]) -> list[Label | Unlabelled]:
        """The same for asyncio."""
        found: list[Label | Unlabelled] = [Unlabelled("not asked")] * len(texts)
        waiting = iter(range(len(texts)))

        async def work() -> None:
            for at in waiting:
                found[at] = await self._label(texts[at])

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._concurrency, len(texts))):
                group.create_task(work())
        return found

    async def _label(self, text: str) -> Label | Unlabelled:
        if self.stopped:
            return Unlabelled(f"not asked: {self.stopped}")
        before, after = _prompt("question").split("{text}")
        messages = [
            {"role": "system", "content": _prompt("instruction")},
            {"role": "user", "content": before + block_of(text) + after},
        ]
        request = Request(messages, max_tokens=self._max_tokens, seed=self._seed)
        parts: list[str] = []
        last = Chunk()
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    last = chunk
                    parts.append(chunk.text)
        except BudgetExceeded as error:
            self.stopped = str(error)
            return Unlabelled(f"not asked: {error}")
        except ModelError as error:
            return Unlabelled(f"the model failed: {error}")
        self.replayed += last.cached
        reply = "".join(parts)
        shown = " ".join(reply.split())[:_REASON]
        if (kind := read_reply(reply)) is not None:
            return Label(kind, shown)
        if last.finish_reason == "length":
            return Unlabelled(f"the reply was cut off at {self._max_tokens} tokens: {shown}")
        return Unlabelled(f"unreadable reply: {shown or '(empty)'}")


def block_of(text: str, most: int = BLOCK) -> str:
    """The first block of a text: whole paragraphs of at most so many characters together, their formulas uncut."""
    end = 0
    for _, place in paragraphs(text[: 2 * most], most):
        if place > most:
            break
        end = place
    return text[: end or most].strip()


def read_reply(reply: str) -> int | None:
    """The one type, 1 to 7, that a reply states: by its number, else by its name; None for none or several."""
    text = _THOUGHTS.sub(" ", reply).replace("*", "").replace("`", "")
    for pattern in (_STATED, _ALONE):
        stated = list(pattern.finditer(text))
        if stated:
            several = any(_MORE.match(text, match.end()) for match in stated)
            kinds = {int(match[1]) for match in stated}
            return kinds.pop() if len(kinds) == 1 and not several else None
    named = {kind for kind, name in TYPES.items() if kind != 7 and name in text.lower()}
    if not named and re.fullmatch(r"\W*(?:type\W+)?other\W*", text, re.IGNORECASE):
        named = {7}
    return named.pop() if len(named) == 1 else None


@cache
def _prompt(name: str) -> str:
    file = resources.files("mathcoder.corpus.recall") / "prompts" / f"{name}.md"
    return file.read_text(encoding="utf-8").strip()
