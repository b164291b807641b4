"""What the studio answers on data sets that were built: funnel, rows by the page, documents, copies, evidence."""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("fastapi")
sys.path.append(str(Path(__file__).parents[1] / "corpus"))
sys.path.append(str(Path(__file__).parents[1] / "instruct"))

import instruct_built
from corpus_run_made import HOSTILE, make_corpus_run
from instruct_run_made import make_instruct_run
from starlette.testclient import TestClient
from studio_server import studio_client

from mathcoder.corpus.build import build
from mathcoder.corpus.contents import contents_of
from mathcoder.corpus.recipe import load_corpus_recipe
from mathcoder.corpus.report_counts import computations
from mathcoder.instruct.report_counts import count_rows
from mathcoder.problems import load, named_questions
from mathcoder.publishing.look import StagedRun, rows
from mathcoder.solution import Solution

EXAMPLES = Path(__file__).parents[2] / "examples/data"
RECIPE = f"""
name: studied
about: A textbook section, its web page among others, and answers to test questions.
sources:
  pages: {{kind: web, paths: ["{EXAMPLES}/pages.jsonl.gz"]}}
  textbook: {{kind: textbook, paths: ["{EXAMPLES}/sequences.ptx"], licence: CC-BY-SA-4.0}}
  recorded:
    kind: text
    paths: ["{EXAMPLES}/mathcoder_l70b.jsonl"]
    columns: {{question: problem, solution: completion, answer: answer}}
recall: {{}}
duplicates: {{threshold: 0.4, shingle: 3, prefer: [textbook]}}
contamination: {{benchmarks: [gsm8k, svamp]}}
translate: {{}}
write: {{forms: [document, steps, interleaved], tokenizer: bytes}}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two real runs: `corpus` and `instruct`."""
    folder = tmp_path_factory.mktemp("runs")
    recipes = tmp_path_factory.mktemp("recipes")
    recipe = recipes / "studied.yaml"
    recipe.write_text(RECIPE, encoding="utf-8")
    build(load_corpus_recipe(recipe), folder / "corpus", workers=1)
    instruct_built.built(instruct_built.small_recipe(recipes), folder / "instruct", workers=1, limit=24)
    return folder


@pytest.fixture
def client(built: Path) -> Iterator[TestClient]:
    with studio_client(built) as client:
        yield client


@pytest.fixture
def corpus(built: Path) -> StagedRun:
    return StagedRun(built / "corpus", "corpus")


def answer(client: TestClient, path: str, status: int = 200, **asked: Any) -> Any:
    given = {name: value for name, value in asked.items() if value is not None}
    got = client.get(f"/api/corpora/{path}", params=given)
    assert got.status_code == status, got.text
    return got.json()


def again(client: TestClient, path: str, **asked: Any) -> Any:
    got = client.post(f"/api/corpora/{path}/again", json=asked)
    assert got.status_code == 200, got.text
    return got.json()


def joined(pieces: list[Any]) -> str:
    return "".join(text for text, _ in pieces)


# Figures.


def test_funnel_is_that_of_the_stages(client: TestClient, corpus: StagedRun) -> None:
    found = answer(client, "corpus/corpus")
    assert [stage["name"] for stage in found["stages"]] == [stage.name for stage in corpus.stages]
    for shown, stage in zip(found["stages"], corpus.stages, strict=True):
        assert (shown["rows_in"], shown["kept"]) == (stage.rows_in, stage.kept)
        assert dict(shown["dropped"]) == dict(stage.dropped)
    assert found["finished"]
    assert found["state"] == "finished"
    assert found["doing"] is None
    assert found["clusters"]
    assert found["evidence"]
    assert found["places"][0] == {"name": "dataset", "rows": None}


def test_contents_are_those_of_the_library(client: TestClient, corpus: StagedRun, built: Path) -> None:
    found, whole = answer(client, "corpus/corpus/contents"), contents_of(corpus.dataset)
    steps = computations(corpus)
    assert steps is not None
    figures = dict(found["figures"])
    assert figures["documents"] == whole.whole.documents
    assert figures["tokens"] == whole.whole.tokens
    assert (figures["computations"], figures["verified"]) == (steps.total, steps.verified)
    assert {one["name"]: one["total"] for one in found["made_of"]["sources"]} == {
        name: held.tokens for name, held in whole.sources.items()
    }
    by_kind = Counter(kind for _, kind, _ in steps.verdicts.elements())
    assert {one["name"]: one["total"] for one in found["verdicts"]["by_kind"]} == by_kind
    counts = count_rows(StagedRun(built / "instruct", "instruct").dataset)
    figures = dict(answer(client, "instruct/instruct/contents")["figures"])
    assert (figures["rows"], figures["tokens"]) == (counts.rows.total(), counts.tokens.total())


def test_reasons_in_full_add_up(client: TestClient, corpus: StagedRun) -> None:
    stage = corpus.stage("recall")
    assert stage is not None
    (found,) = answer(client, "corpus/corpus/reasons", stage="recall")
    assert (found["reason"], found["count"]) == ("not mathematics", sum(stage.dropped.values()))
    assert sum(many for _, many in found["details"]) == found["count"]
    assert "no stage 'nothing'" in answer(client, "corpus/corpus/reasons", 404, stage="nothing")["error"]


# Rows by the page.


def test_every_place_gives_all_its_rows_once(client: TestClient, built: Path) -> None:
    for kind in ("corpus", "instruct"):
        _all_pages(client, StagedRun(built / kind, kind), kind)  # type: ignore[arg-type]


def test_a_file_of_several_row_groups_gives_all_its_rows_once(tmp_path: Path) -> None:
    run = StagedRun(make_corpus_run(tmp_path / "corpus", hostile=False), "corpus")
    assert pq.read_metadata(run.dataset[0]).num_row_groups > 2
    with studio_client(tmp_path) as client:
        _all_pages(client, run, "corpus")
        wanted = [row["id"] for row in rows(run.dataset) if row["form"] == "steps"]
        found: list[str] = []
        for start in range(0, len(wanted) + 5, 5):
            page = answer(client, "corpus/corpus/rows", place="dataset", form="steps", start=start, size=5)
            assert page["total"] == len(wanted)
            found += [row["id"] for row in page["rows"]]
        assert found == wanted


def _all_pages(client: TestClient, run: StagedRun, kind: str) -> None:
    for place in answer(client, f"{kind}/{kind}")["places"]:
        name = place["name"]
        wanted = [row["id"] for row in rows(_files(run, name), ["id"])]
        assert place["rows"] in (None, len(wanted))
        found: list[str] = []
        while True:
            page = answer(client, f"{kind}/{kind}/rows", place=name, start=len(found), size=37)
            assert page["total"] == len(wanted)
            if not page["rows"]:
                break
            found += [row["id"] for row in page["rows"]]
        assert found == wanted


def _files(run: StagedRun, place: str) -> list[Path]:
    what, _, name = place.partition(":")
    if place == "dataset":
        return list(run.dataset)
    if place == "dropped":
        return [path for stage in run.stages if stage.dropped for path in stage.rejected]
    stage = run.stage(name)
    assert stage is not None
    return list(stage.data if what == "kept" else stage.rejected)


def _says(text: str, *names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: any(text.casefold() in str(row.get(name) or "").casefold() for name in names)


TEXTS = ("id", "title", "url", "text", "problem", "question", "answer", "solution")
FILTERS: list[tuple[str, dict[str, str], Callable[[dict[str, Any]], bool]]] = [
    ("dataset", {"source": "pages"}, lambda row: row["source"] == "pages"),
    ("dataset", {"language": ""}, lambda row: not row["language"]),
    ("dataset", {"licence": "CC-BY-SA-4.0"}, lambda row: row["licence"] == "CC-BY-SA-4.0"),
    (
        "dataset",
        {"form": "steps", "source": "pages"},
        lambda row: (row["form"], row["source"]) == ("steps", "pages"),
    ),
    ("dataset", {"source": "nothing"}, lambda row: False),
    ("dataset", {"reason": "duplicate"}, lambda row: False),
    ("kept:read", {"form": "steps"}, lambda row: False),
    ("kept:read", {"text": "EUCLID"}, _says("euclid", *TEXTS)),
    ("kept:read", {"text": "%_.*"}, _says("%_.*", *TEXTS)),
    (
        "kept:verify",
        {"verdict": "verified"},
        lambda row: "verified" in [c["verdict"] for c in row["computations"]],
    ),
    (
        "kept:verify",
        {"verdict": "trivial", "source": "pages"},
        lambda row: row["source"] == "pages" and "trivial" in [c["verdict"] for c in row["computations"]],
    ),
    ("kept:translate", {"verdict": "verified"}, lambda row: False),
    ("dropped", {"reason": "contamination"}, lambda row: row["drop_reason"].startswith("contamination: ")),
    ("dropped", {"reason": "contam"}, lambda row: False),
    ("dropped", {"reason": "contamination", "text": "boys"}, lambda row: _dropped_saying(row, "boys")),
]


def _dropped_saying(row: dict[str, Any], text: str) -> bool:
    return row["drop_reason"].startswith("contamination: ") and _says(text, *TEXTS)(row)


@pytest.mark.parametrize(
    ("place", "asked", "passes"), FILTERS, ids=[f"{place} {asked}" for place, asked, _ in FILTERS]
)
def test_filters_are_what_reading_everything_gives(
    client: TestClient, corpus: StagedRun, place: str, asked: dict[str, str], passes: Callable[[Any], bool]
) -> None:
    wanted = [row["id"] for row in rows(_files(corpus, place)) if passes(row)]
    page = answer(client, "corpus/corpus/rows", place=place, size=100, **asked)
    assert page["total"] == len(wanted)
    assert [row["id"] for row in page["rows"]] == wanted[:100]
    last = answer(client, "corpus/corpus/rows", place=place, start=max(0, len(wanted) - 3), size=5, **asked)
    assert [row["id"] for row in last["rows"]] == wanted[-3:]


def test_values_to_choose_by_are_counted(client: TestClient, corpus: StagedRun) -> None:
    found = answer(client, "corpus/corpus/values", place="dataset")
    assert dict(found["source"]) == Counter(row["source"] for row in rows(corpus.dataset))
    assert dict(found["language"]) == Counter(row["language"] or "" for row in rows(corpus.dataset))
    dropped = dict(answer(client, "corpus/corpus/values", place="dropped")["reason"])
    wanted: Counter[str] = sum((Counter(stage.dropped) for stage in corpus.stages), Counter())
    assert dropped == wanted
    verify = corpus.stage("verify")
    assert verify is not None
    verdicts = dict(answer(client, "corpus/corpus/values", place="kept:verify")["verdict"])
    assert verdicts == Counter(
        verdict for row in rows(verify.data) for verdict in {one["verdict"] for one in row["computations"]}
    )


def test_rows_of_a_problem_stand_together(client: TestClient) -> None:
    first = answer(client, "instruct/instruct/rows", place="dataset", size=1)["rows"][0]
    found = answer(client, "instruct/instruct/rows", place="dataset", problem=first["problem"])
    assert {row["problem"] for row in found["rows"]} == {first["problem"]}
    assert first["id"] in [row["id"] for row in found["rows"]]


# One row.


def test_a_document_has_each_computation_beside_its_step(client: TestClient, corpus: StagedRun) -> None:
    verify = corpus.stage("verify")
    assert verify is not None
    several = [row for row in rows(verify.data) if len(row["computations"]) > 2]
    assert several
    for row in several:
        passages, found, after = [], {}, 0
        while after is not None:
            found = answer(client, "corpus/corpus/row", id=row["id"], place="kept:verify", after=after)
            passages += found["passages"]
            after = found["next"]
        texts = [joined(passage["pieces"]) for passage in passages]
        assert "".join(texts) == row["text"]
        placed = [number for passage in passages for number in passage["computations"]]
        assert sorted(placed) == list(range(len(row["computations"])))
        ends = [sum(map(len, texts[: at + 1])) for at in range(len(texts))]
        for at, passage in enumerate(passages):
            for number in passage["computations"]:
                assert ends[at] - len(texts[at]) < row["computations"][number]["end"] <= ends[at]
        for shown, one in zip(found["computations"], row["computations"], strict=True):
            assert shown["quote"] == row["text"][one["start"] : one["end"]]
            for name in ("expression", "result", "code", "verdict", "output", "reason", "conditions"):
                assert shown[name] == one[name]


def test_a_row_is_found_by_its_document_alone_and_has_its_way(client: TestClient, corpus: StagedRun) -> None:
    row = next(row for row in rows(corpus.dataset) if row["form"] == "steps")
    found = answer(client, "corpus/corpus/row", id=row["document"])
    assert (found["place"], found["id"]) == ("kept:verify", row["document"])
    assert row["id"] in found["forms"]
    way = [(one["stage"], one["kept"]) for one in found["trail"]]
    assert way[:2] == [("read", True), ("licences", True)]
    assert ("mix", True) in way
    written = answer(client, "corpus/corpus/row", id=row["id"], place="dataset")
    code = [block["content"] for block in written["blocks"] if block["type"] == "code"]
    assert code == [one["code"].strip("\n") for one in row["computations"]]


def test_a_dropped_row_says_why(client: TestClient, corpus: StagedRun) -> None:
    for row in rows(_files(corpus, "dropped:recall")):
        found = answer(client, "corpus/corpus/row", id=row["id"])
        assert (found["place"], found["drop_reason"]) == ("dropped:recall", row["drop_reason"])
        assert found["trail"][-1] == {
            "stage": "recall",
            "kept": False,
            "id": row["id"],
            "reason": row["drop_reason"],
        }


def test_a_sample_is_shown_in_blocks(client: TestClient, built: Path) -> None:
    run = StagedRun(built / "instruct", "instruct")
    check = run.stage("check")
    assert check is not None
    row = next(rows(check.data))
    blocks = Solution.from_json(json.loads(row["solution"])).to_json()["blocks"]
    for place in ("kept:check", "dataset"):
        found = answer(client, "instruct/instruct/row", id=row["id"], place=place)
        assert found["blocks"] == blocks
        assert joined(found["question"]) == row["question"]
    without = next(rows(_files(run, "dropped:solve")))
    assert answer(client, "instruct/instruct/row", id=without["id"])["blocks"] == []


def test_a_long_text_comes_in_parts_and_whole(tmp_path: Path) -> None:
    long = "A word. " * 3_000 + "\n\n" + "b" * 90_000 + "\n\n" + "c " * 40_000
    make_corpus_run(tmp_path / "long", documents=4, texts=[long])
    run = StagedRun(tmp_path / "long", "corpus")
    with studio_client(tmp_path) as client:
        for row in rows(run.stages[0].data):
            texts: list[str] = []
            after = 0
            while after is not None:
                found = answer(client, "corpus/long/row", id=row["id"], place="kept:read", after=after)
                assert len(json.dumps(found)) < 250_000
                texts += [joined(one["pieces"]) for one in found.get("passages", ())]
                texts += [one["content"] for one in found.get("blocks", ())]
                assert found["next"] is None or found["next"] > after
                after = found["next"]
            assert "".join(texts) == row["text"]
            assert len(texts) > 3


# Copies and evidence.


def test_evidence_is_marked_beside_what_the_item_asks(client: TestClient, corpus: StagedRun) -> None:
    stage = corpus.stage("contamination")
    table = stage.table("evidence") if stage else None
    assert table is not None
    wanted = list(rows([table]))
    found = answer(client, "corpus/corpus/evidence", size=100)
    assert found["total"] == found["passages"] == len(wanted) > 20
    assert sum(found["benchmarks"].values()) == len(wanted)
    assert found["place"] == "kept:duplicates"
    questions = {**named_questions("gsm8k", load("gsm8k")), **named_questions("svamp", load("svamp"))}
    for row in wanted[:10]:
        shown = answer(client, "corpus/corpus/row", id=row["id"], place=found["place"])
        (one,) = [item for item in shown["evidence"] if item["item"] == row["item"]]
        assert one["question"] == questions[row["item"]]
        assert one["known"]
        marked = "".join(t for passage in shown["passages"] for t, flag in passage["pieces"] if flag)
        assert row["passage"] in marked
    only = answer(client, "corpus/corpus/evidence", benchmark="svamp", size=100)
    assert only["total"] == len(only["found"]) == found["benchmarks"]["svamp"]
    assert all(one["item"].startswith("svamp/") for one in only["found"])


def test_copies_are_told_and_compared(client: TestClient, corpus: StagedRun) -> None:
    (cluster,) = answer(client, "corpus/corpus/clusters")["largest"]
    assert cluster["size"] == len(cluster["members"]) == 2
    found = answer(client, "corpus/corpus/cluster", name=cluster["name"])
    stays, goes = found["members"]
    assert (stays["kept"], goes["kept"]) == (True, False)
    assert goes["why"].startswith(f"near copy of {stays['id']}")
    texts = {row["id"]: row["text"] for row in rows(_files(corpus, "kept:clean"))}
    differ = answer(client, "corpus/corpus/difference", one=stays["id"], other=goes["id"])
    for side in (differ["one"], differ["other"]):
        assert (
            joined(side["pieces"]) + texts[side["id"]][-side["left_out"] or len(texts[side["id"]]) :]
            == (texts[side["id"]])
        )
    same = ["".join(text for text, both in side["pieces"] if both) for side in (differ["one"], differ["other"])]
    assert same[0] == same[1] != ""


# Run again.


def test_a_computation_runs_again(client: TestClient, corpus: StagedRun) -> None:
    verify = corpus.stage("verify")
    assert verify is not None
    row = next(row for row in rows(verify.data) if "verified" in [one["verdict"] for one in row["computations"]])
    number = next(n for n, one in enumerate(row["computations"]) if one["verdict"] == "verified")
    found = again(client, "corpus/corpus", place="kept:verify", id=row["id"], computation=number)
    one = row["computations"][number]
    assert found["stored"] == {name: one[name] for name in ("output", "verdict", "reason")}
    assert found["now"]["output"].strip() == one["output"]
    assert found["now"]["verdict"] == "verified"
    assert found["same"]


def test_what_is_stored_wrongly_is_found(built: Path, tmp_path: Path) -> None:
    run = StagedRun(shutil.copytree(built / "corpus", tmp_path / "corpus"), "corpus")
    verify = run.stage("verify")
    assert verify is not None
    (path,) = verify.data
    table = pq.read_table(path)
    lists = table["computations"].to_pylist()
    at = next(place for place, steps in enumerate(lists) if steps)
    lists[at][0] |= {"output": "41", "code": "import os\nprint(6 * 7)\nprint(os.listdir('/root'))"}
    column = table.schema.field("computations")
    table = table.set_column(table.schema.names.index("computations"), column, pa.array(lists, column.type))
    pq.write_table(table, path)
    with studio_client(tmp_path) as client:
        row = {"place": "kept:verify", "id": table["id"][at].as_py()}
        found = again(client, "corpus/corpus", **row, computation=0)
        assert found["stored"]["output"] == "41"
        assert not found["same"]
        assert found["now"]["output"].startswith("42\n")
        assert found["now"]["verdict"] == "error"
        assert found["now"]["status"] != "ok"
        got = client.post("/api/corpora/corpus/corpus/again", json={**row, "computation": len(lists[at])})
        assert got.status_code == 404
        assert "none with the number" in got.json()["error"]


def test_a_solution_runs_again(client: TestClient, built: Path) -> None:
    row = next(rows(StagedRun(built / "instruct", "instruct").dataset))
    found = again(client, "instruct/instruct", place="dataset", id=row["id"])
    assert found["same"]
    assert found["blocks"]
    for block in found["blocks"]:
        assert block["now"]["output"].strip() == block["stored"].strip()


def test_running_needs_the_token(built: Path) -> None:
    with studio_client(built, token=None) as client:
        assert client.get("/api/corpora/corpus/corpus").status_code == 200
        asked = {"place": "dataset", "id": "any", "computation": 0}
        got = client.post("/api/corpora/corpus/corpus/again", json=asked)
        assert got.status_code in (401, 403)
        assert got.json()["error"]


# Runs that are not finished, damaged or hostile.


def test_a_run_that_is_being_built_shows_what_is_done(tmp_path: Path) -> None:
    run = make_corpus_run(tmp_path / "live", hostile=False, finished=False)
    with (run / "log.jsonl").open("a") as log:
        for event, stage in (("stage started", "verify"), ("stage done", "verify"), ("stage started", "write")):
            log.write(json.dumps({"time": 1_767_225_700.5, "event": event, "stage": stage}) + "\n")
        log.write('{"time": 1767225')
    with studio_client(tmp_path) as client, (run / "lock").open() as lock:
        assert answer(client, "corpus/live")["doing"] is None
    with studio_client(tmp_path) as client, (run / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = answer(client, "corpus/live")
        assert (found["state"], found["finished"]) == ("running", False)
        assert found["doing"] == {"stage": "write", "since": 1_767_225_700.5}
        assert found["places"][0]["name"] == "dropped"
        assert found["places"][1]["name"] == "kept:verify"
        assert dict(answer(client, "corpus/live/contents")["figures"])["computations"] > 0
        make_corpus_run(tmp_path / "done", hostile=False)
        shutil.copytree(tmp_path / "done/stages/09-write", run / "stages/09-write")
        assert answer(client, "corpus/live")["stages"][-1]["name"] == "write"
        assert answer(client, "corpus/live/rows", place="kept:write")["rows"]


def test_hostile_text_comes_as_it_is(tmp_path: Path) -> None:
    make_corpus_run(tmp_path / "corpus")
    make_instruct_run(tmp_path / "instruct", texts=HOSTILE)
    with studio_client(tmp_path) as client:
        for kind in ("corpus", "instruct"):
            base = f"{kind}/{kind}"
            answer(client, f"{base}/contents")
            answer(client, f"{base}/evidence", size=100)
            answer(client, f"{base}/clusters") if kind == "corpus" else None
            for place in answer(client, base)["places"]:
                answer(client, f"{base}/values", place=place["name"])
                for row in answer(client, f"{base}/rows", place=place["name"], size=12)["rows"]:
                    where = f"dropped:{row['stage']}" if place["name"] == "dropped" else place["name"]
                    assert answer(client, f"{base}/row", id=row["id"], place=where)["id"] == row["id"]
        for stored in rows(StagedRun(tmp_path / "corpus", "corpus").stages[0].data):
            shown = answer(client, "corpus/corpus/row", id=stored["id"], place="kept:read")
            said = [joined(one["pieces"]) for one in shown.get("passages", ())]
            said += [one["content"] for one in shown.get("blocks", ())]
            assert "".join(said) == stored["text"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("corpus/nothing", {}),
        ("instruct/corpus", {}),
        ("corpus/..%2Fcorpus", {}),
        ("corpus/corpus~stages", {}),
        ("corpus/corpus/rows", {"place": "kept:../../read"}),
        ("corpus/corpus/rows", {"place": "kept:nothing"}),
        ("corpus/corpus/row", {"id": "../../run.json"}),
        ("corpus/corpus/row", {"id": "a", "place": "dataset"}),
        ("corpus/corpus/cluster", {"name": "nothing"}),
        ("corpus/corpus/difference", {"one": "a", "other": "b"}),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, path: str, asked: dict[str, str]) -> None:
    found = answer(client, path, 404, **asked)
    assert "\n" not in found["error"]


@pytest.mark.parametrize("asked", [{"start": -1}, {"size": 0}, {"size": 101}, {"start": "x"}, {"text": "x" * 501}])
def test_what_is_asked_wrongly_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    assert answer(client, "corpus/corpus/rows", 422, place="dataset", **asked)["error"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    run = make_corpus_run(tmp_path / "damaged", hostile=False)
    (part,) = (run / "dataset/data").iterdir()
    part.write_bytes(part.read_bytes()[:-300])
    with studio_client(tmp_path) as client:
        found = answer(client, "corpus/damaged/rows", 409, place="dataset")
        assert part.name in found["error"]
        assert "build it again" in found["error"]
        assert "\n" not in found["error"]
        assert answer(client, "corpus/damaged/rows", place="kept:mix")["rows"]


def test_a_run_that_names_files_outside_is_not_read(tmp_path: Path) -> None:
    run = make_corpus_run(tmp_path / "outside", hostile=False)
    path = run / "stages/01-read/stage.json"
    facts = json.loads(path.read_text())
    facts["data"][0]["file"] = "../../02-licences/data/part-00000.parquet"
    path.write_text(json.dumps(facts))
    with studio_client(tmp_path) as client:
        assert "outside its folder" in answer(client, "corpus/outside", 409)["error"]
