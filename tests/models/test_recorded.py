from __future__ import annotations

import asyncio

import pytest

from mathcoder.models import Chunk, ModelError, RecordedModel, Request, StopStrings


async def _all(model: RecordedModel, request: Request) -> list[Chunk]:
    return [chunk async for chunk in model.stream(request)]


def ask(model: RecordedModel, request: Request) -> tuple[str, Chunk]:
    chunks = asyncio.run(_all(model, request))
    assert all(chunk.finish_reason is None for chunk in chunks[:-1])
    return "".join(chunk.text for chunk in chunks), chunks[-1]


@pytest.mark.parametrize("piece", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("reply", "request_", "text", "finish_reason", "stop"),
    [
        ("One two.\n", Request("p"), "One two.\n", "stop", None),
        ("", Request("p"), "", "stop", None),
        ("a```python\nb```c", Request("p", stop=("```python", "```")), "a", "stop", "```"),
        ("a</code>b", Request("p", stop=("</text>", "</code>")), "a", "stop", "</code>"),
        ("almost </co", Request("p", stop=("</code>",)), "almost </co", "stop", None),
        ("one  two three", Request("p", max_tokens=2), "one  two", "length", None),
        ("one two stop", Request("p", max_tokens=2, stop=("stop",)), "one two", "length", None),
        ("one two", Request("p", max_tokens=2), "one two", "stop", None),
    ],
)
def test_replay(reply, request_, text, finish_reason, stop, piece):
    got, last = ask(RecordedModel([reply], piece=piece), request_)
    assert (got, last.finish_reason, last.stop) == (text, finish_reason, stop)
    assert last.completion_tokens == len(text.split())


def test_replies_come_in_order_and_end():
    model = RecordedModel(["first", "second"])
    assert [ask(model, Request(prompt))[0] for prompt in "ab"] == ["first", "second"]
    with pytest.raises(ModelError, match="2 replies were recorded and 3 asked for"):
        ask(model, Request("c"))
    assert [request.prompt for request in model.requests] == ["a", "b", "c"]


def test_replies_by_prompt():
    model = RecordedModel({"6*7?": "42", "1+1?": "2"})
    assert (
        ask(model, Request([{"role": "system", "content": "s"}, {"role": "user", "content": "6*7?"}]))[0] == "42"
    )
    assert ask(model, Request("1+1?"))[0] == "2"
    assert ask(model, Request("1+1?"))[0] == "2"
    with pytest.raises(ModelError, match=r"no reply was recorded for the prompt '2\+2\?'"):
        ask(model, Request("2+2?"))


def test_one_string_is_not_a_sequence_of_replies():
    with pytest.raises(TypeError, match="sequence"):
        RecordedModel("reply")


@pytest.mark.parametrize(
    ("stop", "pieces", "shown", "met"),
    [
        (("ab",), ["xa", "ay"], "xaay", None),
        (("aab",), ["aaab"], "a", "aab"),
        (("abcd", "bc"), ["a", "b", "c", "d"], "a", "bc"),  # ends first
        (("b", "ab"), ["a", "b"], "", "ab"),  # end together: the longer
        (("", "x"), ["ax"], "a", "x"),
        ((), ["a", "b"], "ab", None),
    ],
)
def test_stop_strings(stop, pieces, shown, met):
    stops = StopStrings(stop)
    text, found = "", None
    for piece in pieces:
        new, found = stops.feed(piece)
        text += new
        if found is not None:
            break
    assert (text + stops.rest(), found) == (shown, met)
