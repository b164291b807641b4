"""From problems to samples: what worked solutions, programs and models make of each, in the engine's processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mathcoder.instruct.recipe import InstructRecipe, ProblemsPart
from mathcoder.instruct.samples import SAMPLE_COLUMNS, Method, Sample
from mathcoder.problems import Problem
from mathcoder.runs.processes import die_with_parent

if TYPE_CHECKING:
    import daft

    from mathcoder.grading import Grader
    from mathcoder.instruct.derivation import Derivation
    from mathcoder.sandbox import Sandbox
    from mathcoder.verification import Verifier

__all__ = ["PROBLEM_COLUMNS", "derived", "problem_of", "problem_row", "rejected", "sample_types"]

_BATCH = 64  # problems at a time
PROBLEM_COLUMNS = ("id", "problem", "question", "answer", "reference", "source", "split", "licence", "subject")
Row = Mapping[str, Any]


def problem_row(source: str, part: ProblemsPart, problem: Problem) -> dict[str, Any]:
    """A problem as a row; its id tells it from one of another source.

    Raises:
        ValueError: it is of a test split.
    """
    if problem.split != "train":
        raise ValueError(
            f"{source}: {problem.id} is a row of the split '{problem.split}'; only rows of a train split may be "
            'trained on. Leave it out, or state "split": "train" where that is so'
        )
    return {
        "id": hashlib.sha256(f"{source}\0{problem.id}".encode()).hexdigest()[:24],
        "problem": problem.id,
        "question": problem.question,
        "answer": problem.answer,
        "reference": problem.solution,
        "source": source,
        "split": "train",
        "licence": problem.licence or part.licence,
        "subject": problem.subject,
    }


def problem_of(row: Row) -> Problem:
    """The problem that `problem_row` wrote."""
    return Problem(
        id=row["problem"],
        question=row["question"],
        answer=row["answer"],
        solution=row["reference"],
        split=row["split"],
        licence=row["licence"],
        subject=row["subject"],
    )


def sample_types() -> dict[str, daft.DataType]:
    """The types of a sample's columns, and of `drop_reason`."""
    from daft import DataType

    text = DataType.string()
    return {name: DataType.int64() if name == "seed" else text for name in SAMPLE_COLUMNS} | {"drop_reason": text}


def derived(frame: daft.DataFrame, recipe: InstructRecipe, workers: int) -> daft.DataFrame:
    """The samples that worked solutions give, and their variations; a problem that gives none is a dropped row.

    Args:
        frame: problems, in the columns `PROBLEM_COLUMNS`.
        recipe: says of each source what is made of it.
        workers: processes, each with a sandbox of its own.
    """
    import daft
    from daft import DataType, Series, col

    made = sample_types()

    @daft.cls(use_process=True, max_concurrency=workers)
    class Derive:
        def __init__(self) -> None:
            die_with_parent()
            self.makers = _Makers(recipe)

        @daft.method.batch(return_dtype=DataType.list(DataType.struct(made)), batch_size=_BATCH)
        def rows(self, *columns: Series) -> Any:
            lists = (column.to_pylist() for column in columns)
            return self.makers.made(
                [dict(zip(PROBLEM_COLUMNS, row, strict=True)) for row in zip(*lists, strict=True)]
            )

    rows = frame.select(Derive().rows(*map(col, PROBLEM_COLUMNS)).alias("rows")).explode("rows")
    rows = rows.where(~col("rows").is_null())
    return rows.select(*(col("rows").get(name).alias(name) for name in made))


class _Makers:
    """The converters, and what they run code in."""

    def __init__(self, recipe: InstructRecipe):
        from mathcoder.grading import Grader
        from mathcoder.sandbox import Limits, Sandbox
        from mathcoder.verification import Verifier

        limits = Limits(timeout=recipe.check.timeout, images=0, clock="processor")
        self._recipe = recipe
        self._sandbox: Sandbox = Sandbox(limits, workers=1)
        self._grader: Grader = Grader(workers=1)
        self._verifier: Verifier = Verifier(workers=1, timeout=recipe.check.timeout)

    def made(self, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
        """For each problem the rows that come of it."""
        found: list[list[dict[str, Any]]] = [[] for _ in rows]
        by_source: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            by_source.setdefault(row["source"], []).append(place)
        for source, places in by_source.items():
            part = self._recipe.problems.get(source)
            if part is None or part.derive is None:
                continue
            here = [rows[place] for place in places]
            for place, made in zip(places, self._converter(part)(part, here), strict=True):
                found[place] = made
        return found

    def _converter(
        self, part: ProblemsPart
    ) -> Callable[[ProblemsPart, Sequence[Row]], list[list[dict[str, Any]]]]:
        converters = {
            "gsm8k": self._gsm8k,
            "stories": self._stories,
            "math": self._math,
            "deepmind": self._deepmind,
        }
        return converters[part.derive or ""]

    def _gsm8k(self, part: ProblemsPart, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
        from mathcoder.instruct.derivation import Derivation
        from mathcoder.instruct.gsm8k import derive
        from mathcoder.instruct.vary import vary

        seed = self._recipe.seed_of_variation
        found: list[list[dict[str, Any]]] = [[] for _ in rows]
        open_: list[tuple[int, Derivation, Method]] = []
        for place, row in enumerate(rows):
            derivation = derive(problem_of(row))
            if not isinstance(derivation, Derivation):
                found[place].append(_rejected(row, derivation.reason))
                continue
            open_.append((place, derivation, "derive"))
            for varied in vary(derivation, seed, part.vary, rename=self._recipe.rename) if part.vary else ():
                open_.append((place, varied.derivation, "vary"))
        return self._run(rows, open_, found)

    def _stories(self, part: ProblemsPart, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
        from mathcoder.instruct.stories.problems import story_of

        found: list[list[dict[str, Any]]] = [[] for _ in rows]
        return self._run(
            rows, [(place, story_of(row["problem"]), "derive") for place, row in enumerate(rows)], found
        )

    def _run(
        self,
        rows: Sequence[Row],
        open_: Sequence[tuple[int, Derivation, Method]],
        found: list[list[dict[str, Any]]],
    ) -> list[list[dict[str, Any]]]:
        """Run the programs; each gives a row to what was `found` of its problem."""
        kept = self._recipe.comments
        derivations = [each if kept else each.without_comments() for _, each, _ in open_]
        executions = self._sandbox.map([each.code() for each in derivations])
        for (place, _, method), derivation, execution in zip(open_, derivations, executions, strict=True):
            row, varied = rows[place], method == "vary"
            if not execution.ok:
                if not varied:
                    found[place].append(_rejected(row, f"the code ended with {execution.status}"))
                continue
            found[place].append(
                Sample(
                    id=f"{row['id']}.{method}{'.' + _short(derivation.question) if varied else ''}",
                    problem=derivation.problem_id,
                    question=derivation.question,
                    answer=derivation.answer,
                    solution=derivation.solution(execution.output),
                    method=method,
                    source=row["source"],
                    split=row["split"],
                    licence=row["licence"] or "",
                    seed=self._recipe.seed_of_variation if varied else None,
                    parent=row["problem"] if varied else None,
                ).to_row()
                | {"drop_reason": None}
            )
        return found

    def _math(self, part: ProblemsPart, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
        from mathcoder.instruct.math import derive_math

        return _as_rows(rows, derive_math([problem_of(row) for row in rows], self._verifier, self._grader))

    def _deepmind(self, part: ProblemsPart, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
        from mathcoder.instruct.deepmind import derive_deepmind

        return _as_rows(rows, derive_deepmind([problem_of(row) for row in rows], self._sandbox, self._grader))


def _as_rows(rows: Sequence[Row], results: Iterator[Any]) -> list[list[dict[str, Any]]]:
    from mathcoder.instruct.math_derived import Derived

    return [
        [_sample(row, result) if isinstance(result, Derived) else _rejected(row, result.reason)]
        for row, result in zip(rows, results, strict=True)
    ]


def _sample(row: Row, derived: Any) -> dict[str, Any]:
    return Sample(
        id=f"{row['id']}.derive",
        problem=row["problem"],
        question=row["question"],
        answer=row["answer"],
        solution=derived.solution,
        method="derive",
        source=row["source"],
        split=row["split"],
        licence=row["licence"] or "",
    ).to_row() | {"drop_reason": None}


def rejected(row: Row, name: str, method: Method, reason: str) -> dict[str, Any]:
    """The dropped row of a problem that gave no sample."""
    kept = {column: row[column] for column in ("problem", "question", "answer", "source", "split", "licence")}
    return dict.fromkeys(SAMPLE_COLUMNS) | kept | {"id": name, "method": method, "drop_reason": reason}


def _rejected(row: Row, reason: str) -> dict[str, Any]:
    return rejected(row, f"{row['id']}.derive", "derive", f"not derived: {reason}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
