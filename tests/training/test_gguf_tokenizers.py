"""Tokenizers in GGUF files: which rule each gets, and those that llama.cpp would read otherwise are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gguf_checks import by_regex, byte_level, deepseek, digits, llama3, qwen2, sentencepiece

from mathcoder.models import ModelError
from mathcoder.models.weights import find_weights
from mathcoder.training.gguf_tokenizer import add_tokenizer
from mathcoder.training.recipe import BasePart
from mathcoder.training.tokenizers import open_tokenizer

pytest.importorskip("transformers")
gguf: Any = pytest.importorskip("gguf")
tokenizers: Any = pytest.importorskip("tokenizers")

pytestmark = pytest.mark.heavy


def fields_of(tokenizer: Any, path: Path, *, talks: bool = False) -> dict[str, Any]:
    writer = gguf.GGUFWriter(path, "llama")
    add_tokenizer(writer, tokenizer, rows=len(tokenizer) + 2, begins_with_token=talks)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return {key: field.contents() for key, field in gguf.GGUFReader(path).fields.items()}


RULES: list[tuple[Callable[[], Any], str]] = [
    (lambda: byte_level([]), "gpt-2"),
    (digits, "smollm"),
    (qwen2, "qwen2"),
    (lambda: by_regex("{1,3}"), "smaug-bpe"),
    (llama3, "llama-bpe"),
    (deepseek, "deepseek-coder"),
    (sentencepiece, "default"),
]


@pytest.mark.parametrize(("tokenizer_of", "rule"), RULES)
def test_a_rule_is_told_by_what_it_does(tokenizer_of: Callable[[], Any], rule: str, tmp_path: Path):
    tokenizer = tokenizer_of()
    tokenizer.chat_template = "{{ messages[0].content }}"
    found = fields_of(tokenizer, tmp_path / "a.gguf")
    assert found["tokenizer.ggml.pre"] == rule
    begins = tokenizer("a").input_ids[0] == tokenizer.bos_token_id
    assert found["tokenizer.ggml.add_bos_token"] == begins
    assert begins or rule != "llama-bpe"
    assert found["tokenizer.ggml.eos_token_id"] == tokenizer.eos_token_id
    assert found["tokenizer.chat_template"] == tokenizer.chat_template
    words = found["tokenizer.ggml.tokens"]
    if scores := found.get("tokenizer.ggml.scores"):  # SentencePiece numbers its words as it joined them
        joined = [number for number, word in enumerate(words[3:-2], 3) if len(word) > 1 and word[:3] != "<0x"]
        assert len(joined) > 50
        assert sorted(joined, key=lambda number: -scores[number]) == joined
    assert words[:-2] == tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    assert found["tokenizer.ggml.token_type"][-2:] == [gguf.TokenType.UNUSED] * 2


def test_the_embedded_tokenizer_comes_back(tmp_path: Path):
    try:
        given = gguf.GGUFReader(find_weights()).fields
    except ModelError as error:
        pytest.skip(str(error))
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "llama")
    add_tokenizer(writer, open_tokenizer(BasePart()), rows=49152, begins_with_token=True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    written = gguf.GGUFReader(tmp_path / "a.gguf").fields
    for key in ("tokens", "token_type", "merges", "pre", "model", "bos_token_id", "add_bos_token"):
        assert written[f"tokenizer.ggml.{key}"].contents() == given[f"tokenizer.ggml.{key}"].contents(), key


@pytest.mark.parametrize(
    ("scheme", "talks", "prefix"),
    [("first", False, True), ("first", True, False), ("always", True, True), ("never", False, False)],
)
def test_the_space_before_a_text(scheme: str, talks: bool, prefix: bool, tmp_path: Path):
    tokenizer = sentencepiece()
    metaspace = tokenizers.pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    tokenizer.backend_tokenizer.pre_tokenizer = metaspace
    found = fields_of(tokenizer, tmp_path / "a.gguf", talks=talks)
    assert found["tokenizer.ggml.add_space_prefix"] == prefix


def without_end() -> Any:
    tokenizer = digits()
    tokenizer.eos_token = None
    return tokenizer


def changed(**parts: Any) -> Any:
    tokenizer = sentencepiece() if "Metaspace" in str(parts.get("pre_tokenizer")) else digits()
    for name, part in parts.items():
        setattr(tokenizer.backend_tokenizer, name, part)
    return tokenizer


before, after = tokenizers.pre_tokenizers, tokenizers.normalizers
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: changed(normalizer=after.Lowercase()), "does not change text before it is split"),
    (lambda: changed(pre_tokenizer=before.Whitespace()), "has no name in llama.cpp that is known here"),
    (lambda: changed(pre_tokenizer=before.ByteLevel(add_prefix_space=True)), "has no name in llama.cpp"),
    (lambda: changed(pre_tokenizer=before.Metaspace(split=True)), "does not put spaces into text"),
    (lambda: by_regex("{1,2}"), "it is none of deepseek-coder, deepseek-llm, gpt-2, llama-bpe, qwen2"),
    (lambda: byte_level([], ignore_merges=True), "has no name in llama.cpp"),
    (lambda: changed(model=tokenizers.models.Unigram([("a", 0.0)])), "of the kind Unigram: only of BPE"),
    (without_end, "no token that ends a text"),
]


@pytest.mark.parametrize(("tokenizer_of", "message"), REFUSED)
def test_a_tokenizer_that_would_be_read_otherwise_is_refused(
    tokenizer_of: Callable[[], Any], message: str, tmp_path: Path
):
    with pytest.raises(ValueError, match=message) as caught:
        fields_of(tokenizer_of(), tmp_path / "a.gguf")
    assert "\n" not in str(caught.value)
