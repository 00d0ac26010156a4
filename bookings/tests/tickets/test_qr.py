"""QR codes as paths."""

import random
import re

import pytest
import zxingcpp
from PIL import Image

from bookings.tickets.qr import QUIET_ZONE, QrCode, draw_qr

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


@pytest.mark.parametrize("length", [*LENGTHS, 119, 135, 138, 139])
def test_a_camera_reads_it(length: int) -> None:
    text = make_text(length)
    [found] = zxingcpp.read_barcodes(picture(draw_qr(text)))
    assert (found.text, found.ec_level) == (text, "M")


# What a version holds of capital letters and digits at level M (ISO/IEC 18004, table 7), and its modules.
@pytest.mark.parametrize(("length", "size"), [(20, 21), (21, 25), (90, 33), (122, 37), (123, 41), (154, 41), (155, 45)])
def test_it_is_as_small_as_can_be(length: int, size: int) -> None:
    assert draw_qr(make_text(length)).size == size + 2 * QUIET_ZONE


def test_a_quiet_zone_is_around_it() -> None:
    code = draw_qr(make_text(120))
    dark = picture(code).point(lambda level: 255 - level).getbbox()
    assert dark == (4 * QUIET_ZONE, 4 * QUIET_ZONE, 4 * (code.size - QUIET_ZONE), 4 * (code.size - QUIET_ZONE))


def test_any_text_can_be_drawn() -> None:
    assert [found.text for found in zxingcpp.read_barcodes(picture(draw_qr("lower case")))] == ["lower case"]
