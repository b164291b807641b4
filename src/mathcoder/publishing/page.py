"""The page of a report: its policy, how it looks, how text and numbers are cut to fit."""

from __future__ import annotations

from mathcoder.assets import katex_head, render_script, script_hashes
from mathcoder.assets.markup import Html, tag
from mathcoder.solving.text import shorten_middle

__all__ = ["count", "line", "page", "share", "short"]

_LINE_CHARS = 500


def page(title: str, *parts: str) -> Html:
    """A whole document, of one file; formulas in elements of class "tex-text" are rendered when it is opened.

    Nothing is loaded from anywhere, and no script but those that are named by their hash runs, should some markup
    get past `tag`.
    """
    scripts = script_hashes([katex_head(), render_script()])
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {scripts}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = (
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
        katex_head(),
        Html(f"<style>{_STYLE}</style>"),
        render_script(),
    )
    body = tag("body", tag("main", tag("h1", title), *parts))
    return Html(f"<!doctype html>\n{tag('html', tag('head', *head), body, lang='en')}\n")


def short(value: object, limit: int = _LINE_CHARS) -> str:
    """A value as text, cut in the middle where it is longer."""
    return shorten_middle("" if value is None else str(value), limit)


def line(value: object, limit: int) -> str:
    """The start of a text, in one line."""
    text = "" if value is None else str(value)
    start = " ".join(text[: 2 * limit].split())
    return start if len(start) <= limit and len(text) <= 2 * limit else f"{start[: limit - 1]}…"


def count(number: float) -> str:
    """With thousands apart."""
    return f"{number:,.0f}"


def share(part: int, whole: int) -> str:
    """In percent, nothing where there is no whole."""
    return f"{100 * part / whole:.1f}%" if whole else ""


# The colours of neighbours in a bar differ in lightness, in light and in dark.
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --raised: #f5f7f9; --line: #d5dbe1; --text: #16202a;
  --dim: #56626e; --link: #1a56a0; --good: #17683a; --bad: #b3261e; --code: #14527f; --notice: #fff4d6;
  --bar: #7fb2e0; --gone: #e07a22; --edge: #0005; --first: #174a84; --second: #e07a22; --third: #f8da50;
  --fourth: #a856a8; --fifth: #b4bec8; --sixth: #15181c; --word: #7a2a8c; --quoted: #17683a; --number: #9a4a00; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --raised: #1c2229; --line: #38424c; --text: #e8edf2;
  --dim: #a3afba; --link: #8ebcf2; --good: #7ed3a0; --bad: #ff9086; --code: #86bfec; --notice: #3d3312;
  --bar: #35689b; --gone: #ee8434; --edge: #fff3; --first: #2b68b0; --second: #ee8434; --third: #f8da50;
  --fourth: #b069b8; --fifth: #b4bec8; --sixth: #ffffff; --word: #dda0ea; --quoted: #7ed3a0; --number: #f0b478; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .25rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
a { color: var(--link); }
ul { list-style: none; margin: 0; padding: 0; }
small, .about, .facts, .counts { color: var(--dim); font-size: .875rem; }
.about { margin: .25rem 0 1rem; max-width: 48rem; overflow-wrap: anywhere; }
.facts, .counts, .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.facts li, .counts li, .legend li { min-width: 0; overflow-wrap: anywhere; }
.facts b, .counts b { color: var(--text); font-weight: 600; }
.legend { margin: 0 0 1.25rem; font-size: .875rem; }
.notice { background: var(--notice); padding: .6rem .9rem; border-radius: 6px; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.figures li { background: var(--raised); border-radius: 6px; padding: .6rem 1rem; min-width: 8rem; }
.figures b { display: block; font-size: 1.35rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures small { display: block; }
summary { cursor: pointer; }
.more { margin-top: 1rem; }
.bar { display: grid; grid-template-columns: 11rem minmax(0, 1fr) 10rem; gap: .1rem 1.25rem; margin: 0 0 .9rem; }
.name, .value { display: flex; flex-direction: column; line-height: 1.3; overflow-wrap: anywhere; min-width: 0; }
.value { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.stack { display: flex; height: 20px; gap: 1px; background: var(--raised); }
.stack span { min-width: 2px; box-shadow: inset 0 0 0 1px var(--edge); }
.bar .counts { margin-top: .15rem; }
.swatch { display: inline-block; width: .75em; height: .75em; margin-right: .4em; box-shadow: inset 0 0 0 1px
  var(--edge); }
.kept { background: var(--bar); fill: var(--bar); } .dropped { background: var(--gone); fill: var(--gone); }
.first { background: var(--first); fill: var(--first); }
.second { background: var(--second); fill: var(--second); }
.third { background: var(--third); fill: var(--third); }
.fourth { background: var(--fourth); fill: var(--fourth); }
.fifth { background: var(--fifth); fill: var(--fifth); } .sixth { background: var(--sixth); fill: var(--sixth); }
.histograms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
  gap: 1rem 2rem; }
.histogram { margin: 0; min-width: 0; }
.histogram figcaption { font-size: .875rem; margin-bottom: .25rem; }
.histogram figcaption small { display: block; }
.histogram .legend { margin: 0 0 .25rem; }
.histogram svg { display: block; width: 100%; max-width: 30rem; height: auto; }
.histogram text { font-size: 11px; fill: var(--dim); font-variant-numeric: tabular-nums; }
.histogram line { stroke: var(--line); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
td, tbody th { overflow-wrap: anywhere; }
tbody th { font-weight: 400; min-width: 7rem; }
.numbers td, .numbers thead th { text-align: right; padding: .3rem 0 .3rem 1.5rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.numbers thead th:first-child { text-align: left; padding-left: 0; }
.sample { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 .5rem; overflow: hidden; }
.sample[open] { padding-bottom: .5rem; }
.sample summary { display: grid; grid-template-columns: 14rem minmax(0, 1fr) auto; gap: .1rem 1rem;
  padding: .45rem .75rem; font-size: .875rem; }
.sample summary:hover { background: var(--raised); }
.id, .preview, .note { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.preview { color: var(--dim); }
.note { text-align: right; max-width: 14rem; }
.text, .sample pre, .sample dl { margin: .6rem .9rem; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; max-width: 52rem; overflow: auto hidden; }
.passage { border-left: 3px solid var(--line); padding-left: .75rem; }
.cut { margin: .3rem .9rem; color: var(--dim); font-size: .875rem; }
mark { background: var(--notice); color: inherit; padding: .1em 0; box-shadow: 0 0 0 1px var(--line); }
pre { font: .8125rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  overflow: hidden; }
.code, .output { margin: .6rem .9rem; border-left: 3px solid var(--code); background: var(--raised);
  padding: .3rem 0 .4rem; }
.sample figure pre { margin: 0; padding: 0 .75rem; }
.code figcaption, .output figcaption { font-size: .75rem; color: var(--code); padding: 0 .75rem; }
.output { border-color: var(--good); } .output figcaption { color: var(--good); }
.word { color: var(--word); } .quoted { color: var(--quoted); } .number { color: var(--number); }
.comment { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; font-size: .875rem; }
dt { color: var(--dim); } dd { margin: 0; }
.tex-display { display: block; overflow: auto hidden; white-space: normal; padding: .1rem 0; }
.katex { overflow-wrap: normal; white-space: normal; }
.tex-text .katex { font-size: 1.08em; }
.tex-text .katex-display { margin: .5em 0; text-align: left; }
.tex-text .katex-display > .katex { text-align: left; }
@media (max-width: 46rem) {
  h1 { font-size: 1.4rem; }
  .bar { grid-template-columns: minmax(0, 1fr) auto; }
  .bar .body { grid-column: 1 / -1; grid-row: 2; }
  .figures li { flex: 1 1 8rem; }
  .numbers td, .numbers thead th:not(:first-child) { padding-left: .75rem; }
  .sample summary { grid-template-columns: minmax(0, 1fr) auto; }
  .preview { grid-row: 2; grid-column: 1 / -1; }
  .note { max-width: 9rem; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .3rem; }
}
"""
