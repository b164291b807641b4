"""A row of signs to LaTeX: spaces, matching brackets, tables inside brackets.

An `Atom` is a sign, a word, or a finished group such as `\\frac{a}{b}`; `joined` writes a row of them the way a
person would: `2x`, `f(x)`, `a + b`, `-3`, `\\sin x`, `\\left(\\frac{1}{2}\\right)^{2}`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Atom", "Rows", "group", "joined", "matched", "scripted"]


class Atom(NamedTuple):
    kind: str  # of symbols.symbol; and text, space (`\\quad` if wide), gap, table, stack
    latex: str
    after: str = ""  # its scripts
    rows: Rows | None = None  # the cells of a table


Rows = list[list[list[Atom]]]

_TALL = re.compile(r"\\(?:frac|sum|int|iint|iiint|oint|prod|begin|binom|lim|big|overbrace|underbrace)")
_LETTER_END = re.compile(r"\\[A-Za-z]+$")
_MATRIX = {
    ("(", ")"): "pmatrix",
    ("[", "]"): "bmatrix",
    (r"\{", r"\}"): "Bmatrix",
    ("|", "|"): "vmatrix",
    (r"\|", r"\|"): "Vmatrix",
}
_OPERAND_BEFORE = frozenset(("ord", "num", "close", "text", "prime", "power", "table", "stack"))


def group(atoms: list[Atom]) -> str:
    return "{" + joined(atoms) + "}"


def joined(atoms: list[Atom]) -> str:
    """The LaTeX of a row."""
    atoms = _merged(atoms)
    pairs = matched(atoms)
    return _written(atoms, 0, len(atoms), pairs)


def matched(atoms: list[Atom]) -> dict[int, int]:
    """Index of each opening bracket (or bar) to the index of the one that closes it."""
    pairs: dict[int, int] = {}
    waiting: list[tuple[int, str]] = []
    operand = False
    for index, atom in enumerate(atoms):
        kind = atom.kind
        if kind == "open":
            waiting.append((index, "open"))
        elif kind == "close":
            while waiting and waiting[-1][1] != "open":
                waiting.pop()
            if waiting:
                pairs[waiting.pop()[0]] = index
        elif kind == "bar":
            if operand and waiting and waiting[-1][1] == atom.latex:
                pairs[waiting.pop()[0]] = index
            elif not operand and not atom.after:
                waiting.append((index, atom.latex))
                continue
        if kind != "space":
            operand = kind in _OPERAND_BEFORE or kind == "bar"
    return pairs


def _merged(atoms: list[Atom]) -> list[Atom]:
    """Words side by side become one text, spaces stay only beside words, `1,000` is one number."""
    out: list[Atom] = []
    gap, wide = False, False
    for atom in atoms:
        if atom.kind == "space":
            gap, wide = True, wide or bool(atom.latex)
            continue
        last = out[-1] if out else None
        if atom.kind == "text":
            words = (" " if gap and last else "") + atom.latex
            if last and last.kind == "text" and not last.after:
                joint = last.latex.rstrip(" ") + words if words.startswith(" ") else last.latex + words
                out[-1] = Atom("text", joint, atom.after)
            else:
                out.append(Atom("text", words, atom.after))
        else:
            if gap and last and last.kind == "text" and not last.after and not last.latex.endswith(" "):
                out[-1] = Atom("text", last.latex + " ")
            elif wide and last:
                out.append(Atom("gap", r"\quad"))
            if atom.latex == "{}" and last and last.kind in ("bar", "close"):  # the limits of an evaluation
                out[-1] = Atom(last.kind, last.latex, last.after + atom.after)
            elif not (atom.kind == "num" and _thousands(out, atom)):
                out.append(atom)
        gap = wide = False
    return out


def _thousands(out: list[Atom], atom: Atom) -> bool:
    """Whether `atom` was taken as the next three digits of a number such as 1 , 000."""
    if len(out) < 2 or not re.fullmatch(r"0\d\d", atom.latex):
        return False
    number, comma = out[-2], out[-1]
    if comma.latex != "," or number.kind != "num" or number.after or not re.fullmatch(r"[\d,]+", number.latex):
        return False
    out[-2:] = [Atom("num", f"{number.latex},{atom.latex}", atom.after)]
    return True


def _written(atoms: list[Atom], start: int, end: int, pairs: dict[int, int]) -> str:
    parts: list[str] = []
    closers: dict[int, str] = {}
    ends = set(pairs.values())
    before: Atom | None = None
    unary = False
    index = start
    while index < end:
        atom = atoms[index]
        text = atom.latex
        closing = pairs.get(index)
        if closing is not None:
            inner = atoms[index + 1 : closing]
            whole = _bracketed(atom, inner, atoms[closing])
            if whole:
                atom = Atom("ord", whole + atoms[closing].after)
                text, index, closing = atom.latex, closing, None
            elif any(_tall(item) for item in inner):
                text = rf"\left{text}" + (" " if text[-1].isalpha() else "")
                closers[closing] = rf"\right{atoms[closing].latex}"
            atom = Atom("open", text, atom.after) if closing is not None else atom
        elif index in closers:
            text = closers[index]
            atom = Atom("close", text, atom.after)
        elif atom.kind == "open" and _cases(atoms, index):
            atom = Atom("ord", environment("cases", atoms[index + 1].rows or []))
            text, index = atom.latex, index + 1
        elif atom.kind == "table":
            text = table(atom.rows or [])
        elif atom.kind == "stack":
            text = rf"\substack{{{joined((atom.rows or [])[0][0])} \\ {joined((atom.rows or [])[1][0])}}}"
        elif atom.kind == "text":
            text = rf"\text{{{text}}}"
        elif atom.kind == "bar" and index in ends:
            atom = Atom("close", text, atom.after)
        if atom.kind == "bin":
            unary = before is None or before.kind not in _OPERAND_BEFORE
        if parts and before is not None:
            parts.append(_space(before, atom, text, parts[-1], unary))
        parts.append(text + atom.after)
        before = Atom("bin1", "") if atom.kind == "bin" and unary else atom
        index += 1
    return "".join(parts)


def _space(before: Atom, atom: Atom, text: str, last: str, unary: bool) -> str:
    old, new = before.kind, atom.kind
    needed = " " if text[:1].isalpha() and _LETTER_END.search(last) else ""
    if new in ("punct", "prime", "power", "close") or old == "open" or atom.latex == "!":
        return needed
    if new in ("rel", "gap") or old in ("rel", "gap", "punct", "bin"):
        return " "
    if new == "bin":
        return needed if unary and old in ("open", "bin1") else " "
    if old == "bin1" or "/" in (before.latex, atom.latex):
        return needed
    if new == "text" or old == "text":
        return needed
    if new == "open":
        return needed if old in ("ord", "num", "close", "op", "prime", "power", "bar") else " "
    if old == "num" and new in ("ord", "op") and not text.startswith("\\frac"):
        return needed
    if old == "bar" or new == "bar":
        return needed if before.kind == "open" else " "
    return " "


def _tall(atom: Atom) -> bool:
    return atom.rows is not None or bool(_TALL.search(atom.latex)) or "\\frac" in atom.after


def _bracketed(opening: Atom, inner: list[Atom], closing: Atom) -> str:
    """A matrix or a binomial coefficient with its brackets; "" when it is neither."""
    if len(inner) != 1 or inner[0].rows is None or inner[0].after:
        return ""
    rows = inner[0].rows
    if inner[0].kind == "stack":
        if (opening.latex, closing.latex) != ("(", ")"):
            return ""
        return rf"\binom{group(rows[0][0])}{group(rows[1][0])}"
    name = _MATRIX.get((opening.latex, closing.latex))
    return environment(name, rows) if name else ""


def _cases(atoms: list[Atom], index: int) -> bool:
    following = atoms[index + 1] if index + 1 < len(atoms) else None
    return atoms[index].latex == r"\{" and following is not None and following.kind == "table"


def environment(name: str, rows: Rows, columns: str = "") -> str:
    lines = [" & ".join(joined(cell) for cell in row) for row in rows]
    return rf"\begin{{{name}}}{columns} " + r" \\ ".join(lines) + rf" \end{{{name}}}"


def table(rows: Rows) -> str:
    """A table without brackets: a chain of relations becomes `aligned`, anything else an `array`."""
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    chained = [_chain(row) for row in rows]
    if sum(parts is not None for parts in chained) * 2 >= len(rows) and len(rows) > 1:
        lines = [
            parts or "& " + " ".join(joined(cell) for cell in row)
            for parts, row in zip(chained, rows, strict=True)
        ]
        return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"
    if len(rows) == 1:
        return " ".join(filter(None, map(joined, rows[0])))
    if max(map(len, rows)) == 1:
        return environment("gathered", rows)
    return environment("array", rows, "{" + "l" * max(map(len, rows)) + "}")


def _chain(row: list[list[Atom]]) -> str | None:
    """`left & = right`, with what stands in further cells as a remark; None for a row without a relation."""
    for place, cell in enumerate(row):
        inside = _bracketed_places(cell)
        for index, atom in enumerate(cell):
            if atom.kind == "text":
                return None
            if atom.kind == "rel" and not inside[index]:
                left = [item for part in row[:place] for item in part] + cell[:index]
                right = cell[index:]
                rest = row[place + 1 :]
                if len(_bare(right)) == 1 and rest:
                    right, rest = right + rest[0], rest[1:]
                remark = " ".join(filter(None, map(joined, rest)))
                line = f"{joined(left)} & {joined(right)}".strip()
                return line + (f" & & {remark}" if remark else "")
    return None


def _bracketed_places(cell: list[Atom]) -> list[bool]:
    """For each sign, whether it stands between brackets."""
    pairs = matched(cell)
    closing = set(pairs.values())
    depth, inside = 0, list[bool]()
    for index in range(len(cell)):
        depth -= index in closing
        inside.append(depth > 0)
        depth += index in pairs
    return inside


def _bare(atoms: list[Atom]) -> list[Atom]:
    return [atom for atom in atoms if atom.kind != "space"]


def scripted(base: list[Atom], after: str) -> list[Atom]:
    """`base` with the scripts `after`: on its last sign where that says the same, on `{base}` otherwise."""
    base = [atom for atom in base if atom.kind != "space"]
    if not base:
        return [Atom("ord", "{}", after)]
    last = base[-1]
    if len(base) == 1 or (last.kind == "close" and matched(base).get(0) == len(base) - 1):
        if last.rows is not None or (last.after and not (last.after == "'" * len(last.after) and after[0] == "^")):
            return [Atom("ord", "{" + joined(base) + "}", after)]
        if last.kind == "text":
            return [Atom("ord", rf"\text{{{last.latex}}}", after)]
        return [*base[:-1], Atom(last.kind, last.latex, last.after + after)]
    if last.kind == "close" or base[0].kind == "open":  # a bracket whose other half stands outside the base
        return [*base[:-1], Atom(last.kind, last.latex, last.after + after)]
    return [Atom("ord", "{" + joined(base) + "}", after)]
