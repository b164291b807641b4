"""Headless Chromium, driven for tests, and what it complains of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parent / "axe" / "axe.min.js"

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")


@dataclass
class Watched:
    """A page, and all that went wrong in it: exceptions, errors on its console, requests elsewhere."""

    page: Page
    problems: list[str] = field(default_factory=list[str])

    def serious(self) -> list[str]:
        """What axe finds serious or critical: rule, element, why."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: Any = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@contextmanager
def browser_page(
    width: int = 1280, height: int = 900, *, theme: str = "light", downloads: bool = False
) -> Iterator[Watched]:
    """A page of a browser of its own, which is closed with it.

    Args:
        width, height: of the window, in pixels.
        theme: what the system prefers, light or dark.
        downloads: whether files may be saved.
    """
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        try:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                accept_downloads=downloads,
            )
            context.set_default_timeout(60_000)
            page = context.new_page()
            watched = Watched(page)
            page.on("pageerror", lambda error: watched.problems.append(f"exception: {error}"))
            page.on("console", lambda line: line.type == "error" and watched.problems.append(line.text))
            page.on("request", lambda request: _elsewhere(request.url) and watched.problems.append(request.url))
            yield watched
        finally:
            browser.close()


def _elsewhere(address: str) -> bool:
    return not address.startswith(("http://127.0.0.1:", "data:", "blob:", "file:"))
