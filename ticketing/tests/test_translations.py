"""What customers read is there in each language that is offered, and says the same."""

import json
import re
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tools.messages import BRITISH, LANGUAGES, Found, british_problems, catalog_path, find_texts, problems, read_catalog

DOMAINS = ["django", "djangojs"]


@pytest.mark.once
def test_each_offered_language_has_a_catalog():
    assert {"en", "en-gb", *LANGUAGES} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_placeholders_agree(language, domain):
    found = problems(language, domain)
    assert not found, "Translate, then run `python -m tools.messages`:\n" + "\n".join(found)


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("domain", DOMAINS)
def test_british_spelling_is_up_to_date(domain):
    found = british_problems(domain)
    assert not found, "Run `python -m tools.messages`:\n" + "\n".join(found)


@pytest.mark.once
def test_britons_read_their_own_spelling():
    with translation.override("en-gb"):
        assert gettext("All theaters") == "All theatres"
        assert gettext("Your profile is saved.") == "Your profile is saved."
        theater = {"theater": "Schauspielhaus"}
        assert gettext("Sold by %(theater)s") % theater == "Sold by Schauspielhaus"


@pytest.mark.once
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", [*LANGUAGES, BRITISH])
def test_what_is_compiled_is_what_is_written(language, domain):
    fresh = BytesIO()
    write_mo(fresh, read_catalog(language, domain))
    assert catalog_path(language, domain).with_suffix(".mo").read_bytes() == fresh.getvalue()


@pytest.mark.slow
@pytest.mark.once
def test_texts_are_found_in_code_templates_mail_and_scripts():
    texts = find_texts("django")
    for text, place in [
        ("Your profile is saved.", "accounts/views.py"),
        ("Enter your code", "templates/account/confirm_login_code.html"),
        ("Open your booking", "templates/emails/booking_confirmed.mjml"),
        ("Your tickets for %(event)s", "templates/emails/booking_confirmed.subject.txt"),
    ]:
        assert place in texts[None, text].places
    assert "static/js/seat-map/basket.js" in find_texts("djangojs")[None, "No seats yet"].places


@pytest.mark.once
def test_each_text_of_a_script_is_found():
    """A call inside another one's arguments is passed over by what collects texts: give it a name of its own."""
    found = {text for _context, text in find_texts("djangojs")}
    call = re.compile(r'\bn?gettext\(\s*"((?:[^"\\]|\\.)*)"')
    for path in sorted((settings.BASE_DIR / "static" / "js").rglob("*.js")):
        missed = {json.loads(f'"{text}"') for text in call.findall(path.read_text(encoding="utf-8"))} - found
        assert not missed, f"{path.name}: {missed}"


@pytest.mark.once
def test_what_only_staff_read_is_told_apart():
    assert Found("x", None, ["bookings/admin.py", "templates/admin/index.html"]).is_for_staff
    assert not Found("x", None, ["bookings/admin.py", "bookings/forms.py"]).is_for_staff


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("de", "1 Ticket", "2 Tickets"), ("hi", "1 टिकट", "2 टिकट")],
)
def test_plurals_follow_the_language(language, one, many):
    with translation.override(language):
        assert ngettext("%(counter)s ticket", "%(counter)s tickets", 1) % {"counter": 1} == one
        assert ngettext("%(counter)s ticket", "%(counter)s tickets", 2) % {"counter": 2} == many


@pytest.mark.parametrize("language", LANGUAGES)
def test_django_finds_them(language):
    with translation.override(language):
        assert gettext("Choose seats") != "Choose seats"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("de", "Noch keine Plätze"), ("hi", "अभी कोई सीट नहीं")])
def test_scripts_get_their_words_from_the_page(client, language, words):
    client.cookies["django_language"] = language
    script = client.get(reverse("bookings:words")).content.decode()
    assert json.dumps(words) in script
