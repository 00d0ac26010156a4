"""Recognize files that are not tables, so that people learn what they sent."""

from __future__ import annotations

import io
import zipfile

from django.utils.translation import gettext

PICTURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
FTYP = {b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
_HEAD = 1000


def describe_foreign(content: bytes) -> str:
    """Return a sentence about a file that is neither text nor a workbook; "" if it may be one."""
    if picture := _picture(content):
        return gettext("This is a picture (%s).") % picture
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return gettext("This is a PDF document.")
    if content.startswith(OLD_OFFICE):
        return gettext("This is an old Excel file (XLS), or one that is locked with a password.")
    if head.startswith(b"{\\rtf"):
        return gettext("This is a text document (RTF).")
    if head.startswith((b"<!doctype html", b"<html", b"<table")):
        return gettext("This is a web page (HTML), whatever its name says.")
    if b"<svg" in head and head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        return gettext("This is a picture (%s).") % "SVG"
    if head.startswith(b"<?xml"):
        return gettext("This is an XML file.")
    if content.startswith(ZIP):
        return _archive(content)
    if content.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        return gettext("This is an archive. Unpack it first.")
    return ""


def _picture(content: bytes) -> str:
    if content[4:8] == b"ftyp":
        return FTYP.get(content[8:12], "HEIF")
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WebP"
    return next((name for start, name in PICTURES if content.startswith(start)), "")


def _archive(content: bytes) -> str:
    """Return a sentence about a zip that is not a workbook we read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if "xl/workbook.xml" in names or "_rels/.rels" in names:
                return gettext("This is a text document (Word).") if "word/document.xml" in names else ""
            if "mimetype" in names:
                return gettext("This is an OpenDocument file (ODS).")
            if any(name.startswith("Index/") for name in names):
                return gettext("This is a Numbers file.")
    except (zipfile.BadZipFile, OSError, ValueError):
        return gettext("This XLSX file is damaged.")
    return gettext("This is an archive. Unpack it first.")
