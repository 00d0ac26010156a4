import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from lib.markdown import to_html
from lib.placeholders import LONGEST_VALUE, check, fill_html, fill_line, fill_text

NAMES = ("first_name", "doors", "event")
HOSTILE = [
    "<script>alert(1)</script>",
    "{0.__class__}",
    "{first_name}",
    "{{ secret }}{% now %}",
    "%s %(name)s %d",
    "[here](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example <https://evil.example>",
    "**bold** _it_ `code` # heading\n\n- list\n1. one\n> quote\n| a | b |",
    "a\\b \\* &lt;b&gt; &amp;",
    "\u202eright to left\u2066",
    "שלום עולם",
    "x" * 10_000,
    "\0\ud800\r\nBcc: all@example.com",
]


def test_it_fills_values():
    assert fill_html("Welcome, **{first_name}**!", {"first_name": "Asha"}) == "<p>Welcome, <strong>Asha</strong>!</p>\n"
    assert fill_text("Welcome, **{first_name}**!", {"first_name": "Asha"}) == "Welcome, Asha!"


def test_each_line_stays_one():
    assert fill_html("Cloakroom\nBar", {}) == "<p>Cloakroom<br>\nBar</p>\n"
    assert fill_text("Cloakroom\nBar\n\nStairs", {}) == "Cloakroom\nBar\n\nStairs"


def test_a_line_without_its_value_is_left_out():
    text = "Doors open at {doors}.\nWelcome!"
    assert fill_text(text, {"doors": ""}) == "Welcome!"
    assert fill_text("Hello {first_name},", {}) == ""
    assert fill_html("Hello {first_name},", {}) == ""


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_never_markup(value: str):
    filled = fill_html("Hello *{first_name}*, see {event}", {"first_name": value, "event": value})
    assert filled.count("<") == 4, filled
    assert len(filled) < 6 * LONGEST_VALUE * 2
    text = fill_text("Hello {first_name}, bye", {"first_name": value})
    assert text.startswith("Hello ")
    assert "\n" not in text
    assert "\u202e" not in text
    line = fill_line("For {event}", {"event": value})
    assert "\n" not in line
    assert "\r" not in line
    line.encode()


def test_a_value_is_shown_as_it_is():
    assert fill_text("{event}", {"event": "1. *Fast & <Furious>* #2 {x} \\o/"}) == "1. *Fast & <Furious>* #2 {x} \\o/"


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_makes_it_fail(text: str, value: str):
    """A text that was saved long ago, or past the form, is filled all the same."""
    values = {"first_name": value, "event": value}
    fill_html(text, values)
    fill_text(text, values)
    fill_line(text, values)


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_any_value_comes_out_as_it_went_in(value: str):
    assert fill_text("A {event} B", {"event": value}).replace("\u2068", "").replace("\u2069", "") == f"A {value} B"
    assert fill_html("A {event} B", {"event": value}).count("<") == to_html("A B").count("<")


def test_a_value_of_the_other_direction_stands_apart():
    assert fill_text("Tonight: {event}", {"event": "مسرحية"}) == "Tonight: \u2068مسرحية\u2069"
    assert fill_text("الليلة: {event}", {"event": "Nosferatu"}) == "الليلة: \u2068Nosferatu\u2069"


def test_it_accepts_known_placeholders():
    check("Hello {first_name}, doors {doors}.", NAMES)
    check("No placeholder at all: 50 % [map](https://example.org/)", NAMES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {nick}", "There is no placeholder {nick} here. You can use: {first_name}, {doors}, {event}."),
        ("Hello {}", "There is no placeholder {} here."),
        ("Hello {First_Name}", "There is no placeholder {First_Name} here."),
        ("Hello {0.__class__}", "There is no placeholder {0.__class__} here."),
        ("Hello {first_name", "A brace stands alone near “Hello {first_name”."),
        ("Dear first_name}", "A brace stands alone near “Dear first_name}”."),
        ("Hello {{first_name}}", "A brace stands alone"),
        ("[see](https://example.org/{event})", "A placeholder can’t stand in the address of a link."),
        ("<https://example.org/{event}>", "A placeholder can’t stand in the address of a link."),
    ],
)
def test_it_explains_what_is_wrong(text: str, said: str):
    with pytest.raises(ValidationError) as refused:
        check(text, NAMES)
    assert said in " ".join(refused.value.messages)


def test_it_names_every_problem_once():
    with pytest.raises(ValidationError) as refused:
        check("{a} {b} {a}\n{", NAMES)
    assert len(refused.value.messages) == 3
