"""`mathcoder translate`: what a person and a program get of it, with and without a model."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from command import mathcoder, the_line
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mathcoder.cli.computations import Shown
from mathcoder.cli.readable import readable
from mathcoder.computation import Computation
from mathcoder.models import CachedModel, RecordedModel
from mathcoder.translation import Skipped, SymbolicTranslator, Translation
from mathcoder.translation.model import ModelTranslator
from mathcoder.verification import Verification

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, answer, delta, stream, usage

TEXT = r"""# Notes

We have $2^{10} = 1024$, and [bold red]no[/] more.

The area is $$\int_0^3 x^2\,dx = 10.$$

Here $a \star b = 7$.
"""


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_text_on_a_terminal():
    done = mathcoder("translate", "-", stdin=TEXT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "line 3 · arithmetic · verified\n  2¹⁰ = 1024\n    print(2**10)\n\n"
        "line 5 · integral · mismatch\n  ∫₀³ x² dx = 10\n    from sympy import integrate, symbols\n\n"
    )
    assert "  9 is printed, 10 is stated\n" in done.stdout
    table = [line.split() for line in done.stdout.splitlines()]
    assert ["kind", "verified", "mismatch"] in table
    assert ["all", "1", "1"] in table
    assert "1 of 2 computations verified (50%)" in done.stdout
    assert not any(line.endswith(" ") for line in done.stdout.split("kind ")[0].splitlines())


def test_json_is_a_computation_a_line_with_its_verdict():
    done = mathcoder("translate", "-", "--json", stdin=TEXT)
    assert (done.returncode, done.stderr) == (0, "")
    found = rows(done.stdout)
    assert [(row["result"], row["verdict"], row["output"]) for row in found] == [
        ("1024", "verified", "1024"),
        ("10", "mismatch", "9"),
    ]
    computations = [
        Computation.from_json({key: row[key] for key in Computation.__slots__}).to_json() for row in found
    ]
    assert computations == [each.to_json() for each in SymbolicTranslator().translate(TEXT).computations]


def test_filters_and_the_output_file(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    done = mathcoder("translate", "-", "--verdict", "mismatch, error", "--output", out, stdin=TEXT)
    assert done.returncode == 0
    assert "line 5" in done.stdout
    assert "line 3" not in done.stdout
    assert [row["verdict"] for row in rows(out.read_text())] == ["mismatch"]
    done = mathcoder("translate", "-", "--limit", "1", "--json", stdin=TEXT)
    assert [row["result"] for row in rows(done.stdout)] == ["1024"]
    done = mathcoder("translate", "-", "--no-verify", "--json", stdin=TEXT)
    assert [sorted(row) for row in rows(done.stdout)] == [sorted(Computation.__slots__)] * 2
    done = mathcoder("translate", "-", "--no-verify", stdin=TEXT)
    assert "\n2 computations\n" in done.stdout


@pytest.mark.parametrize("suffix", [".txt", ".md", ".tex", ".html"])
def test_files_are_read_by_their_kind(suffix: str, tmp_path: Path):
    texts = {".html": "<html><body><p>We have \\(2^{10} = 1024\\).</p></body></html>"}
    path = tmp_path / f"notes{suffix}"
    path.write_text(texts.get(suffix, "We have $2^{10} = 1024$.\n"))
    done = mathcoder("translate", path, "--json")
    assert [row["verdict"] for row in rows(done.stdout)] == ["verified"]


def test_a_text_without_computations_is_no_failure():
    done = mathcoder("translate", "-", stdin="Only words.")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 computations" in done.stdout


# With a model.

REPLY = (
    "**Conditions Needed:**\nNone\n**Computation Expression:**\n$a \\star b$\n**Computation Result:**\n$7$\n"
    "**Python Code Snippet:**\n```python\na = 3\nb = 4\nprint(a + b)\n```\n"
)


def test_a_model_that_was_recorded(tmp_path: Path):
    replies = tmp_path / "replies"
    ModelTranslator(CachedModel(RecordedModel([REPLY]), replies)).translate(TEXT)
    done = mathcoder("translate", "-", "--model", f"recorded:{replies}", "--json", stdin=TEXT)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = rows(done.stdout)
    assert (row["expression"], TEXT[slice(*row["span"])], row["output"]) == ("a \\star b", "a \\star b = 7", "7")


def test_a_model_for_the_rest(tmp_path: Path):
    replies = tmp_path / "replies"
    symbolic = SymbolicTranslator().translate(TEXT)
    ModelTranslator(CachedModel(RecordedModel([REPLY]), replies)).translate_rest(TEXT, symbolic)
    done = mathcoder("translate", "-", "--rest-model", f"recorded:{replies}", "--json", stdin=TEXT)
    assert [row["result"] for row in rows(done.stdout)] == ["1024", "10", "7"]


def test_a_server_and_a_budget():
    text = "\n\n".join(f"Number {n}: $a_{n} \\star b = 7$. {'Words. ' * 30}" for n in range(3))
    pieces = [delta(content=REPLY), delta("stop"), usage(40, 10)]
    with FaultyServer(stream(*pieces)) as server:
        done = mathcoder(
            *("translate", "-", "--model", f"m@{server.url}", "--characters", "250"),
            *("--max-tokens", "50", "--concurrency", "1"),
            stdin=text,
        )
    assert done.returncode == 1
    assert "a = 3" in done.stdout, "what was found is shown"
    assert "not asked" in done.stdout
    assert done.stderr.startswith("mathcoder: the budget is used up: 50 of 50 tokens")


def test_a_server_that_refuses_is_one_line():
    with FaultyServer(answer(401, {"error": {"message": "no key"}})) as server:
        done = mathcoder("translate", "-", "--model", f"m@{server.url}", "--json", stdin=TEXT)
    assert done.returncode == 1
    assert "no key" in the_line(done)


@pytest.mark.parametrize(
    ("arguments", "stdin", "part", "code"),
    [
        ([], "", "Missing argument 'file'", 2),
        (["absent.md"], "", "absent.md", 2),
        (["-"], b"a\n\xff", "standard input:2: byte 0xff is not UTF-8", 2),
        (["-", "--verdict", "good"], "", "--verdict: 'good' is none; give one or more of verified, mismatch", 2),
        (["-", "--verdict", "error", "--no-verify"], "", "--verdict needs the code to be run", 2),
        (["-", "--model", "embedded", "--rest-model", "embedded"], "", "exclude each other; give one", 2),
        (["-", "--model", "nothing"], "$1+1=2$", "'nothing' names no model", 1),
        (["-", "--limit", "0"], "", "'--limit'", 2),
        (["-", "--output", "absent/out.jsonl"], "$1+1=2$", "absent/out.jsonl: No such file or directory; give", 1),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], stdin: str | bytes, part: str, code: int, tmp_path: Path):
    done = mathcoder("translate", *arguments, stdin=stdin, cwd=tmp_path)
    assert part in the_line(done)
    assert done.returncode == code


# What is shown.

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m[bold red]\u202e end"


def shown(width: int, computation: Computation, verification: Verification | None) -> str:
    file = io.StringIO()
    show = Shown(Console(file=file, width=width, color_system=None, highlight=False), "a\nb\n" + HOSTILE)
    show.computation(computation, verification)
    show.count(computation, verification)
    skips = tuple(Skipped((0, 1), f"{HOSTILE}: {n}") for n in range(3))
    show.summary(Translation((computation,), skips), (HOSTILE,), 20_000, 0.5)
    return file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_text_drives_no_terminal_and_fits_it(width: int):
    long = "x = " + " + ".join(["1"] * 100)
    computation = Computation((HOSTILE, long), HOSTILE, long, f"# {HOSTILE}\n{long}", (4, 5), HOSTILE)
    text = shown(width, computation, Verification("mismatch", HOSTILE, HOSTILE))
    assert [char for char in text if not (char.isprintable() or char == "\n")] == []
    assert "[bold red]" in text.replace("\n", "").replace(" ", "").replace("[boldred]", "[bold red]")
    assert max(map(len, text.splitlines())) <= width
    assert text.startswith("line 3 · ")


def test_the_summary_counts():
    computation = Computation((), "1+1", "2", "print(1+1)")
    text = shown(100, computation, Verification("verified", "2", ""))
    assert "1 of 1 computations verified (100%)" in text
    assert "20.0 kB translated in 0.50 s (40 kB/s), verified in " in text


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\int_0^3 x^2\,dx", "∫₀³ x² dx"),
        (r"\frac{1}{2} + \sqrt{x}", "1/2 + √x"),
        (r"\frac{x+1}{\sqrt[3]{2y}}", "(x+1)/(³√(2y))"),
        (r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}", "∑ₙ₌₁^∞ 1/n² = π²/6"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[1 2; 3 4]"),
        (r"\sin^2 x + \cos x", "sin² x + cos x"),
        (r"\lim_{x\to 0}\frac{\sin x}{x}", "lim_(x→0)(sin x)/x"),
        (r"\left(\frac12\right)^{10}", "(1/2)¹⁰"),
        (r"7 \equiv 2 \pmod{5}", "7 ≡ 2 (mod 5)"),
        (r"e^{-x} \cdot \frac{d}{dx} f'(x)", "e^(-x) · d/dx f'(x)"),
        (r"\text{area} = 5\text{ cm}^2", "area = 5 cm²"),
        (r"\$5 \leq 50\%", "$5 ≤ 50%"),
        ("240 / 60", "240 / 60"),
    ],
)
def test_formulas_in_plain_text(latex: str, plain: str):
    assert readable(latex) == plain


@given(st.lists(st.sampled_from([*r"\{}^_[]&$ x1", "\\frac", "\\sqrt", "\\begin{cases}"]), max_size=300))
def test_any_formula_can_be_shown(pieces: list[str]):
    assert "\n" not in readable("".join(pieces))


@pytest.mark.parametrize("unit", ["\\sqrt", "^", "{", "\\frac{", "\\text{", "_{^{"])
def test_deep_formulas_do_not_exhaust_the_stack(unit: str):
    readable(unit * 5_000)
