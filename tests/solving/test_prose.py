"""Chain of thought: everything is text, nothing runs."""

from __future__ import annotations

import pytest

from mathcoder.models import RecordedModel
from mathcoder.solution import Block
from mathcoder.solving import Solved, solve
from mathcoder.solving.dialects.prose import ProseDialect
from mathcoder.solving.worked import WORKED, WORKED_IN_WORDS


def test_code_in_a_reply_is_text():
    reply = "We compute:\n```python\nprint(6 * 7)\n```\nThat is \\boxed{42}."
    turn = ProseDialect().read(reply)
    assert turn.blocks == (Block("text", reply),)
    assert (turn.runnable, turn.finished) == (False, True)


@pytest.mark.parametrize(
    ("text", "finish_reason", "stop", "finished"),
    [
        ("It is 5.", "stop", None, True),
        ("It is 5.", "stop", "<|im_end|>", True),
        ("It is", "length", None, False),
        ("It is 5.<|im_end|>\nAnd", "length", None, True),
        ("", "stop", None, True),
    ],
)
def test_when_a_message_is_at_its_end(text: str, finish_reason: str, stop: str | None, finished: bool):
    turn = ProseDialect().read(text, finish_reason=finish_reason, stop=stop)  # type: ignore[arg-type]
    assert turn.finished is finished


@pytest.mark.parametrize("template", ["chatml", "plain"])
def test_a_problem_is_solved_in_words(template: str):
    model = RecordedModel(["12 and 30 are \\boxed{42}.\nQuestion: made up"])
    dialect = ProseDialect(examples=WORKED_IN_WORDS, template=template)  # type: ignore[arg-type]
    (solved,) = [event for event in solve("12 + 30?", model, dialect=dialect) if isinstance(event, Solved)]
    assert solved.solution.answer == "42"
    assert "```" not in str(model.requests[0].prompt)
    assert ("made up" in solved.solution.blocks[0].content) == (template == "chatml")


def test_the_examples_in_words_are_those_with_code():
    assert [(problem, s.answer) for problem, s in WORKED_IN_WORDS] == [
        (problem, s.answer) for problem, s in WORKED
    ]
    assert all(block.type == "text" for _, solution in WORKED_IN_WORDS for block in solution.blocks)
