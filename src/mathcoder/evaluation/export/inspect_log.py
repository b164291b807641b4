"""A log of Inspect as JSON, by the schema of `inspect_ai/log/_log.py` of inspect_ai 0.3.285.

JSON and not the newer .eval: that is a ZIP archive with a member for each sample, named after it.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from mathcoder.evaluation.export.common import finished, known, model_name, sha256, start_time, stderr, write
from mathcoder.evaluation.rows import EvalRow, Run, asked
from mathcoder.evaluation.samples import accuracy, by_problem
from mathcoder.solution import Cost

__all__ = ["to_inspect"]


def to_inspect(run: Run, folder: Path) -> list[Path]:
    """Write one log of Inspect for each benchmark; `inspect view --log-dir FOLDER` shows them.

    A code block is a call of the tool `python`, an execution its result. A sample's score is "C" or "I", or
    "N" where the answer could not be graded; its explanation is the rule that decided.

    Raises:
        ValueError: the run holds rows of a benchmark that is not known.
        OSError: a file cannot be written.
    """
    logs = {
        known(run, name): _inspect_log(run, name, list(problems.values()))
        for name, problems in by_problem(run.rows).items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, log in logs.items():
        # The name says time, task and id, with _ between them only: the viewer takes it apart.
        stamp = re.sub(r"[:+]", "-", log["eval"]["created"])
        paths.append(folder / f"{stamp}_{name.replace('_', '-')}_{log['eval']['task_id']}.json")
        write(paths[-1], [json.dumps(log, ensure_ascii=False)])
    return paths


def _inspect_log(run: Run, name: str, problems: Sequence[Sequence[EvalRow]]) -> dict[str, Any]:
    started = start_time(run)
    ended = started + datetime.timedelta(seconds=float(asked(run, "seconds") or 0.0))
    run_id = _id(json.dumps(run.asked, sort_keys=True), str(run.folder.resolve()))
    samples = [_inspect_sample(run, row) for samples in problems for row in samples]
    shares = [accuracy([samples]).value for samples in problems]
    metrics = {"accuracy": fmean(shares), "stderr": stderr(shares) if len(shares) > 1 else 0.0}
    version = asked(run, "versions", "mathcoder")
    scorer: dict[str, Any] = {
        "name": "mathcoder",
        "options": {},
        "metrics": [{"name": f"inspect_ai/{metric}", "options": {}} for metric in metrics],
    }
    settings: dict[str, Any] = asked(run, "settings") or {}
    return {
        "version": 2,
        "status": "success" if finished(run) else "cancelled",
        "eval": {
            "eval_id": _id(run_id, name, "eval"),
            "run_id": run_id,
            "created": started.isoformat(timespec="seconds"),
            "task": name,
            "task_id": _id(run_id, name),
            "dataset": {
                "name": name,
                "samples": len(problems),
                "sample_ids": [rows[0].problem for rows in problems],
                "shuffled": False,
            },
            "model": model_name(run),
            "model_generate_config": {
                theirs: asked(run, "settings", "options", ours) for ours, theirs in _SAMPLING.items()
            },
            "config": {"epochs": max(map(len, problems))},
            "packages": {"mathcoder": version} if isinstance(version, str) else {},
            "metadata": run.asked,
            "scorers": [scorer],
        },
        "plan": {"name": "plan", "steps": [{"solver": "mathcoder", "params": settings}]},
        "results": {
            "total_samples": len(samples),
            "completed_samples": len(samples),
            "scores": [
                {
                    "name": "mathcoder",
                    "scorer": "mathcoder",
                    "scored_samples": len(problems),
                    "unscored_samples": 0,
                    "metrics": {metric: {"name": metric, "value": value} for metric, value in metrics.items()},
                }
            ],
        },
        "stats": {
            "started_at": started.isoformat(timespec="seconds"),
            "completed_at": ended.isoformat(timespec="seconds"),
            "model_usage": {model_name(run): _usage(row.solution.cost for rows in problems for row in rows)},
        },
        "samples": samples,
        "reductions": [
            {
                "scorer": "mathcoder",
                "samples": [
                    {"value": share, "answer": rows[0].answer, "sample_id": rows[0].problem}
                    for share, rows in zip(shares, problems, strict=True)
                ],
            }
        ],
    }


# Our options of sampling, and what Inspect calls them.
_SAMPLING = {"temperature": "temperature", "top_p": "top_p", "tokens": "max_tokens", "seed": "seed"}


def _inspect_sample(run: Run, row: EvalRow) -> dict[str, Any]:
    messages = _messages(row, model_name(run))
    last = next((message for message in reversed(messages) if message["role"] == "assistant"), None)
    cost = row.solution.cost
    stop = "max_tokens" if row.solution.ended == "tokens" else "stop"
    sample: dict[str, Any] = {
        "id": row.problem,
        "epoch": row.sample + 1,
        "input": row.question,
        "choices": list(row.options) or None,
        "target": row.reference,
        "messages": messages,
        "output": {
            "model": model_name(run),
            "choices": [{"message": last, "stop_reason": stop}] if last else [],
            "completion": last["content"] if last else "",
            "usage": _usage([cost]),
        },
        "scores": {
            "mathcoder": {
                "value": {True: "C", False: "I", None: "N"}[row.correct],
                "answer": row.answer,
                "explanation": row.rule,
                "metadata": {"outcome": row.outcome, "check": row.check, "note": row.note},
            }
        },
        "metadata": {"level": row.level, "subject": row.subject, "ended": row.solution.ended},
        "model_usage": {model_name(run): _usage([cost])},
        "total_time": cost.model_seconds + cost.sandbox_seconds,
        "working_time": cost.model_seconds + cost.sandbox_seconds,
        "uuid": _id(str(run.folder.resolve()), row.id),
    }
    if row.solution.ended in _LIMITS:
        theirs, ours = _LIMITS[row.solution.ended]
        most = asked(run, "settings", "options", ours)
        sample |= {"limit": {"type": theirs, "limit": most}} if isinstance(most, (int, float)) else {}
    return sample


# Why a solution ended: what Inspect calls that limit, and which of our options it is.
_LIMITS = {"tokens": ("token", "tokens"), "time": ("time", "seconds"), "rounds": ("turn", "rounds")}


def _messages(row: EvalRow, model: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": row.question, "source": "input"}]
    call = ""
    for number, block in enumerate(row.solution.blocks):
        if block.type == "execution":
            messages.append({"role": "tool", "content": block.content, "tool_call_id": call, "function": "python"})
            continue
        said: dict[str, Any] = messages[-1]
        if block.type == "text" or said["role"] != "assistant" or "tool_calls" in said:
            said = {"role": "assistant", "content": "", "source": "generate", "model": model}
            messages.append(said)
        if block.type == "text":
            said["content"] = block.content
        else:
            call = f"call_{number}"
            python: dict[str, Any] = {"function": "python", "arguments": {"code": block.content}}
            said["tool_calls"] = [{"id": call, "type": "function", **python}]
    return [message | {"id": _id(row.id, str(number))} for number, message in enumerate(messages)]


def _usage(costs: Iterable[Cost]) -> dict[str, int]:
    prompt = completion = 0
    for cost in costs:
        prompt, completion = prompt + cost.prompt_tokens, completion + cost.completion_tokens
    return {"input_tokens": prompt, "output_tokens": completion, "total_tokens": prompt + completion}


def _id(*parts: str) -> str:
    """As long as Inspect's; the same for the same parts, so that a run exported again is no other run."""
    return sha256(json.dumps(parts))[:22]
