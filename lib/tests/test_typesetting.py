"""Every PDF of the project: names in any script are readable, and words of any length stay on the page."""

import re
import sys
import unicodedata
import zlib
from typing import Any

import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from lib import typesetting
from lib.typesetting import FONTS, MISSING, TEMPLATES, find_missing, show, typeset
from testing.papers import MAKERS, make_named
from theaters.letterheads import Letterhead

SCRIPTS = {
    "Chinese": "王小明紅樓夢",
    "Japanese": "田中さくらタロウ",
    "Korean": "김철수뷁",
    "Thai": "สมชายน้ำ",
    "Lao": "ສົມຊາຍ",
    "Khmer": "សុខា",
    "Burmese": "အောင်",
    "Sinhala": "ශ්‍රීමාලි",
    "Georgian": "ნინო",
    "Armenian": "Արամ",
    "Ethiopic": "አበበ",
    "Devanagari": "शकुन्तला",
    "Bengali": "রবীন্দ্র",
    "Gujarati": "ગાંધી",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Odia": "ଓଡ଼ିଆ",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Dhivehi": "ދިވެހި",
    "N'Ko": "ߒߞߏ",
    "Tifinagh": "ⵜⵉⴼⵉⵏⴰⵖ",
    "Cherokee": "ᏣᎳᎩ",
    "Inuktitut": "ᐃᓄᒃ",
    "Santali": "ᱥᱟᱱᱛᱟᱲ",
    "Manipuri": "ꯃꯩꯇꯩ",
    "Hebrew": "אנטיגונה",
    "Arabic": "أنتيغون",
    "Greek": "Αντιγόνη",
    "Cyrillic": "Вишнёвый",
    "Vietnamese": "Nguyễn",
    "emoji": "🎭👩‍🚀🇦🇹👋🏽",
    "signs": "★☎→①",
}
# More than one word of a language ever has, and what a column holds.
LONG = "W" * 80
# One character in so many: all of them take a minute.
SAMPLE = 101
# Letters of one glyph lie on each other.
LIGATURE = 2
# In points; narrow paper has less of it.
MARGIN = 14
NARROW_MARGINS = {"printed_tickets.typ": 8, "receipt.typ": 11}
# Letters and marks of scripts that never meet, signs that join others, and spaces.
PIECES = [
    *"aéx1 ", *"\u0301\u0323\u20e3\ufe0f\u200d\u200c\u25cc", *"אب\u064b\u05b8", *"क\u094d\u093f", *"ක\u0dca\u0dd2",
    *"ก\u0e34\u0e48", *"ក\u17d2", *"க\u0bbe", *"中한", "가\u11a8", *"ᄀか\u3099", *"🎭👩🇦👋\U0001f3fd", "\U000e0067",
    "ꯀ\uabe3",
]  # fmt: skip


def read(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return "".join(page.get_textpage().get_text_range() for page in pdf)
    finally:
        pdf.close()


def count_missing(content: bytes) -> int:
    """Return how often the PDF draws glyph 0, which is the box that stands for a letter a typeface lacks."""
    found = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            drawn = zlib.decompress(stream)
        except zlib.error:
            continue
        for line in re.findall(rb"Tm(\[.*?\]TJ|\(.*?\)Tj)", drawn, re.DOTALL):
            for text in re.findall(rb"\(((?:\\.|[^\\)])*)\)", line, re.DOTALL):
                glyphs = re.sub(rb"\\([0-7]{3}|.)", _unescape, text, flags=re.DOTALL)
                found += sum(glyphs[at : at + 2] == b"\0\0" for at in range(0, len(glyphs), 2))
    return found


def _unescape(escape: re.Match[bytes]) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    one = escape[1]
    return bytes([int(one, 8)]) if len(one) == 3 else named.get(one, one)


def letters(text: str) -> set[str]:
    return {letter for letter in unicodedata.normalize("NFC", text) if letter.isalnum()}


def make_month(name: str) -> dict[str, Any]:
    """Return the smallest content of the smallest document."""
    words = {"language": "en", "title": "Month", "month": "May", "chart_title": "Chart"}
    figure = {"label": "Seen", "value": name}
    return {
        **words,
        **Letterhead("Marquee").content,
        "name": name,
        "figures": [figure],
        "chart": [{"label": "May", "percent": 1, "count": 1}],
        "parts": [],
    }


def test_every_template_has_its_maker():
    # Parts of others, and a picture that is no paper.
    others = {"house.typ", "ticket.typ", "link_picture.typ"}
    assert set(MAKERS) == {path.name for path in TEMPLATES.glob("*.typ")} - others


def test_every_typeface_is_named_and_licensed():
    house, licenses = (TEMPLATES / "house.typ").read_text(), (FONTS / "LICENSE.txt").read_text()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    for family in fonts.families():
        assert f'"{family}"' in house, family
        assert family in licenses, family


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("maker", MAKERS)
def test_names_in_every_script_are_readable(maker: str, customer: User):
    # At once, because typesetting takes long.
    names = list(SCRIPTS.values())
    booking = make_named(customer, " ".join(names[::2]), " ".join(names[1::2]))
    text = ""
    for content in MAKERS[maker](booking):
        assert b"pdfuaid" in content
        assert count_missing(content) == 0
        text += read(content)
    for script, name in SCRIPTS.items():
        # As a set, since right-to-left names are read back in the order in which they are drawn.
        assert letters(name) <= letters(text), script


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("maker", MAKERS)
def test_words_of_any_length_stay_on_the_page(maker: str, customer: User):
    booking, margin = make_named(customer, LONG), NARROW_MARGINS.get(maker, MARGIN)
    for content in MAKERS[maker](booking):
        pdf = pypdfium2.PdfDocument(content)
        for page in pdf:
            width, height = page.get_size()
            text = page.get_textpage()
            places = [at for at in range(text.count_chars()) if text.get_text_range(at, 1).isalnum()]
            drawn = [text.get_charbox(at) for at in places]
            assert drawn
            for left, bottom, right, top in drawn:
                assert margin <= left < right <= width - margin
                assert margin <= bottom < top <= height - margin
            centers = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in drawn]
            for at, (left, bottom, right, top) in enumerate(drawn):
                below = [
                    other
                    for other, (x, y) in enumerate(centers)
                    if abs(other - at) > LIGATURE and left < x < right and bottom < y < top
                ]
                assert not below, (text.get_text_range(places[at], 9), text.get_text_range(places[below[0]], 9))
        pdf.close()


@pytest.mark.slow
@pytest.mark.once
def test_shown_text_can_be_typeset():
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    marks = [letter for letter in every if unicodedata.category(letter).startswith("M")]
    shown = show(" ".join([*every[::SAMPLE], *marks[::4]]))
    assert MISSING in shown
    content = typeset("monthly_report.typ", make_month(shown.replace(MISSING, "")))
    assert b"pdfuaid" in content
    assert count_missing(content) == 0


@pytest.mark.slow
@pytest.mark.once
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), min_size=60, max_size=60))
def test_letters_and_marks_of_any_script_can_meet(pieces: list[str]):
    content = typeset("monthly_report.typ", make_month("".join(pieces)))
    assert b"pdfuaid" in content
    assert count_missing(content) == 0


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ame\u0301lie", "Amélie"),
        ("two\nlines\tand\u2028more\x07", "two lines and more"),
        ("\ufeffHamlet", "Hamlet"),
        ("𓀀", MISSING),
        # A Thai vowel on a Hebrew letter: no typeface has both.
        ("א\u0e34", "א" + MISSING),
        ("👋🏽", "👋🏽"),
        ("a👩‍🚀", "a👩‍🚀"),
        ("㋿" + "\U0002a6d6", "㋿" + MISSING),
    ],
)
def test_characters_without_a_typeface_are_shown_as_missing(text: str, shown: str):
    assert show(text) == shown


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Müller, Łódź", ""),
        (" ".join(SCRIPTS.values()), ""),
        ("Isis 𓀀 and 𓁐 and 𓀀", "𓀀𓁐"),
        ("א\u0e34", "\u0e34"),
        # As people wrote it.
        (f"a {MISSING}", ""),
    ],
)
def test_missing_letters_are_named(text: str, missing: str):
    assert find_missing(text) == missing


@pytest.mark.once
def test_a_document_comes_out_even_where_that_fails(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(typesetting, "show", str)
    content = typeset("monthly_report.typ", make_month("\u2fff"))
    assert content.startswith(b"%PDF")
    assert count_missing(content)
    assert "monthly_report.typ" in caplog.text
