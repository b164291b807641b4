"""The addresses of the corpus view, under `/api/corpora/KIND/RUN`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel

from mathcoder.publishing.look import Kind, StagedRun
from mathcoder.studio.corpora.again import computation_again, solution_again
from mathcoder.studio.corpora.copies import clusters_of, difference, members_of
from mathcoder.studio.corpora.document import row_of, shown_row
from mathcoder.studio.corpora.evidence import evidence
from mathcoder.studio.corpora.overview import contents, overview, reasons_of
from mathcoder.studio.corpora.pages import FIELDS, Wanted, page, values
from mathcoder.studio.corpora.places import place_named

if TYPE_CHECKING:
    from mathcoder.studio.context import Studio

__all__ = ["routes"]

_LONGEST = 500  # characters of what is asked for
Text = Annotated[str | None, Query(max_length=_LONGEST)]
Name = Annotated[str, Query(max_length=4 * _LONGEST)]
Start = Annotated[int, Query(ge=0)]
Size = Annotated[int, Query(ge=1, le=100)]


class Again(BaseModel):
    """What is run again: a computation of a row by its number, or, without one, the code of its solution."""

    place: str
    id: str
    computation: int | None = None


def wanted(
    source: Text = None,
    licence: Text = None,
    language: Text = None,
    form: Text = None,
    method: Text = None,
    split: Text = None,
    model: Text = None,
    problem: Text = None,
    verdict: Text = None,
    reason: Text = None,
    text: Text = None,
) -> Wanted:
    """The filters that stand in an address."""
    given = (source, licence, language, form, method, split, model)
    fields = [(name, value) for name, value in zip(FIELDS, given, strict=True) if value is not None]
    fields += [("problem", problem)] if problem is not None else []
    return Wanted(tuple(fields), verdict, reason, text or None)


@contextmanager
def _said() -> Generator[None]:
    """What cannot be found or read, as an answer."""
    try:
        yield
    except LookupError as error:
        raise HTTPException(404, str(error.args[0])) from None
    except (OSError, ValueError) as error:  # also of a stage that is built again at this moment
        raise HTTPException(409, " ".join(str(error).split())) from None


def routes(studio: Studio) -> APIRouter:
    """The routes, which read runs of `studio` and run code in its sandbox."""
    router = APIRouter(prefix="/corpora/{kind}/{run}")

    def opened(kind: Kind, run: str) -> StagedRun:
        return StagedRun(studio.run(run, kind).folder, kind)

    @router.get("")
    def _overview(kind: Kind, run: str) -> dict[str, Any]:
        with _said():
            return overview(opened(kind, run), kind, studio.run(run, kind).state)

    @router.get("/contents")
    def _contents(kind: Kind, run: str) -> dict[str, Any]:
        with _said():
            return contents(opened(kind, run), kind)

    @router.get("/reasons")
    def _reasons(kind: Kind, run: str, stage: Name) -> list[dict[str, Any]]:
        with _said():
            return reasons_of(opened(kind, run), stage)

    @router.get("/rows")
    def _rows(
        kind: Kind,
        run: str,
        place: Name,
        asked: Annotated[Wanted, Depends(wanted)],
        start: Start = 0,
        size: Size = 25,
    ) -> dict[str, Any]:
        with _said():
            found = page(place_named(opened(kind, run), place), asked, start, size)
            return {"place": place, "start": start, "total": found.total, "rows": found.rows}

    @router.get("/values")
    def _values(kind: Kind, run: str, place: Name) -> dict[str, list[tuple[str, int]]]:
        with _said():
            return values(place_named(opened(kind, run), place))

    @router.get("/row")
    def _row(
        kind: Kind,
        run: str,
        id: Name,
        place: Text = None,
        after: Start = 0,
    ) -> dict[str, Any]:
        with _said():
            return shown_row(opened(kind, run), place, id, after)

    @router.get("/clusters")
    def _clusters(kind: Kind, run: str, start: Start = 0, size: Size = 25) -> dict[str, Any]:
        with _said():
            return clusters_of(opened(kind, run), start, size)

    @router.get("/cluster")
    def _cluster(kind: Kind, run: str, name: Name) -> dict[str, Any]:
        with _said():
            return members_of(opened(kind, run), name)

    @router.get("/difference")
    def _difference(kind: Kind, run: str, one: Name, other: Name) -> dict[str, Any]:
        with _said():
            return difference(opened(kind, run), one, other)

    @router.get("/evidence")
    def _evidence(
        kind: Kind,
        run: str,
        benchmark: Text = None,
        start: Start = 0,
        size: Size = 25,
    ) -> dict[str, Any]:
        with _said():
            return evidence(opened(kind, run), benchmark, start, size)

    @router.post("/again")
    def _again(kind: Kind, run: str, asked: Again) -> dict[str, Any]:
        from mathcoder.sandbox import SandboxError

        with _said():
            _, row = row_of(opened(kind, run), asked.place, asked.id)
            try:
                sandbox = studio.sandbox()
                if asked.computation is None:
                    return solution_again(row, sandbox)
                return computation_again(row, asked.computation, sandbox)
            except SandboxError as error:
                raise HTTPException(503, str(error)) from None

    return router
