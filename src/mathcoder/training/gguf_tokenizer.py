"""A tokenizer in a GGUF file: words, their kinds, merges or scores, and the rule that splits text before them.

llama.cpp has the rules in its code and knows them by name. The name is told by what `tokenizer.json` says it does;
a rule that has no name there is refused, since a wrong one changes tokens without any error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, cast

__all__ = ["add_tokenizer"]

_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_MODERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LINES, _CHINESE = "[\r\n]", "[一-龥ࠀ-一가-퟿]+"
# By the expressions that text is split by, one after another.
_RULES: dict[tuple[str, ...], str] = {
    (_GPT2,): "gpt-2",
    (r"\p{N}", _GPT2): "smollm",
    (_MODERN % "{1,3}",): "smaug-bpe",
    (_MODERN % "",): "qwen2",
    (_LINES, r"\s?\p{L}+", r"\s?\p{P}+", _CHINESE, r"\p{N}"): "deepseek-coder",
    (_LINES, "letters", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$", _CHINESE, r"\p{N}"): "deepseek-llm",
}
_WHOLE_WORDS = {"smaug-bpe": "llama-bpe"}  # the same with `ignore_merges`, which llama.cpp ties to the name
_DEEPSEEK_LETTERS = r"\s?[A-Za-zµÀ-ÖØ-öø-"  # how the list of letters of DeepSeek-LLM's rule begins
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


def add_tokenizer(writer: Any, tokenizer: Any, *, rows: int, begins_with_token: bool) -> None:
    """Write a tokenizer's fields.

    Args:
        writer: a `GGUFWriter`.
        tokenizer: a fast tokenizer of transformers.
        rows: of the embedding. Those that have no token get a name that no text holds.
        begins_with_token: prompts begin with a special token. Where a space is put before a text but not after
            such a token, llama.cpp has to put none at all, or one after each.

    Raises:
        ValueError: llama.cpp cannot do what this tokenizer does; one line.
    """
    written = json.loads(tokenizer.backend_tokenizer.to_str())
    if len(tokenizer) > rows:
        raise ValueError(f"the tokenizer has {len(tokenizer)} tokens, the model {rows}")
    if tokenizer.eos_token_id is None:  # llama.cpp would take another
        raise ValueError("the tokenizer has no token that ends a text")
    if written["model"]["type"] != "BPE":
        raise ValueError(f"no GGUF file of a tokenizer of the kind {written['model']['type']}: only of BPE")
    words: list[str | None] = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    if written["model"].get("byte_fallback"):
        _add_sentencepiece(writer, written, words, rows, begins_with_token)
    else:
        _add_byte_level(writer, written)
    unused = [f"[PAD{number}]" for number in range(rows)]
    writer.add_token_list([word or unused[number] for number, word in enumerate(words)] + unused[len(words) :])
    writer.add_token_types(list(_kinds(tokenizer, words, rows)))
    _add_special(writer, tokenizer)


def _kinds(tokenizer: Any, words: Sequence[str | None], rows: int) -> Iterable[int]:
    """The type of each token. Control tokens are read whole in a prompt."""
    kinds: Any = import_module("gguf").TokenType
    added = tokenizer.added_tokens_decoder
    sentencepiece = "<0x0A>" in words
    for number in range(rows):
        word = words[number] if number < len(words) else None
        if word is None:
            yield kinds.UNUSED
        elif sentencepiece and number == tokenizer.unk_token_id:
            yield kinds.UNKNOWN
        elif number in added:
            yield kinds.CONTROL if added[number].special else kinds.USER_DEFINED
        elif sentencepiece and _BYTE.fullmatch(word):
            yield kinds.BYTE
        else:
            yield kinds.NORMAL


def _add_special(writer: Any, tokenizer: Any) -> None:
    for name in ("bos", "eos", "unk", "pad"):
        if (number := getattr(tokenizer, f"{name}_token_id")) is not None:
            getattr(writer, f"add_{name}_token_id")(number)
    read: list[int] = tokenizer("a").input_ids
    writer.add_add_bos_token(tokenizer.bos_token_id is not None and read[0] == tokenizer.bos_token_id)
    writer.add_add_eos_token(read[-1] == tokenizer.eos_token_id)
    template: Any = tokenizer.chat_template
    if isinstance(template, dict):
        named = cast("dict[str, str]", template)
        template = [{"name": name, "template": text} for name, text in named.items()]
    if template:
        writer.add_chat_template(template)


# Byte-level BPE, as GPT-2 has it.


def _add_byte_level(writer: Any, written: Mapping[str, Any]) -> None:
    if (normalizer := written["normalizer"]) and normalizer["type"] != "NFC":  # llama.cpp expects NFC
        raise ValueError(f"llama.cpp does not change text before it is split, this tokenizer does: {normalizer}")
    splits = tuple(_splits(written["pre_tokenizer"]))
    if len(splits) > 1 and splits[1].startswith(_DEEPSEEK_LETTERS):
        splits = (splits[0], "letters", *splits[2:])
    rule = _RULES.get(splits)
    if written["model"].get("ignore_merges"):
        rule = _WHOLE_WORDS.get(rule or "")
    if rule is None:
        known = sorted({*_RULES.values(), *_WHOLE_WORDS.values()})
        raise ValueError(
            "the rule by which this tokenizer splits text has no name in llama.cpp that is known here: it is none "
            f"of {', '.join(known)}"
        )
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(rule)
    writer.add_token_merges([" ".join(pair) for pair in _merges(written)])


def _splits(step: Mapping[str, Any] | None) -> Iterable[str]:
    """The expressions that text is split by, one after another; what is not known comes as it is written."""
    match step:
        case {"type": "Sequence", "pretokenizers": steps}:
            for inner in steps:
                yield from _splits(inner)
        case {"type": "ByteLevel", "add_prefix_space": False, "use_regex": bool(own)}:
            if own:
                yield _GPT2
        case {"type": "Digits", "individual_digits": True}:
            yield r"\p{N}"
        case {"type": "Split", "pattern": {"Regex": str(pattern)}, "behavior": "Isolated", "invert": False} | {
            "type": "Split",
            "pattern": {"Regex": str(pattern)},
            "behavior": "Removed",
            "invert": True,
        }:
            yield pattern
        case _:
            yield json.dumps(step)


def _merges(written: Mapping[str, Any]) -> list[list[str]]:
    """Pairs; older files have them as strings."""
    return [pair.split(" ", 1) if isinstance(pair, str) else pair for pair in written["model"]["merges"]]


# SentencePiece's BPE, as Llama 2 and Mistral have it.


def _add_sentencepiece(
    writer: Any, written: Mapping[str, Any], words: Sequence[str | None], rows: int, begins_with_token: bool
) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_add_space_prefix(_prefix(written, begins_with_token))
    # Of two neighbours that could be joined, llama.cpp joins those whose word has the higher score.
    ranks: dict[str, int] = {}
    for rank, pair in enumerate(_merges(written)):
        ranks.setdefault("".join(pair), rank)
    scores = [-float(ranks.get(word or "", len(ranks))) for word in words]
    writer.add_token_scores(scores + [-float(len(ranks))] * (rows - len(words)))


def _prefix(written: Mapping[str, Any], begins_with_token: bool) -> bool:
    """Whether a space is put before text."""
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    match written["normalizer"], written["pre_tokenizer"]:
        case {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]}, None:
            if replace == spaces:
                return True
        case None, {"type": "Metaspace", "replacement": "▁", "split": False, "prepend_scheme": scheme}:
            return scheme == "always" or (scheme == "first" and not begins_with_token)
        case replace, None if replace == spaces:
            return False
        case _:
            pass
    raise ValueError(
        "llama.cpp does not put spaces into text as this tokenizer does, so it would be read otherwise"
    )
