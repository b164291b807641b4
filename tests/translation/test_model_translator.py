"""The model translator: passages, what was defined before them, replies, their places in the text, budgets."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.computation import Computation
from mathcoder.models import (
    Budget,
    BudgetedModel,
    BudgetExceeded,
    CachedModel,
    Chunk,
    ModelError,
    Price,
    RecordedModel,
    Request,
    open_model,
)
from mathcoder.translation import Skipped, Translation
from mathcoder.translation.locate import kind_of
from mathcoder.translation.model import ModelTranslator
from mathcoder.translation.passages import has_mathematics, paragraphs, passages

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, delta, stream, usage


def reply(expression: str, result: str, code: str = "print(1)", conditions: str = "None") -> str:
    return (
        f"**Conditions Needed:**\n{conditions}\n**Computation Expression:**\n${expression}$\n"
        f"**Computation Result:**\n${result}$\n**Python Code Snippet:**\n```python\n{code}\n```\n"
    )


# Passages.

LONG = "\n\n".join(f"Paragraph {n} says that $a_{n} = {n}$ holds." for n in range(40))


@pytest.mark.parametrize(
    "whole",
    [
        "$$\n\\int_0^1 x\n\n= 1/2\n$$",
        "\\[ a\n\n= 1 + 1 \\]",
        "\\begin{align}\na &= 1\\\\\n\n&= 2\n\\end{align}",
        "\\begin{example}\nA short one, $a = 1$.\n\nIt ends.\n\\end{example}",
        "```python\nx = 1\n\nprint(x)\n```",
        "~~~\nx = 1\n\n```\ny\n~~~",
    ],
)
def test_no_cut_goes_through(whole: str):
    text = f"Before, $b = 1$.\n\nText\n{whole}\ngoes on.\n\nAfter."
    pieces = [text[slice(*span)] for span in paragraphs(text, 80)]
    assert [piece for piece in pieces if whole in piece], pieces
    assert (pieces[0], pieces[-1]) == ("Before, $b = 1$.", "After.")


@pytest.mark.parametrize("mark", ["$$", "\\[", "\\begin{align}", "```"])
def test_what_is_never_closed_holds_nothing_together(mark: str):
    text = f"One {mark} is open.\n\n{LONG}" if mark != "```" else f"One.\n\n```\n\n{LONG}"
    assert max(end - start for start, end in paragraphs(text, 200)) <= 200


def test_a_long_environment_of_prose_is_cut_and_a_long_paragraph_between_sentences():
    text = f"\\begin{{document}}\n\n{LONG}\n\n\\end{{document}}"
    assert max(end - start for start, end in paragraphs(text, 200)) <= 200
    text = " ".join(f"Sentence {n} has $x = 1. 5$ in it." for n in range(50))
    pieces = [text[slice(*span)] for span in paragraphs(text, 100)]
    assert max(map(len, pieces)) <= 100
    assert all(piece.startswith("Sentence") and piece.endswith("in it.") for piece in pieces)


BITS = st.sampled_from(
    ["$$", "$", "\\[", "\\]", "```\n", "\n\n", "\n", "x = 1. ", "Words and words. ", "π"]
    + [f"\\{which}{{{name}}}" for which in ("begin", "end") for name in ("align", "proof")]
)


@pytest.mark.parametrize("unit", ["$$", "\\[", "\\begin{a}", "```\n", "````\n```\n", "let x = 1. ", "a "])
def test_no_text_takes_long(unit: str):
    start = time.process_time()
    list(passages(unit * 20_000, 4000))
    assert time.process_time() - start < 5


@given(st.lists(BITS, max_size=40).map("".join), st.integers(1, 60))
def test_every_character_but_white_space_is_in_one_paragraph(text: str, most: int):
    spans = paragraphs(text, most)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert "".join("".join(text[slice(*span)].split()) for span in spans) == "".join(text.split())


def test_what_was_defined_is_carried_over_within_a_bound():
    text = (
        "Let $f(x) = x^2$ and $g(x) = 2x$. Suppose $r = 3$.\n\n"
        "Now let $r = 4$, where h = 5 cm. So $1 + 1 = 2$.\n\nNothing.\n\nThen $f(r) = 16$."
    )
    shown = list(passages(text, 60))
    assert [passage.known for passage in shown] == [
        (),
        ("f(x) = x^2", "g(x) = 2x", "r = 3"),
        ("f(x) = x^2", "g(x) = 2x", "r = 4", "h = 5"),
    ]
    many = "\n\n".join(f"Let $x_{{{n}}} = {n}$." for n in range(99))
    *_, last = passages(many, 40)
    assert len(last.known) == 12
    assert last.known[-1] == "x_{97} = 97"
    long = "\n\n".join(f"Let $x_{{{n}}} = {'1 + ' * 40}{n}$." for n in range(99))
    *_, last = passages(long, 200)
    assert sum(map(len, last.known)) <= 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Words.", False),
        ("In 1998 and in 2004.", False),
        ("He has 3 apples, buys 4 and has 7.", True),
        ("$x$", True),
        ("3 + 4", True),
        ("Raise it by 5%.", True),
        ("\\[ x \\]", True),
    ],
)
def test_has_mathematics(text: str, expected: bool):
    assert has_mathematics(text) is expected


# Translations.

TEXT = r"""Let $f(x) = x^2$. Words without any number follow here.

Then $$\int_0^3 f(x) \, dx
   = 9,$$ and $2+2=4$ as well as $12+2 = 14$.

Nothing to see.
"""


def test_a_text_becomes_computations_at_their_places():
    model = RecordedModel(
        [
            reply(r"\int_0^3 f(x)\,dx", "9", conditions="1. $f(x) = x^2$")
            + reply("2 + 2", "4")
            + reply("12 + 2", "14")
            + reply("2 + 2", "4")
            + reply("\\text{not there}", "1")
        ]
    )
    translator = ModelTranslator(model)
    found = translator.translate(TEXT)
    assert [TEXT[slice(*each.span)] for each in found.computations] == [
        TEXT.rstrip(),
        "\\int_0^3 f(x) \\, dx\n   = 9",
        "2+2=4",
        "2+2=4",
        "12+2 = 14",
    ]
    assert [each.kind for each in found.computations] == ["model", "integral", *["arithmetic"] * 3]
    assert found.computations[1].conditions == ("f(x) = x^2",)
    assert found.skipped == ()
    (request,) = model.requests
    system, *_, asked = request.prompt
    assert (system["role"], asked["role"]) == ("system", "user")
    assert TEXT.strip() in asked["content"]
    assert (request.max_tokens, request.temperature) == (2048, 0.0)
    assert translator.usage.requests == 1
    assert translator.usage.completion_tokens > 20


def test_the_worked_examples_are_in_the_form_that_is_asked_for():
    model = RecordedModel(["NONE"])
    ModelTranslator(model).translate("$1 + 1 = 2$")
    (request,) = model.requests
    answers = [message["content"] for message in request.prompt if message["role"] == "assistant"]
    questions = [message["content"] for message in request.prompt if message["role"] == "user"]
    assert len(answers) == 2
    for question, answer in zip(questions, answers, strict=False):
        found = ModelTranslator(RecordedModel([answer]), examples=False).translate(question)
        assert found.skipped == ()
        assert len(found.computations) >= 2
        places = {each.span for each in found.computations}
        assert len(places) == len(found.computations)
        assert (0, len(question)) not in places, "each expression stands in its text"


def test_bad_replies_are_skipped_with_their_reasons():
    text = "\n\n".join(f"${n} + 1 = {n + 1}$ is computed in this paragraph." for n in range(4))
    replies = ["I cannot.", "NONE", "**Computation Expression:** $2 + 1$", reply("3 + 1", "4")]
    found = ModelTranslator(RecordedModel(replies), max_characters=60).translate(text)
    spans = paragraphs(text, 60)
    assert [each.expression for each in found.computations] == ["3 + 1"]
    assert [(skip.span, skip.reason) for skip in found.skipped] == [
        (spans[0], "the reply has none of the four parts: I cannot."),
        (spans[2], "no computation result, no Python code: $2 + 1$"),
    ]


def test_a_reply_that_is_cut_off_keeps_what_is_whole():
    whole = reply("1 + 1", "2") + reply("2 + 2", "4")
    found = ModelTranslator(RecordedModel([whole]), max_tokens=30).translate("$1 + 1 = 2$, $2 + 2 = 4$")
    assert [each.expression for each in found.computations] == ["1 + 1"]
    assert "the reply was cut off at 30 tokens" in [skip.reason for skip in found.skipped]


class Failing:
    """Fails on every text that holds `word`."""

    name = "failing"

    def __init__(self, word: str):
        self.word = word
        self.under_way = self.most = 0

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.002)
        self.under_way -= 1
        if self.word in request.prompt[-1]["content"]:
            raise ModelError("the server is away")
        yield Chunk(reply("1 + 1", "2"), "stop", None, (), 10, 5)

    async def aclose(self) -> None: ...


def test_a_model_that_fails_costs_only_its_passage():
    text = "\n\n".join(f"Number {n}: $1 + 1 = 2$ is computed in this paragraph." for n in range(5))
    translator = ModelTranslator(Failing("Number 3"), max_characters=60, price=Price(1e6, 2e6))
    found = translator.translate(text)
    assert len(found.computations) == 4
    assert [skip.reason for skip in found.skipped] == ["the model failed: the server is away"]
    assert (translator.usage.requests, translator.usage.cost) == (4, 4 * (10 + 10))


def test_many_texts_come_in_order_and_lazily_with_bounded_concurrency():
    taken = 0

    def texts() -> Iterator[str]:
        nonlocal taken
        for number in range(60):
            taken += 1
            yield f"Text {number}: $1 + 1 = 2$"

    model = Failing("Text 7:")
    translations = ModelTranslator(model, concurrency=4).translate_many(texts())
    first = next(translations)
    assert first.computations
    assert taken < 20
    rest = list(translations)
    assert len(rest) == 59
    assert [number for number, each in enumerate(rest, 1) if each.skipped] == [7]
    assert 1 < model.most <= 4


def test_a_stream_that_is_left_early_is_closed():
    translations = ModelTranslator(Failing("-")).translate_many(["$1 + 1 = 2$"] * 100)
    next(translations)
    translations.close()


def test_a_budget_that_is_used_up_keeps_what_is_done(tmp_path: Path):
    texts = [f"Text {number}: $1 + 1 = 2$" for number in range(9)]
    model = CachedModel(BudgetedModel(Failing("-"), Budget(max_tokens=60)), tmp_path)
    done: list[Translation] = []
    with pytest.raises(BudgetExceeded, match="60 of 60 tokens"):
        done.extend(ModelTranslator(model, concurrency=1).translate_many(texts))
    assert [len(each.computations) for each in done] == [1] * 4
    richer = CachedModel(BudgetedModel(Failing("-"), Budget(max_tokens=1000)), tmp_path)
    translator = ModelTranslator(richer)
    assert len(list(translator.translate_many(texts))) == 9
    assert (translator.replayed, translator.usage.requests) == (4, 5)


def test_one_text_and_a_budget():
    text = "\n\n".join(f"Number {n}: $1 + 1 = 2$ is computed in this paragraph." for n in range(5))
    model = BudgetedModel(Failing("-"), Budget(max_tokens=30))
    translator = ModelTranslator(model, concurrency=1, max_characters=60)
    found = translator.translate(text)
    assert len(found.computations) == 2
    assert len(found.skipped) == 3
    assert all(skip.reason.startswith("not asked: the budget is used up") for skip in found.skipped)
    assert translator.stopped.startswith("the budget is used up")


def test_the_rest_is_what_has_mathematics_and_no_computation():
    text = (
        "First, $2 + 3 = 5$.\n\nOnly words.\n\nThe odd one: $a \\star b = 7$.\n\n"
        "And $2 \\cdot 3 = 6$.\n\nLast $c \\star d = 8$."
    )
    stated = {"2 + 3": "5", "2 \\cdot 3": "6"}
    places = [(text.index(left), text.index(left) + len(f"{left} = 5")) for left in stated]
    symbolic = Translation(
        tuple(Computation((), *sides, "", span) for sides, span in zip(stated.items(), places, strict=True)),
        (Skipped((text.index("a \\star"), text.index("7")), "unreadable"),),
    )
    model = RecordedModel([reply("a \\star b", "7")])
    found = ModelTranslator(model).translate_rest(text, symbolic)
    (request,) = model.requests
    asked = request.prompt[-1]["content"]
    assert "The odd one: $a \\star b = 7$.\n\nLast" in asked
    assert not any(other in asked for other in ("First", "Only words", "And"))
    assert [each.expression for each in found.computations] == ["2 + 3", "a \\star b", "2 \\cdot 3"]
    place = found.computations[1].span
    assert text[slice(*place)] == "a \\star b = 7"
    assert [skip for skip in found.skipped if skip.span[0] < place[1] and place[0] < skip.span[1]] == []
    kept = Skipped((0, 5), "a reason")
    nothing = ModelTranslator(RecordedModel(["NONE"])).translate_rest("$a \\star b$", Translation((), (kept,)))
    assert nothing.skipped == (kept,)


def test_a_text_without_mathematics_is_not_asked_about():
    model = RecordedModel([])
    assert ModelTranslator(model).translate("Only words here.\n\nAnd here.") == Translation((), ())
    assert model.requests == []


def test_what_cannot_be_cut_is_not_sent_whatever_its_length():
    model = RecordedModel(["NONE"])
    found = ModelTranslator(model, max_characters=50).translate(f"$$ {'1 + ' * 60} 1 = 61 $$\n\n$1 + 1 = 2$")
    assert [skip.reason for skip in found.skipped] == [
        "longer than 200 characters, and there is no place to cut it"
    ]
    assert len(model.requests) == 1


def test_a_server_is_asked_with_chat_messages():
    pieces = [delta(content=reply("1 + 1", "2")), delta("stop"), usage(100, 20)]
    with FaultyServer(stream(*pieces)) as server:
        translator = ModelTranslator(open_model(f"small@{server.url}"))
        found = translator.translate("$1 + 1 = 2$")
        assert [each.result for each in found.computations] == ["2"]
        assert server.paths == ["/v1/chat/completions"]
        assert [message["role"] for message in server.bodies[0]["messages"]][:2] == ["system", "user"]
        assert (translator.usage.prompt_tokens, translator.usage.completion_tokens) == (100, 20)


@pytest.mark.parametrize("name", ["max_tokens", "concurrency", "max_characters"])
def test_numbers_out_of_range(name: str):
    with pytest.raises(ValueError, match=f"{name} is 0: it must be 1 or more"):
        ModelTranslator(RecordedModel([]), **{name: 0})


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        (r"2 \times 3.5 + \frac{1}{2}", "arithmetic"),
        (r"\int_0^1 x\,dx", "integral"),
        (r"\lim_{x \to 0} \frac{\sin x}{x}", "limit"),
        (r"\sum_{n=1}^{5} n", "sum"),
        (r"\frac{d}{dx} x^2", "derivative"),
        ("f'(x)", "derivative"),
        (r"\det\begin{pmatrix}1&2\\3&4\end{pmatrix}", "matrix"),
        (r"17 \bmod 5", "modular"),
        (r"\binom{5}{2}", "combinatorics"),
        ("5!", "combinatorics"),
        ("P(A)", "probability"),
        (r"\sin 30^\circ", "trigonometry"),
        ("3x + 1 = 7", "equation"),
        ("f(3)", "function"),
        ("x^2 + y", "model"),
    ],
)
def test_kind_of(expression: str, kind: str):
    assert kind_of(expression) == kind
