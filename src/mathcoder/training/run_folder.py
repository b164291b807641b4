"""The folder of a run of training, read: what was asked, what was measured and solved. Nothing is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import ValidationError

from mathcoder.rows import BadRow
from mathcoder.runs.yaml_tree import YamlFault, read_yaml
from mathcoder.solving.formats import Record, read_records
from mathcoder.training.facts import read_facts
from mathcoder.training.metrics import METRICS, Points, curves, read_metrics
from mathcoder.training.recipe import PretrainRecipe, SftRecipe

__all__ = ["EMBEDDED", "EMBEDDED_NAME", "TrainingRun", "read_solved"]

EMBEDDED, EMBEDDED_NAME = "embedded", "SmolLM2-135M-Instruct"
_RECIPES = {"sft": SftRecipe, "pretrain": PretrainRecipe}


class TrainingRun:
    """A run of training to look at, finished or not.

    Args:
        folder: of the run.

    Attributes:
        folder: of the run.
        kind: `sft` or `pretrain`.
        asked: `run.json`: versions, seeds, inputs.
        recipe_text: `recipe.yaml`.
        recipe: the same, read.
        facts: `facts.json`; empty where training has not begun.
        ended: when something was last done in it (seconds since 1970), None where that is not known.

    Raises:
        ValueError: the folder holds no such run, or it is damaged; the message is one line. What was measured and
            solved is read when it is asked for, and can raise it then.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.asked = _asked(self.folder)
        self.kind: Literal["sft", "pretrain"] = self.asked["kind"]
        self.recipe_text = _text(self.folder / "recipe.yaml")
        self.recipe = _recipe(self.folder / "recipe.yaml", self.recipe_text, self.kind)
        self.facts = read_facts(self.folder)
        self.ended = _last_time(self.folder / "log.jsonl")

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Those of `metrics.jsonl`."""
        return read_metrics(self.folder / METRICS)

    @cached_property
    def curves(self) -> dict[str, Points]:
        """See `mathcoder.training.metrics.curves`."""
        return curves(self.lines)

    @cached_property
    def held_out(self) -> dict[str, Points]:
        """The loss on what is held out, by source."""
        return {
            name.removeprefix("held_out/"): at for name, at in self.curves.items() if name.startswith("held_out/")
        }

    @property
    def step(self) -> int:
        """The step that was measured last."""
        return max((line["step"] for line in self.lines), default=0)

    @property
    def steps(self) -> int:
        """All that it was to have; 0 where that is not known."""
        return int(self.facts.get("steps", 0))

    @property
    def finished(self) -> bool:
        """Whether its model is there."""
        return (self.folder / "model").is_dir()

    @property
    def tokens(self) -> int:
        """That it was trained on."""
        return max((int(line["tokens"]) for line in self.lines), default=0)

    @property
    def seconds(self) -> float:
        """Of work."""
        return max((line["seconds"] for line in self.lines), default=0.0)

    @property
    def base(self) -> str:
        """What training started from, for a person."""
        name = self.recipe.base.weights
        return {None: "new weights", EMBEDDED: f"{EMBEDDED} ({EMBEDDED_NAME})"}.get(name, name or "")

    @property
    def inputs(self) -> list[Mapping[str, Any]]:
        """The files that were trained on: `path`, `size` and `sha256`."""
        return self.asked.get("inputs") or self.facts.get("data", {}).get("inputs", [])

    @property
    def packed(self) -> Mapping[str, Any]:
        """Facts of the rows that are trained on: `tokens`, `padding_share`, `sources` (`tokens`, `epochs`)."""
        return self._data("rows")

    @property
    def prepared(self) -> Mapping[str, Any]:
        """Facts of the data before it was packed."""
        return self._data("prepared")

    def _data(self, key: str) -> Mapping[str, Any]:
        data: object = self.facts.get("data")
        found = cast("dict[str, object]", data).get(key) if isinstance(data, dict) else None
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def solved(self) -> dict[int, list[Record]]:
        """The solutions that were kept, by step.

        Raises:
            ValueError: a file is damaged.
        """
        found = {step: read_solved(path) for step, path in self.solved_files.items()}
        return {step: records for step, records in found.items() if records}

    @property
    def solved_files(self) -> dict[int, Path]:
        """The files of solutions, by step."""
        paths = self.folder.glob("solved/step-*.jsonl")
        found = ((re.fullmatch(r"step-(\d+)", path.stem), path) for path in paths)
        return dict(sorted((int(match[1]), path) for match, path in found if match))


def read_solved(path: Path) -> list[Record]:
    """The solutions in a file of `solved_files`.

    Raises:
        ValueError: it is damaged; one line.
    """
    records: list[Record] = []
    for row in read_records(path):
        if isinstance(row, BadRow):
            raise ValueError(f"{row}; remove the file")
        records.append(row)
    return records


def _asked(folder: Path) -> dict[str, Any]:
    path = folder / "run.json"
    try:
        asked: object = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"{folder}: holds no run; name the folder that a training wrote") from None
    except (OSError, ValueError):
        raise ValueError(f"{path}: cannot be read; train again") from None
    found = cast("dict[str, Any]", asked) if isinstance(asked, dict) else {}
    if found.get("kind") not in _RECIPES:
        raise ValueError(f"{folder}: holds no run of training, but of {found.get('kind')!r}; name another folder")
    return found


def _recipe(path: Path, text: str, kind: str) -> SftRecipe | PretrainRecipe:
    try:
        return _RECIPES[kind].model_validate(read_yaml(text.encode()).value)
    except YamlFault as error:
        raise ValueError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        what = ": ".join([*map(str, first["loc"]), first["msg"]])
        raise ValueError(f"{path}: no recipe of training ({what})") from None


def _last_time(path: Path) -> float | None:
    """The time in the last whole line of a log."""
    for line in reversed(_text(path, missing="").splitlines()):
        try:
            return float(json.loads(line)["time"])
        except (ValueError, KeyError, TypeError):  # cut off by a kill
            continue
    return None


def _text(path: Path, missing: str | None = None) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if missing is not None:
            return missing
        raise ValueError(f"{path}: is missing; train again") from None
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path}: cannot be read; train again") from None
