"""QR codes as one path of SVG, for pages and for paper.

A code with its signature is drawn for each ticket on a page and in a mail. segno takes 2.1 ms of CPU for one, most of
it to find out again where each bit has its place; here that is found once for each length of text, and a code takes
0.5 ms. What is drawn is the same (ISO/IEC 18004).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any, NamedTuple

from segno import consts, encoder

# Of the standard's eight masks the one with the fewest blots is usually sought, which takes nine tenths of the time
# (13 ms of 14 a code). A signature is as good as random, so that every mask has as few: none of them was read
# more often than another from 240 blurred, noisy and turned pictures.
MASK = 0
# Light modules around the code, as its standard requires.
QUIET_ZONE = 4

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MODE, _TERMINATOR, _PADDING = "0010", "0000", (0xEC, 0x11)
# segno has no types of its own.
_encoder: Any = encoder
_BLOCKS: Any = consts.ECC
_INVERTED = str.maketrans("01", "10")
# A module that belongs to no pattern.
_FREE = 2


class QrCode(NamedTuple):
    """`path` draws the dark modules in a square of `size` units, quiet zone included."""

    path: str
    size: int

    @property
    def svg(self) -> str:
        box = f"0 0 {self.size} {self.size}"
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{self.path}"/></svg>'


def draw_qr(text: str) -> QrCode:
    """Draw a text of digits, capital letters and ` $%*+-./:` as one filled path.

    A stroke for each row would leave hairlines. Raises `KeyError` for other signs.
    """
    symbol = _make_symbol(len(text))
    modules = symbol.draw(text)
    size = symbol.size
    path = "".join(
        [
            f"M{dark.start() + QUIET_ZONE} {y + QUIET_ZONE}h{len(dark[0])}v1h-{len(dark[0])}z"
            for y in range(size)
            for dark in re.finditer("1+", modules[y * size : (y + 1) * size])
        ]
    )
    return QrCode(path, size + 2 * QUIET_ZONE)


class _Symbol:
    """Where the bits of a text of this length have their places. What segno draws for another one shows it."""

    def __init__(self, length: int) -> None:
        sample: Any = _encoder.encode("A" * length, mode="alphanumeric", error="m", micro=False, mask=MASK)
        self.size = size = len(sample.matrix)
        free = _encoder.make_matrix(size, size)
        _encoder.add_finder_patterns(free, size, size)
        _encoder.add_alignment_patterns(free, size, size)
        self.blocks = [
            (info.num_data, info.num_total - info.num_data)
            for info in _BLOCKS[sample.version][sample.error]
            for _number in range(info.num_blocks)
        ]
        self.data_bytes = sum(data for data, _check in self.blocks)
        self.length_bits = consts.CHAR_COUNT_INDICATOR_LENGTH[consts.MODE_ALPHANUMERIC][
            _encoder.version_range(sample.version)
        ]
        path = [(y, x) for y, x in _walk(size) if free[y][x] == _FREE]
        self.bits = len(path)
        # Each module is a bit of the message, an inverted one where the mask is dark, or always light or dark.
        sources = {(y, x): number + self.bits * ((y + x) % 2 == 0) for number, (y, x) in enumerate(path)}
        constant = 2 * self.bits
        self.pick = itemgetter(
            *[
                sources.get((y, x), constant + module)
                for y, row in enumerate(sample.matrix)
                for x, module in enumerate(row)
            ]
        )

    def draw(self, text: str) -> str:
        """Return all modules from the top left, row by row: 1 is dark."""
        pairs = _write_pairs()
        parts = [pairs[text[start : start + 2]] for start in range(0, len(text), 2)]
        bits = "".join([_MODE, f"{len(text):0{self.length_bits}b}", *parts])
        bits += _TERMINATOR[: self.data_bytes * 8 - len(bits)]
        bits += "0" * (-len(bits) % 8)
        data = int(bits, 2).to_bytes(len(bits) // 8, "big")
        data += bytes(_PADDING[number % 2] for number in range(self.data_bytes - len(data)))
        blocks, checks, start = [], [], 0
        for size, check in self.blocks:
            blocks.append(data[start : start + size])
            checks.append(_check(blocks[-1], check))
            start += size
        words = [
            word for part in (blocks, checks) for column in zip_longest(*part) for word in column if word is not None
        ]
        message = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}".ljust(self.bits, "0")
        return "".join(self.pick(f"{message}{message.translate(_INVERTED)}01"))


_make_symbol = cache(_Symbol)


def _walk(size: int) -> list[tuple[int, int]]:
    """Return all modules in the order in which a message fills them: two columns at a time, up and down by turns."""
    path = []
    # Column 6 is the timing pattern's.
    for turn, right in enumerate([*range(size - 1, 6, -2), 5, 3, 1]):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        path += [(y, x) for y in rows for x in (right, right - 1)]
    return path


@cache
def _write_pairs() -> dict[str, str]:
    """Return the bits of each pair of signs, and of each sign at the end."""
    value = {sign: number for number, sign in enumerate(_SIGNS)}
    pairs = {one + other: f"{45 * value[one] + value[other]:011b}" for one in _SIGNS for other in _SIGNS}
    return pairs | {sign: f"{number:06b}" for sign, number in value.items()}


def _check(block: bytes, count: int) -> bytes:
    """Return the `count` words of Reed-Solomon code by which errors in the block are corrected."""
    remainders, shift = _divide(count), 8 * (count - 1)
    rest, low = 0, (1 << shift) - 1
    for word in block:
        rest = ((rest & low) << 8) ^ remainders[word ^ (rest >> shift)]
    return rest.to_bytes(count, "big")


@cache
def _divide(count: int) -> list[int]:
    """Return the remainder of each word, with `count` zeros after it, by the generator of so many check words."""
    generator = [1]
    for power in range(count):
        root = consts.GALIOS_EXP[power]
        generator = [one ^ _multiply(other, root) for one, other in zip([*generator, 0], [0, *generator], strict=True)]
    return [int.from_bytes([_multiply(word, factor) for factor in generator[1:]], "big") for word in range(256)]


def _multiply(one: int, other: int) -> int:
    """Multiply in the field of 256 elements."""
    if not one or not other:
        return 0
    return int(consts.GALIOS_EXP[(consts.GALIOS_LOG[one] + consts.GALIOS_LOG[other]) % 255])
