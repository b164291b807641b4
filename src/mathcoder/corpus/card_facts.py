"""What the card of a dataset says, taken from the run that made it and from its recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mathcoder.corpus.contents import Contents, contents_of
from mathcoder.corpus.recipe import CorpusRecipe
from mathcoder.publishing.licences import Whole, licence_of_whole
from mathcoder.publishing.look import FinishedStage, StagedRun, rows

__all__ = ["CardFacts", "Checked", "card_facts"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked for in the documents, so that it is not trained on.

    Attributes:
        benchmarks: names of the benchmarks, and of files with problems.
        n, threshold: tokens of an n-gram; least share of an item's n-grams.
        action: "drop" the document or "cut" the passage.
        documents: that were dropped or cut.
    """

    benchmarks: tuple[str, ...]
    n: int
    threshold: float
    action: str
    documents: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card says.

    Attributes:
        name, about: of the dataset.
        sources: what is to be said about each source, by its name; may be "".
        contents: of the rows.
        whole: the licence.
        stages: that made it, in order.
        checked: None: no benchmark was looked for.
        tokenizer: what counted the tokens.
        version: of mathcoder.
    """

    name: str
    about: str
    sources: Mapping[str, str]
    contents: Contents
    whole: Whole
    stages: Sequence[FinishedStage]
    checked: Checked | None
    tokenizer: str
    version: str


def card_facts(run: StagedRun, recipe: CorpusRecipe) -> CardFacts:
    """The facts of a run whose stages are finished.

    Raises:
        LicenceConflict: no licence can be given to the whole.
        ValueError: the last stage is not there, or a file cannot be read.
    """
    last = run.stage("mix")
    if last is None:
        raise ValueError(f"{run.folder}: the stage mix is not finished; build the corpus to its end")
    contents = contents_of(last.data)
    return CardFacts(
        recipe.name,
        recipe.about,
        {name: source.about for name, source in recipe.sources.items()},
        contents,
        licence_of_whole(contents.tokens_by_licence),
        run.stages,
        _checked(run, recipe),
        recipe.write.tokenizer,
        str(run.asked.get("versions", {}).get("mathcoder", "")),
    )


def _checked(run: StagedRun, recipe: CorpusRecipe) -> Checked | None:
    part, stage = recipe.contamination, run.stage("contamination")
    if part is None or stage is None:
        return None
    dropped = sum(stage.dropped.values())
    table = stage.table("evidence")
    if part.action == "cut" and table:
        dropped = len({row["id"] for row in rows([table], ["id"])})
    names = (*part.benchmarks, *(Path(file).name for file in part.files))
    return Checked(names, part.n, part.threshold, part.action, dropped)
