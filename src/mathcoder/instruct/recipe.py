"""What a recipe of instruction data says: whose problems, and what is made of them.

Every key has a default but `problems`. Paths are relative to the recipe's folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mathcoder.models.part import ModelPart
from mathcoder.runs.recipe import RecipePart, load_recipe

__all__ = [
    "CheckPart",
    "Converter",
    "DistilPart",
    "InstructRecipe",
    "InterpolatePart",
    "ProblemsPart",
    "SeedPart",
    "WritePart",
    "load_instruct_recipe",
]

Converter = Literal["gsm8k", "math", "deepmind", "stories"]
Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]


class ProblemsPart(RecipePart):
    """Problems with answers, of a train split.

    Attributes:
        benchmark: a name that `mathcoder benchmarks` lists; its train split is read.
        file: or a file of problems, JSON Lines with id, question and answer.
        stories: or so many word problems that are written here (`mathcoder.instruct.stories`).
        licence: of rows that do not state their own.
        limit: the first so many.
        derive: the converter that turns worked solutions into code: `gsm8k` (calculator annotations), `math`
            (LaTeX), `deepmind` (questions of its generator), `stories` (those written here); null: none.
        vary: so many problems with other numbers of each that was derived; only with the converter `gsm8k`.
        seed: whether the teacher of `seed` solves them.
        split: `train`; no other may become data to train on.
    """

    benchmark: str | None = None
    file: str | None = None
    stories: Positive | None = None
    licence: str | None = None
    limit: Positive | None = None
    derive: Converter | None = None
    vary: Annotated[int, Field(ge=0, le=100)] = 0
    seed: bool = True
    split: str = "train"

    @model_validator(mode="after")
    def _right(self) -> ProblemsPart:
        if sum(given is not None for given in (self.benchmark, self.file, self.stories)) != 1:
            raise ValueError("give either a benchmark, a file or stories")
        if (self.stories is None) != (self.derive != "stories"):
            raise ValueError("stories go with derive: stories, and nothing else does")
        if self.split != "train":
            raise ValueError(f"split is '{self.split}': only rows of a train split may be trained on")
        if self.vary and self.derive != "gsm8k":
            raise ValueError("vary needs derive: gsm8k; other solutions have no program of their numbers")
        return self


class SolvePart(ModelPart):
    """A model that solves.

    Attributes:
        dialect: how it writes solutions: markdown, mathcoder or tools.
        samples: solutions of each problem.
        rounds: generations of a solution, at most.
        solution_tokens: of a solution, at most.
    """

    temperature: Annotated[float, Field(ge=0)] = 0.7
    dialect: Literal["markdown", "mathcoder", "tools"] = "markdown"
    samples: Positive = 3
    rounds: Positive = 16
    solution_tokens: Positive = 2048


class SeedPart(SolvePart):
    """The teacher: its solutions stay where the answer is right and all code ran (MathCoder, section 2.1).

    Attributes:
        keep: at most so many of a problem, of different code.
    """

    keep: Positive = 4


class InterpolatePart(ModelPart):
    """Who writes new problems between an easy and a hard one (MathCoder, section 2.1).

    Attributes:
        easy: the name of a source of problems.
        hard: likewise.
        count: pairs that are shown.
        judge: of how many of the problems kept the difficulty is judged.
    """

    temperature: Annotated[float, Field(ge=0)] = 0.7
    easy: str
    hard: str
    count: Positive
    judge: Annotated[int, Field(ge=0)] = 100


class DistilPart(SolvePart):
    """The student: it solves the new problems, which stay where its answers agree.

    Attributes:
        agree: `all` of the answers, or a `majority`.
    """

    agree: Literal["all", "majority"] = "all"


class CheckPart(RecipePart):
    """What a solution must be.

    Attributes:
        max_tokens: of it, at most.
        tokenizer: what counts them; see the corpus.
        timeout: seconds of processor time of a block of code.
    """

    max_tokens: Positive = 1024
    tokenizer: str = "embedded"
    timeout: Annotated[float, Field(gt=0)] = 5.0


class DecontaminatePart(RecipePart):
    """Which benchmark items no problem may be like.

    Attributes:
        benchmarks: their test items; empty: all that can be had here without the network.
        n: tokens in an n-gram.
        threshold: least share of an item's n-grams in a question.
    """

    benchmarks: tuple[str, ...] = ()
    n: Positive = 13
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.8


class WritePart(RecipePart):
    """What comes out.

    Attributes:
        validation: share of the problems whose rows are held out; a problem and its variations stay together.
        seed: decides which.
    """

    validation: Share = 0.02
    seed: int = 0


class InstructRecipe(RecipePart):
    """Instruction data.

    Attributes:
        name: of the dataset.
        about: what it is, for the dataset card.
        problems: by the name of the source.
        seed_of_variation: which numbers `vary` takes.
        rename: also give the persons of varied problems other names.
        seed_of_stories: which stories are written.
        comments: whether code says in comments which words of the question its numbers come from; without, a
            solution has two thirds of the tokens.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    about: str = ""
    problems: Annotated[Mapping[str, ProblemsPart], Field(min_length=1)]
    seed_of_variation: int = 0
    rename: bool = True
    seed_of_stories: int = 0
    comments: bool = True
    seed: SeedPart | None = None
    interpolate: InterpolatePart | None = None
    distil: DistilPart | None = None
    check: CheckPart = CheckPart()
    decontaminate: DecontaminatePart = DecontaminatePart()
    write: WritePart = WritePart()

    @model_validator(mode="after")
    def _right(self) -> InstructRecipe:
        if (self.interpolate is None) != (self.distil is None):
            raise ValueError(
                "interpolate and distil go together: new problems have no answers but those agreed on"
            )
        for name in (self.interpolate.easy, self.interpolate.hard) if self.interpolate else ():
            if name not in self.problems:
                raise ValueError(f"interpolate names '{name}', which is no source of problems")
        if self.seed is None and not any(part.derive for part in self.problems.values()):
            raise ValueError("nothing makes solutions; give seed a teacher, or problems a converter (derive)")
        return self


def load_instruct_recipe(path: str | Path) -> InstructRecipe:
    """Read a recipe; its paths come out relative to the working directory.

    Raises:
        RecipeError: it cannot be read, or something in it is not known or not right.
    """
    recipe = load_recipe(path, InstructRecipe)
    folder = Path(path).parent
    problems = {
        name: part.model_copy(update={"file": os.path.normpath(folder / Path(part.file).expanduser())})
        if part.file
        else part
        for name, part in recipe.problems.items()
    }
    return recipe.model_copy(update={"problems": problems})
