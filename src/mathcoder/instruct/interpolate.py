"""MathCodeInstruct's second step (arXiv 2310.03731, section 2.2): new problems between an easy and a hard one.

A model is shown the two and writes a third. What it wrote is kept where it is one well-formed problem without its
solution, no copy of the two and none of the problems that are known. Its answer is found by the next step. Whether
the difficulty lies between is judged by a model, for pairs of problems shown in both orders.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from mathcoder.instruct.asking import Origin, check_training, replies
from mathcoder.instruct.prompting import chat, prompt_hash, without_thoughts
from mathcoder.instruct.question_checks import KnownItems, copied_share, ill_formed, similarity
from mathcoder.models.base import Model, Request
from mathcoder.problems import Problem

__all__ = ["Interpolated", "Parents", "draw_parents", "interpolate", "read_problem"]

_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Parents:
    """The two problems that a model is shown."""

    easy: Problem
    hard: Problem


@dataclass(frozen=True, slots=True)
class Interpolated:
    """What a model made of two problems.

    Attributes:
        question: the new problem as it was read from the reply; "" where none was.
        reply: all that the model wrote.
        reason: why it is not kept, "" where it is: "a copy of" the easy problem, the hard problem, a worked
            example or a known problem, what `ill_formed` says, "no problem in the reply", "the reply was cut
            off", or "model error: ...".
        copy_of: the id of the problem that it is a copy of; "" of a worked example.
    """

    parents: Parents
    question: str
    reply: str
    origin: Origin
    reason: str = ""
    copy_of: str = ""

    @property
    def kept(self) -> bool:
        return not self.reason

    def problem(self) -> Problem:
        """The new problem, of the split train and without an answer. Its id is made from its text."""
        easy, hard = self.parents.easy, self.parents.hard
        return Problem(
            f"interpolated/{hashlib.sha256(self.question.encode()).hexdigest()[:16]}",
            self.question,
            "",
            split="train",
            source=f"between {easy.id} and {hard.id} by {self.origin.model}",
            licence=" and ".join(dict.fromkeys(filter(None, (easy.licence, hard.licence)))),
        )


def draw_parents(easy: Sequence[Problem], hard: Sequence[Problem], count: int, seed: int) -> list[Parents]:
    """`count` different pairs, drawn by chance: the same for the same lists and seed.

    Raises:
        ValueError: there are not so many pairs, or a problem is of the split test. The message is one line.
    """
    check_training([*easy, *hard])
    pairs = len(easy) * len(hard)
    if not 0 <= count <= pairs:
        raise ValueError(f"{count} pairs of {len(easy)} easy and {len(hard)} hard problems: there are {pairs}")
    drawn = random.Random(f"parents {seed}").sample(range(pairs), count)
    return [Parents(easy[number // len(hard)], hard[number % len(hard)]) for number in drawn]


def interpolate(
    pairs: Sequence[Parents],
    model: Model,
    *,
    known: KnownItems | None = None,
    copied: float = 0.5,
    alike: float = 0.75,
    temperature: float = 0.7,
    top_p: float = 0.95,
    seed: int = 0,
    max_tokens: int = 1024,
    concurrency: int = 16,
) -> Generator[Interpolated, None, None]:
    """A new problem for each pair, in order, kept or with the reason why not.

    Args:
        pairs: as `draw_parents` draws them.
        model: who is asked, with chat messages. A `CachedModel` is not asked again for what it answered.
        known: the seeds and the benchmarks that a new problem must not be.
        copied: the least share of 8-grams in common with a parent that makes it a copy (`copied_share`).
        alike: the least `similarity` to a parent that makes it a copy, in which numbers do not count.
        temperature: 0 is greedy.
        top_p: nucleus mass, used when temperature > 0.
        seed: of the sampler for the first pair; for each that follows one more.
        max_tokens: most tokens of a reply.
        concurrency: requests at a time.

    Raises:
        ValueError: before any work: a problem is of the split test, or `concurrency` is below 1.
        BudgetExceeded: in the place of the first pair that was not answered.
    """
    for each in pairs:
        check_training((each.easy, each.hard))
    said = prompt_hash(_messages("{easy}", "{hard}"))
    asked = (
        Request(
            _messages(each.easy.question, each.hard.question),
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed + number,
        )
        for number, each in enumerate(pairs)
    )
    told = replies(asked, model, concurrency)

    def interpolated() -> Generator[Interpolated, None, None]:
        with closing(told):
            for number, (parents, reply) in enumerate(zip(pairs, told, strict=True)):
                question = read_problem(reply.text)
                reason = reply.fault or ("" if question else "no problem in the reply") or ill_formed(question)
                copy_of = ""
                if not reason:
                    reason, copy_of = _copied(parents, question, known, copied, alike)
                origin = Origin(model.name, said, "chat", seed + number, 0)
                yield Interpolated(parents, question, reply.text, origin, reason, copy_of)

    return interpolated()


@cache
def _worked() -> tuple[str, ...]:
    """The new problems of the worked examples, which a small model likes to write again."""
    return tuple(read_problem(each["content"]) for each in _messages("", "") if each["role"] == "assistant")


def _messages(easy: str, hard: str) -> list[dict[str, str]]:
    return chat("interpolate", {"easy": easy, "hard": hard}, _EXAMPLES)


_MARKED = re.compile(r"<problem>(.*?)(?:</problem>|\Z)", re.DOTALL | re.IGNORECASE)
_LEAD = re.compile(
    r"\A(?:(?:sure|certainly|of course|okay|here(?:'s| is| are))\b[^\n]*[:!]\s*\n+"
    r"|here(?:'s| is)\b[^\n:]*\bproblem\b[^\n:]*:\s*"
    r"|[#*_\s]*(?:(?:the|a|new|medium|intermediate)\s+)*(?:problem|question)(?:\s+statement)?[*_]*\s*"
    r"(?::[*_]*\s*|\n+))",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\A(?:```\w*\n(.*?)\n?```|\*\*([^*]*)\*\*|\"([^\"]*)\")\Z", re.DOTALL)


def read_problem(reply: str) -> str:
    """The problem that a model wrote: what it marked as such, else all it wrote but an introduction.

    Where it marked several they stay apart by their marks, and are no well-formed problem.
    """
    text = without_thoughts(reply).replace("\u200b", "").replace("\r\n", "\n").strip()
    marked = [found.strip() for found in _MARKED.findall(text)]
    if len(marked) > 1:
        return text
    text = marked[0] if marked else text
    before = None
    while text != before:
        before = text
        text = _LEAD.sub("", text, count=1).strip()
        text = _WRAPPED.sub(lambda whole: whole[whole.lastindex or 0], text).strip()
    return text


def _copied(
    parents: Parents, question: str, known: KnownItems | None, copied: float, alike: float
) -> tuple[str, str]:
    """Of what a question is a copy, in words and by id."""
    shown = [
        ("the easy problem", parents.easy.question, parents.easy.id),
        ("the hard problem", parents.hard.question, parents.hard.id),
        *(("a worked example", text, "") for text in _worked()),
    ]
    for name, text, id in shown:
        if copied_share(question, text) >= copied or similarity(question, text) >= alike:
            return f"a copy of {name}", id
    item = known.inside(question) if known else ""
    return ("a copy of a known problem", item) if item else ("", "")
