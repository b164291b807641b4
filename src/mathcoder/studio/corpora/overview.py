"""A run of stages in figures: its funnel, what is being done, what the data set holds. Counts come from the
modules that the report is made with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from mathcoder.publishing.look import FinishedStage, Kind, StagedRun
from mathcoder.studio.corpora.places import places, signature
from mathcoder.verification import VERDICTS

__all__ = ["contents", "overview", "reasons_of"]

_MOST = 60  # values of one sort
_MOST_TEXT = 20_000
Tally = list[tuple[str, int]]


def overview(run: StagedRun, kind: Kind, state: str) -> dict[str, Any]:
    """What the run is, its stages with what each got, kept and dropped, and the places its rows are in."""
    return {
        "name": run.name,
        "about": run.about,
        "kind": kind,
        "state": state,
        "finished": bool(run.dataset),
        "ended": run.ended,
        "doing": _doing(run) if state == "running" else None,
        "licence": run.card.get("license_name") or run.card.get("license"),
        "stages": [_stage(stage) for stage in run.stages],
        "places": [{"name": place.name, "rows": place.rows} for place in places(run)],
        "clusters": _has(run, "clusters"),
        "evidence": _has(run, "evidence"),
        "recipe": run.recipe[:_MOST_TEXT],
        "versions": run.asked.get("versions") or {},
    }


def _stage(stage: FinishedStage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "rows_in": stage.rows_in,
        "kept": stage.kept,
        "dropped": sorted(stage.dropped.items(), key=lambda item: (-item[1], item[0])),
        "seconds": stage.seconds,
    }


def _has(run: StagedRun, table: str) -> bool:
    return any(stage.table(table) is not None for stage in run.stages)


def _doing(run: StagedRun) -> dict[str, Any] | None:
    """The stage that was begun last and is not done, with the time it was begun at."""
    begun: dict[str, Any] | None = None
    try:
        lines = (run.folder / "log.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        try:
            said = json.loads(line)
            event, stage = said["event"], said.get("stage")
        except (ValueError, KeyError, TypeError):  # cut off by a kill
            continue
        if event == "stage started":
            begun = {"stage": str(stage), "since": said["time"]}
        elif event.startswith(("stage", "finished")):
            begun = None
    return begun


def reasons_of(run: StagedRun, name: str) -> list[dict[str, Any]]:
    """Why a stage dropped rows, in full: of each class the reasons with their counts, the most frequent ones.

    Raises:
        LookupError: there is no such stage.
    """
    stage = run.stage(name)
    if stage is None:
        raise LookupError(f"no stage {name!r} of this run is finished")
    from mathcoder.instruct.report_counts import reasons

    return [
        {"reason": sort, "count": found.total(), "details": found.most_common(_MOST), "kinds": len(found)}
        for sort, found in reasons(stage).items()
    ]


def contents(run: StagedRun, kind: Kind) -> dict[str, Any]:
    """What the data set holds and what became of computations: counted once for each state of the run."""
    files = [*run.dataset, *(path for stage in run.stages for path in stage.data)]
    return _contents(str(run.folder), kind, signature(files))


@lru_cache(maxsize=32)
def _contents(folder: str, kind: Kind, _state: object) -> dict[str, Any]:
    run = StagedRun(folder, kind)
    return _of_corpus(run) if kind == "corpus" else _of_instruct(run)


def _of_corpus(run: StagedRun) -> dict[str, Any]:
    from mathcoder.corpus.report_counts import computations, dataset

    counts, steps = dataset(run), computations(run)
    figures = []
    if run.dataset:
        figures = [
            ("documents", len(counts.documents)),
            ("rows", counts.rows.total()),
            ("tokens", counts.tokens.total()),
        ]
    if steps is not None:
        figures += [("computations", steps.total), ("verified", steps.verified)]
    return {
        "figures": figures,
        "made_of": _made_of("form", "tokens", counts.tokens),
        "tallies": [
            _tally("licence", "tokens", counts.licences),
            _tally("language", "tokens", counts.languages),
        ],
        "verdicts": _of_verdicts(steps.verdicts) if steps is not None else None,
        "skipped": _top(steps.skipped) if steps is not None else [],
    }


def _of_instruct(run: StagedRun) -> dict[str, Any]:
    from mathcoder.instruct.report_counts import count_rows

    counts = count_rows(run.dataset)
    figures: Tally = []
    if run.dataset:
        figures = [
            ("rows", counts.rows.total()),
            ("problems", len(counts.rows_of_problem)),
            ("tokens", counts.tokens.total()),
            *((f"rows of {split}", number) for split, number in sorted(counts.splits.items())),
        ]
    tallies = [
        _tally("licence", "tokens", counts.tokens_by_licence),
        _tally("model", "rows", counts.models),
        _tally("blocks of code", "rows", Counter({str(n): rows for n, rows in sorted(counts.blocks.items())})),
    ]
    return {
        "figures": figures,
        "made_of": _made_of("method", "rows", counts.rows),
        "tallies": tallies,
        "verdicts": None,
        "skipped": [],
    }


def _made_of(by: str, unit: str, counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Amounts by source and what else."""
    return {
        "by": by,
        "unit": unit,
        "sources": _grouped(((source, name), n) for (source, name), n in counts.items()),
    }


def _of_verdicts(counts: Mapping[tuple[str, str, str], int]) -> dict[str, Any]:
    return {
        "order": list(VERDICTS),
        "by_translator": _grouped(((who, verdict), n) for (who, _, verdict), n in counts.items()),
        "by_kind": _grouped(((kind, verdict), n) for (_, kind, verdict), n in counts.items()),
    }


def _grouped(amounts: Iterable[tuple[tuple[str, str], int]]) -> list[dict[str, Any]]:
    groups: dict[str, Counter[str]] = {}
    for (name, part), amount in amounts:
        groups.setdefault(name, Counter())[part] += amount
    ordered = sorted(groups, key=lambda name: (-groups[name].total(), name))
    return [{"name": name, "total": groups[name].total(), "parts": _top(groups[name])} for name in ordered[:_MOST]]


def _tally(name: str, unit: str, counts: Counter[str]) -> dict[str, Any]:
    return {"name": name, "unit": unit, "total": counts.total(), "values": _top(counts), "kinds": len(counts)}


def _top(counts: Counter[str]) -> Tally:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
