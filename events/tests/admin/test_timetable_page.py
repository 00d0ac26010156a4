"""The timetable by its URLs: reading, creating, repeating, copying, moving and undoing, and who may."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import Event, PriceTemplate, Show, TemplatePrice, TicketType, TimetableChange
from lib.moments import to_moment
from testing.bookings import make_hold
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db


def next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def at(theater: Theater, day: date, hour: int, minute: int = 0) -> datetime:
    moment = to_moment(datetime.combine(day, time(hour, minute)), theater.tz)
    assert moment is not None
    return moment


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater)


@pytest.fixture
def event(theater: Theater) -> Event:
    return make_event("Hamlet", theater=theater, running_minutes=100, interval_minutes=20)


def wish(event: Event, hall: Hall, **fields: Any) -> dict[str, Any]:
    return {"event": event.pk, "hall": hall.pk, "prices": "", **fields}


@pytest.mark.slow
def test_the_week_shows_what_each_show_needs_and_how_full_it_is(
    hall: Hall, event: Event, manager: User, customer: User, django_assert_max_num_queries
):
    theater, day = hall.theater, next_monday()
    client = signed_in(manager)
    for number in range(4):
        show = make_show(hall=hall, event=event, starts_at=at(theater, day + timedelta(days=number), 23, 15))
    make_hold(show, 0, 1, customer=customer)
    address = reverse("admin:timetable") + f"?theater={theater.slug}&day={day + timedelta(days=2)}&view=week"
    client.get(address)
    with django_assert_max_num_queries(10):
        page = client.get(address)
    blocks = list(page.context["table"].blocks())
    assert [(one.start, one.first, one.interval, one.second, one.cleaning) for one in blocks] == [
        (23 * 60 + 15, 50, 20, 50, 20)
    ] * 4
    assert (blocks[-1].sold, blocks[-1].capacity) == (2, 8)
    # The last one is cleared at 1:35.
    assert page.context["table"].last_hour == 26
    assert len(page.context["table"].days) == 7
    page = client.get(address.replace("week", "day"))
    assert len(list(page.context["table"].blocks())) == 1


@pytest.mark.slow
def test_a_show_is_created_and_a_clash_is_named(theater: Theater, hall: Hall, event: Event, manager: User):
    client, day = signed_in(manager), next_monday()
    address = reverse("admin:timetable_make") + f"?theater={theater.slug}&hall={hall.pk}&day={day}&time=17:00"
    form = client.get(address).context["form"]
    assert (form["hall"].value(), form["day"].value(), form["time"].value()) == (str(hall.pk), day, time(17))
    sent = wish(event, hall, day=day, time="17:00", format="35 mm")
    assert client.post(address, sent).status_code == 302
    show = Show.objects.get()
    assert (show.starts_at, show.format, show.state) == (at(theater, day, 17), "35 mm", "draft")
    # Over at 19:00 and cleared at 19:20.
    page = client.post(address, wish(event, hall, day=day, time="19:15"))
    assert page.status_code == 422
    assert "“Hamlet”" in page.content.decode()
    assert "from 17:00, cleared at 19:20" in page.content.decode()
    assert client.post(address, wish(event, hall, day=day, time="19:20")).status_code == 302
    assert client.post(address, wish(event, hall, day="2020-01-01", time="17:00")).status_code == 422
    assert Show.objects.count() == 2


@pytest.mark.slow
def test_recurring_shows_are_previewed_and_then_created_with_a_template(
    theater: Theater, hall: Hall, event: Event, manager: User
):
    client, day = signed_in(manager), next_monday()
    adult = TicketType.objects.create(theater=theater, name="Adult")
    template = PriceTemplate.objects.create(theater=theater, name="Usual")
    TemplatePrice.objects.create(template=template, category_name="parkett", ticket_type=adult, amount=15)
    address = reverse("admin:timetable_repeat") + f"?theater={theater.slug}"
    sent = wish(
        event,
        hall,
        times="17:00, 20:30",
        starts_on=day,
        until=day + timedelta(days=6),
        weekdays=[1, 2, 3, 4, 5, 6],
        but_not_on=str(day + timedelta(days=3)),
        prices=str(template.pk),
        is_on_sale="on",
    )
    page = client.post(address, sent)
    assert (len(page.context["rows"]), Show.objects.count()) == (10, 0)
    there = make_show(hall=hall, starts_at=at(theater, day + timedelta(days=1), 17), event=event)
    page = client.post(address, {**sent, "_make": "1"})
    assert (page.status_code, Show.objects.count()) == (422, 1)
    assert [row["clash"] != "" for row in page.context["rows"]] == [True] + [False] * 9
    assert client.post(address, {**sent, "_make": "1", "skips_clashes": "1"}).status_code == 302
    made = Show.objects.exclude(pk=there.pk)
    assert {(show.state, show.lowest_price) for show in made} == {("on_sale", 15)}
    assert made.count() == 9
    for wrong in ({"times": "25:00"}, {"until": day - timedelta(days=1)}, {"weekdays": []}, {"but_not_on": "x"}):
        assert client.post(address, {**sent, **wrong, "_make": "1"}).status_code == 422
    assert made.all().count() == 9


@pytest.mark.slow
def test_a_week_is_copied_and_undone(theater: Theater, hall: Hall, event: Event, manager: User):
    client, day = signed_in(manager), next_monday()
    for number in range(3):
        make_show(hall=hall, event=event, starts_at=at(theater, day + timedelta(days=number), 20))
    address = reverse("admin:timetable_copy") + f"?theater={theater.slug}&day={day}"
    assert client.get(address).context["form"]["target"].value() == day + timedelta(days=7)
    sent = {"starts_on": day, "until": day + timedelta(days=6), "target": day + timedelta(days=7)}
    assert len(client.post(address, sent).context["rows"]) == 3
    assert client.post(address, {**sent, "_make": "1"}).status_code == 302
    assert Show.objects.filter(state="draft").count() == 3
    assert client.post(address, {**sent, "_make": "1"}).status_code == 422
    page = client.get(reverse("admin:timetable") + f"?theater={theater.slug}")
    undo = reverse("admin:timetable_undo")
    assert client.get(undo).status_code == 405
    for _time in range(2):
        sent = {"theater": theater.slug, "change": page.context["last_change"]["pk"]}
        assert client.post(undo, sent).status_code == 302
        assert Show.objects.count() == 3


def test_the_script_moves_a_show_and_gets_its_clashes(theater: Theater, hall: Hall, event: Event, manager: User):
    client, day = signed_in(manager), next_monday()
    show = make_show(hall=hall, event=event, starts_at=at(theater, day, 14))
    there = make_show(hall=hall, event=event, starts_at=at(theater, day, 20))
    address = reverse("admin:events_show_reschedule", args=[show.pk])
    script = {"headers": {"Accept": "application/json"}}
    answer = client.post(address, {"hall": hall.pk, "day": day, "time": "17:45"}, **script)
    assert (answer.status_code, answer.json()["clashes"]) == (409, [there.pk])
    assert "20:00" in answer.json()["message"]
    assert client.post(address, {"hall": hall.pk, "day": day, "time": "x"}, **script).status_code == 409
    assert client.post(address, {"hall": hall.pk, "day": day, "time": "17:40"}, **script).status_code == 200
    show.refresh_from_db()
    assert show.starts_at == at(theater, day, 17, 40)
    # The form does the same without a script.
    assert client.post(address, {"hall": hall.pk, "day": day, "time": "17:45"}).status_code == 422
    assert client.post(address, {"hall": hall.pk, "day": day, "time": "17:35"}).status_code == 302


@pytest.mark.parametrize("role", ["programmer", "box_office", "door_staff", "accountant"])
def test_who_may_read_and_who_may_change(
    role: str, hall: Hall, event: Event, manager: User, request: pytest.FixtureRequest
):
    theater = hall.theater
    person = request.getfixturevalue(role)
    client, day = signed_in(person), next_monday()
    show = make_show(hall=hall, event=event, starts_at=at(theater, day, 20))
    page = client.get(reverse("admin:timetable"))
    may_edit = role == "programmer"
    assert (page.status_code, page.context["may_edit"]) == (200, may_edit)
    change = TimetableChange.objects.create(theater=theater, by=manager, kind="made", shows=[show.pk])
    client.post(reverse("admin:timetable_undo"), {"theater": theater.slug, "change": change.pk})
    change.refresh_from_db()
    assert change.undone_at is None
    for address, sent in (
        (reverse("admin:timetable_make"), wish(event, hall, day=day, time="10:00")),
        (reverse("admin:timetable_copy"), {"starts_on": day, "until": day, "target": day + timedelta(days=1)}),
        (reverse("admin:events_show_reschedule", args=[show.pk]), {"hall": hall.pk, "day": day, "time": "14:00"}),
    ):
        status = client.post(address, {**sent, "_make": "1"}).status_code
        assert status == 302 if may_edit else status in (403, 404), address


@pytest.mark.slow
def test_no_action_reaches_another_theater(theater: Theater, hall: Hall, event: Event, other_manager: User):
    client, day = signed_in(other_manager), next_monday()
    show = make_show(hall=hall, event=event, starts_at=at(theater, day, 20))
    for name in ("timetable", "timetable_make", "timetable_repeat", "timetable_copy"):
        assert client.get(reverse(f"admin:{name}"), {"theater": theater.slug}).status_code == 404, name
    assert client.get(reverse("admin:events_show_reschedule", args=[show.pk])).status_code == 404
    own = make_show(hall=make_hall(theater=Theater.objects.get(staff_memberships__user=other_manager)))
    refused = client.post(
        reverse("admin:events_show_reschedule", args=[own.pk]), {"hall": hall.pk, "day": day, "time": "10:00"}
    )
    assert refused.status_code == 422
    sent = wish(event, hall, day=day, time="10:00")
    assert client.post(reverse("admin:timetable_make"), sent).status_code == 422
    assert Show.objects.count() == 2


@pytest.mark.slow
def test_a_season_of_two_thousand_shows_stays_fast(
    theater: Theater, event: Event, manager: User, django_assert_max_num_queries
):
    halls = [make_hall(theater=theater, name=f"Hall {number}") for number in range(5)]
    start = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
    shows = [
        Show(event=event, hall=hall, seat_map=hall.seat_maps.get(), starts_at=start + timedelta(hours=7 * number))
        for hall in halls
        for number in range(400)
    ]
    for show in shows:
        show.set_times()
    Show.objects.bulk_create(shows)
    client = signed_in(manager)
    address = reverse("admin:timetable") + f"?day={(start + timedelta(days=60)).date()}"
    client.get(address)
    with django_assert_max_num_queries(10):
        page = client.get(address)
    assert len(list(page.context["table"].blocks())) == pytest.approx(5 * 24, abs=5)
