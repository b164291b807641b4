"""How files are written: aside, then renamed, so that one is whole or not there."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_aside"]


@contextmanager
def written_aside(target: Path) -> Generator[Path, None, None]:
    """A path beside `target` that becomes `target` if the body succeeds and is removed if it fails."""
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
