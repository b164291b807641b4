"""Trainings in the studio: what a run was asked and had, its curves while they grow, the problems it solved."""

from mathcoder.studio.trainings.routes import routes

__all__ = ["routes"]
