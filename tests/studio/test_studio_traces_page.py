"""The Traces and Compare views in a real browser: filters, keys, links, live growth, two runs side by side."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytest.importorskip("fastapi")

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from browser import Watched, browser_page, needs_browser
from recorded_run import ASKED, recorded_rows, sampled, truncated, with_all_outcomes, write_run
from studio_server import opened, studio_at

from mathcoder.runs.lock import Lock
from mathcoder.solution import Block

pytestmark = [pytest.mark.heavy, needs_browser]

ROWS = with_all_outcomes(recorded_rows())
HOSTILE = (
    "</script><script>document.title='bad'</script> <img src=x onerror=\"document.title='bad'\"> "
    "$\\href{javascript:document.title='bad'}{x}$ $\\htmlData{a=b}{y}$ <svg onload=\"document.title='bad'\">"
)
SIZES = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


def settings_of(votes: int = 1) -> dict[str, Any]:
    return ASKED["settings"] | {"benchmarks": ["gsm8k", "svamp"], "votes": votes}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    evil = replace(
        ROWS[0].solution, blocks=(Block("text", HOSTILE), Block("code", HOSTILE), Block("execution", HOSTILE))
    )
    hostile = replace(
        ROWS[0], id=HOSTILE, problem=HOSTILE, question=HOSTILE, answer=HOSTILE, reference=HOSTILE, level=HOSTILE,
        subject=HOSTILE, rule=HOSTILE, note=HOSTILE, solution=evil,
    )  # fmt: skip
    other = [truncated(row) if place in (1, 2, 20) else row for place, row in enumerate(recorded_rows())]
    write_run(folder / "one", ROWS, settings=settings_of())
    write_run(folder / "other", other, settings=settings_of() | {"rule": "mathcoder"}, model="another")
    write_run(folder / "votes", sampled(ROWS, 4), settings=settings_of(4))
    write_run(folder / "hostile", [hostile, *ROWS[1:9]], settings=settings_of(), model=HOSTILE)
    return folder


@pytest.fixture(scope="module")
def address(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATHCODER_CACHE", str(tmp_path_factory.mktemp("cache")))
        with studio_at(runs) as address:
            yield address


def complaints(watched: Watched) -> list[str]:
    """What the page complains of, but for the frames that KaTeX would draw around boxes in its MathML."""
    return [one for one in watched.problems if not one.startswith("Applying inline style violates")]


def rows_of(watched: Watched) -> int:
    return watched.page.locator(".trace-rows > li").count()


def found(watched: Watched, number: int) -> None:
    """Wait until the view says that it has found so many."""
    watched.page.get_by_role("heading", name=re.compile(rf"^Solutions {number} found")).wait_for()


def test_filter_search_and_read(address: str):
    wrong = [row for row in ROWS if row.outcome == "wrong"]
    with browser_page() as watched:
        page = watched.page
        page.goto(opened(address, "/runs/one"))
        found(watched, len(ROWS))
        assert rows_of(watched) == 50
        page.get_by_label("Outcome").select_option("wrong")
        found(watched, len(wrong))
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("total")
        page.locator("mark").first.wait_for()
        assert "text=total" in page.url
        assert "outcome=wrong" in page.url
        page.keyboard.press("Escape")
        ids = page.locator(".trace-rows .facts code").all_inner_texts()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        heading = page.locator(".trace h1 code")
        heading.get_by_text(ids[1], exact=True).wait_for()
        page.keyboard.press("j")
        heading.get_by_text(ids[2], exact=True).wait_for()
        page.keyboard.press("k")
        heading.get_by_text(ids[1], exact=True).wait_for()
        page.keyboard.press("k")
        heading.get_by_text(ids[0], exact=True).wait_for()
        kept = page.url
        page.reload()  # the address leads to it
        heading.get_by_text(ids[0], exact=True).wait_for()
        assert page.url == kept
        page.keyboard.press("u")
        page.locator(".trace-rows").wait_for()
        assert page.get_by_label("Outcome").input_value() == "wrong"
        assert complaints(watched) == []


def test_pages_are_turned_by_keys(address: str):
    with browser_page() as watched:
        watched.page.goto(opened(address, "/runs/votes?sort=-tokens"))
        found(watched, 4 * len(ROWS))
        first = watched.page.locator(".trace-rows .facts code").first.inner_text()
        watched.page.keyboard.press("n")
        watched.page.get_by_text("51–100 of 320 solutions").wait_for()
        shown = watched.page.locator(".trace-rows .facts code", has_text=re.compile(f"^{first}$"))
        shown.wait_for(state="detached")
        watched.page.keyboard.press("p")
        watched.page.get_by_text("1–50 of 320 solutions").wait_for()
        watched.page.locator(".trace-rows > li:first-child .facts code", has_text=first).wait_for()


def test_two_runs_are_compared(address: str):
    with browser_page() as watched:
        page = watched.page
        page.goto(opened(address, "/compare/one"))
        page.get_by_label("Second run").select_option("other")
        page.get_by_role("heading", name="What differs in how they were asked").wait_for()
        assert page.get_by_role("row", name="grading rule strict mathcoder").count() == 1
        page.get_by_label("What became of it").select_option("broken")
        page.get_by_role("heading", name=re.compile(r"^Problems \d+$")).wait_for()
        page.locator(".trace-rows .tag", has_text="both").first.wait_for(state="detached")
        assert set(page.locator(".trace-rows > li > .tag").all_inner_texts()) == {"broken"}
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        for run, outcome in (("First run", "right"), ("Second run", "truncated")):
            side = page.get_by_role("region", name=run, exact=True)
            side.locator(".verdict", has_text=outcome).wait_for()
            assert side.locator(".of-code").count() >= 1
        assert complaints(watched) == []


def test_a_run_that_grows_is_seen_to_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    write_run(tmp_path / "runs/live", ROWS[:10], finished=False, settings=settings_of())
    at_work = Lock(tmp_path / "runs/live")
    with at_work, studio_at(tmp_path / "runs") as address, browser_page() as watched:
        watched.page.goto(opened(address, "/runs/live"))
        found(watched, 10)
        with (tmp_path / "runs/live/rows.jsonl").open("a", encoding="utf-8") as file:
            for row in ROWS[10:30]:
                file.write(json.dumps(row.to_json()) + "\n")
        found(watched, 30)
        assert watched.page.get_by_text("so far; the run is not finished").count() == 1


def test_what_models_write_stays_text(address: str):
    with browser_page() as watched:
        page = watched.page
        for path in ("/runs/hostile", f"/runs/hostile/solution?id={quote(HOSTILE, safe='')}"):
            page.goto(opened(address, path))
            page.reload()
            page.get_by_text("document.title='bad'").first.wait_for()
            assert (
                page.locator(
                    "main script, main img, main svg:not(.trace-interval), main a[href^=javascript]"
                ).count()
                == 0
            )
            assert page.locator("main [onload], main [onerror], main [data-a]").count() == 0
            assert page.title() != "bad"


VIEWS = {
    "all": "/runs/one?outcome=wrong&text=total",
    "votes": "/runs/votes?vote=minority",
    "solution": f"/runs/votes/solution?id={quote('gsm8k/741#3', safe='')}",
    "choose": "/compare/one",
    "compared": "/compare/one/other",
    "pair": "/compare/one/other?kind=broken&at=0",
}


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_the_views_are_accessible_and_fit(address: str, width: int, theme: str):
    with browser_page(width, theme=theme) as watched:
        for view, path in VIEWS.items():
            watched.page.goto(opened(address, path))
            watched.page.reload()
            watched.page.locator("main h1").first.wait_for()
            watched.page.locator(".spinner").first.wait_for(state="detached")
            watched.page.wait_for_load_state("networkidle")
            assert (view, watched.serious()) == (view, [])
            assert (view, watched.too_wide()) == (view, 0)
        assert complaints(watched) == []
