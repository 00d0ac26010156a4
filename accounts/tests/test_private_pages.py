"""No page with personal data may be stored by browsers or caches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.access import guest_token
from bookings.models import Booking
from events.models import Show
from notifications.models import Notification
from notifications.preferences import make_token
from testing.addresses import addresses
from testing.api_client import ApiClient
from testing.bookings import make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages
from theaters.invitations import invite, link_to
from theaters.models import Theater
from waiting_list.access import entry_path
from waiting_list.join import join

pytestmark = pytest.mark.django_db

# They end the session that the others are read by; it has made-up people for examples.
LEFT_OUT = {"account_logout", "admin:logout", "api:openapi-json"}
# As many as there are models, all by the same view.
ALIKE = re.compile(r"admin:.*_(add|changelist)$")
TEST_SITE = "Test site: no real payments"


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=1, seats=4))


@pytest.fixture
def booking(show: Show, customer: User) -> Booking:
    return make_paid(show, 0, customer=customer)


def is_kept_by_nobody(response: Any) -> bool:
    return "no-store" in response.get("Cache-Control", "")


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def every_answer(client: Client, booking: Booking, *, only: str = "") -> dict[str, Any]:
    """Return what each address that can be filled in answers with 200, by its name; the console's on demand."""
    show = booking.shows[0]
    known = {
        "shows/": {"code": show.code},
        "bookings/": {"code": booking.code},
        "api/v1/shows/": {"code": show.code},
        "api/v1/bookings/": {"code": booking.code},
        "events/": {"slug": show.event.slug},
        "theaters/": {"slug": show.hall.theater.slug},
        "calendar/": {"slug": show.hall.theater.slug},
        "": {},
    }
    asked = {
        name: address
        for name, address in addresses(known).items()
        if name not in LEFT_OUT
        and not ALIKE.match(name)
        and name.startswith("admin:") == (only == "admin:")
        and name.startswith(only)
    }
    answers = {name: client.get(address) for name, address in asked.items()}
    return {name: answer for name, answer in answers.items() if answer.status_code == 200}


def silent_pages(answers: dict[str, Any]) -> set[str]:
    """Return the names of the pages that do not say that this is a test."""
    bodies = {name: body_of(answer) for name, answer in answers.items()}
    return {name for name, body in bodies.items() if "<body" in body and TEST_SITE not in body}


@pytest.mark.slow
@pytest.mark.once
def test_a_page_with_a_customers_name_is_not_stored(client: Client, customer: User, booking: Booking, show: Show):
    User.objects.filter(pk=customer.pk).update(name="Wilhelmina Personal", phone="+43 660 1234567")
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    personal = {
        name: answer
        for name, answer in every_answer(client, booking).items()
        for body in [body_of(answer)]
        if name == "bookings:tickets"
        or any(word in body for word in ("Wilhelmina", customer.email, booking.code, "1234567"))
    }
    assert {"bookings:list", "bookings:detail", "bookings:calendar", "accounts:profile", "accounts:export"} <= set(
        personal
    )
    assert {"account_email", "notifications:preferences", "events:home", "bookings:show"} <= set(personal)
    assert [name for name, answer in personal.items() if not is_kept_by_nobody(answer)] == []


@pytest.mark.slow
@pytest.mark.once
def test_a_guests_page_is_not_stored(client: Client, show: Show):
    booking = make_paid(show, 0, email="guest@example.com")
    entered = client.get(reverse("bookings:guest", args=[guest_token(booking)]))
    assert is_kept_by_nobody(entered)
    answers = every_answer(client, booking)
    personal = {name: answer for name, answer in answers.items() if booking.code in body_of(answer)}
    assert {"bookings:list", "bookings:detail"} <= set(personal)
    assert [name for name, answer in personal.items() if not is_kept_by_nobody(answer)] == []


@pytest.mark.slow
@pytest.mark.once
def test_a_page_of_the_console_is_not_stored(client: Client, platform_admin: User, booking: Booking):
    client.force_login(platform_admin)
    answers = every_answer(client, booking, only="admin:")
    assert len(answers) > 20
    assert [name for name, answer in answers.items() if not is_kept_by_nobody(answer)] == []
    # Read in the same walk, which is a long one.
    assert silent_pages(answers) == set()


def test_a_page_behind_a_link_is_not_stored(client: Client, theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater, rows=1, seats=2), event=make_event("Full"))
    make_hold(show, 0, 1)
    entry = join(show=show, party_size=1, email="waits@example.com")
    message = Notification.objects.create(
        kind="digest", channel="email", recipient="reads@example.com", unique_key="reads", language="en"
    )
    links = [
        entry_path(entry),
        reverse("notifications:unsubscribe", args=[make_token(message)]),
        link_to(invite(theater=theater, email="new@example.com", role="door", by=manager)).split("/", 3)[3],
        "/team/never-ours/",
        "/b/never-ours/",
    ]
    for link in links:
        assert is_kept_by_nobody(client.get(link if link.startswith("/") else f"/{link}")), link


@pytest.mark.slow
def test_an_api_answer_about_a_person_is_not_stored(customer: User, booking: Booking):
    cache.clear()
    client = Client(headers=ApiClient(customer).headers)
    answers = every_answer(client, booking, only="api:")
    personal = {name for name, answer in answers.items() if booking.code in body_of(answer)}
    assert {"api:list_bookings", "api:get_booking"} <= personal
    assert [name for name in personal if not is_kept_by_nobody(answers[name])] == []


@pytest.mark.slow
@pytest.mark.once
def test_a_page_that_is_the_same_for_everyone_may_be_stored(client: Client, booking: Booking):
    answers = every_answer(client, booking)
    assert not is_kept_by_nobody(answers["events:home"])
    assert "public" in answers["events:theater-calendar"]["Cache-Control"]


@pytest.mark.slow
@pytest.mark.once
def test_every_page_says_that_payments_are_not_real(client: Client, booking: Booking, settings: Any):
    settings.PAYMENT_GATEWAYS = ["sandbox"]
    # The API describes itself.
    assert silent_pages(every_answer(client, booking)) <= {"api:openapi-view"}
    settings.PAYMENT_GATEWAYS = ["stripe"]
    forget_pages()
    assert TEST_SITE not in body_of(client.get("/"))
