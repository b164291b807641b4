"""The studio's look at a data set that was built: its funnel, its rows, its copies, what benchmarks it met.

Everything is read from the run's folder, a page at a time; a run that is being built has the stages it has.
"""

from mathcoder.studio.corpora.routes import routes

__all__ = ["routes"]
