"""Every slot of every kind of message, those to come as well."""

import pytest
from django.conf import settings
from django.utils import translation

from lib.placeholders import check
from notifications.kinds import KINDS
from notifications.rendering import Rendered, render
from notifications.samples import sample_context
from notifications.wordings import PLACEHOLDERS

# Templates read what the law asks for.
pytestmark = pytest.mark.django_db
ALL = [(kind, slot) for kind, rules in KINDS.items() for slot in rules.slots]
TEXT = "Slot [here](https://example.org/way)\nfor **{first_name}**\n\n" + "\n".join(
    f"- {{{name}}}" for name in PLACEHOLDERS
)
HOSTILE = "<script>alert(1)</script> {0.__class__} %s {{ x }} \u202e<mj-raw> ](https://evil.example) " + "x" * 10_000


def _render(kind: str, slot: str, text: str, **changed: object) -> Rendered:
    context = sample_context(kind)
    context["words"] = {**context.get("words", {}), slot: {"text": text, "language": "de"}}
    for name, value in changed.items():
        context[name] = context[name] | value if isinstance(value, dict) else value
    return render(kind, context, "en")


@pytest.mark.parametrize(("kind", "slot"), ALL, ids=lambda it: getattr(it, "name", it))
def test_a_slot_stands_in_both_forms(kind: str, slot):
    rendered = _render(kind, slot.name, TEXT)
    assert '<a href="https://example.org/way"' in rendered.html
    assert "<strong>Asha</strong>" in rendered.html or "<strong>आशा</strong>" in rendered.html
    assert 'lang="de"' in rendered.html
    assert "Slot here (https://example.org/way)\nfor " in rendered.text
    assert rendered.html.count("Nosferatu") > render(kind, sample_context(kind), "en").html.count("Nosferatu")


@pytest.mark.parametrize(("kind", "slot"), ALL, ids=lambda it: getattr(it, "name", it))
def test_no_value_breaks_a_slot(kind: str, slot):
    values = {"event": HOSTILE, "hall": HOSTILE}
    rendered = _render(kind, slot.name, TEXT, name=HOSTILE, show=values, theater={"name": HOSTILE, "city": HOSTILE})
    assert "<script" not in rendered.html
    assert "<mj-raw" not in rendered.html
    assert "https://evil.example<" not in rendered.html
    assert "{0.__class__}" in rendered.text
    assert '<a href="https://example.org/way"' in rendered.html
    assert "\n" not in rendered.subject


def test_a_message_keeps_its_facts():
    """What a theater writes stands beside what the program says, never in its place."""
    for kind, slot in ALL:
        plain, worded = render(kind, sample_context(kind), "en"), _render(kind, slot.name, "Own words")
        lines = [line for line in plain.text.splitlines() if line and not line.startswith("Hello")]
        assert set(lines) <= set(worded.text.splitlines()), (kind, slot.name)


def test_every_message_of_a_theater_to_customers_has_slots():
    for kind, rules in KINDS.items():
        context = sample_context(kind)
        if "theater" in context and not context.get("for_staff"):
            assert rules.slots, f"Say in kinds.py where a theater may say something of its own in “{kind}”."


def test_the_own_greeting_stands_in_place_of_the_original():
    rendered = _render("booking_confirmed", "greeting", "Dear {first_name}!")
    assert rendered.text.startswith("Dear Asha!\n")
    assert "Hello" not in rendered.html


def test_a_greeting_without_a_name_is_the_original():
    rendered = _render("booking_confirmed", "greeting", "Dear {first_name}!", name="")
    assert rendered.text.startswith("Hello,\n")


def test_a_line_about_doors_is_left_out_where_none_are_known():
    text = "Doors: {doors}.\nBe early."
    assert "Doors: 19:00" in _render("show_reminder", "closing", text).text
    rendered = _render("show_reminder", "closing", text, show={"doors_at": ""})
    assert "Doors:" not in rendered.text
    assert "Be early." in rendered.html


def test_the_originals_have_placeholders_that_exist():
    for _kind, slot in ALL:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                check(str(slot.original), PLACEHOLDERS)
