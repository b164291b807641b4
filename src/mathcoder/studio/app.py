"""The studio's web app: the page, its files, and `/api`, which answers in JSON."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mathcoder.studio.context import Studio, StudioSettings
from mathcoder.studio.security import Guard

__all__ = ["create_app"]

_AREAS = ("solve", "traces", "corpora", "trainings")
# Whatever the environment says: nothing leaves this machine.
_NO_TELEMETRY: Any = {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
_READING = ["GET", "HEAD"]
_STATIC = Path(str(files("mathcoder.studio"))) / "static"
_ASSETS = Path(str(files("mathcoder.assets")))


def create_app(settings: StudioSettings) -> FastAPI:
    """The app, whose `state.studio` is the `Studio`. The sandbox and models that it opened end with it.

    Args:
        settings: what it shows, and who may ask.
    """
    studio = Studio(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await studio.aclose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan, telemetry=_NO_TELEMETRY)
    app.state.studio = studio
    app.add_middleware(Guard, settings=settings)
    app.add_exception_handler(HTTPException, _failed)
    app.add_exception_handler(RequestValidationError, _misasked)
    app.add_exception_handler(ValueError, _unreadable)

    @app.get("/api/runs")
    def runs() -> dict[str, Any]:
        folders = [str(folder) for folder in settings.runs]
        return {"folders": folders, "runs": [run.to_json() for run in studio.runs()]}

    for area in _AREAS:
        app.include_router(importlib.import_module(f"mathcoder.studio.{area}").routes(studio), prefix="/api")

    @app.api_route("/", methods=_READING, include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    @app.api_route("/katex/render.js", methods=_READING, include_in_schema=False)
    def render(request: Request) -> FileResponse:
        return FileResponse(_ASSETS / "render.js", headers={"Cache-Control": _lasting(request.scope)})

    app.mount("/static", _Files(directory=_STATIC))
    app.mount("/katex", _Files(directory=_ASSETS / "katex"))
    return app


class _Files(StaticFiles):
    """Files that browsers keep for ever where the address names their content, and ask about otherwise."""

    async def get_response(self, path: str, scope: Scope) -> Any:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = _lasting(scope)
        return answer


def _lasting(scope: Scope) -> str:
    named = scope["query_string"].startswith(b"v=")
    return "public, max-age=31536000, immutable" if named else "no-cache"


async def _failed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail)}, error.status_code)


async def _misasked(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return JSONResponse({"error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}, 422)


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    """What the library says of a run that is damaged, in its line."""
    return JSONResponse({"error": " ".join(str(error).split())[:500]}, 500)
