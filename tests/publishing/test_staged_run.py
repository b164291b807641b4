"""The folder of a run is read, and rows to show are chosen."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.publishing.look import StagedRun, batches, reason_class, rows, rows_by_id
from mathcoder.publishing.samples import chosen

sys.path.append(str(Path(__file__).parents[1] / "corpus"))

from corpus_run_made import STAGES, make_corpus_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus_run(tmp_path_factory.mktemp("corpus") / "run")


@given(st.dictionaries(st.text(), st.sampled_from("abc"), max_size=40), st.randoms())
def test_what_is_chosen_depends_on_the_ids_alone(groups: dict[str, str], order: random.Random):
    pairs = [(group, name) for name, group in groups.items()]
    before = chosen(pairs, 5)
    order.shuffle(pairs)
    assert chosen(pairs, 5) == before
    for group, names in before.items():
        assert len(names) == min(5, len(set(names)), Counter(groups.values())[group])
        assert {groups[name] for name in names} == {group}


def test_the_folder_is_read_in_the_order_of_its_stages(run: Path):
    found = StagedRun(run, "corpus")
    assert tuple(stage.name for stage in found.stages) == STAGES
    assert (found.name, found.about) == ("A small corpus", "It is made <b>by hand</b>.")
    assert found.card["license"] == "cc-by-sa-4.0"
    assert found.ended == 1_767_225_660
    before, after = found.stage("duplicates"), found.stage("contamination")
    assert before is not None
    assert after is not None
    assert found.before("contamination") is before
    assert found.before("read") is None
    assert before.table("clusters") == before.folder / "clusters.parquet"
    assert before.table("evidence") is None
    for earlier, later in zip(found.stages, found.stages[1:], strict=False):
        assert later.rows_in == earlier.kept
    for stage in found.stages:
        assert len(list(rows(stage.data, ["id"]))) == stage.kept
        assert Counter(reason_class(row["drop_reason"]) for row in rows(stage.rejected)) == stage.dropped


def test_rows_have_the_columns_that_are_asked_for(run: Path):
    stage = StagedRun(run, "corpus").stage("verify")
    assert stage is not None
    wanted = ["id", "computations.verdict", "nothing"]
    (row, *_) = (row for row in rows(stage.data, wanted) if row["computations"])
    assert list(row) == ["id", "computations"]
    assert list(row["computations"][0]) == ["verdict"]
    assert sum(batch.num_rows for batch in batches(stage.data)) == stage.kept


def test_rows_are_found_by_id(run: Path):
    found = StagedRun(run, "corpus")
    some = list(rows(found.dataset))[::7]
    assert rows_by_id(found.dataset, [row["id"] for row in some]) == {row["id"]: row for row in some}
    assert rows_by_id(found.dataset, ["none of them"]) == {}
    assert rows_by_id(found.dataset, []) == {}


def test_a_folder_that_is_not_there_holds_no_run(tmp_path: Path):
    with pytest.raises(ValueError, match="holds no run; name the folder that `mathcoder corpus build` made"):
        StagedRun(tmp_path / "nowhere", "corpus")


def test_a_run_of_another_kind_is_refused(run: Path):
    with pytest.raises(ValueError, match="holds a run of 'corpus', no instruction data"):
        StagedRun(run, "instruct")
