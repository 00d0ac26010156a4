"""The console's first page: what each role sees of today, and that it is true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from door.models import CheckIn
from events.models import ImportRun, Show
from notifications.models import Notification
from payments.gateways.sandbox import decide
from payments.models import BankTransfer, Payment, SandboxAnswer
from reports.today.concerns import KINDS
from show_changes.move import plan_move
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user
from testing.caches import forget_pages
from testing.console import fill, signed_in
from theaters.models import StaffMembership, Theater
from waiting_list.models import WaitingListEntry
from waiting_room.models import WaitingRoom

pytestmark = pytest.mark.django_db
# Early enough for an hour of the same day in Vienna.
EVENING = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def open_today(user: User) -> Any:
    """Return the context of the first page, as nobody has seen it before."""
    forget_pages()
    response = signed_in(user).get(reverse("admin:index"))
    assert response.status_code == 200
    return response.context


def move(booking: Booking, **ago: Any) -> Booking:
    """Let a booking and its payment be of some time ago."""
    at = timezone.now() - timedelta(**ago)
    Booking.objects.filter(pk=booking.pk).update(confirmed_at=at)
    Payment.objects.filter(booking=booking).update(captured_at=at)
    return booking


@time_machine.travel(EVENING)
def test_who_sells_is_led_to_the_counter(theater: Theater, box_office: User, door_staff: User):
    for title, state in (("Faust", "on_sale"), ("Urfaust", "canceled")):
        make_show(event=make_event(title), hall=make_hall(theater=theater), in_hours=1)
        Show.objects.filter(event__title=title).update(state=state)
    counter = reverse("admin:box_office_sale", args=[Show.objects.get(event__title="Faust").code])
    offered = {row.title: row.sell_url for row in open_today(box_office)["shows_today"]}
    assert offered == {"Faust": counter, "Urfaust": ""}
    assert not any(row.sell_url for row in open_today(door_staff)["shows_today"])


def test_tonight_is_each_theaters_own_day(theater: Theater, other_theater: Theater, platform_admin: User):
    tokyo = make_theater("Kabuki-za", city=make_city("Tokyo", "Asia/Tokyo"), currency="JPY")
    with time_machine.travel(datetime(2026, 11, 22, 20, 0, tzinfo=UTC), tick=False):
        # 21:00 on the 22nd in Vienna, 05:00 on the 23rd in Tokyo.
        for title, house, in_hours in (
            ("Tonight in Vienna", theater, 1),
            ("After midnight in Vienna", theater, 4),
            ("This morning in Tokyo", tokyo, 3),
            ("Last evening in Tokyo", tokyo, -9),
        ):
            make_show(event=make_event(title), hall=make_hall(theater=house), in_hours=in_hours)
        page = open_today(platform_admin)
    assert [row.title for row in page["shows_today"]] == ["Tonight in Vienna", "This morning in Tokyo"]
    assert [row.starts_at.hour for row in page["shows_today"]] == [22, 8]


@time_machine.travel(EVENING)
def test_who_checks_tickets_is_led_to_who_is_inside(theater: Theater, door_staff: User, programmer: User):
    for title, in_hours, state in (("Faust", 1, "on_sale"), ("Matinee", -10, "on_sale"), ("Urfaust", 1, "canceled")):
        make_show(event=make_event(title), hall=make_hall(theater=theater), in_hours=in_hours)
        Show.objects.filter(event__title=title).update(state=state)
    offered = {row.title: row.house_url for row in open_today(door_staff)["shows_today"]}
    here = f"{reverse('door:house')}?show={Show.objects.get(event__title='Faust').code}"
    assert offered == {"Faust": here, "Matinee": "", "Urfaust": ""}
    assert signed_in(door_staff).get(here).status_code == 200
    assert not any(row.house_url for row in open_today(programmer)["shows_today"])


@time_machine.travel(EVENING)
def test_how_full_and_how_many_came(theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater), in_hours=0.01)
    booking = make_paid(show, 0, 1, email="a@example.com")
    make_hold(show, 2)
    canceled = make_paid(show, 3, email="b@example.com")
    ticket = booking.tickets.first()
    CheckIn.objects.create(ticket=ticket, result="admitted", direction="in", passage=1)
    CheckIn.objects.create(ticket=ticket, result="admitted", direction="out", passage=2)
    # Someone who came, and has canceled since.
    CheckIn.objects.create(ticket=canceled.tickets.get(), result="admitted", direction="in", passage=1)
    canceled.tickets.update(state="canceled")
    for state in ("waiting", "left"):
        WaitingListEntry.objects.create(show=show, email=f"{state}@example.com", party_size=6, state=state)
    row = open_today(manager)["shows_today"][0]
    assert (row.taken, row.capacity, row.percent, row.left, row.waiting) == (3, 8, 38, 5, 1)
    assert (row.issued, row.came, row.inside, row.missing) == (2, 1, 0, 1)


@time_machine.travel(EVENING)
def test_the_evenings_numbers_renew_themselves(theater: Theater, door_staff: User, other_manager: User):
    show = make_show(event=make_event("Faust"), hall=make_hall(theater=theater), in_hours=1)
    ticket = make_paid(show, 0, email="a@example.com").tickets.get()
    client, address = signed_in(door_staff), reverse("admin:shows_today")
    assert f'data-renew="{address}"' in client.get(reverse("admin:index")).content.decode()
    first = client.get(address)
    assert "Faust" in first.content.decode()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    CheckIn.objects.create(ticket=ticket, result="admitted", direction="in", passage=1)
    renewed = client.get(address, headers={"If-None-Match": first["ETag"]}).content.decode()
    assert "1 inside, 0 still to come" in renewed
    stranger = signed_in(other_manager)
    assert "Faust" not in stranger.get(address).content.decode()
    assert "data-renew" not in stranger.get(reverse("admin:index")).content.decode()


@pytest.mark.slow
def test_money_today_stands_against_the_same_weekday(theater: Theater, manager: User, other_theater: Theater):
    show = make_show(hall=make_hall(theater=theater))
    with time_machine.travel(datetime(2026, 11, 22, 11, 0, tzinfo=UTC), tick=False):
        for seat, ago in enumerate(
            [{"hours": 1}, {"hours": 2}, {"days": 7, "hours": 1}, {"days": 7, "hours": -2}, {"days": 6}, {"days": 1}]
        ):
            move(make_paid(show, seat, email=f"{seat}@example.com"), **ago)
        elsewhere = make_paid(make_show(hall=make_hall(theater=other_theater)), 0, email="other@example.com")
        move(elsewhere, hours=1)
        captured(elsewhere).refunds.create(
            amount=3, key="00000000-0000-4000-8000-000000000001", state="succeeded", settled_at=timezone.now()
        )
        [row] = open_today(manager)["money"]
        assert (row.currency, row.taken, row.then_so_far, row.then) == ("EUR", 40, 20, 40)
        assert (row.change, row.refunded) == (100, 0)
        StaffMembership.objects.create(user=manager, theater=other_theater, role="manager")
        [row] = open_today(manager)["money"]
    assert (row.taken, row.refunded) == (60, 3)


@pytest.mark.slow
def test_what_sells_fast_and_what_does_not(theater: Theater, manager: User):
    hall = make_hall(theater=theater, rows=2, seats=5)

    def sell(title: str, seats: int, in_days: int, ago_days: float) -> None:
        show = make_show(event=make_event(title), hall=hall, in_hours=24 * in_days, tickets_per_customer=20)
        if seats:
            move(make_paid(show, *range(seats), email="crowd@example.com"), days=ago_days)

    sell("Sold out", 10, 40, 30)
    # Seven a week ahead of three weeks, with three places left.
    sell("Fast", 7, 21, 2)
    sell("Sold long ago", 5, 11, 20)
    sell("Slow", 1, 10, 1)
    sell("Not yet slow", 1, 20, 1)
    selling = open_today(manager)["selling"]
    assert [row.title for row in selling.fast] == ["Sold out", "Fast"]
    assert [(row.title, row.last_day, row.last_week) for row in selling.slow] == [("Slow", 0, 1)]
    assert selling.slow[0].forecast == 24
    assert selling.shows == 5


@pytest.mark.slow
def test_charts_have_the_same_figures_as_tables(theater: Theater, manager: User, accountant: User, programmer: User):
    hall = make_hall(theater=theater)
    show = make_show(hall=hall)
    with time_machine.travel(datetime(2026, 11, 22, 11, 0, tzinfo=UTC), tick=False):
        move(make_paid(show, 0, 1, email="a@example.com"), hours=1)
        # 23:30 on the 20th by UTC is the 21st in Vienna.
        move(make_paid(show, 2, email="b@example.com"), days=1, hours=11, minutes=30)
        past = make_show(hall=hall, in_hours=-24 * 7, state=Show.State.ENDED)
        Show.objects.filter(pk=past.pk).update(starts_at=datetime(2026, 11, 13, 18, 30, tzinfo=UTC))
        page = open_today(manager)
        rows = {row.day.day: row for row in page["sales"].days}
        assert len(page["sales"].days) == 30
        assert (rows[22].tickets, rows[21].tickets, rows[20].tickets) == (2, 1, 0)
        assert rows[22].taken == {"EUR": Decimal(40)}
        assert '"data": [0' in page["sales"].chart
        assert [name for name, cells in page["occupancy"].rows if any(cell.shows for cell in cells)] == ["Friday"]
        assert page["occupancy"].hours == ["19:00"]
        assert open_today(programmer)["sales"].days[-1].taken == {}
        assert open_today(accountant)["sales"].days[-1].money == "€40.00"


@pytest.fixture
def troubled(theater: Theater, customer: User) -> Show:
    """A theater with one of everything that needs somebody."""
    show = make_show(hall=make_hall(theater=theater))
    payment = start_payment(
        booking=make_hold(show, 0, customer=customer), gateway="sandbox", return_url="https://example.com/"
    ).payment
    confirm_payment(payment=payment, amount=Decimal(20), currency="USD")
    decide(payment, SandboxAnswer.Decision.APPROVE, refuses_refunds=True)
    settle_refund(payment.refunds.get().pk)
    late = captured(make_paid(show, 1, customer=customer))
    decide(late, SandboxAnswer.Decision.APPROVE, refuses_refunds=True)
    late.refunds.create(
        amount=5, key="00000000-0000-4000-8000-000000000002", created_at=timezone.now() - timedelta(hours=2)
    )
    make_show(event=make_event("Without prices"), hall=show.hall, in_hours=240, lowest_price=None)
    make_show(event=make_event("Far away"), hall=show.hall, in_hours=24 * 30, lowest_price=None, state=Show.State.DRAFT)
    Notification.objects.create(
        kind="booking_confirmed", recipient="gone@example.com", unique_key="x", theater_id=theater.pk, state="failed"
    )
    ImportRun.objects.create(kind="shows", theater=theater, file_name="season.csv", state="checked", rows=2, wrong=2)
    BankTransfer.objects.create(
        theater=theater, fingerprint="x", booked_on="2026-11-24", amount=5, currency="EUR", problem="unknown"
    )
    moving = make_show(event=make_event("Too many"), hall=make_hall(theater=theater))
    for place in (0, 2):
        make_paid(moving, place, place + 1, email=f"guest-{place}@example.com")
    small = make_hall(theater=theater, rows=1, seats=2)
    by = make_user("mover@example.com")
    plan_move(show=moving, hall=small, starts_at=moving.starts_at, by=by)
    return show


HINTS = {
    "payment bought nothing": {"manager", "accountant", "platform_admin"},
    "waiting for its gateway": {"manager", "accountant", "platform_admin"},
    "bank transfer is to be settled": {"manager", "accountant", "platform_admin"},
    "coming show has no prices": {"manager", "programmer", "platform_admin"},
    "planned move leaves customers without a place": {"manager", "programmer", "platform_admin"},
    "import was left with wrong rows": {"manager", "programmer", "platform_admin"},
    "message could not be sent": {"manager", "programmer", "box_office", "accountant", "platform_admin"},
}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["manager", "programmer", "box_office", "door_staff", "accountant", "platform_admin"])
def test_who_hears_of_what_needs_somebody(role: str, troubled: Show, request: pytest.FixtureRequest):
    user = request.getfixturevalue(role)
    page = open_today(user)
    told = " ".join(concern.text for concern in page["concerns"])
    hints = {
        hint: roles for hint, roles in HINTS.items() if "import" not in hint or admin.site.is_registered(ImportRun)
    }
    for hint, roles in hints.items():
        assert (hint in told) == (role in roles), hint
    client = signed_in(user)
    for concern in page["concerns"]:
        for url in (concern.url, *(url for _name, url in concern.named)):
            assert client.get(url).status_code == 200, url
    assert ("money" in page) == (role in ("manager", "accountant", "platform_admin"))
    assert ("sales" in page) == (role != "door_staff")


@pytest.mark.slow
def test_nobody_hears_of_another_theater(troubled: Show, other_manager: User):
    page = open_today(other_manager)
    assert (page["concerns"], page["shows_today"], page["selling"].shows) == ([], [], 0)
    assert [row.taken for row in page["money"]] == [0]
    assert page["sales"].is_empty


@pytest.mark.slow
def test_what_one_has_seen_is_not_shown_to_another_who_sees_less(theater: Theater, manager: User, other_manager: User):
    make_paid(make_show(hall=make_hall(theater=theater)), 0, email="a@example.com")
    assert not open_today(manager)["sales"].is_empty
    response = signed_in(other_manager).get(reverse("admin:index"))
    assert response.context["sales"].is_empty


@pytest.mark.slow
def test_figures_are_kept_until_they_expire(theater: Theater, manager: User):
    def figures() -> str:
        page = signed_in(manager).get(reverse("admin:index")).content.decode()
        return page[page.index('id="selling"') :]

    show = make_show(event=make_event("Faust"), hall=make_hall(theater=theater))
    assert "Nothing was sold" in figures()
    make_paid(show, 0, email="a@example.com")
    assert "Nothing was sold" in figures()
    # As the end of the minute does.
    forget_pages()
    assert "Nothing was sold" not in figures()


@pytest.mark.slow
def test_figures_are_drawn_for_each_language_and_right(theater: Theater, manager: User, box_office: User):
    make_paid(make_show(hall=make_hall(theater=theater)), 0, email="a@example.com")
    taken, title = "€20.00", "What sells, and what does not"
    pages = []
    for user, language in ((manager, "en"), (box_office, "en"), (manager, "de")):
        client = signed_in(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(reverse("admin:index")).content.decode()
        pages.append((taken in page[page.index('id="sales"') :], title in page))
    assert pages == [(True, True), (False, True), (False, False)]


@pytest.mark.slow
def test_a_new_theater_is_told_what_is_next(theater: Theater, manager: User, door_staff: User):
    [way] = open_today(manager)["next_steps"]
    assert (way.done, str(way.next.name)) == (2, "Make a hall")
    hall = make_hall(theater=theater)
    [way] = open_today(manager)["next_steps"]
    assert str(way.next.name) == "Name the ticket types"
    assert open_today(door_staff)["next_steps"] == []
    make_show(hall=hall)
    assert open_today(manager)["next_steps"] == []


def test_a_new_platform_begins_with_a_city(platform_admin: User):
    [way] = open_today(platform_admin)["next_steps"]
    assert way.next.url == reverse("admin:theaters_city_add")


@pytest.mark.slow
def test_the_statements_of_the_first_page_do_not_grow(
    theater: Theater, manager: User, platform_admin: User, troubled: Show
):
    clients = {user.pk: signed_in(user) for user in (manager, platform_admin)}

    def count(user: User, *, is_warm: bool = False) -> int:
        if not is_warm:
            forget_pages()
        with CaptureQueriesContext(connection) as queries:
            assert clients[user.pk].get(reverse("admin:index")).status_code == 200
        return len(queries)

    for user in (manager, platform_admin):
        # The first page of a session also notes where it is from.
        count(user)
    before = count(manager)
    # One for each kind of concern, and a dozen for all the rest.
    assert before <= len(KINDS) + 12
    WaitingRoom.objects.create(theater=theater, event=troubled.event)
    # And one for the shows with waiting rooms, and one for their lines, unless these are in Redis.
    before += 1 if settings.REDIS_URL else 2
    assert count(manager) == before
    for number in range(3):
        Show.objects.filter(pk=fill(theater, f"Number{number}").shows[0].pk).update(starts_at=timezone.now())
        StaffMembership.objects.create(
            user=manager, theater=make_theater(city=make_city(f"City {number}", "Asia/Kolkata")), role="manager"
        )
    # What a process remembers for some seconds may be known by now.
    assert count(manager) <= before
    # And one for the jobs that work unseen.
    assert count(platform_admin) <= len(KINDS) + 15
    assert count(manager, is_warm=True) <= len(KINDS) + 7


def test_a_quiet_first_page_asks_little(theater: Theater, manager: User):
    """Who it is and where they work, by three statements; their theaters, concerns, next steps and shows."""
    make_show(event=make_event("Faust"), hall=make_hall(theater=theater))
    client = signed_in(manager)
    for _visit in range(2):
        client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("admin:index")).context["concerns"] == []
    assert len(queries) <= 7
