"""The index of one run: an SQLite file in the user's cache that holds its rows, ready to be looked through.

It is written in steps that each leave it whole: the rows of a step, and up to where the run was read, are one
transaction. So it is built, built on after an interruption and extended while a run grows in the same way, by
several processes at once if need be; what has been read can be looked at meanwhile. The run is never written.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, cast

from mathcoder.cache import cache_dir
from mathcoder.studio.traces.record import insert_row, read_line
from mathcoder.studio.traces.schema import SCHEMA, VERSION
from mathcoder.studio.traces.source import Source, Stamp, json_file, rows_file
from mathcoder.studio.traces.votes import COUNTING, SINGLE, Progress, count_votes

__all__ = ["About", "TraceIndex", "remove_index"]


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself.

    Attributes:
        made: whether there is one.
        rows: how many it holds.
        bad: lines of the run that are no rows; `why` is about the first of them.
        version: another one after each change.
        stamp: of the file that it was made from; None before it was.
        place: up to where that was read.
        edges: a hash of what was read.
        counted: whether the votes of all rows have been looked at.
    """

    made: bool = False
    rows: int = 0
    bad: int = 0
    why: str = ""
    version: int = 0
    stamp: Stamp | None = None
    place: int = 0
    edges: str = ""
    counted: bool = True


class TraceIndex:
    """The index of the run in a folder.

    Args:
        folder: of the run.
        cache: where indexes are kept; default: below the user's cache folder.
    """

    def __init__(self, folder: Path, cache: Path | None = None):
        self.folder = folder.resolve()
        name = hashlib.sha256(str(self.folder).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self.path = (cache or cache_dir() / "studio" / "traces") / f"{name}.sqlite"

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection, None, None]:
        """A connection that sees one state of the index and cannot change it.

        Raises:
            FileNotFoundError: it has not been made yet.
            sqlite3.DatabaseError: it is damaged.
        """
        if not self.path.exists():
            raise FileNotFoundError(self.path)
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as base:
            base.execute("PRAGMA mmap_size = 1073741824")
            base.execute("PRAGMA temp_store = MEMORY")
            base.execute("BEGIN")
            if base.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                raise FileNotFoundError(self.path)
            yield base

    def about(self) -> About:
        """What the index holds now; nothing where it has not been made."""
        try:
            with self.reading() as base:
                return _about(base)
        except (FileNotFoundError, sqlite3.DatabaseError):  # `extend` sees to it
            return About()

    def extend(self, progress: Progress) -> None:
        """Bring the index up to what the run's files hold: build it, extend it, or build it again.

        Raises:
            ValueError: the run cannot be read; one line.
            OSError: the run cannot be read, or the cache cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._extend(progress)
        except sqlite3.OperationalError as error:  # a full disk, a lock that is not given up
            raise OSError(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError:  # damaged, perhaps by a power cut; it can be made again
            self.remove()
            self._extend(progress)

    def remove(self) -> None:
        """Have it made again, from nothing."""
        remove_index(self.path)

    def _extend(self, progress: Progress) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=30)) as base:
            self.path.chmod(0o600)
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute("PRAGMA cache_size = -65536")
            base.execute("PRAGMA temp_store = MEMORY")
            if base.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                _reset(base)
            if (path := rows_file(self.folder)) is None:
                with _writing(base):
                    if _about(base).rows:
                        _reset_rows(base)
                return
            settings = json_file(self.folder / "run.json").get("settings")
            votes: Any = cast("dict[str, Any]", settings).get("votes") if isinstance(settings, dict) else None
            with Source(path) as source:
                self._read(base, source, SINGLE if votes in (None, 1) else COUNTING, progress)
            count_votes(base, progress)

    def _read(self, base: sqlite3.Connection, source: Source, vote: str, progress: Progress) -> None:
        with _writing(base):
            about = _about(base)
            if about.stamp is None or not source.goes_on_from(about.stamp, about.place, about.edges):
                _reset_rows(base)
                about = _about(base)
            start = about.place
        for place, lines in source.batches(start):
            with _writing(base):
                about = _about(base)
                if about.place != start:  # another process was faster; the next call sees what is left
                    return
                bad, why = _insert(base, lines, about.rows, vote, about.rows + about.bad + 2)
                _say(
                    base,
                    rows=about.rows + len(lines) - bad,
                    bad=about.bad + bad,
                    why=about.why or f"{source.stamp.name}: {why}" if bad else about.why,
                    version=about.version + 1,
                    stamp=json.dumps(astuple(source.stamp)),
                    place=place,
                    edges=source.edges(place),
                )
            start = place
            if not progress("rows", place / max(source.total, 1)):
                return
        with _writing(base):
            if _about(base).place == start:
                _say(base, stamp=json.dumps(astuple(source.stamp)), edges=source.edges(start))


def remove_index(path: Path) -> None:
    """Remove the file of an index, with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextmanager
def _writing(base: sqlite3.Connection) -> Generator[None, None, None]:
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


def _about(base: sqlite3.Connection) -> About:
    values = dict[str, Any](base.execute("SELECT name, value FROM about").fetchall())
    if stamp := values.pop("stamp", None):
        values["stamp"] = Stamp(*json.loads(stamp))
    waiting = base.execute("SELECT EXISTS (SELECT 1 FROM rows WHERE vote = 'counting')").fetchone()[0]
    return About(made=True, **values, counted=not waiting)


def _say(base: sqlite3.Connection, **values: object) -> None:
    base.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", values.items())


def _reset(base: sqlite3.Connection) -> None:
    """Make the tables, in the place of those of another version."""
    with _writing(base):
        if base.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return
        names = base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        if names:
            raise sqlite3.DatabaseError("an index of another version")
        for statement in SCHEMA.split(";"):
            base.execute(statement)
        base.execute(f"PRAGMA user_version = {VERSION}")


def _reset_rows(base: sqlite3.Connection) -> None:
    version = _about(base).version
    for table in ("about", "groups", "questions", "rows", "bodies"):
        base.execute(f"DELETE FROM {table}")
    base.execute("INSERT INTO words(words) VALUES ('delete-all')")
    _say(base, version=version + 1)


def _insert(
    base: sqlite3.Connection, lines: Sequence[bytes], place: int, vote: str, number: int
) -> tuple[int, str]:
    """Take rows in; how many lines are none, and what is wrong with the first of these."""
    bad, why = 0, ""
    for line_number, line in enumerate(lines, number):
        try:
            taken = read_line(line, vote)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            bad += 1
            why = why or f"line {line_number} is no row of an evaluation ({error or type(error).__name__})"
            continue
        place += 1
        insert_row(base, place, taken, line)
    return bad, why
