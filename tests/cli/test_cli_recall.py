"""`mathcoder corpus recall`: train on small files, score others, and what goes wrong in one line."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from command import mathcoder, the_line

from mathcoder.corpus.recall import ModelLabeller, RecallModel
from mathcoder.models import CachedModel, RecordedModel

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, answer, delta, stream, usage

MENU = (
    "portal category talk stub redirect edit history".split()
)  # of an encyclopaedia: its other pages have it too
MATHS = "theorem proof integer prime equation limit sequence converges bounded divisor".split() + MENU
OTHERS = "shop price mayor council football match tickets holiday recipe oven butter".split()
BOTH = "the a of and to in is that it for on with as are this be or by from at".split()


def text(words: list[str], seed: int) -> str:
    draw = random.Random(seed)
    formula = "$x^2 + y = 3$ " if words is MATHS else ""
    return formula + " ".join(draw.choices(words + BOTH, k=40))


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Positives with text, negatives with HTML, and a crawl of both with a row that cannot be read."""
    folder = tmp_path_factory.mktemp("recall")
    write(
        folder / "maths.jsonl",
        [{"text": text(MATHS, n), "url": f"https://m{n % 30}.org/{n}"} for n in range(100)],
    )
    pages = [f"<html><body><p>{text(OTHERS, n)}</p></body></html>" for n in range(100)]
    write(
        folder / "others.jsonl",
        [{"html": page, "url": f"https://o{n % 30}.com/{n}"} for n, page in enumerate(pages)],
    )
    rows: list[dict[str, Any]] = [{"text": text(MATHS, 200 + n), "url": f"https://c.org/{n}"} for n in range(40)]
    rows += [{"text": text(MENU, 300 + n)} for n in range(40)]
    rows += [{"text": text(OTHERS, 400 + n)} for n in range(40)]
    with write(folder / "crawl.jsonl", rows).open("a") as file:
        print("{broken", file=file)
    return folder


def arguments(folder: Path, output: Path) -> list[str | Path]:
    return [
        *("corpus", "recall", "train", "--positives", folder / "maths.jsonl"),
        *("--negatives", folder / "others.jsonl", "--output", output, "--recall", "1"),
    ]


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    path = folder / "recall.model"
    done = mathcoder(*arguments(folder, path))
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[1][:8] == ["1", "sources", "81", "+", "80", "19", "+", "20"]
    assert ["recall", "threshold", "precision"] in lines
    assert f"written to {path}" in done.stdout
    return path


def test_what_it_prints_as_json_is_what_the_model_says(folder: Path, model: Path, tmp_path: Path) -> None:
    done = mathcoder(*arguments(folder, tmp_path / "again"), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == RecallModel.load(model).facts.model_dump_json()
    assert (tmp_path / "again").read_bytes() == model.read_bytes()


def test_pages_are_scored(folder: Path, model: Path, tmp_path: Path) -> None:
    done = mathcoder(
        "corpus", "recall", "score", model, folder / "crawl.jsonl", "--output", tmp_path / "out.jsonl"
    )
    assert (done.returncode, done.stdout) == (0, "")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(rows) == 121
    assert {row["label"] for row in rows[:40]} == {"related"}
    assert {row["label"] for row in rows[80:-1]} == {"unrelated"}
    assert (rows[0]["url"], rows[0]["path"]) == ("https://c.org/0", f"{folder / 'crawl.jsonl'}:1")
    assert rows[0]["score"] == RecallModel.load(model).score([text(MATHS, 200)])[0]
    assert (rows[-1]["score"], rows[-1]["label"]) == (None, None)
    assert "not JSON" in rows[-1]["reason"]
    related = sum(row["label"] == "related" for row in rows)
    assert f"121 pages: {related} related, {120 - related} unrelated, 1 not read; threshold " in done.stderr
    assert "1 of 121 pages could not be read" in done.stderr

    done = mathcoder("corpus", "recall", "score", model, folder / "others.jsonl", "--threshold", "0")
    assert {json.loads(line)["label"] for line in done.stdout.splitlines()} == {"related"}
    assert "100 pages: 100 related" in done.stderr


def test_two_rounds_by_rules(folder: Path, tmp_path: Path) -> None:
    done = mathcoder(*arguments(folder, tmp_path / "two"), "--unlabelled", folder / "crawl.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines[1:3]] == [["1", "sources"], ["2", "rules"]]
    assert "both rounds on what round 1 held out: precision " in done.stdout
    assert "1 of 321 pages could not be read" in done.stdout
    facts = RecallModel.load(tmp_path / "two").facts
    assert [each.labels for each in facts.rounds] == ["sources", "rules"]
    assert facts.recall == 1.0
    pool = facts.rounds[1].pool
    assert pool is not None
    assert pool.types == {2: 40, 7: pool.passed - 40}
    assert (
        f"round 2: {pool.passed} of 120 pages let through by round 1, {pool.passed} to be labelled" in done.stdout
    )


def test_two_rounds_by_a_model_that_was_recorded(folder: Path, model: Path, tmp_path: Path) -> None:
    """The replies were stored for some of the pages only; the rest is told as not labelled."""
    crawl = [json.loads(line)["text"] for line in (folder / "crawl.jsonl").read_text().splitlines()[:80]]
    replies = [f"Type: {2 if n < 40 else 6}" for n in range(70)]
    labeller = ModelLabeller(CachedModel(RecordedModel(replies), tmp_path / "replies"), concurrency=1)
    labeller(crawl[:70])
    done = mathcoder(
        *(*arguments(folder, tmp_path / "two"), "--unlabelled", folder / "crawl.jsonl"),
        *("--labels", f"recorded:{tmp_path / 'replies'}"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    pool = RecallModel.load(tmp_path / "two").facts.rounds[1].pool
    assert pool is not None
    assert pool.types[2] == 40
    assert pool.unlabelled == {"the model failed": pool.asked - 40 - pool.types[6]}
    assert f"round 2: {pool.unlabelled['the model failed']} not labelled: the model failed" in done.stdout


def test_a_budget_that_is_used_up(folder: Path, tmp_path: Path) -> None:
    """The model is written with what was labelled, and the end says why it was not more."""
    replies = [
        stream(delta(content=f"Type: {2 if n % 2 else 7}"), delta("stop"), usage(40, 10)) for n in range(20)
    ]
    with FaultyServer(*replies) as server:
        done = mathcoder(
            *(*arguments(folder, tmp_path / "two"), "--unlabelled", folder / "crawl.jsonl"),
            *("--labels", f"m@{server.url}", "--max-tokens", "500", "--concurrency", "1"),
        )
    assert done.returncode == 1
    assert done.stderr.startswith("mathcoder: the budget is used up: 500 of 500 tokens")
    pool = RecallModel.load(tmp_path / "two").facts.rounds[1].pool
    assert pool is not None
    assert (pool.types, pool.unlabelled) == ({2: 5, 7: 5}, {"not asked": pool.asked - 10})


def test_a_server_that_refuses_is_one_line(folder: Path, tmp_path: Path) -> None:
    with FaultyServer(answer(401, {"error": {"message": "no key"}})) as server:
        done = mathcoder(
            *(*arguments(folder, tmp_path / "two"), "--unlabelled", folder / "maths.jsonl"),
            *("--labels", f"m@{server.url}"),
        )
    assert "100 were not labelled, first: the model failed: " in the_line(done)
    assert "no key" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("changed", "part", "code"),
    [
        (["--negatives", "absent.jsonl"], "absent.jsonl", 2),
        (["--output", "absent/x"], "there is no folder absent", 2),
        (["--labels", "embedded"], "give --unlabelled", 2),
        (["--recall", "1.5"], "'--recall'", 2),
        (["--unlabelled", "crawl.jsonl", "--labels", "nothing"], "'nothing' names no model", 1),
        (["--unlabelled", "maths.jsonl"], "round 2: of 100 unlabelled pages round 1 let", 1),
    ],
)
def test_wrong_usage_of_train(changed: list[str], part: str, code: int, folder: Path) -> None:
    given = ["--positives", "maths.jsonl", "--negatives", "others.jsonl", "--output", "unused"]
    done = mathcoder("corpus", "recall", "train", *given, *changed, cwd=folder)
    assert part in the_line(done)
    assert done.returncode == code
    assert not (folder / "unused").exists()


@pytest.mark.parametrize(
    ("given", "part", "code"),
    [
        (["absent", "crawl.jsonl"], "absent: No such file", 2),
        (["maths.jsonl", "crawl.jsonl"], "maths.jsonl: not a recall model; make one with", 2),
        (["recall.model", "absent.jsonl"], "absent.jsonl", 2),
        (["recall.model", "crawl.jsonl", "--recall", "0.9", "--threshold", "0.5"], "exclude each other", 2),
        (["recall.model", "crawl.jsonl", "--output", "absent/x.jsonl"], "absent/x.jsonl: No such file", 1),
    ],
)
def test_wrong_usage_of_score(given: list[str], part: str, code: int, folder: Path, model: Path) -> None:
    done = mathcoder("corpus", "recall", "score", *given, cwd=folder)
    assert part in the_line(done)
    assert done.returncode == code


def test_too_few_pages_are_one_line_beside_what_could_not_be_read(tmp_path: Path) -> None:
    write(tmp_path / "one.jsonl", [{"text": "A theorem."}])
    done = mathcoder(
        *("corpus", "recall", "train", "--positives", "one.jsonl", "--negatives", "one.jsonl", "--output", "x"),
        cwd=tmp_path,
    )
    assert "0 different positives (of 1 given)" in the_line(done)
    assert done.returncode == 1


def test_help_shows_the_examples_as_they_are() -> None:
    done = mathcoder("corpus", "recall", "--help")
    assert done.returncode == 0
    assert 'mathcoder corpus recall score recall.model "crawl/*.warc.gz" --output scores.jsonl' in done.stdout
