from __future__ import annotations

import gzip
import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.solution import Block, BlockType, Solution
from mathcoder.solving.dialects import (
    DIALECTS,
    Dialect,
    MarkdownDialect,
    MathCoderDialect,
    Piece,
    ToolsDialect,
    Turn,
)


def text(content: str) -> Block:
    return Block("text", content)


def code(content: str) -> Block:
    return Block("code", content)


def output(content: str) -> Block:
    return Block("execution", content)


EXAMPLE = ("2+2?", Solution((text("I add."), code("2+2"), output("4"), text(r"\boxed{4}")), "4"))
MATHCODER, CHATML, TOOLS = MathCoderDialect(), MarkdownDialect(), ToolsDialect()
PLAIN = MarkdownDialect(template="plain")
WRITTEN: list[Dialect] = [MATHCODER, CHATML, PLAIN]
ALL: list[Dialect] = [
    *WRITTEN,
    TOOLS,
    MathCoderDialect(system="", examples=(EXAMPLE,)),
    MarkdownDialect(system="", examples=(EXAMPLE, EXAMPLE)),
    MarkdownDialect(template="plain", examples=(EXAMPLE,)),
    ToolsDialect(system="", examples=(EXAMPLE,)),
]


def named(dialect: Dialect) -> str:
    template = f"-{dialect.template}" if isinstance(dialect, MarkdownDialect) else ""
    return dialect.name + template


# What could be taken for something else.
FRAGMENTS = [
    *"<|>\\`'\"#{}\n\r\t ",
    *("a", "x = 1", "\u200b", "\x1c", "é", "\U0001d54f", "\n\n", "\r\n", "   "),
    *("<|text|>", "<|code|>", "<|execution|>", "<|endofblock|>", "<|endofmessage|>"),
    *("<|system|>", "<|user|>", "<|assistant|>", r"<\|code|>", r"<\\|endofblock|>", "<|code", "|>", "<|x|>"),
    *("<|im_start|>", "<|im_end|>", "<|im_start|>assistant\n", "<|endoftext|>", r"<\|im_end|>"),
    *("```", "````", "\n```\n", "\n```python\n", "\n```output\n", "\n````python\n", "\n  ```\n", "\n\\```"),
    *("```latex\n", "```py", "<!-- text -->", "\n<!-- text -->\n", "\\<!-- text -->"),
    *("Question:", "\nQuestion: 1?\nAnswer:\n", "\nAnswer:\n", "\\Question:", "Answer: 5"),
    *('"""', "'''", 's = """', "# it's"),
]
contents = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=8).map("".join)
kinds: st.SearchStrategy[BlockType] = st.sampled_from(["text", "code", "execution"])
solutions = st.lists(st.builds(Block, kinds, contents), max_size=6).map(lambda blocks: Solution(tuple(blocks)))


@pytest.fixture(scope="session")
def traces(data_dir: Path) -> list[tuple[str, Solution]]:
    with gzip.open(data_dir / "traces" / "lce_traces.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["problem"], Solution(tuple(Block(**block) for block in row["blocks"]))) for row in rows]


# Transcripts.


@pytest.mark.parametrize("dialect", ALL, ids=named)
@given(problem=contents, solution=solutions)
def test_parse_undoes_render(dialect: Dialect, problem: str, solution: Solution):
    assert dialect.parse(dialect.render(problem, solution)) == solution.blocks


@pytest.mark.parametrize("dialect", ALL, ids=named)
@given(problem=contents, solution=solutions)
def test_no_content_holds_a_special_token_or_asks_a_question(dialect: Dialect, problem: str, solution: Solution):
    """What a tokenizer or a reader would take for structure is the same whatever the contents are."""
    harmless = Solution(tuple(Block(block.type, "x") for block in solution.blocks))
    structure = re.compile(r"<\|\w{2,32}\|>", re.ASCII)
    found, wanted = (
        structure.findall(json.dumps(transcript, ensure_ascii=False))
        for transcript in (dialect.render(problem, solution), dialect.render("x", harmless))
    )
    assert found == wanted
    asked = str(dialect.request(problem).prompt)
    if dialect == PLAIN:
        assert re.findall("^(Question|Answer):", asked, re.MULTILINE) == ["Question", "Answer"]


@pytest.mark.parametrize("dialect", ALL, ids=named)
def test_parse_undoes_render_of_real_solutions(dialect: Dialect, traces: list[tuple[str, Solution]]):
    assert len(traces) == 2813
    changed = [p for p, solution in traces if dialect.parse(dialect.render(p, solution)) != solution.blocks]
    assert changed == []


def test_mathcoder_prompt_is_the_published_one():
    dialect = MathCoderDialect(system="S")
    blocks = (text("T"), code("1+1"), output("2"))
    prompt = (
        "<|system|><|text|>S<|endofblock|><|endofmessage|><|user|><|text|>Q<|endofblock|><|endofmessage|>"
        "<|assistant|>"
    )
    body = "<|text|>T<|endofblock|><|code|>1+1<|endofblock|><|execution|>2<|endofblock|>"
    assert dialect.request("Q").prompt == prompt
    assert dialect.request("Q", blocks).prompt == prompt + body
    assert dialect.render("Q", Solution(blocks)) == prompt + body + "<|endofmessage|>"
    assert dialect.stop == ("<|endofblock|>", "<|endofmessage|>")


def test_chatml_prompt():
    blocks = (text("T"), code("1+1"), output("2"))
    prompt = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n"
    body = "T\n```python\n1+1\n```\n```output\n2\n```"
    dialect = MarkdownDialect(system="S")
    assert dialect.request("Q").prompt == prompt
    assert dialect.request("Q", blocks).prompt == prompt + body + "\n"
    assert dialect.render("Q", Solution(blocks)) == prompt + body + "<|im_end|>\n"


def test_plain_prompt():
    dialect = MarkdownDialect(system="S", examples=(EXAMPLE,), template="plain")
    assert dialect.request("Q", (code("1+1"), output("2"))).prompt == (
        "S\n\nQuestion: 2+2?\nAnswer:\nI add.\n```python\n2+2\n```\n```output\n4\n```\n\\boxed{4}\n\n"
        "Question: Q\nAnswer:\n```python\n1+1\n```\n```output\n2\n```\n"
    )


def test_tools_messages():
    request = ToolsDialect(system="S").request("Q", (text("T"), code("1+1"), output("2"), code("3")))
    assert request.stop == ()
    assert request.tools[0]["function"]["name"] == "python"
    assert not isinstance(request.prompt, str)
    system, user, first, result, second = request.prompt
    assert (system["content"], user["content"], first["content"]) == ("S", "Q", "T")
    assert json.loads(first["tool_calls"][0]["function"]["arguments"]) == {"code": "1+1"}
    assert result == {"role": "tool", "tool_call_id": first["tool_calls"][0]["id"], "content": "2"}
    assert second["content"] is None
    assert second["tool_calls"][0]["id"] != first["tool_calls"][0]["id"]


@pytest.mark.parametrize("dialect", ALL, ids=named)
def test_a_request_carries_its_settings(dialect: Dialect):
    request = dialect.request("Q", max_tokens=7, temperature=0.5, top_p=0.9, seed=3)
    assert (request.max_tokens, request.temperature, request.top_p, request.seed) == (7, 0.5, 0.9, 3)
    assert request.stop == dialect.stop


@pytest.mark.parametrize("dialect", WRITTEN, ids=named)
@given(problem=contents, blocks=solutions, more=solutions)
def test_a_prompt_begins_with_the_prompt_before_it(
    dialect: Dialect, problem: str, blocks: Solution, more: Solution
):
    """So a server that keeps its cache reads only what is new."""
    before = (*blocks.blocks, output("1"))
    prompt, longer = dialect.request(problem, before), dialect.request(problem, (*before, *more.blocks))
    assert str(longer.prompt).startswith(str(prompt.prompt))


@pytest.mark.parametrize("dialect", WRITTEN, ids=named)
def test_real_solutions_are_read_generation_by_generation(dialect: Dialect, traces: list[tuple[str, Solution]]):
    """A model that writes the recorded solution is read as having written it, stop by stop."""
    for problem, solution in traces[::7]:
        whole = str(dialect.render(problem, solution))
        blocks: list[Block] = []
        for _ in solution.blocks:
            if len(blocks) == len(solution.blocks):
                break
            rest = whole[len(str(dialect.request(problem, blocks).prompt)) :]
            ends = {rest.find(stop): stop for stop in dialect.stop if stop in rest}
            stop = ends[min(ends)] if ends else None
            turn = dialect.read(rest[: min(ends)] if ends else rest, stop=stop)
            blocks += turn.blocks
            if turn.runnable:
                blocks.append(solution.blocks[len(blocks)])
        assert blocks == [b for b in solution.blocks if b.content.strip()]


@pytest.mark.parametrize(
    ("dialect", "transcript"), [(MATHCODER, []), (CHATML, [{"role": "user", "content": "Q"}]), (TOOLS, "Q")]
)
def test_a_transcript_of_the_wrong_kind_is_named(dialect: Dialect, transcript: Any):
    with pytest.raises(TypeError, match=f"the {dialect.name} dialect parses"):
        dialect.parse(transcript)


PARSED: list[tuple[Dialect, Any, list[Block]]] = [
    # a bare message, and the last of several
    (MATHCODER, "<|text|>T<|endofblock|>", [text("T")]),
    (MATHCODER, "<|user|><|text|>Q<|endofblock|><|endofmessage|><|assistant|>", []),
    (
        MATHCODER,
        "<|assistant|><|text|>1<|endofblock|><|endofmessage|><|user|>Q<|assistant|><|text|>2<|endofblock|>",
        [text("2")],
    ),
    # ends that are missing, text without its token, blank space between blocks
    (
        MATHCODER,
        "<|text|>T\n<|code|>1<|execution|>1<|text|>",
        [text("T\n"), code("1"), output("1"), text("")],
    ),
    (MATHCODER, "T<|endofblock|>\n\n<|code|>1<|endofblock|>", [text("T"), code("1")]),
    (CHATML, "T\n```python\n1\n```\n```output\n1\n```\nU", [text("T"), code("1"), output("1"), text("U")]),
    (CHATML, "```py\n1\n```output\n1\n```python\n2", [code("1"), output("1"), code("2")]),
    (CHATML, "T\r\n```python\r\n1\r\n2\r\n```\r\nU\r\n", [text("T"), code("1\n2"), text("U\n")]),
    (CHATML, "<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n", [text("A")]),
    (CHATML, "Question: Q\nAnswer: A", [text("Question: Q\nAnswer: A")]),
    (CHATML, '```python\ns = """ broken\n```\nA', [code('s = """ broken'), text("A")]),
    (
        CHATML,
        "<|im_start|>assistant\n```python\n1<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n",
        [text("A")],
    ),
    (PLAIN, "Question: Q\nAnswer: A\nB", [text("A\nB")]),
    (PLAIN, "A\n\nQuestion: made up", [text("A\n")]),
    (TOOLS, [{"role": "assistant", "content": ""}], [text("")]),
    (TOOLS, [{"role": "assistant", "content": None}], []),
    (
        TOOLS,
        [
            {"role": "developer", "content": "S"},
            {"role": "user", "content": [{"type": "text", "text": "Q"}]},
            {"role": "assistant", "content": "", "tool_calls": [{"function": {"arguments": {"code": "1"}}}]},
            {"role": "tool", "content": [{"type": "text", "text": "1"}]},
            {"role": "assistant", "content": "A"},
        ],
        [code("1"), output("1"), text("A")],
    ),
]


@pytest.mark.parametrize(("dialect", "transcript", "blocks"), PARSED)
def test_parse(dialect: Dialect, transcript: Any, blocks: list[Block]):
    assert list(dialect.parse(transcript)) == blocks


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"role": "robot", "content": ""}, r"messages\[0\].role is 'robot'"),
        ({"role": "assistant", "content": 5}, r"messages\[0\].content must be"),
        ({"role": "assistant", "tool_calls": {}, "content": "x"}, None),
        ({"role": "assistant", "tool_calls": {"id": 1}}, r"messages\[0\].tool_calls must be a list"),
        ({"role": "assistant", "tool_calls": ["x"]}, r"messages\[0\].tool_calls must be a list"),
    ],
)
def test_chat_messages_are_checked(message: dict[str, Any], reason: str | None):
    if reason is None:
        assert TOOLS.parse([message]) == (text("x"),)
    else:
        with pytest.raises(ValueError, match=reason):
            TOOLS.parse([message])


# Generations: the text, how it ended (finish reason, stop string), what it comes to.

STOPPED, LENGTH = ("stop", None), ("length", None)


def at(stop: str) -> tuple[str, str]:
    return ("stop", stop)


def running(*blocks: Block) -> Turn:
    return Turn(blocks, runnable=True, finished=False)


def going_on(*blocks: Block) -> Turn:
    return Turn(blocks, runnable=False, finished=False, continues=True)


def open_(*blocks: Block) -> Turn:
    return Turn(blocks, runnable=False, finished=False)


def finished(*blocks: Block) -> Turn:
    return Turn(blocks, runnable=False, finished=True)


BLOCK_END, MESSAGE_END = at("<|endofblock|>"), at("<|endofmessage|>")
TURNS: list[tuple[Dialect, str, tuple[str, str | None], Turn]] = [
    # MathCoder
    (MATHCODER, "<|text|>T", BLOCK_END, going_on(text("T"))),
    (MATHCODER, "<|code|>1+1", BLOCK_END, running(code("1+1"))),
    (MATHCODER, "<|code|>1+1<|endofblock|>", STOPPED, running(code("1+1"))),
    (MATHCODER, "<|code|>1+1", STOPPED, running(code("1+1"))),
    (MATHCODER, "<|code|>1+", LENGTH, open_(code("1+"))),
    (MATHCODER, "<|code|>", LENGTH, open_()),
    (MATHCODER, "<|text|>T", LENGTH, open_(text("T"))),
    (MATHCODER, "", MESSAGE_END, finished()),
    (MATHCODER, "", STOPPED, finished()),
    (MATHCODER, "<|text|>T<|endofblock|>", MESSAGE_END, finished(text("T"))),
    (MATHCODER, "T", BLOCK_END, going_on(text("T"))),
    (MATHCODER, "<|text|>T<|code|>1", BLOCK_END, running(text("T"), code("1"))),
    (MATHCODER, "<|code|>1<|text|>it is 1", BLOCK_END, running(code("1"))),
    (MATHCODER, "<|code|>1<|endofblock|><|execution|>9<|endofblock|>", MESSAGE_END, running(code("1"))),
    (MATHCODER, "<|code|>1<|execution|>9", BLOCK_END, running(code("1"))),
    (MATHCODER, "<|text|>T<|endofblock|><|execution|>9", BLOCK_END, going_on(text("T"))),
    (MATHCODER, "<|text|>T<|endofmessage|><|user|><|text|>more?", STOPPED, finished(text("T"))),
    (MATHCODER, "<|code|>a\r\nb", BLOCK_END, running(code("a\nb"))),
    (MATHCODER, r"<|code|>print('<\|code|>')", BLOCK_END, running(code("print('<|code|>')"))),
    (MATHCODER, "<|text|>0 <|x|> <|unknown_token|>", BLOCK_END, going_on(text("0 <|x|> <|unknown_token|>"))),
    # Markdown: fences as models name them
    *(
        (CHATML, f"T\n```{name}\n1\n```\n", at("```output"), running(text("T"), code("1")))
        for name in ("python", "py", "python3", "Python", "", " python", "{python}", 'python title="a"')
    ),
    (CHATML, "```python\n1\n```", STOPPED, running(code("1"))),
    (CHATML, "```python\n1\n```\n", LENGTH, running(code("1"))),
    (CHATML, "```python\n1", STOPPED, running(code("1"))),
    (CHATML, "```python\n1", LENGTH, open_(code("1"))),
    (CHATML, "```python\n1\n``", LENGTH, open_(code("1\n``"))),
    (CHATML, "T\n```python\n", LENGTH, open_(text("T"))),
    (CHATML, "```python\n1\n", at("```output"), running(code("1"))),
    (CHATML, "```python\r\na\r\nb\r\n```\r\n", at("```output"), running(code("a\nb"))),
    (CHATML, "````python\n1\n```\n2\n````", STOPPED, running(code("1\n```\n2"))),
    (CHATML, "````python\n```output\n````", STOPPED, running(code("```output"))),
    (CHATML, "1. So\n   ```python\n   if x:\n       y\n  z\n   ```\n", STOPPED, running(
        text("1. So"), code("if x:\n    y\nz"))),
    # a fence inside a string, and a quote that only looks like one
    (CHATML, 's = """\n```\nx\n```\n"""\n```\nmore', STOPPED, running(text('s = """'), code("x"))),
    (CHATML, '```python\ns = """\n```\nx\n```\n"""\n```\nmore', STOPPED, running(
        code('s = """\n```\nx\n```\n"""'))),
    (CHATML, "```python\ns = r'''\n```py\n'''\n```\n", STOPPED, running(code("s = r'''\n```py\n'''"))),
    (CHATML, '```python\n# """\n1\n```\nmore', STOPPED, running(code('# """\n1'))),
    (CHATML, "```python\ns = \"'''\"\n```\nmore", STOPPED, running(code("s = \"'''\""))),
    (CHATML, '```python\ns = """ broken\n```\nmore', STOPPED, running(code('s = """ broken'))),
    (CHATML, '```python\ns = """ broken\n```\nmore<|im_end|>', STOPPED, running(code('s = """ broken'))),
    # what the model made up
    (CHATML, "```python\n1\n```\n```output\n9\n```\nIt is 9.", STOPPED, running(code("1"))),
    (CHATML, "```python\n1\n```\nIt is 9.", STOPPED, running(code("1"))),
    (CHATML, "```python\n1\n```output\n9\n```", STOPPED, running(code("1"))),
    (CHATML, "```python\n1\n```python\n2\n```", STOPPED, running(code("1"))),
    (CHATML, "T\n", at("```output"), open_(text("T"))),
    (CHATML, "T\n```output\n9\n```\nIt is 9.", LENGTH, open_(text("T"))),
    # other fences are text
    (CHATML, "A\n```latex\nx\n```\nB", STOPPED, finished(text("A\n```latex\nx\n```\nB"))),
    (CHATML, "```sql\nx\n```\n```python\n1\n```", STOPPED, running(text("```sql\nx\n```"), code("1"))),
    (CHATML, "use ```python here\nand `x`", STOPPED, finished(text("use ```python here\nand `x`"))),
    (CHATML, "```{r}\nx\n```", STOPPED, finished(text("```{r}\nx\n```"))),
    (CHATML, "```x``` is inline", STOPPED, finished(text("```x``` is inline"))),
    # ends of a message
    (CHATML, r"\boxed{4}", at("<|im_end|>"), finished(text(r"\boxed{4}"))),
    (CHATML, r"\boxed{4}", STOPPED, finished(text(r"\boxed{4}"))),
    (CHATML, r"\boxed{4}", LENGTH, open_(text(r"\boxed{4}"))),
    (CHATML, "A<|im_end|>\n<|im_start|>user\nQ", STOPPED, finished(text("A"))),
    (CHATML, "A<|endoftext|>B", LENGTH, finished(text("A"))),
    (CHATML, "", STOPPED, finished()),
    (CHATML, "\n\n", STOPPED, finished()),
    (CHATML, "\n\nA\n", STOPPED, finished(text("\n\nA\n"))),
    (CHATML, "Question: is it so?", LENGTH, open_(text("Question: is it so?"))),
    (PLAIN, "A\n", at("\nQuestion:"), finished(text("A\n"))),
    (PLAIN, "A\n\nQuestion: next?\nAnswer:\nB", LENGTH, finished(text("A\n"))),
    (PLAIN, "```python\n1\n```\nQuestion: next?", STOPPED, running(code("1"))),
    (PLAIN, "Answer: 4", STOPPED, finished(text("Answer: 4"))),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "written", "end", "turn"), TURNS)
def test_read(dialect: Dialect, written: str, end: tuple[Any, str | None], turn: Turn):
    assert dialect.read(written, finish_reason=end[0], stop=end[1]) == turn


def call(arguments: object) -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": "python", "arguments": arguments}}


CALLS: list[tuple[str, list[dict[str, Any]], Any, Turn]] = [
    ("", [call('{"code": "1+1"}')], "tool_calls", running(code("1+1"))),
    ("T", [call('{"code": "1+1"}')], "stop", running(text("T"), code("1+1"))),
    ("", [call('{"code": "1"}'), call('{"code": "2"}')], "tool_calls", running(code("1"))),
    ("", [call({"code": "1+1"})], "tool_calls", running(code("1+1"))),
    ("", [call('{"input": "1+1"}')], "tool_calls", running(code("1+1"))),
    ("", [call('{"code": "a\nb"}')], "tool_calls", running(code("a\nb"))),
    ("", [call('"1+1"')], "tool_calls", running(code("1+1"))),
    ("", [call("print(1)\nprint(2)")], "tool_calls", running(code("print(1)\nprint(2)"))),
    ("", [call("[1, 2]")], "tool_calls", running(code("[1, 2]"))),
    ("", [call(r'{"code": "\"<\\|im_end|>\""}')], "tool_calls", running(code('"<|im_end|>"'))),
    ("", [call('{"code": "1+1"}')], "length", open_(code("1+1"))),
    ("", [call('{"code": "1+')], "tool_calls", open_(code('{"code": "1+'))),
    ("", [call('{"code": 5}')], "tool_calls", open_(code('{"code": 5}'))),
    ("", [call("[" * 100_000)], "length", open_(code("[" * 100_000))),
    ("", [call(None)], "tool_calls", open_()),
    ("", [{}], "tool_calls", open_()),
    ("T", [], "stop", finished(text("T"))),
    ("T", [], "length", open_(text("T"))),
    (" \n", [], "stop", finished()),
    ("T\r\nU", [], "stop", finished(text("T\nU"))),
]


@pytest.mark.parametrize(("written", "calls", "reason", "turn"), CALLS)
def test_read_calls(written: str, calls: list[dict[str, Any]], reason: Any, turn: Turn):
    assert TOOLS.read(written, finish_reason=reason, tool_calls=calls) == turn


# Streams.


def streamed(dialect: Dialect, pieces: list[str]) -> tuple[list[Piece], list[Block]]:
    splitter = dialect.splitter()
    deltas = [delta for piece in pieces for delta in splitter.feed(piece)]
    return deltas + splitter.close(), splitter.blocks


def runs(deltas: list[Piece]) -> list[Piece]:
    return [(kind, "".join(d for _, d in group)) for kind, group in groupby(deltas, key=lambda d: d[0])]


@pytest.mark.parametrize("dialect", [*WRITTEN, TOOLS], ids=named)
@given(pieces=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=12))
def test_where_the_pieces_end_changes_nothing(dialect: Dialect, pieces: list[str]):
    whole = "".join(pieces)
    deltas, blocks = streamed(dialect, pieces)
    assert streamed(dialect, list(whole))[1] == blocks
    assert streamed(dialect, [whole])[1] == blocks
    shown = [(kind, content) for kind, content in runs(deltas) if content.strip()]
    read = [(b.type, b.content) for b in blocks if b.content]
    assert shown == [(kind, content) for kind, content in runs(read) if content.strip()]


@pytest.mark.parametrize(
    ("dialect", "pieces", "shown"),
    [
        (MATHCODER, ["<|te", "xt|>a <", "b", "<|endof", "block|>"], ["", "a ", "<b", "", ""]),
        (MATHCODER, ["<|code|>x", " <|co", "l|> y"], ["x", " ", "<|col|> y"]),
        (CHATML, ["a\n", "`", "``py", "\nx\n", "``", "`\n"], ["a", "", "", "x", "", ""]),
        (CHATML, ["a\n`", "b`\n", "c"], ["a", "\n`b`", "\nc"]),
        (CHATML, ["\n", " ", "a", "<|im_", "end|>"], ["", "", "\n a", "", ""]),
        (CHATML, ["```py\nif x:\n", "  ", "  y"], ["if x:", "", "\n    y"]),
        (CHATML, ["a\r", "\nb\r"], ["a", "\nb"]),
        (PLAIN, ["a\nQue", "stion", "s: b"], ["a", "", "\nQuestions: b"]),
    ],
)
def test_half_a_marker_is_not_shown(dialect: Dialect, pieces: list[str], shown: list[str]):
    splitter = dialect.splitter()
    assert ["".join(delta for _, delta in splitter.feed(piece)) for piece in pieces] == shown


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (MATHCODER, "<|code|>1<|endofblock|>"),
        (MATHCODER, "<|text|>T<|endofmessage|>"),
        (CHATML, "```python\n1\n```\n"),
        (CHATML, '```python\n1  # """\n```\n'),
        (CHATML, "```python\n1\n```python\n"),
        (CHATML, "T\n```output\n"),
        (PLAIN, "T\nQuestion: next?\n"),
    ],
)
def test_a_stream_is_done_where_nothing_more_counts(dialect: Dialect, written: str):
    splitter = dialect.splitter()
    splitter.feed(written[:-1])
    assert not splitter.done
    splitter.feed(written[-1])
    assert splitter.done
    assert splitter.feed("and more") == splitter.close() == []


@pytest.mark.parametrize("dialect", [*WRITTEN, TOOLS], ids=named)
@given(written=contents, more=contents, reason=st.sampled_from(["stop", "length", None]))
def test_a_model_writes_no_execution_and_nothing_after_its_code(
    dialect: Dialect, written: str, more: str, reason: Any
):
    turn = dialect.read(written, finish_reason=reason)
    kinds = [block.type for block in turn.blocks]
    assert "execution" not in kinds
    assert "code" not in kinds[:-1]
    assert not (turn.runnable and turn.finished)
    assert not turn.runnable or kinds[-1] == "code"
    assert all(block.content.strip() for block in turn.blocks if block.type == "text")


def test_dialects_by_name():
    assert {name: dialect.name for name, dialect in DIALECTS.items()} == {name: name for name in DIALECTS}
    assert set(DIALECTS) == {"mathcoder", "markdown", "tools"}
