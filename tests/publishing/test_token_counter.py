"""Tokens are counted as the tokenizer's own program counts them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from mathcoder.models import Request, open_model
from mathcoder.publishing.tokens import TokenCounter

DATA = Path(__file__).parents[2] / "examples/data"
TEXTS = [
    "x = 12345 + 2\n\n  y",
    "Let $f(x) = \\frac{x^2}{2}$; then \\[ \\int_0^1 f = \\tfrac16. \\]",
    "def f(x):\n    return {x: [1.50e-3, 'é∑ℝ']}\n\n\n\t# don't\n",
    "中文和日本語 кириллица 🙂 it's we'll   spaces   \n",
    *(json.loads(line)["solution"] for line in (DATA / "worked.jsonl").read_text().splitlines()[:8]),
]


@pytest.fixture(scope="module")
def embedded() -> TokenCounter:
    return TokenCounter("embedded")


def test_the_embedded_tokenizer_counts_as_the_embedded_model_does(embedded: TokenCounter):
    async def prompt_tokens() -> list[int]:
        model = open_model("embedded")
        counts: list[int] = []
        for text in TEXTS:
            async for chunk in model.stream(Request(text, max_tokens=1)):
                if chunk.finish_reason:
                    counts.append(chunk.prompt_tokens)
        await model.aclose()
        return counts

    assert embedded.count(TEXTS) == asyncio.run(prompt_tokens())


def test_texts_that_look_like_special_tokens_are_text(embedded: TokenCounter):
    assert embedded.count(["<|im_start|>"])[0] > 1
    assert embedded.count(["", "a"]) == [0, 1]


def test_a_tokenizer_of_ones_own(embedded: TokenCounter, tmp_path: Path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    own = Tokenizer(models.WordLevel({"a": 0, "?": 1}, unk_token="?"))
    own.pre_tokenizer = pre_tokenizers.Whitespace()
    own.enable_truncation(2)
    own.enable_padding(length=9)
    own.save(str(tmp_path / "tokenizer.json"))
    for name in (str(tmp_path), str(tmp_path / "tokenizer.json")):
        assert TokenCounter(name).count(["a b c", "", "a"]) == [3, 0, 1]
    assert TokenCounter("bytes").count(["aé", ""]) == [3, 0]


@pytest.mark.parametrize("name", ["./missing", "missing/tokenizer.json", "broken.json"])
def test_a_tokenizer_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ValueError, match=f"^tokenizer '{name}': .*; give embedded, bytes, ") as caught:
        TokenCounter(name)
    assert "\n" not in str(caught.value)
