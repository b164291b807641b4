"""Real books, pages, programs and problems: what is kept, what is dropped, in which languages."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mathcoder.corpus.clean import CleanRules, clean
from mathcoder.corpus.sources import Kind, Row, SourceSpec, read_source

OTHERS = ("bn", "de", "es", "fr", "ja", "ru", "sw", "te", "th", "zh")


@cache
def rows(kind: Kind, files: Path) -> list[Row]:
    found = read_source(SourceSpec("real", kind, (str(files),), packages=()))
    return [row for row in found if row.drop_reason is None]


def lines(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return [json.loads(line) for line in opened]


def reasons(kind: Kind, files: Path) -> Counter[str]:
    found = Counter(
        (clean(row.text, row.language, kind).reason or "kept").split(": ")[0] for row in rows(kind, files)
    )
    assert found["kept"] > 0
    return found


def test_books_stay(data_dir: Path) -> None:
    """Of PlanetMath a page that says "spam" goes; it is five characters long."""
    assert reasons("textbook", data_dir / "textbooks" / "planetmath-11-tex.tar.gz") == {
        "kept": 1_070,
        "too short": 1,
    }
    assert set(reasons("textbook", data_dir / "textbooks" / "openstax-calculus-cnxml-a.tar.gz")) == {"kept"}
    assert set(reasons("textbook", data_dir / "pdf" / "*.pdf")) == {"kept"}


def test_programs_stay(data_dir: Path) -> None:
    assert set(reasons("code", data_dir / "code" / "*.jsonl.gz")) == {"kept"}


def test_pages_with_formulas_stay(data_dir: Path) -> None:
    """One of 630 is in Chinese and says so, one is a form to search with."""
    found = reasons("web", data_dir / "html" / "math_pages.jsonl.gz")
    assert found.total() == 630
    assert found["kept"] >= 627
    assert found["language"] == 1


@pytest.mark.heavy
def test_latex_as_it_was_written_stays(data_dir: Path) -> None:
    """1,815 of 1,815 but for a list of remarks which all say the same."""
    corpus = lines(data_dir / "bench" / "corpus.jsonl.gz")
    latex = [row["text"] for row in corpus if row["metadata"]["kind"] == "latex"]
    dropped = [reason for text in latex if (reason := clean(text, None, "text").reason)]
    assert len(latex) == 1_815
    assert len(dropped) <= 1
    assert all(reason.startswith("repetition") for reason in dropped)


def test_pages_in_other_languages_go(data_dir: Path) -> None:
    """What is declared as another language and stays is in English, or has too few words to tell."""
    kept: Counter[str] = Counter()
    for row in rows("web", data_dir / "html" / "nonmath_pages.jsonl.gz"):
        declared = (row.language or "").partition("-")[0]
        if declared and declared != "en":
            kept[declared] += clean(row.text, row.language).reason is None
    assert kept.total() <= 5
    assert len(kept) > 5


@pytest.fixture(scope="module")
def problems(data_dir: Path) -> dict[str, list[str]]:
    """Questions by language, several joined where they are short."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in lines(data_dir / "eval" / "mgsm.jsonl.gz"):
        found[row["meta"]["lang"]].append(row["question"])
    for name in ("cmath", "gaokao2024", "gaokao_math_qa", "gaokao_math_cloze"):
        found["zh"] += [row["question"] for row in lines(data_dir / "eval" / f"{name}.jsonl.gz")]
    for name in ("carp_en", "gaokao2023en", "hungarian_exam", "math500", "svamp"):
        found["en"] += [row["question"] for row in lines(data_dir / "eval" / f"{name}.jsonl.gz")]
    joined: dict[str, list[str]] = defaultdict(list)
    for language, questions in found.items():
        text = ""
        for question in questions:
            text += f"{question}\n\n"
            if sum(map(str.isalpha, text)) >= 300:
                joined[language].append(text)
                text = ""
    return joined


def test_languages_of_problems(problems: dict[str, list[str]]) -> None:
    """English stays, all of it; of everything else at least 99% goes and is called by its name."""
    assert set(problems) == {"en", *OTHERS}
    assert all(len(texts) >= 10 for texts in problems.values())
    for text in problems["en"]:
        assert clean(text).reason is None, text
    called = Counter(
        (language, (clean(text).reason or "kept").removeprefix("language: ")[:2])
        for language in OTHERS
        for text in problems[language]
    )
    right = sum(called[language, language] for language in OTHERS)
    assert right >= 0.99 * called.total(), called


def test_declared_language_is_not_believed(problems: dict[str, list[str]]) -> None:
    assert all((clean(text, "en").reason or "").startswith("language: de") for text in problems["de"])
    assert all(clean(text, "de").reason is None for text in problems["en"])
    german = CleanRules(languages=("de",))
    assert all(clean(text, "en", rules=german).reason is None for text in problems["de"])


def test_planted_bad_documents(data_dir: Path) -> None:
    pages = [row.text for row in rows("web", data_dir / "html" / "math_pages.jsonl.gz") if len(row.text) > 2_000][
        :60
    ]
    good = [text for text in pages if clean(text).reason is None]
    assert len(good) >= 50
    for text, kind in product(good, ("web", "textbook", "text")):
        assert (clean(text * 50, None, kind).reason or "").startswith("repetition"), text[:200]
    for text in good:
        # What was UTF-16 and is read as Latin-1 has a control character beside each letter.
        wrong = text.encode("utf-16-le").decode("latin-1")
        assert (clean(wrong, None, "web").reason or "").startswith("garbled"), text[:200]


def test_pages_decoded_wrongly(data_dir: Path) -> None:
    """German pages, UTF-8 read as Latin-1: all of them go, most of them as garbled; read rightly, they stay."""
    german = CleanRules(languages=("de",))
    pages = [row for row in rows("web", data_dir / "html" / "nonmath_pages.jsonl.gz") if row.language == "de"]
    pages = [page for page in pages if clean(page.text, rules=german).reason is None]
    assert len(pages) >= 50
    wrong = [clean(page.text.encode().decode("latin-1"), None, "text", german).reason for page in pages]
    garbled = [reason for reason in wrong if (reason or "").startswith("garbled")]
    assert len(garbled) >= 0.9 * len(pages), Counter(wrong)


def test_lines_of_sites(data_dir: Path) -> None:
    """Banners are taken out of pages; a page of nothing else is dropped."""
    pages = rows("web", data_dir / "html" / "nonmath_pages.jsonl.gz")
    taken = [line for row in pages for line in clean(row.text, row.language).removed]
    cookies = [line for line in taken if "cookies" in line]
    assert cookies
    assert "Your email address will not be published. Required fields are marked *" in taken
    for line in cookies:
        page = f"{line}\n\n" * 8 + "Home\n\nNews"
        assert (clean(page).reason or "").startswith("boilerplate")


def test_mathematics_loses_no_line(data_dir: Path) -> None:
    """Problems speak of cookies, prices and shares, and pages with formulas too: no line is taken for a banner."""
    questions = [
        row["question"]
        for name in ("gsm8k", "svamp", "asdiv", "math", "aqua")
        for row in lines(data_dir / "eval" / f"{name}.jsonl.gz")
    ]
    assert sum("cookies" in question for question in questions) >= 100
    for question in questions:
        assert clean(question, rules=CleanRules(languages=())).removed == (), question
    pages = rows("web", data_dir / "html" / "math_pages.jsonl.gz")
    taken = [line for row in pages for line in clean(row.text, row.language).removed]
    assert len(taken) >= 150
    assert not any("$" in line for line in taken)
