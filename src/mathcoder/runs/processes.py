"""What a process of the engine does first: it ends with the process that started it."""

from __future__ import annotations

import os
import threading
import time

__all__ = ["die_with_parent"]

_LOOK = 0.5  # seconds


def die_with_parent() -> None:
    """Have this process end within a second when its parent has ended, in whatever way.

    For the constructors of UDFs that run in processes of their own: an engine that is killed leaves these behind,
    and they would go on with what nobody waits for. The parent is looked for by a thread; the kernel's own signal
    (PR_SET_PDEATHSIG) comes when the parent's thread ends, and the engine's threads come and go.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), name="die-with-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)
