"""What runs export: the runtime, transformers and peft load it and say what the trained model says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gguf_checks import PROMPT, check, digits, expected, made, run

from mathcoder.models import ModelError, Request, available_models, open_model
from mathcoder.models.weights import find_weights
from mathcoder.runs.recipe import resolved
from mathcoder.runs.run import Run
from mathcoder.training.export import ExportError, export
from mathcoder.training.model import load_model, save_model, with_lora
from mathcoder.training.recipe import BasePart, LoraPart, PretrainRecipe, SftRecipe, SolutionsPart, SourcePart
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, end_messages_with, open_tokenizer

torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")
peft: Any = pytest.importorskip("peft")
gguf: Any = pytest.importorskip("gguf")
pytest.importorskip("xllamacpp")

pytestmark = pytest.mark.heavy
SAID = "<|user|><|text|>Add 12 and 5.<|endofblock|><|endofmessage|><|assistant|><|text|>The sum"


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Small models with their tokenizers, by whether the head is the embedding."""
    folders: dict[bool, Path] = {}
    for tied in (True, False):
        folders[tied] = tmp_path_factory.mktemp("base") / "base"
        tokenizer = digits()
        made("llama", tokenizer, tie_word_embeddings=tied).save_pretrained(folders[tied])
        tokenizer.save_pretrained(folders[tied])
    return folders


def trained(
    folder: Path, base: BasePart, *, dialect: str | None = None, lora: bool = True, strength: float = 0.1
) -> tuple[Any, Any]:
    """A run as training leaves it, with adapters of random numbers; its model and tokenizer."""
    tokenizer = open_tokenizer(base)
    model = load_model(base, seed=0, tokenizer=tokenizer)
    new: list[int] = []
    if dialect:
        new = add_block_tokens(tokenizer, model, block_tokens(dialect))
        end_messages_with(tokenizer, model, dialect)
    torch.manual_seed(2)
    if lora:
        model = with_lora(model, LoraPart(rank=4, alpha=8), new)
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if "lora_B" in name:
                    weight.normal_(std=strength)
                elif "trainable_tokens_delta" in name:
                    weight.add_(torch.randn_like(weight) * 0.1)
    part = LoraPart(rank=4, alpha=8) if lora else None
    asked: Any = (
        SftRecipe(name="tiny one", base=base, lora=part, data=SolutionsPart(train=("a.jsonl",)))
        if dialect
        else PretrainRecipe(name="tiny one", base=base, lora=part, sources={"a": SourcePart(files=("a.jsonl",))})
    )
    Run(folder, kind="sft" if dialect else "pretrain", recipe=resolved(asked)).close()
    save_model(model, folder / "model")
    tokenizer.save_pretrained(folder / "model")
    facts = {"name": "tiny one", "base": base.model_dump(mode="json"), "dialect": dialect, "seed": 0}
    (folder / "model" / "training.json").write_text(json.dumps(facts), encoding="utf-8")
    return model.eval(), tokenizer


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("dialect", ["mathcoder", None])
def test_a_merged_adapter(dialect: str | None, tied: bool, bases: dict[bool, Path], tmp_path: Path):
    base = BasePart(weights=str(bases[tied]), attention="sdpa")
    model, tokenizer = trained(tmp_path / "run", base, dialect=dialect)
    before = SAID if dialect else ""
    path = export(tmp_path / "run", format="gguf", quantise="f32")
    assert path == tmp_path / "run" / "export" / "tiny-one-f32.gguf"
    check(path, model, tokenizer, before=before)
    folder = export(tmp_path / "run", format="safetensors", form="merged")
    assert folder == tmp_path / "run" / "export" / "tiny-one"
    again = transformers.AutoModelForCausalLM.from_pretrained(folder)
    words = transformers.AutoTokenizer.from_pretrained(folder)
    assert expected(again, words, before + PROMPT, 16)[0] == expected(model, tokenizer, before + PROMPT, 16)[0]
    assert again.config.use_cache
    assert "tiny one" in (folder / "README.md").read_text(encoding="utf-8")
    assert words.eos_token == tokenizer.eos_token
    assert again.config.eos_token_id == words.eos_token_id or not dialect
    assert sorted(file.name for file in folder.parent.iterdir()) == ["tiny-one", "tiny-one-f32.gguf"]


def test_all_weights_trained(bases: dict[bool, Path], tmp_path: Path):
    base = BasePart(weights=str(bases[True]), attention="sdpa")
    model, tokenizer = trained(tmp_path / "run", base, dialect="mathcoder", lora=False)
    check(export(tmp_path / "run", format="gguf"), model, tokenizer, before=SAID)
    folder = export(tmp_path / "run", format="safetensors", output=tmp_path / "here")
    again = transformers.AutoModelForCausalLM.from_pretrained(folder)
    assert torch.equal(again.lm_head.weight, model.lm_head.weight)
    with pytest.raises(ExportError, match="all weights were trained, so there is no adapter: export it merged"):
        export(tmp_path / "run", format="gguf", form="adapter")


@pytest.mark.parametrize("quantise", ["f32", "f16", "bf16"])
def test_an_adapter_on_its_base(quantise: Any, bases: dict[bool, Path], tmp_path: Path):
    base = BasePart(weights=str(bases[False]), attention="sdpa")
    model, tokenizer = trained(tmp_path / "run", base)
    adapter = export(tmp_path / "run", format="gguf", form="adapter", quantise=quantise)
    assert adapter == tmp_path / "run" / "export" / "tiny-one-lora.gguf"
    trained(tmp_path / "plain", base, lora=False)
    whole = export(tmp_path / "plain", format="gguf", quantise="f32")
    check(whole, model, tokenizer, adapter=adapter, close=0.2 if quantise == "bf16" else 0.02)
    with_it = asyncio.run(run(whole, PROMPT, 32, adapter))[2]
    without = asyncio.run(run(whole, PROMPT, 32))[2]
    assert max(abs(a.logprob - b.logprob) for a, b in zip(with_it, without, strict=False)) > 0.05


def test_an_adapter_for_peft(bases: dict[bool, Path], tmp_path: Path):
    base = BasePart(weights=str(bases[True]), attention="sdpa")
    model, tokenizer = trained(tmp_path / "run", base)
    folder = export(tmp_path / "run", format="safetensors", form="adapter")
    plain = transformers.AutoModelForCausalLM.from_pretrained(bases[True])
    again = peft.PeftModel.from_pretrained(plain, folder)
    assert expected(again, tokenizer, PROMPT, 16) == expected(model, tokenizer, PROMPT, 16)


def test_what_an_adapter_cannot_hold_is_refused(bases: dict[bool, Path], tmp_path: Path):
    base = BasePart(weights=str(bases[True]), attention="sdpa")
    trained(tmp_path / "tokens", base, dialect="mathcoder")
    with pytest.raises(ExportError, match="rows of the embedding were trained as well"):
        export(tmp_path / "tokens", format="gguf", form="adapter")
    trained(tmp_path / "run", base)
    with pytest.raises(ExportError, match="stored as f32, f16 or bf16, not as q8_0"):
        export(tmp_path / "run", format="gguf", form="adapter", quantise="q8_0")
    about = tmp_path / "run" / "model" / "adapter_config.json"
    about.write_text(about.read_text().replace('"use_dora": false', '"use_dora": true'))
    with pytest.raises(ExportError, match="cannot hold use_dora: export it merged"):
        export(tmp_path / "run", format="gguf", form="adapter")
    assert list((tmp_path / "run" / "export").iterdir()) == []


def test_what_is_not_there_or_there_already_is_said(bases: dict[bool, Path], tmp_path: Path):
    with pytest.raises(ExportError, match="no model is there"):
        export(tmp_path, format="gguf")
    trained(tmp_path / "run", BasePart(weights=str(bases[True]), attention="sdpa"), lora=False)
    for format in ("gguf", "safetensors"):
        path = export(tmp_path / "run", format=format)
        with pytest.raises(ExportError, match="is there already: remove it, or name another output"):
            export(tmp_path / "run", format=format, output=path)
    tokens = tmp_path / "run" / "model" / "tokenizer.json"
    tokens.write_text(tokens.read_text().replace('"normalizer": null', '"normalizer": {"type": "Lowercase"}'))
    with pytest.raises(ExportError, match="does not change text before it is split"):
        export(tmp_path / "run", format="gguf", quantise="bf16")
    assert len(list((tmp_path / "run" / "export").iterdir())) == 2


# The embedded model.


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run on the embedded weights, in `runs/` of the working directory."""
    try:
        find_weights()
    except ModelError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("embedded")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MATHCODER_CACHE", str(folder / "cache"))
        patch.delenv("OPENAI_BASE_URL", raising=False)
        patch.setattr("mathcoder.models.find._PORTS", ())
        yield Path("runs/a")


CHAT = "<|im_start|>user\nWhat is 12345 + 67?<|im_end|>\n<|im_start|>assistant\n"


def test_the_embedded_model_comes_back(embedded: Path):
    model, tokenizer = trained(embedded, BasePart(attention="sdpa"), lora=False)
    text, count, steps = expected(model, tokenizer, CHAT, 32)
    for quantise in ("f32", "f16", "q8_0"):
        path = export(embedded, format="gguf", quantise=quantise)
        ours, read, likely = asyncio.run(run(path, CHAT, 32))
        assert read == count
        if quantise == "q8_0":  # near ties go another way now and then
            assert [step.logprob for step in likely[:8]] == pytest.approx(steps[:8], abs=0.15)
        else:
            assert ours == text
            assert [step.logprob for step in likely] == pytest.approx(steps, abs=0.02)
        path.unlink()


def test_an_adapter_on_the_embedded_model_is_found_and_heard(embedded: Path):
    base = BasePart(attention="sdpa")
    plain = embedded.with_name("plain")
    before = expected(*trained(plain, base, lora=False), CHAT, 8)
    after = expected(*trained(embedded.with_name("tuned"), base, strength=0.05), CHAT, 8)
    assert before[0] != after[0]
    adapter = export(embedded.with_name("tuned"), format="gguf", form="adapter")
    whole = export(plain, format="gguf")
    found = {row.spec: row.kind for row in asyncio.run(available_models())}
    assert found[f"embedded+{adapter}"] == "adapter"
    assert found[str(whole)] == "trained"
    for spec in (f"{whole}+{adapter}", f"embedded+{adapter}"):
        likely = asyncio.run(says(spec))
        assert likely[:1] == pytest.approx(after[2][:1], abs=0.5 if spec.startswith("embedded") else 0.05), spec


async def says(spec: str) -> list[float]:
    """How likely a model finds the tokens that it writes."""
    model = open_model(spec)
    request = Request(CHAT, max_tokens=8, temperature=0.0, logprobs=1)
    found = [step.logprob async for chunk in model.stream(request) for step in chunk.logprobs]
    await model.aclose()
    return found
