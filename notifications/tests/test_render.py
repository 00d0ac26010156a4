"""What messages look like: each kind, in each language."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from notifications.kinds import KINDS
from notifications.rendering import render
from notifications.samples import sample_context

pytestmark = pytest.mark.once
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Gmail cuts off what is longer and hides the rest.
CLIP = 102 * 1024


class Words(HTMLParser):
    """Collects the text that people see and the addresses that they can follow."""

    def __init__(self):
        super().__init__()
        self.words, self.links, self._hidden = [], [], False

    def handle_starttag(self, tag, attributes):
        self._hidden = tag in {"style", "title", "script"}
        if tag == "a":
            self.links.append(dict(attributes).get("href"))

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def read(html):
    parser = Words()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split()), parser.links


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_whole_in_each_language(kind, language):
    rendered = render(kind, sample_context(kind), language)
    assert rendered.subject
    assert "\n" not in rendered.subject
    words, links = read(rendered.html)
    assert f'lang="{language}"' in rendered.html
    assert "<mj-" not in rendered.html
    for part in [rendered.subject, rendered.text, words]:
        for left_over in ["{{", "{%", "None", "&amp;", "&#x27;"]:
            assert left_over not in part
    assert len(rendered.html.encode()) < CLIP / 2
    # The text twin leads everywhere that the HTML does, but for the address and phone in the footer.
    for link in links:
        if link.startswith("http") and link != settings.SITE_URL:
            assert link.partition("?stars=")[0] in rendered.text
    assert "color-scheme" in rendered.html
    assert "<script" not in rendered.html


def test_a_long_booking_is_not_clipped():
    context = sample_context("booking_confirmed")
    context["tickets"] = context["tickets"] * 100
    assert len(render("booking_confirmed", context, "hi").html.encode()) < CLIP


def test_a_busy_month_is_not_clipped():
    context = sample_context("monthly_report")
    context |= {"seen": context["seen"] * 20, "booked": context["booked"] * 30, "rated": context["rated"] * 40}
    assert len(render("monthly_report", context, "hi").html.encode()) < CLIP


@pytest.mark.parametrize("key", ["name", "code"])
def test_user_input_is_text_not_markup(key):
    context = {**sample_context("booking_confirmed"), key: "<i>x</i> & {{ y }}"}
    rendered = render("booking_confirmed", context, "en")
    assert "<i>x</i>" not in rendered.html
    if key == "code":
        assert "<i>x</i> & {{ y }}" in rendered.text


def test_a_title_in_another_script_keeps_its_direction():
    context = sample_context("booking_confirmed")
    context["show"] = {**context["show"], "event": "مسرحية"}
    rendered = render("booking_confirmed", context, "en")
    assert '<span dir="auto">مسرحية</span>' in rendered.html
    assert "مسرحية" in rendered.subject


def test_times_are_the_theaters_own_right_across_the_change_of_clocks():
    context = sample_context("booking_confirmed")
    context["show"] = {**context["show"], "starts_at": "2026-10-24T17:30:00+00:00"}
    assert "19:30" in render("booking_confirmed", context, "en").text
    context["show"] = {**context["show"], "starts_at": "2026-10-25T18:30:00+00:00"}
    assert "19:30" in render("booking_confirmed", context, "en").text


def test_a_subject_is_one_line_whatever_it_holds():
    context = sample_context("booking_confirmed")
    context["show"] = {**context["show"], "event": "Hamlet\nBcc: everybody@example.com"}
    assert render("booking_confirmed", context, "en").subject == "Your tickets for Hamlet Bcc: everybody@example.com"


@pytest.mark.parametrize(
    "what",
    [
        "password_changed",
        "password_set",
        "password_reset",
        "email_changed",
        "email_confirm",
        "email_deleted",
        "totp_activated",
        "totp_deactivated",
        "recovery_codes_generated",
        "webauthn_added",
        "webauthn_removed",
    ],
)
def test_each_change_of_an_account_has_its_own_text(what):
    known = render("account_changed", {**sample_context("account_changed"), "what": what}, "en").text
    unknown = render("account_changed", {**sample_context("account_changed"), "what": "?"}, "en").text
    assert known != unknown


def test_a_mail_in_a_script_from_right_to_left_is_mirrored(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    html = {
        language: render("booking_confirmed", sample_context("booking_confirmed"), language).html
        for language in ("en", "ar")
    }
    for language, direction, start in (("en", "ltr", "left"), ("ar", "rtl", "right")):
        assert f'<html lang="{language}" dir="{direction}"' in html[language]
        assert set(re.findall(r"direction:(\w+)", html[language])) == {direction}
        assert set(re.findall(r"line-height:[^;]+;text-align:(left|right)", html[language])) == {start}
