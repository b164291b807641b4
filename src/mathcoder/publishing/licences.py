"""Licences: what a source states, and what licence that leaves for the whole.

A licence of the whole is one under which every document may be passed on, changed as it is here: extraction and
translation make adaptations. That is known where the licences themselves, or those who publish them, say which
others an adaptation may have; comments in `licence_table` name where. The rest is judgement:

- Permissive and attribution licences ask for notices, which the rows keep; so they may stand under any licence but
  those that their publishers, or the FSF, call incompatible.
- Share-alike and copyleft bind the whole. One may see a dataset as a collection whose parts keep their own
  licences; this is stricter. File-level copyleft (MPL, EPL) is taken to bind in the same way. The licence is
  one that a part has, or another version of it.

Nothing here is legal advice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mathcoder.publishing.licence_names import Terms, read_terms, states_none
from mathcoder.publishing.licence_table import FAMILIES, LICENCES, Licence, fits, least

__all__ = ["Allowed", "Licence", "LicenceConflict", "Terms", "Whole", "licence_of_whole", "read_terms"]


class LicenceConflict(ValueError):
    """No licence of the whole can satisfy all; the message is one line that names two of them and what to do."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which licences a recipe lets in.

    Args:
        allow: names of licences, or of a family of them such as "permissive"; None: all.
        unstated: what becomes of documents that state no licence. With "drop" also those go whose licence is not
            recognised; with `allow` they go in any case.

    Raises:
        ValueError: a name in `allow` is not known.
    """

    allow: tuple[str, ...] | None = None
    unstated: Literal["keep", "drop"] = "keep"

    def __post_init__(self) -> None:
        for name in self.allow or ():
            terms = read_terms(name)
            if name not in FAMILIES and (terms is None or [len(choice) for choice in terms.choices] != [1]):
                raise ValueError(
                    f"allow names {name!r}, no licence that is known; write SPDX names such as CC-BY-SA-4.0, or "
                    f"families: {', '.join(FAMILIES)}"
                )

    def why_not(self, licence: str | None) -> str | None:
        """Why a document that states this is dropped, as a `drop_reason`; None: it may go in."""
        if states_none(licence):
            return "licence: not stated" if self.unstated == "drop" else None
        terms = read_terms(licence)
        if terms is None:
            gone = self.allow is not None or self.unstated == "drop"
            return f"licence: not recognised: {_line(licence or '')}" if gone else None
        if self.allow is None:
            return None
        gone = (choice for choice in terms.choices if not any(map(self._allows, choice)))
        first = next(gone, None)
        return f"licence: {Terms((first,))} is not among those allowed" if first else None

    def _allows(self, licence: Licence) -> bool:
        return any(name == licence.family or read_terms(name) == Terms(((licence,),)) for name in self.allow or ())


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))[:100]


@dataclass(frozen=True, slots=True)
class Whole:
    """The licence of a whole.

    Attributes:
        licence: its name at the Hugging Face Hub. "other" where it has none there, and where a part of the whole
            states no licence, which no licence can then cover; "unknown" where no part does.
        name: its SPDX name; with ", in part" where the rest states none.
        conditions: what whoever uses the whole has to keep to, a sentence each.
        unstated_share: of the tokens, what states no licence, or one that is not recognised.
        unrecognised: what was stated and is not recognised, with the tokens, the most first.
    """

    licence: str
    name: str
    conditions: tuple[str, ...]
    unstated_share: float
    unrecognised: tuple[tuple[str, int], ...] = ()


def licence_of_whole(tokens: Mapping[str | None, int], unit: str = "tokens") -> Whole:
    """The licence that documents can be published under together.

    Args:
        tokens: how many there are under each licence, as sources state them; None: none stated.
        unit: what is counted, where it is something else.

    Raises:
        LicenceConflict: there is no such licence.
    """
    known: Counter[Terms] = Counter()
    unrecognised: Counter[str] = Counter()
    total = 0
    for stated, count in tokens.items():
        total += count
        if (terms := read_terms(stated)) is not None:
            known[terms] += count
        elif stated is not None and not states_none(stated):
            unrecognised[_line(stated)] += count
    share = 1 - known.total() / total if total else 0.0
    rest = tuple(unrecognised.most_common())
    if not known:
        return Whole("unknown", "no licence that is stated", _unstated(share, unit), share, rest)
    whole = _chosen(known, unit)
    name = whole.spdx.removeprefix("LicenseRef-").replace("public-domain", "public domain")
    conditions = _conditions(whole, known) + _unstated(share, unit)
    if share:
        return Whole("other", f"{name}, in part", conditions, share, rest)
    return Whole(whole.hub, name, conditions, share, rest)


def _chosen(known: Counter[Terms], unit: str) -> Licence:
    """The best of the licences that all allow."""
    candidates = left = _candidates(known)
    before: list[Terms] = []
    for terms in sorted(known, key=lambda each: (-known[each], str(each))):
        left = [licence for licence in left if terms.allow(licence)]
        if not left:
            raise LicenceConflict(_conflict(terms, before, candidates, known, unit))
        before.append(terms)
    return left[0]


def _candidates(known: Iterable[Terms]) -> list[Licence]:
    """The licences that are there, the least demanding first, then other versions of them."""
    there = {licence for terms in known for choice in terms.choices for licence in choice}
    names = set(map(_unversioned, there))
    others = {licence for licence in LICENCES.values() if _unversioned(licence) in names} - there
    return [*least(there), *least(others)]


def _unversioned(licence: Licence) -> str:
    return re.split(r"-\d", licence.spdx)[0]


def _conflict(
    terms: Terms, before: Sequence[Terms], candidates: Sequence[Licence], known: Counter[Terms], unit: str
) -> str:
    def stated(each: Terms) -> str:
        return f"{each} ({known[each]:,} {unit})"

    out = f"leave out what is under {terms}, such as the sources that state it"
    allowed = [licence for licence in candidates if terms.allow(licence)]
    if not allowed:
        beside = f", beside {stated(before[0])}" if before else ""
        return f"{stated(terms)} leaves no licence to adaptations, which extracted texts are{beside}; {out}"
    other = next((other for other in before if not any(map(other.allow, allowed))), before[-1])
    return f"{stated(terms)} and {stated(other)} have no licence in common for adaptations of both; {out}"


def _conditions(whole: Licence, known: Iterable[Terms]) -> tuple[str, ...]:
    # Of a choice, the first that can be had.
    used = (next(each for each in choice if fits(each, whole)) for terms in known for choice in terms.choices)
    notices = sorted({licence.spdx for licence in used if licence.attribution} - {whole.spdx})
    said = [
        (
            whole.attribution,
            "Name the source of what you pass on: every row has its source and licence.",
        ),
        (bool(notices), f"Keep the notices that the rows' own licences ask for: {', '.join(notices)}."),
        (whole.non_commercial, "No commercial use."),
        (
            whole.share_alike,
            f"What you make of it and pass on has to be under {whole.spdx} again, or what it allows.",
        ),
    ]
    return tuple(sentence for holds, sentence in said if holds)


def _unstated(share: float, unit: str) -> tuple[str, ...]:
    text = (
        f"{share:.2%} of the {unit} state no licence, or none that is recognised: nobody has said what they allow."
    )
    return (text,) if share else ()
