"""Instruction data without a model: what GSM8K's train solutions give, and how fast problems are varied.

    python benchmarks/instruct.py              # the yield of `derive` by reason, the share and speed of `vary`
    python benchmarks/instruct.py --run        # and every program in the sandbox
    python benchmarks/instruct.py --rows 200   # a draw of varied problems, as docs/varied-rows.md shows them

`MATHCODER_DATA` names the folder of real inputs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from mathcoder.grading import Grader, Pair
from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.gsm8k import Rejected, derive_all
from mathcoder.instruct.vary import Varied, vary
from mathcoder.problems import load
from mathcoder.sandbox import Sandbox
from table import heading, show

JUDGED = Path(__file__).parent.parent / "tests" / "instruct" / "varied_rows.jsonl"
SEED = 2030
_CORES = 2
_PROBLEMS = 2  # for each derivation whose speed is measured


def draw(derivations: list[Derivation], seed: int) -> Iterator[Varied]:
    """Varied problems in the order of a draw, one of each derivation that gives one."""
    order = list(derivations)
    random.Random(f"draw {seed}").shuffle(order)
    for derivation in order:
        yield from vary(derivation, seed, 1)


def derive_rows(results: list[Derivation | Rejected], seconds: float) -> list[list[str]]:
    kept = sum(isinstance(result, Derivation) for result in results)
    unsure = sum(isinstance(result, Derivation) and bool(result.unsure) for result in results)
    reasons = Counter(result.reason for result in results if isinstance(result, Rejected))
    rows = [["problems with a worked solution", f"{len(results):,}"]]
    rows += [["became programs", f"{kept:,} ({kept / len(results):.1%})"]]
    rows += [["of them with a number that may stand for another", f"{unsure:,} ({unsure / kept:.1%})"]]
    rows += [[f"left out: {reason}", f"{count:,}"] for reason, count in reasons.most_common()]
    return [*rows, ["solutions a second, one core", f"{len(results) / seconds:.0f}"]]


def run_rows(derivations: list[Derivation]) -> list[list[str]]:
    """Every program in the sandbox, and what it prints held against the answer."""
    began = time.perf_counter()
    with Sandbox() as sandbox, Grader() as grader:
        executions = list(sandbox.map([derivation.code() for derivation in derivations]))
        pairs = [Pair(e.output.strip(), d.answer) for e, d in zip(executions, derivations, strict=True)]
        grades = list(grader.grade_many(pairs))
    right = sum(bool(grade.correct) for grade in grades)
    ran = sum(execution.ok for execution in executions)
    seconds = time.perf_counter() - began
    return [
        ["programs that ran", f"{ran:,} of {len(derivations):,}"],
        ["printed the answer", f"{right:,}"],
        ["programs a second, run and graded", f"{len(derivations) / seconds:.0f}"],
    ]


def vary_rows(derivations: list[Derivation]) -> list[list[str]]:
    began = time.perf_counter()
    with ProcessPoolExecutor(_CORES) as pool:
        found = list(pool.map(partial(vary, seed=SEED, count=_PROBLEMS), derivations, chunksize=64))
    seconds = time.perf_counter() - began
    varied, problems = sum(map(bool, found)), sum(map(len, found))
    return [
        [
            "programs whose problem can be varied",
            f"{varied:,} of {len(derivations):,} ({varied / len(derivations):.1%})",
        ],
        [f"varied problems, at most {_PROBLEMS} each", f"{problems:,}"],
        [f"varied problems a second, {_CORES} processes", f"{problems / seconds:.0f}"],
    ]


def rows_page(derivations: list[Derivation], count: int) -> str:
    """The page docs/varied-rows.md: a draw of varied problems, with what a person found who read them."""
    judged = {}
    if JUDGED.exists():
        judged = {row["id"]: row for row in map(json.loads, JUDGED.read_text(encoding="utf-8").splitlines())}
    drawn = [varied for varied, _ in zip(draw(derivations, SEED), range(count), strict=False)]
    verdicts = [judged.get(varied.derivation.problem_id) for varied in drawn]
    right = sum(bool(verdict and verdict["right"]) for verdict in verdicts)
    lines = [
        "# Varied problems, read by hand",
        "",
        f"{count} problems that `mathcoder.instruct.vary` made from GSM8K's train solutions (MIT licence,",
        f"OpenAI), drawn by chance (seed {SEED}) and read one by one: does the program still say what the",
        f"question says, and does the question make sense? **{right} of {sum(map(bool, verdicts))} do.**",
        f"`python benchmarks/instruct.py --rows {count}` draws them again; the judgements are in",
        "`tests/instruct/varied_rows.jsonl`.",
        "",
    ]
    for number, (varied, verdict) in enumerate(zip(drawn, verdicts, strict=True), 1):
        changes = ", ".join(f"{change.old} became {change.new}" for change in varied.changes)
        said = "not judged" if verdict is None else "right" if verdict["right"] else f"**wrong**: {verdict['why']}"
        lines += [f"## {number}. {varied.parent_id}", "", f"{changes}. Judged {said}.", ""]
        lines += [*(f"> {line}" for line in varied.question.splitlines()), ""]
        lines += ["```python", varied.derivation.code(), "```", "", f"Answer: {varied.derivation.answer}", ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--run", action="store_true", help="run every program in the sandbox")
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="only print a draw of N varied problems")
    options = parser.parse_args()
    if not os.environ.get("MATHCODER_DATA"):
        print(
            "set MATHCODER_DATA to the folder of real inputs; eval/gsm8k.jsonl.gz in it is read", file=sys.stderr
        )
        return 2
    problems = load("gsm8k", "train", source="data")
    began = time.perf_counter()
    results = list(derive_all(problems))
    seconds = time.perf_counter() - began
    derivations = [result for result in results if isinstance(result, Derivation)]
    if options.rows:
        print(rows_page(derivations, options.rows))
        return 0
    print(heading("GSM8K train; one run, start-up not counted"))
    show(["derive", "mathcoder"], derive_rows(results, seconds))
    show(["vary", "mathcoder"], vary_rows(derivations))
    if options.run:
        show(["run", "mathcoder"], run_rows(derivations))
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
