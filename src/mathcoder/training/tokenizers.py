"""The tokenizer of a training, and the tokens that a dialect adds to it.

A GGUF file does not hold its tokenizer but only words, merges and the name of a rule that splits text before
them; rules whose names are not known here are refused, since a wrong one changes tokens without any error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from mathcoder.models import ModelError
from mathcoder.models.weights import find_weights
from mathcoder.solution import BlockType

if TYPE_CHECKING:
    from collections.abc import Generator

    from mathcoder.training.recipe import BasePart

__all__ = ["add_block_tokens", "block_tokens", "end_messages_with", "open_tokenizer", "tokenizer_hash"]

_ROLES = ("system", "user", "assistant")
_BLOCK_TOKENS = {
    "mathcoder": (*_ROLES, *get_args(BlockType), "endofblock", "endofmessage"),
    "markdown": ("im_start", "im_end"),
    "tools": (),  # its messages are written by the tokenizer's own template
}


def open_tokenizer(base: BasePart) -> Any:
    """The tokenizer that `base` names, as a fast tokenizer of transformers.

    Raises:
        ValueError: it cannot be had; one line.
    """
    name = base.tokenizer or base.weights or ""
    path = Path(name).expanduser()
    if name == "embedded":
        with _named(name):
            return _from_gguf(find_weights())
    if path.suffix == ".gguf":
        with _named(name):
            return _from_gguf(find_weights(path))
    revision = base.revision if name == base.weights else None
    with _named(name):
        tokenizer = _from_files(path, name, revision)
        if not getattr(tokenizer, "is_fast", False):
            raise ValueError("it has no tokenizer.json, and none can be made of what it has")
    return tokenizer


def tokenizer_hash(tokenizer: Any) -> str:
    """SHA-256 of all that decides which tokens a text or a chat becomes."""
    written = json.loads(tokenizer.backend_tokenizer.to_str())
    for passing in ("truncation", "padding"):
        written.pop(passing, None)
    special = {name: str(token) for name, token in tokenizer.special_tokens_map.items()}
    whole = json.dumps([written, special, tokenizer.chat_template], sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def block_tokens(dialect: str) -> tuple[str, ...]:
    """The special tokens that a dialect writes around blocks and messages.

    Args:
        dialect: a key of `DIALECTS`.
    """
    return tuple(f"<|{name}|>" for name in _BLOCK_TOKENS[dialect])


def add_block_tokens(tokenizer: Any, model: Any, tokens: Sequence[str]) -> list[int]:
    """Add the tokens that are not there to tokenizer and model; return the ids of the new ones.

    A new token's embedding, and its row of the head where that is another matrix, is the mean of those of the
    tokens that spelled it. All of `tokens` are split out of a text exactly from here on.

    Args:
        tokenizer: is changed.
        model: of transformers; is changed. None: only the tokenizer is.
        tokens: see `block_tokens`.
    """
    vocabulary = tokenizer.get_vocab()
    new = [token for token in tokens if token not in vocabulary]
    spelled = [tokenizer.encode(token, add_special_tokens=False) for token in new]
    kind: Any = import_module("tokenizers").AddedToken
    tokenizer.add_tokens([kind(token, special=True, normalized=False) for token in tokens], special_tokens=True)
    ids: list[int] = tokenizer.convert_tokens_to_ids(new)
    if model is not None and ids:
        _embed(model, dict(zip(ids, spelled, strict=True)))
    return ids


def end_messages_with(tokenizer: Any, model: Any, dialect: str) -> int:
    """Make the token that ends a message in `dialect` the end of a generation; return its id.

    Args:
        tokenizer: is changed; that of `tools` stays as it is.
        model: its configurations are changed. None: only the tokenizer is.
        dialect: a key of `DIALECTS`.

    Raises:
        ValueError: the tokenizer has no token that ends anything.
    """
    if tokens := block_tokens(dialect):
        tokenizer.eos_token = tokens[-1]
    end = tokenizer.eos_token_id
    if end is None:
        raise ValueError("the tokenizer has no end-of-sequence token: name a tokenizer with its configuration")
    if model is not None:
        model.config.eos_token_id = end
        if getattr(model, "generation_config", None) is not None:
            model.generation_config.eos_token_id = end
    return end


def _embed(model: Any, spelled: dict[int, list[int]]) -> None:
    torch: Any = import_module("torch")
    rows = model.get_input_embeddings().weight.shape[0]
    if max(spelled) >= rows:  # models may have more rows than their tokenizer has tokens: they are used first
        model.resize_token_embeddings(max(spelled) + 1, mean_resizing=False)
    head = model.get_output_embeddings()
    # A head that is tied is the same parameter; setting it twice to one value is right either way.
    tables = [model.get_input_embeddings().weight, getattr(head, "weight", None), getattr(head, "bias", None)]
    with torch.no_grad():
        for table in (table for table in tables if table is not None):
            means = {new: table[old].float().mean(0).to(table.dtype) for new, old in spelled.items()}
            for new, mean in means.items():
                table[new] = mean


@contextmanager
def _named(name: str) -> Generator[None]:
    """Says of which tokenizer a fault is; the libraries raise many kinds, bare Exception among them."""
    try:
        yield
    except ImportError as error:
        raise ValueError(f"tokenizer {name!r}: {error}; pip install 'mathcoder[train]'") from None
    except ModelError as error:
        raise ValueError(f"tokenizer {name!r}: {error}") from None
    except Exception as error:  # noqa: BLE001
        why = " ".join(str(error).split())[:300]
        raise ValueError(
            f"tokenizer {name!r}: {why}; give embedded, a GGUF file, a tokenizer.json or its folder, or a name on "
            "the Hub"
        ) from None


def _from_files(path: Path, name: str, revision: str | None) -> Any:
    library: Any = import_module("transformers")
    if path.is_file():
        if path.name == "tokenizer.json" and (path.parent / "tokenizer_config.json").is_file():
            return library.AutoTokenizer.from_pretrained(str(path.parent), trust_remote_code=False)
        return library.PreTrainedTokenizerFast(tokenizer_file=str(path))
    if path.is_dir():
        if not any((path / file).is_file() for file in ("tokenizer.json", "tokenizer.model", "vocab.json")):
            raise ValueError("the folder has no tokenizer.json")
        return library.AutoTokenizer.from_pretrained(str(path), trust_remote_code=False)
    if path.suffix == ".json" or name.startswith((".", "/", "~")):
        raise ValueError("there is no such file")
    return library.AutoTokenizer.from_pretrained(name, revision=revision, trust_remote_code=False)


# GGUF.

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_LETTERS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# How text is split before merges, by `tokenizer.ggml.pre`. None: GPT-2's rule; "digits": the same, after digits
# were set apart.
_SPLITS = {
    "gpt-2": None,
    "smollm": "digits",
    "llama-bpe": rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}{{1,3}}|{_REST}",
    "qwen2": rf"{_CONTRACTIONS}|{_LETTERS}|\p{{N}}|{_REST}",
}
_CONTROL, _OWN = 3, 4  # tokenizer.ggml.token_type: special tokens, and tokens that someone added


def _from_gguf(path: Path) -> Any:
    """The tokenizer in a GGUF file.

    Raises:
        ValueError: its kind or its rule of splitting is not known.
    """
    fields: dict[str, Any] = import_module("gguf").GGUFReader(str(path)).fields

    def value(key: str, default: Any = None) -> Any:
        return fields[f"tokenizer.{key}"].contents() if f"tokenizer.{key}" in fields else default

    kind, rule = value("ggml.model"), value("ggml.pre", "")
    if kind != "gpt2" or rule not in _SPLITS:
        raise ValueError(
            f"its tokenizer is of the kind {kind!r}, rule {rule!r}, which is not read from GGUF files: name the "
            "model's own in base.tokenizer"
        )
    words: list[str] = value("ggml.tokens")
    library: Any = import_module("transformers")
    backend = _byte_level(words, value("ggml.merges"), rule)
    added: Any = import_module("tokenizers").AddedToken
    kinds = zip(words, value("ggml.token_type", [1] * len(words)), strict=True)
    backend.add_tokens(
        [
            added(word, special=kind == _CONTROL, normalized=False)
            for word, kind in kinds
            if kind in (_CONTROL, _OWN)
        ]
    )
    names = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}
    numbers = {name: value(f"ggml.{key}_token_id") for name, key in names.items()}
    special: dict[str, str] = {name: words[number] for name, number in numbers.items() if number is not None}
    if value("ggml.add_bos_token", rule == "llama-bpe") and "bos_token" in special:
        _begin_with(backend, special["bos_token"], numbers["bos_token"])
    tokenizer = library.PreTrainedTokenizerFast(
        tokenizer_object=backend, clean_up_tokenization_spaces=False, **special
    )
    tokenizer.chat_template = value("chat_template")
    return tokenizer


def _byte_level(words: Sequence[str], merges: Sequence[str], rule: str) -> Any:
    library: Any = import_module("tokenizers")
    before, split = library.pre_tokenizers, _SPLITS[rule]
    model = library.models.BPE(
        vocab={word: number for number, word in enumerate(words)},
        merges=[tuple(merge.split(" ", 1)) for merge in merges],
        ignore_merges=rule == "llama-bpe",
    )
    backend = library.Tokenizer(model)
    steps = [before.ByteLevel(add_prefix_space=False, use_regex=split in (None, "digits"))]
    if split == "digits":
        steps.insert(0, before.Digits(individual_digits=True))
    elif split:
        steps.insert(0, before.Split(library.Regex(split), "isolated"))
    backend.pre_tokenizer = before.Sequence(steps)
    backend.decoder = library.decoders.ByteLevel()
    return backend


def _begin_with(backend: Any, token: str, number: int) -> None:
    processors: Any = import_module("tokenizers").processors
    backend.post_processor = processors.TemplateProcessing(
        single=[token, "$A"], pair=[token, "$A", token, "$B"], special_tokens=[(token, number)]
    )
