"""Models that tests of the studio ask."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from mathcoder.models import Chunk, Request


class Seeded:
    """Answers with what is written for the seed of the request."""

    name = "seeded"

    def __init__(self, replies: Sequence[str] | Mapping[int, str]):
        self._replies = replies

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        yield Chunk(self._replies[request.seed])
        yield Chunk("", "stop", None, (), 10, 5)

    async def aclose(self) -> None:
        pass
