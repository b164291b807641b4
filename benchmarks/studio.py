"""The studio's view of a large run: how long its index takes, and each kind of question that is asked of it.

    python benchmarks/studio.py [FILE] [--rows 100000] [--samples 4]

FILE defaults to the traces in MATHCODER_DATA, else to examples/data/mathcoder_l70b.jsonl. Its solutions, which
models really wrote, are graded here and repeated as samples of problems until there are as many as asked for. Each
question is a whole request to the studio, and none is asked twice, so that no answer was kept from before.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from starlette.testclient import TestClient

from mathcoder.evaluation import EvalRow, Outcome
from mathcoder.grading import extract_answer, is_equivalent
from mathcoder.solution import Cost
from mathcoder.solving.formats import Record, read_records
from mathcoder.studio import StudioSettings, create_app
from table import heading, show

DATA = os.environ.get("MATHCODER_DATA")
DEFAULT = Path(DATA, "traces/lce_traces.jsonl.gz") if DATA else Path("examples/data/mathcoder_l70b.jsonl")
OUTCOMES: dict[bool | None, Outcome] = {True: "right", False: "wrong", None: "ungradable"}


def graded(record: Record) -> EvalRow:
    """A recorded solution as an evaluation keeps one; tokens and seconds, which were not recorded, by length."""
    solution, benchmark = record.solution, str(record.meta["benchmark"]).lower()
    answer = extract_answer(solution)
    grade = is_equivalent(answer, record.reference)
    written = sum(len(block.content) for block in solution.blocks) // 4
    rounds = 1 + sum(block.type == "code" for block in solution.blocks)
    cost = Cost(100 * rounds, written, rounds, written / 60, rounds / 9)
    return EvalRow(
        id="",
        benchmark=benchmark,
        problem=record.problem[:40],
        sample=0,
        question=record.problem,
        reference=record.reference or "",
        solution=replace(solution, ended="answer", cost=cost),
        answer=answer,
        correct=grade.correct,
        rule=grade.rule,
        outcome="invalid" if answer is None else OUTCOMES[grade.correct],
        level=f"Level {1 + len(record.problem) % 5}" if benchmark == "math" else None,
        subject=("Algebra", "Geometry", "Number Theory")[len(record.problem) % 3] if benchmark == "math" else None,
    )


def repeated(records: list[Record], samples: int, rows: int) -> Iterator[EvalRow]:
    """Rows of as many problems as it takes, each with the recorded solutions of one question as its samples."""
    problems: dict[str, list[EvalRow]] = defaultdict(list)
    for record in records:
        problems[record.problem].append(graded(record))
    for copy in range(rows):
        for question, group in problems.items():
            for sample in range(samples):
                row = group[(sample + copy) % len(group)]
                name = f"{row.benchmark}/{crc32(question.encode()):x}-{copy}"
                again = f"{question} ({copy})"
                yield replace(row, id=f"{name}#{sample}", problem=name, sample=sample, question=again)
                rows -= 1
                if not rows:
                    return


def write_run(folder: Path, records: list[Record], samples: int, rows: int) -> None:
    folder.mkdir(parents=True)
    names = ["gsm8k", "math"]
    settings = {"votes": samples, "benchmarks": names}
    asked = {"kind": "evaluate", "model": "recorded", "benchmarks": names, "settings": settings, "finished": True}
    (folder / "run.json").write_text(json.dumps(asked))
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        file.write(json.dumps({"key": {}}) + "\n")
        for row in repeated(records, samples, rows):
            file.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")


def ready(client: TestClient, name: str) -> float:
    """Seconds until a run is indexed."""
    start = time.perf_counter()
    while (state := client.get(f"/api/traces/{name}").json()["state"])["phase"] != "ready":
        if state["phase"] == "failed":
            raise SystemExit(state["error"])
        time.sleep(0.05)
    return time.perf_counter() - start


COMMON = (
    "the to is of and we number total calculate answer python import sympy print solve x 2 find in are".split()
)
RARE = "marbles parabola trapezoid NameError octagon discount hexagon simplify gcd factorial prism median".split()

Query = dict[str, Any]


def questions(facets: dict[str, dict[str, int]], total: int) -> dict[str, list[Query]]:
    """Queries by kind, all of them different."""
    each = {name: [{name: value} for value in values] for name, values in facets.items()}
    wrong = {"outcome": "not right", "vote": "minority"}
    return {
        "first page, sorted": [
            {"sort": way + name} for name in ("rounds", "tokens", "seconds") for way in ("", "-")
        ],
        "a page in the middle or at the end": [
            {"start": int(total * share), "sort": sort, "subject": ""}
            for share in (0.3, 0.6, 0.9)
            for sort in ("place", "-tokens")
        ],
        **{f"by {name}": queries for name, queries in each.items()},
        "three filters, sorted": [
            {**wrong, "rounds": rounds, "sort": sort}
            for rounds in facets["rounds"]
            for sort in ("tokens", "-seconds")
        ],
        "a rare word": [{"text": word} for word in RARE],
        "a common word": [{"text": word} for word in COMMON],
        "two common words": [{"text": f"{one} {other}"} for one, other in pairwise(COMMON)],
        "a phrase": [
            {"text": f'"{text}"'} for text in ("the total number of", "we need to", "let's calculate", "=")
        ],
        "beginnings of words": [
            {"text": f"{word}*"} for word in ("num", "cal", "sol", "tot", "pri", "the", "ans")
        ],
        "a word in the code": [{"text": word, "part": "code"} for word in COMMON[6:]],
        "a word, filters, sorted": [{**wrong, "text": word, "sort": "-tokens"} for word in COMMON + RARE],
        "a common word, sorted, last page": [
            {"text": word, "sort": "-seconds", "start": 99_000, "error": "none"} for word in COMMON
        ],
    }


def asked(client: TestClient, path: str, query: Query) -> tuple[float, Any]:
    """Milliseconds of one request, and its answer."""
    start = time.perf_counter()
    answer = client.get(f"/api/traces/{path}?{urlencode(query)}")
    answer.raise_for_status()
    return 1000 * (time.perf_counter() - start), answer.json()


def measure(client: TestClient) -> None:
    _, first = asked(client, "large/rows", {})
    rows: list[tuple[object, ...]] = []
    for kind, queries in questions(first["facets"], first["total"]).items():
        answers = [asked(client, "large/rows", {"count": 50, **query}) for query in queries]
        rows.append(line(kind, [took for took, _ in answers], [answer["total"] for _, answer in answers]))
    for kind, query in (
        ("a solution and those beside it", {"outcome": "wrong", "sort": "-tokens"}),
        ("the same, of those with a common word", {"text": "number", "sort": "seconds"}),
    ):
        found = asked(client, "large/rows", query | {"count": 12, "start": 2000})[1]
        opened = [asked(client, "large/solution", query | {"id": row["id"]}) for row in found["rows"]]
        rows.append(line(kind, [took for took, _ in opened], [answer["total"] for _, answer in opened]))
    show(["question", "asked", "rows found", "median ms", "worst ms"], rows)


def line(kind: str, took: list[float], found: list[int]) -> tuple[object, ...]:
    span = f"{min(found):,} to {max(found):,}" if min(found) < max(found) else f"{max(found):,}"
    return kind, len(took), span, f"{statistics.median(took):.0f}", f"{max(took):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=DEFAULT, help="recorded solutions")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=4, help="of each problem (default 4)")
    arguments = parser.parse_args()
    records = [row for row in read_records(arguments.file) if isinstance(row, Record)]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MATHCODER_CACHE"] = str(Path(scratch, "cache"))
        runs = Path(scratch, "runs")
        write_run(runs / "large", records, arguments.samples, arguments.rows)
        write_run(runs / "other", records[::-1], 1, arguments.rows // arguments.samples)
        print(heading(f"{arguments.rows:,} solutions, {arguments.samples} of each problem"))
        with TestClient(create_app(StudioSettings((runs,), "")), base_url="http://127.0.0.1:8080") as client:
            seconds = ready(client, "large")
            log = runs / "large/rows.jsonl"
            index = sum(file.stat().st_size for file in Path(scratch, "cache").rglob("*") if file.is_file())
            sizes = f"the log has {log.stat().st_size / 1e6:,.0f} MB, the index {index / 1e6:,.0f} MB"
            print(f"indexed in {seconds:.1f} s; {sizes}\n")
            measure(client)
            lines = log.read_bytes().splitlines(keepends=True)[1:201]
            with log.open("ab") as file:
                file.writelines(one.replace(b'"id": "', b'"id": "new-', 1) for one in lines)
            print(f"{len(lines)} more rows are there after {1000 * ready(client, 'large'):.0f} ms")
            ready(client, "other")
            for note, start in (("the first time", 0), ("another page", 50)):
                took, answer = asked(client, "large/compare/other", {"start": start})
                while answer["compared"] is None:
                    more, answer = asked(client, "large/compare/other", {"start": start})
                    took += more
                count = answer["compared"]["total"]
                print(f"compared with {count:,} problems of another run, {note}: {took:,.0f} ms")


if __name__ == "__main__":
    main()
