"""What may not be learnt from, with its reason: real solutions, and each fault by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Grader
from mathcoder.instruct.derivation import Derivation
from mathcoder.instruct.filters import Demands, check_many, executions, why_not
from mathcoder.instruct.gsm8k import derive
from mathcoder.instruct.samples import Sample
from mathcoder.problems import Problem, read_problems
from mathcoder.sandbox import Execution, Limits, Sandbox
from mathcoder.solution import Block, Solution, final_answer
from mathcoder.solving.formats import Record, read_records
from mathcoder.solving.replay import replay_solution
from mathcoder.verification import Verifier

QUESTION = "Natalia sold 48 clips in April and half as many in May. How many did she sell in both months?"
CODE = "april = 48\nmay = april / 2\nprint(april + may)"
MAY = ("code", "may = 48 / 2\nprint(may)")


@pytest.fixture(scope="module")
def tools() -> Iterator[tuple[Sandbox, Grader, Verifier]]:
    limits = Limits(timeout=5, images=0, clock="processor")
    with Sandbox(limits) as sandbox, Grader() as grader, Verifier() as verifier:
        yield sandbox, grader, verifier


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def sample(*blocks: tuple[str, str], question: str = QUESTION, answer: str = "72") -> Sample:
    made = tuple(Block(kind, content) for kind, content in blocks)  # type: ignore[arg-type]
    solution = Solution(made, final_answer(made), "answer")
    return Sample("a", "a", question, answer, solution, "seed", "gsm8k", "train")


def solved(code: str, output: str, said: str = r"\boxed{72}", first: str = "We add.", **more: Any) -> Sample:
    return sample(("text", first), ("code", code), ("execution", output), ("text", said), **more)


def reasons(samples: Sequence[Sample], tools: tuple[Sandbox, Grader, Verifier], **more: Any) -> list[str | None]:
    return list(check_many(samples, *tools, words, Demands(**more)))


# One fault each. What is right is between them.
CASES: dict[str, tuple[Sample, str | None]] = {
    "right": (solved(CODE, "72.0"), None),
    "several blocks": (
        sample(
            ("text", "First, May."),
            MAY,
            ("execution", "24.0"),
            ("text", "In May she sold 24."),
            ("code", "print(48 + may)"),
            ("execution", "72.0"),
            ("text", r"\boxed{72}"),
        ),
        None,
    ),
    "a block that shows a value": (
        sample(MAY, ("execution", "24.0"), ("code", "48 + may"), ("execution", "72.0"), ("text", r"\boxed{72}")),
        None,
    ),
    "a value that is shown before the last block": (
        sample(
            ("code", "may = 48 / 2\n48 + may"),
            ("execution", "72.0"),
            ("code", "may < 48"),
            ("execution", "True"),
            ("text", r"\boxed{72}"),
        ),
        None,
    ),
    "several values": (solved("may = 48 / 2\n(may, 48 + may, 1)", "(24.0, 72.0, 1)"), None),
    "values in a sentence": (
        solved("may = 48 / 2\nprint(f'{48 + may} in both, {may} in May')", "72.0 in both, 24.0 in May"),
        None,
    ),
    "nothing printed by a block": (
        sample(
            ("code", "may = 48 / 2"),
            ("execution", "(no output)"),
            ("code", "print(48 + may)"),
            ("execution", "72.0"),
            ("text", r"\boxed{72}"),
        ),
        None,
    ),
    "no code": (sample(("text", r"48 + 24 = \boxed{72}")), "no code"),
    "an error": (
        solved("print(apple)", "NameError: name 'apple' is not defined"),
        "error: NameError",
    ),
    "an error that was mended": (
        sample(
            ("code", "print(apple)"),
            ("execution", "NameError: name 'apple' is not defined"),
            ("code", CODE),
            ("execution", "72.0"),
            ("text", r"\boxed{72}"),
        ),
        "error: NameError",
    ),
    "an error in the second block": (
        sample(MAY, ("execution", "24.0"), ("code", "print(1 / 0)"), ("execution", "72"), ("text", r"\boxed{72}")),
        "error: ZeroDivisionError",
    ),
    "no Python": (solved("print(48 +", "72"), "error: SyntaxError"),
    "an error that was recorded": (
        solved(CODE, "Traceback (most recent call last)\n...\nKeyError: 'may'"),
        "error: KeyError",
    ),
    "an output that looks like an error": (
        solved(f"print('Limit: 5')\n{CODE}", "Limit: 5\n72.0"),
        None,
    ),
    "another output": (solved(CODE, "73.0"), "output differs: other output"),
    "an output that is not there": (
        sample(("code", CODE), ("text", r"\boxed{72}")),
        "output differs: not recorded",
    ),
    "the output of the first block only": (
        sample(MAY, ("execution", "24.0"), ("code", "print(48 + may)"), ("text", r"\boxed{72}")),
        "output differs: not recorded",
    ),
    "told": (
        solved(CODE, "72.0", first="In both months she sold 72 clips. Let us check."),
        "told before it ran: 72 in block 1",
    ),
    "told on the way": (
        sample(
            ("code", "print(48)"),
            ("execution", "48"),
            ("text", "So there are 24 in May."),
            MAY,
            ("execution", "24.0"),
            ("code", "print(48 + may)"),
            ("execution", "72.0"),
            ("text", r"\boxed{72}"),
        ),
        "told before it ran: 24 in block 2",
    ),
    "a number of the question": (solved(f"print(48)\n{CODE}", "48\n72.0", first="In April she sold 48."), None),
    "too long": (solved(CODE, "72.0", first="We add. " * 100), "too long: 213 tokens"),
    "another answer": (solved(CODE, "72.0", said=r"\boxed{71}"), "answer differs from the reference"),
    "no answer": (solved(CODE, "72.0", said="We are done."), "answer differs from the reference"),
    "no reference": (solved(CODE, "72.0", answer=" "), "answer not graded: no reference"),
    "a literal": (solved("print(72)", "72"), "answer not computed: the result is a literal"),
    "a literal in disguise": (
        solved("print(min(72, 48 * 48))", "72"),
        "answer not computed: the result is in the code: 72 changed to 73 gives 73",
    ),
    "another value": (solved("print(48 / 2)", "24.0"), "answer not computed: 24.0 is printed, 72 is stated"),
    "numbers of nowhere": (
        solved("print(35 + 37)", "72"),
        "answer not computed: no number of the text is in the code, but 35",
    ),
    "words": (
        solved(
            "print('red' + ' or blue')", "red or blue", said=r"\boxed{\text{red or blue}}", answer="red or blue"
        ),
        None,
    ),
    "words that stand there": (
        solved("print('red or blue')", "red or blue", said=r"\boxed{\text{red or blue}}", answer="red or blue"),
        "answer not computed: it is a literal in the code",
    ),
    "the letter of a choice": (solved(CODE, "72.0", said=r"So it is \boxed{B}.", answer="B"), None),
    "a letter that is written down": (
        solved("print('B')", "B", said=r"\boxed{B}", answer="B"),
        "answer not computed: the result is a literal",
    ),
}


@pytest.fixture(scope="module")
def found(tools: tuple[Sandbox, Grader, Verifier]) -> dict[str, str | None]:
    given_reasons = reasons([case for case, _ in CASES.values()], tools, max_tokens=200)
    return dict(zip(CASES, given_reasons, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_each_fault_has_its_reason(found: dict[str, str | None], name: str):
    assert found[name] == CASES[name][1]


def test_long_outputs_are_compared_as_they_were_shortened(tools: tuple[Sandbox, Grader, Verifier]):
    code = "print(*range(48))\nprint(48 + 48 / 2)"
    whole = tools[0].run(code).output.rstrip()
    cut = f"{whole[:50]}\n... [{len(whole) - 100} characters left out] ...\n{whole[-50:]}"
    assert reasons([solved(code, cut)], tools, output_chars=100) == [None]
    assert reasons([solved(code, cut)], tools) == ["output differs: other output"]


def test_code_without_end_is_ended(tools: tuple[Sandbox, Grader, Verifier]):
    endless = solved("while True:\n    pass", "72")
    with Sandbox(Limits(timeout=0.2, images=0)) as sandbox:
        assert reasons([endless, CASES["right"][0]], (sandbox, *tools[1:])) == ["error: timeout", None]


HOSTILE = (
    r"print('\x1e\x1d')",
    "print = str\nprint(5)",
    "import os\nos._exit(0)",
    "raise SystemExit(0)",
    "x = '''",
    "\x00",
    "__import__('sys').stdout.close()",
    "from __future__ import annotations\nprint(1)",
    "exit()",
    "print('a', end='')",
)


@pytest.mark.parametrize("code", HOSTILE)
def test_blocks_that_run_together_do_what_they_do_in_a_session(tools: tuple[Sandbox, Grader, Verifier], code: str):
    for blocks in ([code, "print(2)"], ["print(1)", code], ["print(1)", code, "print(3)"], [code]):
        one = sample(*(("code", block) for block in blocks))
        (together,) = executions([one], tools[0])
        apart = [each.execution for each in replay_solution(one.solution, tools[0])]
        assert [(each.status, each.output.strip()) for each in together] == [
            (each.status, each.output.strip()) for each in apart
        ]


@given(
    st.lists(st.sampled_from(["x = 7", "print(x)", "x += 1", "x", "print(x, end='')", "", "x = 3; x"]), max_size=4)
)
def test_any_blocks_run_together_as_in_a_session(tools: tuple[Sandbox, Grader, Verifier], blocks: list[str]):
    one = sample(*(("code", block) for block in ["x = 1", *blocks]))
    (together,) = executions([one], tools[0])
    apart = [each.execution.output.strip() for each in replay_solution(one.solution, tools[0])]
    assert [each.output.strip() for each in together] == apart


@pytest.mark.parametrize(
    ("told", "printed", "is_told"),
    [
        ("It is 1,250 m.", "1250", True),
        ("It is $1{,}250$ m.", "1250.0", True),
        ("It is 0.5.", "0.5", True),
        ("It is 5.", "5", False),
        ("See 1.2.12 and x12.", "12", False),
        ("There are 12%.", "[3, 12]", True),
        ("A dozen, twelve.", "12", False),
        ("It takes -15 steps.", "15", True),
    ],
)
def test_numbers_in_digits_are_told(told: str, printed: str, is_told: bool):
    one = sample(("text", told), ("code", "f()"), ("execution", printed), question="How many are there?")
    why = why_not(one, [Execution(printed)])
    assert (why is not None) == is_told
    assert why is None or why.startswith("told before it ran: ")


# Real ones.


def test_derived_solutions_of_gsm8k_may_be_learnt_from(data_dir: Path, tools: tuple[Sandbox, Grader, Verifier]):
    rows = read_problems(data_dir / "eval/gsm8k.jsonl.gz")
    problems = [row for row in rows if isinstance(row, Problem) and row.split == "train"][:300]
    derivations = [made for problem in problems if isinstance(made := derive(problem), Derivation)]
    outputs = tools[0].map([derivation.code() for derivation in derivations])
    samples = [
        Sample(one.problem_id, one.problem_id, one.question, one.answer, solution, "derive", "gsm8k", "train")
        for one, execution in zip(derivations, outputs, strict=True)
        if (solution := one.solution(execution.output))
    ]
    assert len(samples) > 250
    why = reasons(samples, tools)
    assert Counter(reason is None for reason in why)[False] <= len(samples) // 100


def test_recorded_solutions_are_run_and_judged(data_dir: Path, tools: tuple[Sandbox, Grader, Verifier]):
    """What MathCoder wrote; the questions are of test splits, so this is for measuring the filter only."""
    records = [row for row in read_records(data_dir / "traces/lce_traces.jsonl.gz") if isinstance(row, Record)]
    some = [record for record in records if record.meta["benchmark"] == "GSM8K"][::12][:60]
    samples = [
        Sample(one.id, one.id, one.problem, one.reference or "", one.solution, "seed", "recorded", "train")
        for one in some
    ]
    right = [bool(record.meta["correct"]) for record in some]
    why = reasons(samples, tools)
    kept = [reason is None for reason in why]
    assert not any(ok and not correct for ok, correct in zip(kept, right, strict=True))
    assert sum(kept) >= 0.75 * sum(right)
    errors = [
        any(block.type == "execution" and "Error" in block.content for block in record.solution.blocks)
        for record in some
    ]
    assert not any(ok and error for ok, error in zip(kept, errors, strict=True))
    for one, together in zip(samples, executions(samples, tools[0]), strict=True):
        apart = [each.execution for each in replay_solution(one.solution, tools[0])]
        assert [(each.status, each.output.strip()) for each in together] == [
            (each.status, each.output.strip()) for each in apart
        ]
