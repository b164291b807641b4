"""A reply that broke off is asked for again; what the caller has seen of it is not told twice."""

from __future__ import annotations

from dataclasses import replace

from mathcoder.models.base import Chunk, ModelError

__all__ = ["Resumed"]


class Resumed:
    """What a caller was given of a reply, over as many tries as it takes.

    Text that was given cannot be taken back. So a further try counts only as far as it begins with exactly that
    text, which is then left out. It does at temperature 0, and with a seed, on a server that keeps to them.

    Args:
        name: of the model, for errors.
    """

    def __init__(self, name: str):
        self._name = name
        self._text = ""
        self._logprobs = 0
        self._at = self._logprobs_at = 0  # how far this try has come

    def again(self) -> None:
        """The reply is asked for from its beginning."""
        self._at = self._logprobs_at = 0

    def take(self, chunk: Chunk) -> Chunk | None:
        """What is new in the next chunk of this try; None where nothing is.

        Raises:
            ModelError: this try says something else than what was given.
        """
        known = self._text[self._at : self._at + len(chunk.text)]
        self._at += len(chunk.text)
        ended_early = chunk.finish_reason is not None and self._at < len(self._text)
        if ended_early or not chunk.text.startswith(known):
            raise ModelError(
                f"{self._name}: the reply broke off after {len(self._text):,} characters, and asked again the "
                "model wrote something else; ask once more from the beginning"
            )
        new = chunk.text[len(known) :]
        self._text += new
        logprobs = chunk.logprobs[max(self._logprobs - self._logprobs_at, 0) :]
        self._logprobs_at += len(chunk.logprobs)
        self._logprobs += len(logprobs)
        if not new and not logprobs and chunk.finish_reason is None:
            return None
        return replace(chunk, text=new, logprobs=logprobs)
