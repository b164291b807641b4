"""The classifier and the rules on real pages: trained on part of them, measured on sites that it has not seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mathcoder.corpus.recall import (
    RecallModel,
    Sample,
    Training,
    label_by_rules,
    measured,
    rule_label,
    site_of,
    train_two_rounds,
)
from mathcoder.corpus.sources import SourceSpec, read_source

Pages = tuple[list[Sample], list[Sample]]


@pytest.fixture(scope="module")
def pages(data_dir: Path) -> Pages:
    """Those with formulas, and those without."""

    def texts(name: str) -> list[Sample]:
        rows = read_source(SourceSpec(name, "web", (str(data_dir / "html" / f"{name}_pages.jsonl.gz"),)))
        return [
            Sample(row.text, site_of(row.url, json.loads(row.meta)), name)
            for row in rows
            if row.drop_reason is None
        ]

    return texts("math"), texts("nonmath")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_recall_and_precision_on_unseen_sites(pages: Pages, seed: int) -> None:
    model = RecallModel.train(*pages, Training(recall=0.95, seed=seed))
    (only,) = model.facts.rounds
    assert only.split == "by site"
    assert only.related.held_out > 100
    assert only.unrelated.held_out > 100
    assert only.point.recall >= 0.95
    assert only.point.precision >= 0.95


def test_recall_and_precision_on_unseen_pages(pages: Pages) -> None:
    """Pages that the model was not shown in any way, some of sites that it was; at its own threshold."""
    shown, unseen = ([part[offset::2] for part in pages] for offset in (0, 1))
    model = RecallModel.train(*shown)
    scores = model.score([sample.text for part in unseen for sample in part])
    point = measured(scores, [True] * len(unseen[0]) + [False] * len(unseen[1]), model.threshold)
    assert point.recall >= 0.95
    assert point.precision >= 0.95


def test_rules_alone(pages: Pages) -> None:
    related, unrelated = ([rule_label(sample.text).mathematical for sample in part] for part in pages)
    assert sum(related) / len(related) >= 0.95
    assert sum(related) / (sum(related) + sum(unrelated)) >= 0.99


def test_two_rounds_with_rules(pages: Pages) -> None:
    """The crawl is both kinds of page; what is kept of pages that neither round saw."""
    first, second, unseen = ([part[offset::3] for part in pages] for offset in range(3))
    crawl = [*second[0], *second[1]]
    model = train_two_rounds(*first, crawl, label_by_rules, labels="rules")
    assert model.facts.rounds[1].labels == "rules"
    scores = model.score([sample.text for part in unseen for sample in part])
    point = measured(scores, [True] * len(unseen[0]) + [False] * len(unseen[1]), model.threshold)
    assert point.recall >= 0.9
    assert point.precision >= 0.95
