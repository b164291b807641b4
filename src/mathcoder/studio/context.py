"""What the areas of the studio share: settings, the runs, the sandbox, models."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import HTTPException

from mathcoder.studio.runs import Kind, RunInfo, find_runs, link_out

if TYPE_CHECKING:
    from mathcoder.models import Model
    from mathcoder.sandbox import Sandbox

__all__ = ["Studio", "StudioSettings"]

_FRESH = 1.0  # seconds that a look at the runs holds


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """What `mathcoder studio` was asked.

    Attributes:
        runs: folders of runs, or folders that hold runs.
        token: what runs code or a model has to present.
        host: the address that is listened on; where other machines reach it, reading needs the token too.
        port: of it.
        model: who solves where the page names nobody (`mathcoder.models.open_model`).
    """

    runs: tuple[Path, ...]
    token: str
    host: str = "127.0.0.1"
    port: int = 8080
    model: str = "embedded"


@dataclass(slots=True)
class Studio:
    """One per app. Its methods may be called from any thread.

    Attributes:
        settings: what was asked.
        lock: for what must not happen twice at once.
    """

    settings: StudioSettings
    lock: threading.RLock = field(default_factory=threading.RLock)
    _opening: threading.RLock = field(default_factory=threading.RLock)  # of its own: a model takes seconds
    _runs: tuple[float, list[RunInfo]] | None = None
    _links: dict[str, float] = field(
        default_factory=dict[str, float]
    )  # runs without a link out, by time of change
    _sandbox: Sandbox | None = None
    _models: dict[str, Model] = field(default_factory=dict[str, "Model"])

    def runs(self) -> list[RunInfo]:
        """What runs there are, newest first."""
        with self.lock:
            if self._runs is None or time.monotonic() - self._runs[0] > _FRESH:
                self._runs = time.monotonic(), find_runs(self.settings.runs)
            return self._runs[1]

    def run(self, name: str, *kinds: Kind) -> RunInfo:
        """The run of this name.

        Args:
            name: `RunInfo.name`.
            kinds: of which it has to be one.

        Raises:
            HTTPException: 404, there is none; 409, it is broken, or holds a link out of its folder.
        """
        found = next((run for run in self.runs() if run.name == name and run.kind in kinds), None)
        if found is None:
            raise HTTPException(404, f"there is no run of {' or '.join(kinds)} called {name[:200]!r}")
        if found.state == "broken":
            raise HTTPException(409, found.facts["why"])
        with self.lock:
            if self._links.get(found.name) != found.changed:
                if link := link_out(found.folder):
                    raise HTTPException(409, f"{link.name} in this run is a link out of its folder; copy it there")
                self._links[found.name] = found.changed
        return found

    def sandbox(self) -> Sandbox:
        """Where code runs; started when it is first needed, which takes about a second.

        Raises:
            SandboxError: it cannot start.
        """
        from mathcoder.sandbox import Sandbox

        with self._opening:
            if self._sandbox is None:
                self._sandbox = Sandbox()
            return self._sandbox

    def model(self, spec: str | None = None) -> Model:
        """The model that a string names, opened when it is first needed; by default that of the settings.

        Raises:
            ModelError: it cannot be had; one line.
        """
        from mathcoder.models import open_model

        spec = spec or self.settings.model
        with self._opening:
            if spec not in self._models:
                self._models[spec] = open_model(spec)
            return self._models[spec]

    async def aclose(self) -> None:
        """End the sandbox and the models."""
        with self._opening:
            models, self._models = list(self._models.values()), {}
            sandbox, self._sandbox = self._sandbox, None
        for model in models:
            await model.aclose()
        if sandbox is not None:
            sandbox.close()
