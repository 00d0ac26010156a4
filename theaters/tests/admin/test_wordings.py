"""The console's pages of a theater's own words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from events.levels.change import change_settings
from events.models.settings import Scope
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import FormerWording, StaffMembership, Theater, Wording
from theaters.wordings.find import find_words

pytestmark = pytest.mark.django_db
LIST = reverse("admin:words")
TYPED = {"greeting": "Dear {first_name}!", "opening": "", "before_tickets": "", "directions": "", "closing": "Bye"}


@pytest.fixture
def address(theater: Theater) -> str:
    return reverse("admin:words_group", args=[theater.slug, "booking_confirmed"])


@pytest.fixture
def desk(manager: User) -> Client:
    return signed_in(manager)


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_texts_are_saved_and_listed(desk, address):
    answer = desk.post(address, TYPED, follow=True)
    assert "Customers read it from now on." in read(answer)
    assert dict(Wording.objects.values_list("place", "text")) == {
        "booking_confirmed.greeting": "Dear {first_name}!",
        "booking_confirmed.closing": "Bye",
    }
    listed = read(desk.get(LIST))
    assert "Dear {first_name}!" in listed
    assert "Hello {name}," in listed, "the originals of other messages"
    assert "Nothing was changed." in read(desk.post(address, TYPED, follow=True))


def test_the_list_shows_what_is_read_where_a_language_has_no_text(desk, address):
    desk.post(address, TYPED)
    listed = read(desk.get(f"{LIST}?language=de"))
    assert 'Bye</span> <span class="words-state">in English' in listed
    assert "Dear {first_name}!" not in listed, "a greeting has its original there"


def test_each_language_has_texts_of_its_own(desk, address):
    desk.post(f"{address}?language=de", {**TYPED, "closing": "Bis bald"})
    assert Wording.objects.get(place="booking_confirmed.closing").language == "de"
    assert "Bis bald" not in read(desk.get(address))
    assert "Guten Tag {name}," in read(desk.get(f"{LIST}?language=de"))
    assert desk.get(f"{address}?language=fr").status_code == 404


def test_a_wrong_text_is_explained_at_its_field_and_nothing_is_lost(desk, address):
    content = read(desk.post(address, {**TYPED, "opening": "Hello {nick}", "closing": "x" * 1300}))
    assert "There is no placeholder {nick} here. You can use: {first_name}" in content
    assert "This place has room for 1200 characters; these are 1300." in content
    assert "Dear {first_name}!</textarea>" in content
    assert not Wording.objects.exists()


def test_the_preview_is_of_the_theaters_own_show_and_saves_nothing(desk, address, theater):
    make_show(hall=make_hall(theater=theater), event=make_event("Der Rosenkavalier"))
    content = read(desk.post(f"{address}?part=preview", {**TYPED, "closing": "See {event} at {theater}"}))
    assert "See Der Rosenkavalier at Riverside" in content
    assert "<form" not in content
    assert not Wording.objects.exists()


def test_the_preview_of_hostile_texts_carries_no_script(desk, address):
    hostile = "<script>alert(1)</script> {first_name} {nobody} {0.__class__} [x](javascript:alert(1))"
    content = read(desk.post(f"{address}?part=preview", {**TYPED, "closing": hostile}))
    assert "<script" not in content
    assert "&lt;script" not in content.replace("&amp;lt;script", ""), "it is escaped inside the frame, too"


@pytest.mark.parametrize("name", ["checkout", "ticket", "receipt"])
def test_pages_and_documents_have_a_preview(desk, theater, name):
    page = reverse("admin:words_group", args=[theater.slug, name])
    content = read(desk.post(f"{page}?part=preview", {"note": "Thanks from {theater}"}))
    assert "Thanks from Riverside" in content or "data:image/png;base64," in content


def test_a_former_text_is_taken_back(desk, address):
    desk.post(address, TYPED)
    desk.post(address, {**TYPED, "closing": "Other"})
    former = FormerWording.objects.get()
    assert "Former texts" in read(desk.get(address))
    desk.post(address, {"take": former.pk})
    assert Wording.objects.get(place="booking_confirmed.closing").text == "Bye"
    desk.post(address, {"take": "original:closing"})
    assert Wording.objects.get(place="booking_confirmed.closing").text == ""
    for wrong in ["0", "x", "9" * 30, str(former.pk + 100)]:
        assert desk.post(address, {"take": wrong}).status_code == 404


def test_texts_are_copied_only_to_theaters_of_the_same_person(desk, address, theater, manager, other_theater):
    desk.post(address, TYPED)
    desk.post(LIST, {"to": other_theater.pk})
    assert not other_theater.wordings.exists()
    StaffMembership.objects.create(user=manager, theater=other_theater, role=Role.MANAGER)
    assert "2 texts are copied." in read(
        desk.post(f"{LIST}?theater={theater.slug}", {"to": other_theater.pk}, follow=True)
    )
    assert other_theater.wordings.count() == 2


def test_another_theaters_manager_reads_and_writes_nothing(desk, address, theater, other_manager):
    desk.post(address, TYPED)
    other = signed_in(other_manager)
    assert other.get(address).status_code == 404
    assert other.post(address, {**TYPED, "closing": "Mine"}).status_code == 404
    assert other.get(f"{LIST}?theater={theater.slug}").status_code == 404
    assert "Dear {first_name}!" not in read(other.get(LIST))
    assert Wording.objects.get(place="booking_confirmed.closing").text == "Bye"


def test_only_those_who_may_change_the_theater_see_the_pages(address, box_office, customer):
    for person, status in [(box_office, 403), (customer, 302)]:
        assert signed_in(person).get(address).status_code == status
        assert signed_in(person).get(LIST).status_code == status


def test_unknown_groups_are_not_found(desk, theater):
    assert desk.get(reverse("admin:words_group", args=[theater.slug, "nonsense"])).status_code == 404
    assert desk.get(f"{LIST}?theater=nowhere").status_code == 404


def test_a_theater_has_the_languages_that_it_offers(desk, address, theater):
    change_settings(scope=Scope(theater.pk), values={"languages": "hi, de"}, by=None)
    assert "language=en" not in read(desk.get(address))
    assert desk.get(f"{address}?language=en").status_code == 404
    desk.post(address, {**TYPED, "closing": "फिर मिलेंगे"})
    assert Wording.objects.get(place="booking_confirmed.closing").language == "hi"
    theater.refresh_from_db()
    found = find_words(theater, "booking_confirmed", "de")
    assert found["closing"] == {"text": "फिर मिलेंगे", "language": "hi"}, "where German is missing"
