"""The stages of a corpus, as a recipe has them: from the files of its sources to the rows of its mix."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mathcoder.corpus.recipe import ContaminationPart, CorpusRecipe, DuplicatesPart, RecallPart, source_specs
from mathcoder.corpus.sources import Kind
from mathcoder.problems import BadRow, BenchmarkError, Problem, load, named_questions, read_problems
from mathcoder.runs.engine import engine_name
from mathcoder.runs.stages import Source, Stage, Step

if TYPE_CHECKING:
    import daft

__all__ = ["benchmark_items", "corpus_source", "corpus_stages"]

Items = Sequence[tuple[str, str]]
"""Ids and texts of benchmark items."""

_DOCUMENT = ("text", "source", "url", "path", "title", "licence", "language", "meta")


def corpus_source(recipe: CorpusRecipe, places: Sequence[str]) -> Source:
    """The rows that go into the first stage: one for each file or address of the sources."""

    def read() -> daft.DataFrame:
        import daft

        return cast("Any", daft).from_pydict({"id": list(places)})

    return Source(read)


def corpus_stages(
    recipe: CorpusRecipe, calls: Path, items: Items, *, limit: int | None = None, workers: int
) -> list[Stage]:
    """The stages of a recipe, in order.

    Args:
        recipe: what is asked.
        calls: the folder for what models and the sandbox replied.
        items: of benchmarks, from `benchmark_items`.
        limit: documents of each source, at most; the first ones.
        workers: processes at once.
    """
    stages = [_read(recipe, limit, workers), _licences(recipe)]
    if recipe.recall:
        stages.append(_recall(recipe, recipe.recall, workers))
    stages.append(_clean(recipe, workers))
    if recipe.duplicates:
        stages.append(_duplicates(recipe.duplicates))
    if recipe.contamination:
        stages.append(_contamination(recipe.contamination, items))
    if recipe.translate:
        stages += _translation(recipe, calls, workers)
    return [*stages, _write(recipe, workers), _mix(recipe)]


def benchmark_items(part: ContaminationPart | None) -> list[tuple[str, str]]:
    """The questions of the benchmarks' test items and of the files that a recipe names, with ids.

    Raises:
        ValueError: a benchmark or file cannot be had; one line.
    """
    if part is None:
        return []
    found: dict[str, str] = {}
    try:
        for name in part.benchmarks:
            found |= named_questions(name, load(name))
        for file in part.files:
            found |= named_questions(Path(file).stem, _problems_in(file))
    except (BenchmarkError, OSError) as error:
        raise ValueError(f"contamination: {error}") from None
    return sorted(found.items())


def _problems_in(file: str) -> list[Problem]:
    problems: list[Problem] = []
    for problem in read_problems(file):
        if isinstance(problem, BadRow):
            raise ValueError(f"contamination: {problem}")
        problems.append(problem)
    return problems


def _read(recipe: CorpusRecipe, limit: int | None, workers: int) -> Stage:
    specs = source_specs(recipe)

    def apply(_: daft.DataFrame) -> daft.DataFrame:
        from daft import col

        from mathcoder.corpus.sources.frames import read_frame

        frame = read_frame(specs, workers=workers, limit=limit)
        return frame.select("id", *_DOCUMENT, col("problem").alias("drop_reason"))

    sources = {name: source.model_dump(mode="json") for name, source in recipe.sources.items()}
    for source in sources.values():
        for key in ("about", "recall", "translate", "forms", "tokens", "weight", "expected_tokens"):
            del source[key]
    params = {"sources": sources, "limits": dict(recipe.limits), "limit": limit}
    return Stage("read", [], _DOCUMENT, apply, params, makes_rows=True)


def _licences(recipe: CorpusRecipe) -> Stage:
    part = recipe.licences

    def survey(frame: daft.DataFrame) -> Step:
        from daft import col
        from daft.functions import length

        from mathcoder.publishing.licences import Allowed, licence_of_whole

        allowed = Allowed(part.allow, part.unstated)
        sizes = frame.groupby("licence").agg(length(col("text")).sum().alias("size")).to_pydict()
        stated = dict(zip(cast("list[str | None]", sizes["licence"]), sizes["size"], strict=True))
        refused = {licence: why for licence in stated if (why := allowed.why_not(licence))}
        there = {licence: size for licence, size in stated.items() if licence not in refused}
        licence_of_whole(there, unit="characters")

        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            return frame.with_column("drop_reason", _of(refused)(col("licence")))

        return Step(apply)

    return Stage("licences", ["licence", "text"], [], params=part.model_dump(), survey=survey, by_shard=True)


def _of(reasons: Mapping[str | None, str]) -> Callable[..., Any]:
    """The reason for each value of a column, from a few."""
    from daft import DataType, Series, func

    @func.batch(return_dtype=DataType.string())
    def reason(values: Series) -> Any:
        return [reasons.get(value) for value in values.to_pylist()]

    return reason


def _recall(recipe: CorpusRecipe, part: RecallPart, workers: int) -> Stage:
    from mathcoder.corpus.recall.frames import judged_frame, recall_params

    sources = sorted(name for name, source in recipe.sources.items() if source.recalled)
    params = {"sources": sources} | recall_params(part.model, part.threshold)

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        return judged_frame(frame, part.model, part.threshold, sources=sources, workers=workers)

    return Stage("recall", ["text", "source"], ["recall_score"], apply, params, by_shard=True)


def _clean(recipe: CorpusRecipe, workers: int) -> Stage:
    from mathcoder.corpus.clean.frames import clean_frame

    rules = clean_rules(recipe)
    kinds: dict[str, Kind] = {name: source.kind for name, source in recipe.sources.items()}

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        return clean_frame(frame, rules, kinds, workers=workers)

    params = {"kinds": kinds} | recipe.clean.model_dump(mode="json")
    return Stage("clean", ["text", "source", "language", "meta"], [], apply, params, by_shard=True)


def clean_rules(recipe: CorpusRecipe) -> Any:
    """The cleaning rules of a recipe.

    Raises:
        ValueError: it names a rule that there is not.
    """
    from dataclasses import fields

    from mathcoder.corpus.clean import CleanRules

    known = {field.name for field in fields(CleanRules)} - {"languages"}
    if unknown := sorted(set(recipe.clean.rules) - known):
        raise ValueError(f"clean.rules has '{unknown[0]}'; it can name {', '.join(sorted(known))}")
    return CleanRules(languages=recipe.clean.languages, **cast("dict[str, Any]", dict(recipe.clean.rules)))


def _duplicates(part: DuplicatesPart) -> Stage:
    def survey(frame: daft.DataFrame) -> Step:
        from daft import col, lit

        from mathcoder.overlap import Keep, exact_duplicates, near_duplicates

        keep = Keep(part.keep, part.prefer)
        if part.near:
            clusters = near_duplicates(
                frame, source="source", keep=keep, shingle=part.shingle, threshold=part.threshold
            )
        else:
            clusters = exact_duplicates(frame, source="source", keep=keep)
        copies = clusters.where(~col("kept")).select("id", (lit("duplicate: ") + col("why")).alias("__reason"))
        return Step(_dropping(copies.collect()), {"clusters": clusters})

    return Stage("duplicates", ["text", "source"], [], params=part.model_dump(), survey=survey, by_shard=True)


def _dropping(reasons: daft.DataFrame) -> Callable[[daft.DataFrame], daft.DataFrame]:
    """A step that gives rows their reasons by id, from a small table; the rows themselves are not moved."""

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        from daft import col

        strategy = "broadcast" if engine_name() == "ray" else None
        joined = frame.join(reasons, on="id", how="left", strategy=strategy)
        names = [name for name in frame.column_names if name != "drop_reason"]
        return joined.select(*names, col("__reason").alias("drop_reason"))

    return apply


def _contamination(part: ContaminationPart, items: Items) -> Stage:
    def survey(frame: daft.DataFrame) -> Step:
        import daft

        from mathcoder.overlap import contamination, decontaminated

        rows = {"id": [name for name, _ in items], "text": [text for _, text in items]}
        found = contamination(frame, cast("Any", daft).from_pydict(rows), n=part.n, threshold=part.threshold)

        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            rest = frame.exclude("drop_reason")
            return decontaminated(rest, found.evidence, action=part.action)

        return Step(apply, {"evidence": found.evidence, "ignored": found.ignored})

    params = part.model_dump(mode="json", exclude={"files"}) | {"items": _sha256(items)}
    return Stage("contamination", ["text"], [], params=params, survey=survey, by_shard=True)


def _translation(recipe: CorpusRecipe, calls: Path, workers: int) -> list[Stage]:
    part = recipe.translate
    assert part is not None
    sources = sorted(name for name, source in recipe.sources.items() if source.translated)
    model, verify = part.model, part.verify

    def translate(frame: daft.DataFrame) -> daft.DataFrame:
        from mathcoder.corpus.computing import translated

        return translated(frame, sources, model, calls, workers)

    def run(frame: daft.DataFrame) -> daft.DataFrame:
        from mathcoder.corpus.computing import verified

        return verified(frame, verify, calls, workers)

    params = {"sources": sources, "model": model.asked() if model else None}
    limits = verify.model_dump(mode="json", exclude={"keep"})
    return [
        Stage("translate", ["text", "source"], ["computations", "skipped"], translate, params, by_shard=True),
        Stage("verify", ["computations"], ["computations"], run, limits, by_shard=True),
    ]


def _write(recipe: CorpusRecipe, workers: int) -> Stage:
    forms = {name: list(recipe.forms(name)) for name in recipe.sources}
    kept = list(recipe.translate.verify.keep) if recipe.translate else []
    tokenizer = recipe.write.tokenizer
    roots = {name: root_of(source.paths) for name, source in recipe.sources.items()}

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        from mathcoder.corpus.writing import written

        return written(frame, forms, kept, roots, tokenizer, workers)

    from mathcoder.corpus.schema import COLUMNS

    params = {"forms": forms, "keep": kept, "tokenizer": tokenizer, "roots": roots}
    needs = [*_DOCUMENT, *(["computations"] if recipe.translate else [])]
    made = [column.name for column in COLUMNS if column.name != "id"]
    return Stage("write", needs, made, apply, params, makes_rows=True, by_shard=True)


def root_of(paths: Sequence[str]) -> str:
    """The folder that a source's local paths have in common, which rows of the corpus do not tell; "" if none."""
    parents: list[str] = []
    for path in paths:
        if "://" in path:
            return ""
        literal = path.partition("*")[0]
        parents.append(path if literal == path and os.path.isdir(path) else os.path.dirname(literal))
    return os.path.commonpath(parents) if len({os.path.isabs(one) for one in parents}) == 1 else ""


def _mix(recipe: CorpusRecipe) -> Stage:
    most = {name: source.tokens for name, source in recipe.sources.items() if source.tokens is not None}
    weights = {name: source.weight for name, source in recipe.sources.items() if source.weight is not None}
    part = recipe.mix

    def survey(frame: daft.DataFrame) -> Step:
        import daft
        from daft import col

        from mathcoder.corpus.mix import Sized, beyond, budgets

        rows = frame.groupby("document", "source").agg(col("tokens").sum().alias("tokens")).to_pydict()
        sizes = [Sized(*row) for row in zip(rows["document"], rows["source"], rows["tokens"], strict=True)]
        have: dict[str, int] = {}
        for one in sizes:
            have[one.source] = have.get(one.source, 0) + one.tokens
        out = beyond(sizes, budgets(have, most, weights, part.tokens), part.seed)
        table = {"document": list(out), "__reason": list(out.values())}
        reasons = cast("Any", daft).from_pydict(table)
        texts = daft.DataType.string()
        reasons = reasons.select(col("document").cast(texts), col("__reason").cast(texts))
        ids = frame.select("id", "document").join(reasons, on="document").select("id", "__reason")
        return Step(_dropping(ids.collect()))

    params = {"tokens": most, "weights": weights} | part.model_dump()
    return Stage("mix", ["document", "source", "tokens"], [], params=params, survey=survey, by_shard=True)


def _sha256(items: Items) -> str:
    import hashlib
    import json

    return hashlib.sha256(json.dumps(list(items)).encode()).hexdigest()
