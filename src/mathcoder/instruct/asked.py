"""Samples that models make, as rows: a teacher's solutions, new problems, and a student's solutions of those.

A model is asked by one process, many times at once; what it replied is kept in the run's folder `calls`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mathcoder.instruct.making import PROBLEM_COLUMNS, problem_of, problem_row, rejected, sample_types
from mathcoder.instruct.recipe import DistilPart, InstructRecipe, InterpolatePart, ProblemsPart, SeedPart
from mathcoder.instruct.samples import Method, Sample
from mathcoder.problems import Problem
from mathcoder.runs.processes import die_with_parent
from mathcoder.runs.stages import Step

if TYPE_CHECKING:
    import daft

    from mathcoder.instruct.asking import Origin
    from mathcoder.solution import Solution
    from mathcoder.solving.loop import Options

__all__ = ["NEW", "interpolation", "solved"]

NEW = "interpolated"
"""The source of new problems."""
_GRAM = 8  # tokens, of what a new problem has in common with one that is known
_BATCH = 512  # problems at a time: enough to keep a server busy
Row = Mapping[str, Any]


def interpolation(
    part: InterpolatePart, rows: Sequence[Row], items: Iterable[tuple[str, str]], calls: Path
) -> Callable[[daft.DataFrame], Step]:
    """The survey of a stage that adds new problems to those there are.

    Args:
        part: who writes them, between which.
        rows: the problems.
        items: of benchmarks, which no new problem may be.
        calls: the folder for replies.
    """

    def survey(_: daft.DataFrame) -> Step:
        from mathcoder.instruct.difficulty import between
        from mathcoder.instruct.interpolate import draw_parents, interpolate
        from mathcoder.instruct.question_checks import KnownItems
        from mathcoder.overlap import ItemIndex

        easy, hard = (
            [problem_of(row) for row in rows if row["source"] == name] for name in (part.easy, part.hard)
        )
        texts = [*((row["problem"], row["question"]) for row in rows), *items]
        known = KnownItems(ItemIndex.of([name for name, _ in texts], [text for _, text in texts], _GRAM))
        model = part.open(calls / "replies")
        pairs = draw_parents(easy, hard, part.count, part.seed)
        asking = {"temperature": part.temperature, "seed": part.seed, "concurrency": part.concurrency}
        found = list(interpolate(pairs, model, known=known, **cast("Any", asking)))
        kept = {one.question: one for one in found if one.kept}
        judged = between(list(kept.values())[: part.judge], model, concurrency=part.concurrency)
        made = [
            problem_row(NEW, ProblemsPart(file=NEW), one.problem()) | {"drop_reason": None}
            for one in kept.values()
        ]
        refused = [
            _refused(number, one.question, one.reason or "the same as another new problem")
            for number, one in enumerate(found)
            if kept.get(one.question) is not one
        ]
        table = {"easy": [judged.harder_than_easy], "hard": [judged.easier_than_hard]}

        def apply(frame: daft.DataFrame) -> daft.DataFrame:
            return frame.concat(_frame([*made, *refused], frame)) if made or refused else frame

        return Step(apply, {"difficulty": _table(table)})

    return survey


def _refused(number: int, question: str, reason: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(PROBLEM_COLUMNS, "")
    said = {"id": f"{NEW}.{number:07}", "question": question, "source": NEW}
    return row | said | {"drop_reason": f"not a new problem: {reason}"}


def _frame(rows: Sequence[Row], like: daft.DataFrame) -> daft.DataFrame:
    import daft
    from daft import DataType, col

    names = like.column_names
    made = cast("Any", daft).from_pydict({name: [row[name] for row in rows] for name in names})
    return made.select(*(col(name).cast(DataType.string()) for name in names))


def _table(columns: Mapping[str, list[float | None]]) -> daft.DataFrame:
    import daft
    from daft import DataType, col

    frame = cast("Any", daft).from_pydict(dict(columns))
    return frame.select(*(col(name).cast(DataType.float64()) for name in columns))


def solved(
    frame: daft.DataFrame, recipe: InstructRecipe, part: SeedPart | DistilPart, calls: Path
) -> daft.DataFrame:
    """What a teacher, or a student, makes of problems: a row for each solution, dropped with why it is not kept.

    Args:
        frame: problems.
        recipe: what is asked.
        part: who solves them.
        calls: the folder for replies.
    """
    import daft
    from daft import DataType, Series, col

    made = sample_types()
    timeout = recipe.check.timeout

    @daft.cls(use_process=True, max_concurrency=1)
    class Solve:
        def __init__(self) -> None:
            die_with_parent()
            from mathcoder.grading import Grader
            from mathcoder.sandbox import Limits, Sandbox

            self.sandbox = Sandbox(Limits(timeout=timeout, images=0))
            self.grader = Grader()
            self.model = part.open(calls / "replies")

        @daft.method.batch(return_dtype=DataType.list(DataType.struct(made)), batch_size=_BATCH)
        def rows(self, *columns: Series) -> Any:
            lists = (column.to_pylist() for column in columns)
            names: tuple[str, ...] = PROBLEM_COLUMNS
            return self.solutions([dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)])

        def solutions(self, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
            from mathcoder.instruct.distil import distil
            from mathcoder.instruct.seed import seed_solutions
            from mathcoder.solving import DIALECTS

            problems = [problem_of(row) for row in rows]
            asking: Any = {
                "dialect": DIALECTS[part.dialect](),
                "sandbox": self.sandbox,
                "grader": self.grader,
                "samples": part.samples,
                "options": _options(part),
                "concurrency": part.concurrency,
            }
            found: dict[str, list[dict[str, Any]]] = {row["problem"]: [] for row in rows}
            by_problem = {row["problem"]: row for row in rows}
            if isinstance(part, SeedPart):
                for one in seed_solutions(problems, self.model, keep=part.keep, **asking):
                    row = by_problem[one.problem.id]
                    found[one.problem.id].append(
                        _row(row, one.problem, one.solution, one.origin, "seed", one.reason)
                    )
            else:
                for one in distil(problems, self.model, rule=part.agree, **asking):
                    row = by_problem[one.problem.id]
                    for sample, reason in zip(one.samples, one.reasons, strict=True):
                        found[one.problem.id].append(
                            _row(row, one.problem, sample.solution, sample.origin, "distil", reason)
                        )
            return [found[row["problem"]] for row in rows]

    rows = frame.select(Solve().rows(*map(col, PROBLEM_COLUMNS)).alias("rows")).explode("rows")
    rows = rows.where(~col("rows").is_null())
    return rows.select(*(col("rows").get(name).alias(name) for name in made))


def _options(part: SeedPart | DistilPart) -> Options:
    from mathcoder.solving.loop import Options

    return Options(
        rounds=part.rounds,
        tokens=part.solution_tokens,
        temperature=part.temperature,
        top_p=0.95 if part.temperature else 1.0,
        seed=part.seed,
    )


def _row(
    row: Row, problem: Problem, solution: Solution, origin: Origin, method: Method, reason: str
) -> dict[str, Any]:
    name = f"{row['id']}.{method}.{origin.sample}"
    if reason:
        return rejected(row, name, method, f"{_WHY[method]}: {reason}")
    sample = Sample(
        id=name,
        problem=problem.id,
        question=problem.question,
        answer=problem.answer,
        solution=solution,
        method=method,
        source=row["source"],
        split=row["split"],
        licence=row["licence"] or "",
        dialect=origin.dialect,
        model=origin.model,
        prompt_hash=origin.prompt,
        seed=origin.seed,
    )
    return sample.to_row() | {"drop_reason": None}


_WHY: dict[Method, str] = {"seed": "not kept of the teacher", "distil": "not kept of the student"}
