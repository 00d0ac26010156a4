"""Files for receipt printers, in ESC/POS, which nearly all of them understand.

Each page is a picture, so that names in any script come in our typefaces and not in the printer's own. The file is
sent to the printer as it is: `docs/printing.md` says how.

The commands are those of Epson's reference. There are four, so we write them ourselves: python-escpos, the library
for it, reads descriptions of all printers at its first use, and changes the process's logging.
"""

from collections.abc import Iterable
from io import BytesIO

from PIL import Image

_INITIALIZE = b"\x1b@"
# ESC p: a pulse of 100 ms, and as long a pause, on the pin that nearly all drawers listen to.
_OPEN_DRAWER = b"\x1bp\x00\x32\x32"
# GS v 0: a picture of so many bytes by so many lines, a set bit for each dot.
_PICTURE = b"\x1dv0\x00"
# GS V: feed the paper to the knife, and cut it.
_CUT = b"\x1dVB\x00"
# Cheap printers hold no more in their memory.
_LINES_AT_ONCE = 960
_DARK = 128


def write_escpos(pages: Iterable[bytes] = (), *, opens_drawer: bool = False) -> bytes:
    """Return the commands that print each of these PNGs and cut the paper after it; first, open the drawer if asked."""
    commands = [_INITIALIZE, _OPEN_DRAWER if opens_drawer else b""]
    for page in pages:
        with Image.open(BytesIO(page)) as picture:
            # Without shades, which dots all over the modules of a code would stand for. White is clear.
            dots = picture.convert("L").point(lambda light: 255 if light < _DARK else 0).convert("1")
        for top in range(0, dots.height, _LINES_AT_ONCE):
            strip = dots.crop((0, top, dots.width, min(top + _LINES_AT_ONCE, dots.height)))
            data = strip.tobytes()
            size = (len(data) // strip.height).to_bytes(2, "little") + strip.height.to_bytes(2, "little")
            commands += [_PICTURE, size, data]
        commands.append(_CUT)
    return b"".join(commands)
