from __future__ import annotations

import io
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.sandbox import png


@st.composite
def images(draw: st.DrawFn) -> tuple[int, int, bytes]:
    width, height = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    size = width * height * 4
    return width, height, draw(st.binary(min_size=size, max_size=size))


@given(images())
def test_an_independent_decoder_reads_it(image: tuple[int, int, bytes]):
    pillow = pytest.importorskip("PIL.Image")
    width, height, rgba = image
    with pillow.open(io.BytesIO(png.encode(width, height, rgba))) as decoded:
        assert (decoded.format, decoded.mode, decoded.size) == ("PNG", "RGBA", (width, height))
        assert decoded.tobytes() == rgba


def test_chunks_are_in_order_and_checked():
    data = png.encode(2, 1, bytes(8))
    signature, rest = data[:8], data[8:]
    assert signature == b"\x89PNG\r\n\x1a\n"
    kinds = []
    while rest:
        length = int.from_bytes(rest[:4])
        body = rest[4 : 8 + length]
        assert int.from_bytes(rest[8 + length : 12 + length]) == zlib.crc32(body)
        kinds.append(body[:4])
        rest = rest[12 + length :]
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]


@pytest.mark.parametrize(
    ("width", "height", "size"), [(2, 2, 15), (2, 2, 17), (0, 0, 0), (0, 5, 0), (-1, -1, 4), (1, 1, 0)]
)
def test_sizes_that_do_not_fit(width: int, height: int, size: int):
    with pytest.raises(ValueError, match=f"{size} bytes are no {width} x {height} RGBA image"):
        png.encode(width, height, bytes(size))


def test_noise_is_given_up():
    noise = random.Random(0).randbytes(400 * 400 * 4)
    with pytest.raises(ValueError, match="takes more than 100000 bytes"):
        png.encode(400, 400, noise, most=100_000)
    assert len(png.encode(400, 400, bytes(len(noise)), most=100_000)) < 100_000
