"""Where Daft's work runs: on this machine or on a Ray cluster."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["EngineError", "engine_name", "start_engine"]


class EngineError(ValueError):
    """The engine cannot be had; the message is one line."""


def start_engine(engine: str = "native") -> None:
    """Choose where Daft's work runs, once a process; the same choice again does nothing.

    Args:
        engine: `native` (this machine), `ray` (a cluster that is found by Ray's own rules, or one made here), or
            `ray://HOST:PORT`.

    Raises:
        EngineError: the name is not known, Ray is not installed or not reached, or another engine was chosen.
    """
    wanted = "ray" if engine == "ray" or engine.startswith("ray://") else engine
    if wanted not in ("native", "ray") or engine == "ray://":
        raise EngineError(f"engine '{engine}' is not known; choose native, ray or ray://HOST:PORT")
    if wanted == "ray" and find_spec("ray") is None:
        raise EngineError(f"engine '{engine}' needs Ray, which is not installed; pip install 'mathcoder[cluster]'")
    import daft

    if (running := _running()) is not None:
        if running != wanted:
            raise EngineError(f"engine '{engine}': this process has started '{running}'; start a new process")
        return
    if wanted == "native":
        daft.set_runner_native()
        return
    try:
        daft.set_runner_ray(address=None if engine == "ray" else engine)
    except (ConnectionError, RuntimeError, TimeoutError) as error:
        raise EngineError(f"engine '{engine}': no cluster is reached ({error}); is it running?") from error


def engine_name() -> str:
    """`native` or `ray`: what this process has started; `native` before it did."""
    return _running() or "native"


def _running() -> str | None:
    """The engine that this process has started; Daft's public question would also guess."""
    runner: Any = import_module("daft.runners")._get_runner()
    return runner.name if runner is not None else None
