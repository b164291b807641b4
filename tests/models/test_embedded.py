from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from mathcoder.models import Chunk, EmbeddedModel, Model, ModelError, Request, embedded

QUESTION = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"


async def collect(model: Model, request: Request) -> tuple[str, Chunk]:
    chunks = [chunk async for chunk in model.stream(request)]
    assert all(chunk.finish_reason is None for chunk in chunks[:-1])
    return "".join(chunk.text for chunk in chunks), chunks[-1]


def ask(model: Model, request: Request) -> tuple[str, Chunk]:
    return asyncio.run(collect(model, request))


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What the runtime sends while the test runs, prompt progress included."""
    seen: list[Mapping[str, Any]] = []
    read = embedded._Reply.read

    def spy(self: embedded._Reply, piece: Mapping[str, Any]) -> Chunk | None:
        seen.append(piece)
        return read(self, piece)

    monkeypatch.setattr(embedded._Reply, "read", spy)
    return seen


def test_importing_models_loads_no_runtime():
    program = (
        "import sys, mathcoder.models\n"
        "print(sorted({'xllamacpp', 'gguf', 'numpy', 'huggingface_hub', 'openai'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


def test_packaged_adapter(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "_DATA", tmp_path)
    assert embedded.packaged_adapter() is None
    (tmp_path / "mathcoder.gguf").write_bytes(b"")
    assert embedded.packaged_adapter() == tmp_path / "mathcoder.gguf"


USAGE = {"cache_n": 5, "prompt_n": 2, "predicted_n": 3}


@pytest.mark.parametrize(
    ("stop", "texts", "finish_reason", "text", "met"),
    [
        ((), ["a", " b", "<|im_end|>"], "stop", "a b", None),
        ((), ["a", "<|code|>", "b", "</s>"], "stop", "a<|code|>b", None),
        ((), ["a", "<|code|>"], "length", "a<|code|>", None),
        ((), ["x <", "y>", "<eos>"], "stop", "x <y>", None),
        (("<|im_end|>",), ["a", "<|im_end|>"], None, "a", "<|im_end|>"),
        (("<|im_end|>\n",), ["a", "<|im_end|>"], "stop", "a", None),
        (
            ("<|endofblock|>",),
            ["a", "<|code|>", "<", "b", "<|endofblock|>"],
            None,
            "a<|code|><b",
            "<|endofblock|>",
        ),
        (("```",), ["a``", "b``", "`"], None, "a``b", "```"),
    ],
)
def test_pieces_become_text(stop, texts, finish_reason, text, met):
    reply = embedded._Reply(stop)
    pieces = [{"choices": [{"text": piece, "finish_reason": None}], "timings": USAGE} for piece in texts]
    if finish_reason:
        pieces.append({"choices": [{"delta": {}, "finish_reason": finish_reason}], "timings": USAGE})
    chunks = [chunk for piece in pieces if (chunk := reply.read(piece))]
    assert "".join(chunk.text for chunk in chunks) == text
    assert reply.ended
    assert chunks[-1].finish_reason == (finish_reason or "stop")
    assert (chunks[-1].stop, chunks[-1].prompt_tokens, chunks[-1].completion_tokens) == (met, 7, 3)


def test_a_prompt_and_the_same_chat_are_answered_alike(model):
    # The template of these weights puts a system message first.
    system = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    text, last = ask(model, Request(system + QUESTION, max_tokens=64))
    again, last_again = ask(
        model, Request([{"role": "user", "content": "What is the capital of France?"}], max_tokens=64)
    )
    assert text == again
    assert "Paris" in text
    assert "<|" not in text
    assert last == last_again
    assert (last.finish_reason, last.stop) == ("stop", None)
    assert last.prompt_tokens < 45  # 38 here; the markers spelled out would take more than 60
    assert 0 < last.completion_tokens < 64


def test_stop_string_and_length(model):
    text, last = ask(model, Request("1, 2, 3, 4, 5, 6,", stop=("99", "9"), max_tokens=40))
    assert text == " 7, 8, "
    assert (last.finish_reason, last.stop) == ("stop", "9")
    text, last = ask(model, Request("1, 2, 3, 4, 5, 6,", max_tokens=5))
    assert (last.finish_reason, last.stop, last.completion_tokens) == ("length", None, 5)
    assert text.startswith(" 7, 8")


def test_the_seed_decides_what_is_sampled(model):
    texts = [ask(model, Request("A story:", max_tokens=16, temperature=1.5, seed=seed))[0] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("prompt", ["1, 2, 3, 4, 5, 6,", [{"role": "user", "content": "Count to three."}]])
def test_log_probabilities(model, prompt):
    async def run() -> list[Chunk]:
        return [chunk async for chunk in model.stream(Request(prompt, max_tokens=5, logprobs=3))]

    chunks = asyncio.run(run())
    tokens = [token for chunk in chunks for token in chunk.logprobs]
    assert len(tokens) == chunks[-1].completion_tokens == 5
    assert "".join(token.token for token in tokens) == "".join(chunk.text for chunk in chunks)
    for token in tokens:
        assert token.top[0] == (token.token, token.logprob), "greedy"
        assert 0 >= token.top[0][1] >= token.top[1][1] >= token.top[2][1]
    assert not ask(model, Request(prompt, max_tokens=2))[1].logprobs


def test_a_second_round_reuses_the_prompt(model, pieces):
    first = "The whole numbers: " + ", ".join(map(str, range(200)))
    _, last = ask(model, Request(first, max_tokens=4))
    text, last_again = ask(model, Request(first + ", and so on.", max_tokens=4))
    assert text
    assert last_again.prompt_tokens > last.prompt_tokens
    assert pieces[-1]["timings"]["cache_n"] >= last.prompt_tokens - 8


def test_more_streams_than_slots(model):
    async def run() -> list[tuple[str, Chunk]]:
        requests = [Request(f"Count from {n}: {n}, {n + 1},", max_tokens=12) for n in (1, 20, 300)]
        return await asyncio.gather(*(collect(model, request) for request in requests))

    replies = asyncio.run(run())
    assert [text.split(",")[0].strip() for text, _ in replies] == ["3", "22", "302"]
    assert all(last.finish_reason == "length" for _, last in replies)


def test_closing_a_stream_stops_generation(weights, pieces):
    async def run() -> None:
        model = EmbeddedModel(weights, threads=1, context=2048, slots=1)
        async with aclosing(model.stream(Request("1, 2, 3,", max_tokens=1500))) as stream:
            async for _ in stream:
                break
        del pieces[:]
        await collect(model, Request("Hello", max_tokens=1))  # waits for the only slot
        assert len(pieces) < 100
        await model.aclose()

    asyncio.run(run())


def test_cancelling_stops_in_the_middle_of_a_prompt(weights, pieces):
    async def run() -> None:
        model = EmbeddedModel(weights, threads=1, context=2048, slots=1)
        task = asyncio.create_task(collect(model, Request("number " * 1900, max_tokens=1)))
        while not pieces:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del pieces[:]
        await collect(model, Request("Hello", max_tokens=1))
        assert all(piece["prompt_progress"]["total"] < 10 for piece in pieces if "prompt_progress" in piece)
        await model.aclose()

    asyncio.run(run())


def test_closing_the_model_ends_its_streams(weights):
    async def run() -> None:
        model = EmbeddedModel(weights, threads=1, context=2048, slots=1)
        asked = [asyncio.create_task(collect(model, Request(f"{n}:", max_tokens=1500))) for n in (1, 2)]
        await asyncio.sleep(0.1)
        await model.aclose()
        await model.aclose()
        ends = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(end, ModelError) and "was closed" in str(end) for end in ends)
        with pytest.raises(ModelError, match="is closed"):
            await collect(model, Request("Hello"))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request("number " * 3000), "exceeds the available context size"),
        (Request([{"role": "user"}]), "content"),
        (Request([{"role": "user", "content": "hi"}], tools=({"type": "function"},)), "does not call tools"),
    ],
)
def test_requests_that_cannot_be_answered(model, request_, message):
    with pytest.raises(ModelError, match=message):
        ask(model, request_)
    assert ask(model, Request("1, 2,", max_tokens=1))[1].finish_reason == "length"


def test_the_packaged_weights_are_the_default(weights, cache, monkeypatch):
    monkeypatch.setenv("MATHCODER_CACHE", str(cache))
    model = EmbeddedModel(threads=1, context=256, slots=1)
    assert model.name == "SmolLM2-135M-Instruct.Q4_1"
    assert ask(model, Request(QUESTION, max_tokens=2))[1].finish_reason == "length"
    asyncio.run(model.aclose())


def test_nothing_is_printed_and_no_port_is_open(weights, capfd):
    before = listening_ports()  # of tests that ran in this process before
    model = EmbeddedModel(weights, threads=1, context=256, slots=1)
    assert listening_ports() <= before
    ask(model, Request("1, 2,", max_tokens=2))
    asyncio.run(model.aclose())
    assert capfd.readouterr() == ("", "")


def listening_ports() -> set[str]:
    """Local addresses of this process's listening TCP sockets."""
    if not Path("/proc/self/net/tcp").exists():
        pytest.skip("needs Linux's /proc")
    mine = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            mine.add(str(link.readlink()))
        except OSError:
            continue  # the descriptor that lists the directory
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in Path("/proc/self/net", name).read_text().splitlines()
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine}


def test_an_adapter_changes_the_model(weights, model, tmp_path):
    adapter = tiny_adapter(tmp_path / "adapter.gguf")
    request = Request("1, 2, 3, 4,", max_tokens=8)
    plain, _ = ask(model, request)
    for scale, same in ((1.0, False), (0.0, True)):
        adapted = EmbeddedModel(weights, adapter=adapter, adapter_scale=scale, threads=1, context=2048, slots=2)
        assert (ask(adapted, request)[0] == plain) is same
        asyncio.run(adapted.aclose())


@pytest.mark.parametrize("name", ["weights", "adapter"])
def test_files_that_cannot_be_loaded(name, weights, tmp_path):
    bad = tmp_path / "bad.gguf"
    with pytest.raises(ModelError, match=rf"no such {name} file: .*bad\.gguf"):
        EmbeddedModel(**{"path": weights} | {"path" if name == "weights" else name: bad}, threads=1)
    bad.write_bytes(b"GGUF and then nothing that makes sense")
    with pytest.raises(ModelError, match=r"llama\.cpp cannot load .*bad\.gguf"):
        EmbeddedModel(**{"path": weights} | {"path" if name == "weights" else name: bad}, threads=1)


@pytest.mark.parametrize("name", ["threads", "context", "slots"])
def test_numbers_that_make_no_sense(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        EmbeddedModel(**{name: 0})


def tiny_adapter(path: Path) -> Path:
    """A LoRA of rank 2 with large random weights, on the first layer."""
    import gguf
    import numpy as np

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0)
    random = np.random.default_rng(0)
    for name in ("attn_v", "attn_output"):
        rows = 192 if name == "attn_v" else 576
        for part, shape in (("lora_a", (2, 576)), ("lora_b", (rows, 2))):
            writer.add_tensor(f"blk.0.{name}.weight.{part}", random.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
