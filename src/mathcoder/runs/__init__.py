"""How long work is kept: rows on disk as they are finished, so that a killed run goes on where it was.

`RowLog` is for one job. `runs.recipe`, `runs.run` and `runs.stages` are for pipelines; who needs one imports it,
because recipes need pydantic and YAML, and stages need Daft.
"""

import logging
import os

from mathcoder.runs.rowlog import RowLog

__all__ = ["RowLog"]

# No telemetry and no progress bars of the engine; Daft and Ray look at these when they are imported.
os.environ.update(
    DO_NOT_TRACK="1",
    SCARF_NO_ANALYTICS="1",
    DAFT_ANALYTICS_ENABLED="0",
    DAFT_PROGRESS_BAR="0",
    RAY_TQDM="0",
    RAY_USAGE_STATS_ENABLED="0",
)

# What fails in the engine is raised, and told in one line; it would be on standard error as well.
logging.getLogger("daft_local_execution").setLevel(logging.CRITICAL)
