"""A show goes on sale, stops selling, and ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from events.errors import NotReadyForSale, WrongShowState
from events.models import Event, Show, ShowArea
from events.sales.opening import close_sales, end_past_shows, open_sales
from events.tasks import follow_clock
from testing.builders import make_event, make_hall, make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Show:
    show = make_show(hall=make_hall(standing=50), state=Show.State.DRAFT)
    ShowArea.objects.all().delete()
    return show


def test_it_works(draft: Show, manager: User):
    show = open_sales(show=draft, by=manager)
    show.refresh_from_db()
    assert show.state == Show.State.ON_SALE
    assert [(area.capacity, area.taken) for area in show.areas.all()] == [(50, 0)]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action) == (manager, "open sales")


def test_a_repeated_call_is_harmless(draft: Show):
    open_sales(show=draft, by=None)
    ShowArea.objects.update(taken=7)
    open_sales(show=draft, by=None)
    assert ShowArea.objects.get().taken == 7
    assert AuditEntry.objects.count() == 1


def test_it_is_refused_with_everything_that_is_missing():
    event = make_event("Faust", is_published=False)
    show = make_show(event=event, hall=make_hall(), state=Show.State.DRAFT, in_hours=-1)
    theater = show.hall.theater
    theater.is_published = False
    theater.save()
    show.prices.all().delete()
    with pytest.raises(NotReadyForSale) as refusal:
        open_sales(show=show, by=None)
    assert [str(reason) for reason in refusal.value.missing] == [
        "The event “Faust” is not published.",
        "The theater “Riverside” is not published.",
        "The show has begun already.",
        "The category “Parkett” has no price.",
    ]
    show.refresh_from_db()
    assert show.state == Show.State.DRAFT
    assert not ShowArea.objects.filter(show=show).exists()
    assert not AuditEntry.objects.exists()


def test_a_category_without_places_needs_no_price(draft: Show):
    assert draft.prices.count() == 1
    Event.objects.update(is_published=True)
    seat_map = draft.hall.seat_maps.create(version=2, layout={})
    used = seat_map.categories.create(name="A", color="#112233", rank=1)
    seat_map.categories.create(name="Unused", color="#112233", rank=2)
    seat_map.seats.create(guid="1", number="1", category=used, x=0, y=0, run=0, position=0)
    draft.hall.seat_maps.filter(version=1).update(state="retired")
    seat_map.state = "published"
    seat_map.save()
    Show.objects.filter(pk=draft.pk).update(seat_map=seat_map)
    draft.prices.update(category=used)
    assert open_sales(show=draft, by=None).state == Show.State.ON_SALE


@pytest.mark.parametrize("state", [Show.State.ENDED, Show.State.CANCELED])
def test_a_show_that_is_over_stays_so(state: Show.State):
    show = make_show(state=state)
    for change in (open_sales, close_sales):
        with pytest.raises(WrongShowState):
            change(show=show, by=None)
    show.refresh_from_db()
    assert show.state == state


def test_sales_may_be_closed_before_the_start(manager: User):
    show = make_show()
    closed = close_sales(show=show, by=manager)
    assert not closed.is_on_sale(timezone.now())
    show.refresh_from_db()
    stopped_at = show.sales_stopped_at
    assert stopped_at is not None
    close_sales(show=show, by=manager)
    show.refresh_from_db()
    assert (show.sales_stopped_at, show.sales_close_at) == (stopped_at, None)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["close sales"]


def test_shows_end_when_they_are_over():
    now = timezone.now()
    over = make_show(starts_at=now - timedelta(hours=3))
    running = make_show(starts_at=now - timedelta(hours=1))
    draft = make_show(starts_at=now - timedelta(hours=3), state=Show.State.DRAFT)
    canceled = make_show(starts_at=now - timedelta(hours=3), state=Show.State.CANCELED)
    assert end_past_shows(now) == 1
    follow_clock()
    states = [Show.objects.get(pk=show.pk).state for show in (over, running, draft, canceled)]
    assert states == ["ended", "on_sale", "draft", "canceled"]


def test_the_database_itself_keeps_areas_within_their_capacity(draft: Show):
    show = open_sales(show=draft, by=None)
    for taken in (-1, 51):
        with pytest.raises(IntegrityError), transaction.atomic():
            ShowArea.objects.filter(show=show).update(taken=taken)
