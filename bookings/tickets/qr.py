"""QR codes as one path of SVG, for pages and for paper."""

import re
from typing import NamedTuple

import segno

# Of the standard's eight masks the one with the fewest blots is usually sought, which takes nine tenths of the time
# (13 ms of 14 a code). A signature is as good as random, so that every mask has as few: none of them was read
# more often than another from 240 blurred, noisy and turned pictures.
MASK = 0
# Light modules around the code, as its standard (ISO/IEC 18004) requires.
QUIET_ZONE = 4


class QrCode(NamedTuple):
    """`path` draws the dark modules in a square of `size` units, quiet zone included."""

    path: str
    size: int

    @property
    def svg(self) -> str:
        box = f"0 0 {self.size} {self.size}"
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{self.path}"/></svg>'


def draw_qr(text: str) -> QrCode:
    """Draw one filled path; a stroke for each row would leave hairlines."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, mask=MASK).matrix]
    path = "".join(
        f"M{dark.start() + QUIET_ZONE} {y}h{len(dark[0])}v1h-{len(dark[0])}z"
        for y, row in enumerate(rows, start=QUIET_ZONE)
        for dark in re.finditer(rb"\x01+", row)
    )
    return QrCode(path, len(rows) + 2 * QUIET_ZONE)
