"""The folder of a run of stages, read: the stages with their counts, rows kept and rejected, the data set.

Nothing is computed again and nothing is written; a run that is not finished has the stages it has. Its rows may be
more than memory holds, so they come batch by batch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast

__all__ = ["FinishedStage", "Kind", "StagedRun", "batches", "reason_class", "rows", "rows_by_id"]

Kind = Literal["corpus", "instruct"]

_ROWS_AT_ONCE = 512
_HELD = {"corpus": "corpus", "instruct": "instruction data"}


@dataclass(frozen=True, slots=True)
class FinishedStage:
    """A finished stage of a run.

    Attributes:
        folder: where its files are.
        name: such as "clean".
        rows_in, kept: counts of rows.
        dropped: how many rows by the class of their reason.
        data: the files of the rows it kept, in order.
        rejected: the files of the rows it dropped; they have a column `drop_reason`.
        seconds: of the work.
        params: what its result depends on.
        versions: of what made it.
    """

    folder: Path
    name: str
    rows_in: int
    kept: int
    dropped: Mapping[str, int]
    data: tuple[Path, ...]
    rejected: tuple[Path, ...]
    seconds: float
    params: Mapping[str, Any]
    versions: Mapping[str, str]

    def table(self, name: str) -> Path | None:
        """A table beside its rows, such as "clusters"; None where there is none."""
        path = self.folder / f"{name}.parquet"
        return path if path.is_file() else None


class StagedRun:
    """A run of `mathcoder corpus build`, or of another command that builds a data set in stages, to look at.

    Args:
        folder: of the run.
        kind: what it has to be a run of.

    Attributes:
        folder: of the run.
        asked: `run.json`: versions, seeds, inputs.
        recipe: the text of `recipe.yaml`, empty where there is none.
        name, about: what the recipe calls it and says of it; without a name, that of the folder.
        ended: when something was last done in it (seconds since 1970), None where that is not known.
        stages: those that are finished, in order.
        dataset: the Parquet files of the data set, in order; none where the run is not finished.
        card: the front matter of the data set's card, empty where there is none.

    Raises:
        ValueError: the folder holds no run of this kind, or it is damaged; the message is one line.
    """

    def __init__(self, folder: str | Path, kind: Kind):
        self.folder = Path(folder)
        self.asked = _asked(self.folder, kind)
        self.recipe = _text(self.folder / "recipe.yaml")
        called = _mapping(self.recipe, self.folder / "recipe.yaml")
        self.name = str(called.get("name") or self.folder.resolve().name)
        self.about = str(called.get("about") or "")
        self.ended = _last_time(self.folder / "log.jsonl")
        found = sorted(self.folder.glob("stages/[0-9]*-*/stage.json"), key=_number)
        self.stages = tuple(_stage(path) for path in found)
        self.dataset = tuple(sorted(self.folder.glob("dataset/data/*.parquet")))
        self.card = _front_matter(self.folder / "dataset" / "README.md")

    def stage(self, name: str) -> FinishedStage | None:
        """The stage of this name; None where the recipe left it out or it is not finished."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def before(self, name: str) -> FinishedStage | None:
        """The stage whose rows the stage of this name got."""
        place = [stage.name for stage in self.stages].index(name)
        return self.stages[place - 1] if place else None


def reason_class(reason: str) -> str:
    """What a `drop_reason` is counted by: its part before the first ": "."""
    return reason.partition(": ")[0]


def batches(files: Iterable[Path], columns: Sequence[str] | None = None) -> Iterator[Any]:
    """The rows of Parquet files as pyarrow record batches of some hundreds.

    Args:
        files: read one after another.
        columns: those that are wanted; one that a file does not have is left out. A field inside a list of structs
            is `computations.verdict`, and comes in its list.

    Raises:
        ValueError: a file cannot be read; the message is one line that names it.
    """
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    for path in files:
        try:
            with parquet.ParquetFile(path) as file:
                wanted = None if columns is None else _leaves(file.schema, columns)
                yield from file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=wanted)
        except (OSError, arrow.ArrowException) as error:
            raise _unreadable(path, error) from error


def rows(files: Iterable[Path], columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of Parquet files; see `batches`."""
    for batch in batches(files, columns):
        yield from batch.to_pylist()


def rows_by_id(files: Iterable[Path], ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The rows with these ids, by id. Parts of the files that cannot hold them are not read.

    Raises:
        ValueError: a file cannot be read.
    """
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    found: dict[str, dict[str, Any]] = {}
    for path in files if ids else ():
        try:
            table = parquet.read_table(path, filters=[("id", "in", list(ids))])
        except (OSError, arrow.ArrowException) as error:
            raise _unreadable(path, error) from error
        found |= {row["id"]: row for row in table.to_pylist()}
    return found


def _leaves(schema: Any, columns: Sequence[str]) -> list[str]:
    """The paths of a file's columns; inside lists they have further parts, which depend on the writer."""
    paths: list[str] = [schema.column(place).path for place in range(len(schema))]
    chosen: list[str] = []
    for column in columns:
        first, _, inner = column.partition(".")
        chosen += [
            path for path in paths if path.split(".")[0] == first and path.endswith(f".{inner}" * bool(inner))
        ]
    return chosen


def _asked(folder: Path, kind: Kind) -> dict[str, Any]:
    try:
        asked: object = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"{folder}: holds no run; name the folder that `mathcoder {kind} build` made") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder / 'run.json'}: cannot be read ({_line(error)}); build it again") from None
    found = cast("dict[str, Any]", asked).get("kind") if isinstance(asked, dict) else None
    if found != kind:
        holds = f"a run of '{found}'" if found else "another sort of run"
        raise ValueError(f"{folder}: holds {holds}, no {_HELD[kind]}; name the folder of a run of '{kind}'")
    return cast("dict[str, Any]", asked)


def _last_time(path: Path) -> float | None:
    """The time in the last whole line of a log."""
    for line in reversed(_text(path).splitlines()):
        try:
            return float(json.loads(line)["time"])
        except (ValueError, KeyError, TypeError):  # cut off by a kill
            continue
    return None


def _number(path: Path) -> tuple[int, str]:
    number, _, name = path.parent.name.partition("-")
    return int(number) if number.isdecimal() else 0, name


def _stage(path: Path) -> FinishedStage:
    folder = path.parent
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        stage = FinishedStage(
            folder,
            str(facts["stage"]),
            int(facts["rows_in"]),
            int(facts["kept"]),
            {str(reason): int(count) for reason, count in facts["dropped"].items()},
            tuple(folder / "data" / str(shard["file"]) for shard in facts["data"]),
            tuple(folder / "rejected" / str(shard["file"]) for shard in facts["rejected"]),
            float(facts["seconds"]),
            dict(facts["params"]),
            dict(facts["versions"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: cannot be read ({_line(error)}); build it again") from None
    for file in (*stage.data, *stage.rejected):
        if file.parent.parent != folder:
            raise ValueError(f"{path}: names a file outside its folder; build it again")
        if not file.is_file():
            raise ValueError(f"{file}: is missing; build it again")
    return stage


def _front_matter(path: Path) -> dict[str, Any]:
    """The YAML between the first two lines of "---"."""
    first, *rest = _text(path).split("---\n", 2)
    return {} if first or len(rest) < 2 else _mapping(rest[0], path)


def _mapping(text: str, path: Path) -> dict[str, Any]:
    yaml: Any = import_module("yaml")
    try:
        read: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not readable as YAML ({_line(error)}); build it again") from None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({_line(error)}); build it again") from None


def _unreadable(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path}: not readable as Parquet ({_line(error)}); build it again")


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
