"""Datasets as they are published: what is recognised in a row, and what is said of it when it is executed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from mathcoder.computation import Computation
from mathcoder.evaluation.recognise import recognise
from mathcoder.evaluation.reexecute import HOLDS, SILENT, VERDICTS, Checked, reexecute
from mathcoder.rows import BadRow
from mathcoder.sandbox import Limits, Sandbox
from mathcoder.solution import Block
from mathcoder.verification import VERDICTS as OF_COMPUTATIONS
from mathcoder.verification import Verifier
from mathcoder.verification.dataset import DataRow, read_dataset

COMPUTATION = Computation(("a box holds 6",), r"4 \times 6", "24", "print(4 * 6)")
BLOCKS = (Block("text", "We compute."), Block("code", "x = 4\nprint(x * 6)"), Block("execution", "24"))
BLOCKS = (*BLOCKS, Block("text", "So the answer is $\\boxed{24}$."))
PARTS = (
    "**Conditions Needed:**\n1. a box holds 6\n**Computation Expression:**\n$4 \\times 6$\n"
    "**Computation Result:**\n24\n**Python Code Snippet:**\n```python\nprint(4 * 6)\n```\n"
)
MARKDOWN = "We compute.\n```python\nx = 4\nprint(x * 6)\n```\n```output\n24\n```\nSo the answer is $\\boxed{24}$."
LLM = (
    "We compute.\n<llm-code>\nx = 4\nprint(x * 6)\n</llm-code>\n<llm-code-output>\n24\n</llm-code-output>\n"
    "So the answer is $\\boxed{24}$."
)
TOKENS = "".join(f"<|{block.type}|>{block.content}<|endofblock|>" for block in BLOCKS)
TYPED = [{"type": block.type, "content": block.content} for block in BLOCKS]
CALLS = [
    {"role": "user", "content": "q"},
    {
        "role": "assistant",
        "content": "We compute.",
        "tool_calls": [
            {
                "id": "1",
                "type": "function",
                "function": {"name": "python", "arguments": json.dumps({"code": "x = 4\nprint(x * 6)"})},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "1", "content": "24"},
    {"role": "assistant", "content": "So the answer is $\\boxed{24}$."},
]


def chat(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]


COMPUTATIONS: dict[str, dict[str, Any]] = {
    "ours": COMPUTATION.to_json(),
    "ours with more keys": {"id": "a", "document": "b"} | COMPUTATION.to_json() | {"verdict": "verified"},
    "one inside": {"computation": COMPUTATION.to_json()},
    "a list": {"text": "t", "computations": [COMPUTATION.to_json()]},
    "the four parts as keys": {
        "conditions_needed": ["a box holds 6"],
        "computation_expression": "$4 \\times 6$",
        "computation_result": "24",
        "python_code_snippet": "```python\nprint(4 * 6)\n```",
    },
    "the four parts as headings": {"text": f"Some text before.\n\n{PARTS}"},
    "headings under another key": {"id": 3, "content": PARTS},
}
SOLUTIONS: dict[str, dict[str, Any]] = {
    "ours": {"id": "a", "problem": "q", "solution": {"blocks": TYPED, "answer": "24"}},
    "ours, executed before": {
        "problem": "q",
        "solution": {"blocks": TYPED, "answer": "24"},
        "verdict": "same",
        "parts": [],
    },
    "a trace": {"problem": "q", "blocks": TYPED},
    "as MathCoder recorded it": {
        "debug_result": [{"role": "user", "content": "q"}]
        + [{"role": block.type, "content": block.content} for block in BLOCKS]
    },
    "MathCodeInstruct": {
        "messages": [
            {"role": "user", "content": [{"type": "text", "content": "q"}]},
            {"role": "assistant", "content": TYPED},
        ]
    },
    "tool calls": {"messages": CALLS},
    "chat with fences": {"messages": chat(MARKDOWN)},
    "turns": {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": MARKDOWN}]},
    "OpenMathInstruct": {"question": "q", "generated_solution": LLM, "expected_answer": "24"},
    "ToRA's outputs": {"idx": 0, "question": "q", "gt": "24", "code": [MARKDOWN], "pred": ["24"]},
    "ToRA's corpus": {"prompt": "q", "completion": MARKDOWN},
    "block tokens": {"problem": "q", "output": f"<|assistant|>{TOKENS}<|endofmessage|>"},
}


@pytest.mark.parametrize("row", COMPUTATIONS.values(), ids=COMPUTATIONS)
def test_computations_are_recognised(row: dict[str, Any]):
    content = recognise(row, "row 1")
    assert (content.computations, content.solutions) == ((COMPUTATION,), ())


@pytest.mark.parametrize("row", SOLUTIONS.values(), ids=SOLUTIONS)
def test_solutions_are_recognised(row: dict[str, Any]):
    (record,) = recognise(row, "row 1").solutions
    assert record.problem == "q"
    assert [block for block in record.solution.blocks if block.type != "text"] == list(BLOCKS[1:3])
    assert record.solution.answer == "24"


def test_code_with_keys_of_its_own():
    (record,) = recognise({"question": "q", "code": "print(1)", "output": 1}, "row 1").solutions
    assert record.solution.blocks == (Block("code", "print(1)"), Block("execution", "1"))
    (record,) = recognise({"question": "q", "program": "print(1)"}, "row 1").solutions
    assert record.solution.blocks == (Block("code", "print(1)"),)


@pytest.mark.parametrize("row", [{"text": "words"}, {"question": "q", "answer": "5", "solution": "Five."}])
def test_a_row_without_code(row: dict[str, Any]):
    content = recognise(row, "row 1")
    assert (content.computations, content.solutions) == ((), ())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "nothing in it is known to hold a solution, a computation or a text; it has none"),
        ({"foo": 1}, "it has 'foo'"),
        ({"computations": [5]}, "a computation must be an object, not int"),
        ({"computation": {"expression": "1"}}, "computation.result is missing"),
        ({"conversations": [{"from": "robot", "value": "x"}]}, "a turn of conversations needs 'from'"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "no message of role 'user'"),
    ],
)
def test_a_shape_that_is_not_known(row: dict[str, Any], reason: str):
    with pytest.raises(ValueError, match=reason):
        recognise(row, "row 1")


# Executed again.


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=1.0, clock="processor"), workers=2) as sandbox:
        yield sandbox


def checked(rows: list[dict[str, Any]], sandbox: Sandbox, **options: Any) -> list[Checked | BadRow]:
    with Verifier(workers=1, timeout=1.0, sandbox=sandbox) as verifier:
        return list(reexecute((DataRow(n, row) for n, row in enumerate(rows)), verifier, sandbox, **options))


def solution(*blocks: tuple[str, str | None], answer: str = "5") -> dict[str, Any]:
    """Code and what was recorded for it."""
    typed: list[dict[str, str]] = []
    for code, recorded in blocks:
        typed.append({"type": "code", "content": code})
        if recorded is not None:
            typed.append({"type": "execution", "content": recorded})
    typed.append({"type": "text", "content": f"The answer is {answer}."})
    return {"problem": "q", "blocks": typed}


ERROR = "Traceback (most recent call last)\n...\nZeroDivisionError: division by zero"
TIMEOUT = "--------- Timeout waiting for reply    Traceback (most recent call last)"
# a row, its verdict, and part of the reason
CASES: list[tuple[dict[str, Any], str, str]] = [
    (solution(("print(5)", "5")), "same", ""),
    (solution(("x = 5", "<empty_execution>"), ("x", "5")), "same", ""),
    (solution(("1 / 0", ERROR), ("print(5)", "5")), "same", ""),
    (solution(("print(0.1 + 0.2)", "0.3")), "printed otherwise", ""),
    (solution(("print([0.5])", "[np.float64(0.5)]")), "printed otherwise", ""),
    (solution(("print(5)", "6"), answer="7"), "output differs", "block 0: 6, now 5"),
    (solution(("print(5.001)", "5.0"), answer="7"), "output differs", "block 0: 5.0, now 5.001"),
    (solution(("print(10**20)", str(10**20 + 1)), answer="7"), "output differs", "now 100000000000000000000"),
    (solution(("print(5)", "6"), answer="6"), "answer differs", "block 0: 6, now 5"),
    (solution(("print(5)", "6"), ("print(7)", "7"), answer="7"), "output differs", "block 0: 6, now 5"),
    (solution(("1 / 0", "6"), answer="7"), "now errs", "block 0: 6, now ZeroDivisionError: division by zero"),
    (solution(("nothing", ERROR)), "error differs", "now NameError: name 'nothing' is not defined"),
    (solution(("print(5)", ERROR)), "now works", "block 0: ZeroDivisionError: division by zero, now 5"),
    (solution(("while True: pass", "5"), answer="7"), "timeout", "now TimeoutError"),
    (solution(("print(5)", TIMEOUT)), "now works", "block 0: Timeout waiting for reply"),
    (solution(("while True: pass", TIMEOUT), ("print(5)", "6")), "after a timeout", "block 2: 6, now 5"),
    (solution(("print(5)", None)), "not recorded", ""),
    (solution(("1 / 0", None)), "errs, not recorded", "block 0: ZeroDivisionError: division by zero"),
    (solution(), "no code", ""),
    ({"text": "words"}, "no code", ""),
    (COMPUTATION.to_json(), "verified", ""),
    (COMPUTATION.to_json() | {"result": "25"}, "mismatch", "24 is printed, 25 is stated"),
    (COMPUTATION.to_json() | {"code": "print(24)"}, "trivial", ""),
    (COMPUTATION.to_json() | {"code": "print(1 / 0)"}, "error", "ZeroDivisionError"),
    (COMPUTATION.to_json() | {"code": "while True: pass"}, "timeout", ""),
    (
        {"computations": [COMPUTATION.to_json(), COMPUTATION.to_json() | {"result": "25"}]},
        "mismatch",
        "25 is stated",
    ),
    (
        {"question": "q", "code": [MARKDOWN, MARKDOWN.replace("24\n", "23\n")]},
        "output differs",
        "block 1: 23, now 24",
    ),
]


def test_what_is_said_of_each_row(sandbox: Sandbox):
    found = checked([row for row, *_ in CASES], sandbox)
    assert [each.verdict for each in found] == [verdict for _, verdict, _ in CASES]
    for each, (row, _, part) in zip(found, CASES, strict=True):
        assert isinstance(each, Checked)
        assert part in each.reason
        assert each.reason.isprintable()
        assert each.row.value == row
        assert json.loads(json.dumps(each.kept()))["id"] == each.row.sha256


def test_verdicts_are_a_list_of_their_own():
    assert set(OF_COMPUTATIONS) <= set(VERDICTS)
    assert set(VERDICTS) >= HOLDS | SILENT
    assert {verdict for _, verdict, _ in CASES} == set(VERDICTS) - {"unverifiable"}


@pytest.mark.parametrize("workers", [1, 3])
def test_order_and_verdicts_do_not_depend_on_workers_or_kinds(workers: int, sandbox: Sandbox):
    quick = [row for row, verdict, _ in CASES if "timeout" not in verdict and "while" not in json.dumps(row)]
    rows = [quick[0], {"foo": 1}, *quick[::-1], *quick[::2], {}]
    found = checked(rows, sandbox, workers=workers)
    assert [isinstance(each, BadRow) for each in found] == [row in ({"foo": 1}, {}) for row in rows]
    expected = {json.dumps(row): verdict for row, verdict, _ in CASES}
    assert all(each.verdict == expected[json.dumps(each.row.value)] for each in found if isinstance(each, Checked))


def test_what_is_done_is_not_executed(sandbox: Sandbox):
    rows = [solution(("print(5)", "5")), solution(("print(5)", "6"))]
    first = checked(rows, sandbox)
    done = {each.row.sha256: each.kept() | {"reason": "kept"} for each in first[1:] if isinstance(each, Checked)}
    again = checked(rows, sandbox, done=done)
    assert [(each.verdict, each.reason) for each in again if isinstance(each, Checked)] == [
        ("same", ""),
        ("answer differs" if first[1].verdict == "answer differs" else "output differs", "kept"),
    ]


def test_recorded_solutions_still_hold(sandbox: Sandbox, data_dir: Path):
    for name in ("traces/lce_traces.jsonl.gz", "qa/tora_gsm8k_traces.jsonl.gz"):
        with Verifier(workers=1, sandbox=sandbox) as verifier:
            rows = islice(read_dataset(data_dir / name), 40)
            found = Counter(each.verdict for each in reexecute(rows, verifier, sandbox, timeout=10.0))
        assert found["same"] >= 0.97 * (found.total() - found["no code"]), found
