"""Programs and notebooks that use mathematics packages: from folders, and from tables such as The Stack's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from mathcoder.corpus.sources import columns
from mathcoder.corpus.sources.imports import parsed, top_packages
from mathcoder.corpus.sources.notebooks import (
    is_tagged,
    looks_like_notebook,
    markdown,
    read_notebook,
    read_tagged,
)
from mathcoder.corpus.sources.paths import file_name, read_whole, suffix_of
from mathcoder.corpus.sources.piece import Reader, Record
from mathcoder.corpus.sources.row import Facts, Row, dropped, kept
from mathcoder.corpus.sources.spec import SourceSpec
from mathcoder.corpus.sources.tables import is_table
from mathcoder.corpus.sources.unwanted import why_unwanted

__all__ = ["READER"]

_SUFFIXES = (".py", ".ipynb")
_PYTHON = ("python", "python3", "jupyter notebook", "jupyter", "ipython", "py")
# StarCoder's lines ahead of a program.
_STARS = re.compile(r"\A(?:<(?:reponame|filename|gh_stars)>[^<\n]*)+\n?")
# Cells of a notebook that are in another language than the notebook.
_FOREIGN = re.compile(
    r"\s*%%(?:bash|sh|script|cmd|html|svg|latex|markdown|javascript|js|perl|ruby|R|julia|octave|sql|fortran)\b"
)
_BOOK_BYTES = 20_000_000  # a notebook is mostly pictures, which are not kept


def _is_code(name: str) -> bool:
    return suffix_of(name) in _SUFFIXES or is_table(name)


def _file(spec: SourceSpec, name: str) -> Row:
    if suffix_of(name) not in _SUFFIXES:
        what = "Python, notebooks, Parquet and JSON Lines can be read"
        return dropped(spec, f"{suffix_of(name) or 'no suffix'}: no program; {what}", name)
    try:
        content = read_whole(name, spec.limits, max(_BOOK_BYTES, spec.limits.program_chars)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return dropped(spec, f"byte {error.start + 1} is not UTF-8", name)
    except ValueError as error:
        return dropped(spec, str(error), name)
    return _program(spec, content, name, file_name(name), Facts())


def _record(spec: SourceSpec, record: Record, path: str) -> Row:
    name = columns.column(record, spec.fields.text, columns.CODE)
    facts = columns.facts(spec, record, (name,))
    if name is None:
        return dropped(spec, columns.no_column(record, spec.fields.text, "a program"), path, facts)
    if facts.language and facts.language.lower() not in _PYTHON:
        return dropped(spec, f"in {facts.language}; only Python and notebooks are read", path, facts)
    try:
        content = columns.text_of(record, name)
    except ValueError as error:
        return dropped(spec, str(error), path, facts)
    called = columns.column(record, None, columns.PATH)
    return _program(spec, content, path, str(record[called]) if called else "", facts)


def _program(spec: SourceSpec, content: str, path: str, name: str, facts: Facts) -> Row:
    """The row of a program or notebook called `name`."""
    meta = dict(facts.meta)
    if ahead := _STARS.match(content):
        content = content[ahead.end() :]
        meta |= dict(re.findall(r"<(reponame|filename|gh_stars)>([^<\n]*)", ahead[0]))
    text, program = content.strip("\n") + "\n", content
    try:
        if PurePosixPath(name).suffix.lower() == ".ipynb" or looks_like_notebook(content) or is_tagged(content):
            meta["form"] = "notebook"
            text, program = _notebook(spec, content)
        too_long = len(text) > spec.limits.program_chars
        reason = f"longer than {spec.limits.program_chars:,} characters" if too_long else None
    except ValueError as error:
        return dropped(spec, str(error), path, replace(facts, meta=meta))
    if reason:
        return dropped(spec, reason, path, replace(facts, meta=meta))
    tree = parsed(program)
    packages = top_packages(program, tree)
    meta |= {"packages": list(packages), "parsed": tree is not None}
    reason = why_unwanted(program, tree) or _no_package(spec, packages)
    return kept(spec, text, path, replace(facts, language="python", meta=meta), reason)


def _no_package(spec: SourceSpec, packages: tuple[str, ...]) -> str | None:
    if not spec.packages or set(spec.packages) & set(packages):
        return None
    return f"no wanted package: imports none of {', '.join(spec.packages)}"


def _notebook(spec: SourceSpec, content: str) -> tuple[str, str]:
    """A notebook's text, and the Python in it.

    Raises:
        ValueError: it is damaged, or in another language.
    """
    if is_tagged(content):
        cells, language = read_tagged(content), "python"
    else:
        cells, language = read_notebook(content)
    if language not in _PYTHON:
        raise ValueError(f"a notebook in {language}; only Python is read")
    code = [cell.content for cell in cells if cell.kind == "code" and not _FOREIGN.match(cell.content)]
    return markdown(cells, spec.limits.output_chars), "\n".join(code)


READER = Reader(_is_code, "Python, notebooks or tables", _record, _file)
