"""People without tickets are counted in and out by those who check tickets there, and by no one else."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.errors import IdempotencyKeyReused
from door.models import UnticketedPerson
from door.undo import TooLateToUndo
from door.unticketed import Kind, NobodyInside, count_in, count_out, count_unticketed, undo_count
from events.models import Show
from testing.bookings import race
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), in_hours=1)


def numbers(show: Show) -> tuple[int, ...]:
    return tuple(number for _kind, number in count_unticketed([show])[show.pk])


def test_each_kind_is_counted_by_itself(show, door_staff):
    for kind, key in ((Kind.PRESS, "1"), (Kind.PRESS, "2"), (Kind.GUEST, "3")):
        count_in(show=show, kind=kind, gate="North", by=door_staff, key=key)
    assert numbers(show) == (2, 0, 1)
    gone = count_out(show=show, kind=Kind.PRESS, gate="South", by=door_staff, key="4")
    assert (gone.gate, gone.left_gate, gone.left_by) == ("North", "South", door_staff)
    assert numbers(show) == (1, 0, 1)
    with pytest.raises(NobodyInside):
        count_out(show=show, kind=Kind.STAFF, gate="", by=door_staff, key="5")
    assert numbers(show) == (1, 0, 1)


def test_the_same_call_again_counts_once(show, door_staff, manager):
    first, again = (count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1") for _time in range(2))
    assert first.pk == again.pk
    count_in(show=show, kind=Kind.PRESS, gate="", by=manager, key="1")
    gone = [count_out(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="2").pk for _time in range(2)]
    assert gone[0] == gone[1]
    assert numbers(show) == (1, 0, 0)
    other = make_show(hall=make_hall(theater=show.hall.theater), in_hours=1)
    for count, key in ((count_in, "1"), (count_out, "2")):
        with pytest.raises(IdempotencyKeyReused):
            count(show=other, kind=Kind.PRESS, gate="", by=door_staff, key=key)
        with pytest.raises(IdempotencyKeyReused):
            count(show=show, kind=Kind.STAFF, gate="", by=door_staff, key=key)
    assert numbers(other) == (0, 0, 0)


def test_a_slip_is_undone(show, door_staff):
    count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1")
    count_out(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="2")
    # Who left meanwhile did come.
    with pytest.raises(TooLateToUndo):
        undo_count(key="1", by=door_staff)
    for _time in range(2):
        undo_count(key="2", by=door_staff)
        assert numbers(show) == (1, 0, 0)
    for _time in range(2):
        assert undo_count(key="1", by=door_staff).undone_at
        assert numbers(show) == (0, 0, 0)


def test_a_minute_later_nothing_is_undone(show, door_staff):
    count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1")
    count_in(show=show, kind=Kind.STAFF, gate="", by=door_staff, key="2")
    count_out(show=show, kind=Kind.STAFF, gate="", by=door_staff, key="3")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        for key in ("1", "3"):
            with pytest.raises(TooLateToUndo):
                undo_count(key=key, by=door_staff)
    assert numbers(show) == (1, 0, 0)


@pytest.mark.parametrize("person", ["customer", "programmer", "accountant", "other_manager"])
def test_only_people_who_work_at_this_door(person, show, door_staff, request):
    stranger = request.getfixturevalue(person)
    count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1")
    for count in (count_in, count_out):
        with pytest.raises(PermissionDenied):
            count(show=show, kind=Kind.PRESS, gate="", by=stranger, key="1")
    with pytest.raises(PermissionDenied):
        undo_count(key="1", by=stranger)
    assert numbers(show) == (1, 0, 0)


def test_a_colleague_undoes_nothing(show, door_staff, manager):
    count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1")
    with pytest.raises(PermissionDenied):
        undo_count(key="1", by=manager)
    assert numbers(show) == (1, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"left_at": timedelta(hours=-1), "left_key": "2"},
        {"left_at": timedelta(hours=1), "left_key": None},
        {"left_at": timedelta(hours=1), "left_key": "2", "undone_at": timedelta(hours=1)},
    ],
)
def test_the_database_keeps_the_order_of_events(wrong, show, door_staff):
    person = count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key="1")
    row = UnticketedPerson.objects.filter(pk=person.pk)
    changes = {name: person.at + value if isinstance(value, timedelta) else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(left_by=door_staff, **changes)
    row.update(left_by=door_staff, left_at=person.at + timedelta(hours=1), left_key="2")


def test_staff_find_whom_they_counted_in_the_console(show, door_staff, other_manager):
    count_in(show=show, kind=Kind.PRESS, gate="Stage door", by=door_staff, key="1")
    for person, is_seen in ((door_staff, True), (other_manager, False)):
        client = Client()
        client.force_login(person)
        html = client.get(reverse("admin:door_unticketedperson_changelist")).content.decode()
        assert ("Stage door" in html) is is_seen


@pytest.mark.django_db(transaction=True)
def test_two_gates_count_the_last_one_out_once(theater, door_staff, manager):
    show = make_show(hall=make_hall(theater=theater), event=make_event("Faust"), in_hours=1)
    for key in ("1", "2", "3"):
        count_in(show=show, kind=Kind.PRESS, gate="", by=door_staff, key=key)

    def leave(by, key):
        return lambda: count_out(show=show, kind=Kind.PRESS, gate="", by=by, key=key)

    results = race(leave(door_staff, "a"), leave(manager, "a"), leave(door_staff, "b"), leave(manager, "b"))
    left = [result for result in results if isinstance(result, UnticketedPerson)]
    assert len({person.pk for person in left}) == len(left) == 3
    assert [type(result) for result in results if result not in left] == [NobodyInside]
    assert numbers(show) == (0, 0, 0)
