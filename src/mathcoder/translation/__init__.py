"""From a text to its computations: conditions, expression, result, and Python that does it.

`SymbolicTranslator` parses and needs no model; `ModelTranslator` asks one. What they give is not yet proven:
that is the business of `mathcoder.verification`.
"""

from mathcoder.translation.model import ModelTranslator
from mathcoder.translation.reader import Skipped
from mathcoder.translation.symbolic import SymbolicTranslator, Translation, translate

__all__ = ["ModelTranslator", "Skipped", "SymbolicTranslator", "Translation", "translate"]
