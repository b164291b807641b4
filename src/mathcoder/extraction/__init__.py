"""From a file as it is published to text in which every formula is LaTeX.

`read_file` and `read_book` choose the reader; each reader gives a `Document`. Inline formulas are `$...$`,
displayed ones `$$...$$` on lines of their own, other dollar signs `\\$`; headings, lists, tables and code are
Markdown, and theorems, examples, exercises and solutions begin with a line such as `**Example.**`.

    >>> from mathcoder.extraction import html_to_text
    >>> html_to_text("<p>Let <math><msup><mi>x</mi><mn>2</mn></msup></math> be 4.</p>").text
    'Let $x^{2}$ be 4.'
"""

from mathcoder.extraction.asciimath import asciimath_to_latex
from mathcoder.extraction.cnxml import cnxml_to_text
from mathcoder.extraction.document import Document
from mathcoder.extraction.files import read_book, read_file
from mathcoder.extraction.html import html_to_text
from mathcoder.extraction.latex import latex_to_text
from mathcoder.extraction.mathml import mathml_to_latex
from mathcoder.extraction.pretext import pretext_to_text

__all__ = [
    "Document",
    "asciimath_to_latex",
    "cnxml_to_text",
    "html_to_text",
    "latex_to_text",
    "mathml_to_latex",
    "pretext_to_text",
    "read_book",
    "read_file",
]
