"""The page that a report is on, and how it looks. Knows nothing about evaluations."""

from __future__ import annotations

from mathcoder.assets.markup import Html, tag

__all__ = ["page"]

# Nothing is loaded from anywhere, and no script runs, should some markup get past `tag`.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'none'; base-uri 'none'; form-action 'none'"


def page(title: str, *parts: str) -> Html:
    """A whole document, of one file."""
    head = (
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
        Html(f"<style>{_STYLE}</style>"),
    )
    body = tag("body", tag("main", tag("h1", title), *parts))
    return Html(f"<!doctype html>\n{tag('html', tag('head', *head), body, lang='en')}\n")


# Every two outcomes differ in lightness by ten points (CIELAB) or more, in light and in dark.
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --raised: #f5f7f9; --line: #d5dbe1; --text: #16202a;
  --dim: #56626e; --link: #1a56a0; --bar: #7fb2e0; --whisker: #12263a; --tick: #8a5a00; --own: #a3000f;
  --good: #17683a; --bad: #b3261e; --code: #14527f; --notice: #fff4d6; --right: #174a84; --wrong: #e07a22;
  --ungradable: #f8da50; --invalid: #a856a8; --truncated: #b4bec8; --failed: #15181c; --edge: #0005; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --raised: #1c2229; --line: #38424c; --text: #e8edf2;
  --dim: #a3afba; --link: #8ebcf2; --bar: #35689b; --whisker: #f2f6fa; --tick: #e3b457; --own: #ff9a8f;
  --good: #7ed3a0; --bad: #ff9086; --code: #86bfec; --notice: #3d3312; --right: #2b68b0; --wrong: #ee8434;
  --ungradable: #f8da50; --invalid: #b069b8; --truncated: #b4bec8; --failed: #ffffff; --edge: #fff3; } }
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
.facts b, .counts b { color: var(--text); font-weight: 600; overflow-wrap: anywhere; }
.legend { margin: 0 0 1.25rem; font-size: .875rem; }
.notice { background: var(--notice); padding: .6rem .9rem; border-radius: 6px; }
summary { cursor: pointer; }
.more, .wide + .more { margin-top: 1rem; }
.bar { display: grid; grid-template-columns: 11rem 1fr 11rem; gap: .1rem 1.25rem; margin: 0 0 .9rem; }
.name, .value { display: flex; flex-direction: column; line-height: 1.3; overflow-wrap: anywhere; min-width: 0; }
.value { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.track { position: relative; height: 20px; background: linear-gradient(90deg, var(--line) 1px, #0000 1px) 0 0 / 25%
  100%, var(--raised); border-right: 1px solid var(--line); }
.track span { position: absolute; }
.fill { top: 2px; bottom: 2px; left: 0; background: var(--bar); border-radius: 0 2px 2px 0; }
.whisker { top: 5px; height: 10px; border: solid var(--whisker); border-width: 0 2px; min-width: 3px;
  background: linear-gradient(var(--whisker), var(--whisker)) 0 50% / 100% 2px no-repeat; }
.tick { top: 21px; height: 6px; border-left: 2px solid var(--tick); margin-left: -1px; }
.label { font-size: 12px; line-height: 15px; padding: 0 3px; margin: 0 2px; white-space: nowrap;
  color: var(--tick); background: var(--page); z-index: 1; }
.tick.own { border-color: var(--own); }
.label.own { color: var(--own); font-weight: 700; }
.axis { position: relative; height: 1.2rem; margin: 0 12.25rem; font-size: .75rem; color: var(--dim); }
.axis span { position: absolute; transform: translateX(-50%); }
.stack { display: flex; height: 20px; gap: 1px; }
.stack span { min-width: 3px; box-shadow: inset 0 0 0 1px var(--edge); }
.stacked { grid-template-columns: 11rem minmax(0, 1fr); }
.swatch { display: inline-block; width: .75em; height: .75em; margin-right: .4em; box-shadow: inset 0 0 0 1px
  var(--edge); }
.right { background: var(--right); } .wrong { background: var(--wrong); } .failed { background: var(--failed); }
.ungradable { background: var(--ungradable); } .invalid { background: var(--invalid); }
.truncated { background: var(--truncated); }
.small { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2.5rem; }
.small .bar { grid-template-columns: 8rem 1fr 8.5rem; gap: .1rem .75rem; align-items: start; }
.small .track { height: 16px; margin-top: 3px; } .small .whisker { top: 3px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
td { overflow-wrap: anywhere; }
tbody th { font-weight: 400; }
.numbers td, .numbers thead th { text-align: right; padding: .3rem 0 .3rem 1.5rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.solution { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 .5rem; overflow: hidden; }
.solution[open] { padding-bottom: .75rem; }
.solution summary { display: grid; grid-template-columns: 12rem 1fr minmax(7rem, auto); gap: .1rem 1rem;
  padding: .45rem .75rem; font-size: .875rem; }
.solution summary:hover { background: var(--raised); }
.id, .preview, .verdict { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.preview { color: var(--dim); }
.verdict { text-align: right; font-family: ui-monospace, monospace; max-width: 16rem; }
.question, .text, .solution pre, dl { margin: .6rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere;
  overflow: hidden; }
.question, .text { max-width: 52rem; }
.question { font-weight: 600; padding-top: .2rem; }
pre { font: .8125rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  overflow: hidden; }
figure { margin: .6rem .9rem; border-left: 3px solid var(--code); background: var(--raised);
  padding: .3rem 0 .4rem; }
.solution figure pre { margin: 0; padding: 0 .75rem; }
figcaption { font-size: .75rem; color: var(--code); padding: 0 .75rem; }
.output { border-color: var(--good); } .output figcaption { color: var(--good); }
.error { border-color: var(--bad); } .error figcaption { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .875rem; }
dt { color: var(--dim); } dd { margin: 0; min-width: 0; }
@media (max-width: 46rem) {
  h1 { font-size: 1.4rem; }
  .label { font-size: 11px; padding: 0 2px; }
  .bar, .small .bar { grid-template-columns: 1fr auto; }
  .bar .track, .stacked div { grid-column: 1 / -1; }
  .bar .track { grid-row: 2; }
  .small { grid-template-columns: 1fr; }
  .axis { margin: 0; }
  .numbers td, .numbers thead th { padding-left: .75rem; }
  .axis span:first-child { transform: none; } .axis span:last-child { transform: translateX(-100%); }
  .solution summary { grid-template-columns: 1fr auto; }
  .preview { grid-row: 2; grid-column: 1 / -1; }
  .verdict { max-width: 14.5rem; }
}
"""
