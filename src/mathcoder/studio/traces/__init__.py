"""The traces of an evaluation: indexed for filters and full text, read one by one, two runs held together."""

from mathcoder.studio.traces.routes import routes

__all__ = ["routes"]
