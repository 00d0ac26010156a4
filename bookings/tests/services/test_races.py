"""Many at the same moment, in real threads on real connections: one wins, the others are told.

Each race has a control, in which the guard is taken away and the damage does happen: so the race is
real, and the guard is what prevents it. On SQLite writers take turns, so a control there takes the
rule itself away; controls that only drop a row lock can fail on PostgreSQL alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from threading import Barrier, local
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, Model
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings import locking
from bookings.errors import SeatsUnavailable, TooManyTickets, VoucherRefused
from bookings.models import Booking, Ticket, Voucher
from bookings.services import cancel as cancel_module
from bookings.services import hold_seats as hold_module
from bookings.services import refund as refund_module
from bookings.services.cancel import cancel_tickets
from bookings.services.change_hold import ChangedHold, change_hold
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.places import InTheWay
from bookings.services.refund import request_refund, settle_refund
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.services.settle import receive_message
from events.models import Show, ShowArea
from notifications.models import Notification
from payments.gateways.sandbox import SandboxGateway, build_webhook, decide
from payments.models import GatewayEvent, Payment, Refund, RefundLine, SandboxAnswer
from testing.bookings import captured, choose_standing, lapse, make_hold, make_paid, race, seats_of
from testing.builders import make_hall, make_show, make_user
from theaters.models import Theater

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 6


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, seats=10, standing=5))


@pytest.fixture
def crowd(db: None) -> list[User]:
    return [make_user(f"racer-{number}@example.com") for number in range(RACERS)]


def holders(show: Show, *indices: int) -> Callable[[User], Callable[[], Booking]]:
    return lambda user: partial(make_hold, show, *indices, customer=user)


def won(results: list[Any]) -> list[Booking]:
    return [result for result in results if isinstance(result, Booking)]


def lost(results: list[Any], error: type[Exception]) -> list[Any]:
    """Return what the losers were told, and see that all were told that."""
    losers = [result for result in results if not isinstance(result, Booking)]
    assert all(isinstance(loser, error) for loser in losers), losers
    return losers


def start(booking: Booking) -> Payment:
    return start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment


def look_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let holds be made without looking first, so that nothing but the database decides."""
    monkeypatch.setattr(hold_module, "find_all_in_the_way", lambda *args, **kwargs: InTheWay(set(), set()))


@contextmanager
def without(model: type[Model], name: str) -> Iterator[None]:
    """Take a constraint away; for a check on SQLite, `unchecked` does it in each connection."""
    constraint = next(one for one in model._meta.constraints if one.name == name)
    is_check = name in ("show_area_within_capacity", "voucher_within_limit")
    if is_check and connection.vendor == "sqlite":
        yield
        return
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        for damaged in (SandboxAnswer, RefundLine, Refund, Payment, Ticket, Booking, ShowArea, Voucher):
            damaged.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


def unchecked(runner: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = ON")
        return runner()

    return run


def read_without_lock(monkeypatch: pytest.MonkeyPatch, racers: int) -> None:
    """Let all read the booking before any of them writes."""
    everybody_read = Barrier(racers, timeout=30)

    def read(booking_id: int) -> Booking:
        booking = Booking.objects.select_related("customer").get(pk=booking_id)
        everybody_read.wait()
        return booking

    monkeypatch.setattr(locking, "lock_booking", read)


# The last seat


@pytest.mark.slow
def test_one_customer_gets_the_seats_and_the_others_learn_which(show: Show, crowd: list[User]):
    results = race(*map(holders(show, 0, 1), crowd))
    (winner,) = won(results)
    for refusal in lost(results, SeatsUnavailable):
        assert refusal.seats == seats_of(show)[:2]
    assert Booking.objects.get() == winner
    assert Ticket.objects.count() == 2


@pytest.mark.slow
def test_the_unique_index_alone_decides(show: Show, crowd: list[User], monkeypatch):
    look = hold_module.find_all_in_the_way
    this_thread = local()

    def look_away_once(*args: Any, **kwargs: Any) -> InTheWay:
        if not getattr(this_thread, "has_looked", False):
            this_thread.has_looked = True
            return InTheWay(set(), set())
        return look(*args, **kwargs)

    monkeypatch.setattr(hold_module, "find_all_in_the_way", look_away_once)
    results = race(*map(holders(show, 0, 1), crowd))
    assert len(won(results)) == 1
    for refusal in lost(results, SeatsUnavailable):
        assert refusal.seats == seats_of(show)[:2]
    assert Booking.objects.count() == 1


@pytest.mark.slow
def test_control_without_the_index_a_seat_is_sold_to_all(show: Show, crowd: list[User], monkeypatch):
    look_away(monkeypatch)
    with without(Ticket, "ticket_one_live_per_seat"):
        results = race(*map(holders(show, 0, 1), crowd))
        assert len(won(results)) == RACERS
        assert Ticket.objects.live().filter(seat=seats_of(show)[0]).count() == RACERS


@pytest.mark.slow
def test_overlapping_choices_never_wait_for_each_other_in_a_circle(show: Show, crowd: list[User]):
    for round_ in range(4):
        runners = [
            partial(make_hold, show, *((i + round_ + step) % 7 for step in (0, 1, 3)), customer=user)
            for i, user in enumerate(crowd)
        ]
        results = race(*runners)
        assert won(results)
        lost(results, SeatsUnavailable)
        seats = list(Ticket.objects.live().values_list("seat_id", flat=True))
        assert len(seats) == len(set(seats))
        for booking in won(results):
            release_hold(booking=booking)


@pytest.mark.slow
def test_those_who_choose_again_never_wait_for_each_other_in_a_circle(show: Show, crowd: list[User]):
    holds = [make_hold(show, 2 * i, 2 * i + 1, customer=user) for i, user in enumerate(crowd)]
    # Everybody keeps one seat, gives one up, and wants one that the next one has.
    runners = [
        partial(make_hold, show, 2 * i, (2 * i + 3) % 12, 13 + i % 2, customer=user, into=holds[i])
        for i, user in enumerate(crowd)
    ]
    results = race(*runners)
    lost(results, SeatsUnavailable)
    for hold, result in zip(holds, results, strict=True):
        hold.refresh_from_db()
        assert hold.state == Booking.State.HELD
        assert result == hold or isinstance(result, SeatsUnavailable)
    seats = list(Ticket.objects.live().values_list("seat_id", flat=True))
    assert len(seats) == len(set(seats))


@pytest.mark.slow
def test_all_who_want_parts_of_a_lapsed_hold_get_them(show: Show, crowd: list[User], customer):
    lapse(make_hold(show, *range(RACERS), customer=customer))
    results = race(*(holders(show, i)(user) for i, user in enumerate(crowd)))
    assert lost(results, SeatsUnavailable) == []


@pytest.mark.slow
def test_one_key_makes_one_booking(show: Show, customer):
    results = race(*[partial(make_hold, show, 0, 1, customer=customer, idempotency_key="k")] * RACERS)
    assert len({booking.pk for booking in results}) == 1
    areas = choose_standing(show, 1)
    results = race(*[partial(make_hold, show, areas=areas, customer=customer, idempotency_key="l")] * RACERS)
    assert len({booking.pk for booking in results}) == 1
    assert show.areas.get().taken == 1


# The last places of an area


def stand(show: Show, user: User) -> Callable[[], Booking]:
    return partial(make_hold, show, customer=user, areas=choose_standing(show, 2))


@pytest.mark.slow
def test_the_last_places_of_an_area(show: Show, crowd: list[User]):
    results = race(*(stand(show, user) for user in crowd))
    assert len(won(results)) == 2
    for refusal in lost(results, SeatsUnavailable):
        assert refusal.areas == [show.areas.get().area]
    assert show.areas.get().taken == Ticket.objects.count() == 4
    assert Booking.objects.count() == 2


@pytest.mark.slow
def test_control_without_the_condition_an_area_overflows(show: Show, crowd: list[User], monkeypatch):
    def add(changes: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
        for (show_id, area_id), change in changes.items():
            ShowArea.objects.filter(show=show_id, area=area_id).update(taken=F("taken") + change)
        return []

    look_away(monkeypatch)
    monkeypatch.setattr(hold_module, "move_areas", add)
    with without(ShowArea, "show_area_within_capacity"):
        results = race(*(unchecked(stand(show, user)) for user in crowd))
        assert len(won(results)) == RACERS
        assert show.areas.get().taken == 2 * RACERS


# The last use of a voucher


@pytest.mark.slow
def test_the_last_use_of_a_voucher(show: Show, theater: Theater, crowd: list[User]):
    Voucher.objects.create(code="ONE", theater=theater, percent=50)
    results = race(*(partial(make_hold, show, i, customer=user, voucher_code="ONE") for i, user in enumerate(crowd)))
    assert len(won(results)) == 1
    lost(results, VoucherRefused)
    assert Voucher.objects.get().used == Booking.objects.count() == Ticket.objects.count() == 1


@pytest.mark.slow
def test_control_without_the_condition_a_voucher_is_used_by_all(
    show: Show, theater: Theater, crowd: list[User], monkeypatch
):
    def add(changes: dict[int, int]) -> list[int]:
        for pk, change in changes.items():
            Voucher.objects.filter(pk=pk).update(used=F("used") + change)
        return []

    Voucher.objects.create(code="ONE", theater=theater, percent=50)
    monkeypatch.setattr(hold_module, "move_vouchers", add)
    runners = (partial(make_hold, show, i, customer=user, voucher_code="ONE") for i, user in enumerate(crowd))
    with without(Voucher, "voucher_within_limit"):
        results = race(*map(unchecked, runners))
        assert len(won(results)) == RACERS
        assert Voucher.objects.get().used == RACERS


@pytest.mark.slow
def test_one_customer_in_many_shows_uses_a_voucher_as_often_as_allowed(theater: Theater, customer):
    Voucher.objects.create(code="EACH", theater=theater, percent=50, limit=100, limit_per_customer=1)
    shows = [make_show(hall=make_hall(theater=theater)) for _number in range(4)]
    results = race(*(partial(make_hold, each, 0, customer=customer, voucher_code="EACH") for each in shows))
    assert len(won(results)) == 1
    lost(results, VoucherRefused)
    assert Voucher.objects.get().used == 1


# The limit of tickets for one customer


def in_many_tabs(show: Show, customer: User) -> list[Callable[[], Booking]]:
    Show.objects.filter(pk=show.pk).update(tickets_per_customer=3)
    return [partial(make_hold, show, 3 * tab, 3 * tab + 1, 3 * tab + 2, customer=customer) for tab in range(4)]


def test_one_customer_in_many_tabs_gets_as_many_tickets_as_allowed(show: Show, customer):
    results = race(*in_many_tabs(show, customer))
    assert len(won(results)) == 1
    lost(results, TooManyTickets)
    assert Ticket.objects.count() == 3


def test_other_addresses_in_other_tabs_do_not_help(show: Show, customer):
    tabs = in_many_tabs(show, customer)
    results = race(*(partial(tab, email=f"tab-{number}@example.com") for number, tab in enumerate(tabs)))
    assert len(won(results)) == 1
    lost(results, TooManyTickets)


@pytest.mark.postgres
def test_control_without_the_lock_every_tab_gets_them(show: Show, customer, monkeypatch):
    tabs = in_many_tabs(show, customer)
    everybody_counted = Barrier(len(tabs), timeout=30)
    check = hold_module.check_limits

    def check_together(**wish: Any) -> None:
        check(**wish)
        everybody_counted.wait()

    monkeypatch.setattr(locking, "lock_customer", lambda *args: None)
    monkeypatch.setattr(hold_module, "check_limits", check_together)
    assert len(won(race(*tabs))) == len(tabs)
    assert Ticket.objects.live().count() == 12


# Payments


@pytest.mark.slow
def test_a_double_click_starts_one_payment(show: Show, customer):
    booking = make_hold(show, 0, customer=customer)
    payments = race(*[partial(start, booking)] * RACERS)
    assert len({payment.pk for payment in payments}) == 1
    assert Payment.objects.count() == 1


@pytest.mark.slow
def test_a_payment_that_is_confirmed_from_all_sides_counts_once(show: Show, customer, box_office):
    booking = make_hold(show, 0, 1, customer=customer)
    payment = start(booking)
    results = race(*[lambda: confirm_payment(payment=Payment.objects.get(pk=payment.pk), by=box_office)] * RACERS)
    assert [result.state for result in results] == ["confirmed"] * RACERS
    assert AuditEntry.objects.filter(action="confirm booking").count() == 1
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1
    assert Ticket.objects.filter(state=Ticket.State.ISSUED).count() == 2
    assert not Refund.objects.exists()


@pytest.mark.postgres
def test_control_without_the_lock_it_counts_twice(show: Show, customer, box_office, monkeypatch):
    payment = start(make_hold(show, 0, 1, customer=customer))
    read_without_lock(monkeypatch, 2)
    race(*[lambda: confirm_payment(payment=Payment.objects.get(pk=payment.pk), by=box_office)] * 2)
    assert AuditEntry.objects.filter(action="confirm booking").count() == 2


def two_payments(show: Show, customer: User) -> tuple[Payment, Payment]:
    first = start(make_hold(show, 0, customer=customer))
    Payment.objects.update(state=Payment.State.DECLINED)
    return Payment.objects.get(), start(first.booking)


def test_one_of_two_payments_counts_and_the_other_is_refunded(show: Show, customer):
    payments = two_payments(show, customer)
    results = race(*(partial(confirm_payment, payment=payment) for payment in payments))
    assert [result.state for result in results] == ["confirmed"] * 2
    assert sorted(Payment.objects.values_list("state", "refunded")) == [("captured", 0), ("surplus", 20)]
    assert Refund.objects.get().payment.state == Payment.State.SURPLUS


@pytest.mark.postgres
def test_control_without_the_lock_the_index_refuses_the_second(show: Show, customer, monkeypatch):
    payments = two_payments(show, customer)
    read_without_lock(monkeypatch, 2)
    results = race(*(partial(confirm_payment, payment=payment) for payment in payments))
    assert [type(result) for result in results if not isinstance(result, Booking)] == [IntegrityError]


@pytest.mark.postgres
def test_control_without_lock_and_index_both_count(show: Show, customer, monkeypatch):
    payments = two_payments(show, customer)
    read_without_lock(monkeypatch, 2)
    with without(Payment, "payment_one_captured_per_booking"):
        race(*(partial(confirm_payment, payment=payment) for payment in payments))
        assert Payment.objects.filter(state=Payment.State.CAPTURED).count() == 2


@pytest.mark.slow
def test_money_that_comes_while_the_hold_is_swept_away_is_not_lost(show: Show, crowd: list[User]):
    for i, user in enumerate(crowd):
        booking = make_hold(show, i, customer=user, areas=choose_standing(show, 1) if i < 5 else ())
        payment = start(booking)
        lapse(booking)
        confirmed, _swept, _again = race(
            partial(confirm_payment, payment=payment), free_lapsed_holds, free_lapsed_holds
        )
        assert confirmed.state == Booking.State.CONFIRMED, confirmed
    assert show.areas.get().taken == 5
    assert Ticket.objects.filter(state=Ticket.State.ISSUED).count() == 11


def test_control_a_sweep_that_trusts_what_it_read_takes_paid_tickets_away(show: Show, customer, monkeypatch):
    booking = make_hold(show, 0, customer=customer)
    payment = start(booking)
    lapse(booking)
    stale = list(Booking.objects.lapsed(timezone.now()))
    confirm_payment(payment=payment)
    # The sweep's writes without their conditions; a guard of the database stands behind them.
    with pytest.raises(IntegrityError):
        Ticket.objects.filter(booking__in=stale).update(state=Ticket.State.RELEASED)


@pytest.mark.slow
def test_late_money_and_a_rival_who_want_the_same_seat(show: Show, customer, rival):
    for round_ in range(4):
        booking = make_hold(show, round_, round_ + 10, customer=customer)
        payment = start(booking)
        release_hold(booking=booking)
        results = race(partial(confirm_payment, payment=payment), partial(make_hold, show, round_ + 10, customer=rival))
        payment.refresh_from_db()
        is_confirmed = results[0].state == Booking.State.CONFIRMED
        assert isinstance(results[1], SeatsUnavailable if is_confirmed else Booking), results
        assert payment.state == (Payment.State.CAPTURED if is_confirmed else Payment.State.SURPLUS)
        assert Refund.objects.filter(payment=payment).exists() != is_confirmed
        assert Ticket.objects.live().filter(seat=seats_of(show)[round_ + 10]).count() == 1


def test_a_webhook_that_comes_many_times_at_once_acts_once(show: Show, customer):
    payment = start(make_hold(show, 0, customer=customer))
    body, headers = build_webhook(decide(payment, SandboxAnswer.Decision.APPROVE), timezone.now())
    message = SandboxGateway().read_webhook(body, headers)
    results = race(*[partial(receive_message, "sandbox", message)] * RACERS)
    assert sorted(results) == [False] * (RACERS - 1) + [True]
    assert GatewayEvent.objects.count() == 1
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


def send_form_at_once(show: Show, customer: User | None) -> list[Booking]:
    """Send one form for standing places several times, by browsers that have no basket yet."""
    send = partial(change_hold, show=show, areas=choose_standing(show, 1), into=None, customer=customer, cart="f" * 32)
    return [result.booking if isinstance(result, ChangedHold) else result for result in race(*[send] * RACERS)]


@pytest.mark.parametrize("is_guest", [True, False], ids=["guest", "customer"])
def test_a_form_that_is_sent_many_times_at_once_holds_once(show: Show, customer, is_guest):
    results = send_form_at_once(show, None if is_guest else customer)
    assert set(results) == {Booking.objects.get()}
    assert show.areas.get().taken == 1


def test_control_without_looking_for_its_hold_the_others_fail(show: Show, customer, monkeypatch):
    monkeypatch.setattr(hold_module, "_find_made", lambda _wish: None)
    results = send_form_at_once(show, None)
    assert sum(isinstance(result, IntegrityError) for result in results) == RACERS - 1


# Money back


def half_back(show: Show, customer: User) -> Booking:
    Show.objects.filter(pk=show.pk).update(refund_percent=50)
    return make_paid(show, 0, 1, customer=customer, areas=choose_standing(show, 2))


@pytest.mark.slow
def test_tickets_that_are_canceled_twice_at_once_come_back_once(show: Show, customer):
    booking = half_back(show, customer)
    results = race(*[partial(cancel_tickets, booking=booking, by=customer)] * RACERS)
    assert sum(result is not None for result in results) == 1, results
    assert captured(booking).refunded == Refund.objects.get().amount == Decimal(40)
    assert show.areas.get().taken == 0


@pytest.mark.slow
def test_each_ticket_of_a_booking_canceled_at_once(show: Show, customer):
    booking = half_back(show, customer)
    tickets = list(booking.tickets.all())
    results = race(*(partial(cancel_tickets, booking=booking, tickets=[each], by=customer) for each in tickets))
    assert [refund.amount for refund in results] == [Decimal(10)] * 4
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELED
    assert captured(booking).refunded == Decimal(40)


@pytest.mark.postgres
def test_control_without_the_lock_they_come_back_twice(show: Show, customer, monkeypatch):
    def add(payment: Payment, change: Decimal) -> None:
        Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + change)

    Show.objects.filter(pk=show.pk).update(refund_percent=50)
    booking = make_paid(show, 0, 1, customer=customer)
    read_without_lock(monkeypatch, 2)
    monkeypatch.setattr(cancel_module, "free_issued", lambda *args: None)
    monkeypatch.setattr(refund_module, "_move_refunded", add)
    results = race(*[partial(cancel_tickets, booking=booking, by=customer)] * 2)
    assert sum(isinstance(result, Refund) for result in results) == 2, results
    assert sum(refund.amount for refund in Refund.objects.all()) == Decimal(40)


@pytest.mark.slow
def test_a_refund_that_is_settled_twice_at_once_is_announced_once(show: Show, customer):
    booking = make_paid(show, 0, customer=customer)
    refund = request_refund(payment=captured(booking), amount=Decimal(5))
    results = race(*[partial(settle_refund, refund.pk)] * RACERS)
    assert {result.state for result in results} == {Refund.State.SUCCEEDED}
    assert Notification.objects.filter(kind="booking_refunded").count() == 1
    assert captured(booking).refunded == Decimal(5)
