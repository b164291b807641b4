"""Tokenizers for tests of training: SmolLM2's, and small ones trained on recorded solutions of MathCoder."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from mathcoder.solving.dialects import DIALECTS
from mathcoder.solving.formats import Record, read_records
from mathcoder.training.recipe import BasePart
from mathcoder.training.tokenizers import add_block_tokens, block_tokens, open_tokenizer

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
KINDS = ("smollm2", "bytes", "greedy", "sentencepiece")
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

# ChatML with calls of tools, as many models have it.
TOOLS_TEMPLATE = """\
{%- for message in messages %}
{%- if message.role == 'system' %}<|im_start|>system
{{ message.content }}

Tools: {{ tools | tojson }}<|im_end|>
{% elif message.role == 'tool' %}<|im_start|>tool
{{ message.content }}<|im_end|>
{% else %}<|im_start|>{{ message.role }}
{{ message.content or '' }}{% for call in message.tool_calls or [] %}
<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|im_end|>
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


@cache
def recorded() -> tuple[Record, ...]:
    rows = read_records(EXAMPLES / "mathcoder_l70b.jsonl")
    return tuple(row for row in islice(rows, 0, None, 2) if isinstance(row, Record))


def opened(kind: str, dialect: str, folder: Path) -> Any:
    """A tokenizer with the tokens of a dialect; `folder` is where a file of it can be written."""
    if kind == "smollm2":
        tokenizer = deepcopy(_smollm2())
    elif kind == "sentencepiece":
        tokenizer = open_tokenizer(BasePart(weights=str(_sentencepiece(folder))))
    else:
        tokenizer = deepcopy(byte_level(greedy=kind == "greedy"))
    add_block_tokens(tokenizer, None, block_tokens(dialect))
    if dialect == "tools":
        tokenizer.add_special_tokens({"additional_special_tokens": list(SPECIAL[1:])})
        tokenizer.chat_template = TOOLS_TEMPLATE
    return tokenizer


@cache
def _smollm2() -> Any:
    return open_tokenizer(BasePart())


@cache
def byte_level(*, greedy: bool) -> Any:
    """Byte-level BPE. A greedy one does not split text before merges, so its tokens lie across everything."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    texts = [DIALECTS["markdown"]().render(record.problem, record.solution) for record in recorded()]
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not greedy)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken(SPECIAL[0], special=True)])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if greedy:  # pieces as long as these would otherwise be learned that whole texts are one token
        texts = [text.replace("<|im_end|>", "")[at : at + 40] for text in texts for at in range(0, len(text), 37)]
    backend.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=900, special_tokens=[SPECIAL[0]], initial_alphabet=alphabet)
    )
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=SPECIAL[0])


@cache
def _sentencepiece_model() -> bytes:
    import sentencepiece

    lines = [
        line for record in recorded() for block in record.solution.blocks for line in block.content.split("\n")
    ]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in lines if line]),
        model_writer=model,
        vocab_size=600,
        model_type="bpe",
        byte_fallback=True,
        character_coverage=1.0,
        split_digits=True,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        normalization_rule_name="identity",
        minloglevel=2,
    )
    return model.getvalue()


def _sentencepiece(folder: Path) -> Path:
    """A folder with a SentencePiece model, as Llama 2 has it: a space is put before text, and `<s>` before all."""
    place = folder / "sentencepiece"
    place.mkdir(exist_ok=True)
    (place / "tokenizer.model").write_bytes(_sentencepiece_model())
    about = {
        "tokenizer_class": "LlamaTokenizer",
        "legacy": True,
        "add_bos_token": True,
        "bos_token": "<s>",
        "eos_token": "</s>",
    }
    (place / "tokenizer_config.json").write_text(json.dumps(about | {"unk_token": "<unk>"}))
    return place


def is_sentencepiece(tokenizer: Any) -> bool:
    return tokenizer.convert_ids_to_tokens(3) == "<0x00>"


def spelled(tokenizer: Any, ids: Any) -> str:
    """The characters that tokens stand for, without what `decode` does to the look of a text."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    of_byte = {character: byte for byte, character in bytes_to_unicode().items()}
    added = tokenizer.added_tokens_decoder
    sentencepiece = is_sentencepiece(tokenizer)
    out = bytearray()
    for number in map(int, ids):
        token = tokenizer.convert_ids_to_tokens(number)
        if number in added:
            out += token.encode()
        elif not sentencepiece:
            out += bytes(of_byte[character] for character in token)
        elif token.startswith("<0x"):
            out.append(int(token[3:5], 16))
        else:
            out += token.replace("▁", " ").encode()
    return out.decode()
