"""What a model was made of, and under which licences, from the cards that lie beside the data."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from mathcoder.publishing.card_parts import escaped
from mathcoder.publishing.licences import LicenceConflict, Whole, licence_of_whole
from mathcoder.training.recipe import SftRecipe
from mathcoder.training.run_folder import EMBEDDED, TrainingRun

__all__ = ["data_licences", "hub_base", "licence_front", "licence_section", "trained_on"]

_EMBEDDED_HUB, _EMBEDDED_LICENCE = "HuggingFaceTB/SmolLM2-135M-Instruct", "Apache-2.0"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_MOST_BYTES = 1 << 20


def hub_base(run: TrainingRun) -> str | None:
    """The name on the Hub of what training started from, where it has one."""
    name = run.recipe.base.weights or ""
    if name == EMBEDDED:
        return _EMBEDDED_HUB
    return name if _HUB_NAME.fullmatch(name) and not name.startswith(".") and not name.endswith(".gguf") else None


def trained_on(run: TrainingRun) -> list[str]:
    """The files that were trained on, as the recipe names them."""
    recipe = run.recipe
    if isinstance(recipe, SftRecipe):
        return [*recipe.data.train]
    return [*dict.fromkeys(path for source in recipe.sources.values() for path in source.files)]


def _licences(run: TrainingRun) -> list[tuple[str, str | None]]:
    """The base and each data set, with the licence as it is stated there; None: none that could be found."""
    found: list[tuple[str, str | None]] = []
    if name := run.recipe.base.weights:
        known = _EMBEDDED_LICENCE if name == EMBEDDED else next(iter(data_licences([name]).values()))
        found.append((f"the base model {hub_base(run) or Path(name).name}", known))
    for path, licence in data_licences(trained_on(run)).items():
        found.append((f"the data {'/'.join(Path(path).parts[-2:])}", licence))
    return found


def _whole(licences: Iterable[tuple[str, str | None]]) -> Whole | None:
    """The licence that all of them allow together; None: there is no such licence."""
    try:
        return licence_of_whole({**Counter(licence for _, licence in licences)}, "parts")
    except LicenceConflict:
        return None


def licence_front(run: TrainingRun) -> dict[str, str]:
    """What the front matter of the card says of the licence."""
    licences = _licences(run)
    whole = _whole(licences)
    if None in (licence for _, licence in licences):
        return {"license": "unknown"}
    if whole is not None and whole.licence != "other":
        return {"license": whole.licence}
    name = "none in common" if whole is None else whole.name
    return {
        "license": "other",
        "license_name": re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-"),
        "license_link": "README.md",
    }


def licence_section(run: TrainingRun) -> str:
    """The licences of what the model was made of, in Markdown, and what follows."""
    licences = _licences(run)
    whole = _whole(licences)
    if whole is None:
        result = "No licence can satisfy all of these; ask their owners before it is passed on."
    elif None in (licence for _, licence in licences):
        result = "Some state none, so nobody has said what may be done with the model."
    else:
        result = f"A licence that all of these allow for works made of them: {escaped(whole.name)}."
    lines = [f"- {escaped(name)}: {escaped(stated or 'not stated')}" for name, stated in licences]
    head = "What it was made of is under these licences:"
    return "\n".join([head, "", *lines, "", f"{result} This is no legal advice."])


def data_licences(paths: Iterable[str]) -> dict[str, str | None]:
    """The licence that the card of each data set or model states; None where there is no card, or none in it.

    A card is the README.md in the folder of a file, or in the one that this is in (`data/train-00000.parquet`).

    Args:
        paths: files, folders, and globs of files; all that share a card are one, named by its folder. Addresses
            and names on the Hub are themselves, without a licence.
    """
    found: dict[str, str | None] = {}
    for path in paths:
        card = None if "://" in path else _card(path)
        if card is None:
            found.setdefault(path, None)
        else:
            found[str(card.parent.resolve())] = _stated(card)
    return found


def _card(path: str) -> Path | None:
    first = Path(next(iter(sorted(glob.glob(path))), path))
    if not first.exists():
        return None
    folders = [first] if first.is_dir() else [first.parent, first.parent.parent]
    return next((folder / "README.md" for folder in folders if (folder / "README.md").is_file()), None)


def _stated(card: Path) -> str | None:
    """The licence in the front matter of a card."""
    yaml: Any = import_module("yaml")
    try:
        with card.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8")
        first, *rest = text.split("---\n", 2)
        read: object = {} if first or len(rest) < 2 else yaml.safe_load(rest[0])
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    front = cast("dict[str, object]", read) if isinstance(read, dict) else {}
    licence = front.get("license")
    if licence == "other":
        licence = front.get("license_name")
    return licence if isinstance(licence, str) and licence != "unknown" else None
