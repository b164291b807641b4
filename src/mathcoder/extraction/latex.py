"""LaTeX source to text: formulas with the author's macros written out, theorems, exercises, tables, code."""

from __future__ import annotations

from mathcoder.extraction import tex_commands, tex_environments
from mathcoder.extraction.document import Document
from mathcoder.extraction.tex_reader import Command, Reader
from mathcoder.extraction.tex_state import Read

__all__ = ["latex_to_text"]


def latex_to_text(source: str, read: Read | None = None) -> Document:
    """A LaTeX source as text.

    Args:
        source: a whole document, or a part of one; comments and preamble go.
        read: gives the content of a file that the source includes, by its name as written, or None; without it
            included files are left out.
    """
    reader = Reader(_COMMANDS, read)
    reader.run(source)
    return reader.document()


_COMMANDS: dict[str, Command] = {
    "begin": tex_environments.begin,
    "end": tex_environments.end,
    "par": tex_commands.par,
    "\\": tex_commands.line_break,
    "newline": tex_commands.line_break,
    "tabularnewline": tex_commands.line_break,
    "cr": tex_commands.line_break,
    "(": tex_commands.inline,
    "[": tex_commands.display,
    "ensuremath": tex_commands.ensured,
    "item": tex_environments.item,
    "verb": tex_commands.verb,
    "lstinline": tex_commands.verb,
    "footnote": tex_commands.footnote,
    "title": tex_commands.title_command,
    "pmtitle": tex_commands.title_command,
    "paragraph": tex_commands.paragraph_label,
    "subparagraph": tex_commands.paragraph_label,
    "newtheorem": tex_commands.theorem,
    "newenvironment": tex_commands.new_environment,
    "renewenvironment": tex_commands.new_environment,
    "newif": tex_commands.new_if,
    "input": tex_commands.include,
    "include": tex_commands.include,
    "subfile": tex_commands.include,
    "import": tex_commands.include,
    "subimport": tex_commands.include,
    "InputIfFileExists": tex_commands.include_if_there,
    "documentclass": tex_commands.document_class,
    "href": tex_commands.last_of(2),
    "textcolor": tex_commands.last_of(2),
    "multicolumn": tex_commands.last_of(3),
    "multirow": tex_commands.last_of(3),
    "parbox": tex_commands.last_of(2),
    "raisebox": tex_commands.last_of(2),
    "hyperref": tex_commands.last_of(1),
    "makebox": tex_commands.last_of(1),
    "PMlinkname": tex_commands.last_of(1),
}
