"""Prompts: files of the folder `prompts` as chat messages, and the hash by which a prompt is known again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from mathcoder.solving.dialects.base import escape_tokens
from mathcoder.solving.text import valid_text

__all__ = ["chat", "prompt_hash", "without_thoughts"]

_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)|\A.*?</think>", re.DOTALL)


def chat(name: str, parts: Mapping[str, str], examples: int = 0) -> list[dict[str, str]]:
    """Chat messages: the instruction `prompts/NAME.md`, worked examples, and the question with its parts.

    Args:
        name: of the files.
        parts: what stands for `{part}` in `NAME_question.md`; special tokens in it are escaped.
        examples: how many of the files `NAME_1.PART.md` and `NAME_1.reply.md`, `NAME_2.PART.md`, ... are shown.
    """
    messages = [{"role": "system", "content": _prompt(name)}]
    for number in range(1, examples + 1):
        shown = {part: _prompt(f"{name}_{number}.{part}") for part in parts}
        messages.append({"role": "user", "content": _filled(name, shown)})
        messages.append({"role": "assistant", "content": _prompt(f"{name}_{number}.reply")})
    asked = {part: escape_tokens(valid_text(text)).strip() for part, text in parts.items()}
    return [*messages, {"role": "user", "content": _filled(name, asked)}]


def prompt_hash(prompt: str | Sequence[Mapping[str, Any]]) -> str:
    """The beginning of the SHA-256 of a request's prompt, in which something stands for the problem."""
    said = json.dumps(prompt if isinstance(prompt, str) else [dict(message) for message in prompt])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def without_thoughts(reply: str) -> str:
    """A reply without what a reasoning model thought before it."""
    return _THOUGHTS.sub("", reply)


def _filled(name: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda place: parts[place[1]], _prompt(f"{name}_question"))


@cache
def _prompt(name: str) -> str:
    """A file of the folder `prompts`."""
    file = resources.files("mathcoder.instruct") / "prompts" / f"{name}.md"
    return file.read_text(encoding="utf-8").strip()
