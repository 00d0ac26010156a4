"""Querysets whose SQL is made once."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.tests.seating.test_read_availability import make_booking
from events.models import Show
from lib.compiled import FEW_ROWS, compiled, compiled_update, compiled_without_plan, insert, refresh, update
from payments.models import Payment
from testing.builders import make_hall, make_show
from theaters.models import City

pytestmark = pytest.mark.django_db

# A connection prepares a statement that it has run so often.
OFTEN = 12


@compiled
def read_hold(pk: int) -> QuerySet[Booking]:
    tickets = Ticket.objects.filter(booking=OuterRef("pk"))
    return Booking.objects.annotate(has_tickets=Exists(tickets)).select_related("theater__city").filter(pk=pk)


@compiled
def read_since(states: tuple[str, ...], since: datetime, code: str | None) -> QuerySet[Booking, tuple[str, datetime]]:
    found = Booking.objects.filter(state__in=states, created_at__gt=since).order_by("pk")
    return (found if code is None else found.filter(code=code)).values_list("code", "created_at")


@compiled
def lock(pk: int) -> QuerySet[Booking]:
    return Booking.objects.select_for_update().filter(pk=pk)


@compiled_update
def confirm(pk: int, now: datetime) -> tuple[QuerySet[Booking], dict[str, Any]]:
    held = Booking.objects.filter(pk=pk, state=Booking.State.HELD)
    return held, {"state": Booking.State.CONFIRMED, "confirmed_at": now}


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall())


def test_it_returns_rows_with_what_is_joined_and_annotated(show: Show, django_assert_num_queries) -> None:
    bookings = [make_booking(show), make_booking(show)]
    for _time in range(OFTEN):
        for booking in bookings:
            with django_assert_num_queries(1):
                [found] = read_hold(booking.pk)
                assert found.theater.city == show.hall.theater.city
            assert (found, found.total, found.created_at) == (booking, booking.total, booking.created_at)
            assert found.has_tickets is False  # type: ignore[attr-defined]
    assert read_hold(0) == []


def test_it_sees_changes(show: Show) -> None:
    booking = make_booking(show)
    for number in range(OFTEN):
        Booking.objects.filter(pk=booking.pk).update(name=f"Number {number}")
        assert read_hold(booking.pk)[0].name == f"Number {number}"


def test_it_makes_its_sql_once(show: Show) -> None:
    booking, made = make_booking(show), []

    @compiled
    def read(pk: int) -> QuerySet[Booking]:
        made.append(pk)
        return Booking.objects.filter(pk=pk)

    assert [read(booking.pk) for _time in range(3)] == [[booking]] * 3
    assert len(made) == 1


def test_values_of_every_type_and_length(show: Show) -> None:
    booking = make_booking(show)
    begun = timezone.now()
    for _time in range(OFTEN):
        for states in (("confirmed",), ("held", "confirmed")):
            expected = [(booking.code, booking.created_at)]
            assert read_since(states, begun - timedelta(days=1), None) == expected
            assert read_since(states, begun - timedelta(days=1), booking.code) == expected
            assert read_since(states, begun - timedelta(days=1), "OTHER") == []
            assert read_since(states, begun + timedelta(days=1), None) == []
    assert read_since(("held",), begun - timedelta(days=1), None) == []


def test_a_value_that_is_no_parameter_is_refused() -> None:
    @compiled
    def read(limit: int) -> QuerySet[Booking]:
        return Booking.objects.all() if limit else Booking.objects.none()

    with pytest.raises(LookupError, match="missing"):
        read(3)


def test_values_by_name_are_refused() -> None:
    with pytest.raises(TypeError):
        read_hold(pk=1)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only(show: Show) -> None:
    booking = make_booking(show)
    with transaction.atomic():
        assert lock(booking.pk) == [booking]
    with pytest.raises(TransactionManagementError):
        lock(booking.pk)


@pytest.mark.postgres
def test_postgresql_keeps_the_plan(show: Show) -> None:
    booking = make_booking(show)
    for _time in range(OFTEN):
        read_hold(booking.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%has_tickets%%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.postgres
def test_a_statement_may_be_planned_for_its_values(show: Show) -> None:
    @compiled_without_plan
    def read(pk: int, since: datetime) -> QuerySet[Booking]:
        return Booking.objects.filter(pk=pk, created_at__gt=since, name="")

    booking = make_booking(show)
    for _time in range(OFTEN):
        assert read(booking.pk, booking.created_at - timedelta(days=1)) == [booking]
        assert read(booking.pk, booking.created_at) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%bookings_booking%%'")
        assert cursor.fetchone() == (0,)


def test_a_constant_is_part_of_the_statement_whatever_it_contains(show: Show) -> None:
    booking = make_booking(show)
    names = ("O'Neill", "100 %", 'a "b" \\', "%s")
    for name in names:
        # Bound by default, so that each has a statement of its own.
        @compiled
        def read(pk: int, name: str | None = None, wanted: str = name) -> QuerySet[Booking]:
            return Booking.objects.filter(pk=pk, name=wanted)

        assert read(booking.pk) == []
        Booking.objects.filter(pk=booking.pk).update(name=name)
        assert read(booking.pk) == [booking]


@pytest.mark.postgres
def test_postgresql_uses_an_index_with_a_condition(show: Show) -> None:
    @compiled
    def read_live(show_id: int) -> QuerySet[Ticket, tuple[int]]:
        return Ticket.objects.live().filter(show=show_id, seat__isnull=False).order_by().values_list("seat_id")

    with connection.cursor() as cursor:
        for name in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        # Which of the indexes that would do is the cheapest depends on what earlier tests left behind.
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%%bookings_ticket USING btree (seat_id)'")
        for (other,) in [("ticket_show_state",), *cursor.fetchall()]:
            cursor.execute(f"DROP INDEX {other}")
        for _time in range(OFTEN):
            assert read_live(show.pk) == []
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%%bookings_ticket%%'")
        [(name,)] = cursor.fetchall()
        cursor.execute(f"EXPLAIN EXECUTE {name} ({show.pk})")
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "ticket_one_live_per_seat" in plan
    # For any show: the plan that is kept.
    assert "show_id = $1" in plan


def test_a_row_is_written_with_its_search_keys(show: Show, django_assert_num_queries) -> None:
    booking = make_booking(show)
    for number in range(OFTEN):
        booking.name, booking.is_extended, booking.note = f"Älter {number}", True, "not written"
        with django_assert_num_queries(1):
            update(booking, "name", "is_extended")
    found = Booking.objects.get(pk=booking.pk)
    assert (found.name, found.name_key, found.is_extended, found.note) == (
        f"Älter {number}", booking.name_key, True, "",
    )  # fmt: skip
    assert "lter 11" in booking.name_key
    booking.pk = 0
    with pytest.raises(Booking.DoesNotExist):
        update(booking, "name")


def test_a_row_is_found_by_uuid(show: Show) -> None:
    @compiled
    def read(key: UUID) -> QuerySet[Payment]:
        return Payment.objects.filter(key=key)

    payment = Payment.objects.create(
        booking=make_booking(show), gateway="sandbox", amount=1, currency="EUR", key=uuid4()
    )
    for _time in range(OFTEN):
        assert read(payment.key) == [payment]
        assert read(uuid4()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_migration_that_changes_a_type_changes_the_plan() -> None:
    @compiled
    def read(pk: int) -> QuerySet[City]:
        return City.objects.filter(pk=pk)

    city = make_show(hall=make_hall()).hall.theater.city
    for _time in range(OFTEN):
        assert read(city.pk) == [city]
    other = connection.copy()
    length = City._meta.get_field("name").max_length
    try:
        with other.cursor() as cursor:
            cursor.execute(f"ALTER TABLE theaters_city ALTER name TYPE varchar({length + 1})")
        assert read(city.pk) == [city]
    finally:
        with other.cursor() as cursor:
            cursor.execute(f"ALTER TABLE theaters_city ALTER name TYPE varchar({length})")
        other.close()
    assert read(city.pk) == [city]


def test_an_update_returns_how_many_rows_it_changed(show: Show) -> None:
    now = timezone.now()
    for _time in range(OFTEN):
        booking, other = (make_booking(show, state=Booking.State.HELD) for _booking in range(2))
        assert [confirm(booking.pk, now), confirm(booking.pk, now)] == [1, 0]
        booking.refresh_from_db()
        other.refresh_from_db()
        assert (booking.state, booking.confirmed_at, other.state) == ("confirmed", now, "held")


def test_rows_are_inserted_as_django_inserts_them(show: Show) -> None:
    booking = make_booking(show)
    for _time in range(OFTEN):
        rows = [
            Payment(booking=booking, gateway="sandbox", amount=amount, currency="EUR", key=uuid4())
            for amount in (Decimal("12.50"), Decimal(7))
        ]
        insert(*rows)
        for row in rows:
            found = Payment.objects.get(pk=row.pk)
            values = [getattr(found, field.attname) for field in Payment._meta.concrete_fields]
            assert values == [getattr(row, field.attname) for field in Payment._meta.concrete_fields]
            assert (found.key, found.received_currency) == (row.key, "")
            row.save()  # Django knows it by now as a row of the database.
    assert Payment.objects.count() == 2 * OFTEN


def test_keys_of_rows_that_were_inserted_before_are_taken_over_and_search_keys_made(show: Show) -> None:
    booking = Booking(theater=show.hall.theater, state="held", currency="EUR", total=0, name="Élise")
    booking.expires_at = timezone.now()
    payment = Payment(booking=booking, gateway="sandbox", amount=1, currency="EUR", key=uuid4())
    insert(booking)
    insert(payment)
    found = Payment.objects.select_related("booking").get()
    assert (found.booking, found.booking.name_key) == (booking, " elise")


def test_any_number_of_rows_is_inserted(show: Show) -> None:
    booking = make_booking(show)
    for count in (0, 1, FEW_ROWS, FEW_ROWS + 1):
        rows = [
            Payment(booking=booking, gateway="sandbox", amount=1, currency="EUR", key=uuid4()) for _row in range(count)
        ]
        insert(*rows)
        assert {row.pk for row in rows} == {one.pk for one in Payment.objects.filter(key__in=[row.key for row in rows])}


def test_a_row_that_is_there_already_gives_its_key(show: Show) -> None:
    former, *others = (
        Booking(theater=show.hall.theater, state="canceled", currency="EUR", total=total, code=code)
        for total, code in ((1, "TWICE"), (2, "TWICE"), (3, "OTHER"))
    )
    insert(former, unique="code")
    for again in others:
        insert(again, unique="code")
    assert others[0].pk == former.pk != others[1].pk
    assert list(Booking.objects.order_by("total").values_list("code", "total")) == [("TWICE", 1), ("OTHER", 3)]


def test_a_constraint_refuses_a_row(show: Show) -> None:
    booking = make_booking(show)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Payment(booking=booking, gateway="sandbox", amount=-1, currency="EUR", key=uuid4()))
    assert not Payment.objects.exists()


def test_refreshing_reads_everything_again(show: Show) -> None:
    booking = make_booking(show)
    assert booking.theater.name
    Booking.objects.filter(pk=booking.pk).update(name="Other")
    refresh(booking, read_hold(booking.pk))
    assert booking.name == "Other"
    with pytest.raises(Booking.DoesNotExist):
        refresh(booking, read_hold(0))
