"""Looks a fastText file over before fastText sees it: it believes what it reads, and a wrong number is a crash.

The layout is that of its version 12: numbers of the training, the dictionary, two matrices of floats.
"""

from __future__ import annotations

import struct
from collections.abc import Collection

import numpy as np

__all__ = ["check_binary"]

_MAGIC, _VERSION = 793_712_314, 12
_HEAD = struct.Struct("<14id")  # magic, version, twelve numbers, the sampling threshold
_DICTIONARY = struct.Struct("<iiiqq")  # size, words, labels, tokens, pruned (-1: none)
_ENTRY = struct.Struct("<qb")  # count, and 0 for a word or 1 for a label; behind the name and a zero byte
_MATRIX = struct.Struct("<?qq")  # quantised, rows, columns
_SOFTMAX, _SUPERVISED = 3, 3
_LONGEST = 1000  # bytes of a word
_LARGEST = 1e6  # of the numbers of a vector; what is trained stays far below, and more could overflow


def check_binary(data: bytes, labels: Collection[str]) -> None:
    """Nothing, when the bytes are a whole model of these labels, of single words, that is not quantised.

    Raises:
        ValueError: they are not; one line.
    """
    try:
        wrong = _fault(data, labels)
    except (struct.error, UnicodeDecodeError):
        wrong = "it is cut off or damaged"
    if wrong:
        raise ValueError(f"not a fastText model that can be used: {wrong}")


def _fault(data: bytes, labels: Collection[str]) -> str:
    magic, version, dimensions, *numbers, _ = _HEAD.unpack_from(data, 0)
    if (magic, version) != (_MAGIC, _VERSION):
        return "it does not begin as one of version 12 does"
    ngrams, loss, model, bucket, shortest, longest = (numbers[index] for index in (4, 5, 6, 7, 8, 9))
    if (ngrams, loss, model, bucket, shortest, longest) != (1, _SOFTMAX, _SUPERVISED, 0, 0, 0) or dimensions < 1:
        return "it was trained in another way"
    size, words, count, _, pruned = _DICTIONARY.unpack_from(data, _HEAD.size)
    if pruned != -1 or count != len(labels) or words < 1 or size != words + count:
        return "its dictionary is not one of words and two labels"
    place = _HEAD.size + _DICTIONARY.size
    names: list[str] = []
    for index in range(size):
        end = data.find(b"\0", place, place + _LONGEST)
        if end <= place:
            return "a word of its dictionary has no end"
        _, kind = _ENTRY.unpack_from(data, end + 1)
        if kind != (index >= words):
            return "its dictionary has words behind labels"
        if kind:
            names.append(data[place:end].decode())
        place = end + 1 + _ENTRY.size
    if sorted(names) != sorted(labels):
        return "it has other labels"
    for rows in (words, count):
        quantised, height, width = _MATRIX.unpack_from(data, place)
        if quantised or (height, width) != (rows, dimensions):
            return "its matrices do not fit its dictionary"
        end = place + _MATRIX.size + 4 * height * width
        if end > len(data):
            return "it is cut off or damaged"
        values = np.frombuffer(data, "<f4", height * width, place + _MATRIX.size)
        if not bool(np.all(np.abs(values) < _LARGEST)):  # nor NaN
            return "its matrices hold what no training makes"
        place = end
    return "" if place == len(data) else "its length is not what its numbers say"
