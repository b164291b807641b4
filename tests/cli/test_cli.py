"""The command line as a person meets it: in a process of its own, with good, odd and hostile input."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from command import MAIN, RECORDED, mathcoder, the_line
from rich.console import Console

from mathcoder.cli.trace import Trace
from mathcoder.models import ModelError
from mathcoder.models.weights import find_weights
from mathcoder.sandbox import Execution
from mathcoder.solution import Block, Cost, Solution
from mathcoder.solving import Delta, Event, Executed, Solved

COMMANDS = (
    "solve evaluate show compare export translate verify corpus instruct train studio run replay grade reproduce "
    "benchmarks models doctor".split()
)


def test_help_names_the_commands():
    done = mathcoder("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_on_lines_of_their_own(command: str):
    done = mathcoder(command, "-h")
    assert (done.returncode, done.stderr) == (0, "")
    examples = [line for line in done.stdout.splitlines() if line.startswith(f"  mathcoder {command}")]
    assert examples
    assert "\b" not in done.stdout


def test_nothing_shows_the_help():
    done = mathcoder()
    assert "\n  solve " in done.stdout + done.stderr


def test_help_imports_nothing_heavy():
    heavy = (
        "numpy",
        "sympy",
        "scipy",
        "IPython",
        "pyarrow",
        "xllamacpp",
        "gguf",
        "torch",
        "matplotlib",
        "asyncio",
        "openai",
        "math_verify",
    )
    code = (
        "import sys\nsys.argv = ['mathcoder', '--help']\nfrom mathcoder.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('imported', [name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("imported []\n")


LONG = "12 apples. " * 1_000_000
USAGE = [
    # arguments, standard input, part of the line
    (["no-such-command"], "", "No such command 'no-such-command'"),
    (["--no-such-option"], "", "No such option: --no-such-option"),
    (["solve", ""], "", "the problem is empty"),
    (["solve", " \n "], "", "the problem is empty"),
    (["solve"], "", "the problem is empty"),
    (["solve"], LONG, "standard input: longer than 100,000 characters"),
    (["solve"], "€" * 4_000_000, "standard input: longer than 100,000 characters"),
    (["solve", "x" * 100_001], "", "the problem has 100,001 characters; at most 100,000 are taken"),
    (["solve"], b"one\ntwo \xff\xfe", "standard input:2: byte 0xff is not UTF-8"),
    (["solve", b"a\xff\xfe"], "", "the problem is not UTF-8 (character 2)"),
    (["solve", "--dialect", "latex", "hi"], "", "'latex' is not one of"),
    (["solve", "--rounds", "0", "hi"], "", "'--rounds'"),
    (["solve", "--tokens", "many", "hi"], "", "'--tokens'"),
    (["solve", "one", "two"], "", "two"),
    (["run"], "", "Missing argument 'FILE...'"),
    (["run", "absent.py"], "", "absent.py: No such file or directory"),
    (["run", "."], "", ".: Is a directory"),
    (["run", "-"], b"x = 1\n\ny = '\xe9'", "standard input:3: byte 0xe9 is not UTF-8"),
    (["run", "--timeout", "0", "-"], "", "'--timeout'"),
    (["run", "--require", "most", "-"], "", "'most' is not one of"),
    (["replay"], "", "Missing argument 'file'"),
    (["replay", "absent.jsonl"], "", "absent.jsonl: No such file or directory"),
    (["replay", "notes.txt"], "", "notes.txt: unknown format"),
    (["replay", "--limit", "0", "absent.jsonl"], "", "'--limit'"),
    (["grade"], "", "Missing argument 'file'"),
    (["grade", "absent.jsonl"], "", "absent.jsonl: No such file or directory"),
    (["grade", "folder.jsonl"], "", "folder.jsonl: Is a directory"),
    (["grade", "notes.txt"], "", "notes.txt: unknown format; name it .jsonl, .jsonl.gz, .json or .json.gz"),
    (["grade", "notes.txt.gz"], "", "notes.txt.gz: unknown format"),
    (["grade", "--rule", "loose", "absent.jsonl"], "", "'loose' is not one of 'strict', 'mathcoder'"),
    (["grade", "--limit", "0", "absent.jsonl"], "", "'--limit'"),
    (["reproduce"], "", "Missing argument 'paper'"),
    (["reproduce", "mathcoder"], "", "Missing option '--outputs'"),
    (["reproduce", "minerva", "--outputs", "."], "", "'minerva' is not"),
    (["reproduce", "mathcoder", "--outputs", "absent"], "", "absent: No such file or directory"),
    (["reproduce", "mathcoder", "--outputs", "."], "", ".: no .jsonl file in it; name the folder that holds"),
    (["reproduce", "mathcoder", "--outputs", "notes.txt"], "", "notes.txt: unknown format"),
    (["reproduce", "mathcoder", "--outputs", "bad.json"], "", "bad.json: no recorded solution could be read"),
    (["reproduce", "mathcoder", "--outputs", ".", "--timeout", "0"], "", "'--timeout'"),
    (["benchmarks", "gms8k"], "", "unknown benchmark 'gms8k'; did you mean gsm8k?"),
    (["benchmarks", ""], "", "unknown benchmark ''; `mathcoder benchmarks` lists them all"),
    (["benchmarks", "gsm8k", "math"], "", "math"),
]


@pytest.mark.parametrize(("arguments", "stdin", "part"), USAGE)
def test_wrong_usage_is_one_line(arguments: list[str | bytes], stdin: str | bytes, part: str, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "bad.json").write_text('{"id": 1}')
    (tmp_path / "folder.jsonl").mkdir()
    done = mathcoder(*arguments, stdin=stdin, cwd=tmp_path)
    assert part in the_line(done)
    assert done.returncode == 2


def test_failure_is_one_line(tmp_path: Path):
    done = mathcoder("solve", "--model", "absent.gguf", "What is 17 * 23?", cwd=tmp_path)
    assert "absent.gguf" in the_line(done)
    assert done.returncode == 1


def test_interrupt_is_no_crash(tmp_path: Path):
    os.mkfifo(tmp_path / "code.py")
    process = subprocess.Popen(
        [*MAIN, "run", "code.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with (tmp_path / "code.py").open("w"):  # returns when the command reads
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors in ("", "mathcoder: interrupted\n")


# mathcoder run


def test_run_files_in_one_session(tmp_path: Path):
    (tmp_path / "one.py").write_text("x = 17\nprint('π', x)")
    (tmp_path / "two.py").write_text("print('before')\nprint(x * 23)\nundefined")
    done = mathcoder("run", "one.py", "two.py", "-", stdin="x + 1", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "π 17\nbefore\n391\n18\n"
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert done.stderr.endswith("NameError: name 'undefined' is not defined\n")


def test_run_json():
    done = mathcoder("run", "--json", "--timeout", "0.5", "-", stdin="print('ζ')\nwhile True: pass")
    assert (done.returncode, done.stderr) == (1, "")
    row = json.loads(done.stdout)
    assert (row["file"], row["status"], row["output"]) == ("-", "timeout", "ζ\n")
    assert row["error"].startswith("TimeoutError: ")
    assert row["images"] == []


def test_run_memory_and_images(tmp_path: Path):
    pytest.importorskip("matplotlib")
    code = (
        "try:\n    bytearray(400 * 2**20)\nexcept MemoryError:\n    print('too much')\n"
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1));"
    )
    done = mathcoder(
        "run", "--memory", "300", "--timeout", "100", "--images", "figures", "-", stdin=code, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "too much\nfigure: figures/stdin-1.png\n"
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["stdin-1.png"]
    assert (tmp_path / "figures/stdin-1.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("code", ["print(1)", "print('x' * 99_000)"])
def test_a_reader_that_went_away(code: str):
    with subprocess.Popen(
        [*MAIN, "run", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.close()
        _, errors = run.communicate(code.encode(), timeout=100)
    assert (run.returncode, errors) == (1, b"")


# mathcoder replay


def test_replay_shows_a_table():
    done = mathcoder("replay", "--limit", "5", RECORDED)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["what", "came", "out", "blocks", "share"]
    assert any(line.startswith("same output ") and line.endswith("100.00%") for line in lines)
    assert lines[-1].startswith("5 solutions, ")
    assert lines[-1].endswith("consistent with what was recorded: 100.00%")


def test_replay_json():
    done = mathcoder("replay", "--json", "--limit", "7", "--workers", "2", RECORDED)
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert (row["solutions"], row["rejected"], row["file"]) == (7, 0, str(RECORDED))
    assert row["consistent"] == row["blocks"] == sum(row["outcomes"].values()) > 7


def test_replay_does_what_it_can_with_a_damaged_file(tmp_path: Path):
    good = RECORDED.read_text(encoding="utf-8").splitlines()[:3]
    row = json.loads(good[0])
    row["blocks"][1]["content"] = "print('\x1b[31mother')"
    bad = ["{", "[1, 2]", '{"id": 5}', '{"problem": "x", "blocks": "none"}', "\ufeff?"]
    lines = [good[0], bad[0], good[1], *bad[1:], "", good[2], json.dumps(row), good[1][:100]]
    path = tmp_path / "damaged.jsonl"
    path.write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n")
    done = mathcoder("replay", path, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 solutions, " in done.stdout
    assert "7 rows could not be read; see damaged.jsonl.rejected.jsonl" in done.stdout
    assert "\x1b" not in done.stdout
    rejected = [json.loads(line) for line in (tmp_path / "damaged.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [row["line"] for row in rejected] == [2, 4, 5, 6, 7, 11, 12]
    assert all(row["reason"] and "\n" not in row["reason"] and row["file"] == str(path) for row in rejected)


def test_replay_of_nothing_good_is_a_failure(tmp_path: Path):
    path = tmp_path / "bad.jsonl"
    path.write_text("{\n")
    done = mathcoder("replay", "--json", "--rejected", tmp_path / "out.jsonl", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == f"mathcoder: {path}: no solution could be read from it"
    assert json.loads((tmp_path / "out.jsonl").read_text())["line"] == 1


# mathcoder doctor


def test_doctor_json():
    done = mathcoder("doctor", "--json")
    findings = json.loads(done.stdout)
    assert {finding["part"] for finding in findings} == {"system", "sandbox", "model", "gpu", "extra"}
    assert next(finding for finding in findings if finding["name"] == "run")["ok"]
    bad = [finding for finding in findings if finding["part"] == "sandbox" and not finding["ok"]]
    assert done.returncode == (1 if bad else 0)
    assert all(finding["remedy"] for finding in bad if finding["name"] != "uid")


def test_doctor_is_read_by_people_too():
    done = mathcoder("doctor")
    assert "computed 6 * 7" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


# mathcoder solve


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of its own; skips where there is no embedded model."""
    for module in ("xllamacpp", "gguf"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    try:
        find_weights()
    except ModelError as error:
        pytest.skip(str(error))
    return tmp_path_factory.mktemp("cache")


def test_solve_with_the_embedded_model(cache: Path):
    arguments = ("solve", "--tokens", "12", "--timeout", "5")
    done = mathcoder(*arguments, "--json", stdin="What is 17 * 23?\n", MATHCODER_CACHE=str(cache))
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert (row["problem"], row["dialect"]) == ("What is 17 * 23?", "markdown")
    cost = row["cost"]
    assert 0 < cost["completion_tokens"] <= 12
    solution = Solution.from_json({key: row[key] for key in ("blocks", "answer", "ended", "cost")})
    assert solution.blocks

    done = mathcoder(*arguments, "What is 17 * 23?", MATHCODER_CACHE=str(cache), TERM="dumb")
    assert done.returncode == 0
    assert done.stdout.startswith("What is 17 * 23?\n\n")
    assert "12 tokens · " in done.stdout
    shown = [line.strip() for line in done.stdout.splitlines()]
    for line in "\n".join(block.content for block in solution.blocks if block.type == "text").split("\n"):
        assert line.strip() in shown, "greedy: the same words as before"


# What a model or a program writes never drives the terminal.

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\r\u202e[bold red]\ud800 end"


def traced(show: Callable[[Trace], object]) -> str:
    file = io.StringIO()
    show(Trace(Console(file=file, force_terminal=False, color_system=None, width=120, highlight=False)))
    return file.getvalue()


def hostile_events() -> Iterable[Event]:
    for half in (HOSTILE[:7], HOSTILE[7:]):
        yield Delta("text", half)
    yield Delta("code", f"# {HOSTILE}")
    yield Executed(Execution(HOSTILE, images=(b"x",)), Block("execution", HOSTILE))
    blocks = (Block("text", HOSTILE),)
    yield Solved(Solution(blocks, HOSTILE, "answer", Cost(rounds=1)))


@pytest.mark.parametrize(
    ("show", "times"),
    [
        (lambda trace: trace.follow(hostile_events()), 4),
        (lambda trace: trace.problem(HOSTILE), 1),
        (lambda trace: trace.solution(Solution((Block("text", HOSTILE), Block("code", f"# {HOSTILE}")))), 2),
        (lambda trace: trace.solution(Solution((Block("execution", HOSTILE),))), 1),
    ],
    ids=["events", "problem", "solution", "execution"],
)
def test_control_characters_are_not_passed_on(show: Callable[[Trace], object], times: int):
    shown = traced(show)
    assert [char for char in shown if not (char.isprintable() or char == "\n")] == []
    assert shown.count("[bold red]") == times, "text is no markup"
    assert shown.count("end") == times


def test_a_solution_on_a_terminal():
    events = [
        Delta("text", "I comp"),
        Delta("text", "ute.\n"),
        Delta("code", "print(17 * 23)\nx = "),
        Delta("code", "1"),
        Executed(Execution("391\n"), Block("execution", "391")),
        Delta("code", "1 / 0"),
        Executed(Execution("", "ZeroDivisionError: no", "error"), Block("execution", "ZeroDivisionError: no")),
        Solved(Solution((), None, "rounds", Cost(1, 22, 3, 1.0, 0.5))),
    ]
    assert traced(lambda trace: trace.follow(events)).splitlines() == [
        "I compute.",
        "│ print(17 * 23)",
        "│ x = 1",
        "│ 391",
        "│ 1 / 0",
        "│ ZeroDivisionError: no",
        "",
        "No answer",
        "22 tokens · 3 rounds · model 1.0 s · sandbox 0.50 s · the limit on rounds was reached",
    ]


def test_benchmarks_without_a_data_folder_has_what_the_package_has():
    done = mathcoder("benchmarks", "--json", MATHCODER_DATA="")
    found = {facts["name"]: facts for facts in json.loads(done.stdout)}
    assert (done.returncode, done.stderr) == (0, "")
    assert {name: facts["here"]["test"] for name, facts in found.items() if facts["here"]} == {
        "gsm8k": {"rows": 1319, "from": "package"},
        "svamp": {"rows": 1000, "from": "package"},
    }


@pytest.mark.parametrize("columns", ["80", "120"])
def test_benchmarks_fit_the_terminal(columns: str, data_dir: Path):
    done = mathcoder("benchmarks", COLUMNS=columns, MATHCODER_DATA=str(data_dir))
    header, *rows, total = done.stdout.splitlines()
    assert header.split() == ["name", "kind", "test", "here", "from", "splits", "licence"]
    assert len(rows) == 31
    assert rows[1].split() == ["math", "math", "5,000", "1,505", "data", "train", "test", "MIT"]
    assert total.startswith("31 benchmarks; 11,482 test rows here")
    assert max(map(len, done.stdout.splitlines())) <= int(columns)


def test_one_benchmark_is_shown_as_it_is_asked():
    done = mathcoder("benchmarks", "svamp", MATHCODER_DATA="")
    assert done.returncode == 0
    for part in ("1,000 rows; 1,000 here, from package", "If there is a discount", "answer 51", "MathCoder-L-70b"):
        assert part in done.stdout
    facts = json.loads(mathcoder("benchmarks", "SVAMP", "--json", MATHCODER_DATA="").stdout)
    assert facts["example"]["answer"] == "51"
    assert facts["published"][2]["score"] == 84.9


def test_a_benchmark_without_rows_is_shown_without_example():
    done = mathcoder("benchmarks", "aqua", MATHCODER_DATA="")
    assert (done.returncode, done.stderr) == (0, "")
    assert "254 rows; none here" in done.stdout
