"""Grade answers against references.

Each row of FILE (.jsonl or .json, also .gz) has an answer and a reference, and for a multiple choice its options.
Prints how many are right, and why the others are not; --output keeps every row with its grade. Rows that cannot
be read go to a file of rejected rows, and the rest is graded.

    mathcoder grade answers.jsonl
    mathcoder grade answers.jsonl --output graded.jsonl --rule mathcoder
    mathcoder grade outputs.jsonl --answer-key prediction --reference-key gold --json
"""

from __future__ import annotations

import enum
import json
import time
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from mathcoder.cli.common import Counter, Failure, say_rejected, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.grading import Pair
    from mathcoder.rows import BadRow


class RuleName(enum.StrEnum):
    strict = "strict"
    mathcoder = "mathcoder"


def command(
    file: Annotated[Path, typer.Argument(help="Rows with an answer and a reference.")],
    rule: Annotated[RuleName, typer.Option(help="By which an answer is right.")] = RuleName.strict,
    answer_key: Annotated[str, typer.Option(help="The key of the answer.", metavar="KEY")] = "answer",
    reference_key: Annotated[str, typer.Option(help="The key of the reference.", metavar="KEY")] = "reference",
    output: Annotated[
        Path | None, typer.Option(help="A .jsonl file for every row with its grade.", metavar="FILE")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N rows.", metavar="N", min=1)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes for answers that are not plain; default: all cores.", min=1)
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rows that cannot be read go; default: FILE.rejected.jsonl, here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.files import written_aside
    from mathcoder.grading import Grader
    from mathcoder.sandbox import SandboxError

    console = Console(stderr=as_json)
    bad: list[BadRow] = []
    pending: list[dict[str, Any]] = []
    grades: Tally[tuple[bool | None, str]] = Tally()

    def pairs() -> Iterator[Pair]:
        for row, pair in _rows(file, answer_key, reference_key, limit, bad):
            pending.append(row)
            yield pair

    start = time.perf_counter()
    try:
        with (
            Grader(rule.value, workers=workers) as grader,
            Counter(console, "grading") as counter,
            written_aside(output) if output else nullcontext() as aside,
            aside.open("w", encoding="utf-8") if aside else nullcontext() as target,
        ):
            for grade in grader.grade_many(pairs()):
                row = pending.pop(0)
                grades[grade.correct, grade.rule] += 1
                if target is not None:
                    graded = row | {"correct": grade.correct, "rule": grade.rule}
                    target.write(json.dumps(graded, ensure_ascii=False) + "\n")
                if grades.total() % 100 == 0:
                    counter.say(f"{grades.total():,} answers graded")
            say_rejected(console, file, bad, rejected)
            if not grades:  # here, so that no empty file takes the place of earlier grades
                raise Failure(f"{file}: no row with {answer_key!r} and {reference_key!r} could be read from it")
    except SandboxError as error:
        raise Failure(f"{error}; `mathcoder doctor` tells more") from error
    except OSError as error:
        if output is None:
            raise
        raise Failure(f"{output}: {error.strerror or error}; give --output a file that can be written") from error
    counts = {name: _count(grades, correct) for name, correct in _VERDICTS}
    if as_json:
        rules = {name: _rules(grades, correct) for name, correct in _VERDICTS}
        print(
            json.dumps(
                {"file": str(file), "answers": grades.total(), **counts, "rules": rules, "rejected": len(bad)}
            )
        )
        return 0
    _print(console, grades, counts, time.perf_counter() - start)
    return 0


_VERDICTS: tuple[tuple[str, bool | None], ...] = (("right", True), ("wrong", False), ("ungradable", None))


def _rows(
    file: Path, answer_key: str, reference_key: str, limit: int | None, bad: list[BadRow]
) -> Iterator[tuple[dict[str, Any], Pair]]:
    from mathcoder.grading import Pair
    from mathcoder.rows import BadRow, json_file, json_lines

    name = file.name.removesuffix(".gz")
    if not name.endswith((".jsonl", ".json")):
        raise Failure(f"{file}: unknown format; name it .jsonl, .jsonl.gz, .json or .json.gz", 2)
    count = 0
    try:
        for item in (json_lines if name.endswith(".jsonl") else json_file)(file):
            if isinstance(item, BadRow):
                bad.append(item)
                continue
            line, value = item
            try:
                row = _object(value)
                options = _options(row.get("options"))
                yield row, Pair(_text(row, answer_key, True), _text(row, reference_key, False), options)
            except ValueError as error:
                bad.append(BadRow(str(file), line, str(error)))
                continue
            count += 1
            if count == limit:
                return
    except OSError as error:
        raise unreadable(file, error) from error


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a row must be an object, not {type(value).__name__}")
    return cast("dict[str, Any]", value)


def _text(row: dict[str, Any], key: str, may_be_null: bool) -> str | None:
    """An answer: text, or a number as it would be written; null where there is none."""
    value = row.get(key)
    if value is None and key in row and may_be_null:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        has = ", ".join(map(repr, row)) or "no keys"
        kind = "null" if value is None else f"{type(value).__name__}, not text or a number"
        kind = kind if key in row else "missing"
        raise ValueError(f"{key!r} is {kind}; the row has {has}")
    return str(value)


def _options(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        raise ValueError("'options' must be a list of texts")
    return texts


def _count(grades: Tally[tuple[bool | None, str]], correct: bool | None) -> int:
    return sum(count for (verdict, _), count in grades.items() if verdict is correct)


def _rules(grades: Tally[tuple[bool | None, str]], correct: bool | None) -> dict[str, int]:
    return {rule: count for (verdict, rule), count in grades.most_common() if verdict is correct}


def _print(
    console: Console, grades: Tally[tuple[bool | None, str]], counts: dict[str, int], seconds: float
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (("", "left"), ("answers", "right"), ("share", "right"), ("decided by", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    styles = {"right": "green", "wrong": "red", "ungradable": "yellow"}
    for name, correct in _VERDICTS:
        if not counts[name]:
            continue
        rules = ", ".join(f"{rule} {count:,}" for rule, count in _rules(grades, correct).items())
        share = f"{counts[name] / grades.total():.1%}"
        table.add_row(name, f"{counts[name]:,}", share, rules, style=styles[name])
    console.print(table)
    rate = grades.total() / max(seconds, 1e-9)
    console.print(f"{grades.total():,} answers in {seconds:.1f} s ({rate:,.0f} a second)", highlight=False)
