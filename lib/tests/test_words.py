"""What counts as the same word, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.words import MAX_WORD_LENGTH, index_words, normalize, query_words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Café  Society", "cafe society"),
        ("Straße", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("Ὀρέστεια", "ορεστεια"),
        ("फ़िल्म", "फिल्म"),
        ("רֶגַע", "רגע"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("Cafe\u0301", "cafe"),
    ],
)
def test_normalize_forgives_omitted_accents(written: str, meant: str):
    assert normalize(written) == meant


@pytest.mark.parametrize("word", ["मृच्छकटिक", "शाकुन्तलम्", "ガラス", "กรุงเทพ", "তাসের", "சிலப்பதிகாரம்"])
def test_normalize_keeps_the_signs_that_make_the_word(word: str):
    assert normalize(word) == word


@given(st.text())
def test_normalize_is_harmless_when_repeated(text: str):
    assert normalize(normalize(text)) == normalize(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A Doll’s House", {"a", "doll", "s", "dolls", "house"}),
        ("L'Orfeo", {"l", "orfeo", "lorfeo"}),
        ("Open-Mic Night", {"open", "mic", "openmic", "night"}),
        ("R.U.R.", {"r", "u", "rur"}),
        ("मृच्छकटिक (नाटक)", {"मृच्छकटिक", "नाटक"}),
        ("東京物語", {"東京", "京物", "物語"}),
        ("  —!? ", set()),
    ],
)
def test_index_words_finds_parts_and_the_whole(text: str, words: set[str]):
    assert index_words(text) == words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Doll's house", ["doll", "house"]),
        ("r.u.r.", ["rur"]),
        ("h", ["h"]),
        ("the the THE", ["the"]),
        ("東京物", ["東京", "京物"]),
        ("", []),
    ],
)
def test_query_words_asks_for_parts(query: str, words: list[str]):
    assert query_words(query) == words


@given(st.text(max_size=60))
def test_every_query_word_of_a_text_is_indexed(text: str):
    assert set(query_words(text)) <= index_words(text)
    assert all(0 < len(word) <= MAX_WORD_LENGTH for word in index_words(text))
