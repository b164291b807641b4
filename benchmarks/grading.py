"""Grading beside Math-Verify: who is right on the hand-labelled standard, and how many answers a second.

    python benchmarks/grading.py [--repeats 3]

Needs MATHCODER_DATA. Both work on all cores, with their processes started before the clock. The answers are
those of the recorded solutions of MathCoder, and for the long run those of the worked solutions of MATH and
GSM8K, against the reference and against the next problem's. No pair is graded twice in a turn, and nothing is
remembered from turn to turn.
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
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests/grading"))

from standard import Pair as Labelled
from standard import pairs as labelled_pairs

from mathcoder.grading import Grader, Pair, extract_answer
from mathcoder.grading.expression import _point
from mathcoder.grading.grader import _read_and_compare
from mathcoder.grading.read import read
from table import heading, show

CORES = len(os.sched_getaffinity(0))
Verdicts = list[bool | None]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def distinct(pairs: list[Pair]) -> list[Pair]:
    return list(dict.fromkeys(pair for pair in pairs if pair.answer and pair.reference))


def recorded(data: Path, *benchmarks: str) -> list[Pair]:
    traces = rows(data / "traces/lce_traces.jsonl.gz")
    chosen = [row for row in traces if row["benchmark"].startswith(benchmarks)]
    return distinct([Pair(row["completion"], row["answer"]) for row in chosen if len(row["completion"]) < 200])


def many(data: Path) -> list[Pair]:
    pairs: list[Pair] = []
    for name in ("math", "gsm8k"):
        for row, following in pairwise(rows(data / f"eval/{name}.jsonl.gz")):
            pairs.append(Pair(extract_answer(row["solution"]), row["answer"]))
            pairs.append(Pair(following["answer"], row["answer"]))
    return pairs[:20_000]


def check(pair: Pair) -> bool:
    """Math-Verify, used as its documentation shows."""
    from math_verify import parse, verify

    return verify(parse(f"${pair.reference}$"), parse(f"${pair.answer}$"))


def check_choice(pair: Pair) -> bool:
    """Math-Verify on a multiple choice: the letter, or else the text of the right option."""
    from math_verify import StringExtractionConfig, parse, verify

    letters = "ABCDEFGHIJ"[: len(pair.options)]
    config = [StringExtractionConfig(strings=tuple(letters))]
    reference = pair.reference or "A"
    if parse(pair.answer or "", config):
        return verify(parse(reference, config), parse(pair.answer or "", config))
    place = "ABCDEFGHIJ".find(reference)
    return 0 <= place < len(letters) and check(Pair(pair.answer, pair.options[place]))


def check_any(pair: Pair) -> bool:
    return check_choice(pair) if pair.options else check(pair)


def accuracy(name: str, labelled: Sequence[Labelled], verdicts: Verdicts) -> tuple[object, ...]:
    """A line of the table. What cannot be graded counts as a mistake, and not as "equal"."""
    truth = [pair.label for pair in labelled]
    found = sum(label and verdict is True for label, verdict in zip(truth, verdicts, strict=True))
    false = sum(not label and verdict is True for label, verdict in zip(truth, verdicts, strict=True))
    right = sum(label is verdict for label, verdict in zip(truth, verdicts, strict=True))
    hard = [(pair.label, verdict) for pair, verdict in zip(labelled, verdicts, strict=True) if pair.hard]
    precision, recall = found / max(found + false, 1), found / max(sum(truth), 1)
    hard_right = sum(label is verdict for label, verdict in hard)
    return (
        name,
        f"{right / len(truth):.2%}",
        f"{hard_right / len(hard):.2%}",
        f"{precision:.2%}",
        f"{recall:.2%}",
        false,
        len(truth) - right - false,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="turns of each (default 3)")
    arguments = parser.parse_args()
    if not os.environ.get("MATHCODER_DATA"):
        sys.exit("set MATHCODER_DATA to the folder of real inputs")
    data = Path(os.environ["MATHCODER_DATA"])
    with multiprocessing.Pool(CORES) as pool, Grader() as grader:

        def ours(pairs: list[Pair]) -> Verdicts:
            for cache in (_read_and_compare, read, _point):
                cache.cache_clear()
            return [grade.correct for grade in grader.grade_many(pairs)]

        def theirs(pairs: list[Pair]) -> Verdicts:
            return [*pool.map(check_any, pairs, chunksize=8)]

        ours([Pair(rf"\sum_{{n=1}}^{{{n}}} n", "1/7") for n in range(64)])  # every process is up
        theirs([Pair("1", "1")] * 64)
        on_the_standard(data, ours, theirs)
        speed(data, ours, theirs, arguments.repeats)


Grade = Callable[[list[Pair]], Verdicts]


def on_the_standard(data: Path, ours: Grade, theirs: Grade) -> None:
    for name in ("pairs", "holdout"):
        labelled = labelled_pairs(data, name)
        pairs = [Pair(pair.answer, pair.reference, pair.options) for pair in labelled]
        print(heading(f"the standard, {name}: {len(pairs):,} labelled pairs"))
        lines = [accuracy("ours, strict", labelled, ours(pairs)), accuracy("Math-Verify", labelled, theirs(pairs))]
        show(["", "right", "of the hard", "precision", "recall", "false equal", "missed"], lines)


def speed(data: Path, ours: Grade, theirs: Grade, repeats: int) -> None:
    def rate(grade: Grade, pairs: list[Pair]) -> float:
        start = time.perf_counter()
        grade(pairs)
        return len(pairs) / (time.perf_counter() - start)

    sets = {"GSM8K and SVAMP": recorded(data, "GSM8K", "SVAMP"), "MATH": recorded(data, "MATH")}
    sets["MATH, other text"] = [pair for pair in sets["MATH"] if pair.answer != pair.reference]
    lines: list[tuple[object, ...]] = []
    for name, pairs in sets.items():
        turns = [(rate(ours, pairs), rate(theirs, pairs)) for _ in range(repeats)]
        us, them = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
        lines.append((name, len(pairs), f"{us:,.0f}", f"{them:,.0f}", f"{us / them:.1f}"))
    print(heading(f"answers a second on {CORES} cores, distinct pairs, median of {repeats}"))
    show(["answers", "pairs", "ours", "Math-Verify", "ours : theirs"], lines)
    pairs = many(data)
    seconds = statistics.median(len(pairs) / rate(ours, pairs) for _ in range(repeats))
    print(f"{len(pairs):,} answers of MATH and GSM8K in {seconds:.1f} s, median of {repeats}")


if __name__ == "__main__":
    main()
