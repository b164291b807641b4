"""A model lists the computations of a text (MathCoder2, arXiv 2410.08196, section 2.2).

It is shown a passage at a time and what was defined before, and writes for each computation its conditions, its
expression, its result and Python that computes it. Nothing is believed: what it wrote is data, to be verified.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from contextlib import aclosing
from functools import cache
from importlib import resources
from typing import Any

from mathcoder.computation import Computation
from mathcoder.models.base import Chunk, Model, ModelError, Request
from mathcoder.models.budget import BudgetExceeded, Meter, Price, Usage
from mathcoder.translation.locate import Places, kind_of
from mathcoder.translation.parse_reply import parse_reply
from mathcoder.translation.passages import Passage, Span, has_mathematics, paragraphs, passages
from mathcoder.translation.symbolic import Skipped, Translation

__all__ = ["ModelTranslator", "request_of"]


class ModelTranslator:
    """Translates texts by asking a model.

    A passage that the model failed on, and a piece of a reply that cannot be read, are skipped with the reason.
    Where the model's budget is used up (`mathcoder.models.Budget`), what was not asked is skipped too, and
    `stopped` says so. Ask a `CachedModel`, and the replies that came before are not paid for again.

    Attributes:
        prompt_hash: the beginning of the SHA-256 of what each request says but for the passage.
        replayed: replies that came from a cache.
        stopped: why no more is asked; "" as long as more is.

    Args:
        model: who is asked, with chat messages.
        max_tokens: most tokens of a reply.
        temperature: 0 is greedy.
        seed: of the sampler.
        concurrency: requests at a time.
        max_characters: of a passage.
        examples: show the model two worked examples, some 700 tokens in each request.
        price: of the model's tokens, for `usage`.

    Raises:
        ValueError: a number is out of its range.

    Examples:
        >>> translator = ModelTranslator(open_model("openai:gpt-4.1-mini", cache="replies"))
        >>> for computation in translator.translate(text).computations:
        ...     print(computation.expression, "=", computation.result)
    """

    def __init__(
        self,
        model: Model,
        *,
        max_tokens: int = 2048,
        temperature: float = 0.0,
        seed: int = 0,
        concurrency: int = 16,
        max_characters: int = 4000,
        examples: bool = True,
        price: Price | None = None,
    ):
        for name, value in (
            ("max_tokens", max_tokens),
            ("concurrency", concurrency),
            ("max_characters", max_characters),
        ):
            if value < 1:
                raise ValueError(f"{name} is {value}: it must be 1 or more")
        self.prompt_hash = _hash_of(examples)
        self.replayed = 0
        self.stopped = ""
        self._model = model
        self._max_tokens = max_tokens
        self._temperature = temperature
        self._seed = seed
        self._concurrency = concurrency
        self._most = max_characters
        self._examples = examples
        self._price = price
        self._meter = Meter()

    @property
    def usage(self) -> Usage:
        """What was asked and what it cost, replies from a cache not counted."""
        return self._meter.used

    def translate(self, text: str) -> Translation:
        """The computations of a text, sorted by span, and what was skipped."""
        return asyncio.run(self.atranslate(text))

    async def atranslate(self, text: str) -> Translation:
        """`translate` for asyncio."""
        return await self._translate(text, None, asyncio.Semaphore(self._concurrency))

    def translate_rest(self, text: str, symbolic: Translation) -> Translation:
        """Ask the model about what the symbolic translator found nothing in.

        The model sees only the paragraphs that have mathematics and no computation of `symbolic`.

        Args:
            text: the text that `symbolic` is the translation of.
            symbolic: its computations are kept; what it skipped is too, where the model found nothing either.
        """
        return asyncio.run(self.atranslate_rest(text, symbolic))

    async def atranslate_rest(self, text: str, symbolic: Translation) -> Translation:
        """`translate_rest` for asyncio."""
        return await self._translate(text, symbolic, asyncio.Semaphore(self._concurrency))

    def translate_many(
        self, texts: Iterable[str], symbolic: Callable[[str], Translation] | None = None
    ) -> Generator[Translation, None, None]:
        """Translate texts, as many at once as `concurrency` allows; translations come in order, lazily.

        Args:
            texts: taken as they are needed.
            symbolic: where given, it is asked first and the model about the rest (`translate_rest`).

        Raises:
            BudgetExceeded: in the place of the first text that could not be asked about whole. The replies that
                were under way came to their end and, with a cache, are kept.
        """
        items = self.atranslate_many(texts, symbolic)

        async def following() -> Translation | None:
            return await anext(items, None)

        with asyncio.Runner() as runner:
            try:
                while (translation := runner.run(following())) is not None:
                    yield translation
            finally:
                runner.run(items.aclose())

    async def atranslate_many(
        self, texts: Iterable[str], symbolic: Callable[[str], Translation] | None = None
    ) -> AsyncGenerator[Translation, None]:
        """`translate_many` for asyncio."""
        gate = asyncio.Semaphore(self._concurrency)
        source = iter(texts)
        running: deque[asyncio.Task[Translation]] = deque()
        try:
            while True:
                while len(running) < 2 * self._concurrency and not self.stopped:
                    if (text := next(source, None)) is None:
                        break
                    first = symbolic(text) if symbolic else None
                    running.append(asyncio.create_task(self._translate(text, first, gate)))
                    await asyncio.sleep(0)  # its requests begin while the next text is looked at
                if not running:
                    break
                translation = await running[0]
                if any(skip.reason.startswith(_NOT_ASKED) for skip in translation.skipped):
                    await asyncio.gather(*running)
                    break
                running.popleft()
                yield translation
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        if self.stopped:
            raise BudgetExceeded(self.stopped)

    async def _translate(self, text: str, symbolic: Translation | None, gate: asyncio.Semaphore) -> Translation:
        only = None if symbolic is None else _rest(text, symbolic, self._most)
        asked = list(passages(text, self._most, only))
        replies = await asyncio.gather(*(self._ask(passage, gate) for passage in asked))
        computations: list[Computation] = []
        skipped: list[Skipped] = []
        for passage, (reply, failure) in zip(asked, replies, strict=True):
            found, left = _read(reply, passage, text)
            computations += found
            skipped += left
            if failure:
                skipped.append(Skipped(passage.span, failure))
        if symbolic:
            places = [computation.span for computation in computations]
            skipped += [skip for skip in symbolic.skipped if not any(_meet(skip.span, span) for span in places)]
            computations += symbolic.computations
        return Translation(
            tuple(sorted(computations, key=lambda each: each.span)),
            tuple(sorted(skipped, key=lambda skip: skip.span)),
        )

    async def _ask(self, passage: Passage, gate: asyncio.Semaphore) -> tuple[str, str]:
        """The reply, and what went wrong with it or ""."""
        request = Request(
            _messages(passage, self._examples),
            max_tokens=self._max_tokens,
            temperature=self._temperature,
            seed=self._seed,
        )
        if len(passage.text) > _LONGEST * self._most:
            return "", f"longer than {_LONGEST * self._most:,} characters, and there is no place to cut it"
        async with gate:
            if self.stopped:
                return "", f"{_NOT_ASKED}: {self.stopped}"
            parts: list[str] = []
            last = Chunk()
            try:
                async with aclosing(self._model.stream(request)) as chunks:
                    async for chunk in chunks:
                        last = chunk
                        parts.append(chunk.text)
            except BudgetExceeded as error:
                self.stopped = str(error)
                return "", f"{_NOT_ASKED}: {error}"
            except ModelError as error:
                return "", f"the model failed: {error}"
            finally:
                self._count(last)
        cut = f"the reply was cut off at {self._max_tokens} tokens" if last.finish_reason == "length" else ""
        return "".join(parts), cut

    def _count(self, last: Chunk) -> None:
        if last.cached:
            self.replayed += 1
        elif last.finish_reason is not None:
            prompt, completion = last.prompt_tokens, last.completion_tokens
            cost = self._price.of(prompt, completion) if self._price else 0.0
            self._meter.add(Usage(1, 0, prompt, completion, cost))


_NOT_ASKED = "not asked"
_LONGEST = 4  # times as many characters as a passage should have


def _rest(text: str, symbolic: Translation, most: int) -> list[Span]:
    """The paragraphs with mathematics in which there is no computation."""
    spans = [computation.span for computation in symbolic.computations]
    return [
        paragraph
        for paragraph in paragraphs(text, most)
        if has_mathematics(text[slice(*paragraph)]) and not any(_meet(paragraph, span) for span in spans)
    ]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


# What the model is asked.


def _messages(passage: Passage, examples: bool) -> list[dict[str, Any]]:
    messages = [{"role": "system", "content": _prompt("instruction")}]
    for name in ("example_1", "example_2") if examples else ():
        known = _prompt(f"{name}.known").splitlines()
        messages.append({"role": "user", "content": _question(_prompt(f"{name}.text"), known)})
        messages.append({"role": "assistant", "content": _prompt(f"{name}.reply")})
    return [*messages, {"role": "user", "content": _question(passage.text, passage.known)}]


def request_of(passage: Passage, *, examples: bool = True) -> str:
    """All that a request about a passage says, as one text: to count its tokens beforehand."""
    return "\n\n".join(message["content"] for message in _messages(passage, examples))


def _hash_of(examples: bool) -> str:
    said = json.dumps([*_messages(Passage(((0, 0),), ""), examples), _prompt("question")])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _question(text: str, known: Sequence[str]) -> str:
    stated = "".join(f"- ${formula}$\n" for formula in known)
    before, after = _prompt("question").split("{text}")
    return before.replace("{known}", f"Known so far:\n\n{stated}\n" if stated else "") + text + after


@cache
def _prompt(name: str) -> str:
    """A file of the folder `prompts`; "" where there is none."""
    file = resources.files("mathcoder.translation") / "prompts" / f"{name}.md"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


# What it replied.


def _read(reply: str, passage: Passage, text: str) -> tuple[list[Computation], list[Skipped]]:
    parsed = parse_reply(reply)
    places = Places(text, passage.spans)
    computations = [
        Computation(
            parts.conditions,
            parts.expression,
            parts.result,
            parts.code,
            places.find(parts.expression, parts.result) or passage.span,
            parts.kind if re.fullmatch(r"[a-z][a-z -]{1,24}", parts.kind) else kind_of(parts.expression),
        )
        for parts in parsed.computations
    ]
    return computations, [Skipped(passage.span, f"{reason}: {excerpt}") for excerpt, reason in parsed.skipped]
