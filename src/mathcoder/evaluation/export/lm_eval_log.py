"""What lm-evaluation-harness writes of an evaluation: aggregated results, and the samples of each task.

The layout is that of `lm_eval/loggers/evaluation_tracker.py` and `lm_eval/result_schema.py` of lm-eval 0.4.13.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from mathcoder.evaluation.export.common import file_name, known, model_name, sha256, start_time, stderr, write
from mathcoder.evaluation.rows import EvalRow, Run, asked
from mathcoder.evaluation.samples import accuracy, by_problem
from mathcoder.grading import RULES
from mathcoder.solution import Block

__all__ = ["to_lm_eval"]


def to_lm_eval(run: Run, folder: Path) -> list[Path]:
    """Write what `lm_eval --log_samples --output_path FOLDER` does: the results of a run, and its samples.

    A task is a benchmark. Its metric is `acc`, the share of right samples, and its filter the grading rule. The
    prompt of a sample is the question as it was asked, without the dialect's instruction and examples.

    Returns:
        The files, the results first.

    Raises:
        ValueError: the run holds rows of a benchmark that is not known.
        OSError: a file cannot be written.
    """
    time = start_time(run)
    stamp = time.replace(tzinfo=None).isoformat().replace(":", "-")
    place = folder / file_name(model_name(run))
    rule = asked(run, "settings", "rule")
    kind = str(rule) if rule in RULES else "none"
    tasks = {name: list(problems.values()) for name, problems in by_problem(run.rows).items()}
    samples = {known(run, name): _lm_eval_samples(run, problems, kind) for name, problems in tasks.items()}
    results = _lm_eval_results(run, samples, kind, time)
    place.mkdir(parents=True, exist_ok=True)
    paths = [place / f"results_{stamp}.json"]
    write(paths[0], [json.dumps(results, indent=2, ensure_ascii=False)])
    for name, rows in samples.items():
        paths.append(place / f"samples_{name}_{stamp}.jsonl")
        write(paths[-1], (json.dumps(row, ensure_ascii=False) for row in rows))
    return paths


def _lm_eval_samples(run: Run, problems: Sequence[Sequence[EvalRow]], kind: str) -> list[dict[str, Any]]:
    several = max(map(len, problems)) > 1
    rows: list[dict[str, Any]] = []
    for number, samples in enumerate(problems):
        first = samples[0]
        doc = {"id": first.problem, "question": first.question, "answer": first.reference}
        doc |= {"options": list(first.options), "level": first.level, "subject": first.subject}
        answers = ["[invalid]" if row.answer is None else row.answer for row in samples]  # as their filters say it
        rows.append(
            {
                "doc_id": number,
                "doc": doc,
                "target": first.reference,
                "arguments": {"gen_args_0": {"arg_0": first.question, "arg_1": _generation(run)}},
                "resps": [[_written(row.solution.blocks) for row in samples]],
                "filtered_resps": [answers] if several else answers,
                "filter": kind,
                "metrics": ["acc"],
                "doc_hash": sha256(json.dumps(doc, indent=2, ensure_ascii=False)),
                "prompt_hash": sha256(first.question),
                "target_hash": sha256(first.reference),
                "acc": accuracy([samples]).value,
            }
        )
    return rows


def _lm_eval_results(
    run: Run, samples: dict[str, list[dict[str, Any]]], kind: str, time: datetime.datetime
) -> dict[str, Any]:
    shots = asked(run, "settings", "asking", "shots") or 0
    metric = {"metric": "acc", "aggregation": "mean", "higher_is_better": True}
    version = asked(run, "versions", "mathcoder")
    return {
        "results": {
            name: {
                "name": name,
                "alias": name,
                "sample_len": len(rows),
                f"acc,{kind}": fmean(row["acc"] for row in rows),
                f"acc_stderr,{kind}": stderr([row["acc"] for row in rows]) if len(rows) > 1 else "N/A",
            }
            for name, rows in samples.items()
        },
        "group_subtasks": {},
        "configs": {
            name: {
                "task": name,
                "dataset_path": asked(run, "inputs", name, "source") or "",
                "test_split": asked(run, "settings", "split") or "test",
                "doc_to_text": "{{question}}",
                "doc_to_target": "{{answer}}",
                "num_fewshot": shots,
                "metric_list": [metric],
                "output_type": "generate_until",
                "generation_kwargs": _generation(run),
                "repeats": max(len(row["resps"][0]) for row in rows),
                "metadata": {"version": version},
            }
            for name, rows in samples.items()
        },
        "versions": dict.fromkeys(samples, version or "N/A"),
        "n-shot": dict.fromkeys(samples, shots),
        "higher_is_better": {name: {"acc": True} for name in samples},
        "n-samples": {
            name: {"original": asked(run, "inputs", name, "rows") or len(rows), "effective": len(rows)}
            for name, rows in samples.items()
        },
        "config": {
            "model": "mathcoder",
            "model_args": {"model": model_name(run)},
            "batch_size": None,
            "limit": asked(run, "settings", "limit"),
            "gen_kwargs": _generation(run),
            "mathcoder": run.asked,
        },
        "git_hash": None,
        "date": time.timestamp(),
        "pretty_env_info": "N/A (written by mathcoder)",
        "transformers_version": "N/A",
        "lm_eval_version": "N/A",
        "upper_git_hash": None,
        "task_hashes": {
            name: sha256("".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in rows))
            for name, rows in samples.items()
        },
        "model_source": "mathcoder",
        "model_name": model_name(run),
        "model_name_sanitized": file_name(model_name(run)),
        "system_instruction": None,
        "system_instruction_sha": None,
        "fewshot_as_multiturn": None,
        "chat_template": None,
        "chat_template_sha": None,
        "total_evaluation_time_seconds": str(asked(run, "seconds") or 0.0),
    }


def _generation(run: Run) -> dict[str, Any]:
    temperature = asked(run, "settings", "options", "temperature")
    tokens = asked(run, "settings", "options", "tokens")
    return {"until": [], "do_sample": bool(temperature), "temperature": temperature, "max_gen_toks": tokens}


def _written(blocks: Iterable[Block]) -> str:
    """A solution as one text, for people."""
    fences = {"code": "```python\n{}\n```", "execution": "```output\n{}\n```", "text": "{}"}
    return "\n".join(fences[block.type].format(block.content) for block in blocks)
