"""The Solve view in a browser: solving, stopping, editing, voting, sharing; no markup of a model."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from browser import Watched, browser_page, needs_browser
from studio_models import Seeded
from studio_server import opened, studio_at

from mathcoder.models import Chunk, ModelError, RecordedModel, Request
from mathcoder.models.weights import find_weights
from mathcoder.problems import load
from mathcoder.studio.context import Studio

pytestmark = [pytest.mark.heavy, needs_browser]

HOSTILE = (
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'><svg onload='window.pwned = 1'></svg> "
    r"$\href{javascript:window.pwned=1}{x}$ $\htmlData{a=b}{y}$"
)


class Slow:
    """Says a word every now and then, and never ends."""

    name = "slow"

    def __init__(self) -> None:
        self.closed = 0

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            while True:
                yield Chunk("and ")
                await asyncio.sleep(0.05)
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        pass


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The models of a studio, by what names them; "embedded" is the one that is asked by default."""
    models: dict[str, Any] = {}
    monkeypatch.setattr(Studio, "model", lambda _, spec: models[spec])
    return models


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with studio_at() as address:
        yield address


def solve(watched: Watched, address: str, problem: str) -> Any:
    page = watched.page
    page.goto(opened(address, "/solve"))
    page.get_by_role("textbox", name="Problem").fill(problem)
    page.get_by_role("button", name="Solve", exact=True).click()
    return page


def done(page: Any) -> None:
    page.get_by_role("button", name="Share as a file").wait_for()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_problem_is_solved_edited_and_shared(
    address: str, models: dict[str, Any], tmp_path: Path, width: int, theme: str
):
    models["embedded"] = RecordedModel(
        [
            "Half of $x^2$.\n```python\nx = 1 / 0\n```\n```output\n",
            "The answer is \\boxed{\\frac{1}{2}}.",
            "\\boxed{18}",
        ]
    )
    with browser_page(width, theme=theme, downloads=True) as watched:
        page = solve(watched, address, "What is half of $x^2$?")
        done(page)
        vote = page.get_by_role("article", name="Solution")
        assert vote.locator(".katex").count() >= 3, "the question, the text and the answer have formulas"
        assert "ZeroDivisionError" in vote.locator(".traceback summary").inner_text()
        assert not vote.get_by_text("Traceback (most recent").is_visible()
        assert watched.serious() == []
        assert watched.too_wide() == 0

        page.get_by_role("button", name="Edit").click()
        editor = page.get_by_role("textbox", name="Python code")
        assert editor.evaluate("element => element === document.activeElement")
        editor.fill("print(2 * 9)")
        assert watched.serious() == []
        page.get_by_role("button", name="Run and go on").click()
        page.get_by_role("button", name="edited, 1").wait_for()
        done(page)
        assert vote.locator(".of-output pre").inner_text() == "18"
        assert vote.locator(".answer").inner_text().split() == ["Answer", "18"]
        page.get_by_role("button", name="first try").click()
        assert "ZeroDivisionError" in vote.inner_text()
        page.get_by_role("button", name="edited, 1").click()

        with page.expect_download() as download:
            page.get_by_role("button", name="Share as a file").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.name == "solution.html"
        assert watched.problems == []

    with browser_page(width, theme=theme) as watched:
        watched.page.goto(file.as_uri())
        assert watched.page.locator(".katex").count() >= 1
        assert "print(2 * 9)" in watched.page.inner_text("body")
        assert watched.serious() == []
        assert watched.too_wide() == 0
        assert watched.problems == []


def test_it_stops_and_says_so(address: str, models: dict[str, Any]):
    model = models["embedded"] = Slow()
    with browser_page() as watched:
        page = solve(watched, address, "Does it end?")
        page.get_by_text("and and and").wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("stopped").first.wait_for()
        assert "and and" in page.locator(".vote").inner_text()
        assert model.closed == 1
        page.get_by_role("button", name="Solve", exact=True).click()
        page.get_by_text("and and and").wait_for()
        page.get_by_role("textbox", name="Problem").blur()
        page.keyboard.press("s")
        page.get_by_role("button", name="Share as a file").wait_for()
        assert model.closed == 2
        # Who leaves the view stops it, too.
        page.get_by_role("button", name="Solve", exact=True).click()
        page.get_by_text("being solved").wait_for()
        page.get_by_text("and and and").wait_for()
        page.get_by_role("link", name="Training").click()
        for _ in range(100):
            if model.closed == 3:
                break
            page.wait_for_timeout(50)
        assert model.closed == 3
        assert watched.problems == []


def test_votes_stand_side_by_side_with_their_tally(address: str, models: dict[str, Any]):
    models["embedded"] = Seeded(["\\boxed{0.5}", "So \\boxed{\\frac{1}{2}}", "\\boxed{7}"])
    with browser_page() as watched:
        page = watched.page
        page.goto(opened(address, "/solve"))
        page.get_by_role("spinbutton", name="Votes").fill("3")
        page.get_by_role("spinbutton", name="Votes").blur()
        assert page.get_by_label("Temperature").input_value() == "0.7"
        page.get_by_role("textbox", name="Problem").fill("What is a half?")
        page.get_by_role("textbox", name="Problem").press("Control+Enter")
        done(page)
        rows = page.get_by_role("region", name="Tally of the votes").get_by_role("listitem")
        assert [row.inner_text().split("\n")[-1] for row in rows.all()] == ["solutions 1, 2", "solution 3"]
        tops = {vote.bounding_box()["y"] for vote in page.locator(".vote").all()}
        assert len(tops) == 1
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Solution 2"
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Solution 1"
        assert watched.serious() == []
        assert watched.problems == []


def test_a_problem_is_taken_and_its_reference_hidden_until_asked(address: str, models: dict[str, Any]):
    problem = load("gsm8k")[3]
    models["embedded"] = Seeded([f"\\boxed{{{problem.answer}}}"])
    with browser_page() as watched:
        page = watched.page
        page.goto(opened(address, "/solve"))
        page.get_by_role("button", name="From a benchmark").click()
        page.get_by_role("combobox", name="Benchmark").select_option("gsm8k")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("3 sprints 3 times a week")
        page.get_by_text("1–1 of 1 problems").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.get_by_text("number 3").wait_for()
        assert page.get_by_role("textbox", name="Problem").input_value() == problem.question
        assert watched.serious() == []
        page.get_by_role("button", name="Solve", exact=True).click()
        done(page)
        assert page.locator(".verdict").count() == 0
        page.get_by_role("button", name="Show the reference answer").click()
        assert page.locator(".reference .answer .rich").inner_text() == problem.answer
        assert page.locator(".vote .verdict").inner_text().endswith("right")
        # What was solved is there again after the page was loaded anew.
        page.reload()
        done(page)
        assert page.get_by_role("textbox", name="Problem").input_value() == problem.question
        assert watched.problems == []


def test_nothing_of_a_model_becomes_markup(address: str, models: dict[str, Any]):
    code = f"print({HOSTILE!r})"
    models["embedded"] = RecordedModel(
        [f"{HOSTILE}\n```python\n{code}\n```\n```output\n", f"{HOSTILE} \\boxed{{{HOSTILE}}}"]
    )
    with browser_page() as watched:
        page = solve(watched, address, HOSTILE)
        done(page)
        assert page.evaluate("window.pwned") is None
        inside = page.locator(".solved")
        for markup in ("script", "img", "svg", "a", "[data-a]", "iframe"):
            assert inside.locator(markup).count() == 0, markup
        assert "<script>window.pwned = 1</script>" in inside.inner_text()
        assert watched.problems == []


def test_what_fails_is_told_in_a_line(address: str, models: dict[str, Any]):
    models["embedded"] = RecordedModel([])
    with browser_page() as watched:
        page = solve(watched, address, "What is 1 + 1?")
        page.get_by_role("alert").wait_for()
        assert page.get_by_role("alert").inner_text() == "0 replies were recorded and 1 asked for"
        assert page.get_by_text("the model failed").is_visible()
        assert watched.problems == []


def test_the_embedded_model_solves(address: str):
    for module in ("xllamacpp", "gguf"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    try:
        find_weights()
    except ModelError as error:
        pytest.skip(str(error))
    with browser_page() as watched:
        page = solve(
            watched, address, "A shirt costs 25 dollars and is reduced by 20 percent. What does it cost now?"
        )
        page.get_by_role("button", name="Share as a file").wait_for(timeout=120_000)
        assert page.locator(".of-code").count() >= 1
        assert page.locator(".of-output").count() >= 1
        assert watched.problems == []
