"""`mathcoder corpus build` as a person gives it: what it prints, what it refuses, and how it is stopped."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import mathcoder

sys.path.append(str(Path(__file__).parents[1] / "corpus"))
from corpus_built import EXAMPLES, RECIPES, files, small_recipe

GOOD = '{"text": "A prime has two divisors, since $7 = 1 * 7$ and $2 + 3 = 5$ are all there is to say of it."}\n'
LINE = "corpus build {recipe} --output {folder}"


def faulty(folder: Path) -> Path:
    """A recipe whose source has good rows, a gzip file that is cut off, a wrong schema, and what is no text."""
    texts = folder / "texts"
    texts.mkdir()
    (texts / "a.jsonl").write_text(GOOD)
    (texts / "b.jsonl.gz").write_bytes(gzip.compress(GOOD.replace("prime", "number").encode())[:-9])
    (texts / "c.jsonl").write_text('{"score": 1}\n')
    (texts / "d.jsonl").write_bytes(b'{"text": "caf\xe9"}\n')
    recipe = folder / "faulty.yaml"
    recipe.write_text("name: faulty\nsources: {a: {kind: text, paths: [texts]}}\nwrite: {tokenizer: bytes}\n")
    return recipe


def test_faults_are_said_at_the_end_and_the_rest_is_there(tmp_path: Path):
    done = mathcoder("corpus", "build", str(faulty(tmp_path)), "--output", str(tmp_path / "run"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 inputs could not be used: mathcoder corpus show" in done.stdout
    assert "2 documents in 2 rows" in done.stdout
    assert f"studio   mathcoder studio {tmp_path}/run\n" in done.stdout
    shown = mathcoder("corpus", "show", str(tmp_path / "run"), "--stage", "read", "--rejected")
    for reason in ("damaged or cut off", "no column holds a text", "is not UTF-8"):
        assert reason in shown.stdout


def test_json_is_one_object(tmp_path: Path):
    recipe = faulty(tmp_path)
    done = mathcoder("corpus", "build", str(recipe), "--output", str(tmp_path / "run"), "--json")
    said = json.loads(done.stdout)
    assert [stage["stage"] for stage in said["stages"]] == ["read", "licences", "clean", "write", "mix"]
    assert Path(said["report"]).is_file()


def test_a_bad_recipe_is_refused_a_line_for_each_fault(tmp_path: Path):
    recipe = tmp_path / "bad.yaml"
    recipe.write_text("name: x\nsources:\n  a: {kind: webb, paths: [x]}\nduplicate: {}\n")
    done = mathcoder("corpus", "build", str(recipe))
    assert done.returncode == 2
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first.startswith(
        f"mathcoder: {recipe}:3: 'sources.a.kind' should be 'web', 'textbook', 'code' or 'text'"
    )
    assert second == f"mathcoder: {recipe}:4: 'duplicate' is not known; did you mean 'duplicates'?"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["none.yaml"], "mathcoder: none.yaml: No such file or directory; name a recipe that can be read"),
        (["{recipe}", "--source", "b=x"], "mathcoder: there is no source 'b'; there are a"),
        (["{recipe}", "--source", "x"], "mathcoder: --source x: write NAME=PATH"),
        (
            ["{recipe}", "--engine", "spark"],
            "mathcoder: engine 'spark' is not known; choose native, ray or ray://HOST:PORT",
        ),
        (["{recipe}", "--source", "a=none"], "mathcoder: source 'a': there is nothing at none; check its paths"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, arguments: list[str], line: str):
    recipe = faulty(tmp_path)
    given = [argument.format(recipe=recipe) for argument in arguments]
    done = mathcoder("corpus", "build", *given, "--output", str(tmp_path / "run"))
    assert done.returncode in (1, 2)
    assert done.stderr.splitlines() == [line]


@pytest.mark.parametrize(
    "name",
    sorted(
        path.name
        for path in RECIPES.glob("*.yaml")
        if "\nsources:" in (text := path.read_text()) and "\nbase:" not in text
    ),
)
def test_every_recipe_has_a_dry_run(name: str, tmp_path: Path):
    text = (RECIPES / name).read_text()
    if "quickstart" in name:
        done = mathcoder("corpus", "build", str(RECIPES / name), "--dry-run")
        assert (done.returncode, done.stderr) == (0, "")
        assert "nothing stands in the way" in done.stdout
        return
    # What is elsewhere is stood in for; the classifier is not there, which is a problem that is told.
    names = [
        line.strip()[:-1]
        for line in text.splitlines()
        if line.startswith("  ") and line[2] != " " and line.endswith(":")
    ]
    stand_ins = {
        "web": "pages.jsonl.gz",
        "code": "programs.jsonl.gz",
        "text": "worked.jsonl",
        "textbook": "sequences.ptx",
    }
    kinds = [line.split(":")[1].strip() for line in text.splitlines() if line.startswith("    kind:")]
    given = [f"--source={source}={EXAMPLES / stand_ins[kind]}" for source, kind in zip(names, kinds, strict=False)]
    recipe = tmp_path / name
    recipe.write_text(text)
    done = mathcoder("corpus", "build", str(recipe), "--dry-run", *given)
    assert done.returncode == 1
    problems = [line for line in done.stdout.splitlines() if line.startswith("problem: ")]
    assert any("recall.model" in line for line in problems)
    assert "model calls" in done.stdout


def test_interrupted_it_goes_on_with_the_same_command(tmp_path: Path):
    recipe = small_recipe(tmp_path)
    command = [sys.executable, "-m", "mathcoder", "corpus", "build", str(recipe), "--output"]
    whole, folder = tmp_path / "whole", tmp_path / "run"
    subprocess.run([*command, str(whole)], check=True, capture_output=True, timeout=120)
    process = subprocess.Popen([*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    log = folder / "log.jsonl"
    deadline = time.monotonic() + 60
    while not (log.exists() and '"stage": "translate"' in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130, (out, error)
    assert "the same command goes on" in out
    assert error.splitlines()[-1] == "mathcoder: interrupted"
    subprocess.run([*command, str(folder)], check=True, capture_output=True, timeout=120)
    assert files(folder) == files(whole)
