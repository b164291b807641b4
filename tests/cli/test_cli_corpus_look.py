"""`mathcoder corpus stats`, `show` and `push`: what they say of a run, and what must not reach a terminal or Hub.

The Hub is a stand-in on a loopback port, asked by the real huggingface_hub.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import huggingface_hub.constants
import pyarrow.parquet as pq
import pytest
import typer
from hub_stand_in import TOKEN, Hub, hub
from typer.testing import CliRunner

from mathcoder.cli.common import Failure
from mathcoder.cli.corpus import push, show, stats
from mathcoder.corpus.card import card_facts, write_card
from mathcoder.corpus.recipe import CorpusRecipe
from mathcoder.publishing.look import StagedRun

sys.path.append(str(Path(__file__).parents[1] / "corpus"))

from corpus_run_made import SOURCES, STAGES, make_corpus_run

APP = typer.Typer()
for _module in (stats, show, push):
    APP.command(_module.__name__.rpartition(".")[2])(_module.command)


class Done(NamedTuple):
    code: int
    out: str
    error: str


def corpus(*arguments: str | Path, **environment: str | None) -> Done:
    done = CliRunner().invoke(APP, [*map(str, arguments)], env={"COLUMNS": "200", **environment})
    if isinstance(done.exception, Failure):
        assert done.stdout == ""
        assert str(done.exception).isprintable()
        return Done(done.exception.exit_code, done.stdout, str(done.exception))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    done = corpus("show", *arguments, "--json")
    assert done.code == 0
    assert all(32 <= ord(char) < 127 or char == "\n" for char in done.out)
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with hostile texts; not to be changed."""
    return make_corpus_run(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with a card of its own."""
    folder = make_corpus_run(tmp_path / "run", hostile=False)
    write_card(folder / "dataset", card_facts(StagedRun(folder, "corpus"), recipe()))
    return folder


def recipe() -> CorpusRecipe:
    sources = {name: {"kind": "text", "paths": ["x"]} for name in SOURCES}
    return CorpusRecipe.model_validate({"name": "Small", "sources": sources})


# stats


def test_stats_counts_what_the_rows_hold(made: Path) -> None:
    found = json.loads(corpus("stats", made, "--json").out)
    table = pq.read_table(made / "dataset" / "data" / "part-00000.parquet").to_pylist()
    assert found["finished"] is True
    assert [stage["stage"] for stage in found["stages"]] == list(STAGES)
    assert all(
        stage["rows_in"] == stage["kept"] + sum(stage["dropped"].values()) for stage in found["stages"][1:8]
    )
    assert found["tokens"] == sum(row["tokens"] for row in table)
    assert found["documents"] == len({row["document"] for row in table})
    for key, column in (("sources", "source"), ("forms", "form")):
        tokens: Counter[str] = Counter()
        for row in table:
            tokens[row[column]] += row["tokens"]
        assert {name: held["tokens"] for name, held in found[key].items()} == tokens
    verified = pq.read_table(StagedRun(made, "corpus").stage("verify").data[0])["computations"].to_pylist()  # type: ignore[union-attr]
    assert found["verdicts"] == Counter(one["verdict"] for computations in verified for one in computations)
    assert found["licence"]["licence"] == "other"
    assert sum(one["tokens"] for one in found["licence"]["stated"]) == found["tokens"]


def test_stats_on_a_terminal(made: Path) -> None:
    done = corpus("stats", made)
    assert done.code == 0
    for stage in StagedRun(made, "corpus").stages:
        (line,) = [line for line in done.out.splitlines() if line.split()[:1] == [stage.name]]
        assert f"{stage.rows_in:,}" in line
    assert "Licence of the whole: CC-BY-SA-4.0, in part" in done.out
    assert "near duplicate 4" in done.out
    assert "verified" in done.out
    assert all(char.isprintable() or char == "\n" for char in done.out)


def test_stats_of_a_run_that_is_not_finished(tmp_path: Path) -> None:
    folder = make_corpus_run(tmp_path / "run", finished=False)
    done = corpus("stats", folder)
    assert "not finished" in done.out
    assert "tokens" not in done.out
    assert json.loads(corpus("stats", folder, "--json").out)["finished"] is False


def test_stats_names_licences_that_exclude_each_other(run: Path) -> None:
    _relicense(StagedRun(run, "corpus").stage("mix").data[0], "CC-BY-NC-4.0")  # type: ignore[union-attr]
    assert "CC-BY-SA-4.0" in corpus("stats", run).out
    found = json.loads(corpus("stats", run, "--json").out)["licence"]
    assert found["licence"] is None
    assert "no licence in common" in found["conflict"]


# show


def test_show_filters(made: Path) -> None:
    table = pq.read_table(made / "dataset" / "data" / "part-00000.parquet").to_pylist()
    everything = rows(made, "--limit", "1000")
    assert [row["id"] for row in everything] == [row["id"] for row in table]
    assert everything[3] == {"in": "dataset", **table[3]}
    assert len(rows(made)) == 5
    for source in SOURCES:
        found = rows(made, "--source", source, "--form", "steps", "--limit", "1000")
        wanted = [row["id"] for row in table if (row["source"], row["form"]) == (source, "steps")]
        assert [row["id"] for row in found] == wanted
    assert any(rows(made, "--source", source, "--form", "steps") for source in SOURCES)


def test_show_at_random(made: Path) -> None:
    whole = [row["id"] for row in rows(made, "--limit", "1000")]
    drawn: Counter[str] = Counter()
    for seed in range(40):
        ids = [row["id"] for row in rows(made, "--random", "--seed", str(seed), "--limit", "4")]
        assert len(set(ids)) == 4
        drawn.update(ids)
    assert rows(made, "--random", "--seed", "3") == rows(made, "--seed", "3")
    assert set(drawn) <= set(whole)
    assert len(drawn) > 30  # of 46


def test_show_what_was_dropped_and_why(made: Path) -> None:
    found = StagedRun(made, "corpus")
    dropped = rows(made, "--rejected", "--limit", "1000")
    assert len(dropped) == sum(sum(stage.dropped.values()) for stage in found.stages)
    assert all(row["drop_reason"] for row in dropped)
    some = rows(made, "--reason", "TOO SHORT", "--limit", "1000")
    assert [row["drop_reason"] for row in some] == ["too short: 9 words"] * found.stage("clean").dropped[
        "too short"
    ]  # type: ignore[union-attr]
    assert {row["in"] for row in some} == {"dropped by clean"}
    assert rows(made, "--rejected", "--stage", "translate") == []
    kept = rows(made, "--stage", "verify", "--limit", "1000")
    assert len(kept) == found.stage("verify").kept  # type: ignore[union-attr]
    assert "verdict" in next(row for row in kept if row["computations"])["computations"][0]


def test_show_a_document_by_its_id(made: Path) -> None:
    table = pq.read_table(made / "dataset" / "data" / "part-00000.parquet").to_pylist()
    row = next(row for row in table if row["form"] == "interleaved")
    assert [one["id"] for one in rows(made, row["id"])] == [row["id"]]
    forms = [one["form"] for one in rows(made, row["document"])]
    assert forms == sorted(one["form"] for one in table if one["document"] == row["document"])
    gone = pq.read_table(StagedRun(made, "corpus").stage("clean").rejected[0]).to_pylist()[0]  # type: ignore[union-attr]
    (found,) = rows(made, gone["id"])
    assert (found["in"], found["drop_reason"]) == ("dropped by clean", gone["drop_reason"])


@pytest.mark.parametrize("options", [[], ["--rejected"], ["--stage", "verify"], ["--stage", "recall"]])
def test_show_is_harmless_on_a_terminal(made: Path, options: list[str]) -> None:
    done = corpus("show", made, *options, "--limit", "1000")
    assert done.code == 0
    assert all(char.isprintable() or char in "\n\t" for char in done.out)
    assert "<script>document.title = 'ran'</script>" in done.out  # shown as it is


def test_show_says_what_a_row_is(made: Path) -> None:
    done = corpus("show", made, "--form", "steps", "--limit", "1")
    assert "steps · " in done.out
    assert " tokens" in done.out
    assert "verified " in done.out
    assert "1 of 13 shown; --limit shows more." in done.out
    whole = rows(made, "--form", "steps", "--limit", "1")[0]
    assert whole["url"] is None or whole["url"][:20] in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no row or document 'nowhere'"),
        (["--stage", "polish"], "no stage 'polish' is finished; there are read, licences"),
        (["--form", "poem"], "--form: 'poem' is none; give one of document, steps, interleaved"),
    ],
)
def test_show_names_what_is_not_there(made: Path, arguments: list[str], words: str) -> None:
    done = corpus("show", made, *arguments)
    assert done.code == 2
    assert words in done.error


@pytest.mark.parametrize("command", [["stats"], ["show"], ["push"]])
def test_no_run(tmp_path: Path, command: list[str]) -> None:
    done = corpus(*command, tmp_path, *(["me/corpus"] if command == ["push"] else []))
    assert done.code in (1, 2)
    assert "holds no run" in done.error


# push


@pytest.fixture
def the_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    with hub() as kept:
        monkeypatch.setenv("HF_ENDPOINT", kept.address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield kept


def _relicense(path: Path, licence: str) -> None:
    """State another licence in the first row of textbooks that is not one of theirs."""
    table = pq.read_table(path).to_pylist()
    next(row for row in table if row["source"] == "web")["licence"] = licence
    schema = pq.read_schema(path)
    pq.write_table(type(pq.read_table(path)).from_pylist(table, schema=schema), path)


def test_push_sends_what_the_run_made(run: Path, the_hub: Hub) -> None:
    (run / "dataset" / "notes.txt").write_text("not for others", encoding="utf-8")
    done = corpus("push", run, "me/corpus", "--private")
    assert (done.code, done.out.strip()) == (0, f"{the_hub.address}/datasets/me/corpus/commit/{'c' * 40}")
    sent = {name: data for name, data in the_hub.files["me/corpus"].items() if name != ".gitattributes"}
    names = ("README.md", "LICENSE.md", "schema.json", "data/part-00000.parquet")
    assert sent == {name: (run / "dataset" / name).read_bytes() for name in names}
    assert the_hub.private == {"me/corpus"}
    assert TOKEN not in done.out + done.error


def test_push_again_sends_what_is_new_and_takes_old_shards_away(run: Path, the_hub: Hub) -> None:
    the_hub.files["me/corpus"] = {"data/part-00000.parquet": b"old", "data/part-00001.parquet": b"old"}
    the_hub.files["me/corpus"] |= {"notes.md": b"theirs"}
    assert corpus("push", run, "me/corpus").code == 0
    files = the_hub.files["me/corpus"]
    assert "data/part-00001.parquet" not in files
    assert files["notes.md"] == b"theirs"
    assert files["data/part-00000.parquet"] != b"old"
    the_hub.sent.clear()
    assert corpus("push", run, "me/corpus").code == 0
    assert the_hub.sent == []


def test_push_that_failed_goes_on(run: Path, the_hub: Hub) -> None:
    the_hub.fail = 1
    done = corpus("push", run, "me/corpus")
    assert done.code == 1
    assert done.error.startswith(f"{the_hub.address}/datasets/me/corpus: Error while uploading 'data/part-00000")
    assert done.error.endswith("; give the command again to go on")
    assert the_hub.sent == []  # no half of it is to be seen
    assert corpus("push", run, "me/corpus").code == 0
    assert "data/part-00000.parquet" in the_hub.sent


def test_dry_run_sends_nothing(run: Path, the_hub: Hub) -> None:
    done = corpus("push", run, "me/corpus", "--dry-run", HF_TOKEN=None)
    assert done.code == 0
    for path in (run / "dataset").rglob("*.*"):
        assert f"{path.stat().st_size:,}  {path.relative_to(run / 'dataset').as_posix()}" in done.out
    assert f"for {the_hub.address}/datasets/me/corpus; licence other" in done.out
    assert the_hub.requests == []


def test_push_refuses(run: Path, the_hub: Hub) -> None:
    def refused(words: str, *options: str, repo: str = "me/corpus", **environment: str | None) -> None:
        done = corpus("push", run, repo, *options, **environment)
        assert done.code in (1, 2)
        assert words in done.error
        assert TOKEN not in done.error
        assert not the_hub.files.get("me/corpus")

    refused("'corpus' names no dataset; write OWNER/NAME", repo="corpus")
    refused("'../x' names no dataset", repo="../x")
    refused("HF_TOKEN is not set", HF_TOKEN=None)
    refused("OTHER is not set", "--token-env", "OTHER")
    refused("the Hub refuses the token in HF_TOKEN (401)", HF_TOKEN="hf_wrong")
    refused("Connection refused", HF_ENDPOINT="http://127.0.0.1:9")
    the_hub.files["me/corpus"] = {}
    refused("is there already, and public", "--private")
    dataset = run / "dataset"
    card = (dataset / "README.md").read_text(encoding="utf-8")
    (dataset / "README.md").write_text(card.replace("license: other", "license: mit"), encoding="utf-8")
    refused("says that the licence is 'mit', but the rows leave 'other'")
    (dataset / "README.md").unlink()
    refused("README.md: is missing; build the corpus to its end")
    (dataset / "README.md").write_text(card, encoding="utf-8")
    _relicense(dataset / "data" / "part-00000.parquet", "CC-BY-NC-4.0")
    refused("have no licence in common", "--dry-run")
    table = pq.read_table(dataset / "data" / "part-00000.parquet")
    pq.write_table(table.slice(1), dataset / "data" / "part-00000.parquet")
    refused("rows, but the run made")
    assert the_hub.sent == []


def test_push_of_a_run_that_is_not_finished(tmp_path: Path, the_hub: Hub) -> None:
    folder = make_corpus_run(tmp_path / "run", finished=False)
    assert "build the corpus to its end" in corpus("push", folder, "me/corpus").error
    assert the_hub.requests == []
