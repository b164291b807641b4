r"""Text as hashed tokens that remember where they stood: the common ground of a benchmark item and a document.

A token is a run of letters, a run of digits, one ideograph, kana or Hangul syllable, or one of `+ - =`; all else
only separates. Numbers are content: two texts that differ in a number differ. What LaTeX lets one write in several
ways is one sequence: `\frac{1}{2}`, `\dfrac12`, `$\tfrac 1 2$` and `1/2` are the tokens 1, 2; `\left(`, `\,`,
braces, `$`, `\cdot` and Markdown's signs are nothing; `x_1`, `x_{1}` and `x1` are x, 1; a Greek letter is its
command. Case and compatibility forms (full width, mathematical alphabets, superscripts) are folded. Thousands are
kept as they are written: `1,000`, `1{,}000` and `1,\!000` are 1, 000, and 1000 is another number.

Everything is numpy over whole batches of texts; there is no loop over characters or tokens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["Tokens", "gram_hashes", "tokens", "tokens_of"]

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_SEPARATOR, _LETTER, _DIGIT, _SIGN, _IDEOGRAPH = range(5)

# Commands that say how a formula looks or join its parts as juxtaposition does: no tokens.
_NOTHING = (
    "left right big bigl bigr bigg biggl biggr middle displaystyle textstyle scriptstyle limits nolimits quad "
    "qquad hspace vspace text textrm textbf textit emph mbox hbox mathrm mathbf mathit mathsf mathbb mathcal bm "
    "boldsymbol operatorname begin end cdot times frac dfrac tfrac cfrac le leq ge geq lt gt ldots cdots dots "
    "dotsc dotsb leqslant geqslant over boxed nonumber notag label noindent par newline"
).split()
# The number of one-digit arguments that may follow without braces: `\frac12` is 1, 2 and `\sqrt12` is sqrt, 1, 2.
_BARE_DIGITS = {"frac": 2, "dfrac": 2, "tfrac": 2, "cfrac": 2, "sqrt": 1}
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_ALIASES = _GREEK | {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho"}

_DROP = np.uint64(1)  # stands for "no token" among the replacement hashes

# Texts are joined into batches of about this many characters, so that arrays stay in the cache.
_BATCH = 1 << 18
_PRIME = 0x9E3779B97F4A7C15  # odd, so that it can be inverted modulo 2**64
_PRIME_INVERSE = pow(_PRIME, -1, 1 << 64)
_GRAM = 0xD6E8FEB86659FD93


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of several texts, in order. All arrays have one entry a token.

    Attributes:
        text: the index of the text that the token stands in.
        hashes: 64 bits of the token's folded characters.
        starts, ends: characters `starts` up to, not including, `ends` of its text.
    """

    text: I64
    hashes: U64
    starts: I64
    ends: I64


def tokens(text: str) -> Tokens:
    """The tokens of one text."""
    return tokens_of([text])


def tokens_of(texts: Sequence[str]) -> Tokens:
    """The tokens of each of the texts."""
    parts = [_batch_tokens(batch) for batch in _batches(texts)]
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Tokens(nothing, nothing.astype(np.uint64), nothing, nothing)
    return Tokens(
        np.concatenate([part.text for part in parts]),
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
    )


def gram_hashes(hashes: U64, n: int) -> U64:
    """The hash of each run of n tokens: entry i is of tokens i up to i + n. Empty when there are fewer than n.

    Runs that cross from one text into the next are hashed like any other; leaving them out is the caller's part.
    """
    if len(hashes) < n:
        return np.zeros(0, np.uint64)
    # Horner's rule by doubling: `block` hashes runs of `width` tokens, `grams` runs of the `done` tokens so far.
    block, width, factor = hashes, 1, _GRAM
    grams, done = np.zeros(len(hashes), np.uint64), 0
    while True:
        if n & width:
            count = len(hashes) - done - width + 1
            grams = grams[:count] * np.uint64(factor) + block[done : done + count]
            done += width
        if done == n:
            return _mixed(grams)
        block = block[:-width] * np.uint64(factor) + block[width:]
        width, factor = 2 * width, factor * factor % (1 << 64)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text: which text, where the part begins there, and the part."""

    text: int
    offset: int
    part: str


def _batches(texts: Sequence[str]) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    size = 0
    for piece in _pieces(texts):
        if batch and size + len(piece.part) > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.part) + 1
    if batch:
        yield batch


def _pieces(texts: Sequence[str]) -> Iterator[_Piece]:
    """Each text, a huge one in parts; a part ends at a blank where there is one, so that no token is cut."""
    for index, text in enumerate(texts):
        start = 0
        while len(text) - start > _BATCH:
            blank = max(text.rfind(" ", start, start + _BATCH), text.rfind("\n", start, start + _BATCH))
            stop = blank + 1 if blank > start else start + _BATCH
            yield _Piece(index, start, text[start:stop])
            start = stop
        yield _Piece(index, start, text[start:] if start else text)


def _batch_tokens(batch: list[_Piece]) -> Tokens:
    # A blank at both ends, so that what stands at the ends is read as it is between others.
    joined = "\n".join(["", *(piece.part for piece in batch), ""])
    folded, kinds = _folded(joined)
    starts, ends = _runs(kinds)
    starts, ends, hashes = _latex(folded, kinds, starts, ends)
    sizes = np.array([len(piece.part) + 1 for piece in batch], np.int64)
    begins = np.concatenate([np.ones(1, np.int64), np.cumsum(sizes)[:-1] + 1])
    owner = np.searchsorted(begins, starts, side="right") - 1
    shift = (np.array([piece.offset for piece in batch], np.int64) - begins)[owner]
    text = np.array([piece.text for piece in batch], np.int64)[owner]
    return Tokens(text, hashes, starts + shift, ends + shift)


def _folded(text: str) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Each character's folded code and its kind."""
    fold, kind = _tables()
    if text.isascii():
        codes = np.frombuffer(text.encode("ascii"), np.uint8)
        fold, kind = fold[:128], kind[:128]
    else:
        wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = np.minimum(wide, len(fold) - 1)
    kinds = kind[codes]
    signs = np.flatnonzero(kinds[1:-1] == _SIGN) + 1
    folded = fold[codes]
    # A hyphen inside a word joins it, and a rule of dashes or equals signs is a line, not a formula.
    between = (kinds[signs - 1] == _LETTER) & (kinds[signs + 1] == _LETTER)
    again = (folded[signs] == folded[signs - 1]) | (folded[signs] == folded[signs + 1])
    kinds[signs[between | again]] = _SEPARATOR
    return folded, kinds


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """For each code point its folded character and its kind; the last entry stands for all beyond the table."""
    size = 0x1D801
    fold = np.arange(size, dtype=np.uint32).clip(max=0xFFFF).astype(np.uint16)
    kind = np.full(size, _SEPARATOR, np.uint8)
    for code in range(size):
        # Between the basic plane and the mathematical alphabets lie scripts that no benchmark is written in.
        if 0x10000 <= code < 0x1D400:
            continue
        character = _fold(chr(code))
        fold[code] = ord(character) & 0xFFFF
        kind[code] = _kind(character)
    return fold, kind


def _fold(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).casefold()
    if plain in ("−", "‐", "‑", "–"):
        return "-"
    return plain if len(plain) == 1 else character


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character in "+-=":
        return _SIGN
    if category == "Nd":
        return _DIGIT
    if category == "Lo" and 0x3040 <= ord(character) <= 0xFAFF:
        return _IDEOGRAPH
    return _LETTER if category[0] in "LM" else _SEPARATOR


def _runs(kinds: NDArray[np.uint8]) -> tuple[I64, I64]:
    """Where the tokens start and end."""
    edge = np.ones(len(kinds) + 1, np.bool_)
    if len(kinds):
        alone = kinds >= _SIGN
        edge[1:-1] = (kinds[1:] != kinds[:-1]) | alone[1:]
    edges = np.flatnonzero(edge)
    word = kinds[edges[:-1]] != _SEPARATOR
    return edges[:-1][word], edges[1:][word]


def _run_hashes(folded: NDArray[np.uint16], starts: I64, ends: I64) -> U64:
    """A polynomial in the characters of each run, from prefix sums modulo 2**64."""
    sums = np.zeros(len(folded) + 1, np.uint64)
    np.cumsum(_character_values()[folded] * _powers(_PRIME, len(folded)), out=sums[1:])
    return _mixed((sums[ends] - sums[starts]) * _powers(_PRIME_INVERSE, len(folded) + 1)[starts])


@cache
def _character_values() -> U64:
    return np.random.Generator(np.random.PCG64(0)).integers(1, 1 << 64, 1 << 16, np.uint64)


_POWERS: dict[int, U64] = {}


def _powers(base: int, count: int) -> U64:
    known = _POWERS.get(base)
    if known is None or len(known) < count:
        known = np.full(max(count, _BATCH * 2), base, np.uint64)
        known[0] = 1
        known = np.multiply.accumulate(known)
        _POWERS[base] = known
    return known[:count]


def _mixed(values: U64) -> U64:
    """The finishing steps of SplitMix64: equal chances for all bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _latex(folded: NDArray[np.uint16], kinds: NDArray[np.uint8], starts: I64, ends: I64) -> tuple[I64, I64, U64]:
    """The tokens with their hashes: an argument in braces or bare is the same, and names are their one name."""
    hashes = _run_hashes(folded, starts, ends)
    if not len(starts):
        return starts, ends, hashes
    split = _bare_digits(folded, kinds, starts, ends, hashes)
    if len(split):
        starts, ends = np.sort(np.concatenate([starts, split])), np.sort(np.concatenate([ends, split]))
        hashes = _run_hashes(folded, starts, ends)
    greek = (folded[starts] >= 0x370) & (folded[starts] < 0x400)
    named = np.flatnonzero(_commands(folded, starts) | greek)
    names = _looked_up(hashes[named], *_names())
    hashes[named[names > _DROP]] = names[names > _DROP]
    keep = np.ones(len(starts), np.bool_)
    keep[named[names == _DROP]] = False
    return starts[keep], ends[keep], hashes[keep]


def _commands(folded: NDArray[np.uint16], starts: I64) -> NDArray[np.bool_]:
    return (folded[starts - 1] == ord("\\")) & (starts > 0)


def _bare_digits(folded: NDArray[np.uint16], kinds: NDArray[np.uint8], starts: I64, ends: I64, hashes: U64) -> I64:
    """Where digits after a command that takes arguments are to be cut apart."""
    before = np.flatnonzero(_commands(folded, starts)[:-1])
    takes = _looked_up(hashes[before], *_bare()).astype(np.int64)
    before, takes = before[takes > 0], takes[takes > 0]
    digits = starts[before + 1]
    # The digits follow at once or after a blank; after `{` they are one number.
    gap = digits - ends[before]
    near = (kinds[digits] == _DIGIT) & ((gap == 0) | ((gap == 1) & (folded[ends[before]] == ord(" "))))
    digits, limits, takes = digits[near], ends[before + 1][near], takes[near]
    cuts = [(digits + place)[(takes >= place) & (digits + place < limits)] for place in (1, 2)]
    return np.concatenate(cuts)


@cache
def _names() -> tuple[U64, U64]:
    """The hashes of names that are replaced, sorted, and what by: `_DROP` or the hash of another name."""
    table = {_word_hash(name): int(_DROP) for name in _NOTHING}
    return _sorted_table(table | {_word_hash(name): _word_hash(other) for name, other in _ALIASES.items()})


@cache
def _bare() -> tuple[U64, U64]:
    return _sorted_table({_word_hash(name): count for name, count in _BARE_DIGITS.items()})


def _sorted_table(table: dict[int, int]) -> tuple[U64, U64]:
    keys = sorted(table)
    return np.array(keys, np.uint64), np.array([table[key] for key in keys], np.uint64)


def _looked_up(wanted: U64, keys: U64, values: U64) -> U64:
    """The value of each wanted key, 0 where there is none."""
    places = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], np.uint64(0))


def _word_hash(word: str) -> int:
    folded, _ = _folded(word)
    return int(_run_hashes(folded, np.zeros(1, np.int64), np.array([len(word)], np.int64))[0])
