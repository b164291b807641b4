"""The licences that are known: what each asks for, and what it allows its adaptations to be under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["FAMILIES", "LICENCES", "PUBLIC_DOMAIN", "RESERVED", "Family", "Licence", "fits", "least"]

Family = Literal["public domain", "permissive", "non-commercial", "copyleft", "share-alike", "no-derivatives"]
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that is known.

    Attributes:
        spdx: its SPDX name; `LicenseRef-...` where SPDX has none.
        family: what is characteristic of it. "no-derivatives" includes all rights reserved.
        attribution: authors and notices have to be named.
        share_alike: adaptations must have this licence, or one in `onward`.
        onward: the other licences that adaptations of it may have.
    """

    spdx: str
    family: Family
    attribution: bool = True
    share_alike: bool = False
    non_commercial: bool = False
    no_derivatives: bool = False
    onward: frozenset[str] = frozenset()

    @property
    def copyleft(self) -> bool:
        return self.family == "copyleft"

    @property
    def hub(self) -> str:
        """Its name at the Hugging Face Hub; "other" where it has none."""
        name = re.sub(r"-only$|-or-later$", "", self.spdx).lower()
        name = re.sub(r"^(gfdl|odc-by|odbl|pddl)-.*", r"\1", name)
        return name if name in _HUB else "other"


# https://huggingface.co/docs/hub/repositories-licenses
_HUB = frozenset(
    "apache-2.0 mit afl-3.0 artistic-2.0 bsl-1.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear cc0-1.0 cc-by-2.0 "
    "cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 "
    "cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 "
    "wtfpl ecl-2.0 epl-1.0 epl-2.0 eupl-1.1 agpl-3.0 gfdl gpl-2.0 gpl-3.0 lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl "
    "mpl-2.0 odc-by odbl osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl".split()
)
PUBLIC_DOMAIN = "LicenseRef-public-domain"
RESERVED = "LicenseRef-all-rights-reserved"
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
# From the least demanding to the most, so far as they can be held against one another.
_PERMISSIVE = (
    "WTFPL 0BSD MIT-0 ISC Zlib BSL-1.0 PostgreSQL NCSA UPL-1.0 MIT BSD-1-Clause BSD-2-Clause BSD-3-Clause "
    "BSD-3-Clause-Clear BSD-4-Clause PSF-2.0 Python-2.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 ODC-By-1.0 "
    "AFL-3.0 ECL-2.0 LPPL-1.3c Artistic-2.0 Apache-2.0"
)
_GPL3 = "GPL-3.0-or-later GPL-3.0-only AGPL-3.0-or-later AGPL-3.0-only"
_GPL = f"GPL-2.0-or-later GPL-2.0-only {_GPL3}"
_LGPL3 = "LGPL-3.0-or-later LGPL-3.0-only"
# What each allows its adaptations to be under besides itself.
_COPYLEFT = {
    # MPL-2.0, 1.12 and 3.3 (Secondary Licenses); MPL-1.1, 6.2; EPL-1.0, 7; EUPL-1.1 and 1.2, Appendix, without the
    # licences that it names for works other than software; CeCILL-2.1, 5.3.4.
    "MS-PL": "",
    "OFL-1.1": "",
    "OSL-3.0": "",
    "CDDL-1.0": "",
    "EPL-1.0": "EPL-2.0",
    "EPL-2.0": "",
    "MPL-1.1": "MPL-2.0",
    "MPL-2.0": f"LGPL-2.1-or-later LGPL-2.1-only {_LGPL3} {_GPL}",
    "EUPL-1.1": "EUPL-1.2 GPL-2.0-only OSL-3.0 EPL-1.0",
    "EUPL-1.2": "MPL-2.0 LGPL-2.1-only LGPL-3.0-only GPL-2.0-only GPL-3.0-only AGPL-3.0-only OSL-3.0 EPL-1.0 "
    "CECILL-2.1",
    "CECILL-2.1": f"{_GPL} EUPL-1.2",
    # LGPL-2.1, 3 (turns into the GPL 2 or any later); LGPL-3.0 is the GPL 3 with permissions; GPL-3.0, 13 (with
    # the AGPL 3); and https://www.gnu.org/licenses/gpl-faq.html#AllCompatibility
    "LGPL-2.1-or-later": f"LGPL-2.1-only {_LGPL3} {_GPL}",
    "LGPL-2.1-only": _GPL,
    "LGPL-3.0-or-later": f"LGPL-3.0-only {_GPL3}",
    "LGPL-3.0-only": "GPL-3.0-only AGPL-3.0-only",
    "GPL-2.0-or-later": f"GPL-2.0-only {_GPL3}",
    "GPL-2.0-only": "",
    "GPL-3.0-or-later": _GPL3,
    "GPL-3.0-only": "AGPL-3.0-only",
    "AGPL-3.0-or-later": "AGPL-3.0-only",
    "AGPL-3.0-only": "",
    # GFDL, 10. Its way to CC-BY-SA (GFDL-1.3, 11) was open until 1 August 2009.
    "GFDL-1.1-or-later": "GFDL-1.1-only GFDL-1.2-or-later GFDL-1.2-only GFDL-1.3-or-later GFDL-1.3-only",
    "GFDL-1.1-only": "",
    "GFDL-1.2-or-later": "GFDL-1.2-only GFDL-1.3-or-later GFDL-1.3-only",
    "GFDL-1.2-only": "",
    "GFDL-1.3-or-later": "GFDL-1.3-only",
    "GFDL-1.3-only": "",
}
# https://creativecommons.org/compatiblelicenses: both ways with the Free Art Licence, one way to the GPL 3 (only).
_BEYOND = {"CC-BY-SA-4.0": "LAL-1.3 GPL-3.0-only", "LAL-1.3": "CC-BY-SA-4.0"}
# What https://www.gnu.org/licenses/license-list.html calls incompatible: Apache-2.0 with the GPL 2, the
# advertising clause with any. It calls CC-BY-4.0 compatible and says nothing of those before it.
_REFUSED = {
    "Apache-2.0": ("GPL-2.0-or-later", "GPL-2.0-only", "LGPL-2.1-or-later", "LGPL-2.1-only"),
    **dict.fromkeys(
        ("BSD-4-Clause", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0"),
        tuple(name for name in _COPYLEFT if "GPL" in name),
    ),
}


def _known() -> dict[str, Licence]:
    """All licences, the least demanding first."""

    def alike(name: str, family: Family, onward: str, non_commercial: bool = False) -> Licence:
        ways = frozenset(onward.split()) | frozenset(_BEYOND.get(name, "").split())
        return Licence(name, family, share_alike=True, non_commercial=non_commercial, onward=ways)

    def later(start: str, version: str) -> str:
        # CC-BY-SA-2.0 and later, 4(b), and those with NC, allow their later versions.
        return " ".join(f"{start}-{other}" for other in _VERSIONS if "1.0" != version < other)

    known = [Licence(name, "public domain", False) for name in (PUBLIC_DOMAIN, "Unlicense", "PDDL-1.0", "CC0-1.0")]
    free = ("WTFPL", "0BSD", "MIT-0")
    known += [Licence(name, "permissive", name not in free) for name in _PERMISSIVE.split()]
    known += [Licence(f"CC-BY-{version}", "permissive") for version in _VERSIONS]
    known += [Licence(f"CC-BY-NC-{version}", "non-commercial", non_commercial=True) for version in _VERSIONS]
    known += [alike(name, "copyleft", onward) for name, onward in _COPYLEFT.items()]
    known += [alike(name, "share-alike", "") for name in ("CDLA-Sharing-1.0", "ODbL-1.0")]
    for start, bound in (("CC-BY-SA", False), ("CC-BY-NC-SA", True)):
        family = "non-commercial" if bound else "share-alike"
        known += [alike(f"{start}-{version}", family, later(start, version), bound) for version in _VERSIONS]
    known.append(alike("LAL-1.3", "share-alike", ""))
    for start, bound in (("CC-BY-ND", False), ("CC-BY-NC-ND", True)):
        for version in _VERSIONS:
            known.append(Licence(f"{start}-{version}", "no-derivatives", True, False, bound, True))
    known.append(Licence(RESERVED, "no-derivatives", True, False, True, True))
    return {licence.spdx: licence for licence in known}


LICENCES: Mapping[str, Licence] = _known()
"""Those that are known, by their SPDX names."""
_PLACE = {name: place for place, name in enumerate(LICENCES)}


def fits(part: Licence, whole: Licence) -> bool:
    """Whether an adaptation of what is under `part` may be under `whole`, its own notices kept."""
    if part.no_derivatives or whole.no_derivatives:
        return False
    if part == whole or part.share_alike:
        return part == whole or whole.spdx in part.onward
    if part.non_commercial and not whole.non_commercial:
        return False
    return _PLACE[part.spdx] < _PLACE[whole.spdx] and whole.spdx not in _REFUSED.get(part.spdx, ())


def least(licences: Iterable[Licence]) -> list[Licence]:
    """In order, the least demanding first."""
    return sorted(licences, key=lambda licence: _PLACE[licence.spdx])
