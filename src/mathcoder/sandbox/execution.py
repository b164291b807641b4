"""What goes into the sandbox and what comes out: `Limits` and `Execution`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

MiB = 1024 * 1024

Status = Literal["ok", "error", "timeout", "memory", "killed", "output_limit", "denied"]
"""How a piece of code ended.

- `ok`: it ran to its end.
- `error`: it raised; the traceback is in `Execution.error`.
- `timeout`: the limit on time was reached.
- `memory`: it asked for more memory than the limit.
- `killed`: its process died or broke the result channel.
- `output_limit`: it wrote more than the limit; what came before is kept.
- `denied`: it did something the sandbox refuses, and did not handle the refusal.
"""


Clock = Literal["wall", "processor"]
"""What a time limit counts: seconds that pass, or seconds of processor time that the code uses."""

_PATIENCE = 5  # seconds that may pass for each second of a processor's time limit


class SandboxError(Exception):
    """The sandbox itself could not do its work. Never raised for what the code did."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one execution may use.

    Attributes:
        timeout: seconds for one block. The code is interrupted then (a session keeps its variables) and its
            process is killed half a second later if it goes on.
        clock: what these seconds are. "processor" makes the outcome independent of other work on the machine;
            the wall clock then ends the block after five times as long.
        memory: bytes of address space above the warm interpreter.
        output: characters of output kept.
        disk: bytes of files in the scratch directory.
        threads: most threads, where the kernel can count them (see `mathcoder doctor`).
        images: most figures kept from one block.
    """

    timeout: float = 10.0
    memory: int = 1024 * MiB
    output: int = 100_000
    disk: int = 64 * MiB
    threads: int = 32
    images: int = 4
    clock: Clock = "wall"

    def __post_init__(self) -> None:
        if self.clock not in get_args(Clock):
            raise ValueError(f"Limits(clock={self.clock!r}): must be one of {', '.join(get_args(Clock))}")
        for name in ("timeout", "memory", "output", "disk", "threads", "images"):
            if getattr(self, name) < 0 or (name in ("timeout", "memory", "output") and not getattr(self, name)):
                raise ValueError(f"Limits({name}={getattr(self, name)}): must be positive")

    def wall(self, timeout: float) -> float:
        """Wall-clock seconds that a block with this limit may take at most."""
        return timeout if self.clock == "wall" else timeout * _PATIENCE


@dataclass(frozen=True, slots=True)
class Execution:
    """What came back from the sandbox.

    Attributes:
        output: what a notebook would show: stdout and stderr in order, then the value of a trailing
            expression as IPython's plain-text formatter writes it.
        error: the traceback without colours, or one line that says what ended the code; "" if it is ok.
        status: see `Status`.
        seconds: wall-clock time of the code itself.
        peak_memory: bytes the process has used at most, above the warm interpreter it was forked from.
        images: figures as PNG, each at most 1 MB.
    """

    output: str
    error: str = ""
    status: Status = "ok"
    seconds: float = 0.0
    peak_memory: int = 0
    images: tuple[bytes, ...] = ()

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def error_type(self) -> str | None:
        """Name of the exception that ended the code, such as `ZeroDivisionError`; None if there is none."""
        name = None
        for line in self.error.splitlines():
            line = line.removeprefix("  + Exception Group ").removeprefix("  | ")
            if line.startswith("Traceback (most recent call last)"):
                name = None
            elif name is None and line[:1].strip():
                name = line.partition(":")[0].rpartition(".")[2]
        return name or None

    @property
    def shown(self) -> str:
        """Output and error as one text, as a notebook shows them."""
        return "\n".join(part for part in (self.output.rstrip("\n"), self.error) if part)
