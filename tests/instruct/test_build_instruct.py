"""Instruction data from real worked questions: every row was run and graded, and no test row comes through."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import daft
import pyarrow.parquet as parquet
import pytest
from instruct_built import WORKED, built, files, small_recipe

from mathcoder.instruct.layouts import COLUMNS
from mathcoder.instruct.plan import plan
from mathcoder.instruct.recipe import DecontaminatePart, load_instruct_recipe
from mathcoder.instruct.stages import benchmark_questions, instruct_stages
from mathcoder.problems import load
from mathcoder.publishing.dataset import Built
from mathcoder.runs.recipe import RecipeError
from mathcoder.sandbox import Sandbox

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, delta, stream, text, usage

PROGRAM = Path(__file__).with_name("instruct_built.py")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("instruct")
    return built(small_recipe(folder), folder / "run", workers=1)


def rows_of(run: Built, *splits: str) -> list[dict[str, Any]]:
    paths = [run.dataset / "data" / f"{split}-00000.parquet" for split in splits or ("train", "validation")]
    return [row for path in paths for row in parquet.read_table(path).to_pylist()]


def stage(run: Built, name: str) -> Any:
    return next(one for one in run.stages if one.name == name)


def test_the_rows_are_those_of_the_schema(small: Built):
    rows = rows_of(small)
    assert len(rows) == stage(small, "write").kept
    assert [*rows[0]] == [column.name for column in COLUMNS]
    written = json.loads((small.dataset / "schema.json").read_text())
    assert [column["name"] for column in written["columns"]] == [*rows[0]]
    methods = Counter(row["method"] for row in rows)
    assert methods["derive"] >= 70
    assert methods["vary"] >= 40
    for row in rows:
        assert row["licence"] == "MIT"
        assert (row["parent"] is None) == (row["method"] == "derive")
        user, assistant = row["messages"][-2:]
        assert (user["role"], assistant["role"]) == ("user", "assistant")
        assert [block["type"] for block in assistant["content"]] == ["text", "code", "execution", "text"]
        assert f"\\boxed{{{row['answer']}}}" in assistant["content"][-1]["content"]


def test_the_code_gives_what_the_row_says(small: Built):
    rows = rows_of(small)
    blocks = [{block["type"]: block["content"] for block in row["messages"][-1]["content"][1:3]} for row in rows]
    with Sandbox(workers=1) as sandbox:
        executions = list(sandbox.map([block["code"] for block in blocks]))
    assert [one.output.rstrip("\n") for one in executions] == [block["execution"] for block in blocks]


def test_a_problem_and_what_was_made_of_it_are_in_one_split(small: Built):
    families = {
        split: {row["parent"] or row["problem"] for row in rows_of(small, split)}
        for split in ("train", "validation")
    }
    assert families["validation"]
    assert not families["train"] & families["validation"]


def test_what_does_not_come_through_has_its_reason(small: Built):
    solve = stage(small, "solve")
    rejected = [row for file in solve.rejected for row in parquet.read_table(file).to_pylist()]
    assert len(rejected) == sum(solve.dropped.values())
    assert all(row["drop_reason"].startswith("not derived: ") and row["question"] for row in rejected)
    made = {
        row["problem"] for file in solve.files for row in parquet.read_table(file, columns=["problem"]).to_pylist()
    }
    assert len(rejected) + sum(not name.count("#") and "vary" not in name for name in made) >= 80


def test_again_nothing_is_done_and_workers_make_no_difference(small: Built, tmp_path: Path):
    before = files(small.run)
    assert all(result.reused for result in built(small_recipe(tmp_path), small.run).stages)
    assert files(small.run) == before
    assert files(built(small_recipe(tmp_path), tmp_path / "run", workers=3).run) == before


def test_stories_are_written_and_code_can_be_without_comments(small: Built, tmp_path: Path):
    path = tmp_path / "stories.yaml"
    path.write_text(
        "name: x\nproblems: {ours: {stories: 40, derive: stories}}\ncomments: false\n"
        "decontaminate: {benchmarks: [svamp]}\ncheck: {tokenizer: bytes, max_tokens: 4000}\n"
    )
    rows = rows_of(built(path, tmp_path / "run", workers=1))
    assert len({row["question"] for row in rows}) == len(rows) >= 35
    assert {(row["method"], row["source"], row["licence"]) for row in rows} == {("derive", "ours", "Apache-2.0")}
    assert all(row["problem"].startswith("stories/0/") for row in rows)

    small_recipe(tmp_path, more="comments: false")
    plain = {row["id"]: row for row in rows_of(built(tmp_path / "small.yaml", tmp_path / "plain", workers=1))}
    for row in rows_of(small):
        code, bare = (each["messages"][-1]["content"][1]["content"] for each in (row, plain[row["id"]]))
        assert [line.partition("#")[0].rstrip() for line in code.splitlines() if not line.startswith("#")] == [
            line.partition("#")[0].rstrip() for line in bare.splitlines()
        ]
    assert sum(row["tokens"] for row in plain.values()) < 0.8 * sum(row["tokens"] for row in rows_of(small))


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        ("{ours: {stories: 5}}", "stories go with derive: stories"),
        ("{ours: {stories: 5, file: x.jsonl, derive: stories}}", "either a benchmark, a file or stories"),
        ("{ours: {file: x.jsonl, derive: stories}}", "stories go with derive: stories"),
    ],
)
def test_stories_stand_for_themselves(tmp_path: Path, problems: str, told: str):
    path = tmp_path / "bad.yaml"
    path.write_text(f"name: x\nproblems: {problems}\n")
    with pytest.raises(RecipeError, match=told):
        load_instruct_recipe(path)


@pytest.mark.parametrize("split", ["test", "validation"])
def test_a_recipe_that_asks_for_another_split_is_refused(tmp_path: Path, split: str):
    path = tmp_path / "bad.yaml"
    path.write_text(f"name: x\nproblems: {{gsm8k: {{benchmark: gsm8k, split: {split}, derive: gsm8k}}}}\n")
    with pytest.raises(RecipeError, match=f"split is '{split}': only rows of a train split may be trained on"):
        load_instruct_recipe(path)


def test_a_file_with_a_row_of_a_test_split_is_refused(tmp_path: Path):
    rows = [json.loads(line) for line in WORKED.read_text().splitlines()[:3]]
    rows[2]["split"] = "test"
    worked = tmp_path / "worked.jsonl"
    worked.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(
        ValueError, match=rf"worked: {rows[2]['id']} is a row of the split 'test'; only rows of a train"
    ):
        built(small_recipe(tmp_path, worked=worked), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_test_question_that_calls_itself_train_is_found(tmp_path: Path):
    problem = load("svamp")[7]
    row = {
        "id": "x/1",
        "question": problem.question,
        "solution": f"It is 1 + 1 = <<1+1=2>>2.\n#### {problem.answer}",
        "answer": problem.answer,
        "split": "train",
        "licence": "MIT",
    }
    honest = [json.loads(line) for line in WORKED.read_text().splitlines()[:2]]
    numbers = [word for word in problem.question.replace(".", " ").split() if word.isdigit()][:2]
    total = sum(map(int, numbers))
    row["solution"] = (
        f"It is {numbers[0]} + {numbers[1]} = <<{numbers[0]}+{numbers[1]}={total}>>{total}.\n#### {total}"
    )
    row["answer"] = str(total)
    worked = tmp_path / "worked.jsonl"
    worked.write_text("".join(json.dumps(one) + "\n" for one in [row, *honest]))
    run = built(small_recipe(tmp_path, worked=worked), tmp_path / "run")
    found = stage(run, "decontaminate")
    dropped = [one for file in found.rejected for one in parquet.read_table(file).to_pylist()]
    assert {one["parent"] or one["problem"] for one in dropped} == {"x/1"}
    assert dropped[0]["drop_reason"].startswith("contamination: contains svamp/")
    assert {row["parent"] or row["problem"] for row in rows_of(run)} == {one["id"] for one in honest}


def test_questions_of_recorded_solutions_are_all_found(data_dir: Path, tmp_path: Path):
    """What was recorded on test questions serves to measure agreement, and none of it may be trained on."""
    with gzip.open(data_dir / "traces/lce_traces.jsonl.gz", "rt", encoding="utf-8") as file:
        traces = [json.loads(line) for line in file]
    questions = sorted({row["problem"] for row in traces if row["benchmark"] in ("GSM8K", "SVAMP")})
    assert len(questions) > 600
    recipe = load_instruct_recipe(small_recipe(tmp_path))
    items = benchmark_questions(DecontaminatePart(benchmarks=("gsm8k", "svamp")))
    stages = instruct_stages(recipe, (), tmp_path, items, workers=1)
    survey = next(stage.survey for stage in stages if stage.name == "decontaminate")
    columns = {"id": [f"{number:04}" for number in range(len(questions))], "question": questions}
    nothing: list[str | None] = [None] * len(questions)
    text = daft.DataType.string()
    rows = daft.from_pydict(columns | {"problem": columns["id"], "parent": nothing, "drop_reason": nothing})
    rows = rows.select(*(daft.col(name).cast(text) for name in rows.column_names))
    assert survey is not None
    reasons = survey(rows).apply(rows).to_pydict()["drop_reason"]
    assert [reason.partition(":")[0] for reason in reasons] == ["contamination"] * len(questions)


BOXES = "A shop has {count} boxes with 12 pens in each box. How many pens are in all the boxes together?"


def said(asked: str) -> str:
    """A model that writes one kind of problem, solves only that, and finds every new problem harder."""
    last = asked.rpartition("The easy problem:")[2]
    if "Write one new problem between them" in last and "The easy problem:" in asked:
        return f"<problem>{BOXES.format(count=20 + len(last) % 70)}</problem>"
    if "Which one is harder?" in asked:
        first = asked.rpartition("Problem A:")[2].partition("Problem B:")[0]
        return f"More steps.\n\nHarder: {'A' if 'A shop has' in first else 'B'}"
    if "```output\n" in asked:
        printed = asked.rpartition("```output\n")[2].partition("\n")[0]
        return f"Together that is \\boxed{{{printed}}} pens."
    count = asked.partition("A shop has ")[2].partition(" ")[0] or "1"
    return f"I multiply.\n\n```python\nboxes = {count}\npens = 12\nprint(boxes * pens)\n```\n"


def replied(body: dict[str, Any]) -> list[Any]:
    """Its reply to a chat, or to a prompt."""
    if "prompt" in body:
        return stream(text(said(body["prompt"])), text("", "stop"), usage(100, 50))
    asked = "\n\n".join(str(message["content"]) for message in body["messages"])
    return stream(delta(content=said(asked)), delta("stop"), usage(100, 50))


def test_the_whole_chain_with_a_server(tmp_path: Path):
    with FaultyServer() as server:
        server.reply = replied
        model = f"name: 'small@{server.url}', concurrency: 4"
        more = (
            f"seed: {{{model}, samples: 2}}\n"
            f"interpolate: {{{model}, easy: worked, hard: worked, count: 12, judge: 5}}\n"
            f"distil: {{{model}, samples: 3}}\n"
        )
        recipe = small_recipe(tmp_path, more)
        run = built(recipe, tmp_path / "run", limit=6)
        asked = len(server.bodies)
        assert built(recipe, tmp_path / "run", limit=6).stages[-1].reused
        assert len(server.bodies) == asked
    names = [result.name for result in run.stages]
    assert names == ["interpolate", "solve", "check", "decontaminate", "duplicates", "write"]
    assert stage(run, "solve").dropped["not kept of the teacher"] == 12
    rows = rows_of(run)
    new = [row for row in rows if row["method"] == "distil"]
    assert len(new) == stage(run, "interpolate").kept - 6 > 2
    for row in new:
        assert (row["model"], row["dialect"], row["source"]) == ("small", "markdown", "interpolated")
        assert row["prompt_hash"]
        assert int(row["answer"]) == 12 * int(row["question"].split()[3])
    (difficulty,) = parquet.read_table(stage(run, "interpolate").folder / "difficulty.parquet").to_pylist()
    assert difficulty == {"easy": 1.0, "hard": 0.0}


def test_the_plan_of_the_papers_recipe(tmp_path: Path):
    path = Path(__file__).parents[2] / "recipes/mathcodeinstruct-80k.yaml"
    planned = plan(load_instruct_recipe(path))
    assert [name for name in planned.facts if "problems of" in name] == ["problems of gsm8k", "problems of math"]
    assert planned.facts["student"].startswith("about 360,000 calls to student: ")
    # Train questions are not in the package: where they are not here either, the plan says how to get them.
    assert all("problems." in line for line in planned.problems)


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_killed_at_any_moment_it_ends_with_the_same_files(small: Built, tmp_path: Path):
    recipe = small_recipe(tmp_path)
    program = [sys.executable, str(PROGRAM), str(recipe), str(tmp_path / "killed")]
    started = time.monotonic()
    subprocess.run([*program[:-1], str(tmp_path / "whole")], check=True, timeout=300)
    seconds = time.monotonic() - started
    moments, kills = random.Random(8), 0
    while kills < 20:
        process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, 1.0) * seconds * 0.8)
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        if process.returncode == 0:  # it came to its end first
            assert files(tmp_path / "killed") == files(small.run)
            shutil.rmtree(tmp_path / "killed")
    subprocess.run(program, check=True, timeout=300)
    assert files(tmp_path / "killed") == files(small.run)
