"""A page of a PDF as a picture.

PDFs from outside are rendered by a process of their own, with little memory and time: what a hostile file does to
it ends with it. `python -m lib.pdf_page NUMBER PIXELS` reads a PDF and writes how many pages it has, a line feed,
and the page as PNG.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

MAX_SECONDS = 20
MAX_MEMORY = 1024**3
UNREADABLE, NO_SUCH_PAGE = 3, 4


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def render_page(content: bytes, number: int, pixels: int) -> tuple[Image.Image, int]:
    """Return a page, counted from 1, with so many pixels on its longer side, and how many pages there are.

    Raises `ValidationError`. Takes half a second, most of it for the process.
    """
    command = [sys.executable, "-m", "lib.pdf_page", str(number), str(pixels)]
    try:
        done = subprocess.run(  # noqa: S603 (our own program and two numbers)
            command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired as error:
        raise ValidationError(_("This PDF takes too long to draw. Save the page as a picture."), "too-slow") from error
    if done.returncode == NO_SUCH_PAGE:
        raise ValidationError(_("This PDF has no such page."), "no-such-page")
    if done.returncode:
        raise ValidationError(_("This PDF can’t be read. It may be damaged or locked with a password."), "unreadable")
    count, _line_feed, picture = done.stdout.partition(b"\n")
    return Image.open(io.BytesIO(picture), formats=["PNG"]).convert("RGB"), int(count)


def _main() -> int:
    import pypdfium2  # noqa: PLC0415 (only this process needs it)

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    number, pixels = int(sys.argv[1]), int(sys.argv[2])
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        if not 1 <= number <= len(document):
            return NO_SUCH_PAGE
        page = document[number - 1]
        picture = page.render(scale=pixels / max(1, *page.get_size())).to_pil()
    except pypdfium2.PdfiumError:
        return UNREADABLE
    sys.stdout.buffer.write(b"%d\n" % len(document))
    picture.save(sys.stdout.buffer, "PNG", compress_level=1)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
