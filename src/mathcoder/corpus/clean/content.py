"""What a text is made of: its formulas, code and tables, found first, and the words between them.

Formulas are those between dollars, `\\(..\\)`, `\\[..\\]` and the environments of LaTeX; code is fenced or in a
verbatim environment; tables are lines between bars, or a tabular environment. One pass finds them all, in time
linear in the length of any text: a formula ends before a blank line, and nothing is tried twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FENCE", "Content", "content", "program_share", "sample"]

# After a line's end; a fence that is not closed goes to the end, as in Markdown.
FENCE = r"[ ]{0,3}(?P<fence>`{3,4}|~{3,4})[^\n]*+(?:\n(?![ ]{0,3}(?P=fence))[^\n]*+)*+(?:\n[^\n]*)?"
_FORMULAS = (
    "equation align alignat aligned gather gathered multline eqnarray flalign displaymath math split cases array "
    "matrix pmatrix bmatrix vmatrix smallmatrix CD tikzcd tikzpicture"
).replace(" ", "|")
_TABLES = "tabular|tabularx|longtable|tabu"
_VERBATIM = ("verbatim", "lstlisting", "minted", "Verbatim", "alltt")
# Each alternative begins with one certain character, so that what is between is passed over quickly.
_MARKS = re.compile(
    rf"""
      \n(?P<code>{FENCE})
    | \n(?P<table>[ \t]*\|[^\n]*+(?:\n[ \t]*\|[^\n]*+)*+)
    | `(?P<inline_code>[^`\n]+)`
    | \$(?P<dollars>\$(?:[^$\\\n]++|\\.|\n(?![ \t]*\n)|\$(?!\$))*+\$\$)
    | \$(?P<dollar>(?:[^$\\\n]++|\\.|\n(?![ \t]*\n))*+\$)
    | \\(?P<bracket>\[(?:[^\\\n]++|\\[^][]|\n(?![ \t]*\n))*+\\\])
    | \\(?P<parenthesis>\((?:[^\\\n]++|\\[^)(]|\n(?![ \t]*\n))*+\\\))
    | \\(?P<environment>begin\{{(?P<formula>{_FORMULAS})\*?\}}
        (?:[^\\]++|\\(?!(?:begin|end)\{{(?P=formula)\*?\}}))*+\\end\{{(?P=formula)\*?\}})
    | \\(?P<rows>begin\{{(?P<kind>{_TABLES}|{"|".join(_VERBATIM)})\*?\}}
        (?:[^\\]++|\\(?!(?:begin|end)\{{(?P=kind)\*?\}}))*+\\end\{{(?P=kind)\*?\}})
    | \\(?P<command>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PASSED = ("command", "inline_code")
_INLINE = ("dollar", "parenthesis")
# What is left of LaTeX and HTML between the words.
_MARKUP = re.compile(
    r"""\$\$[^\n]*?\$\$ | \$[^$\n]*\$ | \\\[.*?\\\] | \\\(.*?\\\) | `[^`\n]*`
    | \\begin\{[^\n]*\\end\{\w+\*?\}
    | ^\.\.[ ][^\n]*::[^\n]*  # a directive of reStructuredText
    | [|]
    | \\(?:label|[a-z]*ref|cite\w*|begin|end|usepackage|includegraphics|input|include|documentclass)\*?
        (?:\[[^]\n]*\])?\{[^}\n]*\}
    | \\[A-Za-z@]+\*?
    | (?:https?://|www\.)[^\s)>\]]+
    | <[A-Za-z/!][^<>\n]*>
    | &\w+;""",
    re.VERBOSE | re.MULTILINE,
)
_SAMPLES, _READ, _SAMPLE = 8, 800, 400  # places in a text, characters read and kept at each

_PROGRAM = re.compile(
    r"""^[ \t]*(?:
        (?:def|class|import|return|raise|assert|yield|elif|while|public|private|static|const|let|var|function)\b.*
      | from[ ]\S+[ ]import\b.*
      | (?:if|for|else|try|except|finally|with|case|switch|do)\b[^\n]*[:{]
      | (?:@\w|//|/\*)[^\n]*
      | [\w.\[\]'", ]+[ ]?[-+*/|&]?=[ ]?\S[^\n]*
      | [\w.]+\([^\n]*\)[,;]?
      | [\w.]+,
      | [^\n]*[;{}(\[]
      | ["'][^\n]*["'][,)\]}]*(?:[ \t]*\#[^\n]*)?
      | [({\[][^\n]*[,)}\]]
      | [])}]+[,;:]?[^\n]{0,3}
    )[ \t]*$""",
    re.VERBOSE | re.MULTILINE,
)
_FILLED = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)
_BEGINNING = 8_000


@dataclass(frozen=True, slots=True)
class Content:
    """A text, taken apart.

    Attributes:
        lines: the text without code and tables, each formula in one line.
        cells: the text of tables.
        formulas, code, tables: characters in them.
    """

    lines: str
    cells: str
    formulas: int
    code: int
    tables: int


def content(text: str) -> Content:
    """The text, taken apart."""
    text = f"\n{text}"
    lines: list[str] = []
    cells: list[str] = []
    formulas = code = tables = done = 0
    for mark in _MARKS.finditer(text):
        what = mark.lastgroup
        if what in _PASSED:
            continue
        start, end = mark.span()
        if what in _INLINE:
            formulas += end - start
            if "\n" in mark[0]:
                lines += text[done:start], mark[0].replace("\n", " ")
                done = end
            continue
        lines += text[done:start], "\n"
        done = end
        if what == "code" or mark["kind"] in _VERBATIM:
            code += end - start
        elif what == "table" or what == "rows":
            cells.append(mark[0])
            tables += end - start
        else:
            lines += " ".join(mark[0].split()), "\n"
            formulas += end - start
    lines.append(text[done:])
    return Content("".join(lines), "".join(cells), formulas, code, tables)


def sample(parts: Content) -> str:
    """Words of natural language from all over a text, without formulas, LaTeX and HTML."""
    text = f"{parts.lines}\n{parts.cells}"
    step = max(len(text) // _SAMPLES, _READ)
    found = ""
    for start in range(0, len(text), step):
        # From the beginning of a line: formulas end with their line.
        begin = text.rfind("\n", max(0, start - _READ), start) + 1 if start else 0
        found += _MARKUP.sub(" ", text[begin or start : start + _READ])[:_SAMPLE] + "\n"
    return " ".join(found.split())


def program_share(text: str) -> float:
    """The share of lines that look like a program's, of the text's beginning and of those that are no comment."""
    beginning = text[:_BEGINNING]
    lines = len(_FILLED.findall(beginning))
    return len(_PROGRAM.findall(beginning)) / lines if lines > 2 and "\\begin{" not in beginning else 0.0
