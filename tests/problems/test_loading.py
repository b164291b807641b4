"""Where rows come from, in which order, and what is said when there are none."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mathcoder.problems import (
    BENCHMARKS,
    Benchmark,
    BenchmarkError,
    Hub,
    Problem,
    columns,
    find_benchmark,
    load,
    rows_here,
)

MINE = Benchmark(
    name="mine",
    title="Mine",
    about="Made up.",
    paper="https://example.org",
    licence="CC0-1.0",
    sizes={"train": 2, "test": 3},
    kind="number",
    hub=Hub("me/mine", columns(question="q", answer="a"), ("one", "two"), {"test": "validation"}),
)
CHOICE = replace(MINE, kind="choice")


def row(name: str, split: str = "test", **more: Any) -> dict[str, Any]:
    return {"id": name, "question": f"{name}?", "answer": "4", "split": split} | more


def write(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty MATHCODER_DATA, and no package for the hub."""
    monkeypatch.setenv("MATHCODER_DATA", str(tmp_path))
    monkeypatch.setitem(sys.modules, "datasets", None)  # type: ignore[arg-type]
    return tmp_path


Calls = list[tuple[str, str | None, str]]


@pytest.fixture
def hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A stand-in for the hub that remembers what it was asked for."""
    calls: Calls = []

    def load_dataset(path: str, config: str | None = None, *, split: str) -> list[dict[str, Any]]:
        calls.append((path, config, split))
        return [{"q": f"{config} {i}?", "a": i} for i in range(2)]

    monkeypatch.setitem(sys.modules, "datasets", SimpleNamespace(load_dataset=load_dataset))  # type: ignore[arg-type]
    return calls


def ids(problems: list[Problem]) -> list[str]:
    return [problem.id for problem in problems]


def test_the_order_of_sources(folder: Path, hub: Calls):
    assert load("gsm8k")[0].source == "openai/grade-school-math"
    assert load(MINE)[0].source == "me/mine"  # nothing else has rows
    write(folder / "eval/mine.jsonl.gz", row("t", "train"))
    assert load(MINE)[0].source == "me/mine"  # the file has none of this split
    path = write(folder / "eval/mine.jsonl.gz", row("t", "train"), row("a"), row("b"))
    hub.clear()
    assert ids(load(MINE)) == ["a", "b"]
    assert load(MINE)[0].source == str(path)
    assert ids(load(MINE, "train")) == ["t"]
    assert hub == []
    assert ids(load(MINE, source="hub")) == [
        "mine/test/one/0",
        "mine/test/one/1",
        "mine/test/two/0",
        "mine/test/two/1",
    ]
    assert hub == [("me/mine", "one", "validation"), ("me/mine", "two", "validation")]
    assert load(MINE, source="hub:you/copy")[0].source == "you/copy"
    own = write(folder / "own.jsonl.gz", row("x", source="S", licence="L"))
    (problem,) = load(MINE, source=own)
    assert problem == Problem("x", "x?", "4", None, (), None, None, "test", "S", "L", "mine")
    assert load(MINE, source=str(own)) == [problem]


def test_limit_reads_no_further(folder: Path, hub: Calls):
    assert len(load("gsm8k", limit=5)) == 5
    assert load("gsm8k", limit=0) == []
    load(MINE, source="hub", limit=2)
    assert [config for _, config, _ in hub] == ["one"]
    path = write(folder / "a.jsonl.gz", row("a"), row("b", question=""))
    assert ids(load(MINE, source=path, limit=1)) == ["a"]


def test_rows_here(folder: Path):
    assert rows_here(MINE) == {}
    write(folder / "eval/mine.jsonl.gz", row("t", "train"), row("a"), row("b"))
    assert rows_here(MINE) == {"train": (1, "data"), "test": (2, "data")}
    write(folder / "eval/svamp.jsonl.gz", row("a"))
    assert rows_here(BENCHMARKS["svamp"]) == {"test": (1000, "package")}


NAMES = [("gsm8k", "gsm8k"), ("GSM8K", "gsm8k"), ("MATH-500", "math500"), ("gsm-hard", "gsm_hard"), (MINE, "mine")]


@pytest.mark.parametrize(("name", "found"), NAMES)
def test_a_name_in_any_spelling(name: str | Benchmark, found: str):
    assert find_benchmark(name).name == found


def offline(*_: object, **__: object) -> object:
    raise ConnectionError("Couldn't reach 'me/mine'\non the Hub")


def other_columns(*_: object, **__: object) -> object:
    return [{"question": "x"}]


def load_rows(folder: Path, *rows: Any, benchmark: Benchmark = MINE) -> list[Problem]:
    return load(benchmark, source=write(folder / "a.jsonl.gz", *rows))


ERRORS: list[tuple[Callable[[Path], object], str]] = [
    (lambda _: load("gms8k"), "unknown benchmark 'gms8k'; did you mean gsm8k?"),
    (lambda _: load("minif2f"), "unknown benchmark 'minif2f'"),
    (lambda _: load("gsm8k", limit=-1), "limit must be 0 or more, not -1"),
    (lambda _: load("gsm8k", "train", "package"), "gsm8k: package has no rows of the split 'train'; splits:"),
    (lambda _: load("math", source="package"), "math: not in the package, which has gsm8k and svamp;"),
    (lambda tmp: load("math", source="data"), "/eval has no math.jsonl.gz; splits: train, test; sources:"),
    (lambda _: load("mawps"), "mawps: no rows of the split 'test' here; splits: test; sources:"),
    (lambda _: load("mawps", source="hub"), "mawps: no data set on the hub is known"),
    (lambda _: load("aqua"), "aqua: the Hugging Face hub needs the package datasets; pip install datasets"),
    (lambda _: load("svamp", "train"), "svamp: ChilleD/SVAMP has no split 'train'; splits there: test"),
    (lambda tmp: load(MINE, source=tmp / "absent.jsonl"), "absent.jsonl: No such file or directory; name a file"),
    (lambda tmp: load(MINE, source=tmp / "notes.txt"), "notes.txt: unknown format; name it .jsonl,"),
    (lambda tmp: load_rows(tmp, row("a"), []), "a.jsonl.gz:2: problem must be an object"),
    (lambda tmp: load_rows(tmp, {"id": "a"}), "a.jsonl.gz:1: problem.question is missing"),
    (lambda tmp: load_rows(tmp), "a.jsonl.gz has no rows of the split 'test'"),
    (lambda tmp: load_rows(tmp, row("a", question=" ")), ":1: the question of a is empty"),
    (lambda tmp: load_rows(tmp, row("a"), row("a")), "mine: the id 'a' occurs twice"),
    (lambda tmp: load_rows(tmp, row("a", options=["x"] * 27)), ":1: a has 27 options; at most 26 have a letter"),
    (
        lambda tmp: load_rows(tmp, row("a", options=["1", "2"], answer="C"), benchmark=CHOICE),
        ":1: the answer 'C' of a is not one of 2 options",
    ),
    (
        lambda tmp: load_rows(tmp, row("a", answer="none"), benchmark=CHOICE),
        ":1: the answer 'none' of a is not a letter",
    ),
    (lambda tmp: load(MINE, source=tmp / "broken.jsonl"), "broken.jsonl:1: not JSON at column 2"),
]


@pytest.mark.parametrize(("call", "part"), ERRORS)
def test_an_error_is_one_line(call: Callable[[Path], object], part: str, folder: Path):
    (folder / "broken.jsonl").write_text("{")
    with pytest.raises(BenchmarkError, match=r"^[^\n]+$") as caught:
        call(folder)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("load_dataset", "part"),
    [
        (offline, "mine: me/mine could not be had from the Hugging Face hub (Couldn't reach 'me/mine'); look at"),
        (other_columns, "mine: row 0 of me/mine has no column 'q'"),
    ],
)
def test_an_error_of_the_hub_is_one_line(
    load_dataset: object, part: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "datasets", SimpleNamespace(load_dataset=load_dataset))  # type: ignore[arg-type]
    with pytest.raises(BenchmarkError, match=r"^[^\n]+$") as caught:
        load(MINE)
    assert str(caught.value).startswith(part)


def test_without_a_data_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MATHCODER_DATA", raising=False)
    with pytest.raises(BenchmarkError, match="math: MATHCODER_DATA is not set"):
        load("math", source="data")


def test_a_benchmark_of_your_own(tmp_path: Path):
    """The example of the how-to guide runs as it stands."""
    guide = (Path(__file__).parents[2] / "docs/how-to/add-a-benchmark.md").read_text(encoding="utf-8")
    code = guide.split("```python\n")[1].split("```")[0]
    shown = guide.split("```text\n")[1].split("```")[0]
    assert len(code.splitlines()) < 30
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == shown


def test_importing_the_package_is_cheap():
    heavy = ("numpy", "sympy", "pyarrow", "datasets", "rich", "typer")
    code = f"import sys, mathcoder.problems; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
