"""DeepMind's mathematics data: questions read as programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Grader
from mathcoder.instruct.deepmind import FAMILIES, derive_deepmind, family, read_deepmind, read_question
from mathcoder.instruct.deepmind_source import Source, Unreadable
from mathcoder.instruct.math_derived import Derived, Rejected
from mathcoder.problems import Problem
from mathcoder.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(workers=2) as grader:
        yield grader


# One question for each family, as the public generator makes them; the answers were worked out by hand.
QUESTIONS = [
    ("algebra__linear_1d", "Solve 3*x + 4 = 10 for x.", "2"),
    ("algebra__linear_1d_composed", "Let m(h) = -h**2 + 9. Let i be m(2). Solve i*d = 15 for d.", "3"),
    ("algebra__linear_2d", "Solve x + y = 7, x - y = 1 for y.", "3"),
    ("algebra__linear_2d_composed", "Suppose 2*a = 6. Solve a*x = y + 2, x + y = 6 for x.", "2"),
    ("algebra__polynomial_roots", "Factor 2*x**2 - 8.", "2*(x - 2)*(x + 2)"),
    ("algebra__polynomial_roots", "Find x such that x**2/2 - x/4 = 0.", "0, 1/2"),
    ("algebra__polynomial_roots", "Let x**2 - 5*x + 6 = 0. What is x?", "2, 3"),
    ("algebra__sequence_next_term", "What comes next: 1, 4, 9, 16?", "25"),
    ("algebra__sequence_nth_term", "What is the k'th term of 1, 4, 9, 16?", "k**2"),
    ("arithmetic__add_or_sub", "Put together -0.5 and 2.25.", "1.75"),
    ("arithmetic__add_or_sub_big", "What is 0.3 less than 1?", "0.7"),
    ("arithmetic__add_or_sub_in_base", "In base 16, what is ff + -1?", "fe"),
    ("arithmetic__add_sub_multiple", "(1 - -2) + (3 - 4)", "2"),
    ("arithmetic__div", "Divide -6 by 4.", "-3/2"),
    ("arithmetic__mixed", "What is (1/2)/(3/(-4))?", "-2/3"),
    ("arithmetic__mul", "-0.1*50", "-5"),
    ("arithmetic__mul_div_multiple_longer", "Evaluate 6/4*(2/3).", "1"),
    ("arithmetic__nearest_integer_root", "What is the cube root of 1000 to the nearest integer?", "10"),
    ("arithmetic__nearest_integer_root", "What is 80 to the power of 1/2, to the nearest integer?", "9"),
    ("arithmetic__simplify_surd", "Simplify (sqrt(8) + sqrt(2))**2.", "18"),
    ("calculus__differentiate", "Find the second derivative of x**3*y wrt x.", "6*x*y"),
    (
        "calculus__differentiate_composed",
        "Let z(l) be the first derivative of l**3/3. Differentiate z(w) wrt w.",
        "2*w",
    ),
    ("comparison__closest", "Which is the nearest to 1?  (a) -1  (b) 3/2  (c) 0.4", "b"),
    ("comparison__closest_composed", "Let u = -6 - -7. What is the closest to 2 in -12, 0.4, u?", "u"),
    ("comparison__kth_biggest", "What is the second smallest value in 2/13, -0.4, 1?", "2/13"),
    ("comparison__pair", "Are 0 and 1/2 unequal?", "True"),
    ("comparison__pair", "Which is smaller: -1 or 0.5?", "-1"),
    ("comparison__sort", "Put 1, -2, 0.5 in descending order.", "1, 0.5, -2"),
    ("measurement__conversion", "How many millilitres are there in 5/4 of a litre?", "1250"),
    ("measurement__conversion", "What is twenty-one quarters of a litre in millilitres?", "5250"),
    ("measurement__conversion", "Convert 30 months to years.", "2.5"),
    ("measurement__time", "What is 100 minutes after 11:30 PM?", "1:10 AM"),
    ("measurement__time", "How many minutes are there between 11:45 AM and 12:15 PM?", "30"),
    ("numbers__base_conversion", "Convert -1f (base 16) to base 2.", "-11111"),
    ("numbers__div_remainder_composed", "Let a = 4 + 3. Calculate the remainder when 100 is divided by a.", "2"),
    ("numbers__gcd", "What is the greatest common divisor of 12 and 18?", "6"),
    ("numbers__is_factor", "Is 91 a multiple of 7?", "True"),
    ("numbers__is_prime", "Is 91 a composite number?", "True"),
    ("numbers__lcm", "What is the common denominator of -1/6 and 5/4?", "12"),
    ("numbers__list_prime_factors", "List the prime factors of 60.", "2, 3, 5"),
    ("numbers__place_value", "What is the ten thousands digit of 123456?", "2"),
    ("numbers__round_number", "Round 1250 to the nearest one hundred.", "1300"),
    ("numbers__round_number_composed", "Let k = 0.5 - 1.745. Round k to two dps.", "-1.25"),
    ("polynomials__add", "Let i(x) = -4*x. Let l(h) = h + 1. What is i(f) + 2*l(f)?", "2 - 2*f"),
    ("polynomials__coefficient_named", "Rearrange (2*u + 1)*(u - 3) to c*u**2 + z*u + f and give z.", "-5"),
    ("polynomials__collect", "Collect the terms in 2*h - 5*h + 1.", "1 - 3*h"),
    ("polynomials__compose", "Let r(j) = 9*j. Let x(b) = 2*b**2. Calculate r(x(l)).", "18*l**2"),
    ("polynomials__evaluate", "Let h(o) = o**2/2. Give h(3).", "9/2"),
    ("polynomials__expand", "Expand (x + 1)*(x - 1).", "x**2 - 1"),
    ("polynomials__simplify_power", "Simplify (p*p**(1/3))**3/p assuming p is positive.", "p**3"),
    (
        "probability__swr_p_level_set",
        "What is prob of picking 1 a and 1 b when two letters picked without replacement from {a: 1, b: 2}?",
        "2/3",
    ),
    (
        "probability__swr_p_sequence",
        "Two letters picked without replacement from aab. Give prob of sequence ab.",
        "1/3",
    ),
]


def test_each_family_is_read(sandbox: Sandbox, grader: Grader):
    assert {family(module) for module, _, _ in QUESTIONS} == set(FAMILIES)
    rows = [
        Problem(f"dm/{number}", question, answer, subject=module, split="train")
        for number, (module, question, answer) in enumerate(QUESTIONS)
    ]
    results = list(derive_deepmind(rows, sandbox, grader))
    assert [(result.problem.question, result.reason) for result in results if isinstance(result, Rejected)] == []
    for result in results:
        assert isinstance(result, Derived)
        text, code, execution, last = result.solution.blocks
        assert (text.type, code.type, execution.type, last.type) == ("text", "code", "execution", "text")
        assert last.content == f"The answer is \\boxed{{{result.problem.answer}}}."
        assert grader.grade(execution.content, result.problem.answer).correct or (
            execution.content == result.problem.answer
        )


def test_the_program_of_a_composed_question():
    program = read_question(
        "Let h = -2 - -5. Suppose 2*n - h = 1, -3*n = -a - 10. Solve a*l = 8/h for l.",
        "algebra__linear_1d_composed",
    )
    assert program.plan == "First, work out h. Then solve for a and n. Finally, solve the equation for l."
    assert program.code == (
        "from sympy import Eq, Rational, solve, symbols\n\n"
        "h = -2 - -5\n"
        'a, n = symbols("a n")\n'
        "solution = solve([Eq(2 * n - h, 1), Eq(-3 * n, -a - 10)], [a, n])\n"
        "a, n = solution[a], solution[n]\n"
        'l = symbols("l")\n'
        "print(solve(Eq(a * l, Rational(8, h)), l)[0])"
    )


def test_a_wrong_gold_answer_is_no_solution(sandbox: Sandbox, grader: Grader):
    row = Problem("dm/1", "Solve 3*x = 6 for x.", "3", subject="algebra__linear_1d", split="train")
    (result,) = derive_deepmind([row], sandbox, grader)
    assert isinstance(result, Rejected)
    assert result.reason == "the code prints another answer"


@pytest.mark.parametrize("regime", ["test", "interpolate", "extrapolate"])
def test_other_regimes_are_refused(regime: str, sandbox: Sandbox, grader: Grader):
    row = Problem("dm/1", "Solve 3*x = 6 for x.", "2", subject="algebra__linear_1d", split=regime)
    with pytest.raises(ValueError, match=rf"^dm/1: rows of the split {regime} are for measuring; leave them out$"):
        list(derive_deepmind([row], sandbox, grader))


HOSTILE = [
    ("algebra__linear_1d", "Solve __import__('os').system('id') = x for x."),
    ("algebra__linear_1d", "Solve x.real = 1 for x."),
    ("algebra__linear_1d", "Let x = 2. Solve x*3 = 6 for x."),
    ("arithmetic__mixed", "What is 9**9**9**9?".replace("9**9", "9**99999")),
    ("arithmetic__mixed", "What is exit(1)?"),
    ("arithmetic__mixed", "What is " + "(" * 900 + "1" + ")" * 900 + "?"),
    ("arithmetic__mixed", "What is " + "-" * 1_900 + "1?"),
    ("polynomials__evaluate", 'Let f(x) = x\n    print("a"). Give f(2).'),
    ("probability__swr_p_sequence", 'Two letters picked without replacement from a"b. Give prob of sequence ab.'),
    ("numbers__base_conversion", 'Convert 1"2 (base 11) to base 13.'),
    ("comparison__sort", 'Sort 1, 2", 3.'),
    ("no__such_module", "What is 1 + 1?"),
]


@pytest.mark.parametrize(("module", "question"), HOSTILE, ids=[question[:40] for _, question in HOSTILE])
def test_hostile_questions_are_refused(module: str, question: str):
    with pytest.raises(Unreadable, match=r"\A[^\n]{1,200}\Z"):
        read_question(question, module)


WORDS = st.sampled_from(
    "Let Suppose Solve for What is the derivative of x y f(x) = 1 2.5 -3 /4 **2 * + ( ) , . ? and Round nearest "
    "to Is prime {a: 2} prob sequence {".split()
)


@given(st.sampled_from(sorted(FAMILIES)), st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_question_is_read_or_refused(module: str, question: str):
    try:
        program = read_question(question, module)
    except Unreadable:
        return
    compile(program.code, "<program>", "exec")


@given(st.text(alphabet="xy12.()+-*/ sqrt", max_size=60))
def test_any_expression_is_exact_python_or_refused(text: str):
    source = Source()
    try:
        code = source.expression(text)
    except Unreadable:
        return
    compile(code, "<expression>", "eval")


def test_the_generated_data(data_dir: Path, sandbox: Sandbox, grader: Grader):
    path = data_dir / "qa" / "deepmind_mathematics_generated.jsonl.gz"
    if not path.exists():
        pytest.skip("MATHCODER_DATA has no qa/deepmind_mathematics_generated.jsonl.gz")
    rows = [row for row in read_deepmind(path) if isinstance(row, Problem)]
    unread: Counter[str] = Counter()
    for row in rows:
        try:
            read_question(row.question, row.subject or "")
        except Unreadable:
            unread[row.subject or ""] += 1
    assert unread == Counter()
    train = [row for row in rows if row.split == "train"][::4]
    results = list(derive_deepmind(train, sandbox, grader))
    kept = sum(isinstance(result, Derived) for result in results)
    assert kept >= 0.99 * len(train)
    assert results[:20] == list(derive_deepmind(train[:20], sandbox, grader, batch=3))


def test_a_row_without_a_module_is_bad(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    row = '{"id": "1", "question": "What is 1 + 1?", "answer": "2"%s}\n'
    path.write_text(row % "" + row % ', "module": "arithmetic__mixed", "regime": "train"')
    bad, good = read_deepmind(path)
    assert "module is missing" in str(bad)
    assert good == replace(
        Problem("1", "What is 1 + 1?", "2"),
        subject="arithmetic__mixed",
        split="train",
        benchmark="deepmind_mathematics",
    )
