"""What coming shows are derived from is corrected with them: looked at first, no hall twice, customers told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Voucher
from console.confirm_first import SHOW_SOURCES, ConfirmFirstMixin
from events.imports.columns import FILE_LIMITS
from events.imports.event_rows import plan_events
from events.models import Event, SalesRule, Show
from lib.tables import read_table
from notifications.models import Notification
from show_changes.correct_times import Correction, CorrectionOutdated, HallsTaken, correct_times, plan_correction
from testing.bookings import make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.console import signed_in
from theaters.models import City, Hall, Theater

pytestmark = pytest.mark.django_db

# In a week in which no clock of the world changes.
NOW = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
EVENING = NOW + timedelta(days=10, hours=5)

# What the form of an event sends for its photos.
NO_PHOTOS = {"photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0}


@pytest.fixture(autouse=True)
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater)


@pytest.fixture
def film(theater: Theater) -> Event:
    return make_event("Film", theater=theater, running_minutes=77)


def lengthen(event: Event, minutes: int) -> Correction:
    return Correction(lengths={event.pk: (minutes, event.interval_minutes)})


def see(correction: Correction) -> str:
    return plan_correction(correction, timezone.now()).seen


def test_a_longer_film_moves_the_end_of_its_coming_shows(hall: Hall, film: Event, manager: User):
    coming, past = (make_show(hall=hall, event=film, starts_at=at) for at in (EVENING, EVENING - timedelta(days=20)))
    own = make_show(hall=hall, event=film, starts_at=EVENING + timedelta(days=1), ends_at=EVENING + timedelta(days=1.2))
    correction = lengthen(film, 150)
    correct_times(correction=correction, seen=see(correction), by=manager)
    film.refresh_from_db()
    ends = [show.ends_at - show.starts_at for show in Show.objects.in_bulk([coming.pk, past.pk, own.pk]).values()]
    assert film.running_minutes == 150
    assert sorted(ends) == [timedelta(minutes=77), timedelta(minutes=150), timedelta(days=0.2)]
    coming.refresh_from_db()
    assert coming.cleared_at == coming.ends_at + timedelta(minutes=hall.cleaning_minutes)
    assert AuditEntry.objects.filter(action="correct times").count() == 1
    assert AuditEntry.objects.filter(action="event.change").count() == 1


def test_no_hall_is_taken_twice(hall: Hall, film: Event, manager: User):
    first = make_show(hall=hall, event=film, starts_at=EVENING)
    following = make_show(hall=hall, starts_at=EVENING + timedelta(hours=2))
    correction = lengthen(film, 150)
    plan = plan_correction(correction, timezone.now())
    assert [(line.show, line.others) for line in plan.clashes] == [(first, [following])]
    with pytest.raises(HallsTaken):
        correct_times(correction=correction, seen=plan.seen, by=manager)
    film.refresh_from_db()
    assert film.running_minutes == 77
    correct_times(correction=correction, seen=plan.seen, by=manager, skips_clashes=True)
    film.refresh_from_db()
    first.refresh_from_db()
    assert (film.running_minutes, first.ends_at) == (150, EVENING + timedelta(minutes=77))


def test_only_the_reviewed_correction_is_made(hall: Hall, film: Event, manager: User):
    show = make_show(hall=hall, event=film, starts_at=EVENING)
    correction = lengthen(film, 150)
    seen = see(correction)
    make_paid(show, 0, email="guest@example.com")
    with pytest.raises(CorrectionOutdated):
        correct_times(correction=correction, seen=seen, by=manager)
    film.refresh_from_db()
    assert film.running_minutes == 77


def test_ticket_holders_are_notified_of_a_new_end_once(hall: Hall, film: Event, manager: User):
    show = make_show(hall=hall, event=film, starts_at=EVENING)
    make_paid(show, 0, 1, email="guest@example.com")
    correction = lengthen(film, 150)
    Notification.objects.all().delete()
    for _ in range(2):
        correct_times(correction=correction, seen=see(correction), by=manager)
    told = Notification.objects.get(kind="show_moved")
    assert told.recipient == "guest@example.com"
    assert told.context["ends_at"]
    assert not told.context["is_other_time"]


def test_longer_cleaning_keeps_the_hall_for_longer(hall: Hall, film: Event, manager: User):
    show = make_show(hall=hall, event=film, starts_at=EVENING)
    make_paid(show, 0, email="guest@example.com")
    Notification.objects.all().delete()
    correction = Correction(cleaning={hall.pk: 55})
    correct_times(correction=correction, seen=see(correction), by=manager)
    show.refresh_from_db()
    hall.refresh_from_db()
    assert (hall.cleaning_minutes, show.cleared_at) == (55, show.ends_at + timedelta(minutes=55))
    assert not Notification.objects.exists()


@pytest.mark.slow
def test_a_corrected_clock_keeps_the_time_on_the_wall(platform_admin: User):
    city = make_city("Elsewhere", "Europe/Vienna")
    house = make_theater(city=city)
    hall = make_hall(theater=house)
    # Back to back, so that each show needs the hour that the next one leaves.
    starts = [EVENING + timedelta(hours=3 * number) for number in range(4)]
    shows = [make_show(hall=hall, starts_at=at, doors_at=at - timedelta(hours=1)) for at in starts]
    make_paid(shows[0], 0, email="guest@example.com")
    Notification.objects.all().delete()
    voucher = Voucher.objects.create(code="MAY", theater=house, percent=10, starts_at=EVENING)
    rule = SalesRule.objects.create(theater=house, opens_at=EVENING)

    def wall(moment: datetime) -> datetime:
        return moment.astimezone(city.tz).replace(tzinfo=None)

    walls = {show.pk: (wall(show.starts_at), wall(show.doors_at)) for show in shows}
    for zone in ("Asia/Kolkata", "America/New_York"):
        correction = Correction(zones={city.pk: zone})
        correct_times(correction=correction, seen=see(correction), by=platform_admin)
        city.refresh_from_db()
        assert city.time_zone == zone
        for show in Show.objects.filter(hall=hall):
            assert (wall(show.starts_at), wall(show.doors_at)) == walls[show.pk]
        for row, moment in ((voucher, "starts_at"), (rule, "opens_at")):
            row.refresh_from_db()
            assert wall(getattr(row, moment)) == walls[shows[0].pk][0]
    told = Notification.objects.filter(kind="show_moved")
    assert told.count() == 2
    assert {(one.context["is_other_clock"], one.context["is_other_time"]) for one in told} == {(True, False)}


def test_the_form_asks_first(hall: Hall, film: Event, manager: User, client: Client):
    show = make_show(hall=hall, event=film, starts_at=EVENING)
    make_paid(show, 0, email="guest@example.com")
    client = signed_in(manager)
    page = reverse("admin:events_event_change", args=[film.pk])
    sent = {
        "title": "Film, corrected", "slug": film.slug, "kind": film.kind, "theater": film.theater_id,
        "is_published": "on", "running_minutes": 150, "interval_minutes": 0, **NO_PHOTOS,
    }  # fmt: skip
    response = client.post(page, sent)
    assert response.status_code == 302, response.context["adminform"].form.errors
    film.refresh_from_db()
    assert (film.title, film.running_minutes) == ("Film, corrected", 77)
    asked = response["Location"]
    response = client.get(asked)
    text = response.content.decode()
    assert "1 upcoming show changes" in text
    assert "1 of them has tickets sold or held" in text
    response = client.post(asked, {"seen": response.context["plan"].seen})
    assert response.status_code == 302
    film.refresh_from_db()
    show.refresh_from_db()
    assert (film.running_minutes, show.ends_at) == (150, EVENING + timedelta(minutes=150))


@pytest.mark.parametrize(("title", "says"), [("Film", False), ("Film, corrected", True)])
def test_only_saved_changes_are_reported(hall: Hall, film: Event, manager: User, title: str, says: bool):
    Event.objects.filter(pk=film.pk).update(title="Film")
    make_show(hall=hall, event=film, starts_at=EVENING)
    sent = {
        "title": title, "slug": film.slug, "kind": film.kind, "theater": film.theater_id, "is_published": "on",
        "running_minutes": 150, "interval_minutes": 0, **NO_PHOTOS,
    }  # fmt: skip
    page = signed_in(manager).post(reverse("admin:events_event_change", args=[film.pk]), sent, follow=True)
    text = page.content.decode()
    assert "Coming shows depend on this change" in text
    assert ("changed successfully" in text) is says


def test_without_coming_shows_nothing_is_asked(film: Event, manager: User):
    sent = {
        "title": film.title, "slug": film.slug, "kind": film.kind, "theater": film.theater_id,
        "running_minutes": 150, "interval_minutes": 0, **NO_PHOTOS,
    }  # fmt: skip
    response = signed_in(manager).post(reverse("admin:events_event_change", args=[film.pk]), sent)
    assert "correct-times" not in response["Location"]
    film.refresh_from_db()
    assert film.running_minutes == 150


def test_cleaning_times_of_a_theaters_form_are_asked_about(hall: Hall, theater: Theater, manager: User):
    make_show(hall=hall, starts_at=EVENING)
    client = signed_in(manager)
    page = reverse("admin:theaters_theater_change", args=[theater.pk])
    form = client.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None or value is False else value for name, value in values.items()}
    sent |= {
        "opening_hours-TOTAL_FORMS": 0, "opening_hours-INITIAL_FORMS": 0,
        "photo": "", "halls-TOTAL_FORMS": 1, "halls-INITIAL_FORMS": 1, "halls-0-id": hall.pk,
        "halls-0-theater": theater.pk, "halls-0-name": "Great hall", "halls-0-cleaning_minutes": 90,
    }  # fmt: skip
    response = client.post(page, {name: value for name, value in sent.items() if value != ""})
    assert response.status_code == 302, (response.context["adminform"].form.errors, response.context["errors"])
    hall.refresh_from_db()
    assert (hall.name, hall.cleaning_minutes) == ("Great hall", 20)
    assert f"hall-{hall.pk}-cleaning_minutes=90" in response["Location"]


@pytest.mark.parametrize("role", ["other_manager", "box_office", "door_staff"])
def test_people_without_the_capability_are_refused(role: str, hall: Hall, film: Event, request: pytest.FixtureRequest):
    make_show(hall=hall, event=film, starts_at=EVENING)
    client = signed_in(request.getfixturevalue(role))
    for key, value in (
        (f"event-{film.pk}-running_minutes", "150"),
        (f"hall-{hall.pk}-cleaning_minutes", "90"),
        (f"city-{hall.theater.city_id}-time_zone", "Asia/Kolkata"),
    ):
        for answer in (client.get, client.post):
            assert answer(f"{reverse('admin:correct_times')}?{key}={value}").status_code == 403
    film.refresh_from_db()
    assert film.running_minutes == 77


@pytest.mark.parametrize(
    "query", ["", "event-1-title=x", "event-999999-running_minutes=9", "event-x=1", "city-1-time_zone=Mars"]
)
def test_an_address_that_asks_for_nothing_is_not_found(query: str, platform_admin: User):
    make_city()
    assert signed_in(platform_admin).get(f"{reverse('admin:correct_times')}?{query}").status_code == 404


def test_whatever_shows_are_derived_from_asks_first():
    """A column that a show's times are computed from is in `SHOW_SOURCES`, and its form asks."""
    sources = {"event": Event, "hall": Hall, "theater": Theater, "city": City}
    assert set(SHOW_SOURCES) == set(sources)
    for name, model in sources.items():
        assert isinstance(admin.site._registry[model], ConfirmFirstMixin), name
        lengths = {field.name for field in model._meta.fields if field.name.endswith(("_minutes", "time_zone"))}
        assert lengths <= set(SHOW_SOURCES[name][1]), name


def test_a_file_does_not_change_a_length_that_coming_shows_have(hall: Hall, film: Event, manager: User):
    make_show(hall=hall, event=film, starts_at=EVENING)
    table = read_table(f"title,slug,running_minutes\nFilm,{film.slug},150\n".encode(), FILE_LIMITS)
    (row,) = plan_events(table, hall.theater).rows
    assert set(row.errors) == {"running_minutes"}
    Show.objects.update(starts_at=EVENING - timedelta(days=30), ends_at=EVENING - timedelta(days=29))
    (row,) = plan_events(table, hall.theater).rows
    assert row.errors == {}
