"""From a text to its computations: conditions, expression, result, and Python that does it.

`SymbolicTranslator` parses and needs no model; `ModelTranslator` asks one. What they give is not yet proven:
that is the business of `mathcoder.verification`.
"""

from mathcoder.translation.reader import Skipped
from mathcoder.translation.symbolic import SymbolicTranslator, Translation, translate

__all__ = ["Skipped", "SymbolicTranslator", "Translation", "translate"]
