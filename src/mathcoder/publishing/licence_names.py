"""What a source states about a licence, read: names, addresses, and several of them.

- A Creative Commons licence without a version is 4.0, one for a country is as the international one, "BSD" is
  BSD-3-Clause, "Apache" is Apache-2.0. A GNU licence without a version is any version, as it says itself.
- "or" and "/" leave a choice ("MIT/Apache-2.0"), but "/" between parts ("MIT code / CC-BY text") does not; all
  else, such as the lists of The Stack, binds together.
- What says more than is understood here is not recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mathcoder.publishing.licence_table import LICENCES, PUBLIC_DOMAIN, RESERVED, Licence, fits, least

__all__ = ["Terms", "read_terms", "states_none"]

_MOST = 500  # characters of what is read as the name of a licence


@dataclass(frozen=True, slots=True)
class Terms:
    """What a document is under: of every choice, one of its licences."""

    choices: tuple[tuple[Licence, ...], ...]

    def __str__(self) -> str:
        """As SPDX writes it."""
        names = [" OR ".join(licence.spdx for licence in choice) for choice in self.choices]
        return " AND ".join(f"({name})" if " OR " in name and len(names) > 1 else name for name in names)

    def allow(self, whole: Licence) -> bool:
        """Whether the document may be part of a whole under this licence."""
        return all(any(fits(licence, whole) for licence in choice) for choice in self.choices)


# Names as they are written out, in the order in which they are replaced.
_WRITTEN_OUT = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"creative\s*commons", "cc"),
        (r"attribution", "by"),
        (r"non-?\s?commercial", "nc"),
        (r"share-?\s?alike", "sa"),
        (r"no-?\s?deriv(?:ative)?s?(?:\s+works)?", "nd"),
        (r"\bcc[ -]?(?:zero|0)\b(?:[ -]?1\.0)?(?: universal)?(?: public domain dedication)?", " cc0-1.0 "),
        (r"(?:gnu )?affero general public licen[cs]e", "agpl"),
        (r"(?:gnu )?(?:lesser|library) general public licen[cs]e", "lgpl"),
        (r"(?:gnu )?general public licen[cs]e", "gpl"),
        (r"(?:gnu )?free documentation licen[cs]e|\bfdl\b", "gfdl"),
        (r"\bwith [\w.-]*exception[\w.-]*", " "),
        (r"apache (?:software )?(?:licen[cs]e)?[, -]*(?:version|v\.?)? ?2(?:\.0)?\b|\bapache2\b", " apache-2.0 "),
        (r"mozilla public licen[cs]e[, ]*(?:version|v\.?)? ?", "mpl-"),
        (r"eclipse public licen[cs]e[, -]*(?:version|v\.?)? ?", "epl-"),
    )
]
_ADDRESSES = [
    (re.compile(r"https?://(?:www\.)?" + pattern + r"[^\s,;)\]}>\"']*"), name)
    for pattern, name in (
        (r"creativecommons\.org/publicdomain/zero", " cc0-1.0 "),
        (r"creativecommons\.org/(?:publicdomain/mark|licen[cs]es/publicdomain)", " public domain "),
        (r"creativecommons\.org/licen[cs]es/([a-z-]+)/(\d\.\d)", r" cc-\1-\2 "),
        (r"arxiv\.org/licen[cs]es/nonexclusive-distrib", " all rights reserved "),
        (r"gnu\.org/(?:licen[cs]es|copyleft)/(?:old-licen[cs]es/)?([al]?gpl|fdl)-(\d\.\d)", r" \1-\2 "),
        (r"gnu\.org/(?:licen[cs]es|copyleft)/([al]?gpl|fdl)\b", r" \1 "),
        (r"apache\.org/licen[cs]es/license-2\.0", " apache-2.0 "),
        (
            r"(?:opensource|spdx)\.org/licen[cs]es?/([a-z0-9.-]*?[a-z0-9])(?:\.html|\.txt|/)?(?=[\s,;)\]}>\"']|$)",
            r" \1 ",
        ),
    )
]
_ALSO = {
    PUBLIC_DOMAIN: "public domain|publicdomain|public domain mark|pd",
    RESERVED: "all rights reserved|proprietary",
    "MIT": "expat|x11|mit/x11",
    "Apache-2.0": "apache",
    "BSD-2-Clause": "bsd-2|2-clause bsd|simplified bsd|freebsd",
    "BSD-3-Clause": "bsd-3|3-clause bsd|new bsd|modified bsd|revised bsd|bsd",
    "Unlicense": "the unlicense",
    "BSL-1.0": "boost",
    "LAL-1.3": "free art licence 1.3|free art license 1.3",
    "ODC-By-1.0": "odc-by",
    "ODbL-1.0": "odbl",
    "PDDL-1.0": "pddl",
    "MPL-2.0": "mpl",
    "PSF-2.0": "psf",
}
_NAMED = {name.casefold().replace(" ", "-"): name for name in LICENCES} | {
    also.replace(" ", "-"): name for name, others in _ALSO.items() for also in others.split("|")
}
_GNU = {"gpl": ("2.0", "3.0"), "lgpl": ("2.1", "3.0"), "agpl": ("3.0",), "gfdl": ("1.1", "1.2", "1.3")}
_LATER = r"[ ,-]*or[ -](?:any[ -])?(?:later|newer)(?:[ -]version)?"
_VERSION = r"[ ,-]*(?:version |v\.? ?)?"
_NAMES = "|".join(re.escape(name).replace(r"\-", "[ -]") for name in sorted(_NAMED, key=len, reverse=True))
_TOKEN = re.compile(
    r"(?<![\w.])(?:"
    r"(?:cc[ -]*by|by(?=[ -](?:nc|sa|nd)\b))(?P<cc>(?:[ -]+(?:nc|sa|nd)\b)*)"
    rf"(?:{_VERSION}(?P<version>\d(?:\.\d)?)(?!\d)(?:-[a-z]{{2,3}}\b)?)?(?![\w-])"
    rf"|(?P<gnu>[al]?gpl|gfdl)(?:{_VERSION}(?P<number>\d(?:\.\d)?)(?:\.0)?(?!\d))?"
    rf"(?:-no-invariants)?(?:-only\b|(?P<later>\+|{_LATER}))?"
    rf"|(?P<named>{_NAMES})(?![\w-])"
    rf"|{_LATER}|(?P<word>(?!(?:or|and)\b)\w[\w.-]*))"
    r"|(?P<choice>\bor\b|[/|])|(?P<both>\band\b|[,;&])"
)
# Words that change nothing. Those of the second line name a part of a work.
_SILENT = frozenset(
    "a an all any branch by copying deed dual dual-licensed exception file files for generic in international is "
    "later legal legalcode licence licenced license license.md license.txt licensed licences licenses md of on "
    "only or-later public readme repo repository seen see software states terms the this txt under universal "
    "unported uk us use v version wikipedia with work".split()
)
_PARTS = frozenset(
    "code content contents docs documentation figures images notebooks posts prose text texts".split()
)
_NONE = re.compile(
    r"\b(?:no|none|not|without|unknown|unlicen[cs]ed|unspecified|missing|null|noassertion|third[ -]party)\b|n/a"
)


@lru_cache(maxsize=10_000)
def read_terms(text: str | None) -> Terms | None:
    """The licences that a source states, of a name, an address, or several; None where it says anything else."""
    if not text or len(text) > _MOST:
        return None
    choices: list[list[Licence]] = []
    matches = list(_TOKEN.finditer(_normal(text)))
    parts = any(match["word"] in _PARTS for match in matches)
    choice = False
    for match in matches:
        if match["word"]:
            if match["word"].strip(".-") not in _SILENT | _PARTS:
                return None
        elif match["choice"] or match["both"]:
            choice = bool(match["choice"]) and not (parts and match["choice"] != "or")
        elif (name := _name(match)) is not None:
            licence = LICENCES.get(name)
            if licence is None:
                return None
            if choice and choices:
                choices[-1].append(licence)
            else:
                choices.append([licence])
            choice = False
    distinct = {tuple(least(set(each))) for each in choices}
    return (
        Terms(tuple(sorted(distinct, key=lambda each: [licence.spdx for licence in each]))) if distinct else None
    )


def _normal(text: str) -> str:
    """In small letters, addresses and names written out as names, remarks in brackets removed."""
    text = text.casefold()
    for pattern, name in (*_ADDRESSES, *_WRITTEN_OUT):
        text = pattern.sub(name, text)
    text = re.sub(r"[\s_]+", " ", text)
    return re.sub(r"\(([^()]*)\)", lambda remark: remark[0] if _says(remark[1]) else " ", text)


def _says(remark: str) -> bool:
    return bool(_NONE.search(remark)) or any(_name(match) for match in _TOKEN.finditer(remark))


def _name(match: re.Match[str]) -> str | None:
    """The name of the licence that a match is, which may be none that there is; None: it is no licence."""
    if match["cc"] is not None:
        terms = [term for term in ("nc", "nd", "sa") if term in match["cc"]]
        version = match["version"] or "4.0"
        return "-".join(("CC", "BY", *map(str.upper, terms), version if "." in version else f"{version}.0"))
    if match["gnu"]:
        versions = _GNU[match["gnu"]]
        number = match["number"] or versions[0]
        if "." not in number:
            number = next((version for version in versions if version.startswith(number)), number)
        later = match["later"] or not match["number"]
        return f"{match['gnu'].upper()}-{number}-{'or-later' if later else 'only'}"
    return _NAMED[match["named"].replace(" ", "-")] if match["named"] else None


def states_none(text: str | None) -> bool:
    """Whether a source states no licence: it says nothing, or that there is none."""
    if not text or not text.strip():
        return True
    normal = _normal(text[:_MOST])
    return bool(_NONE.search(normal)) and not any(_name(match) for match in _TOKEN.finditer(normal))
