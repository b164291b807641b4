"""Seed solutions: what is kept and why not, in order, with their origin; which of them differ in shape."""

from __future__ import annotations

import ast
import builtins
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_student import Plan, Student

from mathcoder.grading import Grader
from mathcoder.instruct.diversity import diverse, shape
from mathcoder.instruct.seed import Seeded, seed_solutions
from mathcoder.models import Budget, BudgetedModel, BudgetExceeded, CachedModel, Model, ModelError, open_model
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS, Options

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, answer, stream, text, usage

MARKDOWN = DIALECTS["markdown"]()
RIGHT: Plan = ("print(2 * 3)", r"So \boxed{6}")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


def problem(number: int, answer: str = "6", **more: object) -> Problem:
    fields = {"split": "train"} | more
    return Problem(f"p/{number}", f"Question {number}?", answer, **fields)


def seeded(
    model: Model, problems: list[Problem], sandbox: Sandbox, grader: Grader, **more: object
) -> list[Seeded]:
    found = seed_solutions(problems, model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, **more)
    return list(found)


# What is kept.

CASES: list[tuple[Plan, str]] = [
    (RIGHT, ""),
    (("print(2 * 3)", r"So \boxed{6.0}"), "not diverse"),
    (("a = 7\nprint(a * 1)", r"So \boxed{7}"), "wrong answer"),
    (("print(nothing)", r"So \boxed{6}"), "a block failed: NameError"),
    (("1 / 0", r"So \boxed{6}"), "a block failed: ZeroDivisionError"),
    ((None, r"So \boxed{6}"), "no code"),
    (("print(6)", "I do not know what it is."), "no answer"),
    (("print(6)", None), "not finished: tokens"),
    (ModelError("the server\nis gone"), "model error: the server is gone"),
    (("x = 2\nfor _ in range(2):\n    x += 2\nx", r"So \boxed{\frac{12}{2}}"), ""),
    (("def f(n):\n    return n * 2\nf(3)", r"So \boxed{6}"), "not diverse"),  # a third shape where two are kept
]


def test_each_attempt_is_kept_or_has_its_reason(sandbox: Sandbox, grader: Grader):
    model = Student({"Question 1?": [plan for plan, _ in CASES]}, seed=40)
    options = Options(temperature=0.5, seed=40, tokens=2000)
    found = seeded(model, [problem(1)], sandbox, grader, samples=len(CASES), keep=2, options=options)
    assert [each.reason for each in found] == [reason for _, reason in CASES]
    assert [each.kept for each in found] == [not reason for _, reason in CASES]
    assert [each.origin.sample for each in found] == list(range(len(CASES)))
    assert [each.origin.seed for each in found] == list(range(40, 40 + len(CASES)))
    assert {(each.origin.model, each.origin.dialect) for each in found} == {("student", "markdown")}
    assert not any("6" in prompt.rpartition("user\n")[2].partition("assistant\n")[0] for prompt in model.told)


def test_attempts_come_in_the_order_of_the_problems(sandbox: Sandbox, grader: Grader):
    slow = ("import time\ntime.sleep(0.3)\nprint(6)", r"\boxed{6}")
    plans: dict[str, list[Plan]] = {f"Question {n}?": [RIGHT, slow if n % 3 == 0 else RIGHT] for n in range(7)}
    problems = [problem(n) for n in range(7)]
    found = seeded(Student(plans), problems, sandbox, grader, samples=2, concurrency=3)
    assert [(each.problem.id, each.origin.sample) for each in found] == [
        (f"p/{n}", sample) for n in range(7) for sample in range(2)
    ]


def test_a_server_is_asked_with_a_seed_for_each_sample(sandbox: Sandbox, grader: Grader):
    def reply(body: dict[str, Any]) -> list[bytes | float | None]:
        if "wrong" in body["prompt"].rpartition("user\n")[2]:
            return answer(400, {"error": {"message": "not this one"}})
        ran = "```output" in body["prompt"].rpartition("assistant\n")[2]
        return stream(text(r"So \boxed{6}" if ran else "```python\nprint(2 * 3)\n```\n", "stop"), usage(9, 9))

    problems = [problem(1), Problem("p/2", "What is wrong?", "6", split="train")]
    with FaultyServer() as server:
        server.reply = reply
        model = open_model(f"small@{server.url}")
        found = seeded(model, problems, sandbox, grader, samples=2, options=Options(temperature=0.3, seed=70))
        assert [each.reason.partition(":")[0] for each in found] == [
            "",
            "not diverse",
            "model error",
            "model error",
        ]
        assert {(body["temperature"], body["seed"]) for body in server.bodies} == {(0.3, 70), (0.3, 71)}
    assert {each.origin.model for each in found} == {model.name}


def test_problems_of_one_id_are_told_apart(sandbox: Sandbox, grader: Grader):
    twice = [Problem("same", f"Question {n}?", "6", split="train") for n in range(2)]
    plans: dict[str, list[Plan]] = {"Question 0?": [RIGHT], "Question 1?": [("print(5)", r"\boxed{5}")]}
    found = seeded(Student(plans), twice, sandbox, grader, samples=1)
    assert [each.reason for each in found] == ["", "wrong answer"]


def test_choices_are_shown_and_graded(sandbox: Sandbox, grader: Grader):
    choice = problem(1, "B", options=("5", "6"))
    model = Student({"Question 1?": [("print(6)", r"So \boxed{B}"), ("print(5)", r"So \boxed{A}")]})
    found = seeded(model, [choice], sandbox, grader, samples=2)
    assert [each.reason for each in found] == ["", "wrong answer"]
    assert "(A) 5\n(B) 6" in model.told[0]


def test_the_prompt_hash_is_of_the_prompt_and_not_of_the_problem(sandbox: Sandbox, grader: Grader):
    model = Student({f"Question {n}?": [RIGHT] for n in (1, 2)})
    hashes = [each.origin.prompt for each in seeded(model, [problem(1), problem(2)], sandbox, grader, samples=1)]
    other = DIALECTS["markdown"](system="Solve it.")
    found = seed_solutions([problem(1)], model, dialect=other, sandbox=sandbox, grader=grader, samples=1)
    assert hashes[0] == hashes[1] != next(found).origin.prompt


BAD = [
    ([problem(1), problem(2, split="test")], {}, r"p/2 is of the split test, which is for measuring only"),
    ([problem(1), problem(2, answer=" ")], {}, r"p/2 states no answer"),
    ([problem(1)], {"samples": 0}, "samples is 0"),
    ([problem(1)], {"keep": 0}, "keep is 0"),
    ([problem(1)], {"concurrency": 0}, "concurrency is 0"),
    ([problem(1)], {"samples": 3, "options": Options()}, "3 samples at temperature 0 are 3 times the same"),
]


@pytest.mark.parametrize(("problems", "more", "said"), BAD)
def test_what_cannot_be_is_said_before_any_work(
    problems: list[Problem], more: dict[str, object], said: str, sandbox: Sandbox, grader: Grader
):
    model = Student({})
    with pytest.raises(ValueError, match=said) as caught:
        seed_solutions(problems, model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, **more)
    assert "\n" not in str(caught.value)
    assert model.asked == 0


# Budgets and caches.


def test_a_budget_ends_the_step_and_a_cache_goes_on_from_there(sandbox: Sandbox, grader: Grader, tmp_path: Path):
    problems = [problem(n) for n in range(6)]
    student = Student({each.question: [RIGHT, RIGHT] for each in problems})

    def run(budget: Budget) -> Iterator[Seeded]:
        model = CachedModel(BudgetedModel(student, budget), tmp_path)
        return seed_solutions(
            problems, model, dialect=MARKDOWN, sandbox=sandbox, grader=grader, samples=2, concurrency=1
        )

    first: list[Seeded] = []
    with pytest.raises(BudgetExceeded, match="the budget is used up"):
        first.extend(run(Budget(max_tokens=200)))  # 10 a request, two requests a solution
    assert 2 <= len(first) < 12
    assert not any("model error" in each.reason for each in first)
    paid = student.asked
    second = list(run(Budget(max_tokens=10_000)))
    assert [(each.reason, each.origin) for each in second[: len(first)]] == [
        (each.reason, each.origin) for each in first
    ]
    assert len(second) == 12
    assert student.asked == 6 * 2 * 2  # nothing that was answered was asked again
    assert paid < student.asked


# Shapes.

FUNCTION = """
def f(a, b):
    c = 1
    d = 2
    return c * a - d * b
f(1, 2)
"""
SAME_FUNCTION = """
def g(x, y):
    "About it."
    v = 1
    u = 2
    return u * x - v * y
print("It is", g(1, 2))
"""
SUM = "t = 0\nfor i in range(5):\n    t += i\nprint('total', t)"
LEFT = "t = 0\nfor i in range(5):\n    if i > 3: break\n    t += i\nt"
LEFT_LATE = "t = 0\nfor i in range(5):\n    t += i\n    if i > 3: break\nt"
SOLVE = "import sympy as sp\nq = sp.symbols('q')\nsp.solve(q - 3, q)"
SAME = [
    ("a = 3\nb = 5\nprint(a - b)", "y = 9\nx = 7.5\nx - y"),
    ("from sympy import solve, symbols\nx = symbols('x')\nprint(solve(x - 1, x))", SOLVE),
    ("from sympy import *\nx = symbols('x')\nprint(solve(x - 1, x))", SOLVE),
    (SUM, "s = 1\nfor k in range(9):\n    s += k\nprint(f'{s}')"),
    (FUNCTION, SAME_FUNCTION),
    ("c = 2 * 1\na = 3\nd = a * 2\nprint(c - d)", "a = 3\nd = a * 2\nc = 2 * 1\nprint(c - d)"),
    ("print([x * 2 for x in range(3)])", "# doubled\nprint([y * 4 for y in range(9)])"),
    ("not python at all (", "not  python\nat all ("),
]
DIFFERENT = [
    ("a = 3\nb = 5\nprint(a - b)", "a = 3\nb = 5\nprint(a - a)"),
    ("a = 3\nprint(a * a)", "a = 3\nprint(a + a)"),
    ("x = []\nx.append(1)\nx.append(2 * 3)\nprint(x)", "x = []\nx.append(2 * 3)\nx.append(1)\nprint(x)"),
    (LEFT, LEFT_LATE),
    ("print(max(1, 2))", "print(min(1, 2))"),
    ("x = 1\nx = x + 1\nx = x * 2\nx", "x = 1\nx = x * 2\nx = x + 1\nx"),
    ("print(3 * 4)", "a = 3 * 4\nprint(a)"),
    ("from sympy import solve\nsolve(1)", "from sympy import factor\nfactor(1)"),
    ("not python (", "not python ["),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_does_not_matter_makes_no_other_shape(one: str, other: str):
    assert shape(one) == shape(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_computation_is_another_shape(one: str, other: str):
    assert shape(one) != shape(other)


NAMES = st.sampled_from(["a", "b", "total", "x1"])
TERMS = st.recursive(
    st.one_of(NAMES, st.sampled_from(["3", "0.5", "len([1])"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda part: f"({' '.join(part)})"),
        inner.map(lambda part: f"max({part}, 2)"),
        inner.map(lambda part: f"[i * {part} for i in range(3)][0]"),
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.tuples(NAMES, TERMS).map(lambda part: f"{part[0]} = {part[1]}"),
    st.tuples(NAMES, TERMS).map(lambda part: f"{part[0]} += {part[1]}"),
    st.tuples(NAMES, TERMS).map(lambda part: f"for i in range(3):\n    {part[0]} = {part[1]}"),
    st.tuples(TERMS, NAMES, TERMS, TERMS).map(
        lambda part: f"if {part[0]} > 1:\n    {part[1]} = {part[2]}\nelse:\n    {part[1]} = {part[3]}"
    ),
    st.tuples(NAMES, TERMS).map(lambda part: f"def f({part[0]}):\n    return {part[1]}"),
    TERMS.map(lambda part: f"print({part})"),
)
PROGRAMS = st.lists(LINES, min_size=1, max_size=7).map("\n".join)


class Renamed(ast.NodeTransformer):
    """The program with other names for all that it gives a value."""

    def __init__(self, names: set[str]):
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._new(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._new(node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._new(node.name)
        return node

    def _new(self, name: str) -> str:
        return f"new_{sum(map(ord, name))}_{name[::-1]}" if name in self._names else name


def renamed(code: str) -> str:
    tree = ast.parse(code)
    given = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    given |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    given |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return ast.unparse(ast.fix_missing_locations(Renamed(given - set(dir(builtins))).visit(tree)))


@given(PROGRAMS)
def test_other_names_make_no_other_shape(code: str):
    assert shape(renamed(code)) == shape(code)


@given(PROGRAMS, st.sampled_from(["spare = 8", "import math", "print('so far')", "spare = max(1, 2)"]), st.data())
def test_the_place_of_an_independent_line_does_not_matter(code: str, line: str, data: st.DataObject):
    lines = [ast.unparse(statement) for statement in ast.parse(code).body]
    one, other = (data.draw(st.integers(0, len(lines))) for _ in range(2))
    assert shape("\n".join([*lines[:one], line, *lines[one:]])) == shape(
        "\n".join([*lines[:other], line, *lines[other:]])
    )


@given(st.text(max_size=80))
def test_any_text_has_a_shape(code: str):
    assert shape(code) == shape(code) != shape(f"{code}\nprint(max(1, 2), 'unlike all others' * 3)")


HOSTILE = ["(" * 100_000, "-" * 100_000 + "1", "1" + "+1" * 50_000, "a=" * 50_000 + "1", "\0", "\ud800 = 1",
           "a" + ".b" * 20_000, "%timeit x", "x" + "(1)" * 5_000]  # fmt: skip


@pytest.mark.parametrize("code", HOSTILE, ids=lambda code: code[:3].encode("ascii", "replace").decode())
def test_code_that_is_meant_to_break_the_reader_has_a_shape(code: str):
    assert len(shape(code)) == 64


def solution(code: str) -> Solution:
    return Solution((Block("code", code), Block("execution", "6"), Block("text", r"\boxed{6}")), "6", "answer")


def test_the_shortest_of_each_shape_and_common_shapes_first():
    codes = [
        "for i in range(3): i",  # once
        "a = 2\nb = 3\nprint('The result of all this is', a * b)",  # three times
        "a = 2\nb = 3\na * b",
        "price = 2\nnumber = 3\nprice * number",
        "print(6)",  # twice
        "import math\nprint(6)",
    ]
    solutions = [solution(code) for code in codes]
    assert diverse(solutions, 6) == [2, 4, 0]
    assert diverse(solutions, 2) == [2, 4]
    assert diverse(solutions, 0) == diverse([], 3) == []
    with pytest.raises(ValueError, match="k is -1"):
        diverse(solutions, -1)


def test_recorded_code_keeps_its_shape_under_other_names(data_dir: Path):
    """Of 300 recorded solutions each shape is that of the renamed code, and there are many shapes."""
    with gzip.open(data_dir / "traces" / "lce_traces.jsonl.gz", "rt", encoding="utf-8") as file:
        traces = [json.loads(line) for line, _ in zip(file, range(300), strict=False)]
    codes = ["\n".join(b["content"] for b in trace["blocks"] if b["type"] == "code") for trace in traces]
    checked, shapes = 0, Counter[str]()
    for code in filter(None, codes):
        try:
            other = renamed(code)
        except SyntaxError:
            continue
        assert shape(other) == shape(code), code
        shapes[shape(code)] += 1
        checked += 1
    assert checked > 200
    assert len(shapes) > checked / 3


# A model of our own.


@pytest.mark.heavy
def test_the_embedded_model_on_three_problems(sandbox: Sandbox, grader: Grader, tmp_path: Path, data_dir: Path):
    """Whatever it writes, each attempt is kept or has a reason, and a second run asks nothing."""
    with gzip.open(data_dir / "eval" / "gsm8k.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = (Problem.from_json(json.loads(line)) for line in file)
        problems = [row for row, _ in zip((row for row in rows if row.split == "train"), range(3), strict=False)]
    options = Options(temperature=0.7, tokens=160, rounds=2)
    model = open_model("embedded", cache=tmp_path)
    first = seeded(model, problems, sandbox, grader, samples=2, options=options)
    assert [each.problem.id for each in first] == [row.id for row in problems for _ in range(2)]
    reasons = Counter(each.reason.partition(":")[0] for each in first)
    known = {
        "",
        "wrong answer",
        "a block failed",
        "no answer",
        "no code",
        "not diverse",
        "not finished",
        "not graded",
    }
    assert set(reasons) <= known
    assert sum(reasons.values()) == 6
    again = seeded(CachedModel(None, tmp_path), problems, sandbox, grader, samples=2, options=options)
    assert [(each.reason, each.origin.seed) for each in again] == [
        (each.reason, each.origin.seed) for each in first
    ]
