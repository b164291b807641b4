"""The forms of a row: what stands where, on real text with its real computations."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathcoder.computation import Computation
from mathcoder.corpus.forms import interleaved_text, steps_text
from mathcoder.extraction import read_file
from mathcoder.solving.dialects import MarkdownDialect
from mathcoder.translation import SymbolicTranslator

TEXT = read_file(Path(__file__).parents[2] / "examples/data/sequences.ptx").text


def computed(computation: Computation, output: str = "7") -> dict[str, object]:
    row = computation.to_json()
    start, end = row.pop("span")
    return row | {"start": start, "end": end, "output": output}


def test_steps_have_the_four_parts():
    one = Computation(("x = 3", "y = 4"), "x + y", "7", "x = 3\ny = 4\nprint(x + y)\n")
    other = Computation((), "1 + 1", "2", "print(1 + 1)")
    assert steps_text([computed(one), computed(other)]) == (
        "Conditions needed:\n1. $x = 3$\n2. $y = 4$\n"
        "Computation expression: $x + y$\nComputation result: $7$\n```python\nx = 3\ny = 4\nprint(x + y)\n```\n\n"
        "Computation expression: $1 + 1$\nComputation result: $2$\n```python\nprint(1 + 1)\n```"
    )
    assert steps_text([]) == ""


def test_code_stands_behind_its_step_and_the_text_is_whole():
    computations = SymbolicTranslator().translate(TEXT).computations
    assert len(computations) > 20
    written = interleaved_text(TEXT, [computed(one, f"<{number}>") for number, one in enumerate(computations)])
    rest = written
    for number, one in enumerate(computations):
        block = f"```python\n{one.code.strip()}\n```\n```output\n<{number}>\n```"
        before, found, after = rest.partition(block)
        assert found
        signs, needed = (len("".join(part.split())) for part in (before, TEXT[: one.span[1]]))
        assert needed <= signs <= needed + 2_000
        rest = before + after
    assert rest.split() == TEXT.split()


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("We get 3 + 4 = 7. So it is.\n\nNext.", "3 + 4 = 7", "We get 3 + 4 = 7. So it is.\n\nCODE\n\nNext."),
        (
            "See\n\\[\na = 3 + 4\n\n= 7\n\\]\nthere.\n\nNext.",
            "3 + 4",
            "See\n\\[\na = 3 + 4\n\n= 7\n\\]\nthere.\n\nCODE\n\nNext.",
        ),
        ("```\nx = 3 + 4\n\ny\n```\n\nNext.", "3 + 4", "```\nx = 3 + 4\n\ny\n```\n\nCODE\n\nNext."),
        ("3 + 4 = 7", "3 + 4 = 7", "3 + 4 = 7\n\nCODE"),
    ],
)
def test_where_code_stands(text: str, step: str, expected: str):
    start = text.index(step)
    row = computed(Computation((), "3 + 4", "7", "print(3 + 4)", (start, start + len(step))))
    code = "```python\nprint(3 + 4)\n```\n```output\n7\n```"
    assert interleaved_text(text, [row]) == expected.replace("CODE", code)


def test_a_long_paragraph_is_divided_between_sentences():
    sentences = [
        f"Sentence number {number} says that $1 + {number} = {number + 1}$ and more." for number in range(60)
    ]
    text = " ".join(sentences)
    end = text.index("$1 + 3 = 4$") + 10
    row = computed(Computation((), "1 + 3", "4", "print(1 + 3)", (end - 9, end)))
    before, _, after = interleaved_text(text, [row]).partition("\n\n```python")
    assert before.endswith("and more.")
    assert len(before) <= 2000
    assert after.split("```")[-1].strip().startswith("Sentence number")


def test_a_fence_in_the_output_does_not_end_the_block():
    row = computed(Computation((), "1", "1", "print('```')", (0, 1)), "```")
    assert "````output\n```\n````" in interleaved_text("1 = 1", [row])


def test_the_interleaved_form_is_the_markdown_dialects():
    row = computed(Computation((), "3 + 4", "7", "print(3 + 4)", (0, 9)))
    blocks = MarkdownDialect().parse(interleaved_text("3 + 4 = 7. Good.", [row]))
    assert [(block.type, block.content.strip()) for block in blocks] == [
        ("text", "3 + 4 = 7. Good."),
        ("code", "print(3 + 4)"),
        ("execution", "7"),
    ]
