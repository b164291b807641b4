"""The report of a run: what stands in it, and that nothing that a model says gets into its markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_run import ASKED, recorded_rows, sampled, with_all_outcomes, write_run

from mathcoder.evaluation.report import write_report
from mathcoder.evaluation.rows import OUTCOMES, EvalRow, Run
from mathcoder.evaluation.scoring import score_run
from mathcoder.solution import Block, Cost, Solution

ELEMENTS = set(
    "html head meta title style body main section header h1 h2 h3 p ul li b i small span div code pre figure "
    "figcaption dl dt dd details summary table thead tbody tr th td a".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class style role aria-label title tabindex scope id".split()
)
LENGTHS = re.compile(r"(?:(?:left|right|width|top|height|flex-grow|margin-bottom):-?[\d.]+(?:%|px)?;?)+")


class Parsed(HTMLParser):
    """A page taken apart; an element that is not closed, or closed in the wrong place, fails."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        assert len(dict(attrs)) == len(attrs)
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data + "\n"

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def all(self, tag: str, kind: str | None = None) -> list[dict[str, str]]:
        return [
            options
            for name, options in self.elements
            if name == tag and (kind is None or kind in options.get("class", "").split())
        ]


def parsed(run: Run, folder: Path) -> Parsed:
    """The report, held to what every report keeps."""
    path = folder / "report.html"
    write_report(run, path)
    assert [file.name for file in folder.iterdir() if "report" in file.name] == ["report.html"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>\n")
    assert all(char in "\n\t" or char.isprintable() or char.isspace() for char in text)
    page = Parsed(text.removeprefix("<!doctype html>"))
    for tag, options in page.elements:
        assert tag in ELEMENTS
        if tag == "a":
            assert re.fullmatch(r"https://[^\s\"'<>]+", options.pop("href"))
            assert options.pop("rel") == "noreferrer"
        assert set(options) <= ATTRIBUTES
        if "style" in options:
            assert LENGTHS.fullmatch(options["style"]) or not options["style"]
    policy = next(options["content"] for options in page.all("meta") if "http-equiv" in options)
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'none'" in policy
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not re.search(r"url\(|@import|https?:", style)
    return page


@pytest.fixture(scope="module")
def rows() -> list[EvalRow]:
    return with_all_outcomes(recorded_rows())


@pytest.fixture(scope="module")
def run(rows: list[EvalRow], tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("runs") / "run", rows)


@pytest.fixture(scope="module")
def page(run: Run) -> Parsed:
    return parsed(run, run.folder)


# What stands in it.


def test_what_was_asked(page: Parsed):
    assert "MathCoder-L-70b on GSM8K and SVAMP" in page.text
    for said in (
        "markdown",
        "2026-11-24 10:00:00 UTC",
        "options.temperature",
        "gsm8k.sha256",
        "5f" * 32,
        "3.11.2",
    ):
        assert f"\n{said}\n" in page.text
    assert "not finished" not in page.text


def test_accuracies_are_those_of_the_scores(run: Run, page: Parsed):
    said = [options["aria-label"] for options in page.all("span", "track")]
    for title, part in (
        ("GSM8K", run.scores["benchmarks"]["gsm8k"]),
        ("SVAMP", run.scores["benchmarks"]["svamp"]),
        ("all of them", run.scores["all"]),
        *(("level " + name, {"accuracy": share}) for name, share in level_shares(run).items()),
    ):
        share = part["accuracy"]
        low, high = share["interval"]
        value = f"{100 * share['count'] / share['total']:.1f}%"
        interval, of = f"{100 * low:.1f}–{100 * high:.1f}", f"{share['count']:g} of {share['total']}"
        assert f"{title}: {value}, 95% interval {interval}, {of}" in said
        assert f"{value}\n{interval} · {of}\n" in page.text
    widths = [options["style"] for options in page.all("span", "fill")]
    assert widths[:3] == ["width:80.00%", "width:75.00%", "width:77.50%"]


def level_shares(run: Run) -> dict[str, Any]:
    return run.scores["benchmarks"]["gsm8k"]["by_level"]


def test_published_figures(run: Run, page: Parsed):
    for part in run.scores["benchmarks"].values():
        for figure in part["published"]:
            assert (
                f"{figure['model']}\n{figure['score']:.1f}\n{figure['setting']}\n{figure['source']}\n" in page.text
            )
    assert {"MathCoder-L-70b 83.9", "GPT-4 92.0"} <= {tick["title"] for tick in page.all("span", "tick")}
    assert [tick["title"] for tick in page.all("span", "tick") if "own" in tick["class"].split()] == [
        "MathCoder-L-70b 83.9",
        "MathCoder-L-70b 84.9",
    ]
    assert len(page.all("a")) == sum(len(part["published"]) for part in run.scores["benchmarks"].values())


def test_outcomes(run: Run, page: Parsed):
    said = [options["aria-label"] for options in page.all("div", "stack")]
    for title, part in zip(("GSM8K", "SVAMP"), run.scores["benchmarks"].values(), strict=True):
        counts = "; ".join(f"{name} {count}" for name, count in part["outcomes"].items() if count)
        assert f"{title}: {counts}" in said
    for name, count in run.scores["all"]["outcomes"].items():
        shown = [options["style"] for options in page.all("span", name)]
        assert (f"flex-grow:{count}" in shown) == bool(count)


def test_figures(run: Run, page: Parsed):
    everything = run.scores["all"]
    tokens = f"{everything['tokens']['completion']:,}"
    assert re.search(rf"tokens written\n[\d,]+\n[\d,]+\n{tokens}\n", page.text)
    assert "blocks that raised\n1\n1\n2\n" in page.text
    assert "solutions that repaired an error\n1\n1\n2\n" in page.text
    assert ", ".join(f"{rule} {count}" for rule, count in everything["rules"].items()) in page.text
    assert "cost" not in page.text.splitlines()


def test_the_cost_where_there_is_a_price(rows: list[EvalRow], run: Run, tmp_path: Path):
    priced = replace(run, scores=score_run(rows, price=(1.0, 200.0)))
    assert f"cost\n3.35\n5.95\n{priced.scores['all']['cost']:.2f}\n" in parsed(priced, tmp_path).text


def test_several_samples(rows: list[EvalRow], tmp_path: Path):
    run = write_run(tmp_path / "run", sampled(rows, 4))
    page = parsed(run, run.folder)
    part = run.scores["benchmarks"]["gsm8k"]
    maj, passed = part["maj"], [f"{100 * part['pass'][k]:.1f}" for k in ("1", "2", "4")]
    low, high = maj["interval"]
    said = ["GSM8K", "4", f"{100 * maj['count'] / 40:.1f}", f"{100 * low:.1f}–{100 * high:.1f}", *passed]
    assert "\n".join(said) in page.text
    assert "40 problems × 4 samples" in page.text
    assert f"{part['accuracy']['count']:g} of 40" in page.text


def test_solutions(rows: list[EvalRow], page: Parsed):
    shown = Counter(row.outcome for row in rows)
    assert len(page.all("details", "solution")) == 80 - shown["right"] + 20
    for row in rows:
        if row.outcome == "right":
            continue
        assert f"\n{row.id}\n" in page.text
        assert row.question in page.text
        if len(row.solution.blocks) <= 4:
            for block in row.solution.blocks:
                assert block.content.strip("\n") in page.text
    kinds = Counter(options["class"] for options in page.all("figure"))
    assert kinds["code"] > kinds["output"] > kinds["error"] > 0
    assert f"Right: {shown['right']}" in page.text
    assert f"20 of them are here; {shown['right'] - 20} are left out" in page.text


def test_an_unfinished_run(rows: list[EvalRow], tmp_path: Path):
    run = write_run(tmp_path / "run", rows[:45], finished=False)
    page = parsed(run, run.folder)
    assert "This run is not finished: it has 45 solutions so far." in page.text
    counts = Counter(row.outcome for row in rows[:45])
    said = "; ".join(f"{outcome} {counts[outcome]}" for outcome in OUTCOMES if counts[outcome])
    assert page.all("div", "stack")[-1]["aria-label"] == f"all of them: {said}"
    assert page.all("span", "track") == []
    assert page.all("details", "solution")


def test_a_run_that_has_nothing_yet(tmp_path: Path):
    page = parsed(Run(tmp_path, {"kind": "evaluate"}, ()), tmp_path)
    assert "it has 0 solutions so far" in page.text
    assert "There is no solution yet." in page.text


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_report(run, tmp_path / "absent/report.html")


def test_size(rows: list[EvalRow], tmp_path: Path):
    """A whole test set that went wrong, every solution of it too long."""
    long = (
        Block("text", "so <b>it</b> is " * 5000),
        Block("code", "x = 1\n" * 9000),
        Block("execution", "1\n" * 9000),
    )
    many = [replace(rows[place % 80], id=f"gsm8k/{place}", outcome="wrong") for place in range(1319)]
    many += [replace(many[place], outcome="truncated") for place in range(30)]
    scores = score_run(many)
    many = [replace(row, solution=replace(row.solution, blocks=long * 40)) for row in many]
    write_report(Run(tmp_path, ASKED, tuple(many), scores), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    assert text.count('class="solution"') == 200
    assert "170 of them are here; 1,149 are left out, and shown by <code>mathcoder show" in text
    assert "--outcome wrong</code>" in text
    assert "[96 blocks left out]" in text


# What a model says.

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</details></section></main><h1>Right: 100%</h1>",
    "</style><style>body{display:none}</style>",
    "<!-- ",
    "]]><![CDATA[",
    "javascript:alert(1)",
    'https://evil.example/" onclick="alert(1)',
    "&lt;script&gt; &amp;quot; &#x3c;b&#62;",
    "\x00\x07\x1b[31m\x7f\x9b\r",
    "\u202eright\u202c \u2066x\u2069 \ufeff",
    "\ud800 half \udfff",
    "z" + "\u0301" * 2000,
    "<b>" * 400_000,
]


def filled(text: str, folder: Path) -> Run:
    """A run in which a model, its problems and its settings say nothing but this."""
    blocks = tuple(Block(kind, text) for kind in ("text", "code", "execution", "text"))
    row = EvalRow(
        id=text,
        benchmark=text,
        problem=text,
        sample=0,
        question=text,
        reference=text,
        solution=Solution(blocks, text, "answer", Cost(1, 1, 1, 1.0, 1.0)),
        answer=text,
        correct=False,
        rule=text,
        outcome="wrong",
        options=(text,),
        level=text,
        subject=text,
        check=text,
        note=text,
        scores=(-1.0,),
    )
    rows = (row, replace(row, outcome="right"), replace(row, outcome="invalid", answer=None))
    asked = ASKED | {name: {text: text, f"x{text}": {text: [text]}} for name in ("settings", "versions", "inputs")}
    asked |= {"model": text, "benchmarks": [text], "prompt": text, "started": text}
    scores = score_run([replace(row, check=None) for row in rows])
    scores["benchmarks"][text]["title"] = text
    scores["benchmarks"][text]["published"] = [
        {"model": text, "score": 40.0, "setting": text, "source": source} for source in (text, f"arXiv:{text}")
    ]
    return Run(folder, asked, rows, scores)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_model_says_is_text(text: str, tmp_path: Path):
    page = parsed(filled(text, tmp_path), tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 500_000
    harmless = parsed(filled("harmless", tmp_path), tmp_path)
    assert shape(page) == shape(harmless)
    if len(text) < 100 and text.isprintable():
        assert page.text.count(text) >= 25
    assert not page.all("a")


def shape(page: Parsed) -> list[tuple[str, list[str], str]]:
    return [(tag, sorted(options), options.get("class", "")) for tag, options in page.elements]


@given(st.text(alphabet=st.characters(), min_size=1))
@settings(max_examples=50)
def test_whatever_a_model_says(tmp_path_factory: pytest.TempPathFactory, text: str):
    folder = tmp_path_factory.mktemp("run")
    assert shape(parsed(filled(text, folder), folder)) == shape(parsed(filled("harmless", folder), folder))


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("arXiv:2310.03731", "https://arxiv.org/abs/2310.03731"),
        ("https://github.com/a/b", "https://github.com/a/b"),
        ('arXiv:2310.03731" onclick="x', None),
        ("http://example.org", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("a book", None),
    ],
)
def test_links(source: str, address: str | None, run: Run, tmp_path: Path):
    published = [{"model": "x", "score": 40.0, "setting": "y", "source": source}]
    gsm8k = run.scores["benchmarks"]["gsm8k"] | {"published": published}
    scores = {"benchmarks": {"gsm8k": gsm8k}, "all": gsm8k}
    write_report(replace(run, scores=scores), tmp_path / "report.html")
    found = [options["href"] for options in Parsed((tmp_path / "report.html").read_text()[15:]).all("a")]
    assert found == ([] if address is None else [address])


# How it looks.


@given(
    st.lists(st.tuples(st.text("abc-", max_size=60), st.floats(0, 100).map(lambda x: round(x, 1))), max_size=16)
)
@settings(max_examples=50)
def test_labels_of_published_figures_stay_apart(
    run: Run, tmp_path_factory: pytest.TempPathFactory, figures: list[tuple[str, float]]
):
    published = [{"model": name, "score": score, "setting": "", "source": ""} for name, score in figures]
    gsm8k = run.scores["benchmarks"]["gsm8k"] | {"published": published}
    folder = tmp_path_factory.mktemp("run")
    page = parsed(replace(run, rows=(), scores={"benchmarks": {"gsm8k": gsm8k}, "all": gsm8k}), folder)
    assert len(page.all("span", "tick")) >= len({score for _, score in figures})
    html = (folder / "report.html").read_text()
    lanes: dict[str, list[tuple[float, float]]] = {}
    label = r'<span class="label(?: own)?" style="(left|right):([\d.]+)%;top:(\d+)px">([^<]*)</span>'
    for side, at, lane, text in re.findall(label, html):
        near, far = float(at), float(at) + 2.0 * len(text)
        assert far <= 100
        lanes.setdefault(lane, []).append((near, far) if side == "left" else (100 - far, 100 - near))
    for spans in lanes.values():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert end <= start


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_outcomes_differ_in_lightness(theme: str, tmp_path: Path):
    write_report(Run(tmp_path, {}, ()), tmp_path / "report.html")
    style = (tmp_path / "report.html").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6})\b", light if theme == "light" else dark))
    by_lightness = sorted(lightness(colours[outcome]) for outcome in OUTCOMES)
    assert min(b - a for a, b in pairwise(by_lightness)) >= 10


def lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100, of an sRGB colour."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y
