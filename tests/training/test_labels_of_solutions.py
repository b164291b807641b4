"""Which tokens of a solution are learned: told here a second time, piece by piece, and compared."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_tokenizers import KINDS, TOOLS_TEMPLATE, byte_level, is_sentencepiece, opened, recorded, spelled

pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")

from mathcoder.solution import Block, Solution
from mathcoder.solving.dialects import DIALECTS
from mathcoder.solving.dialects.base import escape_tokens
from mathcoder.solving.formats import Record
from mathcoder.training.labels import NO_LABEL, TOO_LONG, Labelled, Labeller
from mathcoder.training.transcripts import text_only, transcribe

pytestmark = pytest.mark.heavy

NAMES = tuple(DIALECTS)
_TOKENIZERS: dict[tuple[str, str], Any] = {}
_LABELLERS: dict[tuple[str, str], Labeller] = {}
Pieces = list[tuple[str, bool]]  # text, and whether the model writes it


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokenizers")


def tokenizer_of(kind: str, dialect: str, folder: Path) -> Any:
    if (kind, dialect) not in _TOKENIZERS:
        _TOKENIZERS[kind, dialect] = opened(kind, dialect, folder)
    return _TOKENIZERS[kind, dialect]


def mathcoder_pieces(record: Record) -> Pieces:
    prompt = DIALECTS["mathcoder"]().request(record.problem).prompt
    blocks = [
        (f"<|{block.type}|>{escape_tokens(block.content)}<|endofblock|>", block.type != "execution")
        for block in record.solution.blocks
    ]
    return [(str(prompt), False), *blocks, ("<|endofmessage|>", True)]


def markdown_pieces(record: Record) -> Pieces:
    pieces = [(str(DIALECTS["markdown"]().request(record.problem).prompt), False)]
    blocks = record.solution.blocks
    for i, block in enumerate(blocks):
        end = "\n" if i + 1 < len(blocks) else ""
        if block.type == "text":
            mark = "<!-- text -->\n" if i and blocks[i - 1].type == "text" else ""
            pieces.append((mark + block.content + end, True))
        elif block.type == "code":
            pieces.append((f"```python\n{block.content}\n```{end}", True))
        else:
            pieces += [("```output", True), (f"\n{block.content}\n```{end}", False)]
    return [*pieces, ("<|im_end|>", True), ("\n", False)]


def tools_pieces(record: Record) -> Pieces:
    request = DIALECTS["tools"]().request(record.problem)
    system = request.prompt[0]["content"]
    tools = json.dumps(list(request.tools), ensure_ascii=False)
    pieces: Pieces = [(f"<|im_start|>system\n{system}\n\nTools: {tools}<|im_end|>\n", False)]
    pieces.append((f"<|im_start|>user\n{escape_tokens(record.problem)}<|im_end|>\n", False))
    blocks = record.solution.blocks
    for i, block in enumerate(blocks):
        content = escape_tokens(block.content)
        call = json.dumps({"name": "python", "arguments": {"code": content}}, ensure_ascii=False)
        code = f"<tool_call>{call}</tool_call>"
        follows = blocks[i + 1].type if i + 1 < len(blocks) else ""
        if block.type == "execution":
            pieces.append((f"<|im_start|>tool\n{content}<|im_end|>\n", False))
            continue
        if block.type == "text" or not i or blocks[i - 1].type != "text":
            pieces.append(("<|im_start|>assistant\n", False))
        pieces.append((content if block.type == "text" else code, True))
        if block.type == "code" or follows != "code":
            pieces += [("<|im_end|>", True), ("\n", False)]
    return pieces


PIECES = {"mathcoder": mathcoder_pieces, "markdown": markdown_pieces, "tools": tools_pieces}


def expected(pieces: Pieces, tokenizer: Any, *, own: bool) -> str:
    """The characters of one kind. SentencePiece puts a space before text behind each special token."""
    text = "".join(piece for piece, _ in pieces)
    mine = [is_own for piece, is_own in pieces for _ in piece]
    special = "|".join(re.escape(token.content) for token in tokenizer.added_tokens_decoder.values())
    begins = {0, *(match.end() for match in re.finditer(special, text))}
    inside = {match.start() for match in re.finditer(special, text)}
    spaced = is_sentencepiece(tokenizer)
    return "".join(
        (" " if spaced and at in begins and at not in inside and character != " " else "") + character
        for at, character in enumerate(text)
        if mine[at] is own
    )


@pytest.mark.parametrize("dialect", NAMES)
def test_tokens_with_a_loss_are_the_models_own_words_and_no_others(kind: str, dialect: str, folder: Path) -> None:
    tokenizer = tokenizer_of(kind, dialect, folder)
    records = recorded()
    rows = Labeller(DIALECTS[dialect](), tokenizer, context=10**6).label(
        [(record.problem, record.solution.blocks) for record in records]
    )
    begin = "<s>" if kind == "sentencepiece" and dialect != "tools" else ""
    for record, row in zip(records, rows, strict=True):
        assert isinstance(row, Labelled)
        assert row.whole
        pieces = PIECES[dialect](record)
        assert (
            "".join(piece for piece, _ in pieces)
            == transcribe(DIALECTS[dialect](), record.problem, record.solution.blocks, tokenizer).text
        )
        assert spelled(tokenizer, row.tokens[row.learned]) == expected(pieces, tokenizer, own=True)
        assert spelled(tokenizer, row.tokens[~row.learned]) == begin + expected(pieces, tokenizer, own=False)
        both = [(piece, True) for piece, _ in pieces]
        assert spelled(tokenizer, row.tokens) == begin + expected(both, tokenizer, own=True)


@pytest.mark.parametrize("dialect", ["mathcoder", "markdown"])
def test_prompts_of_the_solving_loop_are_beginnings_of_the_tokens(kind: str, dialect: str, folder: Path) -> None:
    tokenizer = tokenizer_of(kind, dialect, folder)
    writes = DIALECTS[dialect]()
    labeller = Labeller(writes, tokenizer, context=10**6)
    for record in recorded():
        blocks = record.solution.blocks
        (row,) = labeller.label([(record.problem, blocks)])
        assert isinstance(row, Labelled)
        for count in range(len(blocks)):
            if count and dialect == "markdown" and blocks[count - 1].type != "execution":
                continue  # a generation goes on
            if count and kind == "greedy" and dialect == "markdown":
                continue  # see the module's docstring
            prompt = tokenizer.encode(writes.request(record.problem, blocks[:count]).prompt)
            assert row.tokens[: len(prompt)].tolist() == prompt
            assert row.learned[len(prompt)] == (blocks[count].type != "execution")


def test_a_greedy_tokenizer_does_join_over_borders(folder: Path) -> None:
    """So what is said about it above is about spans."""
    tokenizer = tokenizer_of("greedy", "markdown", folder)
    labeller = Labeller(DIALECTS["markdown"](), tokenizer, context=10**6)
    apart = 0
    for record in recorded():
        (row,) = labeller.label([(record.problem, record.solution.blocks)])
        assert isinstance(row, Labelled)
        whole = tokenizer.encode(DIALECTS["markdown"]().render(record.problem, record.solution))
        apart += whole != row.tokens.tolist()
    assert apart == len(recorded())


@pytest.mark.parametrize(
    "begins", ["\n\nFirst", "  First", "\n", " \n\tFirst", "é", "\r\nFirst", "```text\nx\n```", "<|im_end|>"]
)
def test_what_a_generation_begins_with_does_not_change_its_prompt(kind: str, begins: str, folder: Path) -> None:
    tokenizer = tokenizer_of(kind, "markdown", folder)
    writes = DIALECTS["markdown"]()
    blocks = [Block("text", begins), Block("code", "1"), Block("execution", "1"), Block("text", begins)]
    (row,) = Labeller(writes, tokenizer, context=10**6).label([("Q", blocks)])
    assert isinstance(row, Labelled)
    prompt = tokenizer.encode(writes.request("Q").prompt)
    assert row.tokens[: len(prompt)].tolist() == prompt
    assert not row.learned[: len(prompt)].any()
    assert row.learned[len(prompt)]


@pytest.mark.parametrize("dialect", NAMES)
def test_loss_on_execution_is_all_that_follows_the_first_prompt(kind: str, dialect: str, folder: Path) -> None:
    tokenizer = tokenizer_of(kind, dialect, folder)
    solutions = [(record.problem, record.solution.blocks) for record in recorded()[:20]]
    plain = Labeller(DIALECTS[dialect](), tokenizer, context=10**6).label(solutions)
    ablated = Labeller(DIALECTS[dialect](), tokenizer, context=10**6, loss_on_execution=True).label(solutions)
    for one, other in zip(plain, ablated, strict=True):
        assert isinstance(one, Labelled)
        assert isinstance(other, Labelled)
        assert one.tokens.tolist() == other.tokens.tolist()
        first, last = one.learned.nonzero()[0][[0, -1]]
        assert other.learned.nonzero()[0].tolist() == list(range(first, last + 1))


@pytest.mark.parametrize("dialect", NAMES)
def test_a_long_solution_is_cut_behind_a_block(kind: str, dialect: str, folder: Path) -> None:
    tokenizer = tokenizer_of(kind, dialect, folder)
    writes = DIALECTS[dialect]()
    record = next(record for record in recorded() if len(record.solution.blocks) == 7)
    blocks = record.solution.blocks
    solution = (record.problem, blocks)
    (whole,) = Labeller(writes, tokenizer, context=10**6).label([solution])
    assert isinstance(whole, Labelled)
    words = transcribe(writes, record.problem, blocks, tokenizer)
    begin = "<s>" if kind == "sentencepiece" and dialect != "tools" else ""
    cuts = [begin + expected([(words.text[:end], True)], tokenizer, own=True) for end in words.ends]
    seen = set()
    for context in [1, *whole.borders, *(border - 1 for border in whole.borders[::3]), len(whole.tokens)]:
        (row,) = Labeller(writes, tokenizer, context=context).label([solution])
        if isinstance(row, str):
            assert row == TOO_LONG
            assert context < whole.borders[0] + 3  # a cut text may have other tokens at its end
            continue
        assert len(row.tokens) <= context
        assert row.whole is (context >= len(whole.tokens))
        if not row.whole:
            text = spelled(tokenizer, row.tokens)
            assert text in cuts
            seen.add(text)
            assert row.learned.any()
    assert len(seen) == len(words.ends) - (dialect == "tools")  # all but the whole
    if dialect == "mathcoder":
        assert all(text.endswith("<|endofblock|>") for text in seen)


# SmolLM2's vocabulary lacks bytes of some control characters and of planes that Unicode has not filled.
CHARACTERS = st.characters(codec="utf-8", max_codepoint=0x3FFFF, exclude_characters="▁", exclude_categories=["Cc"])
CONTENT = st.text(CHARACTERS | st.sampled_from(" \n\t\r`<|>\\"), max_size=30) | st.sampled_from(
    ["```output", "<|endofblock|>", "<|im_end|>", "<|execution|>1<|endofblock|>", "```\n```output\n"]
)
BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(["text", "code", "execution"]), CONTENT), min_size=1, max_size=6
)


@given(
    dialect=st.sampled_from(["mathcoder", "markdown"]),
    kind=st.sampled_from(KINDS),
    question=CONTENT,
    blocks=BLOCKS,
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_solution(
    dialect: str, kind: str, question: str, blocks: list[Block], folder: Path
) -> None:
    """No content moves a border: what is learned is what `transcribe` says is the model's own."""
    tokenizer = tokenizer_of(kind, dialect, folder)
    writes = DIALECTS[dialect]()
    words = transcribe(writes, question, blocks)
    assert words.text == writes.render(question, Solution(tuple(blocks)))
    edges = [place for pair in words.own for place in pair]
    assert edges == sorted(edges)
    begin = len(writes.request(question).prompt)
    assert edges[0] == begin or blocks[0].type == "execution"
    if (kind, dialect) not in _LABELLERS:
        _LABELLERS[kind, dialect] = Labeller(writes, tokenizer, context=10**6)
    (row,) = _LABELLERS[kind, dialect].label([(question, blocks)])
    assert isinstance(row, Labelled)
    places = [0, *edges, len(words.text)]
    pieces = [(words.text[first:last], i % 2 == 1) for i, (first, last) in enumerate(pairwise(places))]
    assert spelled(tokenizer, row.tokens[row.learned]) == expected(pieces, tokenizer, own=True)
    for i, block in enumerate(blocks):  # what was printed is never learned
        if block.type == "execution":
            first = words.ends[i - 1] if i else begin
            content = words.text.rindex(escape_tokens(block.content), first, words.ends[i])
            assert not any(a < content + len(block.content) and content < b for a, b in words.own if block.content)


def test_a_solution_in_which_the_model_writes_nothing_has_no_label(folder: Path) -> None:
    tokenizer = tokenizer_of("smollm2", "mathcoder", folder)
    blocks = [Block("execution", "1"), Block("text", "one two three")]
    labeller = Labeller(DIALECTS["mathcoder"](), tokenizer, context=10**6)
    (row,) = labeller.label([("Q", blocks)])
    assert isinstance(row, Labelled)
    assert Labeller(DIALECTS["mathcoder"](), tokenizer, context=row.borders[0]).label([("Q", blocks)]) == [
        NO_LABEL
    ]


def test_code_can_be_left_out() -> None:
    blocks = (
        Block("text", "a"),
        Block("code", "1"),
        Block("execution", "1"),
        Block("text", " "),
        Block("text", "b"),
    )
    assert text_only(Solution(blocks, "b")) == Solution((Block("text", "a\n\nb"),), "b")
    assert text_only(Solution(blocks[1:3])).blocks == ()


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (None, "has no chat template"),
        ("{% for m in messages %}{{ m.content + '<|im_end|>' }}{% endfor %}", "cannot write calls of a tool"),
        ("{% for m in messages %}{{ m.content or '' }}<|im_end|>{% endfor %}", "leaves out or changes code"),
        (TOOLS_TEMPLATE.replace("{%- for", "{{ messages | length }}{%- for", 1), "otherwise when more follow"),
    ],
)
def test_a_chat_template_that_does_not_do_is_told(template: str | None, says: str, folder: Path) -> None:
    tokenizer = opened("bytes", "tools", folder)
    tokenizer.chat_template = template
    blocks = [Block("code", "print(1 < 2)"), Block("execution", "True"), Block("text", "It is.")]
    with pytest.raises(ValueError, match=says):
        Labeller(DIALECTS["tools"](), tokenizer, context=100).label([("Q", blocks)])


def test_a_tokenizer_without_the_tokens_is_told() -> None:
    with pytest.raises(ValueError, match=r"<\|system\|> is no token of the tokenizer"):
        Labeller(DIALECTS["mathcoder"](), byte_level(greedy=False), context=100)
