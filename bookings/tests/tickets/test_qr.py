"""QR codes that are drawn without segno's search for the place of each bit."""

import random
import re

import pytest
import segno
import zxingcpp
from PIL import Image

from bookings.tickets.qr import MASK, QUIET_ZONE, QrCode, draw_qr

pytestmark = pytest.mark.once

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# The shortest and longest text of a ticket, and some of other sizes and numbers of blocks.
LENGTHS = [1, 2, 20, 64, 120, 121, 134, 137, 140, 300, 400]


def make_text(length: int) -> str:
    letters = random.Random(length)
    return "".join(["M", *(letters.choice(SIGNS) for _ in range(length - 1))])


def picture(code: QrCode) -> Image.Image:
    image = Image.new("L", (code.size, code.size), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
    return image.resize((code.size * 4, code.size * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize("length", LENGTHS)
def test_it_is_what_segno_draws(length: int) -> None:
    text = make_text(length)
    code = draw_qr(text)
    expected = segno.make(text, error="m", micro=False, mask=MASK)
    assert code.size == expected.symbol_size(border=QUIET_ZONE)[0]
    drawn = picture(code)
    for y, row in enumerate(expected.matrix_iter(border=QUIET_ZONE)):
        for x, is_dark in enumerate(row):
            assert (drawn.getpixel((4 * x, 4 * y)) == 0) == bool(is_dark), (x, y)


@pytest.mark.parametrize("length", [*LENGTHS, 119, 135, 138, 139])
def test_a_camera_reads_it(length: int) -> None:
    text = make_text(length)
    assert [found.text for found in zxingcpp.read_barcodes(picture(draw_qr(text)))] == [text]


def test_other_signs_are_refused() -> None:
    with pytest.raises(KeyError):
        draw_qr("lower case")
