"""Tell what an uploaded file is, and read it."""

import codecs
from pathlib import PurePath

from django.utils.translation import gettext

from theaters.seat_maps.csv_format import parse_csv
from theaters.seat_maps.json_format import parse_json
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem

MAX_BYTES = 20 * 1024 * 1024


def read_upload(file_name: str, content: bytes) -> Layout:
    """Read a seat map by what it contains; raise `InvalidSeatMap` when that is neither JSON nor CSV."""
    if len(content) > MAX_BYTES:
        message = gettext("The file is larger than %d MB.") % (MAX_BYTES // 1024**2)
        raise InvalidSeatMap([Problem("too-large", message)])
    text = _decode(content)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return parse_json(text)
    return parse_csv(text, name=PurePath(file_name).stem[:80])


def _decode(content: bytes) -> str:
    # What Excel calls “Unicode text”.
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        place = {"byte": f"0x{content[error.start]:02X}", "position": error.start}
        message = gettext("The file is not UTF-8 text (byte %(byte)s at position %(position)d). Save it as UTF-8.")
        raise InvalidSeatMap([Problem("not-utf8", message % place)]) from error
