"""`mathcoder evaluate` with a server of the tests: scores, folder, going on, usage, no secret in any file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import mathcoder, the_line

sys.path.append(str(Path(__file__).parents[1] / "models"))

from faulty import FaultyServer, answer, stream, text, usage

CANARY = "sk-canary-4711"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """Answers every question with a block of code that prints 51, and then with that."""
    code = stream(text("```python\nprint(51)\n"), text("```\n", "stop"), usage(40, 8))
    boxed = stream(text(r"It is \boxed{51}.", "stop"), usage(60, 5))
    with FaultyServer(code, boxed, code, boxed, code, boxed, code, boxed) as server:
        yield server


def evaluate(server: FaultyServer, cwd: Path, *arguments: str, **environment: str):
    model = f"m@{server.url}"
    base = ("evaluate", "svamp", "--limit", "2", "--model", model, "--concurrency", "1", "--output", "run")
    return mathcoder(*base, *arguments, cwd=cwd, **environment)


def test_a_run(server: FaultyServer, tmp_path: Path):
    done = evaluate(server, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "SVAMP" in done.stdout
    assert "report: run/report.html" in done.stdout
    assert "studio: mathcoder studio run\n" in done.stdout
    scores = json.loads((tmp_path / "run/scores.json").read_text())
    first = scores["benchmarks"]["svamp"]
    assert (first["accuracy"]["count"], first["problems"]) == (1, 2)  # the first answer is 51
    assert first["tokens"]["completion"] == 2 * (2 + 5)  # a reply that is left at its code counts its pieces
    again = evaluate(server, tmp_path, "--json")
    assert json.loads(again.stdout) == scores
    assert len(server.bodies) == 4


def test_no_key_is_in_any_file(server: FaultyServer, tmp_path: Path):
    """Not in the run's folder, the cache or the output, also where the server sends it back."""
    server.script.insert(0, answer(503, {"error": {"message": f"busy, {CANARY}"}}))
    done = evaluate(server, tmp_path, "--cache", "cache", OPENAI_API_KEY=CANARY)
    assert done.returncode == 0
    assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
    assert CANARY not in done.stdout + done.stderr


def test_a_refused_key_is_told_without_it(tmp_path: Path):
    with FaultyServer(answer(401, {"error": {"message": f"no such key: {CANARY}"}})) as server:
        done = evaluate(server, tmp_path, OPENAI_API_KEY=CANARY)
    assert done.returncode == 1
    assert "2 attempts could not be made" in done.stderr
    assert "401" in done.stderr
    assert CANARY not in done.stdout + done.stderr + (tmp_path / "run/rows.jsonl").read_text()


def test_a_budget_stops_and_keeps_what_is_done(server: FaultyServer, tmp_path: Path):
    done = evaluate(server, tmp_path, "--max-tokens", "150")
    assert done.returncode == 1
    assert "1 attempts could not be made" in done.stderr
    assert "give the same command again to go on" in done.stderr
    assert json.loads((tmp_path / "run/scores.json").read_text())["all"]["problems"] == 1
    assert evaluate(server, tmp_path).returncode == 0
    assert json.loads((tmp_path / "run/scores.json").read_text())["all"]["problems"] == 2


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["evaluate"], "Missing argument"),
        (["evaluate", "gsm9k"], "did you mean gsm8k?"),
        (["evaluate", "svamp", "--style", "poem"], "'poem' is not one of"),
        (["evaluate", "svamp", "--shots", "9"], "shots must be 0 to 4"),
        (["evaluate", "svamp", "--votes", "4", "--temperature", "0"], "asks for the same solution again"),
        (["evaluate", "svamp", "--max-cost", "1"], "--max-cost needs --price"),
        (["evaluate", "svamp", "--price", "cheap"], "--price 'cheap' is not IN,OUT"),
        (["evaluate", "svamp", "--split", "trian", "--model", "m@http://127.0.0.1:9/v1"], "no split 'trian'"),
        (["evaluate", "svamp", "--style", "choice", "--model", "m@http://127.0.0.1:9/v1"], "no options to choose"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], part: str, tmp_path: Path):
    done = mathcoder(*arguments, cwd=tmp_path)
    assert part in the_line(done)
    assert done.returncode == 2


def test_other_settings_in_the_same_folder_are_refused(server: FaultyServer, tmp_path: Path):
    assert evaluate(server, tmp_path).returncode == 0
    done = evaluate(server, tmp_path, "--style", "words")
    assert "made with another settings" in the_line(done)
    assert done.returncode == 2
