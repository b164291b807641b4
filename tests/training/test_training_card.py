"""The card of a model: its header, its licence, its figures, and that what it quotes stays text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from finished_run import HOSTILE, finished, pretrain, sft

from mathcoder.training.card import write_model_card


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The front matter and the rest."""
    first, front, rest = path.read_text(encoding="utf-8").split("---\n", 2)
    assert first == ""
    return yaml.safe_load(front), rest


def data_card(folder: Path, front: str) -> None:
    (folder / "dataset" / "data").mkdir(parents=True)
    for name in ("train", "part"):
        (folder / "dataset" / "data" / f"{name}-00000.parquet").touch()
    (folder / "dataset" / "README.md").write_text(f"---\n{front}---\n\n# Data\n")


def test_an_adapter_of_solutions(tmp_path: Path) -> None:
    data_card(tmp_path, "license: cc-by-sa-4.0\n")
    run = finished(tmp_path, sft(tmp_path))
    path = write_model_card(run)
    assert path == run / "model" / "README.md"
    front, text = read(path)
    assert front == {
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "base_model": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "base_model_relation": "adapter",
        "license": "cc-by-sa-4.0",
        "tags": ["mathematics", "code", "mathcoder", "lora"],
    }
    for said in (
        "# Small solver",
        "| LoRA | rank 8, alpha 32, dropout 0, all-linear |",
        "| tokens | 20,000 |",
        "| web | 15,000 | 2.5 |",
        "1.23% of the packed sequences are empty.",
        f"`{'ab' * 32}`",
        "| loss on what it was trained on | 3.000 | 2.000 |",
        "| loss on what is held out, web | 3.500 | 2.500 |",
        "| solved of the first problems of gsm8k, train split | 0 of 2 | 1 of 2 |",
        'mathcoder solve --model model.gguf --dialect mathcoder "Solve x**2 = 16."',
        "/dataset: cc-by-sa-4.0",
        "It is small (135M parameters)",
        "2310.03731",
    ):
        assert said in text, said
    assert str(tmp_path) not in text


def test_a_whole_model_of_texts(tmp_path: Path) -> None:
    files = ["hf://datasets/somebody/web-math/data/*.parquet", str(tmp_path / "own.parquet")]
    recipe = pretrain(tmp_path, base={"weights": "Qwen/Qwen2.5-0.5B"}, sources={"web": {"files": files}})
    (tmp_path / "exported").mkdir()
    front, text = read(write_model_card(finished(tmp_path, recipe), tmp_path / "exported"))
    assert front["library_name"] == "transformers"
    assert (front["base_model"], front["base_model_relation"]) == ("Qwen/Qwen2.5-0.5B", "finetune")
    assert front["datasets"] == ["somebody/web-math"]
    assert front["license"] == "unknown"
    assert "own.parquet: not stated" in text
    assert "2410.08196" in text
    assert "mathcoder train sft" in text


@pytest.mark.parametrize(
    ("front", "licence", "says"),
    [
        ("license: mit\n", {"license": "apache-2.0"}, "Apache-2.0."),
        ("license: unknown\n", {"license": "unknown"}, "Some state none"),
        ("license: [1\n", {"license": "unknown"}, "Some state none"),
        (
            "license: cc-by-nd-4.0\n",
            {"license": "other", "license_name": "none-in-common", "license_link": "README.md"},
            "No licence can satisfy all",
        ),
    ],
)
def test_the_licence_follows_from_base_and_data(
    tmp_path: Path, front: str, licence: dict[str, str], says: str
) -> None:
    data_card(tmp_path, front)
    found, text = read(write_model_card(finished(tmp_path, sft(tmp_path))))
    assert {name: value for name, value in found.items() if name.startswith("license")} == licence
    assert says in text


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = f"{HOSTILE}\n---\nlicense: mit\n# Other"[:80]
    recipe = sft(tmp_path, name=name, about=name, data={"train": [f"{HOSTILE}.jsonl"], "system": HOSTILE})
    front, text = read(write_model_card(finished(tmp_path, recipe, name=HOSTILE.replace("/", ""))))
    assert front["license"] == "unknown"
    outside = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    assert "<script" not in outside
    assert [line for line in text.splitlines() if line.startswith("# ")] == [text.splitlines()[1]]
    assert not re.search(r"(?m)^---$", text)


def test_a_test_split_is_owned_up_to(tmp_path: Path) -> None:
    recipe = sft(tmp_path, solve={"benchmark": "gsm8k", "split": "test"})
    assert "Problems of the split test were solved" in read(write_model_card(finished(tmp_path, recipe)))[1]
