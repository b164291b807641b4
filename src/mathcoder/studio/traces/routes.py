"""What the views of an evaluation ask the studio's server. All of it is reading; no answer holds markup."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fastapi import APIRouter, HTTPException, Request, Response

from mathcoder.studio.traces.building import Indexes, Indexing
from mathcoder.studio.traces.comparing import KINDS, Comparisons
from mathcoder.studio.traces.query import (
    FACETS,
    Filters,
    Overview,
    find_place,
    found_rows,
    neighbours,
    overview,
    samples_of,
    whole_row,
)
from mathcoder.studio.traces.scored import scores_of
from mathcoder.studio.traces.source import json_file

if TYPE_CHECKING:
    from mathcoder.studio.context import Studio

__all__ = ["routes"]

_WAIT = 0.4  # seconds for which the index of a small run is waited for
_PAGE, _MOST_ROWS = 50, 200  # rows of a page

T = TypeVar("T")


class _Kept:
    """The last few answers that take long to find, by what was asked and of which state of the index."""

    def __init__(self, most: int):
        self._most, self._answers, self._lock = most, OrderedDict[Hashable, Any](), threading.Lock()

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast("T", self._answers[key])
        answer = find()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer


def routes(studio: Studio, indexes: Indexes | None = None) -> APIRouter:
    """The routes below `/traces`.

    GET /traces/RUN            what was asked, the scores, and how far the index is
    GET /traces/RUN/rows       a page of the rows that filters leave, and what there is to filter by
    GET /traces/RUN/solution   one row whole, and which ones stand beside it under the same filters
    GET /traces/RUN/compare/OTHER   two runs problem by problem
    """
    router = APIRouter(prefix="/traces")
    opened = indexes or Indexes()
    overviews, scores, comparisons = _Kept(32), _Kept(8), Comparisons()

    def indexing(name: str) -> Indexing:
        return opened.of(studio.run(name, "evaluation").folder)

    def overview_of(base: sqlite3.Connection, found: Indexing, filters: Filters) -> Overview:
        version = base.execute("SELECT value FROM about WHERE name = 'version'").fetchone()
        key = found.index.path, version, repr(replace(filters, sort="place"))
        return overviews.get(key, lambda: overview(base, filters))

    @router.get("/{name}")
    def about(name: str) -> Response:
        found = indexing(name)
        state = found.state(_WAIT)
        answer: dict[str, Any] = {"state": state.to_json(), "asked": {}, "scores": None, "errors": []}
        try:
            answer["asked"] = json_file(found.index.folder / "run.json")
            with _reading(found) as base:
                changed = _changed(found)
                answer["scores"] = scores.get(
                    (found.index.path, state.about.version, changed), lambda: scores_of(found.index.folder, base)
                )
        except ValueError as error:
            answer["errors"].append(str(error))
        except HTTPException:
            pass  # `state` says it
        return _json(answer)

    @router.get("/{name}/rows")
    def rows(name: str, request: Request, start: int = 0, count: int = _PAGE) -> Response:
        filters, found = _filters(request), indexing(name)
        state = found.state(_WAIT)
        with _reading(found) as base:
            whole = overview_of(base, found, filters)
            shown = found_rows(base, filters, whole.groups, max(0, start), min(max(1, count), _MOST_ROWS))
        answer = {name: getattr(whole, name) for name in ("total", "right", "facets")}
        empty = bool(filters.text.strip()) and not filters.terms
        answer["note"] = "There is no letter and no digit in what is looked for." if empty else ""
        return _json({**answer, "start": max(0, start), "rows": shown, "state": state.to_json()})

    @router.get("/{name}/solution")
    def solution(name: str, request: Request, id: str) -> Response:
        filters, found = _filters(request), indexing(name)
        found.state(_WAIT)
        with _reading(found) as base:
            try:
                place = find_place(base, id)
            except KeyError:
                raise HTTPException(404, f"there is no solution {id[:100]!r} in this run") from None
            row, whole = whole_row(base, place), overview_of(base, found, filters)
            beside = neighbours(base, filters, whole.groups, place)
            samples = samples_of(base, row["benchmark"], row["problem"])
        return _json({"row": row, "total": whole.total, **asdict(beside), "samples": samples})

    @router.get("/{name}/compare/{other}")
    def comparison(name: str, other: str, request: Request, start: int = 0, count: int = _PAGE) -> Response:
        kinds, one = request.query_params.getlist("kind"), request.query_params.get
        if unknown := set(kinds) - set(KINDS):
            raise HTTPException(400, f"no kind {unknown.pop()[:100]!r}; there are {', '.join(KINDS)}")
        both = [indexing(name), indexing(other)]
        states = [found.state(_WAIT) for found in both]
        answer: dict[str, Any] = {"states": [state.to_json() for state in states], "compared": None}
        if all(state.phase == "ready" for state in states):
            versions = states[0].about.version, states[1].about.version
            try:
                compared = comparisons.of(both[0].index, both[1].index, versions, _WAIT)
            except ValueError as error:
                raise HTTPException(400, str(error)) from error
            if compared is not None:
                most = min(max(1, count), _MOST_ROWS)
                page = compared.page(kinds, one("benchmark") or None, one("text") or "", max(0, start), most)
                answer["compared"] = {"figures": compared.figures, "mismatches": compared.mismatches, **page}
        return _json(answer)

    return router


@contextmanager
def _reading(found: Indexing) -> Generator[sqlite3.Connection, None, None]:
    """The index, or an answer that says why it cannot be read now."""
    try:
        with found.index.reading() as base:
            yield base
    except FileNotFoundError:
        why = found.state().error or "this run is being indexed for the first time; wait a moment"
        raise HTTPException(409, why) from None
    except sqlite3.DatabaseError as error:
        found.index.remove()
        raise HTTPException(409, f"the index of this run was damaged ({error}) and is made again") from error


def _changed(found: Indexing) -> object:
    """By what the scores of a run are known to be the same."""
    try:
        return (found.index.folder / "scores.json").stat().st_mtime_ns
    except OSError:
        return None


def _filters(request: Request) -> Filters:
    asked = request.query_params
    facets = {name: tuple(values) for name in FACETS if (values := asked.getlist(name))}
    try:
        return Filters(
            facets, asked.get("problem") or None, asked.get("text", ""), asked.get("part") or None,
            asked.get("sort") or "place",
        )  # fmt: skip
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def _json(value: object) -> Response:
    """JSON of values that come from a run: numbers that JSON has not are null, any text can be sent."""
    return Response(json.dumps(_plain(value), allow_nan=False), media_type="application/json")


def _plain(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _plain(item) for key, item in cast("dict[object, object]", value).items()}
        case list() | tuple():
            return [_plain(item) for item in cast("list[object]", value)]
        case _:
            return value
