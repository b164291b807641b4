"""Pieces of the card of any data set: its front matter for the Hugging Face Hub, licence, stages, columns.

What comes from sources, models and stages (names, licences, reasons) is escaped: it shows as text, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.publishing.columns import Column
from mathcoder.publishing.licences import Whole
from mathcoder.publishing.look import FinishedStage

__all__ = [
    "column_table",
    "escaped",
    "front_matter",
    "licence_text",
    "markdown_table",
    "stages_table",
    "write_card_files",
]

_SIZES = "n<1K 1K<n<10K 10K<n<100K 100K<n<1M 1M<n<10M 10M<n<100M 100M<n<1B 1B<n<10B 10B<n<100B 100B<n<1T".split()
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST = 200  # characters of a name that a source gives


def write_card_files(
    dataset: Path, front: Mapping[str, Any], whole: Whole, about: Iterable[str], sections: Mapping[str, str]
) -> Path:
    """Write README.md into the folder of a data set, and LICENSE.md where the Hub has no name for the licence.

    Args:
        front: see `front_matter`.
        whole: the licence.
        about: what stands before the sections, in Markdown.
        sections: Markdown by its heading.

    Returns:
        the path of the card.
    """
    yaml: Any = import_module("yaml")
    beside = dataset / "LICENSE.md"
    if whole.licence == "other":
        _write(beside, f"# Licence\n\n{licence_text(whole)}\n")
    else:
        beside.unlink(missing_ok=True)
    parts = [f"# {escaped(front['pretty_name'])}", *about]
    parts += [f"## {heading}\n\n{text}" for heading, text in sections.items()]
    shown = yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True)
    path = dataset / "README.md"
    _write(path, f"---\n{shown}---\n\n" + "\n\n".join(part for part in parts if part) + "\n")
    return path


def _write(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def front_matter(
    name: str, whole: Whole, rows: int, languages: Iterable[str], tags: Sequence[str], splits: Sequence[str] = ()
) -> dict[str, Any]:
    """What the Hub reads of a card, https://github.com/huggingface/hub-docs/blob/main/datasetcard.md.

    Args:
        rows: how many there are.
        languages: those that are no codes of languages are left out.
        tags: besides those that all our data sets have.
        splits: each in files `data/SPLIT-*.parquet`; none: one split, "train", in `data/*.parquet`.
    """
    power = max(0, len(str(rows)) - 3) if rows else 0
    front: dict[str, Any] = {"pretty_name": name, "license": whole.licence}
    if whole.licence == "other":
        front["license_name"] = re.sub(r"[^a-z0-9.]+", "-", whole.name.lower()).strip("-")
        front["license_link"] = "LICENSE.md"
    if known := sorted(language for language in languages if _LANGUAGE.fullmatch(language)):
        front["language"] = known
    front["task_categories"] = ["text-generation"]
    front["size_categories"] = [_SIZES[power] if power < len(_SIZES) else "n>1T"]
    front["tags"] = ["mathematics", "code", "mathcoder", *tags]
    files = [{"split": split, "path": f"data/{split}-*.parquet"} for split in splits]
    files = files or [{"split": "train", "path": "data/*.parquet"}]
    front["configs"] = [{"config_name": "default", "data_files": files}]
    return front


def stages_table(stages: Iterable[FinishedStage], says: Mapping[str, str], version: str) -> str:
    """The stages with their counts.

    Args:
        says: what a stage does, by its name.
        version: of mathcoder; may be "".
    """
    made = (
        (
            escaped(stage.name),
            says.get(stage.name, ""),
            f"{stage.rows_in:,}",
            f"{stage.kept:,}",
            ", ".join(
                f"{escaped(reason)} {count:,}"
                for reason, count in sorted(stage.dropped.items(), key=lambda item: -item[1])
            ),
        )
        for stage in stages
    )
    by = f" {escaped(version)}" if version else ""
    return f"With mathcoder{by}. Every row that was dropped is counted here.\n\n" + markdown_table(
        ("stage", "what it does", "rows in", "rows kept", "dropped, by reason"), made
    )


def licence_text(whole: Whole) -> str:
    """The licence of the whole, what it asks for, and which licences were not recognised."""
    lines = [f"{escaped(whole.name)}. It follows from what the sources state; nobody has checked what they state."]
    lines += [f"- {condition}" for condition in whole.conditions]
    lines += [f"- Not recognised: {escaped(text)}, {tokens:,} tokens." for text, tokens in whole.unrecognised[:50]]
    if len(whole.unrecognised) > 50:
        rest = whole.unrecognised[50:]
        lines.append(f"- Not recognised: {len(rest):,} others, {sum(tokens for _, tokens in rest):,} tokens.")
    return "\n".join((lines[0], *(["", *lines[1:]] if lines[1:] else []))) + (
        "\n\nThe licence of each row is in its column `licence`. This is no legal advice."
    )


def column_table(columns: Iterable[Column], what: str = "column") -> str:
    """Columns, or fields, with their types and descriptions."""
    made = ((f"`{one.name}`", f"`{one.type}`", one.description) for one in columns)
    return markdown_table((what, "type", "what is in it"), made)


def markdown_table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str, most: int = _MOST) -> str:
    """A text as Markdown that shows it, on one line, and is nothing else."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = re.sub(r"([\\`*_\[\]#|~$]|:(?=//)|(?<=www)\.)", r"\\\1", shown, flags=re.IGNORECASE)
    # What would begin a list or underline a heading.
    return re.sub(r"^(?:[-+=]|\d+\.(?= |$))", lambda start: start[0][:-1] + "\\" + start[0][-1], shown)
