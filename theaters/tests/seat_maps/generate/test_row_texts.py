"""Rows, categories and places are read as people type them, and what can't be read is quoted."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theaters.seat_maps.generate.row_texts import (
    UnreadableText,
    read_blocks,
    read_categories,
    read_places,
    read_rows,
)


def summed(text: str) -> str:
    return " ".join(f"{label}:{'+'.join(map(str, blocks))}" for label, blocks in read_rows(text))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A–C: 12, aisle after 6; D: 14", "A:6+6 B:6+6 C:6+6 D:14"),
        ("A-B:4\nC—D = 5", "A:4 B:4 C:5 D:5"),
        ("A−B: 4, C‑D: 5", "A:4 B:4 C:5 D:5"),
        ("a – b : 4 ;; c: 5;", "A:4 B:4 C:5"),
        ("H–K: 2", "H:2 J:2 K:2"),
        ("1–3: 10, aisles after 3 and 7", "1:3+4+3 2:3+4+3 3:3+4+3"),
        ("A: 10, aisles after 3, 7, B: 2", "A:3+4+3 B:2"),
        ("A, C: 12; B: 11", "A:12 C:12 B:11"),
        ("A–B: 6+12+6", "A:6+12+6 B:6+12+6"),
        ("A: 6+6, aisle after 2", "A:2+4+6"),
        ("C–A: 3", "C:3 B:3 A:3"),
        ("Rows A to B: 12 seats, aisle after seat 6", "A:6+6 B:6+6"),
        ("Reihe A bis B: 12 Plätze, Gang nach Platz 6", "A:6+6 B:6+6"),
        ("Reihen A–B: 12, Gänge hinter 4 und 8", "A:4+4+4 B:4+4+4"),
        ("पंक्ति A से B: १२ सीटें, ६ के बाद गलियारा", "A:6+6 B:6+6"),
        ("A: 12 aisle after 6", "A:6+6"),
    ],
)
def test_rows_are_read(text: str, rows: str):
    assert summed(text) == rows


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("A–F: 12; Parkett: 9", "“Parkett: 9” can’t be read"),
        ("A–F: twelve", "“A-F: twelve” is not a number of seats"),
        ("A: 0", "“0” is not a number of seats"),
        ("A–F: 12, near the bar", "“near the bar” can’t be read"),
        ("A–F: 12, aisle", "“aisle” does not say after which seat"),
        ("A–F: 12, aisle after 12", "“aisle after 12” has no seat on one side"),
        ("A–F: 12, aisle after 99", "“aisle after 99” has no seat on one side"),
        ("A–F: 12; C: 3", "Row C is described twice"),
        ("A–9: 3", "“A-9: 3” can’t be read"),
        ("A–C: 3, D", "“D” says no number of seats"),
        ("A: 12 aisles 6 elephants", "can’t be read"),
        ("ABC: 4", "“ABC: 4” can’t be read"),
        ("", "says no number of seats"),
    ],
)
def test_what_cannot_be_read_is_quoted(text: str, quoted: str):
    with pytest.raises(UnreadableText) as caught:
        read_rows(text)
    assert quoted in caught.value.message


@given(st.text(alphabet=st.sampled_from("ABZ019:;,+-–—= \naisle gangगलियारा%()<\u200f"), max_size=40))
def test_any_text_is_read_or_refused(text: str):
    for read in (read_rows, read_places, read_blocks, lambda text: read_categories(text, ["A", "B"])):
        with suppress(UnreadableText):
            assert read(text) is not None


def test_categories_are_one_or_by_rows():
    labels = list("ABCD")
    assert read_categories("Premium", labels) == dict.fromkeys(labels, "Premium")
    assert read_categories("Bar: cheap seats", labels) == dict.fromkeys(labels, "Bar: cheap seats")
    found = read_categories("C–Z: Premium, rear; A, B: Standard", labels)
    assert list(found.items()) == [
        ("C", "Premium, rear"),
        ("D", "Premium, rear"),
        ("A", "Standard"),
        ("B", "Standard"),
    ]
    for text, said in [("A–B: Premium", "Row C has no category"), ("A–B: Premium; C–D", "“C–D” names no category")]:
        with pytest.raises(UnreadableText, match=said):
            read_categories(text, labels)


def test_places_are_read_by_row_and_number():
    assert read_places("A1, a 12; C-5 and 3/7") == [("A", "1"), ("A", "12"), ("C", "5"), ("3", "7")]
    assert read_places(" ") == []
    with pytest.raises(UnreadableText, match="“12” is not a seat"):
        read_places("A1, 12")
