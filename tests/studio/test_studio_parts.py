"""What models wrote, in a real browser: formulas, code, tracebacks, long and hostile text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Watched, browser_page, needs_browser
from studio_server import opened, studio_at

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
sys.path.append(str(Path(__file__).parents[1] / "corpus"))
from corpus_run_made import HOSTILE
from recorded_run import RAISED, recorded_rows, write_run

from mathcoder.solution import Block, Solution

pytestmark = [pytest.mark.heavy, needs_browser]

SHOWN = (
    Block(
        "text", "## Plan\nWe use **both** and `solve`. Then $\\frac{1}{2} + x$ costs $5 or $10.\n\n\\[x^2 = 4\\]"
    ),
    Block("code", "# squares\nprint('4 ** 2', 16)\nif True:\n    x = [n for n in range(3)]"),
    Block("execution", "before\n" + RAISED),
    Block("code", "print('\\n' * 100)"),
    Block("execution", "\n".join(f"line {place}" for place in range(100))),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio over two solutions: one to look at, one that tries all it can."""
    rows = recorded_rows()
    hostile = tuple(Block(kind, text) for text in HOSTILE for kind in ("text", "code", "execution"))
    made = [
        replace(rows[0], id="gsm8k/shown", problem="shown", solution=Solution(SHOWN, "16", "answer")),
        replace(
            rows[1],
            id="gsm8k/hostile",
            problem="hostile",
            question=" ".join(HOSTILE),
            answer=HOSTILE[0],
            solution=Solution(hostile, HOSTILE[0], "answer"),
        ),
    ]
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder / "parts", made)
    with studio_at(folder) as address:
        yield address


@pytest.fixture
def seen(address: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    width, theme, row = request.param
    with browser_page(width, 900, theme=theme) as watched:
        watched.page.goto(opened(address, f"/runs/parts/solution?id=gsm8k/{row}"))
        watched.page.locator(".solution").first.wait_for()
        yield watched
        assert watched.problems == []


@pytest.mark.parametrize("seen", [(1280, "light", "shown"), (360, "dark", "shown")], indirect=True)
def test_a_solution_is_shown_as_what_it_is(seen: Watched):
    solution = seen.page.locator(".solution").first
    assert solution.locator(".katex").count() == 2
    assert solution.locator("strong").all_inner_texts() == ["Plan", "both"]
    assert "costs $5 or $10" in solution.inner_text()
    code = solution.locator("pre.code").first
    assert code.inner_text().rstrip() == SHOWN[1].content
    assert code.locator(".hljs-keyword").all_inner_texts() == ["if", "for", "in"]
    assert code.locator(".hljs-comment").inner_text() == "# squares"
    folded = solution.locator("details.traceback")
    assert folded.locator("summary").inner_text() == "ZeroDivisionError: division by zero"
    assert not folded.get_by_text("Cell In[1]").is_visible()
    folded.locator("summary").click()
    assert folded.get_by_text("Cell In[1]").is_visible()
    assert "line 99" not in solution.inner_text()
    solution.get_by_role("button", name="show all").click()
    assert "line 99" in solution.inner_text()
    assert seen.serious() == []
    assert seen.too_wide() == 0


@pytest.mark.parametrize("seen", [(1280, "dark", "hostile"), (360, "light", "hostile")], indirect=True)
def test_hostile_text_stays_text(seen: Watched):
    page = seen.page
    main = page.locator("main")
    for tag in ("script", "img", "iframe", "object", "embed", "form", "style", "base", "meta"):
        assert main.locator(tag).count() == 0, tag
    addresses = main.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert all(address.startswith("#/") for address in addresses)
    odd = "all => all.filter((one) => [...one.attributes].some(({name}) => /^(on|data-a|src)/.test(name))).length"
    assert main.locator("*").evaluate_all(odd) == 0
    assert main.locator("svg script").count() == 0
    text = main.inner_text()
    assert "<script>document.title = 'ran'</script>" in text
    assert "\u202e" not in text
    assert "ran" not in page.title().split()
    assert seen.too_wide() == 0
    # A colour that a formula names is the author's.
    assert not [found for found in seen.serious() if not found.startswith('color-contrast: <span class="mord"')]
