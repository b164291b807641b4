"""Names for values, from the words around a number: "24 clips in May" gives `clips_in_may`. No model.

English only. A name is a valid Python variable of at most four words or so, never a keyword or a builtin.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterator, Sequence

__all__ = ["name_after", "name_before", "stated_names", "step_names", "unique_name"]

_MOST_WORDS = 4
_LONGEST = 40  # characters

_SKIP = set(
    """
    a an the his her their its my our your this that these those each every all some any such just only
    also about around exactly approximately total additional same of one two three four five six seven
    eight nine ten eleven twelve twenty thirty forty fifty hundred thousand
    """.split()
)
_PREPOSITIONS = set("in on for at from per with by to into during as inside outside without".split())
_STOP = set(
    """
    is are was were be been being am has have had having will would can could should must may might do
    does did he she they it i we you him them who which whom whose what when where while if then than so
    because since but and or nor not yet however after before until till once though although there here
    how why go goes went eat eats ate buy buys bought sell sells sold give gives gave take takes took
    make makes made get gets got spend spends spent cost costs pay pays paid need needs run runs ran walk
    sit leave leaves left want wants say says said let lets find found know knows knew think see sees saw
    put puts sleep read reads drink drinks drank keep kept lose lost win won bring brought come came
    catch caught lay lays again already now still ever never very much many later earlier ago together
    each altogether combined equal equals means mean giving leaving making that's it's he's she's they're
    there's long old tall wide deep high heavy away apart short too even out up down back off over under
    both else remaining respectively worth supposed able going times therefore currently finally overall
    first next thus similarly hence consequently also can't don't didn't he'll she'll they'll i'll we'll
    twice half
    """.split()
)
_GENERIC = set(
    """
    dollar dollars cent cents minute minutes hour hours day days week weeks month months year years
    second seconds foot feet inch inches mile miles pound pounds ounce ounces meter meters kilometer
    kilometers gram grams kilogram kilograms kg km cm liter liters gallon gallons percent people times
    points total number amount unit units one ones yard yards cup cups bucks mph x items things
    """.split()
)
_WEAK = set("total sum number amount it this that result answer value".split())
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|equals?|costs?|weighs?|takes?|earns?|earned|makes?|made|spends?|spent|pays?|paid|has|have"
    r"|had|gets?|got|needs?|needed|sold|sells|will|would|can|could|used|uses|left|bought|contributed|received|ate|gave)\b"
)
_RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "round", "print", "math"}
_MONTHS = {"may"}


def stated_names(question: str, start: int, end: int, kind: str) -> list[str]:
    """Names for a number that a question states, the best first; each may be empty.

    Args:
        start, end: the characters of the number.
        kind: how it is said; see `Quantity`.
    """
    sentence = re.split(r"(?<=[.!?])\s", question[:start])[-1]
    following = name_after(re.sub(r"^\s*(?:%|percent)", "", question[end:]))
    subject = name_before(_clause_before(sentence)) or name_before(sentence)
    if re.match(r"\s*times\b", question[end:]):
        following = [
            "times",
            *name_after(re.sub(r"^\s*times(?: as| more| the)?(?: many| much)?", "", question[end:])),
        ]
        return [_joined(following), _joined([*subject, *following])]
    if kind == "percent":
        tail = ["percent", *following] if following else ["percent"]
        return [_joined(tail if following else [*subject, *tail]), _joined([*subject, *tail])]
    if kind == "money":
        following = following or _phrase_after(question[end:])
        following = following if subject and not following else ["dollars", *following]
        return [_joined([*subject, *following][:_MOST_WORDS]), _joined([*subject, *following])]
    if not following or set(following) <= _GENERIC:
        tail = following or ["number", *_phrase_after(question[end:])]
        return [_joined([*subject, *tail]), _joined(tail)]
    return [_joined(following), _joined([*subject[-2:], *following])]


def step_names(sentence: str, start: int, end: int, value_start: int) -> list[str]:
    """Names for the result of a calculation, the best first; each may be empty.

    Args:
        start: where the arithmetic begins in the sentence.
        value_start, end: the characters of the result.
    """
    money = sentence[:value_start].rstrip().endswith("$")
    following = name_after(sentence[end:])
    lead = sentence[:start]
    if not following and (
        told := re.search(rf"(?<![\d.,]){re.escape(sentence[value_start:end])}(?![\d.,]\d)", lead)
    ):
        following, lead = name_after(lead[told.end() :]), lead[: told.start()]
    subject = name_before(_clause_before(lead)) or name_before(lead)
    opening = re.match(r"(?:On|In|At|After|During|For|By)\s+([^,\d]{3,40}),", sentence)
    when = name_after(opening[1])[:3] if opening else []
    if following and not money and not set(following) <= _GENERIC:
        return [_joined(following), _joined([*following, *when]), _joined([*subject[-2:], *following])]
    tail = following or (["dollars"] if money and not subject else [])
    return [_joined([*subject, *tail]), _joined([*subject, *tail, *when])]


def name_after(text: str) -> list[str]:
    """The words of the noun phrase that a text begins with, and of a phrase "in May" behind it."""
    words: list[str] = []
    pending = ""
    for word in _words_until_stop(text):
        if word in _SKIP and not (words and word == "of"):
            continue
        if word in _PREPOSITIONS or word == "of":
            if pending or not words:
                break
            pending = word
            continue
        if words and not pending and re.search(r"(?:ed|ing)$", word) and len(word) > 4:
            break
        words += [pending, word] if pending and pending != "of" else [word]
        if pending and len(words) >= _MOST_WORDS - 1:
            break
        pending = "" if pending != "of" else pending
        if len(words) >= _MOST_WORDS:
            break
    return words


def name_before(text: str) -> list[str]:
    """The words of the subject of a clause that ends where a number begins: "the total cost of pens is"."""
    verb = None
    for verb in _VERB.finditer(text):  # noqa: B007
        pass
    subject = text[: verb.start()] if verb else text
    words = [word for word in _plain_words(subject) if word not in _SKIP and word not in _PREPOSITIONS]
    kept: list[str] = []
    for word in reversed(words):
        if word in _STOP and word not in ("old", "left", "remaining", "cost"):
            if kept:
                break
            continue
        kept.insert(0, word)
        if len(kept) == _MOST_WORDS - 1:
            break
    return [] if set(kept) <= _WEAK - {"total"} else kept


def unique_name(names: Sequence[str], taken: Collection[str], otherwise: str = "amount") -> str:
    """The first of the names that is free, made valid; the first one numbered where none is."""
    valid = [_valid(name, otherwise) for name in names if name] or [otherwise]
    free = next((name for name in valid if name not in taken), None)
    return free or next(name for i in range(2, len(taken) + 3) if (name := f"{valid[0]}_{i}") not in taken)


def _valid(name: str, otherwise: str) -> str:
    name = re.sub(r"\W+", "_", name.lower()).strip("_") or otherwise
    if name[0].isdigit():
        return f"{otherwise}_{name}"
    return f"{name}_value" if name in _RESERVED else name


def _phrase_after(text: str) -> list[str]:
    """The words of "in the afternoon" where a text begins with that."""
    found = re.match(r"\s*(?:in|on|at|for|from|during|of)\s+(?:the\s+)?([A-Za-z]+)", text)
    return _plain_words(found[0]) if found else []


def _joined(words: list[str]) -> str:
    name = ""
    for i, word in enumerate(words):
        if i and words[i - 1] == word:
            continue
        longer = f"{name}_{word}" if name else word
        if len(longer) > _LONGEST:
            break
        name = longer
    parts = name.split("_")
    while parts and parts[-1] in _PREPOSITIONS | _SKIP:
        parts.pop()
    return "_".join(parts)


def _clause_before(text: str) -> str:
    text = re.sub(r"\b(?:that|which|who)\s*(?=\w+\W*$)", "", text)
    return re.split(r"[.!?;:,]\s|\b(?:so|if|then|and|but|because|since|that|which|when|while|means)\b", text)[-1]


def _plain_words(text: str) -> list[str]:
    words = re.findall(r"[A-Za-z][A-Za-z'’]+", text)
    words = [word for word in words if not re.search(r"['’](?!s?$)", word)]  # he'll, didn't
    return [
        word for word in (re.sub(r"['’]s?$|['’]", "", word).lower() for word in words) if word.isascii() and word
    ]


def _words_until_stop(text: str) -> Iterator[str]:
    """The words up to a stop word, a number or a sign; a hyphen joins ("year-old")."""
    for token in re.finditer(r"[A-Za-z][A-Za-z'’]*|[^\sA-Za-z]", text.lstrip(" -*")[:120]):
        word = token[0]
        if word in ("-", "–", "/"):
            continue
        if not word[0].isalpha():
            return
        plain = re.sub(r"['’]s?$|['’]", "", word)
        if (plain.lower() in _STOP or word.lower() in _STOP) and not (plain == "May" and plain.lower() in _MONTHS):
            return
        if plain.isascii() and plain:
            yield plain.lower()
