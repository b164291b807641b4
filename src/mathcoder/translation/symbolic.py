"""The symbolic translator: the computations of a text as Python, by parsing alone. No model, no execution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mathcoder.computation import Computation
from mathcoder.translation.reader import Reader, Skipped

__all__ = ["SymbolicTranslator", "Translation", "translate"]


@dataclass(frozen=True, slots=True)
class Translation:
    """What a text gave: its computations in order, and what gave none."""

    computations: tuple[Computation, ...]
    skipped: tuple[Skipped, ...]


def translate(text: str) -> list[Computation]:
    """The computations of a text, in order; see `SymbolicTranslator`."""
    return list(SymbolicTranslator().translate(text).computations)


class SymbolicTranslator:
    """Finds computations by parsing. It holds no state between texts and can be used from any thread."""

    def translate(self, text: str) -> Translation:
        """The computations of one text: Markdown or LaTeX, with formulas in `$`, `\\(`, `\\[` or environments."""
        reader = Reader(text)
        reader.read()
        found = sorted(reader.found, key=lambda computation: computation.span)
        return Translation(tuple(found), tuple(reader.skipped))

    def translate_many(self, texts: Iterable[str]) -> Iterator[Translation]:
        """The same for a stream of texts, one after the other."""
        return map(self.translate, texts)
