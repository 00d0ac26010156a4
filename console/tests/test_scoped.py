"""The console: who sees what of whom, by every address that it has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from events.models import Review
from testing.bookings import captured
from testing.console import base, fill, nothing_drawn, registered, rows_of, signed_in
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

ROLES = ["manager", "programmer", "box_office", "door_staff", "accountant"]
VIEWS = ("changelist", "add", "change", "delete", "history")


@pytest.fixture
def two_theaters(theater: Theater, other_theater: Theater) -> tuple[Booking, Booking]:
    return fill(theater, "Mine"), fill(other_theater, "Foreign")


SEARCHES = ({}, {"q": "Foreign"}, {"q": "foreign-buyer@example.com"})


def find_rows(user: User, model: type[Any], query: dict[str, str]) -> list[Any]:
    """Return the rows of a list as this person finds them, without drawing the page; none where it is closed."""
    request = RequestFactory().get(reverse(f"{base(model)}_changelist"), query)
    request.user, request.session = user, SessionStore()
    request._messages = CookieStorage(request)
    request.resolver_match = resolve(request.path)
    try:
        response = request.resolver_match.func(request)
    except PermissionDenied:
        return []
    return list(response.context_data["cl"].result_list)


@pytest.mark.once
def test_nobody_finds_anything_of_another_theater(
    two_theaters: tuple, other_theater: Theater, request: pytest.FixtureRequest
):
    rows = rows_of(other_theater)
    for role in ROLES:
        user = request.getfixturevalue(role)
        for model, row in rows.items():
            for query in SEARCHES:
                assert row not in find_rows(user, model, query), f"{model._meta.label} by {query}, {role}"


@pytest.mark.once
def test_no_page_names_anything_of_another_theater(two_theaters: tuple, other_theater: Theater, manager: User):
    """Draws every page once, by who sees most; test_role_tour.py asks for each by everybody."""
    client = signed_in(manager)
    for model, row in rows_of(other_theater).items():
        for view in VIEWS:
            arguments = [] if view in ("changelist", "add") else [row.pk]
            response = client.get(reverse(f"{base(model)}_{view}", args=arguments))
            assert "Foreign" not in response.content.decode(), f"{model._meta.label} {view}"
    assert "Foreign" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("role", ["manager", "programmer"])
def test_autocompletes_and_choices_keep_to_the_own_theater(
    role: str, two_theaters: tuple, request: pytest.FixtureRequest
):
    client = signed_in(request.getfixturevalue(role))
    asked = 0
    for model, model_admin in admin.site._registry.items():
        for name in model_admin.autocomplete_fields:
            query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
            answer = client.get(reverse("admin:autocomplete"), {**query, "term": ""})
            if answer.status_code == 200:
                asked += 1
                assert "Foreign" not in answer.content.decode(), f"{model._meta.label}.{name}"
    assert asked > 3


def test_what_belongs_to_another_theater_cannot_be_chosen(two_theaters: tuple, manager: User, theater: Theater):
    foreign = two_theaters[1].shows[0]
    mine = two_theaters[0].shows[0]
    client = signed_in(manager)
    starts = timezone.now() + timedelta(days=20)
    sent = {
        "event": mine.event_id,
        "hall": foreign.hall_id,
        "starts_at_0": f"{starts:%Y-%m-%d}",
        "starts_at_1": "19:00",
        "tickets_per_customer": 4,
        "refund_percent": 100,
        "prices-TOTAL_FORMS": 0,
        "areas-TOTAL_FORMS": 0,
        "areas-INITIAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
    }
    response = client.post(reverse("admin:events_show_add"), sent)
    assert response.status_code == 200
    assert "hall" in response.context["adminform"].form.errors
    assert (
        client.post(reverse("admin:theaters_hall_add"), {"theater": foreign.hall.theater_id, "name": "X"}).status_code
        == 200
    )
    assert not Hall.objects.filter(name="X").exists()


@pytest.mark.once
def test_actions_on_another_theater_are_refused(
    two_theaters: tuple, other_theater: Theater, request: pytest.FixtureRequest
):
    foreign = two_theaters[1]
    draft = SeatMap.objects.create(hall=foreign.shows[0].hall, version=2, layout={})
    review = Review.objects.get(event__theater=other_theater)
    before = foreign.shows[0].sales_stopped_at
    for role in ROLES:
        client = signed_in(request.getfixturevalue(role))
        for name, row in (
            ("bookings_booking_resend", foreign),
            ("bookings_booking_cancel", foreign),
            ("events_show_edit_prices", foreign.shows[0]),
            ("events_show_put_on_sale", foreign.shows[0]),
            ("events_show_stop_sale", foreign.shows[0]),
            ("events_show_cancel", foreign.shows[0]),
            ("theaters_seatmap_publish", draft),
            ("theaters_seatmap_download", draft),
        ):
            for send in (client.get, client.post):
                with nothing_drawn():
                    assert send(reverse(f"admin:{name}", args=[row.pk])).status_code in (403, 404), (role, name)
        foreign.shows[0].refresh_from_db()
        foreign.refresh_from_db()
        assert (foreign.state, foreign.shows[0].sales_stopped_at) == (Booking.State.CONFIRMED, before), role
        client.post(
            reverse("admin:events_review_changelist"), {"action": "hide", "_selected_action": [review.pk], "index": 0}
        )
        review.refresh_from_db()
        assert review.state == Review.State.PUBLISHED, role


MONEY = {"payments.Payment", "payments.Refund"}
PLATFORM = {"accounts.User", "django_celery_beat.PeriodicTask", "mfa.Authenticator", "payments.GatewayEvent"}
PROGRAMME = {"events.Show", "events.Event", "theaters.Hall", "theaters.SeatMap", "theaters.City"}


@pytest.mark.once
@pytest.mark.parametrize(
    ("role", "opened", "closed"),
    [
        ("platform_admin", MONEY | PLATFORM | PROGRAMME | {"bookings.Booking", "theaters.StaffMembership"}, set()),
        (
            "manager",
            MONEY | PROGRAMME | {"bookings.Booking", "theaters.StaffMembership", "accounts.AuditEntry"},
            PLATFORM,
        ),
        ("programmer", PROGRAMME | {"bookings.Booking"}, MONEY | PLATFORM | {"theaters.StaffMembership"}),
        (
            "box_office",
            PROGRAMME | {"bookings.Booking", "door.CheckIn"},
            MONEY | PLATFORM | {"accounts.AuditEntry"},
        ),
        ("door_staff", PROGRAMME | {"door.CheckIn"}, MONEY | PLATFORM | {"bookings.Booking", "bookings.Ticket"}),
        ("accountant", MONEY | PROGRAMME | {"bookings.Booking"}, PLATFORM | {"door.CheckIn"}),
    ],
)
def test_each_role_opens_what_it_needs(
    role: str, opened: set, closed: set, theater: Theater, request: pytest.FixtureRequest
):
    client = signed_in(request.getfixturevalue(role))
    by_label = {model._meta.label: model for model in registered()}
    with nothing_drawn():
        for label in opened:
            assert client.get(reverse(f"{base(by_label[label])}_changelist")).status_code == 200, label
        for label in closed:
            assert client.get(reverse(f"{base(by_label[label])}_changelist")).status_code == 403, label
    menu = client.get(reverse("admin:index")).content.decode()
    for label in closed:
        assert f'href="{reverse(f"{base(by_label[label])}_changelist")}"' not in menu, label


@pytest.mark.once
@pytest.mark.parametrize(
    ("role", "may_edit"),
    [("manager", True), ("programmer", True), ("box_office", False), ("door_staff", False), ("accountant", False)],
)
def test_who_may_change_the_programme(role: str, may_edit: bool, two_theaters: tuple, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    show = two_theaters[0].shows[0]
    status = 200 if may_edit else 403
    assert client.get(reverse("admin:events_show_add")).status_code == status
    assert client.get(reverse("admin:events_show_edit_prices", args=[show.pk])).status_code == status
    assert client.post(reverse("admin:events_show_stop_sale", args=[show.pk])).status_code == (302 if may_edit else 403)
    show.refresh_from_db()
    assert bool(show.sales_stopped_at) is may_edit


def test_money_and_tickets_are_never_written_by_hand(two_theaters: tuple, platform_admin: User):
    client = signed_in(platform_admin)
    booking = two_theaters[0]
    for row in (booking, booking.tickets.first(), captured(booking)):
        assert client.get(reverse(f"{base(type(row))}_add")).status_code == 403
        assert (
            client.post(reverse(f"{base(type(row))}_change", args=[row.pk]), {"state": "canceled"}).status_code == 403
        )
        assert client.post(reverse(f"{base(type(row))}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert Ticket.objects.issued().filter(booking=booking).count() == 2


def test_a_link_alone_changes_nothing(two_theaters: tuple, manager: User):
    show = two_theaters[0].shows[0]
    client = signed_in(manager)
    response = client.get(reverse("admin:events_show_stop_sale", args=[show.pk]))
    assert response.status_code == 200
    show.refresh_from_db()
    assert show.sales_stopped_at is None


def test_no_address_leads_from_a_key_to_a_booking(manager: User, two_theaters: tuple):
    assert signed_in(manager).get(f"/admin/r/1/{two_theaters[1].pk}/").status_code == 404


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Any) -> None:
        settings.REQUIRE_STAFF_MFA = True

    def test_staff_are_led_to_set_one_up(self, manager: User):
        client = signed_in(manager)
        for address in (reverse("admin:index"), reverse("admin:events_show_changelist")):
            response = client.get(address)
            assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))

    def test_with_one_the_console_opens(self, manager: User):
        TOTP.activate(manager, generate_totp_secret())
        assert signed_in(manager).get(reverse("admin:index")).status_code == 200

    def test_customers_are_still_refused(self, customer: User):
        assert signed_in(customer).get(reverse("admin:index")).status_code in (302, 403)
