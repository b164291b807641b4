"""A solution that begins with given blocks: their code is run first, the model goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mathcoder.models import RecordedModel
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Block
from mathcoder.solving import DIALECTS, Delta, Event, Executed, Options, Solved, solve

PROBLEM = "What is 17 * 23?"
KEPT = (Block("text", "First the factors."), Block("code", "a, b = 17, 23"), Block("execution", ""))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def go_on(
    sandbox: Sandbox, blocks: tuple[Block, ...], replies: list[str], dialect: str = "markdown", **options: Any
) -> tuple[list[Event], Solved, RecordedModel]:
    model = RecordedModel(replies)
    events = list(
        solve(
            PROBLEM,
            model,
            dialect=DIALECTS[dialect](),
            sandbox=sandbox,
            options=Options(**options),
            blocks=blocks,
        )
    )
    last = events.pop()
    assert isinstance(last, Solved)
    return events, last, model


def test_edited_code_is_run_with_what_was_defined_before(sandbox: Sandbox):
    edited = Block("code", "print(a * b)")
    events, solved, model = go_on(sandbox, (*KEPT, edited), ["The answer is \\boxed{391}."])
    assert isinstance(events[0], Executed)
    assert events[0].block.content == "391"
    assert all(isinstance(event, Delta) for event in events[1:])
    blocks = solved.solution.blocks
    assert blocks == (*KEPT, edited, Block("execution", "391"), Block("text", "The answer is \\boxed{391}."))
    assert (solved.solution.answer, solved.solution.ended) == ("391", "answer")
    assert solved.solution.cost.rounds == len(model.requests) == 1
    assert "print(a * b)\n```\n```output\n391\n```" in str(model.requests[0].prompt)


def test_an_execution_that_is_there_stays_as_it_is(sandbox: Sandbox):
    blocks = (Block("code", "import random\nprint(random.random())"), Block("execution", "0.25"))
    events, solved, _ = go_on(sandbox, blocks, ["\\boxed{0.25}"])
    assert not any(isinstance(event, Executed) for event in events)
    assert solved.solution.blocks[:2] == blocks


def test_every_block_of_code_without_an_execution_gets_one(sandbox: Sandbox):
    blocks = (Block("code", "x = 5"), Block("code", "print(x)"))
    events, solved, _ = go_on(sandbox, blocks, ["\\boxed{5}"])
    assert [event.block.content for event in events if isinstance(event, Executed)] == ["", "5"]
    assert "".join(block.type[0] for block in solved.solution.blocks) == "cecet"


def test_text_alone_is_gone_on_from(sandbox: Sandbox):
    events, solved, model = go_on(
        sandbox, KEPT[:1], ["<|text|>\\boxed{1}<|endofblock|><|endofmessage|>"], "mathcoder"
    )
    assert solved.solution.answer == "1"
    assert "First the factors." in str(model.requests[0].prompt)
    assert not any(isinstance(event, Executed) for event in events)


def test_code_that_failed_before_counts_as_repeated(sandbox: Sandbox):
    blocks = (Block("code", "1 / 0"), Block("execution", "ZeroDivisionError: division by zero"))
    _, solved, _ = go_on(sandbox, blocks, ["```python\n1  /  0\n```\n", "\\boxed{0}"])
    assert solved.solution.ended == "repeated_error"


def test_the_time_counts_what_is_run_again(sandbox: Sandbox):
    blocks = (Block("code", "while True: pass"), Block("execution", ""))
    _, solved, _ = go_on(sandbox, blocks, ["\\boxed{0}"], seconds=0.2)
    assert solved.solution.ended == "time"


@pytest.mark.parametrize(("blocks", "place"), [(KEPT[2:], 0), ((*KEPT[:1], KEPT[2]), 1), ((*KEPT, KEPT[2]), 3)])
def test_an_execution_of_nothing(sandbox: Sandbox, blocks: tuple[Block, ...], place: int):
    with pytest.raises(
        ValueError, match=rf"^blocks\[{place}\] is an execution, but there is no code right before it"
    ):
        go_on(sandbox, blocks, [])
