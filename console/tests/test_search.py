"""People, phones, codes and titles are found in any spelling, in every list and at every desk."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.privacy import Person, holdings
from accounts.search import match_people
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from box_office.reservations import reserve
from box_office.sale import hold_at_counter, take_money
from door.models import CheckIn
from events.models import Show
from testing.bookings import choose, open_till
from testing.builders import make_event, make_hall, make_show, make_user
from testing.console import base, nothing_drawn
from testing.life import live

pytestmark = pytest.mark.django_db

# All there is of the person in these is an address.
ADDRESSES_ONLY = {
    "account.EmailAddress",
    "theaters.Invitation",
    "notifications.Suppression",
    "legal.NewsletterConsent",
    "payments.TransferCustomer",
}
# Says what was written and not by whom, to the staff of all theaters that share the event.
NAMELESS = {"events.Review", "events.TheaterReview"}
LISTS = [
    model
    for model in {holding.model: None for holding in holdings()}
    if admin.site.is_registered(model) and model._meta.label not in NAMELESS
]


@pytest.fixture
def asha(theater, manager, platform_admin, door_staff):
    yield from live(theater, manager, platform_admin, door_staff)


def find(client, model, text):
    with nothing_drawn():
        page = client.get(reverse(f"{base(model)}_changelist"), {"q": text})
    assert page.status_code == 200
    return set(page.context_data["cl"].queryset.values_list("pk", flat=True))


@pytest.mark.slow
def test_every_list_of_something_personal_finds_the_person_in_any_spelling(asha, platform_admin):
    client = Client()
    client.force_login(platform_admin)
    person = Person(asha)
    found = {}
    for holding in holdings():
        if holding.model in LISTS:
            found.setdefault(holding.model, set()).update(person.find(holding))
    assert len(found) > 10
    for model, theirs in found.items():
        for text in ["asha@example.com"] if model._meta.label in ADDRESSES_ONLY else ["ÁSHA", "0660 12345"]:
            # Who works there no more is no longer in the team's list.
            assert find(client, model, text) & theirs or not theirs, f"{model._meta.label}: {text}"
        assert not find(client, model, "nobody-of-that-name"), model._meta.label


@pytest.fixture
def show(theater):
    return make_show(hall=make_hall(theater=theater), event=make_event("Die Zauberflöte"))


@pytest.fixture
def desk(box_office, theater):
    open_till(box_office, theater)
    client = Client()
    client.force_login(box_office)
    return client


SAID = ["muller", "MÜLLER zoe", "06601234501", "+43 660 123 45 01", "4501", "zauberflote", "A 1"]


@pytest.mark.parametrize("said", [*SAID, "code"])
def test_a_reservation_is_found_by_all_that_finds_a_booking(said, desk, box_office, show):
    for seat, name, phone in ((0, "Zoë Müller", "+43 (0)660 / 123 45-01"), (1, "Otto Other", "0999 77777")):
        hold = hold_at_counter(show=show, seats=choose(show, seat), seller=box_office, cart=f"c{seat}")
        reserve(hold=hold, name=name, phone=phone, until=show.starts_at, seller=box_office)
    wanted = Booking.objects.get(name="Zoë Müller")
    page = desk.get(reverse("admin:box_office_reservations"), {"q": wanted.code.lower() if said == "code" else said})
    names = [one.booking.name for one, _tickets in page.context["reservations"]]
    assert "Zoë Müller" in names
    assert said == "zauberflote" or names == ["Zoë Müller"]


@pytest.mark.slow
@pytest.mark.parametrize("said", [*SAID, "code"])
def test_cash_to_hand_out_is_found_likewise(said, desk, box_office, show):
    for seat, name, phone in ((0, "Zoë Müller", "+43 (0)660 / 123 45-01"), (1, "Otto Other", "0999 77777")):
        hold = hold_at_counter(show=show, seats=choose(show, seat), seller=box_office, cart=f"c{seat}")
        booking = take_money(hold=hold, gateway="cash", seller=box_office)
        Booking.objects.filter(pk=booking.pk).update(name=name, phone=phone)
        cancel_tickets(booking=booking, by=box_office, reason="ill", amount=booking.total)
    wanted = Booking.objects.get(name="Zoë Müller")
    page = desk.get(reverse("admin:box_office_drawer"), {"q": wanted.code.lower() if said == "code" else said})
    names = [one.payment.booking.name for one in page.context["refunds"]]
    assert "Zoë Müller" in names
    assert said == "zauberflote" or names == ["Zoë Müller"]


def test_a_show_to_sell_is_found_without_accents(desk, show):
    page = desk.get(reverse("admin:box_office"), {"q": "zauberflote"})
    assert show.event.title in page.content.decode()


@pytest.mark.slow
def test_who_sees_no_bookings_finds_nobody_among_the_entries_at_the_door(asha, door_staff, manager):
    for person, sees in ((door_staff, False), (manager, True)):
        client = Client()
        client.force_login(person)
        assert bool(find(client, CheckIn, "asha")) is sees


@pytest.mark.slow
def test_another_theater_s_people_are_not_found(asha, other_manager):
    client = Client()
    client.force_login(other_manager)
    for model in LISTS:
        with nothing_drawn():
            page = client.get(reverse(f"{base(model)}_changelist"), {"q": "asha"})
        assert page.status_code == 403 or not page.context_data["cl"].queryset.exists(), model._meta.label


def test_a_person_is_found_again_after_every_way_of_writing_a_name():
    user = make_user("z@example.com", "Zoë Müller", phone="+43 (0)660 123 45 01")
    assert User.objects.get(match_people("muller zoe")) == user
    assert User.objects.get(match_people("0660 1234501")) == user
    user.name = "Ines Fröhlich"
    user.save(update_fields=["name"])
    assert User.objects.get(match_people("frohlich")) == user
    User.objects.filter(pk=user.pk).update(name="Łukasz")
    assert User.objects.get(match_people("lukasz")) == user
    assert not User.objects.filter(match_people("frohlich")).exists()


def test_titles_are_found_in_every_list_of_shows(platform_admin, show):
    client = Client()
    client.force_login(platform_admin)
    for said in ("Zauberflöte", "zauberflote"):
        assert find(client, Show, said) == {show.pk}
    assert not find(client, AuditEntry, "zauberflote")
