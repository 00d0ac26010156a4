"""Bytes for receipt printers, read back command by command."""

from io import BytesIO

import pytest
from PIL import Image

from lib.receipt_printer import write_escpos
from testing.receipt_printer import read_escpos


def draw(width: int, height: int) -> bytes:
    """Return a PNG, white but for a gray frame that is dark enough."""
    picture = Image.new("L", (width, height), 255)
    picture.paste(60, (0, 0, width, 1))
    picture.paste(200, (0, 1, width, 2))
    picture.paste(0, (0, height - 1, width, height))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.once
def test_each_page_is_printed_and_cut_off():
    printed = read_escpos(write_escpos([draw(576, 2000), draw(10, 3)]))
    assert (printed.cuts, printed.kicks) == (2, 0)
    first, second = printed.papers
    # A printer takes whole bytes.
    assert (first.size, second.size) == ((576, 2000), (16, 3))
    rows = [[first.getpixel((x, y)) for x in (0, 300, 575)] for y in (0, 1, 1000, 1999)]
    assert rows == [[0] * 3, [255] * 3, [255] * 3, [0] * 3]


@pytest.mark.once
def test_the_drawer_opens_before_anything_is_printed():
    content = write_escpos([draw(8, 3)], opens_drawer=True)
    assert content.startswith(b"\x1b@\x1bp\x00")
    assert read_escpos(content).kicks == 1
    assert read_escpos(write_escpos(opens_drawer=True)).papers == []
