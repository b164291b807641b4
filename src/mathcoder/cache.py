"""Where things that can be made again are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """`$MATHCODER_CACHE`, else `$XDG_CACHE_HOME/mathcoder`, else `~/.cache/mathcoder`. It may not exist."""
    if own := os.environ.get("MATHCODER_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "mathcoder"
