"""The rules, one after another, on one document."""

from __future__ import annotations

import re
from functools import cache

from mathcoder.corpus.clean.boilerplate import tidied
from mathcoder.corpus.clean.content import Content, content, program_share, sample
from mathcoder.corpus.clean.language import Languages
from mathcoder.corpus.clean.repetition import repetition
from mathcoder.corpus.clean.rules import Cleaned, CleanRules
from mathcoder.corpus.sources.spec import KINDS, Kind

__all__ = ["clean"]

_DEFAULT = CleanRules()
# Of the lines: with more a text is a program; with more it may be one, and is no navigation.
_A_PROGRAM, _SOME_PROGRAM = 0.5, 0.2
# Escape is left out: printed colours begin with it.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ue000-\uf8ff]")
# Letters of UTF-8 that was read as Latin-1 or Windows-1252, such as "Ã©" and "â€™"; and what PDF readers write for
# a glyph without a name.
_TAIL = r"[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_UNDECODED = re.compile(rf"(?:[ÃÂÐÑÎÏ]{_TAIL}|â[\u0080-\u0099€]{_TAIL})+|\(cid:\d+\)")
_LOST = 0.2  # of a line
_HINTS = (*"ÃÂÐÑÎÏâ", "(cid:")
_SENTENCE = re.compile(
    r".{80}|(?:\S++\s++){7}\S|.{20}.*[.!?:;。！？：…][\"')\]*_’”]*$|.*[=<>+^√∑∫≤≥≈×÷→∈]|[^a-zA-Z]*$|[-+\d.,eE\s]*$"
)


def clean(text: str, language: str | None = None, kind: Kind = "web", rules: CleanRules = _DEFAULT) -> Cleaned:
    """The document without the lines that belong to its site, and whether it is worth keeping.

    Args:
        text: as a reader made it.
        language: what the page declares, such as `en-GB`.
        kind: of its source. Programs are judged by garbled characters, length and copies alone, wherever they are
            from; only web pages are tidied; books may be lists.
        rules: what is dropped.

    Raises:
        ValueError: an unknown kind, or a wanted language that cannot be told.
    """
    if kind not in KINDS:
        raise ValueError(f"the kind {kind!r} is none of {', '.join(KINDS)}")
    whole, removed = text, ()
    if kind == "web" and rules.tidy:
        whole, removed = tidied(text)
        if _garbled(whole) > rules.max_garbled * _size(whole):
            whole, lost = _without_garbled(whole)
            removed += lost
    return Cleaned(whole, _reason(text, whole, removed, language, kind, rules), removed)


def _reason(
    text: str, tidy: str, removed: tuple[str, ...], language: str | None, kind: Kind, rules: CleanRules
) -> str | None:
    size = _size(text)
    left = _size(tidy) if removed else size
    garbled = _garbled(tidy)
    if garbled > rules.max_garbled * left:
        return f"garbled: {garbled / left:.1%} of the characters"
    if size - left > rules.max_boilerplate * size:
        return f"boilerplate: {(size - left) / size:.0%} in {len(removed)} lines such as {removed[0][:80]!r}"
    if left < rules.min_characters:
        return f"too short: {left} characters"
    parts = None if kind == "code" else content(tidy)
    program = program_share(parts.lines) if parts else 1.0
    if program > _A_PROGRAM:
        parts = None
    if parts and kind != "textbook" and program < _SOME_PROGRAM and (found := _navigation(tidy, parts, rules)):
        return f"navigation: {found}"
    if found := repetition(tidy, parts, rules):
        return f"repetition: {found}"
    if parts and rules.languages:
        other = _languages(rules.languages).other(sample(parts), language, rules.min_letters)
        if other and other.certainty >= rules.min_certainty:
            return f"language: {other.language} ({other.certainty:.2f})"
    return None


def _size(text: str) -> int:
    return len(text) - sum(map(text.count, " \n\t\r\u00a0"))


def _garbled(text: str) -> int:
    control = len(_CONTROL.findall(text))
    hinted = any(sign in text for sign in _HINTS)
    return control + sum(map(len, _UNDECODED.findall(text))) if hinted else control


def _without_garbled(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the lines that are garbled, if that is not most of it; and those lines."""
    lines = text.split("\n")
    lost = {line for line in lines if line and _garbled(line) > _LOST * len(line)}
    left = "\n".join(line for line in lines if line not in lost)
    return (left, tuple(line for line in lines if line in lost)) if 2 * len(left) > len(text) else (text, ())


def _navigation(text: str, parts: Content, rules: CleanRules) -> str | None:
    """How little of a text is in sentences, if it has nothing else."""
    if parts.formulas or parts.code or parts.tables:
        return None
    lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
    if len(lines) < rules.min_navigation:
        return None
    sentences = sum(len(line) for line in lines if _SENTENCE.match(line))
    share = sentences / sum(map(len, lines))
    return f"{share:.0%} in sentences, of {len(lines)} lines" if share < rules.min_sentences else None


@cache
def _languages(wanted: tuple[str, ...]) -> Languages:
    return Languages(wanted)
