"""One formula of a TeX source, cleaned: macros expanded, labels and layout gone, no dollar inside."""

from __future__ import annotations

import re

from mathcoder.extraction.tex_macros import Macros, TooMuch
from mathcoder.extraction.tex_scan import LONGEST_FORMULA, close_brace

__all__ = ["DISPLAYED", "cleaned", "in_environment"]

# Environments that are a formula on their own; True: the name says how the lines stand, and stays.
DISPLAYED = {
    **dict.fromkeys("equation equation* displaymath math dmath dmath* empheq".split(), False),
    **dict.fromkeys(
        "align align* alignat alignat* flalign flalign* gather gather* multline multline* eqnarray eqnarray*"
        " IEEEeqnarray IEEEeqnarray* xalignat xalignat*".split(),
        True,
    ),
}
_GONE = re.compile(
    r"\\(?:label|tag\*?|index|intertext\s*\*?|hypertarget|phantom|hphantom|vphantom|ref|eqref|cite|glsadd|vspace\*?|mathtoolsset"
    r"|hspace\*?|raisebox|notag\b|nonumber\b)(?![A-Za-z])\s*(?:\[[^\]]*\])?(?:\{[^{}]*\})?"
    r"|\\(?:allowdisplaybreaks|displaybreak|noindent|avoidbreak|centering|qedhere|qed|nobreak|allowbreak|mathstrut"
    r"|strut|medskip|smallskip|bigskip|par|relax|hfill|hfil|null)(?![A-Za-z])"
)
_TEXT = re.compile(r"\\(?:text|mbox|hbox|textrm|textnormal|textit|textbf|intertext|mathrm|fbox|emph|textup)\s*\{")
_BLANKS = re.compile(r"[ \t]+")


def cleaned(formula: str, macros: Macros) -> str:
    """The formula as it is written out.

    Raises:
        TooMuch: it is longer than 50,000 characters, before or after macros were expanded, or never ends.
    """
    if len(formula) > LONGEST_FORMULA:
        raise TooMuch(f"a formula of {len(formula):,} characters: {formula[:40]!r}")
    formula = macros.expanded(formula) if macros and "\\" in formula else formula
    if len(formula) > LONGEST_FORMULA:
        raise TooMuch(f"a formula of {len(formula):,} characters after its macros: {formula[:40]!r}")
    if "\\" in formula:
        formula = formula.replace(r"\nicefrac", r"\frac").replace(r"\sfrac", r"\frac")
        formula = _GONE.sub("", formula.replace(r"\ensuremath", "").replace(r"\lefteqn", ""))
    if "$" in formula:
        formula = _without_dollars(formula)
    lines = [_BLANKS.sub(" ", line).strip() for line in formula.split("\n")]
    return "\n".join(line for line in lines if line)


def in_environment(name: str, body: str) -> str:
    """A displayed formula with its environment, where that says how its lines stand."""
    if not DISPLAYED[name]:
        return body
    argument = ""
    if name.startswith(("alignat", "xalignat", "IEEE")):
        found = re.match(r"\s*(\{[^{}]*\})\s*", body)
        argument, body = (found[1], body[found.end() :]) if found else ("", body)
    return f"\\begin{{{name}}}{argument}\n{body}\n\\end{{{name}}}" if body.strip() else ""


def _without_dollars(formula: str) -> str:
    """`\\text{if $x > 0$ only}` as `\\text{if }x > 0\\text{ only}`."""
    out: list[str] = []
    position = 0
    for match in _TEXT.finditer(formula):
        if match.start() < position:
            continue
        end = close_brace(formula, match.end())
        if end < 0 or "$" not in formula[match.end() : end]:
            continue
        out.append(formula[position : match.start()])
        for index, part in enumerate(re.split(r"(?<!\\)\$", formula[match.end() : end])):
            out.append(part if index % 2 else f"{match[0]}{part}}}" if part else "")
        position = end + 1
    out.append(formula[position:])
    return re.sub(r"(?<!\\)\$", "", "".join(out))
