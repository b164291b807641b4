"""The Solve view: a problem is solved while one looks on."""

from mathcoder.studio.solve.routes import routes

__all__ = ["routes"]
