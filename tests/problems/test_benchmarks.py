"""Every benchmark: what it says of itself, its real rows, and rows as the hub has them."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from mathcoder.problems import BENCHMARKS, Benchmark, Kind, Problem, load

FOLDER = Path(__file__).parents[2] / "src/mathcoder/problems/benchmarks"
each = pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=BENCHMARKS)


def test_each_has_a_file_of_its_own():
    assert {path.stem for path in FOLDER.glob("[a-z]*.py")} == set(BENCHMARKS)
    assert list(BENCHMARKS)[:2] == ["gsm8k", "math"]


@each
def test_what_it_says_of_itself(benchmark: Benchmark):
    assert benchmark.title
    assert benchmark.licence
    assert benchmark.about.endswith(".")
    assert benchmark.paper.startswith(("arXiv:", "https://"))
    assert benchmark.kind in get_args(Kind)
    assert "test" in benchmark.sizes
    assert all(0 < figure.score <= 100 and figure.source and figure.setting for figure in benchmark.published)
    figures = [(figure.model, figure.setting, figure.source) for figure in benchmark.published]
    assert len(set(figures)) == len(figures)
    if benchmark.hub:
        assert set(benchmark.hub.splits) <= set(benchmark.sizes)
        assert benchmark.hub.name.count("/") == 1


MATHCODER = {
    "MathCoder-L-7b": (64.2, 23.3, 71.5, 46.9, 47.5, 50.7),
    "MathCoder-L-13b": (72.6, 29.9, 76.9, 54.7, 62.3, 59.2),
    "MathCoder-L-70b": (83.9, 45.1, 84.9, 74.4, 77.0, 73.1),
    "MathCoder-CL-7b": (67.8, 30.2, 70.7, 55.8, 49.6, 54.8),
    "MathCoder-CL-13b": (74.1, 35.9, 78.0, 62.5, 60.7, 62.2),
    "MathCoder-CL-34b": (81.7, 45.2, 82.5, 75.9, 65.8, 70.2),
}


@pytest.mark.parametrize("model", MATHCODER)
def test_mathcoder_is_quoted_rightly(model: str):
    *scores, mean = MATHCODER[model]
    sets = ("gsm8k", "math", "svamp", "mathematics", "simuleq")
    quoted = [figure.score for name in sets for figure in BENCHMARKS[name].published if figure.model == model]
    assert quoted == scores
    assert sum(quoted) / 5 == pytest.approx(mean, abs=0.1)  # the average that the paper states


# Of the real rows: how many of each split, and how many have how many options.
ROWS: dict[str, dict[str, dict[int, int]]] = {
    "gsm8k": {"train": {0: 7473}, "test": {0: 403}},
    "math": {"train": {0: 7500}, "test": {0: 1505}},
    "math500": {"test": {0: 153}},
    "svamp": {"test": {0: 284}},
    "asdiv": {"test": {0: 645}},
    "mawps": {"test": {0: 597}},
    "simuleq": {"test": {0: 162}},
    "mathematics": {"test": {0: 298}},
    "aqua": {"dev": {5: 76}, "test": {5: 69}},
    "mathqa": {"test": {5: 330}},
    "tabmwp": {"dev": {0: 226, 2: 32, 4: 35}, "test": {0: 219, 2: 53, 3: 1, 4: 35}},
    "gsm_hard": {"test": {0: 403}},
    "numglue": {"test": {0: 255, 2: 53}},
    "theoremqa": {"test": {0: 217}},
    "mmlu_math": {"test": {4: 301}},
    "mmlu_stem": {"test": {4: 928}},
    "sat_math": {"test": {4: 10}},
    "sat_math_agieval": {"test": {4: 66}},
    "ocwcourses": {"test": {0: 76}},
    "olympiadbench": {"test": {0: 212}},
    "college_math": {"test": {0: 842}},
    "gaokao2023en": {"test": {0: 104}},
    "gaokao2024": {"test": {0: 18, 4: 23}},
    "gaokao_math_cloze": {"test": {0: 37}},
    "gaokao_math_qa": {"test": {4: 93}},
    "cmath": {"dev": {0: 195}, "test": {0: 340}},
    "mgsm": {"test": {0: 814}},
    "aime24": {"test": {0: 5}},
    "amc23": {"test": {0: 10}},
    "hungarian_exam": {"test": {0: 13}},
    "carp_en": {"test": {0: 276}},
}


@pytest.fixture
def real(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATHCODER_DATA", str(data_dir))


@pytest.mark.usefixtures("real")
@each
def test_real_rows(benchmark: Benchmark):
    for split, wanted in ROWS[benchmark.name].items():
        problems = load(benchmark, split, "data")
        assert Counter(len(problem.options) for problem in problems) == wanted
        assert len(problems) <= benchmark.sizes[split]
        assert {(problem.benchmark, problem.split) for problem in problems} == {(benchmark.name, split)}
        assert all(problem.source and problem.licence for problem in problems)
        empty = 2 if (benchmark.name, split) == ("math", "train") else 0
        assert sum(not p.answer for p in problems) == (len(problems) if benchmark.kind == "none" else empty)
        for problem in problems:
            assert problem.question in benchmark.ask(problem)
            if problem.options:
                assert set(problem.answer) <= set("ABCDE"[: len(problem.options)])


@pytest.mark.usefixtures("real")
def test_levels_and_subjects():
    math = load("math", source="data")
    assert {problem.level for problem in math} == set("12345")
    assert {problem.level for problem in load("math", "train")} == {*"12345", None}
    assert {problem.subject for problem in math} == {problem.subject for problem in load("math500")}
    assert {problem.subject for problem in load("mgsm")} == set(BENCHMARKS["mgsm"].languages)
    assert {problem.level for problem in load("cmath")} == set("123456")
    assert len({problem.subject for problem in load("mmlu_stem")}) == 18


@pytest.mark.usefixtures("real")
def test_rows_of_odd_shapes():
    asdiv = {problem.answer for problem in load("asdiv")}
    assert {"16", "5; 15; 20", "Mrs. Hilt", "-(1/3)", "12:50"} <= asdiv
    assert not [answer for answer in asdiv if "(" in answer and answer != "-(1/3)"]
    gaokao = load("gaokao2024")
    assert Counter(len(problem.answer) for problem in gaokao if problem.options) == {1: 19, 2: 2, 3: 2}
    stray = [problem for problem in load("gaokao2023en") if problem.id in ("gaokao2023en/167", "gaokao2023en/192")]
    assert [problem.answer for problem in stray] == [r"$\frac{3}{10}$", "A"]
    assert not any("nswer" in problem.question[-30:] for problem in stray)
    assert [problem.answer for problem in load("theoremqa") if problem.answer in "ABCD"] == ["A", "D", "B", "A"]


def test_the_whole_tests_in_the_package():
    assert len(load("gsm8k", source="package")) == 1319
    assert len(load("svamp", source="package")) == 1000


# Rows in the shape that the hub's data sets have, and what becomes of them.
AGIEVAL = {
    "query": "Q: If $x=1$, what is $2x$? Answer Choices: (A)$1$ (B)$2$\nA: Among A through B, the answer is",
    "choices": ["(A)$1$", "(B)$2$"],
    "gold": [1],
}
HUB: dict[str, tuple[dict[str, Any], Problem]] = {
    "gsm8k": ({"question": "Q?", "answer": "2+2=<<2+2=4>>4\n#### 4"}, Problem("", "Q?", "4")),
    "math": (
        {"problem": "Q?", "level": "Level 5", "type": "Algebra", "solution": r"so $\boxed{\frac{1}{2}}$."},
        Problem("", "Q?", r"\frac{1}{2}", level="5", subject="Algebra"),
    ),
    "math500": (
        {"problem": "Q?", "solution": "s", "answer": "4", "subject": "Algebra", "level": 2, "unique_id": "x.json"},
        Problem("", "Q?", "4", level="2", subject="Algebra"),
    ),
    "svamp": (
        {
            "ID": "chal-2",
            "Body": "He had $ 4 at the start",
            "Question": "How much?",
            "Answer": 1.0,
            "Equation": "e",
        },
        Problem("", "He had $ 4 at the start. How much?", "1"),
    ),
    "asdiv": (
        {"body": "B.", "question": "Q?", "solution_type": "Sum", "answer": "9 (apples)", "formula": "7+2=9"},
        Problem("", "B. Q?", "9"),
    ),
    "aqua": (
        {"question": "Q?", "options": ["A)1", "B)2"], "rationale": "r", "correct": "B"},
        Problem("", "Q?", "B", options=("1", "2")),
    ),
    "mathqa": (
        {"Problem": "Q?", "Rationale": "r", "options": "a ) 1 , b ) 2", "correct": "b", "category": "general"},
        Problem("", "Q?", "B", options=("1", "2"), subject="general"),
    ),
    "gsm_hard": ({"input": "Q?", "code": "c", "target": 14053029.5}, Problem("", "Q?", "14053029.5")),
    "theoremqa": (
        {"Question": "Q?", "Answer": "(b)", "Answer_type": "option", "Picture": None},
        Problem("", "Q?", "B"),
    ),
    "mmlu_math": (
        {"question": "Q?", "subject": "formal_logic", "choices": ["1", "2"], "answer": 1},
        Problem("", "Q?", "B", options=("1", "2"), subject="formal_logic"),
    ),
    "sat_math": (
        {"Question": "Q?", "Possible Answers": "A) 1 B) 2", "Answer": "A"},
        Problem("", "Q?", "A", options=("1", "2")),
    ),
    "sat_math_agieval": (AGIEVAL, Problem("", "If $x=1$, what is $2x$?", "B", options=("$1$", "$2$"))),
    "gaokao_math_qa": (
        AGIEVAL | {"query": "问题：求 $2x$ （ ） 选项：(A)$1$ (B)$2$\n答案：从A到B, 我们应选择"},
        Problem("", "求 $2x$ （ ）", "B", options=("$1$", "$2$")),
    ),
    "ocwcourses": ({"question": "Q?", "answer": "4e33"}, Problem("", "Q?", "4e33")),
    "olympiadbench": (
        {"id": 1606, "question": "Q?", "subfield": "Algebra", "final_answer": ["$1$", "$2$"], "solution": ["s"]},
        Problem("", "Q?", "$1$,$2$", subject="Algebra"),
    ),
    "gaokao2023en": ({"question": "Q?", "answer": "$2$"}, Problem("", "Q?", "$2$")),
    "cmath": ({"question": "Q?", "golden": "18", "grade": 3}, Problem("", "Q?", "18", level="3")),
    "mgsm": (
        {"question": "Q?", "answer": None, "answer_number": 18, "equation_solution": None},
        Problem("", "Q?", "18", subject="bn"),
    ),
    "aime24": ({"id": 60, "problem": "Q?", "solution": "s", "answer": "025"}, Problem("", "Q?", "025")),
    "amc23": ({"id": 0, "question": "Q?", "answer": 27.0, "url": "u"}, Problem("", "Q?", "27")),
    "hungarian_exam": ({"Question": "Q?"}, Problem("", "Q?", "")),
}
HUB["mmlu_stem"] = HUB["mmlu_math"]


def test_every_row_function_has_a_row_here():
    assert set(HUB) == {name for name, benchmark in BENCHMARKS.items() if benchmark.hub}


@pytest.mark.parametrize("name", HUB)
def test_a_row_of_the_hub(name: str, monkeypatch: pytest.MonkeyPatch):
    row, wanted = HUB[name]
    asked: list[tuple[str, str | None, str]] = []

    def load_dataset(path: str, config: str | None = None, *, split: str) -> list[dict[str, Any]]:
        asked.append((path, config, split))
        return [row]

    monkeypatch.setitem(sys.modules, "datasets", SimpleNamespace(load_dataset=load_dataset))  # type: ignore[arg-type]
    hub = BENCHMARKS[name].hub
    assert hub
    (problem,) = load(name, source="hub", limit=1)
    assert asked == [(hub.name, hub.configs[0], hub.splits["test"])]
    got = (problem.question, problem.answer, problem.options, problem.level, problem.subject)
    assert got == (wanted.question, wanted.answer, wanted.options, wanted.level, wanted.subject)
    assert problem.id
    assert (problem.source, problem.licence) == (hub.name, BENCHMARKS[name].licence)
