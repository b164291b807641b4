"""The report of a run of training: what is on it, that nothing gets out of it, and runs that are cut short."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from finished_run import HOSTILE, finished, pretrain, sft

from mathcoder.training.report import write_report


class Page(HTMLParser):
    """The visible text of a page, and what in it could do something."""

    def __init__(self, text: str):
        super().__init__()
        self.text, self.scripts, self.links = "", 0, list[str]()
        self._hidden = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")
        self.scripts += tag == "script"
        self.links += [value or "" for name, value in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else f"{data} "


def report(run: Path) -> Page:
    return Page(write_report(run).read_text(encoding="utf-8"))


def test_what_a_run_did_is_on_the_page(tmp_path: Path) -> None:
    page = report(finished(tmp_path, sft(tmp_path)))
    for said in (
        "Fine-tuning: Small solver",
        "embedded (SmolLM2-135M-Instruct)",
        "LoRA, rank 8",
        "2026-09-21 14:13 UTC",
        "2m00s",
        "2.000 loss, of the last steps",
        "2.375 loss on what is held out",
        "1 of 2 problems solved",
        "20.0k tokens trained on",
        "31.0%",
        "15.0k tokens",
        "2.5 epochs",
        "1.23%",
        "too long web",
        "1 × cpu, 2 threads",
        "The first 2 problems of gsm8k",
        "ab" * 32,
        "It wrote nothing that could be read.",
        "not graded",
    ):
        assert said in " ".join(page.text.split()), said
    assert "not finished" not in page.text


@pytest.mark.parametrize(("threads", "said"), [(1, "1 × cpu, 1 thread "), (None, "1 × cpu ")])
def test_threads_are_counted(tmp_path: Path, threads: int | None, said: str) -> None:
    run = finished(tmp_path, sft(tmp_path))
    facts = json.loads((run / "facts.json").read_text())
    (run / "facts.json").write_text(json.dumps(facts | {"threads": threads}))
    assert said in " ".join(report(run).text.split())


def test_hostile_text_is_text_and_nothing_is_loaded(tmp_path: Path) -> None:
    plain = report(finished(tmp_path / "plain", sft(tmp_path)))
    recipe = sft(tmp_path, name=HOSTILE, about=HOSTILE, solve={"file": f"{HOSTILE}.jsonl"})
    page = report(finished(tmp_path / "hostile", recipe, name=HOSTILE))
    assert page.scripts == plain.scripts == 2
    assert page.links == []
    assert page.text.count("<script>alert(1)</script>") > 10


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    run = finished(tmp_path, pretrain(tmp_path))
    assert write_report(run).read_bytes() == write_report(run).read_bytes()
    assert "Continued pretraining: Small reader" in report(run).text


def test_a_run_that_is_cut_short_says_so(tmp_path: Path) -> None:
    run = finished(tmp_path, sft(tmp_path))
    (run / "model").rmdir()
    assert "This run is not finished: it is at step 20 of 20." in report(run).text
    (run / "facts.json").unlink()
    (run / "metrics.jsonl").unlink()
    for path in run.glob("solved/*"):
        path.unlink()
    page = report(run)
    assert "it is at step 0 of 0" in page.text
    assert "Curves" not in page.text


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("run.json", '{"kind": "corpus"}', "holds no run of training, but of 'corpus'"),
        ("run.json", "{", "run.json: cannot be read"),
        ("recipe.yaml", "name: x\nnonsense: 1\n", "recipe.yaml: no recipe of training"),
        ("metrics.jsonl", "hello\n", "metrics.jsonl:1: no line of metrics"),
        ("facts.json", "[]", "facts.json: not readable"),
        ("solved/step-000020.jsonl", "{\n", "step-000020.jsonl:1"),
    ],
)
def test_what_is_damaged_is_named_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    run = finished(tmp_path, sft(tmp_path))
    (run / name).write_text(text)
    with pytest.raises(ValueError, match=re.escape(says)) as error:
        write_report(run)
    assert "\n" not in str(error.value)
    assert not (run / "report.html").exists()


def test_another_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no run"):
        write_report(tmp_path)
