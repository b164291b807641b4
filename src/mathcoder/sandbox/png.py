"""Raw pixels to PNG. A figure crosses the border as pixels, so nothing hostile is ever decoded here."""

from __future__ import annotations

import struct
import zlib


def encode(width: int, height: int, rgba: bytes, most: int = 1_000_000) -> bytes:
    """An 8-bit RGBA PNG (RFC 2083) of about `most` bytes at most.

    Noise does not get smaller: it is given up as soon as it is too large, so the work is bounded by `most`.

    Raises:
        ValueError: the number of bytes is not width * height * 4, or the image is too large.
    """
    if width < 1 or height < 1 or len(rgba) != width * height * 4:
        raise ValueError(f"{len(rgba)} bytes are no {width} x {height} RGBA image")
    stride = width * 4
    packer, packed = zlib.compressobj(6), bytearray()
    for start in range(0, len(rgba), stride):
        packed += packer.compress(b"\0" + rgba[start : start + stride])
        if len(packed) > most:
            raise ValueError(f"the image takes more than {most} bytes")
    packed += packer.flush()
    header = struct.pack("!IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", bytes(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
