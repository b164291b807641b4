"""The Solve view's part of the API: problems to take, models to ask, problems being solved, one to hand on."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response, StreamingResponse

from mathcoder.models import available_models
from mathcoder.problems import BenchmarkError
from mathcoder.solving import DIALECTS
from mathcoder.studio.solve import shelf
from mathcoder.studio.solve.asked import MOST_VOTES, Ask, Judge, Servers, Taken
from mathcoder.studio.solve.share import shared_page
from mathcoder.studio.solve.solving import MOST_AT_ONCE, Solve, Solves, TooMany, Unknown

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mathcoder.studio.context import Studio

__all__ = ["routes"]


def routes(studio: Studio) -> APIRouter:
    """What the Solve view asks for."""
    router = APIRouter(prefix="/solve")
    solves = Solves(studio)

    @router.get("/choices")
    def choices() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        return {
            "model": studio.settings.model,
            "dialects": list(DIALECTS),
            "most_votes": MOST_VOTES,
            "most_at_once": MOST_AT_ONCE,
            "defaults": {name: field.default for name, field in Ask.model_fields.items()},
        }

    @router.get("/benchmarks")
    def benchmarks() -> list[dict[str, Any]]:  # pyright: ignore[reportUnusedFunction]
        return shelf.benchmarks()

    @router.post("/models")
    async def models(servers: Servers) -> list[dict[str, Any]]:  # pyright: ignore[reportUnusedFunction]
        return [dataclasses.asdict(model) for model in await available_models(key_env=servers.key_env)]

    @router.get("/problems")
    def problems(  # pyright: ignore[reportUnusedFunction]
        benchmark: str,
        split: str = "test",
        text: Annotated[str, Query(max_length=200)] = "",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
    ) -> dict[str, Any]:
        try:
            return shelf.problems_page(benchmark, split, text, offset, limit)
        except BenchmarkError as error:
            _refuse(404, error)

    @router.get("/problem")
    def problem(  # pyright: ignore[reportUnusedFunction]
        benchmark: str, split: str = "test", number: Annotated[int, Query(ge=0)] = 0
    ) -> dict[str, Any]:
        try:
            return shelf.problem_json(Taken(benchmark=benchmark, split=split, number=number))
        except BenchmarkError as error:
            _refuse(404, error)

    @router.post("/reference")
    def reference(judge: Judge) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        try:
            return shelf.judged(judge)
        except BenchmarkError as error:
            _refuse(404, error)

    @router.post("/runs")
    async def start(ask: Ask) -> StreamingResponse:  # pyright: ignore[reportUnusedFunction]
        try:
            solve = solves.start(ask)
        except TooMany as error:
            _refuse(429, error)
        except (BenchmarkError, Unknown) as error:
            _refuse(404, error)
        except ValueError as error:
            _refuse(422, error)
        return _Followed(solve)

    @router.get("/runs/{name}")
    async def show(name: str) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        return _kept(name).to_json()

    @router.post("/runs/{name}/stop")
    async def stop(name: str) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        solve = _kept(name)
        was = solve.running
        solve.stop()
        return {"stopped": was}

    @router.post("/runs/{name}/page")
    async def page(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        html = await asyncio.to_thread(shared_page, _kept(name))
        headers = {"Content-Disposition": 'attachment; filename="solution.html"'}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)

    def _kept(name: str) -> Solve:
        try:
            return solves.find(name)
        except Unknown as error:
            _refuse(404, error)

    return router


class _Followed(StreamingResponse):
    """What happens as a problem is solved; if nobody listens any more, it is stopped."""

    def __init__(self, solve: Solve):
        super().__init__(solve.stream(), media_type="application/x-ndjson")
        self._solve = solve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._solve.stop()


def _refuse(status: int, error: Exception) -> NoReturn:
    raise HTTPException(status, str(error)) from error
