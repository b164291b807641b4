"""The pictures of the studio: docs/images/studio-*.png, of runs that are named.

python docs/images/make_studio_shots.py --evaluation DIR --other DIR --corpus DIR --training DIR
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent

QUESTION = "A baker makes 12 trays of 8 rolls. She sells 70 rolls. How many rolls are left?"


def main() -> None:
    sys.path.append(str(HERE.parents[1] / "tests" / "studio"))
    from browser import browser_page
    from studio_server import opened, studio_at

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("evaluation", "other", "corpus", "training"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="DIR")
    runs = vars(parser.parse_args())
    one, other, corpus, training = (path.name for path in runs.values())
    pages = {
        "traces": (f"/runs/{one}", "light", 1280),
        "compare": (f"/compare/{one}/{other}", "dark", 1280),
        "corpus": (f"/runs/{corpus}", "light", 1280),
        "training": (f"/runs/{training}", "dark", 1280),
        "narrow": (f"/runs/{one}", "light", 360),
    }
    with studio_at(*runs.values()) as address:
        with browser_page(1280, 860) as watched:
            page = watched.page
            page.goto(opened(address, "/solve"))
            page.get_by_role("textbox").first.fill(QUESTION)
            page.keyboard.press("Control+Enter")
            page.get_by_text("boxed").or_(page.locator(".katex")).first.wait_for()
            page.wait_for_timeout(4000)
            page.screenshot(path=HERE / "studio-solve.png")
        for name, (path, theme, width) in pages.items():
            with browser_page(width, 860, theme=theme) as watched:
                watched.page.goto(opened(address, path))
                watched.page.wait_for_load_state("networkidle")
                watched.page.wait_for_timeout(4000)
                watched.page.screenshot(path=HERE / f"studio-{name}.png")


if __name__ == "__main__":
    main()
