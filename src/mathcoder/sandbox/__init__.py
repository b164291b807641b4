"""Runs untrusted Python: fast, contained, with state where wanted.

`Sandbox` starts a warm interpreter that forks a confined child for each piece of work. See `confine` for the
layers, `gate` for which snippets may share a process, `cell` for notebook semantics.
"""

from mathcoder.sandbox.confine import LAYERS, Layer, Level
from mathcoder.sandbox.execution import Clock, Execution, Limits, SandboxError, Status
from mathcoder.sandbox.sandbox import Sandbox, Session

__all__ = [
    "LAYERS",
    "Clock",
    "Execution",
    "Layer",
    "Level",
    "Limits",
    "Sandbox",
    "SandboxError",
    "Session",
    "Status",
]
