"""Many shows at once: recurring, copied, moved and undone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from events.errors import Clashes, HallTaken, NothingToUndo, NotReadyForSale, TicketsSold
from events.models import ACCESS_FIELDS, Show, ShowArea, TimetableChange
from events.timetable.changes import make_shows, move_unsold, read_last_change, undo
from events.timetable.plans import plan_copies, plan_recurrence
from events.timetable.recurrence import Recurrence
from lib.moments import to_moment
from testing.bookings import make_hold
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db

MONDAY = 0


def next_week() -> date:
    """Return the Monday after next, so that no test crosses today."""
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def local(theater: Theater, day: date, hour: int, minute: int = 0) -> datetime:
    moment = to_moment(datetime.combine(day, time(hour, minute)), theater.tz)
    assert moment is not None
    return moment


@pytest.mark.slow
def test_a_recurring_season_is_one_change_of_few_statements(theater: Theater, manager: User):
    hall = make_hall(theater=theater, standing=10)
    event = make_event(theater=theater)
    model = make_show(hall=hall, event=event, in_hours=24 * 300)
    start = next_week()
    recurrence = Recurrence(
        times=[time(17), time(20, 30)],
        starts_on=start,
        until=start + timedelta(days=118),
        weekdays={1, 2, 3, 4, 5, 6},
    )
    plan = plan_recurrence(event=event, hall=hall, recurrence=recurrence, prices_of=model)
    assert (len(plan.planned), plan.clashes) == (204, [])
    with CaptureQueriesContext(connection) as queries:
        shows = make_shows(theater=theater, plan=plan, by=manager, is_on_sale=True)
    assert len(queries) <= 25
    made = Show.objects.exclude(pk=model.pk)
    assert len(shows) == made.count() == 204
    walls = {timezone.localtime(show.starts_at, theater.tz).strftime("%H:%M") for show in made}
    assert walls == {"17:00", "20:30"}
    assert not any(timezone.localtime(show.starts_at, theater.tz).weekday() == MONDAY for show in made)
    show = made[0]
    assert (show.state, show.lowest_price, show.prices.get().amount) == ("on_sale", Decimal(20), Decimal(20))
    assert ShowArea.objects.filter(show=show, capacity=10, taken=0).exists()
    assert AuditEntry.objects.get(action="create shows").by == manager
    change = read_last_change(theater, manager)
    assert change is not None
    assert undo(change=change, by=manager)
    assert not undo(change=change, by=manager)
    assert not made.all().exists()
    assert read_last_change(theater, manager) is None


def test_nothing_is_created_while_one_show_clashes_unless_it_is_left_out(theater: Theater, manager: User):
    hall = make_hall(theater=theater)
    event = make_event(running_minutes=100, interval_minutes=20)
    start = next_week()
    # Over at 16:45, but cleared only at 17:05.
    there = make_show(hall=hall, starts_at=local(theater, start + timedelta(days=1), 14, 45))
    recurrence = Recurrence(times=[time(17), time(18)], starts_on=start, until=start + timedelta(days=2))
    plan = plan_recurrence(event=event, hall=hall, recurrence=recurrence)
    # Each day the second show clashes with the first, and on Tuesday the first one with the cleaning.
    assert len(plan.clashes) == 3
    assert any(clash.others == [there] for clash in plan.clashes)
    with pytest.raises(Clashes) as refusal:
        make_shows(theater=theater, plan=plan, by=manager)
    assert len(refusal.value.clashes) == 3
    assert Show.objects.count() == 1
    made = make_shows(theater=theater, plan=plan, by=manager, skips_clashes=True)
    assert [f"{timezone.localtime(show.starts_at, theater.tz):%H:%M}" for show in made] == ["17:00", "18:00", "17:00"]


def test_the_database_decides_when_another_writer_was_faster(theater: Theater, manager: User, monkeypatch):
    hall = make_hall(theater=theater)
    start = next_week()
    plan = plan_recurrence(
        event=make_event(), hall=hall, recurrence=Recurrence([time(17)], start, start + timedelta(days=1))
    )
    there = make_show(hall=hall, starts_at=local(theater, start, 16))
    looks = iter([[], None])
    real = make_shows.__globals__["find_clashes"]
    monkeypatch.setitem(
        make_shows.__globals__, "find_clashes", lambda shows: found if (found := next(looks)) == [] else real(shows)
    )
    with pytest.raises(Clashes) as refusal:
        make_shows(theater=theater, plan=plan, by=manager)
    assert refusal.value.clashes[0].others == [there]
    assert Show.objects.count() == 1
    assert not TimetableChange.objects.exists()


def test_shows_without_prices_are_not_put_on_sale(theater: Theater, manager: User):
    start = next_week()
    plan = plan_recurrence(
        event=make_event(), hall=make_hall(theater=theater), recurrence=Recurrence([time(17)], start, start)
    )
    with pytest.raises(NotReadyForSale):
        make_shows(theater=theater, plan=plan, by=manager, is_on_sale=True)
    assert not Show.objects.exists()


def test_a_week_is_copied_with_its_prices_over_a_change_of_clocks(theater: Theater, manager: User, time_machine):
    time_machine.move_to(datetime(2027, 3, 1, 12, tzinfo=theater.tz))
    hall = make_hall(theater=theater)
    source = date(2027, 3, 22)
    shows = [make_show(hall=hall, starts_at=local(theater, source + timedelta(days=day), 19, 30)) for day in (0, 5)]
    make_show(hall=hall, starts_at=local(theater, source, 10), state=Show.State.CANCELED)
    days = [source + timedelta(days=number) for number in range(7)]
    plan = plan_copies(theater=theater, source=days, target=date(2027, 3, 29))
    copies = make_shows(theater=theater, plan=plan, by=manager)
    assert [(show.event_id, show.state) for show in copies] == [(show.event_id, "draft") for show in shows]
    walls = [f"{timezone.localtime(show.starts_at, theater.tz):%m-%d %H:%M}" for show in copies]
    assert walls == ["03-29 19:30", "04-03 19:30"]
    assert copies[0].prices.get().amount == Decimal(20)
    again = plan_copies(theater=theater, source=days, target=date(2027, 3, 29))
    assert len(again.clashes) == 2
    # On the day of the change there is no half past two.
    make_show(hall=hall, starts_at=local(theater, date(2027, 3, 21), 2, 30))
    plan = plan_copies(theater=theater, source=[date(2027, 3, 21)], target=date(2027, 3, 28))
    assert (plan.planned, len(plan.nonexistent)) == ([], 1)


def test_a_copy_is_like_its_source_but_for_what_belongs_to_a_date(theater: Theater, manager: User):
    terms = {"hold_minutes": 7, "needs_account": True, "access_release_hours": 5, "tickets_per_customer": 3}
    version = {"format": "35 mm", "language": "de", "subtitles": "en"}
    refunds = {"refunds": "until", "refund_hours": 9, "refund_percent": 80}
    access = dict.fromkeys(ACCESS_FIELDS, True)
    start = next_week()
    show = make_show(
        hall=make_hall(theater=theater), starts_at=local(theater, start, 19), **terms, **version, **refunds, **access
    )
    plan = plan_copies(theater=theater, source=[start], target=start + timedelta(days=7))
    (copy,) = make_shows(theater=theater, plan=plan, by=manager)
    columns = {field.attname for field in Show._meta.concrete_fields}
    assert {name for name in columns if getattr(copy, name) != getattr(show, name)} == {
        "id",
        "code",
        "state",
        "cleared_at",
        "starts_at",
        "ends_at",
        "from_price",
        "lowest_price",
        "highest_price",
        *ACCESS_FIELDS,
    }


def test_a_show_moves_to_another_hall_and_back_with_its_prices(theater: Theater, manager: User):
    here, there = make_hall(theater=theater), make_hall(theater=theater, standing=5)
    show = make_show(hall=here, price="12.50")
    before = show.starts_at
    moved = move_unsold(show=show, hall=there, starts_at=before + timedelta(minutes=35), by=manager)
    assert (moved.hall, moved.seat_map.hall, moved.prices.get().amount) == (there, there, Decimal("12.50"))
    assert (moved.ends_at - moved.starts_at, moved.areas.get().capacity) == (timedelta(minutes=120), 5)
    move_unsold(show=show, hall=there, starts_at=before + timedelta(minutes=35), by=manager)
    assert TimetableChange.objects.count() == 1
    change = read_last_change(theater, manager)
    assert change is not None
    undo(change=change, by=manager)
    show.refresh_from_db()
    assert (show.hall, show.starts_at, show.prices.get().category.seat_map) == (here, before, show.seat_map)
    assert not show.areas.exists()


def test_what_cannot_be_moved_or_undone_stays(theater: Theater, manager: User, customer: User):
    hall = make_hall(theater=theater)
    show = make_show(hall=hall)
    other = make_show(hall=hall, in_hours=80)
    with pytest.raises(HallTaken) as refusal:
        move_unsold(show=show, hall=hall, starts_at=other.starts_at - timedelta(minutes=130), by=manager)
    assert refusal.value.shows == [other]
    moved = move_unsold(show=show, hall=hall, starts_at=show.starts_at + timedelta(minutes=5), by=manager)
    make_hold(moved, 0, customer=customer)
    with pytest.raises(TicketsSold):
        move_unsold(show=moved, hall=hall, starts_at=show.starts_at, by=manager)
    change = TimetableChange.objects.get()
    with pytest.raises(TicketsSold):
        undo(change=change, by=manager)
    change.refresh_from_db()
    assert change.undone_at is None
    Show.objects.filter(pk=show.pk).update(starts_at=show.starts_at)
    with pytest.raises(NothingToUndo):
        undo(change=change, by=manager)
