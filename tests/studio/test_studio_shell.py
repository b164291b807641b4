"""The frame of the studio in a real browser: start, navigation, keys, theme, narrow windows, hostile titles."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Watched, browser_page, needs_browser
from studio_server import opened, studio_at

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from recorded_run import recorded_rows, write_run

pytestmark = [pytest.mark.heavy, needs_browser]

HOSTILE = "<img src=x onerror=\"document.title='ran'\"></script><script>document.title='ran'</script>\u202ed $x$"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio over a real run, one with a hostile title, and a broken one."""
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder / "l70b", recorded_rows())
    write_run(folder / "hostile", recorded_rows()[:2], model=HOSTILE)
    (folder / "broken").mkdir()
    (folder / "broken/run.json").write_text(json.dumps({"kind": "evaluate", "model": 1}))
    with studio_at(folder) as address:
        yield address


@pytest.fixture
def seen(address: str) -> Iterator[Watched]:
    with browser_page() as watched:
        watched.page.goto(opened(address))
        watched.page.get_by_role("heading", level=1).wait_for()
        yield watched
        assert watched.problems == []


def test_the_start_lists_what_there_is(seen: Watched):
    page = seen.page
    assert page.get_by_role("link", name="MathCoder-L-70b on gsm8k, svamp").is_visible()
    assert page.get_by_text("mathcoder corpus build").is_visible()  # how to make what there is none of
    assert page.get_by_role("listitem").filter(has_text="broken").count() == 1
    assert page.title() == "mathcoder studio"
    assert seen.serious() == []


def test_the_token_goes_out_of_sight_and_is_kept_for_the_tab(seen: Watched):
    assert "token" not in seen.page.url
    assert seen.page.evaluate("sessionStorage.length") == 1
    assert seen.page.evaluate("document.cookie") == ""
    seen.page.reload()
    seen.page.get_by_role("heading", level=1).wait_for()
    assert seen.page.evaluate("sessionStorage.length") == 1


def test_hostile_titles_are_text(seen: Watched):
    page = seen.page
    link = page.get_by_role("link", name="onerror")
    assert HOSTILE in (link.text_content() or "")
    link.click()
    page.get_by_role("heading", level=1).wait_for()
    assert page.locator("main img, main script").count() == 0
    assert page.title().startswith("<img src=x")
    assert page.title().endswith("mathcoder studio")


def test_a_broken_run_says_why(seen: Watched):
    seen.page.get_by_role("link", name="broken").click()
    assert "cannot be read" in (seen.page.get_by_role("alert").text_content() or "")


@pytest.mark.parametrize("path", ["/runs/nowhere", "/runs/..%2f..%2fetc", "/runs/%E0%A4%A", "/runs"])
def test_a_run_that_is_not_there(seen: Watched, path: str):
    seen.page.evaluate(f"location.hash = '#{path}'")
    seen.page.get_by_text("There is no such run").wait_for()
    seen.page.get_by_role("link", name="see what there is").click()
    seen.page.get_by_role("heading", level=1, name="Studio").wait_for()


def test_navigation_by_section(seen: Watched):
    page = seen.page
    bar = page.get_by_role("navigation", name="Studio")
    for section, heading in (
        ("Evaluations", "Evaluations"),
        ("Data", "Corpora, Instruction data"),
        ("Training", "Training"),
    ):
        bar.get_by_role("link", name=section).click()
        page.get_by_role("heading", level=1, name=heading).wait_for()
        assert bar.get_by_role("link", name=section).get_attribute("aria-current") == "page"
    page.go_back()
    page.get_by_role("heading", level=1, name="Corpora, Instruction data").wait_for()


def test_by_keyboard_alone(seen: Watched):
    page = seen.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert first == page.evaluate("document.activeElement.textContent") != second
    page.keyboard.press("Enter")
    page.wait_for_url("**/#/runs/*")


def test_the_help_names_the_keys(seen: Watched):
    page = seen.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    said = dialog.inner_text()
    assert all(what in said for what in ("next run", "previous run", "search", "these keys"))
    assert seen.serious() == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("button", name="Close").click()
    dialog.wait_for(state="hidden")


def test_the_theme_is_kept(seen: Watched):
    page = seen.page
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(colour) == "rgb(20, 24, 29)"
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    assert page.evaluate(colour) == "rgb(20, 24, 29)"
    assert seen.serious() == []
    page.get_by_role("button", name="Theme: dark").click()
    assert page.evaluate(colour) == "rgb(255, 255, 255)"


def test_the_system_says_dark(address: str):
    with browser_page(theme="dark") as watched:
        watched.page.goto(opened(address))
        watched.page.get_by_role("heading", level=1).wait_for()
        assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
        assert watched.serious() == []
        assert watched.problems == []


def test_a_narrow_window(address: str):
    with browser_page(360, 740) as watched:
        for path in ("/", "/evaluations", "/data", "/trainings", "/solve", "/runs/l70b", "/runs/hostile"):
            watched.page.goto(opened(address, path))
            watched.page.get_by_role("heading", level=1).wait_for()
            assert watched.too_wide() == 0, path
            assert watched.serious() == [], path
        assert watched.problems == []


def test_without_the_token_one_can_read_and_is_told_what_to_do(address: str):
    with browser_page() as watched:
        watched.page.goto(address)
        watched.page.get_by_role("link", name="MathCoder-L-70b").wait_for()
        answer = watched.page.evaluate(
            "fetch('/api/runs', {method: 'POST'}).then(async (one) => [one.status, (await one.json()).error])"
        )
    assert answer[0] == 401
    assert "open the address that `mathcoder studio` printed" in answer[1]
