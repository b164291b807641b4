"""How long work is kept: rows on disk as they are finished, so that a killed run goes on where it was."""

from mathcoder.runs.rowlog import RowLog

__all__ = ["RowLog"]
