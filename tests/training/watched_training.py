"""A small model, its tokenizer and a training of it, for the tests of what watches one."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

PROBLEMS = (
    {"id": "sum", "question": "What is 3 + 4?", "answer": "7"},
    {"id": "product", "question": "What is 3 * 5?", "answer": "15"},
)
TEXTS = (
    "Tom has 3 apples and buys 4 more. How many apples does he have? He has 3 + 4 = 7 apples.",
    "A box holds 12 eggs. How many eggs are in 5 boxes? There are 12 * 5 = 60 eggs.",
    "What is the sum of 18 and 24? The sum is 18 + 24 = 42.",
)


def small_tokenizer(tokens: tuple[str, ...] = ("<|im_start|>", "<|im_end|>")) -> Any:
    """Bytes, and special tokens of which the last ends a message."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = {char: place for place, char in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    backend = Tokenizer(models.BPE(vocab=letters, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens])
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=tokens[-1])


def small_model(rows: int = 300, **changes: Any) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=rows,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        attention_dropout=0.1,
        bos_token_id=None,
        eos_token_id=None,
        **changes,
    )
    return LlamaForCausalLM(config)


def trainer(folder: Path, model: Any, watch: Any, *, steps: int, tokenizer: Any = None, **asked: Any) -> Any:
    """A Trainer of transformers as `Watch` wants it, on `TEXTS`; each step is one of them."""
    import torch
    from transformers import PrinterCallback, Trainer, TrainingArguments

    tokenizer = tokenizer or small_tokenizer()
    rows = [tokenizer(text).input_ids for text in TEXTS] * 20
    data = [{"input_ids": ids, "labels": ids} for ids in rows]
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        max_steps=steps,
        logging_steps=2,
        eval_strategy="steps",
        eval_steps=4,
        save_steps=4,
        learning_rate=1e-3,
        include_num_input_tokens_seen="all",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        seed=3,
        **asked,
    )

    def collated(batch: list[dict[str, Any]]) -> dict[str, Any]:
        return {name: torch.tensor([batch[0][name]]) for name in batch[0]}

    made = Trainer(
        model,
        arguments,
        train_dataset=data,
        eval_dataset={"web": data[:2], "code": data[2:3]},
        data_collator=collated,
        processing_class=tokenizer,
        callbacks=[watch] if watch else [],
    )
    made.remove_callback(PrinterCallback)
    return made


def recipe(**changes: Any) -> Any:
    from mathcoder.training.recipe import PretrainRecipe

    asked = {
        "name": "Small model",
        "context": 128,
        "sources": {"web": {"files": ["web.parquet"]}},
        "track": {"trackers": []},
    }
    return PretrainRecipe.model_validate(asked | changes)


def console(*, terminal: bool = False, width: int = 80) -> tuple[Console, StringIO]:
    text = StringIO()
    return Console(file=text, force_terminal=terminal, width=width, color_system=None), text
