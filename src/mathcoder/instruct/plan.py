"""What a recipe of instruction data would take, and what stands in its way. Nothing is written, no model asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.instruct.stages import benchmark_questions, instruct_problems
from mathcoder.models import ModelError
from mathcoder.models.part import ModelPart
from mathcoder.publishing.tokens import TokenCounter

__all__ = ["Plan", "plan"]

T = TypeVar("T")

# Tokens of a request beside the question, of a reply, and requests of a solution: rough, for the order of things.
_AROUND, _REPLY, _ROUNDS = 700, 300, 2


@dataclass(slots=True)
class Plan:
    """What a recipe would take.

    Attributes:
        facts: figures to show, in order.
        notes: what should be known.
        problems: what has to be put right first; the recipe would fail.
    """

    facts: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])


def plan(recipe: InstructRecipe, *, limit: int | None = None) -> Plan:
    """Check what a recipe names, and estimate what it takes. Nothing is raised: `problems` has what is wrong."""
    found = Plan()

    def tried(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except (OSError, ValueError, ModelError) as error:
            found.problems.append(str(error))
            return None

    counter = tried(lambda: TokenCounter(recipe.check.tokenizer)) or TokenCounter("bytes")
    rows = tried(lambda: instruct_problems(recipe, limit)) or []
    items = tried(lambda: benchmark_questions(recipe.decontaminate)) or []
    for name in recipe.problems:
        found.facts[f"problems of {name}"] = f"{sum(row['source'] == name for row in rows):,}"
    found.facts["benchmark items"] = f"{len(items):,} to keep away from"
    question = sum(counter.count([row["question"] for row in rows])) / max(1, len(rows))
    taught = sum(recipe.problems[row["source"]].seed for row in rows)
    asked: list[tuple[str, ModelPart, int]] = []
    if recipe.seed:
        asked.append(("teacher", recipe.seed, taught * recipe.seed.samples * _ROUNDS))
    if recipe.interpolate and recipe.distil:
        new = recipe.interpolate
        asked.append(("new problems", new, new.count + 4 * min(new.judge, new.count)))
        asked.append(("student", recipe.distil, new.count * recipe.distil.samples * _ROUNDS))
    for name, part, calls in asked:
        tried(lambda part=part: _named(part))
        _cost(found, name, part, calls, question)
    if not asked:
        found.facts["model calls"] = "none"
    return found


def _named(part: ModelPart) -> None:
    """That the string means a model; a server is not asked yet."""
    if part.name != "embedded":
        part.open()


def _cost(found: Plan, name: str, part: ModelPart, calls: int, question: float) -> None:
    prompts, replies = round(calls * (_AROUND + question)), calls * _REPLY
    said = f"about {calls:,} calls to {part.called}: {prompts:,} tokens of prompts, {replies:,} of replies"
    if part.price:
        cost = (prompts * part.price[0] + replies * part.price[1]) / 1e6
        said += f", {cost:,.2f}"
        if part.max_cost and cost > part.max_cost:
            found.notes.append(
                f"{name}: max_cost {part.max_cost:,.2f} will be used up after {part.max_cost / cost:.0%}"
            )
    if part.max_tokens and prompts + replies > part.max_tokens:
        share = part.max_tokens / (prompts + replies)
        found.notes.append(f"{name}: max_tokens {part.max_tokens:,} will be used up after {share:.0%}")
    found.facts[name] = said
