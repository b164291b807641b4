r"""A worked solution with code in it: cut so that a step is computed before the text tells what it comes to.

The text is cut at sentences and formulas only. What is said of a step before its code ran is its left side; the
formula as the author wrote it, with the result, follows the execution.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from mathcoder.instruct.math_places import Place, formulas
from mathcoder.solution import Block

__all__ = ["with_code"]

_COMPUTE = ("Compute", "Let us compute", "We compute", "Now compute", "Work out")
_GIVES = ("So", "This gives", "We get", "Hence")
_SUBORDINATE = re.compile(
    r"\W*(?:(?:but|and|now|also|then|so|however|note that),? )?"
    r"(?:since|because|if|as|when|while|although|given|for|once|after)\b",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"\W*(?:(?:now|then|thus|so|and|by),? )?[a-z]+ing\b", re.IGNORECASE)
_VERB = re.compile(r"\b(?:is|are|was|has|have|we|gives?|yields?|get|leaves?|makes?|means|leads?|shows?)\b")
_ADVERB = r"(?: (?:thus|therefore|then|also|simply|just|exactly|hence|only|equal to|given by))?"
_LEADS = re.compile(
    rf"(?<!there )(?<!there would )(?<!There )(?:\b(?:(?:is|are|be|was|were){_ADVERB}|equals?|equal to|of|by|"
    r"compute|find|evaluate|calculate)|:)\s*$"
)
_LEADS_TO_A_NAME = re.compile(
    r"(?:\b(?:have|get|gives?|obtain|find|then|so|thus|hence|therefore|that)|[,:]|^|¤[.]?)\s*$", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"(?:,\s+|(?<=¤)\s+(?=so\b)|\s+(?=and(?: (?:hence|thus|so|therefore)\b|\s*$)))"
    r"(?:(?:giving|yielding|making|leaving)(?: us)?|which (?:gives|yields|equals)(?: us)?|for a total of|"
    r"(?P<also>and(?: (?:that|then|we (?:have|get|find)))?(?=\s*$))|"
    r"(?P<then>(?:and )?(?:so|thus|hence|therefore)\b[^,.;:¤()]{0,80}))"
    r"(?: a total of)?(?=\s*$)"
)
_BORDER = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bvs)(?<!\bi\.e)(?<!\be\.g)[.!?][\"')]*\s+(?=[A-Z¤])|\n\s*\n"
)
_GOES_ON = re.compile(r",?\s*(?:and\s+)?(so|then|hence|thus|therefore|we (?:get|find|have|obtain))\b")


def with_code(text: str, places: Sequence[Place], key: str) -> tuple[Block, ...] | None:
    """The text with the code of the steps where they stand.

    Args:
        places: in order, apart from one another; each step's code is followed by what it printed.
        key: decides between ways of saying the same: the same key, the same words.

    Returns:
        None where the text before a step cannot be cut without leaving half a sentence.
    """
    masked = _masked(text)
    blocks: list[Block] = []
    carried, at = "", 0
    for number, place in enumerate(places):
        cut = _cut(text, masked, at, place, f"{key} {number}", first=not number)
        if cut is None:
            return None
        before, after, at = cut
        blocks.append(Block("text", (carried + before).strip()))
        blocks += [Block("code", place.step.code.strip()), Block("execution", place.output)]
        carried = after
    blocks.append(Block("text", (carried + text[at:]).strip()))
    return tuple(blocks) if all(map(_is_sound, blocks)) else None


def _is_sound(block: Block) -> bool:
    """Whether a text is not empty and closes the formulas and environments that it opens."""
    text = block.content
    dollars = re.sub(r"\\.", "", text).count("$")
    return block.type != "text" or (
        bool(text) and dollars % 2 == 0 and text.count("\\begin{") == text.count("\\end{")
    )


_Cut = tuple[str, str, int]
"""The text before the code, words that begin the text after it, and where that goes on."""


def _cut(text: str, masked: str, at: int, place: Place, key: str, first: bool) -> _Cut | None:
    border = max([at, *_borders(text, masked, at, place.start)])
    fragment = masked[border : place.start]
    if place.unknown and (cut := _after_equation(text, fragment, at, place)):
        return cut
    head = f"\\[{place.head}.\\]" if place.display else f"${place.head}$."
    if not place.unknown and _leads(fragment, place.head):
        gives = _chosen(_GIVES, key) + ("\n" if place.display else " ")
        return text[at : place.start] + head, gives, place.start
    compute = f"{_chosen(_COMPUTE, key)}{chr(10) if place.display else ' '}{head}"
    clause = _CLAUSE.search(fragment)
    if not place.unknown and clause and _is_whole(fragment[: clause.start()]):
        then = re.sub(r"^and (\w)", r"\1", clause["then"] or ("so" if clause["also"] else "this gives"))
        end = border + clause.start()
        after = then[0].upper() + then[1:] + text[border + clause.end() : place.start]
        return f"{_ended(text[at:end])} {compute}", after, place.start
    if border == at and not first:
        return None  # the text before ends with what is left of another formula
    if any(_told(condition, text[border : place.start]) for condition in place.step.conditions):
        return None  # the code would know a value before the text tells it
    asked = f"Solve ${place.head}$ for ${place.unknown}$." if place.unknown else compute
    return text[at:border] + asked, "", border


def _told(condition: str, text: str) -> bool:
    """Whether a text is where a value comes from: `a = 7`."""
    value = re.fullmatch(r"[A-Za-z_]\w*\s*=\s*-?[\d.,!\\]+", condition.strip())
    return value is not None and re.sub(r"\s", "", condition) in re.sub(r"\s", "", text)


def _after_equation(text: str, fragment: str, at: int, place: Place) -> _Cut | None:
    """The text with the equation, where a sentence can end with it."""
    rest = text[place.end :]
    asked = f" Solve this for ${place.unknown}$."
    shown = text[at : place.end]
    inside = re.sub(r"(?:\$\$?|\\[\])])$", "", shown).rstrip()
    if not _is_whole(fragment):
        return None
    if inside.endswith("."):
        return shown + asked, "", place.end
    if stop := re.match(r"\s*\.(?=\s|$)", rest):
        return shown + "." + asked, "", place.end + stop.end()
    goes_on = _GOES_ON.match(rest)
    comma = inside.endswith(",") or rest.startswith(",")
    if not goes_on or not comma:
        return None
    if inside.endswith(","):
        shown = inside[:-1] + shown[len(inside) :]
    word = goes_on[1]
    return f"{shown.rstrip()}.{asked}", word[0].upper() + word[1:], place.end + goes_on.end()


def _ended(text: str) -> str:
    """The text with a full stop, where it ends with a comma or a formula that does."""
    closing = re.search(r"[,;.]?\s*(\$\$?|\\[\])])$", text.rstrip(" ,;"))
    return f"{text[: closing.start()]}{closing[1]}." if closing else f"{text.rstrip(' ,;')}."


def _is_whole(fragment: str) -> bool:
    """Whether the words may be a sentence, as far as that can be seen: nothing is left open."""
    closed = fragment.count("(") == fragment.count(")") and not fragment.count('"') % 2
    open_clause = _SUBORDINATE.match(fragment) or (_PARTICIPLE.match(fragment) and not _VERB.search(fragment))
    return closed and bool(fragment.strip()) and ("," in fragment or not open_clause)


def _leads(fragment: str, head: str) -> bool:
    """Whether a sentence that begins so can end with the left side of a step."""
    if fragment.strip() and not _is_whole(fragment):
        return False
    if _LEADS.search(fragment):
        return "=" not in head
    return "=" in head and re.match(r"[A-Za-z\\]", head) is not None and bool(_LEADS_TO_A_NAME.search(fragment))


def _masked(text: str) -> str:
    """The text with a sign in place of each character of a formula."""
    parts: list[str] = []
    place = 0
    for formula in formulas(text):
        parts += [text[place : formula.start], "¤" * (formula.end - formula.start)]
        place = formula.end
    return "".join([*parts, text[place:]])


def _borders(text: str, masked: str, at: int, end: int) -> Iterator[int]:
    """Where sentences begin. Formulas end one with a full stop inside."""
    for match in _BORDER.finditer(masked, at, end):
        yield match.end()
    for match in re.finditer(r"¤+", masked[at:end]):
        closing = re.sub(r"(?:\$\$?|\\[\])]|\\end\{[a-z]+\*?\})\s*$", "", text[at : at + match.end()]).rstrip()
        if closing.endswith("."):
            yield at + match.end() + len(re.match(r"\s*", text[at + match.end() : end])[0])  # type: ignore[index]


def _chosen(ways: Sequence[str], key: str) -> str:
    return ways[zlib.crc32(key.encode()) % len(ways)]
