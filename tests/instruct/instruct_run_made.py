"""A small run as `mathcoder instruct build` leaves it, made by hand: all stages and methods, several licences, and
hostile text in every field that a source or a model may fill."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mathcoder.instruct.layouts import COLUMNS, dataset_row, dataset_schema, schema_json
from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.instruct.samples import SAMPLE_COLUMNS, Sample
from mathcoder.instruct.splits import split_of
from mathcoder.instruct.stages import benchmark_questions, instruct_stages
from mathcoder.solution import Block, Solution

sys.path.append(str(Path(__file__).parents[1] / "corpus"))
from corpus_run_made import HOSTILE

__all__ = ["HOSTILE", "INTERPOLATED", "RECIPE", "instruct_recipe", "make_instruct_run", "relicensed"]

RECIPE: dict[str, Any] = {
    "name": "Small",
    "about": "It is made <b>by hand</b>.",
    "problems": {
        "gsm8k": {"benchmark": "gsm8k", "derive": "gsm8k", "vary": 1},
        "math": {"file": "/home/somebody/hard_problems.jsonl", "licence": "CC-BY-4.0"},
    },
    "seed": {"name": "teacher@http://inside.example:8000/v1"},
    "interpolate": {"name": "teacher", "easy": "gsm8k", "hard": "math", "count": 9},
    "distil": {"name": "student"},
    "decontaminate": {"benchmarks": ["svamp"], "n": 9},
    "write": {"validation": 0.25},
}
INTERPOLATED = {"easy": 0.75, "hard": None}
_METHODS = (
    ("gsm8k", "derive", "MIT"),
    ("gsm8k", "vary", "MIT"),
    ("math", "seed", "CC-BY-4.0"),
    ("interpolated", "distil", "MIT and CC-BY-4.0"),
)
_REASONS = {  # of the rows that a stage drops
    "interpolate": "not a new problem: a copy of the hard problem",
    "solve": "not derived: no calculation in the solution",
    "check": "error: NameError",
    "decontaminate": "contamination: contains svamp/chal-1",
    "duplicates": "duplicate: the same text",
}


def instruct_recipe(**parts: Any) -> InstructRecipe:
    """The recipe of the run."""
    return InstructRecipe.model_validate(RECIPE | parts)


def make_instruct_run(
    folder: Path,
    rows: int = 64,
    texts: Sequence[str] = (),
    recipe: InstructRecipe | None = None,
    finished: bool = True,
    contaminated: bool = True,
) -> Path:
    """Make a run.

    Args:
        folder: made; it is the run.
        rows: that are made by solving.
        texts: hostile ones, put into every field.
        recipe: with or without interpolation.
        finished: make the data set; otherwise the run stopped before the stage "write".
        contaminated: items of a benchmark are found.
    """
    folder.mkdir(parents=True)
    recipe = recipe or instruct_recipe()
    _write_head(folder, recipe)
    made = [_sample(number, texts) for number in range(rows)]
    items = benchmark_questions(recipe.decontaminate)
    stages = instruct_stages(recipe, (), Path(), items, workers=1)
    for number, stage in enumerate(stages if finished else stages[:-1], 1):
        place = folder / "stages" / f"{number:02}-{stage.name}"
        clean = stage.name == "decontaminate" and not contaminated
        kept, dropped = (made, []) if clean else _split(stage.name, made, texts)
        if stage.name == "write":
            kept = [_written(row, recipe) for row in made]
        _write_stage(place, stage.name, stage.params, kept, dropped, len(made))
        if stage.name == "interpolate":
            columns = {name: pa.array([share], pa.float64()) for name, share in INTERPOLATED.items()}
            pq.write_table(pa.table(columns), place / "difficulty.parquet")
        if stage.name == "decontaminate":
            _write_evidence(place, dropped, texts)
            looked = Counter(name.partition("/")[0] for name, _ in items)
            columns = {"benchmark": list(looked), "items": list(looked.values())}
            pq.write_table(pa.table(columns), place / "items.parquet")
        made = kept
    if finished:
        _write_dataset(folder / "dataset", made)
    return folder


def relicensed(run: Path, licence: str) -> None:
    """State another licence in every row of the data set."""
    for path in (run / "dataset" / "data").iterdir():
        table = pq.read_table(path)
        at = table.column_names.index("licence")
        pq.write_table(table.set_column(at, "licence", pa.array([licence] * table.num_rows, pa.string())), path)


def _write_head(folder: Path, recipe: InstructRecipe) -> None:
    asked = {"kind": "instruct", "versions": {"python": "3.11.9", "mathcoder": "0.1.0"}, "seeds": {"split": 0}}
    (folder / "run.json").write_text(json.dumps(asked | {"inputs": []}), encoding="utf-8")
    said = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    (folder / "recipe.yaml").write_text(said, encoding="utf-8")
    (folder / "log.jsonl").write_text(json.dumps({"time": 1_767_225_600.0}) + "\n", encoding="utf-8")


def _sample(number: int, texts: Sequence[str]) -> dict[str, Any]:
    source, method, licence = _METHODS[number % len(_METHODS)]
    bad = texts[number // 4 % len(texts)] if texts else ""
    model = method in ("seed", "distil")
    blocks = [
        Block("text", f"Half of $\\frac{{{number}}}{{2}}$. {bad}"),
        *(Block("code", f"n = {number}  # {bad}\nprint(n / 2)"), Block("execution", f"{number / 2}{bad}"))
        * (1 + number % 3),
        Block("text", f"It is \\boxed{{{number / 2}}} clips.{bad}"),
    ]
    problem = f"{source}/{number // 8}{'/varied' * (method == 'vary')}{bad[:40]}"
    sample = Sample(
        id=f"{number:04}.{method}{bad[:30]}",
        problem=problem,
        question=f"What is the half of {number}? {bad}",
        answer=f"{number / 2}{bad}",
        solution=Solution(tuple(blocks), f"{number / 2}"),
        method=method,  # type: ignore[arg-type]
        source=f"{source}{bad[:50]}",
        split="train",
        licence=bad or licence,
        dialect="markdown" if model else None,
        model=f"model-7b{bad[:50]}" if model else None,
        prompt_hash="ab" * 32 if model else None,
        seed=0 if method != "derive" else None,
        parent=f"{source}/{number // 8}{bad[:40]}" if method == "vary" else None,
    )
    return sample.to_row() | {"tokens": 10 + 7 * number}


def _split(name: str, rows: list[Any], texts: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The rows that a stage keeps, and those it drops: every eleventh."""
    reason, offset = _REASONS.get(name), len(name) % 11
    if reason is None:
        return rows, []
    bad = f": {texts[offset % len(texts)][:200]}" if texts else ""
    dropped = [row | {"drop_reason": reason + bad} for row in rows[offset::11]]
    return [row for place, row in enumerate(rows) if place % 11 != offset], dropped


def _written(row: dict[str, Any], recipe: InstructRecipe) -> dict[str, Any]:
    sample = Sample.from_row(row)
    return dataset_row(sample, split_of(sample, share=recipe.write.validation), row["tokens"])


def _schema(rows: list[Any]) -> Any:
    if rows and "messages" in rows[0]:
        return dataset_schema()
    numbers = ("seed", "tokens")
    names = (*SAMPLE_COLUMNS, "tokens")
    return pa.schema([(name, pa.int64() if name in numbers else pa.string()) for name in names])


def _write_stage(folder: Path, name: str, params: Any, kept: list[Any], dropped: list[Any], rows_in: int) -> None:
    reasons = Counter(row["drop_reason"].partition(": ")[0] for row in dropped)
    facts: dict[str, Any] = {"stage": name, "key": "k", "rows_in": rows_in, "kept": len(kept), "seconds": 1.5}
    facts |= {"dropped": dict(reasons), "params": dict(params), "version": 1, "versions": {"python": "3.11.9"}}
    schema = _schema(kept)
    facts["data"] = [_write_shard(folder / "data", schema, kept)]
    facts["rejected"] = [
        _write_shard(folder / "rejected", schema.append(pa.field("drop_reason", pa.string())), dropped)
    ]
    (folder / "stage.json").write_text(json.dumps(facts), encoding="utf-8")


def _write_shard(folder: Path, schema: Any, rows: list[Any], name: str = "part") -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-00000.parquet"
    pq.write_table(pa.Table.from_pylist(sorted(rows, key=lambda row: row["id"]), schema=schema), path)
    return {"file": path.name, "rows": len(rows), "size": path.stat().st_size}


def _write_evidence(folder: Path, dropped: list[Any], texts: Sequence[str]) -> None:
    schema = [("id", pa.string()), ("item", pa.string()), ("start", pa.int64()), ("end", pa.int64())]
    item = "svamp/chal-1" + (texts[0] if texts else "")
    found = [
        {"id": row["id"], "item": item, "start": 4, "end": 16, "share": 0.93, "passage": row["question"][4:16]}
        for row in dropped
    ]
    schema += [("share", pa.float64()), ("passage", pa.string())]
    pq.write_table(pa.Table.from_pylist(found, schema=pa.schema(schema)), folder / "evidence.parquet")
    ignored = pa.table({"item": ["svamp/chal-3", item], "grams": [7, 20], "frequent": [7, 4]})
    pq.write_table(ignored if found else ignored.slice(0, 0), folder / "ignored.parquet")


def _write_dataset(folder: Path, rows: list[Any]) -> None:
    assert not rows or [*rows[0]] == [column.name for column in COLUMNS]
    for split in ("train", "validation"):
        here = [row for row in rows if row["split"] == split]
        _write_shard(folder / "data", dataset_schema(), here, split)
    (folder / "schema.json").write_text(schema_json(), encoding="utf-8")
