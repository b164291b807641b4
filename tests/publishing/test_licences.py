"""Licences as sources state them, which are let in, and what they leave for the whole."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.publishing.licence_table import LICENCES
from mathcoder.publishing.licences import Allowed, LicenceConflict, Whole, licence_of_whole, read_terms

# What is stated, and how SPDX writes it.
STATED = {
    "MIT": "MIT",
    "mit": "MIT",
    "MIT License": "MIT",
    "Licensed under the MIT license.": "MIT",
    "MIT-0": "MIT-0",
    "Apache-2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "https://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "Simplified BSD": "BSD-2-Clause",
    "BSD-3-Clause-Clear": "BSD-3-Clause-Clear",
    "https://opensource.org/licenses/MIT": "MIT",
    "https://spdx.org/licenses/EPL-2.0.html": "EPL-2.0",
    "The Unlicense": "Unlicense",
    "CC0": "CC0-1.0",
    "CC0 1.0 Universal": "CC0-1.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0-1.0",
    "Public domain": "LicenseRef-public-domain",
    "public domain (NIST, LICENSE seen)": "LicenseRef-public-domain",
    "CC BY-SA 4.0": "CC-BY-SA-4.0",
    "CC-BY-SA": "CC-BY-SA-4.0",
    "CC-BY-SA-3.0-US": "CC-BY-SA-3.0",
    "cc by sa 3": "CC-BY-SA-3.0",
    "CC-BY-SA-3.0 or later, MIT": "CC-BY-SA-3.0 AND MIT",
    "Creative Commons Attribution-NonCommercial 4.0 International (CC BY-NC 4.0)": "CC-BY-NC-4.0",
    "Creative Commons Attribution Share Alike 4.0": "CC-BY-SA-4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC-BY-SA-4.0",
    "http://creativecommons.org/licenses/by-nc-nd/3.0/us/deed.en": "CC-BY-NC-ND-3.0",
    "[CC-by-SA-4.0](https://creativecommons.org/licenses/by-sa/4.0/)": "CC-BY-SA-4.0",
    "GPL": "GPL-2.0-or-later",
    "GPL-3.0": "GPL-3.0-only",
    "GPL-3.0+": "GPL-3.0-or-later",
    "GNU General Public License v3 or later": "GPL-3.0-or-later",
    "GNU Lesser General Public License, version 2.1": "LGPL-2.1-only",
    "GPL-2.0-only WITH Classpath-exception-2.0": "GPL-2.0-only",
    "AGPL-3.0": "AGPL-3.0-only",
    "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html": "GPL-2.0-only",
    "GFDL-1.3": "GFDL-1.3-only",
    "GNU Free Documentation License 1.2": "GFDL-1.2-only",
    "Mozilla Public License 2.0": "MPL-2.0",
    "All rights reserved": "LicenseRef-all-rights-reserved",
    "https://arxiv.org/licenses/nonexclusive-distrib/1.0/": "LicenseRef-all-rights-reserved",
    # Several.
    "Apache-2.0, MIT": "Apache-2.0 AND MIT",
    "MIT, MIT": "MIT",
    "MIT/Apache-2.0": "MIT OR Apache-2.0",
    "MIT OR Apache-2.0": "MIT OR Apache-2.0",
    "(MIT OR Apache-2.0) AND CC-BY-4.0": "CC-BY-4.0 AND (MIT OR Apache-2.0)",
    "BSD-3 code / CC-BY text": "BSD-3-Clause AND CC-BY-4.0",
    "CC-BY-SA-4.0 / CC-BY-NC-SA-4.0 (LICENSE.md)": "CC-BY-SA-4.0 OR CC-BY-NC-SA-4.0",
}


@pytest.mark.parametrize(("text", "spdx"), STATED.items())
def test_read(text: str, spdx: str) -> None:
    assert str(read_terms(text)) == spdx


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "open", "unknown", "no licence file in repo", "GPL-4.0", "CC-BY-7.0", "MIT-like", "x" * 1000),
        "third-party page, no licence of its own (test fixture; repo code Apache-2.0)",
        "MIT (repo LICENSE); statements quoted from textbooks",
        "Not MIT",
        "MIT with the Commons Clause",
        "https://example.org/licenses/MIT",
        "MIT, " * 200,
    ],
)
def test_what_says_more_or_less_is_not_recognised(text: str) -> None:
    assert read_terms(text) is None


@st.composite
def expressions(draw: st.DrawFn) -> str:
    choices = draw(st.lists(st.lists(st.sampled_from(sorted(LICENCES)), min_size=1, max_size=3), max_size=3))
    return " AND ".join(f"({' OR '.join(choice)})" for choice in choices)


@given(expressions())
def test_terms_are_read_as_they_are_written(text: str) -> None:
    terms = read_terms(text)
    assert terms is None if not text else read_terms(str(terms)) == terms


@given(st.text(max_size=600) | st.text("ccbymitgplorand-/.0123 ,()", max_size=60))
def test_any_text_is_read(text: str) -> None:
    terms = read_terms(text)
    assert terms is None or read_terms(str(terms)) == terms
    assert (Allowed().why_not(text), Allowed(("MIT",)).why_not("MIT")) == (None, None)


# Tokens by licence as stated; the Hub's name of the licence, and the name.
WHOLES: list[tuple[dict[str | None, int], str, str]] = [
    ({"MIT": 5}, "mit", "MIT"),
    ({"MIT": 5, "Apache-2.0": 1, "BSD": 1}, "apache-2.0", "Apache-2.0"),
    ({"MIT": 5, "CC-BY-4.0": 1}, "cc-by-4.0", "CC-BY-4.0"),
    ({"public domain": 5}, "other", "public domain"),
    ({"public domain": 5, "CC0": 1}, "cc0-1.0", "CC0-1.0"),
    ({"CC-BY-3.0": 5, "CC-BY-4.0": 5}, "cc-by-4.0", "CC-BY-4.0"),
    ({"MIT": 99, "CC-BY-SA-4.0": 1}, "cc-by-sa-4.0", "CC-BY-SA-4.0"),
    ({"CC-BY-SA-3.0": 99, "CC-BY-SA-4.0": 1}, "cc-by-sa-4.0", "CC-BY-SA-4.0"),
    ({"CC-BY-SA-2.0": 1, "CC-BY-SA-2.5": 1}, "other", "CC-BY-SA-2.5"),
    ({"CC-BY-NC-4.0": 1, "MIT": 1, "CC-BY-4.0": 9}, "cc-by-nc-4.0", "CC-BY-NC-4.0"),
    ({"CC-BY-NC-4.0": 1, "CC-BY-NC-SA-3.0": 1}, "cc-by-nc-sa-3.0", "CC-BY-NC-SA-3.0"),
    ({"CC-BY-NC-SA-3.0": 1, "CC-BY-NC-SA-4.0": 1}, "cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0"),
    # One way, to version 3 only.
    ({"CC-BY-SA-4.0": 9, "GPL-3.0-only": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"CC-BY-SA-4.0": 9, "GPL-3.0-or-later": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"CC-BY-SA-4.0": 9, "GPL-2.0-or-later": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"CC-BY-SA-4.0": 9, "LAL-1.3": 1}, "cc-by-sa-4.0", "CC-BY-SA-4.0"),
    ({"GPL-2.0-or-later": 1, "GPL-3.0-or-later": 1}, "gpl-3.0", "GPL-3.0-or-later"),
    ({"GPL-2.0-or-later": 1, "GPL-2.0-only": 1}, "gpl-2.0", "GPL-2.0-only"),
    ({"GPL-2.0-or-later": 1, "Apache-2.0": 1}, "gpl-3.0", "GPL-3.0-or-later"),
    ({"GPL-3.0-only": 1, "AGPL-3.0-only": 1}, "agpl-3.0", "AGPL-3.0-only"),
    ({"LGPL-2.1-only": 1, "GPL-3.0-only": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"LGPL-2.1-or-later": 1, "LGPL-3.0-only": 1}, "lgpl-3.0", "LGPL-3.0-only"),
    ({"MPL-2.0": 1, "MIT": 9}, "mpl-2.0", "MPL-2.0"),
    ({"MPL-2.0": 1, "GPL-2.0-only": 1}, "gpl-2.0", "GPL-2.0-only"),
    ({"MPL-2.0": 1, "AGPL-3.0-only": 1}, "agpl-3.0", "AGPL-3.0-only"),
    ({"MPL-2.0": 2, "CC-BY-SA-4.0": 9, "GPL-3.0-only": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"EUPL-1.2": 1, "GPL-3.0-only": 1}, "gpl-3.0", "GPL-3.0-only"),
    ({"GFDL-1.1-or-later": 1, "GFDL-1.3": 1}, "gfdl", "GFDL-1.3-only"),
    ({"GFDL-1.3": 1, "CC-BY-4.0": 1}, "gfdl", "GFDL-1.3-only"),
    # A choice is made so that it fits.
    ({"MIT OR GPL-2.0-only": 1, "Apache-2.0": 1}, "apache-2.0", "Apache-2.0"),
    ({"CC-BY-SA-4.0 / CC-BY-NC-SA-4.0": 1, "CC-BY-NC-SA-4.0": 1}, "cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0"),
    ({"CC-BY-SA-4.0 / CC-BY-NC-SA-4.0": 1, "CC-BY-SA-3.0": 1}, "cc-by-sa-4.0", "CC-BY-SA-4.0"),
    ({"CC-BY-SA-3.0 OR GFDL-1.2-or-later": 1, "GFDL-1.3": 1}, "gfdl", "GFDL-1.3-only"),
    # What states none cannot be covered.
    ({"MIT": 9, None: 1}, "other", "MIT, in part"),
    ({"MIT": 9, "unknown": 1}, "other", "MIT, in part"),
    ({"MIT": 9, "the house licence": 1}, "other", "MIT, in part"),
    ({None: 3}, "unknown", "no licence that is stated"),
    ({}, "unknown", "no licence that is stated"),
]


@pytest.mark.parametrize(("tokens", "licence", "name"), WHOLES)
def test_whole(tokens: dict[str | None, int], licence: str, name: str) -> None:
    whole = licence_of_whole(tokens)
    assert (whole.licence, whole.name) == (licence, name)


CONFLICTS = [
    ({"CC-BY-SA-4.0": 9000, "CC-BY-NC-SA-4.0": 10}, "CC-BY-NC-SA-4.0 (10 tokens) and CC-BY-SA-4.0 (9,000 tokens)"),
    ({"CC-BY-SA-4.0": 9, "CC-BY-NC-4.0": 1}, "CC-BY-NC-4.0 (1 tokens) and CC-BY-SA-4.0 (9 tokens)"),
    ({"GFDL-1.3": 1, "CC-BY-SA-3.0": 9}, "GFDL-1.3-only (1 tokens) and CC-BY-SA-3.0 (9 tokens)"),
    ({"GFDL-1.2": 1, "GFDL-1.3": 9}, "GFDL-1.2-only (1 tokens) and GFDL-1.3-only (9 tokens)"),
    ({"GPL-2.0": 1, "GPL-3.0": 9}, "GPL-2.0-only (1 tokens) and GPL-3.0-only (9 tokens)"),
    ({"GPL-2.0": 1, "Apache-2.0": 9}, "GPL-2.0-only (1 tokens) and Apache-2.0 (9 tokens)"),
    ({"CC-BY-SA-3.0": 1, "GPL-3.0": 9}, "CC-BY-SA-3.0 (1 tokens) and GPL-3.0-only (9 tokens)"),
    ({"CC-BY-SA-4.0": 1, "AGPL-3.0": 9}, "CC-BY-SA-4.0 (1 tokens) and AGPL-3.0-only (9 tokens)"),
    ({"CC-BY-SA-1.0": 1, "CC-BY-SA-4.0": 9}, "CC-BY-SA-1.0 (1 tokens) and CC-BY-SA-4.0 (9 tokens)"),
    ({"EPL-2.0": 1, "GPL-3.0": 9}, "EPL-2.0 (1 tokens) and GPL-3.0-only (9 tokens)"),
    ({"MPL-2.0": 1, "CC-BY-SA-4.0": 9}, "MPL-2.0 (1 tokens) and CC-BY-SA-4.0 (9 tokens)"),
    ({"CC-BY-ND-4.0": 1, "MIT": 9}, "CC-BY-ND-4.0 (1 tokens) leaves no licence"),
    ({"All rights reserved": 1}, "LicenseRef-all-rights-reserved (1 tokens) leaves no licence"),
    ({"MIT code / CC-BY-NC-ND text": 1, "MIT": 9}, "CC-BY-NC-ND-4.0 AND MIT (1 tokens) leaves no licence"),
]


@pytest.mark.parametrize(("tokens", "names"), CONFLICTS)
def test_conflict_names_both_and_what_to_do(tokens: dict[str | None, int], names: str) -> None:
    with pytest.raises(LicenceConflict) as conflict:
        licence_of_whole(tokens)
    assert str(conflict.value).startswith(names)
    assert "; leave out what is under " in str(conflict.value)
    assert str(conflict.value).isprintable()


def test_three_licences_of_which_each_two_go_together() -> None:
    parts = {"CC-BY-SA-4.0": 5, "GPL-2.0-or-later": 3, "LAL-1.3": 1}
    for left_out in parts:
        if left_out != "CC-BY-SA-4.0":
            licence_of_whole({name: tokens for name, tokens in parts.items() if name != left_out})
    with pytest.raises(LicenceConflict, match=r"LAL-1\.3 \(1 tokens\)"):
        licence_of_whole(dict(parts))


def _whole_or_conflict(tokens: Mapping[str, int]) -> Whole | str:
    try:
        return licence_of_whole(dict(tokens))
    except LicenceConflict as conflict:
        return str(conflict)


@given(st.lists(st.tuples(expressions(), st.integers(1, 10**9)), max_size=5), st.randoms(use_true_random=False))
def test_whole_allows_every_part_in_any_order(parts: list[tuple[str, int]], order: random.Random) -> None:
    tokens = dict(parts)
    again = sorted(parts)
    order.shuffle(again)
    whole, same = _whole_or_conflict(tokens), _whole_or_conflict({text: tokens[text] for text, _ in again})
    assert whole == same
    if isinstance(whole, str):
        return
    name = whole.name.removesuffix(", in part").replace("public domain", "LicenseRef-public-domain")
    for terms in filter(None, map(read_terms, tokens)):
        assert terms.allow(LICENCES[name])
        assert not LICENCES[name].no_derivatives


def test_conditions_say_what_has_to_be_kept_to() -> None:
    whole = licence_of_whole({"CC-BY-NC-SA-4.0": 6, "MIT": 2, "no licence": 1, "house\n\nrules": 1})
    said = " ".join(whole.conditions)
    for part in ("No commercial use", "under CC-BY-NC-SA-4.0 again", "ask for: MIT.", "20.00% of the tokens"):
        assert part in said
    assert whole.unstated_share == pytest.approx(0.2)
    assert whole.unrecognised == (("house rules", 1),)
    assert licence_of_whole({"CC0": 1}).conditions == ()


# What is allowed, what is stated, and why it is dropped.
LET_IN: list[tuple[Allowed, str | None, str | None]] = [
    (Allowed(), None, None),
    (Allowed(), "CC-BY-ND-4.0", None),
    (Allowed(), "the house licence", None),
    (Allowed(unstated="drop"), None, "licence: not stated"),
    (Allowed(unstated="drop"), "no licence file in repo", "licence: not stated"),
    (Allowed(unstated="drop"), "open", "licence: not recognised: open"),
    (Allowed(unstated="drop"), "MIT", None),
    (Allowed(("CC-BY-SA-4.0",)), "CC BY-SA 4.0", None),
    (Allowed(("CC BY-SA 4.0",)), "CC-BY-SA-4.0", None),
    (Allowed(("CC-BY-SA-4.0",)), "CC-BY-NC-4.0", "licence: CC-BY-NC-4.0 is not among those allowed"),
    (Allowed(("CC-BY-SA-4.0",)), None, None),
    (Allowed(("CC-BY-SA-4.0",)), "a\x1b[31mb", "licence: not recognised: a\ufffd[31mb"),
    (Allowed(("permissive",)), "Apache-2.0, MIT", None),
    (Allowed(("permissive",)), "Apache-2.0, GPL-3.0", "licence: GPL-3.0-only is not among those allowed"),
    (Allowed(("permissive",)), "Apache-2.0 OR GPL-3.0", None),
    (Allowed(("share-alike",)), "CC-BY-NC-SA-4.0", "licence: CC-BY-NC-SA-4.0 is not among those allowed"),
    (Allowed(()), "MIT", "licence: MIT is not among those allowed"),
]


@pytest.mark.parametrize(("allowed", "stated", "why"), LET_IN)
def test_allowed(allowed: Allowed, stated: str | None, why: str | None) -> None:
    assert allowed.why_not(stated) == why


@pytest.mark.parametrize("name", ["CC-BY-SAA", "", "open", "MIT OR GPL-3.0", "MIT, ISC"])
def test_unknown_names_cannot_be_allowed(name: str) -> None:
    with pytest.raises(ValueError, match="no licence that is known; write SPDX names"):
        Allowed((name,))


def test_real_sources(data_dir: Path) -> None:
    stated: Counter[str] = Counter()
    for name in ("html/math_pages", "html/nonmath_pages", "code/math_notebooks", "code/math_py", "qa/proofnet"):
        with gzip.open(data_dir / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
            stated.update(json.loads(row)["licence"] for row in rows)
    for name in ("textbooks", "warc", "pdf"):
        rows = json.loads((data_dir / name / "INDEX.json").read_text(encoding="utf-8"))
        stated.update(row["licence"] for row in rows)
    # All but those that say that the licence is that of something else, or is none.
    unread = {text for text in stated if read_terms(text) is None}
    assert all(any(word in text for word in ("third-party", "no licence", ";")) for text in unread), unread
    assert len(stated) - len(unread) >= 20
    # Pages that may not be changed, and share-alike beside non-commercial.
    with pytest.raises(LicenceConflict):
        licence_of_whole(dict(stated))
    free = Allowed(("public domain", "permissive", "CC-BY-SA-3.0", "CC-BY-SA-4.0"), "drop")
    kept = {text: count for text, count in stated.items() if free.why_not(text) is None}
    assert licence_of_whole(dict(kept)).licence == "cc-by-sa-4.0"
