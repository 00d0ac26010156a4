"""Recognizes the format of an uploaded file, and reads it."""

from pathlib import PurePath

from django.utils.translation import gettext

from lib.tables import DoubtfulLetters, UnreadableTable, decode, read_table
from lib.tables.foreign import ZIP, describe_foreign
from theaters.seat_maps.csv_format import FILE_LIMITS, parse_table
from theaters.seat_maps.json_format import parse_json
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem

MAX_FILE_BYTES = FILE_LIMITS.size


def parse_file(file_name: str, content: bytes, *, encoding: str = "", country: str = "") -> Layout:
    """Read a seat map from JSON, CSV or XLSX, recognized by its content.

    Raises `InvalidSeatMap` with every problem, and `DoubtfulLetters` where `encoding` has to be chosen.
    """
    if len(content) > MAX_FILE_BYTES:
        message = gettext("The file is larger than %d MB.") % (MAX_FILE_BYTES // 1024**2)
        raise InvalidSeatMap([Problem("too-large", message)])
    if kind := describe_foreign(content):
        message = gettext(
            "A seat map is a seating plan as JSON, or a table as CSV or XLSX with section, row, number and category."
        )
        raise InvalidSeatMap([Problem("not-a-seat-map", f"{kind} {message}")])
    try:
        if not content.startswith(ZIP):
            text = decode(content, encoding=encoding, country=country)
            if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
                return parse_json(text)
        table = read_table(content, FILE_LIMITS, encoding=encoding, country=country)
    except DoubtfulLetters:
        raise
    except UnreadableTable as error:
        raise InvalidSeatMap([Problem("unreadable", error.finding.message, error.finding.place)]) from error
    return parse_table(table, name=PurePath(file_name).stem[:80])
