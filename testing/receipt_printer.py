"""A receipt printer that reads ESC/POS as the real ones do, and refuses what it does not know."""

from dataclasses import dataclass, field

from PIL import Image

_ESC, _GS = b"\x1b", b"\x1d"


@dataclass
class Printed:
    """What came out: `paper` between two cuts, and how often a drawer was opened."""

    papers: list[Image.Image] = field(default_factory=list)
    kicks: int = 0
    cuts: int = 0


def read_escpos(content: bytes) -> Printed:
    """Read the commands that we send: initialize, raster picture, feed, cut, kick."""
    printed, at, strips = Printed(), 0, []
    while at < len(content):
        command = content[at : at + 2]
        if command == _ESC + b"@":
            at += 2
        elif command == _ESC + b"p":
            printed.kicks += 1
            at += 5
        elif command == _ESC + b"d":
            at += 3
        elif content[at : at + 1] == b"\n":
            at += 1
        elif content[at : at + 3] == _GS + b"v0":
            width = int.from_bytes(content[at + 4 : at + 6], "little")
            height = int.from_bytes(content[at + 6 : at + 8], "little")
            data = content[at + 8 : at + 8 + width * height]
            # A set bit is a dot.
            strips.append(Image.frombytes("1", (width * 8, height), bytes(byte ^ 0xFF for byte in data)))
            at += 8 + width * height
        elif command == _GS + b"V":
            printed.cuts += 1
            printed.papers.append(_join(strips))
            strips = []
            at += 4 if content[at + 2] >= ord("A") else 3
        else:
            raise ValueError(f"Unknown command at {at}: {content[at : at + 4]!r}")
    return printed


def _join(strips: list[Image.Image]) -> Image.Image:
    paper = Image.new("1", (max(strip.width for strip in strips), sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        paper.paste(strip, (0, top))
        top += strip.height
    return paper
