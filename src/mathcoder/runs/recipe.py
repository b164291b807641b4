"""Recipes: YAML files that say what a run is asked, checked by a pydantic model.

Every error of a file is reported at once, one line each, with the file, the line and the key. Environment
variables are not put into values; a secret is named by the variable that holds it (`key_env`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from mathcoder.runs.yaml_tree import Place, YamlFault, YamlTree, read_yaml, write_yaml

__all__ = ["RecipeError", "RecipePart", "load_recipe", "resolved"]

T = TypeVar("T", bound=BaseModel)

_WORDS = {  # pydantic's for what is written in YAML
    "a valid array": "a list",
    "a valid boolean": "true or false",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "a valid string": "text",
    "an object": "a mapping",
}


class RecipePart(BaseModel):
    """What recipes and their sections derive from: immutable, and a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecipeError(ValueError):
    """A recipe that cannot be used.

    Attributes:
        lines: what is wrong, one line each, in the order of the file; the message is all of them.
    """

    def __init__(self, lines: Sequence[str]):
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def load_recipe(path: str | Path, model: type[T]) -> T:
    """Read a recipe.

    Values are checked strictly, as those of JSON are: a number in quotes is text, and `true` is not 1. Text is
    taken where the model asks for a path or for one of an enum, a list where it asks for a tuple or a set.

    Args:
        path: a YAML file of at most 256 KiB. Aliases and merge keys may be used, to at most 20,000 values.
        model: what the recipe must be. Every model in it should derive from `RecipePart`.

    Raises:
        RecipeError: the file cannot be read or does not fit the model.
    """
    path = Path(path)
    try:
        tree = read_yaml(path.read_bytes())
    except OSError as error:
        raise RecipeError([f"{path}: {error.strerror or error}; name a recipe that can be read"]) from error
    except YamlFault as fault:
        raise RecipeError([_said(path, fault)]) from None
    faults, recipe = list(tree.faults), None
    if not tree.broken:
        try:
            recipe = model.model_validate_json(json.dumps(tree.value), strict=True)
        except ValidationError as error:
            faults += [_fault(detail, model, tree) for detail in error.errors(include_url=False)]
    if faults or recipe is None:
        faults.sort(key=lambda fault: fault.line)
        raise RecipeError(list(dict.fromkeys(_said(path, fault) for fault in faults)))
    return recipe


def resolved(recipe: BaseModel) -> str:
    """The recipe as YAML with every default written out, in the order of the model. The same recipe gives the
    same text, and `load_recipe` reads it back."""
    return write_yaml(recipe.model_dump(mode="json"))


def _said(path: Path, fault: YamlFault) -> str:
    where = f"{path}:{fault.line}" if fault.line else str(path)
    return f"{where}: {' '.join(str(fault).split())}"


def _fault(detail: ErrorDetails, model: type[BaseModel], tree: YamlTree) -> YamlFault:
    """What pydantic found, in words, with the line of the key."""
    place = _in_file(detail["loc"], tree)
    kind, parent = detail["type"], place
    if kind == "missing":
        name = str(detail["loc"][-1])
        return YamlFault(tree.lines.get(place, 0), f"'{name}' is missing{_inside(place)}; add it")
    if not place:
        return YamlFault(0, _message(detail, ""))
    line, parent = tree.lines.get(place, 0), place[:-1]
    if kind != "extra_forbidden":
        return YamlFault(line, f"'{_dotted(place)}' {_message(detail, _shown(detail['input']))}")
    known = sorted({name for part in _models_at(model, detail["loc"][:-1]) for name in part.model_fields})
    near = get_close_matches(str(place[-1]), known, n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known) or 'nothing'}"
    return YamlFault(line, f"'{place[-1]}' is not known{_inside(parent)}; {hint}")


def _in_file(loc: Sequence[str | int], tree: YamlTree) -> Place:
    """pydantic's place without the names of union members, which are not in the file, and a missing key."""
    place: Place = ()
    for part in loc:
        if (*place, part) in tree.lines:
            place = (*place, part)
    return place


def _inside(place: Place) -> str:
    return f" in '{_dotted(place)}'" if place else ""


def _dotted(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _message(detail: ErrorDetails, shown: str) -> str:
    message = detail["msg"]
    if detail["type"] in ("value_error", "assertion_error"):  # a validator's own words
        words = message.split(", ", 1)[-1]
        return f"is not right: {words}" if shown else words
    if message.startswith("Input should"):
        message = message.removeprefix("Input ")
        for theirs, ours in _WORDS.items():
            message = message.replace(theirs, ours)
        return f"{message}, not {shown}" if shown else message
    return f"is not right: {message[:1].lower()}{message[1:]}"


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _models_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models whose keys can stand at a place; of a union, those that pydantic tried there."""
    models = [model]
    for part in loc:
        inner = [found for one in models for found in _models_in(_annotation(one, part))]
        tried = [one for one in models if part == one.__name__ or part in _literals(one)]
        models = inner or tried or models
    return models


def _annotation(model: type[BaseModel], name: str | int) -> object:
    return model.model_fields[name].annotation if name in model.model_fields else None


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _literals(model: type[BaseModel]) -> set[object]:
    fields = (field.annotation for field in model.model_fields.values())
    return {value for field in fields if get_origin(field) is Literal for value in cast("Any", get_args(field))}
