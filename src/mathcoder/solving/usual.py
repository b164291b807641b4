"""How a model is asked where nobody says: as it was trained, or shown worked examples."""

from __future__ import annotations

from dataclasses import dataclass

from mathcoder.models.embedded import packaged_adapter
from mathcoder.solving.dialects import Dialect, dialect_named
from mathcoder.solving.worked import WORKED

__all__ = ["Usual", "usual"]


@dataclass(frozen=True, slots=True)
class Usual:
    """What a model is shown before the question.

    Attributes:
        shots: so many of the worked examples (`mathcoder.solving.WORKED`).
        system: the instruction; None: that of the dialect.
    """

    shots: int = 0
    system: str | None = None

    def dialect(self, name: str, *, examples: bool | None = None, system: str | None = None) -> Dialect:
        """The dialect of a name (`DIALECTS`), asked in this way as far as nothing else is wanted.

        Args:
            examples: whether worked examples are shown.
            system: the instruction, "" for none.
        """
        shown = WORKED if (self.shots if examples is None else examples) else ()
        return dialect_named(name, system=self.system if system is None else system, examples=shown)


def usual(model: str) -> Usual:
    """How a model is asked.

    The embedded model has an adapter that was trained on questions alone; without one it needs examples. Any other
    model follows the instruction of the dialect.

    Args:
        model: as `mathcoder.models.open_model` takes it.
    """
    if model == "embedded" and packaged_adapter() is not None:
        return Usual(system="")
    return Usual(len(WORKED)) if model in ("embedded", "embedded-base") else Usual()
