"""What every benchmark prints: the machine and the date, and a Markdown table."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from pathlib import Path


def heading(note: str) -> str:
    """One line: processor, cores, Python, date, and how the figures were taken."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"{names[0] if names else platform.processor()}, {cores} cores"
    return f"{machine}, Python {platform.python_version()}, {today}; {note}\n"


def show(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table, its columns lined up."""
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print("\n".join(lines) + "\n", flush=True)
