"""Answers graded a second, beside Math-Verify on as many cores, in one run.

    python benchmarks/grading.py [--repeats 3]

Needs MATHCODER_DATA. The answers are those of the recorded solutions of MathCoder (GSM8K with SVAMP, and MATH
with MATH-500), and for the long run those of the worked solutions of MATH and GSM8K against the reference and
against the next problem's. No answer is graded twice in a turn, and nothing is remembered from turn to turn.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mathcoder.grading import Grader, Pair, extract_answer
from mathcoder.grading.expression import _point
from mathcoder.grading.grader import _read_and_compare
from mathcoder.grading.read import read
from table import heading, show

CORES = len(os.sched_getaffinity(0))


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def distinct(pairs: list[Pair]) -> list[Pair]:
    return list(dict.fromkeys(pair for pair in pairs if pair.answer and pair.reference))


def recorded(data: Path, *benchmarks: str) -> list[Pair]:
    traces = rows(data / "traces/lce_traces.jsonl.gz")
    chosen = [row for row in traces if row["benchmark"].startswith(benchmarks)]
    return [Pair(row["completion"], row["answer"]) for row in chosen if len(row["completion"]) < 200]


def many(data: Path) -> list[Pair]:
    pairs: list[Pair] = []
    for name in ("math", "gsm8k"):
        problems = rows(data / f"eval/{name}.jsonl.gz")
        for row, following in zip(problems, problems[1:], strict=False):
            pairs.append(Pair(extract_answer(row["solution"]), row["answer"]))
            pairs.append(Pair(following["answer"], row["answer"]))
    return pairs[:20_000]


def ours(pairs: list[Pair]) -> int:
    for cache in (_read_and_compare, read, _point):
        cache.cache_clear()
    with Grader() as grader:
        return sum(bool(grade.correct) for grade in grader.grade_many(pairs))


def check(pair: Pair) -> bool:
    from math_verify import parse, verify

    return verify(parse(f"${pair.reference}$"), parse(f"${pair.answer}$"))


def warm() -> None:
    check(Pair("1", "1"))


def timed(run: Callable[[list[Pair]], int], pairs: list[Pair]) -> tuple[float, int]:
    start = time.perf_counter()
    right = run(pairs)
    return len(pairs) / (time.perf_counter() - start), right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="turns of each (default 3)")
    arguments = parser.parse_args()
    if not os.environ.get("MATHCODER_DATA"):
        sys.exit("set MATHCODER_DATA to the folder of real inputs")
    data = Path(os.environ["MATHCODER_DATA"])
    sets = {
        "GSM8K and SVAMP": recorded(data, "GSM8K", "SVAMP"),
        "MATH": recorded(data, "MATH"),
        "MATH, different texts": [pair for pair in recorded(data, "MATH") if pair.answer != pair.reference],
    }
    table = []
    with multiprocessing.Pool(CORES, warm) as pool:

        def theirs(pairs: list[Pair]) -> int:
            return sum(pool.map(check, pairs, chunksize=8))

        theirs([Pair("1", "1")] * 64)  # every process is up
        for name, pairs in sets.items():
            pairs = distinct(pairs)
            turns = [(timed(ours, pairs), timed(theirs, pairs)) for _ in range(arguments.repeats)]
            us, them = (statistics.median(turn[i][0] for turn in turns) for i in (0, 1))
            right = [turns[0][i][1] for i in (0, 1)]
            table.append((name, len(pairs), f"{us:,.0f}", f"{them:,.0f}", f"{us / them:.1f}", *right))
    print(heading(f"answers a second on {CORES} cores, distinct pairs, median of {arguments.repeats}"))
    show(["answers", "pairs", "ours", "Math-Verify", "ours : theirs", "right (ours)", "right (theirs)"], table)
    pairs = many(data)
    rates = [timed(ours, pairs) for _ in range(arguments.repeats)]
    seconds = statistics.median(len(pairs) / rate for rate, _ in rates)
    print(f"{len(pairs):,} answers in {seconds:.1f} s ({rates[0][1]:,} right), median of {arguments.repeats}")


if __name__ == "__main__":
    main()
