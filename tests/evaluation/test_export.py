"""Runs for others: tables, and logs that lm-evaluation-harness and Inspect themselves read back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import venv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from recorded_run import ASKED, recorded_rows, sampled, with_all_outcomes, write_run

from mathcoder.evaluation.export import to_inspect, to_latex, to_lm_eval, to_markdown
from mathcoder.evaluation.rows import EvalRow, Run
from mathcoder.evaluation.scoring import score_rows
from mathcoder.solution import Block, Solution

ROWS = with_all_outcomes(recorded_rows())
HOSTILE = '../../etc|`id`\\input{/etc/passwd}\n\n# h $x$ <b>&_%^~"[*\u202e\x1b[31m'


def run_of(rows: Sequence[EvalRow], folder: str = "runs/made", **asked: Any) -> Run:
    return Run(Path(folder), ASKED | asked, tuple(rows))


def right(count: int, total: int) -> list[EvalRow]:
    """So many right ones of so many problems."""
    return [replace(ROWS[0], problem=str(number), correct=number < count) for number in range(total)]


# Tables.


def test_markdown():
    runs = [
        run_of(right(10, 100), model="small", folder="runs/first"),
        run_of(right(90, 100), model="large"),
        run_of([*right(50, 80), replace(ROWS[50], correct=True)], "runs/second", model="small", finished=False),
    ]
    assert to_markdown(runs).splitlines() == [
        "| model | GSM8K | SVAMP (n = 1) |",
        "| --- | ---: | ---: |",
        "| small (first) | 10.0 ± 6.0 (n = 100) |  |",
        "| large | **90.0** ± 6.0 (n = 100) |  |",
        "| small (second, unfinished) | 62.5 ± 10.4 (n = 80) | 100.0 ± 39.7 |",
        "",
        "Accuracy in percent, ± half of its 95% interval (Wilson). Bold: the best of a column, where its interval "
        "does not contain the second.",
    ]


def test_latex():
    table = to_latex([run_of(right(10, 100), model="small"), run_of(right(90, 100), model="large_2")])
    assert table.splitlines() == [
        r"\begin{table}",
        r"\centering",
        r"\caption{Accuracy in percent, $\pm$ half of its 95\% interval (Wilson). Bold: the best of a column, "
        r"where its interval does not contain the second.}",
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"model & GSM8K ($n = 100$) \\",
        r"\midrule",
        r"small & 10.0 $\pm$ 6.0 \\",
        r"large\_2 & \textbf{90.0} $\pm$ 6.0 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


@pytest.mark.parametrize(
    ("counts", "bold"),
    [
        ((90,), []),  # best of one
        ((90, 84), []),  # 82.6 to 94.5 holds 84
        ((90, 82), ["90.0"]),
        ((82, 90, 10), ["90.0"]),
        ((90, 90), []),
        ((0, 0), []),
    ],
)
def test_bold_is_the_best_that_stands_apart(counts: tuple[int, ...], bold: list[str]):
    runs = [run_of(right(count, 100)) for count in counts]
    assert re.findall(r"\*\*(.+?)\*\*", to_markdown(runs)) == bold
    assert re.findall(r"\\textbf\{(.+?)\}", to_latex(runs)) == bold


def test_hostile_names_stay_text_in_markdown():
    rows = [replace(row, benchmark=HOSTILE) for row in right(1, 2)]
    head, line, row, *rest = to_markdown([run_of(rows, model=HOSTILE)]).splitlines()
    assert len(rest) == 2
    for text in (head, row):
        assert len(re.findall(r"(?<!\\)\|", text)) == len(re.findall(r"(?<!\\)\|", line))
        assert not re.search(r"(?<!\\)[`*<>$&_\[~]", text)
        assert not re.search(r"(?<!\\)\\(?![\\`*_\[\]<>|~$&])", text)
        assert text.isprintable()


def test_hostile_names_stay_text_in_latex():
    rows = [replace(row, benchmark=HOSTILE) for row in right(1, 2)]
    lines = to_latex([run_of(rows, model=HOSTILE)]).splitlines()
    assert len(lines) == 11
    for text in (lines[5], lines[7]):
        cells = text.removesuffix(r" \\").replace(r"$\pm$", "").replace("$n = 2$", "")
        commands = {
            "textbackslash",
            "textasciicircum",
            "textasciitilde",
            "textless",
            "textgreater",
            "textbar",
            "char",
        }
        assert set(re.findall(r"\\([A-Za-z]+)", cells)) <= commands
        assert len(re.findall(r"(?<!\\)&", cells)) == 1
        assert not re.search(r"(?<!\\)[$#_%~^]|\[(?!\})", cells)
        assert text.isprintable()


# lm-evaluation-harness.


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lm_eval(tmp_path: Path):
    run = write_run(tmp_path / "run", ROWS, model="org/Model-7b@http://host:8000/v1")
    results, gsm8k, svamp = to_lm_eval(run, tmp_path / "out")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in (results, gsm8k, svamp)] == [
        "org__Model-7b__http__host__8000__v1/results_2026-11-24T10-00-00.json",
        "org__Model-7b__http__host__8000__v1/samples_gsm8k_2026-11-24T10-00-00.jsonl",
        "org__Model-7b__http__host__8000__v1/samples_svamp_2026-11-24T10-00-00.jsonl",
    ]
    told = json.loads(results.read_text(encoding="utf-8"))
    assert told["model_name"] == "org/Model-7b@http://host:8000/v1"
    assert told["n-samples"]["gsm8k"] == {"original": 40, "effective": 40}
    for name, path in (("gsm8k", gsm8k), ("svamp", svamp)):
        mine = [row for row in ROWS if row.benchmark == name]
        share = score_rows(mine)["accuracy"]
        samples = lines(path)
        assert told["results"][name]["acc,strict"] == pytest.approx(share["count"] / share["total"])
        assert [sample["doc"]["id"] for sample in samples] == [row.problem for row in mine]
        assert [sample["acc"] for sample in samples] == [float(row.correct is True) for row in mine]
        assert [sample["filtered_resps"] for sample in samples] == [[row.answer or "[invalid]"] for row in mine]
    (response,) = lines(gsm8k)[0]["resps"][0]
    assert all(block.content in response for block in ROWS[0].solution.blocks)


def test_lm_eval_of_several_samples(tmp_path: Path):
    rows = sampled(ROWS[:6], 3)
    _, path = to_lm_eval(write_run(tmp_path / "run", rows), tmp_path / "out")
    first, second, *_ = lines(path)
    assert first["acc"] == pytest.approx(2 / 3)
    assert second["acc"] == float(ROWS[1].correct is True)
    assert (len(first["resps"][0]), first["filtered_resps"]) == (3, [["25", "25", "[invalid]"]])


def test_a_run_exported_again_gives_the_same_files(tmp_path: Path):
    run = write_run(tmp_path / "run", ROWS)
    for export in (to_lm_eval, to_inspect):
        first = {path: path.read_bytes() for path in export(run, tmp_path / "out")}
        assert {path: path.read_bytes() for path in export(run, tmp_path / "out")} == first


@pytest.mark.parametrize("model", ["..", "../..", "/etc", "a/../..", "", ".", HOSTILE, "x" * 4000])
@pytest.mark.parametrize("export", [to_lm_eval, to_inspect])
def test_no_text_leads_out_of_the_folder(export: Any, model: str, tmp_path: Path):
    rows = [replace(row, problem=HOSTILE, id=HOSTILE, level=HOSTILE) for row in ROWS[:1]]
    run = write_run(tmp_path / "run", rows, model=model)
    paths = export(run, tmp_path / "out")
    depth = 2 if export is to_lm_eval else 1
    for path in paths:
        assert path.is_file()
        assert path.resolve() == path
        assert len(path.relative_to(tmp_path / "out").parts) == depth
    assert sorted(child.name for child in tmp_path.iterdir()) == ["out", "run"]


@pytest.mark.parametrize("export", [to_lm_eval, to_inspect])
def test_a_benchmark_that_is_not_known_is_refused(export: Any, tmp_path: Path):
    run = write_run(tmp_path / "run", [*ROWS, replace(ROWS[0], benchmark="../gsm8k")])
    with pytest.raises(ValueError, match=r"'\.\./gsm8k' is none of the benchmarks"):
        export(run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# Inspect.


def test_inspect(tmp_path: Path):
    run = write_run(tmp_path / "run", ROWS)
    gsm8k, svamp = to_inspect(run, tmp_path / "out")
    assert re.fullmatch(r"2026-11-24T10-00-00-00-00_gsm8k_[0-9a-f]{22}\.json", gsm8k.name)
    log = json.loads(gsm8k.read_text(encoding="utf-8"))
    mine = [row for row in ROWS if row.benchmark == "gsm8k"]
    share = score_rows(mine)["accuracy"]["count"] / 40
    assert log["results"]["scores"][0]["metrics"]["accuracy"]["value"] == pytest.approx(share)
    assert log["stats"]["model_usage"]["MathCoder-L-70b"]["output_tokens"] == sum(
        row.solution.cost.completion_tokens for row in mine
    )
    scores = {sample["id"]: sample["scores"]["mathcoder"] for sample in log["samples"]}
    values = {"right": "C", "wrong": "I", "invalid": "I", "truncated": "I", "ungradable": "N"}
    for row in mine:
        assert scores[row.problem]["value"] == values[row.outcome]
        assert (scores[row.problem]["answer"], scores[row.problem]["explanation"]) == (row.answer, row.rule)
    cut = next(sample for sample, row in zip(log["samples"], mine, strict=True) if row.outcome == "truncated")
    assert cut["limit"] == {"type": "turn", "limit": 16}
    assert json.loads(svamp.read_text(encoding="utf-8"))["eval"]["task"] == "svamp"
    assert log["status"] == "success"
    (path,) = to_inspect(write_run(tmp_path / "part", ROWS[:5], finished=False), tmp_path / "part-out")
    assert json.loads(path.read_text(encoding="utf-8"))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("blocks", "messages"),
    [
        ((), []),
        ((Block("text", "a"),), [("assistant", "a", None)]),
        (
            (Block("text", "a"), Block("code", "1"), Block("execution", "1"), Block("text", "b")),
            [("assistant", "a", "1"), ("tool", "1", None), ("assistant", "b", None)],
        ),
        (
            (Block("code", "1"), Block("code", "2"), Block("execution", "2")),
            [("assistant", "", "1"), ("assistant", "", "2"), ("tool", "2", None)],
        ),
        ((Block("text", "a"), Block("text", "b")), [("assistant", "a", None), ("assistant", "b", None)]),
        ((Block("execution", "x"), Block("code", "1")), [("tool", "x", None), ("assistant", "", "1")]),
    ],
)
def test_blocks_become_messages(
    blocks: tuple[Block, ...], messages: list[tuple[str, str, str | None]], tmp_path: Path
):
    run = write_run(tmp_path / "run", [replace(ROWS[0], solution=Solution(blocks))])
    (path,) = to_inspect(run, tmp_path / "out")
    (sample,) = json.loads(path.read_text(encoding="utf-8"))["samples"]
    user, *said = sample["messages"]
    assert (user["role"], user["content"]) == ("user", ROWS[0].question)
    calls = [message.get("tool_calls", [{"id": "", "arguments": {"code": None}}])[0] for message in said]
    assert [
        (message["role"], message["content"], call["arguments"]["code"])
        for message, call in zip(said, calls, strict=True)
    ] == messages
    ids = ["", *(call["id"] for call in calls)]  # of the call that each message follows
    assert all(message.get("tool_call_id", before) == before for message, before in zip(said, ids, strict=False))


# With the packages themselves, which pin other versions than we do and so have environments of their own.


def run_in(folder: Path, *command: str | Path, **environment: str) -> str:
    """The output of a command that must succeed, without what this test's own environment adds."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | environment
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def python_with(package: str, folder: Path) -> Path:
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    run_in(folder, python, "-m", "pip", "--disable-pip-version-check", "-q", "install", package)
    return python


READ_INSPECT = """
import json, sys
from inspect_ai.log import list_eval_logs, read_eval_log, recompute_metrics
found = {}
for info in list_eval_logs(sys.argv[1]):
    log = read_eval_log(info.name)
    told = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    recompute_metrics(log)
    again = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    reduced = {each.sample_id: each.value for each in log.reductions[0].samples}
    header = read_eval_log(info.name, header_only=True)
    found[info.task] = {
        "told": told, "again": again, "reduced": reduced, "task_id": info.task_id == log.eval.task_id,
        "status": header.status, "model": header.eval.model, "settings": header.metadata["settings"],
        "tokens": log.stats.model_usage[header.eval.model].output_tokens,
        "samples": [
            {
                "id": sample.id, "epoch": sample.epoch, "input": sample.input, "target": sample.target,
                "answer": sample.scores["mathcoder"].answer, "value": sample.scores["mathcoder"].value,
                "messages": [
                    [message.role, message.text, *[call.arguments["code"] for call in
                     getattr(message, "tool_calls", None) or []]]
                    for message in sample.messages
                ],
            }
            for sample in log.samples
        ],
    }
print(json.dumps(found))
"""


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_inspect_reads_it_back(tmp_path: Path):
    rows = [*ROWS[:40], *sampled(ROWS[40:], 3)]
    run = write_run(tmp_path / "run", rows)
    to_inspect(run, tmp_path / "out")
    python = python_with("inspect_ai==0.3.285", tmp_path)
    found = json.loads(run_in(tmp_path, python, "-c", READ_INSPECT, tmp_path / "out"))
    assert sorted(found) == ["gsm8k", "svamp"]
    for name, log in found.items():
        mine = [row for row in rows if row.benchmark == name]
        share = score_rows(mine)["accuracy"]
        assert log["told"]["accuracy"] == pytest.approx(share["count"] / share["total"])
        assert log["again"] == pytest.approx(log["told"])
        assert sum(log["reduced"].values()) == pytest.approx(share["count"])
        assert (log["status"], log["model"], log["task_id"]) == ("success", "MathCoder-L-70b", True)
        assert log["settings"] == ASKED["settings"]
        assert log["tokens"] == sum(row.solution.cost.completion_tokens for row in mine)
        samples = {(sample["id"], sample["epoch"]): sample for sample in log["samples"]}
        assert len(samples) == len(mine)
        for row in mine:
            sample = samples[row.problem, row.sample + 1]
            assert (sample["input"], sample["target"], sample["answer"]) == (
                row.question,
                row.reference,
                row.answer,
            )
            assert sample["value"] == {True: "C", False: "I", None: "N"}[row.correct]
            said = [text for _, *texts in sample["messages"][1:] for text in texts if text]
            assert said == [block.content for block in row.solution.blocks if block.content]


TASK = """
task: gsm8k
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["."], do_sample: false}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""

READ_LM_EVAL = """
import json, sys
from pathlib import Path
from datasets import load_dataset
from lm_eval.api.metrics import mean, mean_stderr
from lm_eval.utils import (
    get_file_datetime, get_file_task_name, get_results_filenames, get_sample_results_filenames, hash_string,
    make_table,
)
paths = [str(path) for path in Path(sys.argv[1]).rglob("*") if path.is_file()]
(path,) = get_results_filenames(paths)
results = json.loads(Path(path).read_text())
found = {"table": make_table(results), "results": results, "tasks": {}}
for path in get_sample_results_filenames(paths):
    rows = list(load_dataset("json", data_files=path, split="train"))
    name = Path(path).name
    scores = [row["acc"] for row in rows]
    found["tasks"][get_file_task_name(name)] = {
        "time": get_file_datetime(name), "acc": mean(scores), "stderr": mean_stderr(scores), "samples": rows,
        "hash": hash_string("".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in rows)),
        "prompts": all(row["prompt_hash"] == hash_string(row["arguments"]["gen_args_0"]["arg_0"]) for row in rows),
    }
print(json.dumps(found))
"""


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_lm_eval_reads_it_back(tmp_path: Path):
    run = write_run(tmp_path / "run", ROWS)
    ours = to_lm_eval(run, tmp_path / "out")
    python = python_with("lm-eval==0.4.13", tmp_path)
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    found = json.loads(run_in(tmp_path, python, "-c", READ_LM_EVAL, tmp_path / "out", **offline))
    for name, task in found["tasks"].items():
        mine = [row for row in ROWS if row.benchmark == name]
        share = score_rows(mine)["accuracy"]
        told = found["results"]["results"][name]
        assert task["acc"] == told["acc,strict"] == pytest.approx(share["count"] / share["total"])
        assert task["stderr"] == pytest.approx(told["acc_stderr,strict"])
        assert f"{task['acc']:.4f}".rstrip("0") in found["table"]
        assert (task["time"], task["prompts"]) == ("2026-11-24T10-00-00", True)
        assert task["hash"] == found["results"]["task_hashes"][name]
        sample = task["samples"][3]
        assert (sample["doc"]["question"], sample["target"]) == (mine[3].question, mine[3].reference)
        assert sample["filtered_resps"] == [mine[3].answer or "[invalid]"]
    assert sorted(found["tasks"]) == ["gsm8k", "svamp"]

    # What the harness itself writes when a model that says "lol" answers the same questions.
    (tmp_path / "task.yaml").write_text(TASK)
    docs = "".join(json.dumps(sample["doc"]) + "\n" for sample in lines(ours[1])[:2])
    (tmp_path / "docs.jsonl").write_text(docs)
    lm_eval = (python, "-m", "lm_eval", "--model", "dummy", "--tasks", "task.yaml")
    run_in(tmp_path, *lm_eval, "--log_samples", "--output_path", tmp_path / "theirs", **offline)
    ((results,), (samples,)) = (
        (tmp_path / "theirs").rglob(kind) for kind in ("results_*.json", "samples_*.jsonl")
    )
    theirs, mine = json.loads(results.read_text()), json.loads(ours[0].read_text())
    assert set(mine) == set(theirs)
    assert set(mine["results"]["gsm8k"]) == {
        key.replace("exact_match", "acc").replace("none", "strict") for key in theirs["results"]["gsm8k"]
    }
    for their_sample, sample in zip(lines(samples), lines(ours[1]), strict=False):
        assert set(sample) - {"acc"} == set(their_sample) - {"exact_match"}
        assert sample["doc"] == their_sample["doc"]
        for key in ("doc_id", "target", "doc_hash", "prompt_hash", "target_hash"):
            assert sample[key] == their_sample[key]
