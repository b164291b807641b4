"""`mathcoder models`, and the strings that `mathcoder solve --model` takes, as a person meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from command import mathcoder, the_line

sys.path.append(str(Path(__file__).parents[1] / "models"))

from faulty import FaultyServer, answer, delta, stream, text, usage

CANARY = "sk-canary-5b31"


def test_a_server_is_listed_with_what_to_give_to_solve(tmp_path: Path):
    with FaultyServer(stream(text("It is \\boxed{4}.", "stop"), usage(9, 5))) as server:
        done = mathcoder("models", "--url", server.url, OPENAI_API_KEY=CANARY)
        assert (done.returncode, done.stderr) == (0, "")
        first, second, last = done.stdout.splitlines()
        assert first.split() == [f"small@{server.url}", "a", "server"]
        assert second.startswith(f"large@{server.url} ")
        assert last == "Give the first column to --model."
        rows = json.loads(mathcoder("models", "--json", "--url", server.url).stdout)
        assert rows[1] == {"spec": f"large@{server.url}", "kind": "server", "where": server.url}
        done = mathcoder("solve", "--json", "--model", rows[1]["spec"], "2+2?", OPENAI_API_KEY=CANARY)
        assert (done.returncode, done.stderr) == (0, "")
        row = json.loads(done.stdout)
        assert (row["model"], row["answer"], row["ended"]) == ("large", "4", "answer")
        assert server.headers[-1]["authorization"] == f"Bearer {CANARY}"
        assert CANARY not in done.stdout


def test_solve_with_tools_of_a_server():
    call = {"index": 0, "id": "a", "function": {"name": "python", "arguments": '{"code": "17 * 23"}'}}
    script = [stream(delta("tool_calls", tool_calls=[call])), stream(delta("stop", content="It is \\boxed{391}."))]
    with FaultyServer(*script) as server:
        spec = f"small@{server.url}"
        options = ("--dialect", "tools", "--key-env", "MY_KEY", "--extra", '{"reasoning_effort": "low"}')
        done = mathcoder("solve", "--json", "--model", spec, *options, "2+2?", MY_KEY=CANARY)
        assert (done.returncode, done.stderr) == (0, "")
        assert [block["type"] for block in json.loads(done.stdout)["blocks"]] == ["code", "execution", "text"]
        assert server.paths == ["/v1/chat/completions"] * 2
        assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
        assert server.bodies[1]["messages"][-1]["content"] == "391"
        assert server.bodies[0]["reasoning_effort"] == "low"


def test_nothing_that_a_server_says_drives_the_terminal():
    with FaultyServer(answer(401, {"error": {"message": f"\x1b]0;{CANARY}\x07"}})) as server:
        server.served = ["\x1b[31mred\u202e"]
        done = mathcoder("models", "--url", server.url)
        assert (done.returncode, [char for char in done.stdout if not (char.isprintable() or char == "\n")]) == (
            0,
            [],
        )
        done = mathcoder("solve", "--model", f"a@{server.url}", "hi", OPENAI_API_KEY=CANARY)
        assert done.returncode == 1
        assert done.stderr.endswith("is the key in OPENAI_API_KEY right?\n")
        assert CANARY not in done.stdout + done.stderr
        assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("models", "--url", "localhost:8000"), "'localhost:8000' is not a base URL such as"),
        (("models", "--url", "http://127.0.0.1:1"), "http://127.0.0.1:1/v1: Connection refused"),
        (("solve", "--model", "gpt", "hi"), "'gpt' names no model; give embedded, FILE.gguf, BASE+ADAPTER.gguf"),
        (("solve", "--model", "server:gpt", "hi"), "set OPENAI_BASE_URL, or give gpt@URL"),
        (("solve", "--model", "a@http://h/v1", "--adapter", "a.gguf", "hi"), "an adapter goes on"),
        (("solve", "--extra", "{", "hi"), "--extra is not JSON"),
        (("solve", "--extra", "[]", "hi"), "--extra is not an object"),
    ],
)
def test_failures_are_one_line(arguments: tuple[str, ...], part: str):
    done = mathcoder(*arguments, OPENAI_BASE_URL="")
    assert part in the_line(done)
    assert done.returncode == (2 if "--extra" in arguments else 1)
