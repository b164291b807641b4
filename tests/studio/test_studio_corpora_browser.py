"""The corpus view in a real browser: what is clicked, what comes, and that no text becomes anything but text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
sys.path.append(str(Path(__file__).parents[1] / "corpus"))
sys.path.append(str(Path(__file__).parents[1] / "instruct"))

from browser import Watched, browser_page, needs_browser
from corpus_run_made import make_corpus_run
from instruct_built import built, small_recipe
from instruct_run_made import HOSTILE, make_instruct_run
from studio_server import opened, studio_at
from test_studio_corpora import RECIPE

from mathcoder.corpus.build import build
from mathcoder.corpus.recipe import load_corpus_recipe
from mathcoder.publishing.look import StagedRun, rows

pytestmark = [pytest.mark.heavy, needs_browser]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real runs and two with hostile text in every field."""
    folder, recipes = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("recipes")
    (recipes / "studied.yaml").write_text(RECIPE, encoding="utf-8")
    build(load_corpus_recipe(recipes / "studied.yaml"), folder / "corpus", workers=1)
    built(small_recipe(recipes), folder / "instruct", workers=1, limit=24)
    make_corpus_run(folder / "hostile-corpus")
    make_instruct_run(folder / "hostile-instruct", texts=HOSTILE)
    return folder


@pytest.fixture(scope="module")
def address(runs: Path) -> Iterator[str]:
    with studio_at(runs) as address:
        yield address


def seen(watched: Watched, address: str, path: str, what: str) -> None:
    """Open a view and wait for an element of it."""
    watched.page.goto(opened(address, path))
    watched.page.wait_for_selector(what)


def test_from_the_funnel_to_a_dropped_row(address: str, runs: Path) -> None:
    stage = StagedRun(runs / "corpus", "corpus").stage("recall")
    assert stage is not None
    dropped = list(rows(stage.rejected))
    with browser_page() as watched:
        page = watched.page
        seen(watched, address, "/runs/corpus", ".funnel")
        page.get_by_role("link", name="not mathematics", exact=False).first.click()
        page.wait_for_selector(".rows")
        assert page.locator(".rows > li").count() == min(25, len(dropped))
        assert f"of {len(dropped)} rows" in page.locator(".pager").first.inner_text()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.getAttribute('href')") == page.locator(
            ".row-link"
        ).first.get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_selector(".reason")
        assert dropped[0]["drop_reason"] in page.locator(".reason").inner_text()
        page.keyboard.press("j")
        page.wait_for_function(
            "why => document.querySelector('.reason')?.innerText.includes(why)", arg=dropped[1]["drop_reason"]
        )
        page.keyboard.press("u")
        page.wait_for_selector(".rows")
        assert watched.problems == []


def test_search_and_filters_stay_in_the_address(address: str, runs: Path) -> None:
    wanted = [
        row for row in rows(StagedRun(runs / "corpus", "corpus").dataset) if "prime" in row["text"].casefold()
    ]
    steps = [row for row in wanted if row["form"] == "steps"]
    with browser_page() as watched:
        page = watched.page
        seen(watched, address, "/runs/corpus/rows", ".rows")
        page.keyboard.press("/")
        page.keyboard.type("Prime")
        page.wait_for_function(
            "many => document.querySelector('.pager').innerText.includes(`of ${many} rows`)", arg=len(wanted)
        )
        page.get_by_label("form").select_option("steps")
        page.wait_for_function(
            "many => document.querySelector('.pager').innerText.includes(many)",
            arg=f"of {len(steps)} rows" if steps else "no rows",
        )
        page.reload()
        page.wait_for_selector(".pager")
        assert page.get_by_label("Search").input_value() == "Prime"
        assert page.get_by_label("form").input_value() == "steps"
        assert watched.problems == []


BESIDE = """() => {
  const [left, right] = document.querySelector('.passage.computed').children;
  const place = box => [box.x, box.y, box.width];
  return {left: place(left.getBoundingClientRect()), right: place(right.getBoundingClientRect())};
}"""


def test_a_computation_runs_again_beside_its_step(address: str, runs: Path) -> None:
    verify = StagedRun(runs / "corpus", "corpus").stage("verify")
    assert verify is not None
    row = max(rows(verify.data), key=lambda row: len(row["computations"]))
    with browser_page() as watched:
        page = watched.page
        seen(watched, address, f"/runs/corpus/row?id={row['id']}&place=kept:verify", ".step")
        assert page.locator(".step").count() == len(row["computations"])
        step = page.locator(".step").first
        assert step.locator("pre code").inner_text().split() == row["computations"][0]["code"].split()
        beside = page.evaluate(BESIDE)
        assert beside["left"][0] + beside["left"][2] <= beside["right"][0]
        assert beside["left"][1] == beside["right"][1]
        step.get_by_role("button", name="Run again").click()
        page.wait_for_selector(".compared")
        assert "the same" in step.locator(".compared").inner_text()
        assert row["computations"][0]["output"] in step.locator(".compared > div").last.inner_text()
        assert watched.problems == []


def test_a_solution_runs_again(address: str, runs: Path) -> None:
    row = next(rows(StagedRun(runs / "instruct", "instruct").dataset))
    with browser_page() as watched:
        seen(watched, address, f"/runs/instruct/row?id={row['id']}&place=dataset", ".of-code")
        watched.page.get_by_role("button", name="Run again").click()
        watched.page.wait_for_selector(".compared")
        assert "all outputs are the same" in watched.page.locator(".row-shown").inner_text()
        assert watched.problems == []


def test_an_item_of_a_benchmark_is_marked(address: str) -> None:
    with browser_page() as watched:
        page = watched.page
        seen(watched, address, "/runs/corpus/benchmarks", ".rows")
        passage = page.locator(".row-start").first.inner_text()
        page.locator(".row-link").first.click()
        page.wait_for_selector(".passages mark")
        assert passage.split()[:8] == page.locator(".passages mark").first.inner_text().split()[:8]
        question = page.locator(".evidence .rich").first.inner_text()
        assert passage.split()[3] in question
        assert watched.problems == []


def test_copies_are_compared(address: str) -> None:
    with browser_page() as watched:
        page = watched.page
        seen(watched, address, "/runs/corpus/copies", ".rows")
        page.locator(".row-link").first.click()
        page.get_by_role("link", name="beside the one that stays").click()
        page.wait_for_selector(".texts mark")
        assert page.locator(".texts .marked").count() == 2
        assert watched.problems == []


VIEWS = [
    "/runs/corpus",
    "/runs/corpus/rows?place=dropped",
    "/runs/corpus/benchmarks",
    "/runs/corpus/copies",
    "/runs/instruct",
    "/runs/instruct/rows",
    "/runs/hostile-corpus",
    "/runs/hostile-corpus/rows",
]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_every_view_is_accessible_and_narrow(address: str, runs: Path, width: int, theme: str) -> None:
    verify = StagedRun(runs / "corpus", "corpus").stage("verify")
    assert verify is not None
    row = max(rows(verify.data), key=lambda row: len(row["computations"]))
    views = [*VIEWS, f"/runs/corpus/row?id={row['id']}&place=kept:verify"]
    with browser_page(width, 800, theme=theme) as watched:
        for view in views:
            seen(watched, address, view, ".corpora :is(.funnel, .rows, .step, .empty)")
            watched.page.wait_for_load_state("networkidle")
            assert watched.serious() == [], view
            assert watched.too_wide() <= 0, view
        assert watched.problems == []


def test_hostile_text_stays_text(address: str, runs: Path) -> None:
    made = {"hostile-corpus": "corpus", "hostile-instruct": "instruct"}
    with browser_page() as watched:
        page = watched.page
        for name, kind in made.items():
            run = StagedRun(runs / name, kind)  # type: ignore[arg-type]
            stage = run.stage("verify") or run.stage("check")
            assert stage is not None
            ids = [row["id"] for row in rows(stage.data, ["id"])][:: 4 if kind == "corpus" else 5]
            paths = ["", "/rows", "/rows?place=dropped", "/benchmarks"]
            for path in [f"/runs/{name}{path}" for path in paths]:
                seen(watched, address, path, ".corpora :is(.funnel, .rows, .empty)")
                _is_ours(watched)
            for id in ids:
                page.goto(opened(address, "/"))
                # As the page itself writes an id into an address.
                page.evaluate(
                    "id => { location.hash = `#/runs/" + name + "/row?${new URLSearchParams({id})}`; }", id
                )
                page.wait_for_selector(".row-shown")
                _is_ours(watched)
        # KaTeX colours what it cannot read by an inline style, which the policy does not let it have.
        assert [one for one in watched.problems if "Applying inline style" not in one] == []


def _is_ours(watched: Watched) -> None:
    page = watched.page
    page.wait_for_load_state("networkidle")
    assert page.title().endswith("mathcoder studio")
    assert page.locator("main :is(script, iframe, object, embed, form[action], base, link, meta)").count() == 0
    assert page.locator("main img").count() == 0
    assert page.locator("main [onerror], main [onload], main [onclick]").count() == 0
    hrefs = page.evaluate(
        "[...document.querySelectorAll('main a, main svg a')].map(a => a.getAttribute('href') ?? '')"
    )
    assert [href for href in hrefs if not href.startswith(("#/", "https://", "http://"))] == []
