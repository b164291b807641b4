"""GSM8K's worked solutions as derivations: what is read, where numbers come from, what is left out."""

from __future__ import annotations

import contextlib
import keyword
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.grading import Grader, Pair
from mathcoder.instruct.derivation import Derivation, Given, Step
from mathcoder.instruct.expression import Expression, Name, Number, Operation, decimal_text, read_expression
from mathcoder.instruct.gsm8k import Rejected, derive
from mathcoder.instruct.gsm8k_lines import calculations
from mathcoder.instruct.naming import step_names, unique_name
from mathcoder.instruct.quantities import quantities
from mathcoder.problems import Problem, load
from mathcoder.sandbox import Sandbox

# Arithmetic.

_EXPRESSIONS = st.recursive(
    st.integers(-50, 50).map(lambda number: Number(Fraction(number)))
    | st.integers(1, 99).map(lambda cents: Number(Fraction(cents, 100)))
    | st.sampled_from([Name("a"), Name("b")]),
    lambda inner: st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner, inner),
    max_leaves=8,
)
_VALUES = {"a": Fraction(7), "b": Fraction(2, 3)}


def _value(tree: Expression) -> Fraction | None:
    try:
        return tree.evaluate(_VALUES)
    except ValueError:
        return None


@given(_EXPRESSIONS)
def test_python_of_a_tree_reads_back_to_the_same_value(tree: Expression) -> None:
    assert _value(read_expression(tree.python())) == _value(tree)


@given(st.text(alphabet="0123456789.+-*/%() ab_[]'\"=,e\\\n", max_size=60) | st.text(max_size=60))
def test_any_text_is_an_expression_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_expression(text).evaluate(_VALUES)


@pytest.mark.parametrize(
    "text",
    ["", "__import__('os')", "a.b", "f(1)", "9**9**9", "(" * 500, "1" * 2000, "True", "1e999", "[1]", "1 < 2"],
)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_expression(text).evaluate({})


@pytest.mark.parametrize(
    ("value", "text"),
    [("3", "3"), ("1/2", "0.5"), ("-1/8", "-0.125"), ("1/3", None), ("1200", "1200"), ("1/100", "0.01")],
)
def test_decimal_text(value: str, text: str | None) -> None:
    assert decimal_text(Fraction(value)) == text


# Numbers of a question and calculations of a solution.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("48 of her friends", [("48", "number", 48)]),
        ("$1,200.50 for 20% off", [("1,200.50", "money", Fraction("1200.5")), ("20", "percent", 20)]),
        ("three-fifths of twenty-five", [("three-fifths", "part", Fraction(3, 5)), ("twenty-five", "word", 25)]),
        ("one hundred and twenty ants", [("one hundred and twenty", "word", 120)]),
        ("half as many, twice as old", [("half", "part", Fraction(1, 2)), ("twice", "times", 2)]),
        ("3/4 of 2 1/2 cups", [("3/4", "fraction", Fraction(3, 4)), ("2 1/2", "fraction", Fraction(5, 2))]),
        ("at 7:30 on the 3rd", [("7:30", "clock", 7), ("3rd", "ordinal", 3)]),
        ("5 million cars", [("5 million", "number", 5_000_000), ("5 million", "scaled", 5)]),
        ("in the ratio 5:7", [("5", "number", 5), ("7", "number", 7)]),
        ("nothing here", []),
    ],
)
def test_quantities(text: str, found: list[tuple[str, str, Fraction]]) -> None:
    assert [(quantity.text, quantity.kind, quantity.value) for quantity in quantities(text)] == found


@pytest.mark.parametrize(
    ("solution", "found"),
    [
        ("He has 2*3=<<2*3=6>>6 cats.", ["2 * 3"]),
        ("She pays 40 - 5 = $<<40-5=35>>35 now.\nThat is 35 x 2 = 70.", ["40 - 5", "35 * 2"]),
        ("It is 7 pens/box * 4 boxes = 28 pens.", ["7 * 4"]),
        ("There are 200 + 100 = <<300=300>>300.", ["200 + 100"]),
        ("A part is 8 / 40 * 100% = 20%.", ["8 / 40 * 100"]),
        ("20% of 50 = 10 people", ["0.2 * 50"]),
        ("Pay 3(4 + 1) = 15 dollars", ["3 * (4 + 1)"]),
        ("So 5x = 35\nx = 7", ["35 / 5"]),
        ("2 + 2 = 5", []),
        ("x + 3 = 9", []),
        ("No arithmetic.", []),
    ],
)
def test_calculations(solution: str, found: list[str]) -> None:
    assert [calculation.expression.python() for calculation in calculations(solution)] == found


@given(st.text(alphabet="0123456789.,+-*/%()=<>$x \nabc", max_size=120))
def test_calculations_of_any_text(solution: str) -> None:
    for calculation in calculations(solution):
        assert isinstance(calculation.expression, Operation)


# Names.


@pytest.mark.parametrize(
    ("sentence", "arithmetic", "result", "name"),
    [
        ("Ann sold 48/2 = 24 clips in May.", "48/2", "24", "clips_in_may"),
        ("The total cost of the pens is 3 * 2 = $6.", "3 * 2", "6", "cost_pens"),
        ("The two have 9 pens because 4 + 5 = 9", "4 + 5", "9", "pens"),
    ],
)
def test_step_names(sentence: str, arithmetic: str, result: str, name: str) -> None:
    end = sentence.rindex(result) + len(result)
    assert step_names(sentence, sentence.index(arithmetic), end, end - len(result))[0] == name


@given(st.lists(st.text(max_size=12), max_size=4))
def test_unique_name_is_a_free_variable(names: list[str]) -> None:
    name = unique_name([re.sub(r"[^a-z_]", "", text) for text in names], {"print", "amount"})
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert name not in {"print", "amount"}


# Whole solutions.


def _problem(question: str, solution: str, answer: str) -> Problem:
    return Problem("made/1", question, answer, f"{solution}\n#### {answer}")


_SHOP = _problem(
    "A shop sells 40 lamps in June and half as many in July. Each lamp costs $12. What did the shop take?",
    "The shop sold 40/2 = <<40/2=20>>20 lamps in July.\nIt sold 40+20 = <<40+20=60>>60 lamps in all.\n"
    "So the shop took 60*12 = $<<60*12=720>>720 in both months.",
    "720",
)


def test_a_solution_becomes_a_program_with_its_words() -> None:
    derivation = derive(_SHOP)
    assert isinstance(derivation, Derivation)
    assert derivation.evaluate() == 720
    assert derivation.code() == (
        "lamps_in_june = 40  # A shop sells 40 lamps in June and half\n"
        "lamp = 12  # Each lamp costs $12\n"
        "# The shop sold lamps in July\n"
        "lamps_in_july = lamps_in_june / 2  # half\n"
        "# It sold lamps in all\n"
        "lamps = lamps_in_june + lamps_in_july\n"
        "# the shop took in both months\n"
        "shop = lamps * lamp\n"
        "print(shop)"
    )
    solution = derivation.solution("720.0\n")
    assert [block.type for block in solution.blocks] == ["text", "code", "execution", "text"]
    assert solution.blocks[0].content == "Find the lamps in july, then the lamps, then the shop."
    assert solution.blocks[-1].content == "The shop took \\boxed{720} dollars in both months."


def test_several_blocks_of_code_are_seeded_and_run_in_one_session() -> None:
    derivation = derive(_SHOP)
    assert isinstance(derivation, Derivation)
    assert derivation.codes(5) == derivation.codes(5)
    assert len({derivation.codes(seed) for seed in range(8)}) > 1
    codes = derivation.codes(1)
    assert len(codes) > 1
    with Sandbox() as sandbox, sandbox.session() as session:
        outputs = [session.run(code).output for code in codes]
    solution = derivation.solution(outputs, 1)
    assert solution.blocks[-2].content == "720.0"
    with pytest.raises(ValueError, match="2 blocks of code, but 1 executions"):
        derivation.solution("720.0", 1)


@pytest.mark.parametrize(
    ("question", "solution", "answer", "code"),
    [
        (
            "A coat costs $80. It is 20% off. What is the price now?",
            "The price is 80 * 0.8 = $<<80*0.8=64>>64.",
            "64",
            "coat * (1 - percent / 100)",
        ),
        (
            "Tim runs for 30 minutes at 6 miles per hour. How far does he run?",
            "He runs 0.5 * 6 = <<0.5*6=3>>3 miles.",
            "3",
            "tim_minutes / 60 * miles_per_hour",
        ),
        (
            "Jo reads 12 pages a day. How many pages does she read in a week?",
            "She reads 12*7 = <<12*7=84>>84 pages.",
            "84",
            "pages_day * 7",
        ),
        (
            "The ages of Ann, Bob and Cy are 8, 9 and 13. What is their average age?",
            "It is (8+9+13)/3 = <<(8+9+13)/3=10>>10.",
            "10",
            "/ 3",
        ),
    ],
)
def test_numbers_that_words_carry(question: str, solution: str, answer: str, code: str) -> None:
    derivation = derive(_problem(question, solution, answer))
    assert isinstance(derivation, Derivation)
    assert code in derivation.code()


@pytest.mark.parametrize(
    ("solution", "answer", "reason"),
    [
        ("It is 40 + 3417 = <<40+3417=3457>>3457.", "3457", "a number is not explained"),
        ("The answer is 720.", "720", "no calculation in the solution"),
        ("It sold 40 + 20 = <<40+20=60>>60 lamps.", "61", "the steps do not give the answer"),
        ("It took $<<720=720>>720.", "720", "no calculation in the solution"),
    ],
)
def test_what_is_left_out(solution: str, answer: str, reason: str) -> None:
    rejected = derive(_problem(_SHOP.question, solution, answer))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason


def test_no_worked_solution() -> None:
    assert derive(Problem("made/2", "How many?", "3")) == Rejected("made/2", "no worked solution")


def test_an_answer_that_is_only_named_is_told() -> None:
    pens = Given("pens", Fraction(3))
    named = Step("answer", Name("pens"), Fraction(3))
    assert Derivation("made/3", "3 pens", (pens,), (named,), "3", "answer").told
    literal = Step("answer", Operation("+", Name("pens"), Number(Fraction(0))), Fraction(3))
    assert not Derivation("made/3", "3 pens", (pens,), (literal,), "3", "answer").told
    smuggled = Step("answer", Operation("+", Number(Fraction(3)), Number(Fraction(0))), Fraction(3))
    assert Derivation("made/3", "3 pens", (), (smuggled,), "3", "answer").told


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((Step("a", Name("b"), Fraction(1)),), "made/4: a uses b before it has a value"),
        ((Step("2x", Number(Fraction(1)), Fraction(1)),), "made/4: '2x' is no Python name, or is defined twice"),
        ((Step("b", Number(Fraction(1)), Fraction(1)),), "made/4: the answer a is none of the steps"),
    ],
)
def test_a_derivation_that_does_not_hold_together(steps: tuple[Step, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Derivation("made/4", "", (), steps, "1", "a")


def test_floats_are_rounded_where_python_shows_other_digits() -> None:
    step = Step("sum", Operation("+", Number(Fraction("0.1")), Number(Fraction("0.2"))), Fraction("0.3"))
    derivation = Derivation("made/5", "", (), (step,), "0.3", "sum")
    assert derivation.code().endswith("print(round(sum, 2))")


# The real solutions.


def test_real_solutions_run_to_their_answers_and_tell_nothing_before(data_dir: Path) -> None:
    problems = load("gsm8k", "train", data_dir / "eval" / "gsm8k.jsonl.gz")[::12]
    results = [derive(problem) for problem in problems]
    derivations = [result for result in results if isinstance(result, Derivation)]
    assert len(derivations) / len(problems) > 0.9
    answers = {problem.id: problem.answer for problem in problems}
    with Sandbox() as sandbox, Grader() as grader:
        executions = list(sandbox.map(derivation.code() for derivation in derivations))
        pairs = [
            Pair(execution.output.strip(), answers[derivation.problem_id])
            for execution, derivation in zip(executions, derivations, strict=True)
        ]
        assert all(grade.correct for grade in grader.grade_many(pairs))
    for derivation, execution in zip(derivations, executions, strict=True):
        first, code, *_ = derivation.solution(execution.output).blocks
        assert not re.search(r"\d", first.content), derivation.problem_id
        comments = [line for line in code.content.splitlines() if line.startswith("#")]
        assert not re.search(r"\d", "".join(comments)), derivation.problem_id
        assert re.sub(r"\\boxed\{[^}]*\}", "", derivation.conclusion) == derivation.conclusion
        for number in derivation.givens:
            (start, end), *_ = number.spans
            assert quantities(derivation.question[start:end])[0].value == number.value
