"""Many problems at once: what running their code costs, beside the same run with its executions recorded.

    python benchmarks/solve.py [--problems 256] [--repeats 3]

A stand-in server in a process of its own, spoken to over HTTP as any OpenAI-compatible server: 64 slots, 20 ms a
token, 60 tokens a turn. Each solution takes four turns, of which three end with a block of code. The blocks sleep
50 ms, or compute for 10 ms. A ratio of 1 means that the model never waited for code.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any

from mathcoder.models import ServerModel
from mathcoder.problems import Problem
from mathcoder.sandbox import Execution, Sandbox
from mathcoder.solving import DIALECTS, solve_many
from table import heading, show

SLOTS, TOKEN, TOKENS, TURNS = 64, 0.020, 60, 4
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
BLOCKS = {
    "sleep 50 ms": "import time\ntime.sleep(0.05)\nprint(7)",
    "compute 10 ms": "from time import process_time as t\nend = t() + 0.01\nwhile t() < end: pass\nprint(7)",
}


def serve(pipe: Connection, code: str) -> None:
    """The stand-in server, until its process is ended."""
    asyncio.run(_serve(pipe, code))


async def _serve(pipe: Connection, code: str) -> None:
    slots = asyncio.Semaphore(SLOTS)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                prompt = json.loads(await reader.readexactly(length))["prompt"]
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                )
                async with slots:
                    start = time.monotonic()
                    for number, piece in enumerate(pieces(prompt, code), start=1):
                        await asyncio.sleep(max(0.0, start + number * TOKEN - time.monotonic()))
                        send(writer, {"choices": [{"text": piece, "index": 0, "finish_reason": None}]})
                end = {"choices": [{"text": "", "index": 0, "finish_reason": "stop"}]}
                send(writer, end | {"usage": {"prompt_tokens": 100, "completion_tokens": TOKENS}})
                writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def send(writer: asyncio.StreamWriter, body: dict[str, Any]) -> None:
    data = (
        b"data: "
        + json.dumps({"id": "x", "object": "text_completion", "created": 0, "model": "m"} | body).encode()
    )
    data += b"\n\n"
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


def pieces(prompt: str, code: str) -> list[str]:
    """A turn of `TOKENS` tokens: some words and a block of code, or the answer."""
    done = prompt.rpartition("assistant\n")[2].count("```output")
    tail = [f"```python\n{code}\n", "```\n"] if done < TURNS - 1 else ["\n", r"So it is \boxed{7}."]
    return ["word "] * (TOKENS - len(tail) - 1) + ["\n", *tail]


class Recorded:
    """A sandbox whose executions were recorded: they are there at once."""

    workers = 2

    @asynccontextmanager
    async def asession(self) -> AsyncGenerator[Recorded]:
        yield self

    timeout = 10.0

    async def arun(self, code: str, timeout: float | None = None) -> Execution:
        return Execution("7\n")


def seconds(port: int, problems: list[Problem], sandbox: Any) -> float:
    model = ServerModel("m", urls=(f"http://127.0.0.1:{port}/v1",), in_flight=SLOTS)
    start = time.perf_counter()
    attempts = list(
        solve_many(problems, model, dialect=DIALECTS["markdown"](), sandbox=sandbox, concurrency=SLOTS)
    )
    taken = time.perf_counter() - start
    assert len(attempts) == len(problems)
    assert all(a.solution.answer == "7" and a.solution.cost.rounds == TURNS for a in attempts), attempts[0]
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=256, help="default 256")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each (default 3)")
    arguments = parser.parse_args()
    problems = [Problem(f"p{n}", f"What is {n} - {n} + 7?", "7") for n in range(arguments.problems)]
    least = arguments.problems * TURNS * TOKENS * TOKEN / SLOTS
    lines = []
    for name, code in BLOCKS.items():
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(theirs, code), daemon=True)
        server.start()
        port = ours.recv()
        try:
            with Sandbox() as sandbox:
                sandbox.run("1")
                turns = [
                    (seconds(port, problems, sandbox), seconds(port, problems, Recorded()))
                    for _ in range(arguments.repeats)
                ]
        finally:
            server.terminate()
            server.join()
        real, recorded = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
        ratio = statistics.median(a / b for a, b in turns)
        lines.append((name, f"{real:.1f}", f"{recorded:.1f}", f"{ratio:.3f}", f"{real / least:.3f}"))
    cores = len(os.sched_getaffinity(0))
    print(heading(f"{arguments.problems} problems, {SLOTS} slots, median of {arguments.repeats}, {cores} cores"))
    print(f"The server alone needs {least:.1f} s.\n")
    show(
        ["three blocks each", "s, executed", "s, recorded", "executed : recorded", "executed : server alone"],
        lines,
    )


if __name__ == "__main__":
    main()
