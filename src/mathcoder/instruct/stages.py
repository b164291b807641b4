"""The stages of instruction data, as a recipe has them: from problems to samples that were run and graded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mathcoder.instruct.asked import NEW, interpolation, solved
from mathcoder.instruct.making import PROBLEM_COLUMNS, derived, problem_row
from mathcoder.instruct.recipe import DecontaminatePart, InstructRecipe, InterpolatePart, ProblemsPart
from mathcoder.instruct.samples import SAMPLE_COLUMNS
from mathcoder.problems import (
    BENCHMARKS,
    BadRow,
    BenchmarkError,
    Problem,
    load,
    named_questions,
    read_problems,
    rows_here,
)
from mathcoder.runs.stages import Source, Stage, Step

if TYPE_CHECKING:
    import daft

__all__ = ["benchmark_questions", "instruct_problems", "instruct_source", "instruct_stages"]

Row = dict[str, Any]
Items = Sequence[tuple[str, str]]
"""Ids and questions of benchmark items."""


def instruct_problems(recipe: InstructRecipe, limit: int | None = None) -> list[Row]:
    """The problems of a recipe as rows, in the order of its sources.

    Args:
        recipe: what is asked.
        limit: of each source, the first so many.

    Raises:
        ValueError: they cannot be had, or a row is of a test split; one line.
    """
    rows: list[Row] = []
    for name, part in recipe.problems.items():
        most = min((one for one in (limit, part.limit) if one is not None), default=None)
        try:
            problems = _problems(part, recipe.seed_of_stories)
        except (BenchmarkError, OSError) as error:
            raise ValueError(f"problems.{name}: {error}") from None
        rows += [problem_row(name, part, problem) for problem in problems[:most]]
    return rows


def _problems(part: ProblemsPart, seed: int) -> list[Problem]:
    if part.benchmark:
        return load(part.benchmark, "train")
    if part.stories:
        from mathcoder.instruct.stories.problems import write_stories

        return write_stories(seed, part.stories)
    from mathcoder.instruct.deepmind import read_deepmind

    found: list[Problem] = []
    read = read_deepmind if part.derive == "deepmind" else read_problems
    for row in read(cast("str", part.file)):
        if isinstance(row, BadRow):
            raise ValueError(str(row))
        # What the generator made for measuring is in the same file.
        if part.derive != "deepmind" or row.split == "train":
            found.append(row)
    return found


def benchmark_questions(part: DecontaminatePart) -> list[tuple[str, str]]:
    """Ids and questions of the test items that no problem may be like.

    Raises:
        ValueError: a benchmark cannot be had; one line.
    """
    names = part.benchmarks or [name for name, which in BENCHMARKS.items() if "test" in rows_here(which)]
    found: dict[str, str] = {}
    try:
        for name in names:
            found |= named_questions(name, load(name))
    except BenchmarkError as error:
        raise ValueError(f"decontaminate: {error}") from None
    return sorted(found.items())


def instruct_source(rows: Sequence[Row]) -> Source:
    """The problems as the rows that go into the first stage."""

    def read() -> daft.DataFrame:
        import daft
        from daft import DataType, col

        columns = {name: [row[name] for row in rows] for name in PROBLEM_COLUMNS}
        frame: daft.DataFrame = cast("Any", daft).from_pydict(columns)
        return frame.select(*(col(name).cast(DataType.string()) for name in PROBLEM_COLUMNS))

    return Source(read, {"problems": _sha256(rows)})


def instruct_stages(
    recipe: InstructRecipe, rows: Sequence[Row], calls: Path, items: Items, *, workers: int
) -> list[Stage]:
    """The stages of a recipe, in order.

    Args:
        recipe: what is asked.
        rows: the problems.
        calls: the folder for what models replied.
        items: of benchmarks, from `benchmark_questions`.
        workers: processes at once.
    """
    stages = [
        _solve(recipe, calls, workers),
        _check(recipe, workers),
        _decontaminate(recipe, items),
        _duplicates(),
        _write(recipe),
    ]
    if recipe.interpolate is None:
        return stages
    return [_interpolate(recipe.interpolate, rows, items, calls), *stages]


def _interpolate(part: InterpolatePart, rows: Sequence[Row], items: Items, calls: Path) -> Stage:
    params = part.asked() | {"judge": part.judge, "items": _sha256(items)}
    survey = interpolation(part, rows, items, calls)
    return Stage("interpolate", PROBLEM_COLUMNS, PROBLEM_COLUMNS, params=params, survey=survey, makes_rows=True)


def _solve(recipe: InstructRecipe, calls: Path, workers: int) -> Stage:
    taught = [name for name, part in recipe.problems.items() if part.seed]

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        from daft import col, lit

        made = derived(frame, recipe, workers)
        if recipe.seed:
            made = made.concat(solved(frame.where(col("source").is_in(taught)), recipe, recipe.seed, calls))
        if recipe.distil:
            made = made.concat(solved(frame.where(col("source") == lit(NEW)), recipe, recipe.distil, calls))
        return made

    params = recipe.model_dump(mode="json", include={"problems", "seed_of_variation", "rename", "comments"})
    params |= {
        name: part.asked() if part else None for name, part in (("seed", recipe.seed), ("distil", recipe.distil))
    }
    made = [name for name in SAMPLE_COLUMNS if name != "id"]
    return Stage("solve", PROBLEM_COLUMNS, made, apply, params, makes_rows=True)


def _check(recipe: InstructRecipe, workers: int) -> Stage:
    part = recipe.check

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        from mathcoder.instruct.checking import checked

        return checked(frame, part, workers)

    return Stage("check", SAMPLE_COLUMNS, ["tokens"], apply, part.model_dump(), by_shard=True)


def _decontaminate(recipe: InstructRecipe, items: Items) -> Stage:
    part = recipe.decontaminate

    def survey(frame: daft.DataFrame) -> Step:
        import daft

        from mathcoder.overlap import contamination, decontaminated

        rows = {"id": [name for name, _ in items], "text": [text for _, text in items]}
        # Variations of one question share its n-grams: these are no boilerplate, however many there are.
        found = contamination(
            frame,
            cast("Any", daft).from_pydict(rows),
            text="question",
            n=part.n,
            threshold=part.threshold,
            frequent=1.0,
        )

        hit = frame.join(found.evidence.select("id").distinct(), on="id", how="semi")
        spoilt = frozenset(hit.select("problem").to_pydict()["problem"])
        counts = Counter(name.partition("/")[0] for name, _ in items)
        looked = {"benchmark": list(counts), "items": list(counts.values())}

        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            from daft import col
            from daft.functions import coalesce

            done = decontaminated(frame.exclude("drop_reason"), found.evidence, text="question")
            why = coalesce(col("drop_reason"), _made_from(spoilt)(col("parent")))
            return done.with_column("drop_reason", why)

        tables = {"evidence": found.evidence, "ignored": found.ignored}
        return Step(apply, tables | {"items": cast("Any", daft).from_pydict(looked)})

    params = part.model_dump(mode="json", exclude={"benchmarks"}) | {"items": _sha256(items)}
    needs = ["question", "problem", "parent"]
    return Stage("decontaminate", needs, [], params=params, survey=survey, by_shard=True)


def _made_from(spoilt: Collection[str]) -> Any:
    """The reason for a row whose parent is like a benchmark item: other numbers make it no other problem."""
    from daft import DataType, Series, func

    @func.batch(return_dtype=DataType.string())
    def reason(parents: Series) -> Any:
        return [f"contamination: made from {name}" if name in spoilt else None for name in parents.to_pylist()]

    return reason


def _duplicates() -> Stage:
    """A question that another row of another problem has asks nothing new."""

    def survey(frame: daft.DataFrame) -> Step:
        from daft import col, lit

        from mathcoder.overlap import Keep, exact_duplicates

        single = frame.where(col("method") == lit("vary"))
        clusters = exact_duplicates(single, text="question", keep=Keep("first"))
        copies = clusters.where(~col("kept")).select("id", (lit("duplicate: ") + col("why")).alias("__reason"))
        copies = copies.collect()

        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            joined = frame.join(copies, on="id", how="left")
            names = [name for name in frame.column_names if name != "drop_reason"]
            return joined.select(*names, col("__reason").alias("drop_reason"))

        return Step(apply, {"clusters": clusters})

    return Stage("duplicates", ["question", "method"], [], survey=survey, by_shard=True)


def _write(recipe: InstructRecipe) -> Stage:
    part = recipe.write

    def apply(frame: daft.DataFrame) -> daft.DataFrame:
        from mathcoder.instruct.checking import written

        return written(frame, part)

    from mathcoder.instruct.layouts import COLUMNS

    made = [column.name for column in COLUMNS if column.name != "id"]
    return Stage("write", SAMPLE_COLUMNS, made, apply, part.model_dump(), by_shard=True)


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
