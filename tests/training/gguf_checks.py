"""Small models and tokenizers of every kind, and whether the runtime computes what transformers does."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest

from mathcoder.models import EmbeddedModel, Request, TokenLogprob

torch: Any = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")
tokenizers: Any = pytest.importorskip("tokenizers")

TEXT = [
    "The sum of 12345 and 678 is 13023, isn't it? They'd say so.\n\n",
    "def area(radius):\n    return 3.14159 * radius ** 2\n",
    "Let $x^2 - 5x + 6 = 0$; then x is 2 or 3.  Zwölf Äpfel, naïve café, 数学 is fun!\n",
    "In how many ways can seven people sit at a round table?\t720 ways.\r\n",
] * 3
ODD = "We've 12345 apples  and\n\n 678 pears; they're naïve 数 $x^2$\tso\n"
PROMPT = "The sum of 12"
SIZES = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "initializer_range": 0.05,
    "use_cache": True,
}


def byte_level(splits: list[Any], *, ignore_merges: bool = False, own: bool = True) -> Any:
    """A tokenizer as GPT-2, Llama 3, Qwen2 and SmolLM2 have it, trained here."""
    before = tokenizers.pre_tokenizers
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(ignore_merges=ignore_merges))
    backend.pre_tokenizer = before.Sequence([*splits, before.ByteLevel(add_prefix_space=False, use_regex=own)])
    backend.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=before.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(TEXT, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|endoftext|>")


def digits() -> Any:
    return byte_level([tokenizers.pre_tokenizers.Digits(individual_digits=True)])


def by_regex(numbers: str, *, ignore_merges: bool = False) -> Any:
    rule = (
        rf"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{numbers}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(rule), "isolated")
    return byte_level([split], ignore_merges=ignore_merges, own=False)


def qwen2() -> Any:
    return by_regex("")


def llama3() -> Any:
    """With a token of the beginning, as Llama 3 has it."""
    tokenizer = by_regex("{1,3}", ignore_merges=True)
    tokenizer.add_special_tokens({"bos_token": "<|begin_of_text|>"})
    begin = tokenizer.bos_token, tokenizer.bos_token_id
    tokenizer.backend_tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{begin[0]} $A", pair=f"{begin[0]} $A $B", special_tokens=[begin]
    )
    return tokenizer


def deepseek() -> Any:
    """As DeepSeek-Coder has it."""
    before, kind = tokenizers.pre_tokenizers, tokenizers.Regex
    rules = ["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+"]
    splits = [before.Split(kind(rule), "isolated") for rule in rules]
    return byte_level([*splits, before.Digits(individual_digits=True)], own=False)


def sentencepiece(legacy: bool = False) -> Any:
    """As Llama 2 and Mistral have it, trained by SentencePiece itself."""
    library: Any = pytest.importorskip("sentencepiece")
    made = io.BytesIO()
    library.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT),
        model_writer=made,
        model_type="bpe",
        vocab_size=420,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    model = library.SentencePieceProcessor(model_proto=made.getvalue())
    words = [model.id_to_piece(number) for number in range(len(model))]
    scores = {word: model.get_score(number) for number, word in enumerate(words)}
    vocabulary = {word: number for number, word in enumerate(words)}
    merges = transformers.tokenization_utils_base.generate_merges(vocabulary, scores)
    tokenizer = transformers.LlamaTokenizer(vocab=vocabulary, merges=merges)
    if legacy:
        normalizers = tokenizers.normalizers
        backend = tokenizer.backend_tokenizer
        backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        backend.pre_tokenizer = None
    assert tokenizer("The sum of 678", add_special_tokens=False).input_ids == model.encode("The sum of 678")
    return tokenizer


def drawn(kind: str, tokenizer: Any, **changes: Any) -> Any:
    """A new model."""
    torch.manual_seed(1)
    config = transformers.AutoConfig.for_model(kind, **SIZES | {"vocab_size": len(tokenizer)} | changes)
    return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def made(kind: str, tokenizer: Any, **changes: Any) -> Any:
    """A model that was trained a little."""
    model = drawn(kind, tokenizer, **changes)
    for name, weight in model.named_parameters():
        if weight.ndim == 1:  # norms of ones and biases of zeros would hide that they are missing
            torch.nn.init.normal_(weight, mean=float(name.endswith("norm.weight")), std=0.2)
    # It learns the text by heart, so that a token is far likelier than all others.
    rows = [torch.tensor([tokenizer(text * 2).input_ids]) for text in TEXT[:4]]
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(60):
        optimizer.zero_grad()
        model(input_ids=rows[step % 2], labels=rows[step % 2], use_cache=False).loss.backward()
        optimizer.step()
    return model.eval()


async def run(
    path: Path, prompt: str, tokens: int, adapter: Path | None = None
) -> tuple[str, int, list[TokenLogprob]]:
    """What the runtime writes, how many tokens it read, and how likely it found each that it wrote."""
    model = EmbeddedModel(path, adapter=adapter, threads=1, context=256, slots=1)
    request = Request(prompt, max_tokens=tokens, temperature=0.0, logprobs=1)
    chunks = [chunk async for chunk in model.stream(request)]
    await model.aclose()
    return (
        "".join(chunk.text for chunk in chunks),
        chunks[-1].prompt_tokens,
        [p for c in chunks for p in c.logprobs],
    )


def expected(model: Any, tokenizer: Any, prompt: str, tokens: int) -> tuple[str, int, list[float]]:
    """The same of transformers."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    with torch.no_grad():
        whole = model.generate(ids, max_new_tokens=tokens, do_sample=False, pad_token_id=0)
        likely = model(whole).logits.log_softmax(-1)[0]
    written = whole[0, ids.shape[1] :]
    steps = likely[ids.shape[1] - 1 : -1].gather(1, written[:, None])[:, 0]
    return tokenizer.decode(written, clean_up_tokenization_spaces=False), ids.shape[1], steps.tolist()


def check(
    path: Path,
    model: Any,
    tokenizer: Any,
    *,
    before: str = "",
    close: float = 0.02,
    adapter: Path | None = None,
) -> None:
    """Both read as many tokens, write the same ones, and find them as likely."""
    for asked, tokens in ((before + PROMPT, 32), (before + ODD, 1)):
        text, count, steps = expected(model, tokenizer, asked, tokens)
        ours, read, likely = asyncio.run(run(path, asked, tokens, adapter))
        assert read == count
        assert ours.lstrip(" ") == text.lstrip(" ")  # SentencePiece drops a space that begins a text
        assert [step.logprob for step in likely] == pytest.approx(steps, abs=close)
