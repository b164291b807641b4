"""Where tokenizers come from, and that one read from a GGUF file is what the runtime has."""

from __future__ import annotations

import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_tokenizers import byte_level, recorded

pytest.importorskip("transformers")

from mathcoder.models.weights import find_weights
from mathcoder.training.recipe import BasePart
from mathcoder.training.tokenizers import open_tokenizer, tokenizer_hash


def test_the_embedded_one_is_smollm2s() -> None:
    tokenizer = open_tokenizer(BasePart())
    assert len(tokenizer) == 49152
    assert tokenizer.tokenize("Add 1234  56<|im_end|>\n x") == [
        *("Add", "Ġ", "1", "2", "3", "4", "ĠĠ", "5", "6", "<|im_end|>", "Ċ", "Ġx")
    ]
    assert (tokenizer.bos_token, tokenizer.eos_token, tokenizer.pad_token) == (
        *("<|im_start|>", "<|im_end|>", "<|im_end|>"),
    )
    assert tokenizer.encode("x") == tokenizer.encode("x", add_special_tokens=False)
    chat = tokenizer.apply_chat_template(
        [{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}],
        tokenize=False,
        add_generation_prompt=True,
    )
    assert chat == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n"


def test_saved_ones_are_the_same(tmp_path: Path) -> None:
    tokenizer = byte_level(greedy=False)
    tokenizer.save_pretrained(tmp_path)
    key = tokenizer_hash(tokenizer)
    for place in (tmp_path, tmp_path / "tokenizer.json"):
        again = open_tokenizer(BasePart(tokenizer=str(place)))
        assert tokenizer_hash(again) == key
        assert again.eos_token == tokenizer.eos_token
    assert tokenizer_hash(open_tokenizer(BasePart(weights=str(tmp_path)))) == key
    (tmp_path / "tokenizer_config.json").unlink()
    alone = open_tokenizer(BasePart(tokenizer=str(tmp_path / "tokenizer.json")))
    assert alone.encode("Find x") == tokenizer.encode("Find x")
    again.add_tokens(["<new>"])
    assert tokenizer_hash(again) != key
    again = open_tokenizer(BasePart(tokenizer=str(tmp_path / "tokenizer.json")))
    again.chat_template = "{{ messages }}"
    assert tokenizer_hash(again) != tokenizer_hash(alone)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("{}/nothing", "there is no such file"),
        ("{}/nothing.gguf", "no such weights file"),
        ("{}", "the folder has no tokenizer.json"),
        ("{}/text.json", "text.json': "),
        ("{}/text.gguf", "text.gguf': "),
    ],
)
def test_what_cannot_be_had_is_told_in_a_line(name: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "text.json").write_text("no tokenizer")
    (tmp_path / "text.gguf").write_text("no weights")
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as raised:
        open_tokenizer(BasePart(tokenizer=name.format(tmp_path)))
    assert says in str(raised.value)


def test_a_rule_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    _with_vocabulary(path, rule="command-r")
    with pytest.raises(ValueError, match=r"rule 'command-r', which is not read from GGUF.*base\.tokenizer"):
        open_tokenizer(BasePart(weights=str(path)))


@pytest.mark.heavy
@pytest.mark.parametrize("rule", ["smollm", "gpt-2", "llama-bpe", "qwen2"])
def test_it_reads_text_as_the_runtime_does(rule: str, tmp_path: Path, data_dir: Path) -> None:
    """Of a prompt that was read before, the runtime tells how many tokens it shares with the next one."""
    pytest.importorskip("xllamacpp")
    from mathcoder.models.embedded import _load

    path = tmp_path / "tiny.gguf"
    _with_vocabulary(path, rule=rule)
    tokenizer = open_tokenizer(BasePart(weights=str(path)))
    server = _load(path, lora=None, threads=1, context=4096, slots=1)

    def asked(prompt: str | list[int]) -> tuple[int, int]:
        pieces: list[Any] = []
        body = {"prompt": prompt, "max_tokens": 1, "cache_prompt": True, "stream": True, "timings_per_token": True}
        server.handle_completions(body, pieces.append)
        timings = [piece["timings"] for piece in pieces if "timings" in piece][-1]
        return timings["cache_n"], timings["prompt_n"]

    with gzip.open(data_dir / "eval" / "gsm8k.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["question"] for line, _ in zip(file, range(200), strict=False)]
    for record in recorded():
        blocks = "\n".join(block.content for block in record.solution.blocks)
        texts.append(f"<|im_start|>user\n{record.problem}<|im_end|>\n{blocks[:4000]}")
    texts += ["a  1\n\n\n 2\t\tx  ", "don't I'LL 12345 ¿é漢字🙂 \r\n\r\n x", "   ", "\n\n1. x\n   - y <|im_end|> "]
    for text in texts:
        ids = tokenizer.encode(text)
        assert sum(asked(text)) == len(ids)
        assert asked(ids) == (len(ids) - 1, 1), text  # all but the last, which is always read again


def _with_vocabulary(path: Path, *, rule: str) -> None:
    """A model of one small layer with the vocabulary of the embedded one, whose text is split by another rule."""
    gguf = import_module("gguf")
    fields = gguf.GGUFReader(find_weights()).fields
    writer = gguf.GGUFWriter(path, "llama")
    width = 32
    writer.add_context_length(4096)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(width)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width)
    for key, field in fields.items():
        if key.startswith("tokenizer."):
            value = rule if key == "tokenizer.ggml.pre" else field.contents()
            writer.add_key_value(key, value, field.types[0], field.types[-1] if len(field.types) > 1 else None)
    random = np.random.default_rng(0)
    shapes = {"token_embd": (len(fields["tokenizer.ggml.tokens"].contents()), width), "output_norm": (width,)}
    shapes |= {f"blk.0.{name}": (width,) for name in ("attn_norm", "ffn_norm")}
    products = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    shapes |= {f"blk.0.{name}": (width, width) for name in products}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", (random.normal(size=shape) / 10).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
