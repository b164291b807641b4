"""Trainings as a browser shows them: curves that are read and compared, a run at work, hostile solutions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("playwright")
sys.path.append(str(Path(__file__).parents[1] / "training"))

from browser import Watched, browser_page, needs_browser
from finished_run import HOSTILE, finished, pretrain, sft
from studio_server import opened, studio_at

from mathcoder.runs.run import Run
from mathcoder.training.metrics import MetricsLog

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.heavy, needs_browser]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    finished(tmp_path / "solver", sft(tmp_path, name="Small solver"))
    finished(tmp_path / "reader", pretrain(tmp_path), name="web")
    return tmp_path


@contextmanager
def page_of(runs: Path, path: str, width: int = 1280, theme: str = "light") -> Iterator[Watched]:
    with studio_at(runs) as address, browser_page(width, theme=theme) as watched:
        watched.page.goto(opened(address, path))
        yield watched
        assert watched.problems == []


def chart(page: Page, title: str):
    return page.get_by_role("figure").filter(has=page.get_by_text(title, exact=True))


def said(page: Page, title: str) -> str:
    """What a chart says to who cannot see it."""
    return chart(page, title).get_by_role("slider").get_attribute("aria-valuetext") or ""


def test_curves_are_read_with_the_keys(runs: Path):
    with page_of(runs, "/runs/solver~run") as watched:
        page = watched.page
        loss = chart(page, "Loss")
        loss.locator("path").first.wait_for()
        assert said(page, "Loss") == "at the end: loss 2.000"
        loss.get_by_role("slider").focus()
        page.keyboard.press("ArrowLeft")
        assert said(page, "Loss") == "step 10: loss 3.000"
        assert said(page, "Loss on what is held out") == "step 10: code 2.250; web 3.000"  # all charts look at it
        page.keyboard.press("Escape")
        assert said(page, "Loss") == "at the end: loss 2.000"
        loss.get_by_text("numbers").click()
        assert loss.locator("tbody tr").all_inner_texts() == ["10\t3.000", "20\t2.000"]
        page.get_by_label("Over").select_option("tokens")
        assert loss.locator("tbody tr").all_inner_texts() == ["10k\t3.000", "20k\t2.000"]
        assert "x=tokens" in page.url


def test_runs_are_on_the_same_axes(runs: Path):
    with page_of(runs, "/runs/solver~run") as watched:
        page = watched.page
        page.get_by_label("Compare with").select_option("reader~run")
        beside = page.get_by_role("region", name="Runs side by side")
        beside.wait_for()
        assert [row.split("\t")[0] for row in beside.locator("tbody tr").all_inner_texts()] == [
            "Small solver",
            "Small reader",
        ]
        assert chart(page, "Loss").locator(".plot path").count() == 2
        assert said(page, "Loss") == "at the end: Small solver 2.000; Small reader 2.000"
        assert "with=reader" in page.url
        page.get_by_role("button", name="Take Small reader away").click()
        beside.wait_for(state="detached")
        assert chart(page, "Loss").locator(".plot path").count() == 1


def test_a_run_at_work_is_shown_as_it_grows(runs: Path):
    run = runs / "solver" / "run"
    (run / "model").rmdir()
    facts = json.loads((run / "facts.json").read_text())
    (run / "facts.json").write_text(json.dumps(facts | {"steps": 40}))
    held = Run(run, kind="sft", recipe=(run / "recipe.yaml").read_text())
    with held, MetricsLog(run / "metrics.jsonl", step=20) as log, page_of(runs, "/runs/solver~run") as watched:
        page = watched.page
        page.get_by_text("step 20 of 40").wait_for()
        page.get_by_text("running").first.wait_for()
        log.append(30, 30_000, 200.0, {"loss": 1.5})
        page.get_by_text("step 30 of 40").wait_for()
        assert said(page, "Loss") == "at the end: loss 1.500"
        log.append(40, 40_000, 260.0, {"loss": 1.25})
        (run / "model").mkdir()
        held.close()
        page.get_by_text("finished").first.wait_for()
        assert said(page, "Loss") == "at the end: loss 1.250"
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(7_000)  # twice as long as between two questions
        assert [url for url in asked if "/curves" in url] == []


def test_a_problem_over_the_steps(runs: Path):
    with page_of(runs, "/runs/solver~run/solved") as watched:
        page = watched.page
        solution = page.get_by_role("article", name="The solution")
        solution.get_by_text("after step 20").wait_for()
        assert solution.locator(".verdict").inner_text() == "✓ right"
        page.get_by_role("slider", name="After step").press("ArrowLeft")
        solution.get_by_text("after step 10").wait_for()
        assert solution.locator(".verdict").inner_text() == "✗ wrong"
        page.locator("body").press("j")
        solution.get_by_text("It wrote nothing that could be read").wait_for()
        page.get_by_role("button", name="gsm8k/0 after step 20: right").click()
        solution.get_by_text("after step 20").wait_for()
        assert "problem=0" in page.url
        # What the model wrote is text: nothing of it became an element.
        assert HOSTILE in solution.inner_text()
        assert page.locator("#studio script").count() == 0


def test_a_hostile_name_is_text(tmp_path: Path):
    finished(tmp_path, sft(tmp_path, name=HOSTILE, about=HOSTILE), name=HOSTILE)
    with page_of(tmp_path, "/runs/run/facts") as watched:
        page = watched.page
        page.get_by_role("heading", name="Model and hardware").wait_for()
        assert HOSTILE in page.get_by_role("heading", level=1).inner_text()
        assert page.get_by_text(HOSTILE).count() > 2
        assert page.locator("#studio script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "/solved", "/facts", "?with=reader~run&smooth=0.5&log=1"])
def test_it_can_be_used_by_everyone(runs: Path, path: str, theme: str):
    with page_of(runs, f"/runs/solver~run{path}", 360, theme) as watched:
        watched.page.locator(".plot path, .solution, .pairs").first.wait_for()
        assert watched.serious() == []
        assert watched.too_wide() <= 0


def test_what_is_damaged_is_said(runs: Path):
    (runs / "solver" / "run" / "facts.json").write_text("[]")
    with studio_at(runs) as address, browser_page() as watched:
        watched.page.goto(opened(address, "/runs/solver~run"))
        watched.page.get_by_role("alert").first.wait_for()
        assert "facts.json" in watched.page.get_by_role("alert").first.inner_text()
