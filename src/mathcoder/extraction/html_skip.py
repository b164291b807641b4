"""Which elements of a web page are not its text: navigation, banners, menus, forms."""

from __future__ import annotations

import re

__all__ = ["SKIPPED", "is_boilerplate"]

# Elements without text of their own.
SKIPPED = frozenset(
    "style nav footer aside noscript template svg canvas iframe object select button dialog video audio map"
    " head menu"
    " textarea figcaption annotation rt rp datalist progress meter".split()
)
# Elements that a class may make into boilerplate; never the one that holds the page.
_MAY_BE = frozenset("div ul ol section span p table li dl header form a td sup".split())
_WORDS = (
    "nav|navbar|navigation|menu|menubar|sidebar|side-bar|footer|breadcrumbs?|cookies?|consent|banner|share|sharing"
    "|social|pagination|pager|prev-next|advert|advertisement|adsbygoogle|popup|modal|newsletter|subscribe|signup"
    "|login|skip-link|skiplink|jump-link|noprint|navbox|catlinks|printfooter|editsection|mw-jump-link|toolbar|toc"
    "|tocwrapper|masthead|topbar|dropdown|signin|global-header|site-header|page-header|search|searchbox|permalink"
    "|headerlink|copybtn|related-posts|recommended|tag-list|vector-header|vector-column-start|mw-panel|siteSub"
    "|contentSub"
)
_CLASS = re.compile(rf'\b(?:class|id)="(?:[^"]*[\s_-])?(?:{_WORDS})(?=[\s"_-])', re.IGNORECASE)
_ROLE = re.compile(
    r'\brole="(?:navigation|banner|contentinfo|search|complementary|menu|menubar|dialog|alertdialog|toolbar|tablist)"'
)
_HIDDEN = re.compile(r'\bhidden(?:=""|(?=\s|$))|aria-hidden="true"|style="[^"]*display:\s*none')


def is_boilerplate(tag: str, attributes: str) -> bool:
    """Whether an element's role or class says that it is not text."""
    if tag not in _MAY_BE:
        return False
    return bool(_CLASS.search(attributes) or _ROLE.search(attributes) or _HIDDEN.search(attributes))
