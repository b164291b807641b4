"""Clusters of copies: which document of each stayed, why the others went, and how two of them differ."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mathcoder.publishing.look import FinishedStage, StagedRun, rows_by_id
from mathcoder.publishing.page import line
from mathcoder.studio.corpora.places import signature

if TYPE_CHECKING:
    from mathcoder.corpus.report_counts import Clusters

__all__ = ["clusters_of", "difference", "members_of"]

_MOST_CLUSTERS, _MEMBERS = 1_000, 4
_MOST_MEMBERS = 100
_COMPARED = 30_000  # characters of each text
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def _stage(run: StagedRun) -> tuple[FinishedStage, Path]:
    stage = run.stage("duplicates")
    table = stage.table("clusters") if stage else None
    if stage is None or table is None:
        raise LookupError("this run has not looked for copies")
    return stage, table


def clusters_of(run: StagedRun, start: int, size: int) -> dict[str, Any]:
    """The clusters, the largest first.

    Raises:
        LookupError: the run has no such stage.
        ValueError: a file is not readable.
    """
    stage, table = _stage(run)
    found = _clusters(str(run.folder), stage.name, signature([table]))
    return {
        "clusters": found.clusters,
        "members": found.members,
        "kept": found.kept,
        "params": dict(stage.params),
        "total": min(found.clusters, _MOST_CLUSTERS),
        "largest": [
            {"name": name, "size": many, "members": [{"id": i, "kept": k, "why": why} for i, k, why in members]}
            for name, many, members in found.largest[start : start + size]
        ],
    }


@lru_cache(maxsize=16)
def _clusters(folder: str, name: str, _state: object) -> Clusters:
    from mathcoder.corpus.report_counts import Clusters, clusters

    for kind in ("corpus", "instruct"):
        try:
            stage = StagedRun(folder, kind).stage(name)
        except ValueError:
            continue
        found = clusters(stage, _MOST_CLUSTERS, _MEMBERS) if stage else None
        return found or Clusters(0, 0, 0, [])
    return Clusters(0, 0, 0, [])


def members_of(run: StagedRun, cluster: str) -> dict[str, Any]:
    """The documents of a cluster with the starts of their texts; the one that stayed first.

    Raises:
        LookupError: there is no such cluster.
        ValueError: a file is not readable.
    """
    stage, table = _stage(run)
    dataset: Any = import_module("pyarrow.dataset")
    wanted = dataset.field("cluster") == cluster
    found: list[dict[str, Any]]
    found = dataset.dataset(str(table), format="parquet").to_table(filter=wanted).to_pylist()
    if not found:
        raise LookupError(f"this run has no cluster {cluster!r}")
    found.sort(key=lambda row: (not row["kept"], row["id"]))
    shown = found[:_MOST_MEMBERS]
    texts = _rows(run, stage, [row["id"] for row in shown])
    return {
        "name": cluster,
        "size": len(found),
        "members": [
            {"id": row["id"], "kept": row["kept"], "why": row["why"], **_about(texts.get(row["id"], {}))}
            for row in shown
        ],
    }


def _about(row: dict[str, Any]) -> dict[str, Any]:
    text = _text(row)
    return {
        "title": row.get("title") or line(text, 120),
        "source": row.get("source"),
        "url": row.get("url") or row.get("path") or row.get("problem"),
        "length": len(text),
    }


def _rows(run: StagedRun, stage: FinishedStage, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Rows as the stage got them."""
    before = run.before(stage.name)
    return rows_by_id(before.data, ids) if before else {}


def _text(row: dict[str, Any]) -> str:
    return str(row.get("question" if "question" in row else "text") or "")


def difference(run: StagedRun, one: str, other: str) -> dict[str, Any]:
    """Two documents side by side, each in pieces: a text, and whether the other has it too.

    Raises:
        LookupError: one of them is not there.
        ValueError: a file is not readable.
    """
    stage, _ = _stage(run)
    found = _rows(run, stage, [one, other])
    for name in (one, other):
        if name not in found:
            raise LookupError(f"this run has no row {name!r} before the stage {stage.name}")
    texts = [_text(found[name]) for name in (one, other)]
    left, right = _compared(texts[0][:_COMPARED], texts[1][:_COMPARED])
    return {
        "one": {"id": one, "pieces": left, "left_out": max(0, len(texts[0]) - _COMPARED)},
        "other": {"id": other, "pieces": right, "left_out": max(0, len(texts[1]) - _COMPARED)},
    }


Pieces = list[tuple[str, bool]]


def _compared(one: str, other: str) -> tuple[Pieces, Pieces]:
    """By lines, and lines that stand against one another by words."""
    left: Pieces = []
    right: Pieces = []
    lines = one.splitlines(keepends=True), other.splitlines(keepends=True)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, *lines).get_opcodes():
        mine, yours = "".join(lines[0][a:b]), "".join(lines[1][c:d])
        if kind == "replace" and max(len(mine), len(yours)) <= 4_000:
            words = _WORDS.findall(mine), _WORDS.findall(yours)
            for sort, i, j, k, m in difflib.SequenceMatcher(None, *words, autojunk=False).get_opcodes():
                _add(left, "".join(words[0][i:j]), sort == "equal")
                _add(right, "".join(words[1][k:m]), sort == "equal")
        else:
            _add(left, mine, kind == "equal")
            _add(right, yours, kind == "equal")
    return left, right


def _add(pieces: Pieces, text: str, both: bool) -> None:
    if text and pieces and pieces[-1][1] == both:
        pieces[-1] = pieces[-1][0] + text, both
    elif text:
        pieces.append((text, both))
