"""What the attributes of an element say: that it is a formula, or no text - navigation, banners, menus, forms."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from mathcoder.extraction.html_math import attribute

__all__ = ["BOILERPLATE", "FORMULA", "SKIPPED", "sense"]

FORMULA, BOILERPLATE = "formula", "boilerplate"

# Elements without text of their own.
SKIPPED = frozenset(
    "style nav footer aside noscript template svg canvas iframe object select button dialog video audio map head"
    " menu textarea figcaption annotation rt rp datalist progress meter noembed noframes".split()
)
# Elements that a class may make into boilerplate; never the one that holds the page.
_MAY_BE_BOILERPLATE = frozenset("div ul ol section span p table li dl header form a td sup".split())
_NO_FORMULA = frozenset("body img script math pre table code".split())
_WORDS = frozenset(
    "nav navbar navigation menu menubar sidebar footer breadcrumb breadcrumbs cookie cookies consent banner share"
    " sharing social pagination pager advert advertisement adsbygoogle popup modal newsletter subscribe signup"
    " login skiplink noprint navbox catlinks printfooter editsection toolbar toc tocwrapper masthead topbar"
    " dropdown signin search searchbox permalink headerlink copybtn recommended sitesub contentsub".split()
)
_PAIRS = frozenset(
    tuple(pair.split("-"))
    for pair in "side-bar prev-next skip-link jump-link global-header site-header page-header vector-header"
    " related-posts tag-list vector-column mw-panel visually-hidden".split()
)
_FORMULA_WORDS = frozenset("katex mathjax mjx mjxc mjxp math tex latex formula".split())
_NOTABLE = _WORDS | _FORMULA_WORDS | {first for first, _ in _PAIRS}
_ROLE = re.compile(
    r' role="(?:navigation|banner|contentinfo|search|complementary|menu(?:bar)?|(?:alert)?dialog|toolbar|tablist)"'
)
_HIDDEN = re.compile(r' hidden(?:=""|[ >])| aria-hidden="true"| style="[^"]*display:\s*none')
_FORMULA_GIVEN = re.compile(r' (?:role="math"|data-(?:tex|latex|math|mathml|expr|equation|original-tex)=")')
_LONGEST = 300  # characters of a class that are read


def sense(name: str, tag: str) -> str:
    """FORMULA, BOILERPLATE or "".

    Args:
        name: of the element.
        tag: the whole tag.
    """
    kind = attribute(tag, "class")[:_LONGEST] if ' class="' in tag else ""
    says = _names_say(kind) if kind else ""
    if name in _MAY_BE_BOILERPLATE and (
        says == BOILERPLATE
        or (' id="' in tag and _names_say.__wrapped__(attribute(tag, "id")[:_LONGEST]) == BOILERPLATE)
        or (' role="' in tag and _ROLE.search(tag))
        or (("hidden" in tag or "none" in tag) and _HIDDEN.search(tag))
    ):
        return BOILERPLATE if "mwe-math" not in tag else FORMULA
    if name in _NO_FORMULA:
        return ""
    if says == FORMULA or ((" data-" in tag or ' role="' in tag) and _FORMULA_GIVEN.search(tag)):
        return FORMULA
    return ""


@lru_cache(maxsize=2_048)
def _names_say(names: str) -> str:
    if not names.isprintable():
        names = " ".join(names.split())
    words = names.lower().replace("_", "-").replace(" ", "- -").split("-")
    if _NOTABLE.isdisjoint(words):
        return ""
    if not _WORDS.isdisjoint(words) or not _PAIRS.isdisjoint(pairwise(words)):
        return BOILERPLATE
    return "" if _FORMULA_WORDS.isdisjoint(words) else FORMULA
