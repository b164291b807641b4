"""The Traces view's API over runs of recorded solutions: index, filters, search, neighbours, comparison."""

from __future__ import annotations

import datetime
import json
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_run import ASKED, recorded_rows, sampled, truncated, with_all_outcomes, write_run
from starlette.testclient import TestClient
from studio_server import studio_client

from mathcoder.evaluation import EvalRow, compare, mismatches, read_run
from mathcoder.evaluation.samples import by_problem, voted
from mathcoder.evaluation.scoring import score_rows
from mathcoder.solution import Block
from mathcoder.solving.text import error_shown
from mathcoder.studio.traces.building import Indexes
from mathcoder.studio.traces.index import TraceIndex
from mathcoder.studio.traces.query import Filters, found_rows, overview, whole_row
from mathcoder.studio.traces.schema import COLUMNS
from mathcoder.studio.traces.votes import MAJORITY, MINORITY, UNANIMOUS
from mathcoder.studio.traces.words import excerpt, fts_expression, search_terms

ROWS = with_all_outcomes(recorded_rows())
VOTES = sampled(ROWS, 4)
# The second of two runs: what was cut off is right again, others are not.
OTHER = [truncated(row) if place in (1, 2, 20) else row for place, row in enumerate(recorded_rows())]
BENCHMARKS = ["gsm8k", "svamp"]
HOSTILE = '</script><script>alert(1)</script> \\href{javascript:alert(1)}{x} "><svg onload=alert(1)> \u202e'

Ask = Callable[..., Any]


def settings_of(votes: int = 1) -> dict[str, Any]:
    return ASKED["settings"] | {"benchmarks": BENCHMARKS, "votes": votes}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traces")
    write_run(folder / "one", ROWS, settings=settings_of())
    write_run(folder / "votes", VOTES, settings=settings_of(4))
    asking = {"style": "code", "dialect": "mathcoder", "shots": 0}
    write_run(folder / "other", OTHER, settings=settings_of() | {"asking": asking}, model="another")
    return folder


@pytest.fixture(scope="session")
def client(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATHCODER_CACHE", str(tmp_path_factory.mktemp("cache")))
        with studio_client(runs) as client:
            for name in ("one", "votes", "other"):
                ready(client, name)
            yield client


def ready(client: TestClient, name: str) -> dict[str, Any]:
    """What the studio says of a run once it is indexed."""
    for _ in range(600):
        answer = client.get(f"/api/traces/{name}").json()
        if answer["state"]["phase"] in ("ready", "failed"):
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{name} is not indexed: {answer['state']}")


@pytest.fixture(scope="session")
def rows(client: TestClient) -> Ask:
    def ask(run: str = "one", **query: Any) -> dict[str, Any]:
        answer = client.get(f"/api/traces/{run}/rows", params={"count": 200, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def ids(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["rows"]]


def errors_of(row: EvalRow) -> list[str]:
    shown = {error_shown(block.content) for block in row.solution.blocks if block.type == "execution"}
    return sorted(error for error in shown if error)


def tokens_of(row: EvalRow) -> int:
    return row.solution.cost.prompt_tokens + row.solution.cost.completion_tokens


# What a run is.


def test_the_scores_are_those_of_the_run(client: TestClient, runs: Path):
    answer = ready(client, "votes")
    assert answer["asked"] == json.loads((runs / "votes/run.json").read_text())
    written = json.loads((runs / "votes/scores.json").read_text())
    parts = {part["name"]: part for part in answer["scores"]["parts"]}
    assert answer["scores"]["final"]
    assert {name: part["accuracy"] for name, part in parts.items()} == {
        "gsm8k": written["benchmarks"]["gsm8k"]["accuracy"],
        "svamp": written["benchmarks"]["svamp"]["accuracy"],
        "": written["all"]["accuracy"],
    }
    assert parts["gsm8k"]["maj"] == written["benchmarks"]["gsm8k"]["maj"]
    assert answer["state"]["rows"] == len(VOTES)


def test_a_row_is_shown_whole(client: TestClient):
    for row in VOTES[::37]:
        answer = client.get("/api/traces/votes/solution", params={"id": row.id}).json()
        assert EvalRow.from_json(answer["row"]) == row
        assert [sample["sample"] for sample in answer["samples"]] == [0, 1, 2, 3]
        assert sum(sample["chosen"] for sample in answer["samples"]) == 1


@pytest.mark.parametrize("name", ["nothing", "gsm8k/741 ", "' OR 1=1 --", "../one", ""])
def test_a_row_that_is_not_there(client: TestClient, name: str):
    answer = client.get("/api/traces/one/solution", params={"id": name})
    assert answer.status_code == 404
    assert "there is no solution" in answer.json()["error"]


@pytest.mark.parametrize("name", ["..", "..~..~etc", "%2e%2e%2fone", "one~..", "one%00", "/etc/passwd"])
def test_a_run_that_is_not_there(client: TestClient, name: str):
    assert client.get(f"/api/traces/{name}/rows").status_code == 404


# Filters, orders, pages.


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ({}, lambda row: True),
        ({"benchmark": "svamp"}, lambda row: row.benchmark == "svamp"),
        ({"benchmark": BENCHMARKS}, lambda row: True),
        ({"level": "3"}, lambda row: row.level == "3"),
        (
            {"level": ["3", "4"], "subject": "Money"},
            lambda row: row.level in ("3", "4") and row.subject == "Money",
        ),
        ({"outcome": "truncated"}, lambda row: row.outcome == "truncated"),
        ({"outcome": "not right"}, lambda row: row.outcome != "right"),
        ({"outcome": ["wrong", "invalid"]}, lambda row: row.outcome in ("wrong", "invalid")),
        ({"error": "ZeroDivisionError"}, lambda row: "ZeroDivisionError" in errors_of(row)),
        ({"error": "any"}, lambda row: bool(errors_of(row))),
        ({"error": "none", "outcome": "wrong"}, lambda row: not errors_of(row) and row.outcome == "wrong"),
        ({"rounds": "3"}, lambda row: row.solution.cost.rounds == 3),
        ({"problem": ROWS[5].problem}, lambda row: row.problem == ROWS[5].problem),
        ({"benchmark": "no such set"}, lambda row: False),
        ({"level": "3' OR '1'='1"}, lambda row: False),
        ({"error": "|"}, lambda row: False),
    ],
)
def test_filters(rows: Ask, query: dict[str, Any], passes: Callable[[EvalRow], bool]):
    expected = [row for row in ROWS if passes(row)]
    answer = rows(**query)
    assert ids(answer) == [row.id for row in expected]
    assert answer["total"] == len(expected)
    assert answer["right"] == sum(row.correct is True for row in expected)


def test_what_there_is_to_filter_by_counts_rows_under_the_other_filters(rows: Ask):
    answer = rows(outcome="right", benchmark="gsm8k")
    for facet, values in answer["facets"].items():
        others = {"outcome": "right", "benchmark": "gsm8k"}
        for value, count in values.items():
            if value:  # in an address "" is no filter
                assert rows(**(others | {facet: value}))["total"] == count, (facet, value)
    assert set(answer["facets"]["benchmark"]) == set(BENCHMARKS)
    assert list(answer["facets"]["rounds"]) == sorted(answer["facets"]["rounds"], key=int)


@pytest.mark.parametrize(
    ("sort", "key", "falling"),
    [
        ("tokens", tokens_of, False),
        ("-tokens", tokens_of, True),
        ("rounds", lambda row: row.solution.cost.rounds, False),
        ("-seconds", lambda row: row.solution.cost.model_seconds + row.solution.cost.sandbox_seconds, True),
        ("-place", lambda row: 0, True),
    ],
)
def test_orders_and_neighbours(
    client: TestClient, rows: Ask, sort: str, key: Callable[[EvalRow], Any], falling: bool
):
    places = {row.id: place for place, row in enumerate(ROWS)}
    some = [row for row in ROWS if row.outcome == "right"]
    expected = [row.id for row in sorted(some, key=lambda row: (key(row), places[row.id]), reverse=falling)]
    query = {"sort": sort, "outcome": "right"}
    assert ids(rows(**query)) == expected
    paged = [name for start in range(0, len(expected), 7) for name in ids(rows(**query, start=start, count=7))]
    assert paged == expected
    for text in ("", "the"):  # which all of them have
        for place in (0, 1, len(expected) // 2, len(expected) - 1):
            params = {**query, "id": expected[place], "text": text}
            answer = client.get("/api/traces/one/solution", params=params).json()
            beside = [answer["previous"], answer["following"]]
            assert beside == [
                expected[place - 1] if place else None,
                expected[place + 1] if place + 1 < len(expected) else None,
            ]
            assert (answer["before"], answer["total"]) == (place, len(expected))


@pytest.mark.parametrize("query", [{"sort": "id; DROP TABLE rows"}, {"sort": "--tokens"}, {"part": "question'"}])
def test_what_there_is_not_is_refused_in_a_line(client: TestClient, query: dict[str, str]):
    answer = client.get("/api/traces/one/rows", params=query)
    assert answer.status_code == 400
    assert "there are" in answer.json()["error"]


def test_a_page_is_never_larger_than_asked_nor_than_200(rows: Ask):
    assert len(rows("votes", count=10**9)["rows"]) == 200
    assert len(rows("votes", count=-5)["rows"]) == 1
    assert rows("votes", start=10**9)["rows"] == []
    assert len(rows("votes", start=-3)["rows"]) == 200


# Text.


def words_of(row: EvalRow, part: str | None = None) -> str:
    kinds = {"text": "text", "code": "code", "execution": "output"}
    blocks = [block.content for block in row.solution.blocks if part in (None, kinds[block.type])]
    return "\n".join([*([row.question] if part in (None, "question") else []), *blocks]).lower()


@pytest.mark.parametrize("part", [None, *COLUMNS])
@pytest.mark.parametrize("word", ["total", "marbles", "print", "each", "zerodivisionerror", "sympy"])
def test_a_word_is_found_where_it_is(rows: Ask, word: str, part: str | None):
    expected = [row.id for row in ROWS if re.search(rf"(?<![^\W_]){word}(?![^\W_])", words_of(row, part))]
    assert ids(rows(text=word.upper(), part=part or "")) == expected


def test_phrases_beginnings_and_signs(rows: Ask):
    both = ids(rows(text="cost per"))
    phrase = ids(rows(text='"cost per"'))
    assert phrase == [row.id for row in ROWS if re.search(r"\bcost[\W_]+per(?![^\W_])", words_of(row))]
    assert set(phrase) < set(both)
    assert set(ids(rows(text="calculate"))) < set(ids(rows(text="calcul*")))
    assert rows(text="+ total =")["total"] == rows(text="total")["total"]
    assert rows(text=" \t")["note"] == ""
    answer = rows(text="+")
    assert answer["total"] == len(ROWS)
    assert "no letter" in answer["note"]


def test_what_was_found_is_shown_with_what_stands_around_it(rows: Ask):
    for row in rows(text='"cost per"', part="text")["rows"]:
        shown = row["excerpt"]
        assert (shown["part"], shown["found"].lower()) == ("text", "cost per")
        assert len(shown["before"]) <= 71
    assert excerpt({"question": ["x^2 + 1"]} | {part: [] for part in COLUMNS[1:]}, ["x^2"]) == {
        "part": "question", "before": "", "found": "x^2", "after": " + 1",
    }  # fmt: skip


QUERIES = [
    *('"', '""', '"unclosed', "a AND", "NOT", "NEAR(a b)", "code:x", "{code}:x", "*", "^a", "a*b*", "-1", "("),
    *("a\0b", "\ud800", "²", "x" * 5000),
]


@pytest.fixture(scope="session")
def index(client: TestClient, runs: Path) -> Iterator[sqlite3.Connection]:
    assert client is not None  # the index has been made
    with TraceIndex(runs / "one").reading() as base:
        yield base


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.text(max_size=60) | st.lists(st.sampled_from(['"', "*", "AND", "NOT", "(", ":", "x", " "])).map("".join))
def test_no_text_is_a_wrong_query(index: sqlite3.Connection, text: str):
    filters = Filters(text=text)
    assert overview(index, filters).total >= len(found_rows(index, filters, None, 0, 5))


@pytest.mark.parametrize("text", QUERIES)
def test_no_query_of_a_person_is_wrong(index: sqlite3.Connection, text: str):
    if terms := search_terms(text):
        index.execute(
            "SELECT count(*) FROM words WHERE words MATCH ?", (fts_expression(terms, "code"),)
        ).fetchone()
    assert overview(index, Filters(text=text)).total <= len(ROWS)


# Votes.


def test_votes_stand_as_scores_count_them(rows: Ask):
    known = {row["id"]: row["vote"] for start in (0, 200) for row in rows("votes", start=start)["rows"]}
    for problems in by_problem(VOTES).values():
        for samples in problems.values():
            answers = {row.answer for row in samples}
            votes = {row.id: known[row.id] for row in samples}
            if len(answers) == 1:
                assert set(votes.values()) == {UNANIMOUS}
            else:  # the last sample has no answer, the others are the same
                assert list(votes.values()) == [MAJORITY, MAJORITY, MAJORITY, MINORITY]
                assert votes[voted(samples).id] == MAJORITY
    assert rows("votes", vote=[MAJORITY, MINORITY])["total"] == 4 * rows("votes", vote=MINORITY)["total"]
    assert set(rows("one")["facets"]["vote"]) == {"single"}


# Two runs.


def compared(client: TestClient, first: str, second: str, **query: Any) -> dict[str, Any]:
    for _ in range(600):
        answer = client.get(f"/api/traces/{first}/compare/{second}", params={"count": 200, **query})
        assert answer.status_code == 200, answer.text
        if answer.json()["compared"] is not None:
            return answer.json()["compared"]
        time.sleep(0.05)
    raise AssertionError("not compared")


@pytest.mark.parametrize(
    ("first", "second"), [("one", "other"), ("other", "one"), ("votes", "one"), ("one", "one")]
)
def test_the_comparison_is_the_librarys(client: TestClient, runs: Path, first: str, second: str):
    one, other = read_run(runs / first), read_run(runs / second)
    answer = compared(client, first, second)
    expected = [json.loads(json.dumps(found.to_json())) for found in compare(one, other)]
    kinds = {
        kind: {(p["benchmark"], p["problem"]) for p in answer["pairs"] if p["kind"] == kind}
        for kind in answer["kinds"]
    }
    assert len(answer["figures"]) == len(expected)
    for figures, whole in zip(answer["figures"], expected, strict=True):
        assert figures == whole | {"fixed": len(whole["fixed"]), "broken": len(whole["broken"])}
    for kind in ("fixed", "broken"):
        changed = {(change["benchmark"], change["problem"]) for change in expected[-1][kind]}
        assert kinds[kind] == changed
    assert len(kinds["both right"]) == expected[-1]["both_right"] == answer["kinds"]["both right"]
    assert len(kinds["both wrong"]) == expected[-1]["both_wrong"] == answer["kinds"]["both wrong"]
    said = {(one["what"], one["first"], one["second"]) for one in answer["mismatches"]}
    assert said == {(one.what, one.first, one.second) for one in mismatches(one, other)}


def test_pairs_are_filtered_and_lead_to_both_solutions(client: TestClient):
    answer = compared(client, "one", "other", kind="broken", benchmark="gsm8k")
    assert {pair["kind"] for pair in answer["pairs"]} == {"broken"}
    assert answer["total"] == len(answer["pairs"]) == answer["kinds"]["broken"] > 0
    for pair in answer["pairs"]:
        for run, side in (("one", "first"), ("other", "second")):
            row = client.get(f"/api/traces/{run}/solution", params={"id": pair[side]["id"]}).json()["row"]
            assert (row["problem"], row["outcome"]) == (pair["problem"], pair[side]["outcome"])
    word = answer["pairs"][0]["question"].split()[3].upper()
    assert compared(client, "one", "other", text=word)["total"] >= 1
    assert compared(client, "one", "other", text="no such words")["pairs"] == []
    refused = client.get("/api/traces/one/compare/other", params={"kind": "better"})
    assert (refused.status_code, "no kind" in refused.json()["error"]) == (400, True)


def test_runs_of_other_problems_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    for name in BENCHMARKS:
        write_run(tmp_path / "runs" / name, [row for row in ROWS if row.benchmark == name], settings=settings_of())
    with studio_client(tmp_path / "runs") as client:
        for name in BENCHMARKS:
            ready(client, name)
        answer = client.get("/api/traces/gsm8k/compare/svamp")
    assert answer.status_code == 400
    assert "no problem in common" in answer.json()["error"]


# The index.


def go_on(phase: str, done: float) -> bool:
    return True


def indexed(run: Path, cache: Path) -> TraceIndex:
    index = TraceIndex(run, cache)
    index.extend(go_on)
    return index


def held(index: TraceIndex) -> list[str]:
    with index.reading() as base:
        return [row["id"] for row in found_rows(base, Filters(), None, 0, 1000)]


def dump(index: TraceIndex) -> tuple[object, ...]:
    """All that an index answers, for two of them to be held against each other."""
    with index.reading() as base:
        found = [overview(base, Filters(text=text)) for text in ("", "total", "the", "sympy")]
        listed = found_rows(base, Filters(), None, 0, 1000)
        whole = [whole_row(base, row["place"]) for row in listed]
    return [(one.total, one.right, one.facets) for one in found], listed, whole


def line_of(row: EvalRow) -> bytes:
    return json.dumps(row.to_json(), ensure_ascii=False).encode() + b"\n"


def growing(folder: Path, rows: Sequence[EvalRow], votes: int = 1) -> Path:
    write_run(folder, rows, finished=False, settings=settings_of(votes))
    return folder


def test_an_index_that_grew_is_as_one_that_was_made_at_once(tmp_path: Path):
    run = growing(tmp_path / "run", VOTES[:40], 4)
    index = indexed(run, tmp_path / "cache")
    version = index.about().version
    for start, stop in ((40, 41), (41, 200), (200, len(VOTES))):
        with (run / "rows.jsonl").open("ab") as file:
            for row in VOTES[start:stop]:
                file.write(line_of(row))
            file.write(b'{"id": "cut o')  # a line that is being written
        index.extend(go_on)
        assert index.about().rows == stop
        with (run / "rows.jsonl").open("r+b") as file:  # as RowLog does when it goes on
            file.truncate(file.seek(0, os.SEEK_END) - len(b'{"id": "cut o'))
    index.extend(go_on)
    assert index.about().version > version
    assert dump(index) == dump(indexed(run, tmp_path / "again"))


def test_an_index_goes_on_where_it_was_interrupted(tmp_path: Path):
    rows = [
        replace(row, id=f"{row.id}~{copy}", problem=f"{row.problem}~{copy}") for copy in range(10) for row in ROWS
    ]
    run = growing(tmp_path / "run", rows)
    index = TraceIndex(run, tmp_path / "cache")
    index.extend(lambda phase, done: False)
    assert 0 < index.about().rows < len(rows)
    assert index.about().counted
    index.extend(go_on)
    assert dump(index) == dump(indexed(run, tmp_path / "again"))


def test_a_run_that_is_finished_in_another_order_is_indexed_again(tmp_path: Path):
    run = growing(tmp_path / "run", ROWS[::-1])
    index = indexed(run, tmp_path / "cache")
    assert held(index) == [row.id for row in ROWS[::-1]]
    aside = run / "aside"
    aside.write_bytes(b'{"key": {}}\n' + b"".join(map(line_of, ROWS)))
    aside.replace(run / "rows.jsonl")
    index.extend(go_on)
    assert held(index) == [row.id for row in ROWS]
    assert dump(index) == dump(indexed(run, tmp_path / "again"))


def test_a_log_that_was_changed_and_grew_is_read_again(tmp_path: Path):
    run = growing(tmp_path / "run", ROWS[:50])
    index = indexed(run, tmp_path / "cache")
    log = run / "rows.jsonl"
    changed = log.read_bytes().replace(b'"gsm8k/', b'"GSM8K/')
    with log.open("r+b") as file:
        file.write(changed + line_of(ROWS[50]))
    index.extend(go_on)
    assert len(held(index)) == 51
    assert any(name.startswith("GSM8K/") for name in held(index))


def test_a_table_without_a_log(tmp_path: Path):
    write_run(tmp_path / "run", VOTES, settings=settings_of(4))
    index = indexed(tmp_path / "run", tmp_path / "cache")
    (tmp_path / "run/rows.jsonl").unlink()
    again = indexed(tmp_path / "run", tmp_path / "again")
    assert dump(index) == dump(again)
    index.extend(go_on)  # which was made from the log
    assert dump(index) == dump(again)


def test_a_table_of_something_else(tmp_path: Path):
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    run = growing(tmp_path / "run", [])
    (run / "rows.jsonl").unlink()
    table = pyarrow.table({"id": ["a", "b"], "solution": ["{", None], "when": [datetime.datetime(2026, 1, 1)] * 2})
    parquet.write_table(table, run / "attempts.parquet")
    about = indexed(run, tmp_path / "cache").about()
    assert (about.rows, about.bad) == (0, 2)
    assert about.why.startswith("attempts.parquet: ")
    (run / "attempts.parquet").write_bytes(b"no table")
    with pytest.raises(ValueError, match="Parquet"):
        TraceIndex(run, tmp_path / "cache").extend(go_on)


def test_a_damaged_index_is_made_again(tmp_path: Path):
    run = growing(tmp_path / "run", ROWS)
    index = indexed(run, tmp_path / "cache")
    expected = dump(index)
    index.path.write_bytes(b"not a database, certainly" * 1000)
    for ending in ("-wal", "-shm"):
        index.path.with_name(index.path.name + ending).unlink(missing_ok=True)
    assert not index.about().made
    index.extend(go_on)
    assert dump(index) == expected


def test_indexes_that_nobody_opens_are_removed(tmp_path: Path):
    cache = tmp_path / "cache"
    runs = {name: growing(tmp_path / name, ROWS[:3]) for name in ("used", "forgotten", "new")}
    made = {name: indexed(run, cache).path for name, run in runs.items() if name != "new"}
    for path in made.values():
        os.utime(path, (0, 0))
    indexes = Indexes(cache)
    assert indexes.of(runs["used"]).state(10).about.rows == 3
    assert indexes.of(runs["new"]).state(10).about.rows == 3
    assert (made["used"].exists(), made["forgotten"].exists()) == (True, False)


def test_the_run_is_not_written(tmp_path: Path):
    run = growing(tmp_path / "run", ROWS)
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in run.iterdir()}
    run.chmod(0o555)
    indexed(run, tmp_path / "cache")
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in run.iterdir()} == before
    (found,) = (tmp_path / "cache").glob("*.sqlite")
    assert found.stat().st_mode & 0o077 == 0


BAD = [
    b"{}\n",
    b"not json\n",
    b"[1, 2]\n",
    b"\xff\xfe\n",
    b"[" * 100_000 + b"\n",
    line_of(replace(ROWS[0], sample=10**30)),
    line_of(replace(ROWS[0], id=["a", "list"])),  # type: ignore[arg-type]
    line_of(replace(ROWS[0], level={"a": 1})),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("bad", BAD)
def test_a_line_that_is_no_row_is_left_out_and_said(tmp_path: Path, bad: bytes):
    run = growing(tmp_path / "run", ROWS[:3])
    with (run / "rows.jsonl").open("ab") as file:
        file.write(bad + line_of(ROWS[3]))
    index = indexed(run, tmp_path / "cache")
    about = index.about()
    assert (about.rows, about.bad) == (4, 1)
    assert about.why.startswith("rows.jsonl: line 5 is no row of an evaluation (")
    assert held(index) == [row.id for row in ROWS[:4]]


def test_a_link_out_of_the_run_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    run = growing(tmp_path / "runs/run", ROWS[:3])
    (run / "rows.jsonl").rename(tmp_path / "secret")
    (run / "rows.jsonl").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="leads out of"):
        TraceIndex(run, tmp_path / "cache").extend(go_on)


def test_text_that_means_harm_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    solution = replace(ROWS[0].solution, blocks=(Block("text", HOSTILE), Block("code", HOSTILE)))
    row = replace(ROWS[0], id=HOSTILE, problem=HOSTILE, question=HOSTILE, level=HOSTILE, solution=solution)
    growing(tmp_path / "runs/run", [row, *ROWS[1:5]])
    with studio_client(tmp_path / "runs") as client:
        ready(client, "run")
        answer = client.get("/api/traces/run/rows", params={"text": HOSTILE, "level": HOSTILE})
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert ids(answer.json()) == [HOSTILE]
        whole = client.get("/api/traces/run/solution", params={"id": HOSTILE})
        assert EvalRow.from_json(whole.json()["row"]) == row


def test_a_run_that_goes_on_is_shown_as_far_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    run = growing(tmp_path / "runs/run", VOTES[:30], 4)
    with studio_client(tmp_path / "runs") as client:
        first = ready(client, "run")
        with (run / "rows.jsonl").open("ab") as file:
            for row in VOTES[30:200]:
                file.write(line_of(row))
        second = ready(client, "run")
        total = client.get("/api/traces/run/rows").json()["total"]
    assert total == 200
    assert second["state"]["version"] > first["state"]["version"]
    for answer, rows in ((first, VOTES[:30]), (second, VOTES[:200])):
        assert answer["scores"]["final"] is False
        for part in answer["scores"]["parts"]:
            of_it = [row for row in rows if part["name"] in ("", row.benchmark)]
            expected = score_rows(of_it)
            assert part["accuracy"]["count"] == pytest.approx(expected["accuracy"]["count"])
            assert part["accuracy"]["interval"] == pytest.approx(expected["accuracy"]["interval"])
            assert part["outcomes"] == expected["outcomes"]
            assert part["problems"] == expected["problems"]


def test_a_run_without_rows_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    run = growing(tmp_path / "runs/run", [])
    (run / "rows.jsonl").unlink()
    with studio_client(tmp_path / "runs") as client:
        answer = ready(client, "run")
        assert answer["scores"] == {"final": False, "parts": []}
        assert client.get("/api/traces/run/rows").json()["total"] == 0


def test_what_cannot_be_indexed_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cache").write_text("a file where a folder should be")
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    growing(tmp_path / "runs/run", ROWS[:3])
    with studio_client(tmp_path / "runs") as client:
        answer = ready(client, "run")
        rows = client.get("/api/traces/run/rows")
    assert answer["state"]["phase"] == "failed"
    assert "cache" in answer["state"]["error"]
    assert (rows.status_code, rows.json()["error"]) == (409, answer["state"]["error"])
