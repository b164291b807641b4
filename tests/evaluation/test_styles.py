"""The ways to ask a model."""

from __future__ import annotations

import pytest

from mathcoder.evaluation.styles import STYLES, Asking
from mathcoder.problems import BENCHMARKS
from mathcoder.solution import Block, Solution
from mathcoder.solving import DIALECTS, Options

GSM8K, MMLU = BENCHMARKS["gsm8k"], BENCHMARKS["mmlu_math"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shots", [0, 4])
@pytest.mark.parametrize("template", ["chatml", "plain"])
def test_every_way_has_a_prompt(style: str, shots: int, template: str):
    asking = Asking(style, "markdown", shots, template)  # type: ignore[arg-type]
    prompt = str(asking.how().request("What is 2 + 2?").prompt)
    assert prompt.count("What is 2 + 2?") == 1
    assert ("A baker makes 12 trays" in prompt) == (shots > 0)
    assert ("<|im_start|>" in prompt) == (template == "chatml")


@pytest.mark.parametrize("dialect", ["markdown", "mathcoder", "tools"])
def test_the_instruction_can_be_another_one(dialect: str):
    askings = [Asking(dialect=dialect, system=system) for system in (None, "Be brief.", "")]
    usual, own, none = (str(asking.how().request("Why?").prompt) for asking in askings)
    assert "Be brief." in own
    assert "step by step" not in own
    assert "Be brief." not in usual
    assert len(none) < len(own) < len(usual)


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_code_is_asked_for_in_any_dialect(dialect: str):
    assert Asking(dialect=dialect).how().name == dialect


def test_words_show_no_code_and_programs_no_words():
    assert "```python" not in str(Asking("words", shots=4).how().request("?").prompt)
    program = str(Asking("program", shots=4).how().request("?").prompt)
    assert program.count("```python") == 5  # the instruction names it too
    assert "```output" not in program


def test_a_program_has_one_round():
    assert Asking("program").limits(Options()).rounds == 1
    assert Asking().limits(Options()) == Options()


def solution(*blocks: tuple[str, str]) -> Solution:
    return Solution(tuple(Block(kind, text) for kind, text in blocks))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("blocks", "answer"),
    [
        ([("code", "print(1)\nprint(42)"), ("execution", "1\n42\n")], "42"),
        ([("code", "1/0"), ("execution", "Traceback (most recent call last)\nZeroDivisionError: x")], None),
        ([("code", "x = 1"), ("execution", "")], None),
        ([("text", r"\boxed{42}")], None),
    ],
)
def test_a_program_answers_what_it_printed(blocks: list[tuple[str, str]], answer: str | None):
    assert Asking("program").answer(solution(*blocks), GSM8K) == answer


def test_the_kind_of_the_benchmark_tells_where_to_look():
    text = solution(("text", "So he has 7 apples left over at the end of this long and eventful day."))
    assert Asking().answer(text, GSM8K) == "7"
    assert (
        Asking().answer(solution(("text", "The answer is (C), as we have seen above, or so I think.")), MMLU)
        == "C"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"style": "poem"}, "style must be one of code, words, program, choice, not 'poem'"),
        ({"dialect": "latex"}, "dialect must be one of"),
        ({"shots": 5}, "shots must be 0 to 4"),
        ({"style": "choice", "dialect": "tools"}, "completes text"),
    ],
)
def test_what_cannot_be_asked(arguments: dict[str, str], message: str):
    with pytest.raises(ValueError, match=message):
        Asking(**arguments)  # type: ignore[arg-type]
