"""What pages carry so that they work offline: KaTeX with its fonts, and our script that renders formulas in text.

`katex/` holds KaTeX as it was published (MIT licence, see `katex/LICENSE`); `make assets` fetches it again, and
`katex/SHA256SUMS` says what the files must be. `markup` is how text comes into a page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from mathcoder.assets.markup import Html, tag

__all__ = ["katex_head", "render_script", "script_hashes"]

_HERE = files(__name__)
_SOURCES = re.compile(r"src:url\((fonts/\w+-\w+\.woff2)\)[^;}]*")  # of a font: the first is the one to use
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@cache
def katex_head() -> Html:
    """KaTeX for the head of a page: a style with the fonts inside it, and a script. About 650 kB.

    A page with a Content-Security-Policy has to allow `style-src 'unsafe-inline'`, `font-src data:` and the
    `script_hashes`.
    """
    style = _SOURCES.sub(lambda match: f"src:url({_font(match[1])})format('woff2')", _text("katex/katex.min.css"))
    return Html(tag("style", Html(style)) + tag("script", Html(_text("katex/katex.min.js"))))


@cache
def render_script() -> Html:
    """The script, for after `katex_head`, that renders formulas in elements of class "tex-text".

    Such an element holds text and nothing else. It is rendered when the page is loaded; what comes later is
    rendered by calling `renderFormulas(element)` on what it is in.
    """
    return tag("script", Html(_text("render.js")))


def script_hashes(markup: Iterable[str]) -> str:
    """What a policy says after `script-src` to let the scripts inside this markup run and no others.

    Args:
        markup: with `<script>` elements that have no attributes.
    """
    scripts = [script for part in markup for script in _SCRIPT.findall(part)]
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)


def _font(name: str) -> str:
    data = b64encode(_HERE.joinpath("katex", name).read_bytes()).decode()
    return f"data:font/woff2;base64,{data}"


def _text(name: str) -> str:
    return _HERE.joinpath(name).read_text(encoding="utf-8")
