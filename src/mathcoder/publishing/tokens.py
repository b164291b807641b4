"""How many tokens a text has, by the tokenizer that a recipe names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside

__all__ = ["TokenCounter"]


class TokenCounter:
    """Counts tokens, without those that a tokenizer puts around a text.

    Args:
        name: `embedded` (the vocabulary of the embedded model, SmolLM2), `bytes` (of UTF-8; no tokenizer is
            needed), a `tokenizer.json` or the folder of one, or the name of one on the Hugging Face Hub, which is
            fetched.

    Raises:
        ValueError: it cannot be had; one line.
    """

    def __init__(self, name: str):
        self.name = name
        self._count: Callable[[Sequence[str]], list[int]] = _bytes if name == "bytes" else _by(_tokenizer(name))

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return self._count(texts) if texts else []


def _bytes(texts: Sequence[str]) -> list[int]:
    return [len(text.encode("utf-8", "replace")) for text in texts]


def _by(tokenizer: Any) -> Callable[[Sequence[str]], list[int]]:
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    return count


def _tokenizer(name: str) -> Any:
    kind: Any = import_module("tokenizers").Tokenizer
    if name == "embedded":
        return _embedded()
    path = Path(name)
    file = path / "tokenizer.json" if path.is_dir() else path
    try:
        if file.is_file():
            return kind.from_file(str(file))
        if file.suffix == ".json" or path.is_dir() or name.startswith((".", "/")):
            raise ValueError("there is no such file")
        return kind.from_pretrained(name)
    except Exception as error:  # noqa: BLE001 - the library raises bare Exception
        why = " ".join(str(error).split())[:200]
        raise ValueError(
            f"tokenizer '{name}': {why}; give embedded, bytes, a tokenizer.json, or a name on the hub"
        ) from None


def _embedded() -> Any:
    """The tokenizer of the embedded model, made once from the vocabulary in its weights file and kept."""
    from mathcoder.cache import cache_dir
    from mathcoder.models import ModelError
    from mathcoder.models.weights import find_weights

    library: Any = import_module("tokenizers")
    try:
        weights = find_weights()
        status = weights.stat()
        kept = cache_dir() / "tokenizers" / f"{weights.stem}-{status.st_size}-v1.json"
        if kept.is_file():
            return library.Tokenizer.from_file(str(kept))
        tokenizer = _from_gguf(library, weights)
    except (ModelError, ImportError) as error:
        raise ValueError(
            f"tokenizer 'embedded': {error}; install mathcoder[local] and its weights (`mathcoder doctor`), "
            "or name another tokenizer, such as bytes"
        ) from None
    with suppress(OSError):  # without a cache it is made again next time
        kept.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(kept) as aside:
            tokenizer.save(str(aside))
    return tokenizer


def _from_gguf(library: Any, weights: Path) -> Any:
    gguf: Any = import_module("gguf")
    fields = gguf.GGUFReader(str(weights)).fields
    words: list[str] = fields["tokenizer.ggml.tokens"].contents()
    pairs = [tuple(merge.split(" ", 1)) for merge in fields["tokenizer.ggml.merges"].contents()]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = library.Tokenizer(library.models.BPE(vocab=vocabulary, merges=pairs))
    # As SmolLM2's own tokenizer.json has it: digits apart, then GPT-2's bytes.
    before = library.pre_tokenizers
    tokenizer.pre_tokenizer = before.Sequence(
        [before.Digits(individual_digits=True), before.ByteLevel(add_prefix_space=False)]
    )
    return tokenizer
