"""What a corpus recipe says: sources, and how each stage treats them.

Every key has a default but `sources`; a stage whose section is left out is not run (recall, duplicates,
contamination, translate). Paths are relative to the recipe's folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mathcoder.corpus.sources import PACKAGES, Fields, Limits, SourceSpec
from mathcoder.models.part import ModelPart
from mathcoder.publishing.licences import Allowed
from mathcoder.runs.recipe import RecipePart, load_recipe
from mathcoder.verification import Verdict

__all__ = [
    "CleanPart",
    "ContaminationPart",
    "CorpusRecipe",
    "DuplicatesPart",
    "Form",
    "LicencesPart",
    "MixPart",
    "RecallPart",
    "SourcePart",
    "TranslatePart",
    "TranslatorPart",
    "VerifyPart",
    "WritePart",
    "load_corpus_recipe",
    "source_specs",
    "with_paths",
]

Form = Literal["document", "steps", "interleaved"]
Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]


class SourcePart(RecipePart):
    """A source.

    Attributes:
        kind: web, textbook, code or text.
        paths: files, folders, globs, and addresses (s3://, gs://, hf://, https://).
        licence: of the documents that do not state their own.
        about: a line for the dataset card.
        columns: what a table's columns are called, where that is not recognised.
        packages: for code: one of these must be imported; empty: any program.
        recall: whether the classifier judges it; default: web sources only.
        translate: whether it is translated into code; default: all but code.
        forms: default: those of `write`; of a source that is not translated, the document.
        tokens: at most so many of it go into the mix.
        weight: its share of the mix, beside the weights of others.
        expected_tokens: about how many it has before cleaning, for `--dry-run` where the files are not here.
    """

    kind: Literal["web", "textbook", "code", "text"]
    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    licence: str | None = None
    about: str = ""
    columns: Mapping[str, str] = Field(default_factory=dict[str, str])
    packages: tuple[str, ...] = PACKAGES
    recall: bool | None = None
    translate: bool | None = None
    forms: tuple[Form, ...] | None = None
    tokens: Positive | None = None
    weight: Annotated[float, Field(gt=0)] | None = None
    expected_tokens: Positive | None = None

    @model_validator(mode="after")
    def _right(self) -> SourcePart:
        known = [field.name for field in fields(Fields)]
        if unknown := sorted(set(self.columns) - set(known)):
            raise ValueError(f"columns has '{unknown[0]}'; it can name {', '.join(known)}")
        if self.tokens is not None and self.weight is not None:
            raise ValueError("tokens and weight exclude each other; give one")
        return self

    @property
    def recalled(self) -> bool:
        """Whether the classifier judges it."""
        return self.kind == "web" if self.recall is None else self.recall

    @property
    def translated(self) -> bool:
        """Whether it is translated."""
        return self.kind != "code" if self.translate is None else self.translate


class LicencesPart(RecipePart):
    """Which licences may go in.

    Attributes:
        allow: SPDX names, and families of licences such as permissive; null: all, as long as one licence for the
            whole can be given.
        unstated: what becomes of documents whose licence is not known.
    """

    allow: tuple[str, ...] | None = None
    unstated: Literal["keep", "drop"] = "keep"

    @model_validator(mode="after")
    def _right(self) -> LicencesPart:
        Allowed(self.allow, self.unstated)
        return self


class RecallPart(RecipePart):
    """Which pages are mathematics (MathCoder2, section 2.1).

    Attributes:
        model: a file of `mathcoder corpus recall train`; null: rules of formulas and vocabulary decide.
        threshold: least score that stays; null: the one that the model file was made with.
    """

    model: str | None = None
    threshold: Share | None = None

    @model_validator(mode="after")
    def _right(self) -> RecallPart:
        if self.threshold is not None and self.model is None:
            raise ValueError("threshold is that of a model; rules have none")
        return self


class CleanPart(RecipePart):
    """What is cleaned away; see `mathcoder.corpus.clean.CleanRules`.

    Attributes:
        languages: codes; empty: any.
        rules: other values for the rules.
    """

    languages: tuple[str, ...] = ("en",)
    rules: Mapping[str, bool | int | float] = Field(default_factory=dict[str, bool | int | float])


class DuplicatesPart(RecipePart):
    """Which documents are copies.

    Attributes:
        near: also near copies, by MinHash; else exact copies only.
        threshold: least Jaccard similarity of near copies.
        shingle: words in a shingle.
        keep: which copy stays, `longest` or `first` by id, after the order of sources.
        prefer: names of sources, best first.
    """

    near: bool = True
    threshold: Share = 0.5
    shingle: Positive = 5
    keep: Literal["longest", "first"] = "longest"
    prefer: tuple[str, ...] = ()


class ContaminationPart(RecipePart):
    """Which benchmark items must not be in the corpus.

    Attributes:
        benchmarks: names that `mathcoder benchmarks` lists; their test items.
        files: problems, as JSON Lines with `id` and `question`.
        n: tokens in an n-gram.
        threshold: least share of an item's n-grams in a passage.
        action: drop the document, or cut the passage.
    """

    benchmarks: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    n: Positive = 13
    threshold: Share = 0.8
    action: Literal["drop", "cut"] = "drop"

    @model_validator(mode="after")
    def _right(self) -> ContaminationPart:
        if not self.benchmarks and not self.files:
            raise ValueError("name benchmarks or files to look for")
        return self


class TranslatorPart(ModelPart):
    """A model that is asked to translate.

    Attributes:
        rest: ask only about what parsing found nothing in; false: about everything, without parsing.
        reply_tokens: of a reply, at most.
        characters: of a text that are shown at a time.
    """

    rest: bool = True
    reply_tokens: Positive = 2048
    characters: Positive = 4000


class VerifyPart(RecipePart):
    """How the code is verified.

    Attributes:
        timeout: seconds of processor time of a program.
        memory: MiB of a program.
        keep: verdicts of the computations that go into the corpus.
    """

    timeout: Annotated[float, Field(gt=0)] = 5.0
    memory: Positive = 512
    keep: Annotated[tuple[Verdict, ...], Field(min_length=1)] = ("verified",)


class TranslatePart(RecipePart):
    """How computations are found.

    Attributes:
        model: asked beside the symbolic translator, or instead of it; null: symbols only.
        verify: how their code is verified.
    """

    model: TranslatorPart | None = None
    verify: VerifyPart = VerifyPart()


class WritePart(RecipePart):
    """What the rows of the corpus are.

    Attributes:
        forms: `document` (the text as it is), `steps` (MathCoder2's form: conditions, expression, result and code
            of each computation) and `interleaved` (the text with each program and its output at its step).
        tokenizer: what counts the tokens: `embedded` (of SmolLM2), `bytes`, a `tokenizer.json` or its folder, or
            the name of one on the Hugging Face Hub.
    """

    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = ("document", "steps")
    tokenizer: str = "embedded"


class MixPart(RecipePart):
    """How much of each source goes in.

    Attributes:
        tokens: of the whole, at most.
        seed: decides which documents stay where not all do.
    """

    tokens: Positive | None = None
    seed: int = 0


class CorpusRecipe(RecipePart):
    """A corpus.

    Attributes:
        name: of the dataset.
        about: what it is, for the dataset card.
        sources: by name.
        limits: what is too much of a file, a page, a line (`mathcoder.corpus.sources.Limits`).
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    about: str = ""
    sources: Annotated[Mapping[str, SourcePart], Field(min_length=1)]
    limits: Mapping[str, float] = Field(default_factory=dict[str, float])
    licences: LicencesPart = LicencesPart()
    recall: RecallPart | None = None
    clean: CleanPart = CleanPart()
    duplicates: DuplicatesPart | None = None
    contamination: ContaminationPart | None = None
    translate: TranslatePart | None = None
    write: WritePart = WritePart()
    mix: MixPart = MixPart()

    @model_validator(mode="after")
    def _right(self) -> CorpusRecipe:
        if self.duplicates and (unknown := sorted(set(self.duplicates.prefer) - set(self.sources))):
            raise ValueError(f"duplicates.prefer names '{unknown[0]}', which is no source")
        known = [field.name for field in fields(Limits)]
        if unknown := sorted(set(self.limits) - set(known)):
            raise ValueError(f"limits has '{unknown[0]}'; it can name {', '.join(known)}")
        for name, source in self.sources.items():
            if self.forms(name) != ("document",) and not (self.translate and source.translated):
                raise ValueError(f"source '{name}' asks for forms with code, but is not translated")
        return self

    def forms(self, name: str) -> tuple[Form, ...]:
        """The forms of a source's rows."""
        source = self.sources[name]
        translated = self.translate is not None and source.translated
        return source.forms or (self.write.forms if translated else ("document",))


def load_corpus_recipe(path: str | Path) -> CorpusRecipe:
    """Read a recipe; its paths come out relative to the working directory.

    Raises:
        RecipeError: it cannot be read, or something in it is not known or not right.
    """
    recipe = load_recipe(path, CorpusRecipe)
    folder = Path(path).parent
    sources = {
        name: source.model_copy(update={"paths": tuple(_beside(folder, one) for one in source.paths)})
        for name, source in recipe.sources.items()
    }
    changed: dict[str, Any] = {"sources": sources}
    if recipe.recall and recipe.recall.model:
        changed["recall"] = recipe.recall.model_copy(update={"model": _beside(folder, recipe.recall.model)})
    if recipe.contamination:
        files = tuple(_beside(folder, one) for one in recipe.contamination.files)
        changed["contamination"] = recipe.contamination.model_copy(update={"files": files})
    if Path(recipe.write.tokenizer).suffix == ".json" or recipe.write.tokenizer.startswith("."):
        tokenizer = _beside(folder, recipe.write.tokenizer)
        changed["write"] = recipe.write.model_copy(update={"tokenizer": tokenizer})
    return recipe.model_copy(update=changed)


def _beside(folder: Path, path: str) -> str:
    if "://" in path:
        return path
    return os.path.normpath(folder / Path(path).expanduser())


def with_paths(recipe: CorpusRecipe, paths: Mapping[str, str]) -> CorpusRecipe:
    """The recipe with sources read from elsewhere, each from one path.

    Raises:
        ValueError: there is no source of that name.
    """
    if unknown := sorted(set(paths) - set(recipe.sources)):
        raise ValueError(f"there is no source '{unknown[0]}'; there are {', '.join(recipe.sources)}")
    sources = {
        name: source.model_copy(update={"paths": (paths[name],)}) if name in paths else source
        for name, source in recipe.sources.items()
    }
    return recipe.model_copy(update={"sources": sources})


def source_specs(recipe: CorpusRecipe) -> list[SourceSpec]:
    """The sources as the readers take them, in the order of the recipe."""
    limits = replace(
        Limits(), **{name: value if name == "seconds" else int(value) for name, value in recipe.limits.items()}
    )
    return [
        SourceSpec(
            name,
            source.kind,
            source.paths,
            licence=source.licence,
            fields=Fields(**source.columns),
            packages=source.packages,
            limits=limits,
        )
        for name, source in recipe.sources.items()
    ]
