"""A show is canceled: every customer has exactly one right outcome, however often the work is interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import HoldExpired
from bookings.models import Booking, Ticket, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund, wake_due_refunds
from events.errors import WrongShowState
from events.models import Show, ShowArea, TicketType
from notifications.models import Notification
from payments.drawers import open_drawer
from payments.models import Payment, Refund, SandboxAnswer
from show_changes import cancel as canceling
from show_changes.cancel import cancel_show, carry_on, pay_out, try_again, wake_silent
from show_changes.models import CanceledBooking, ShowCancellation
from testing.bookings import captured, choose, choose_standing, make_hold, make_paid, race
from testing.builders import make_hall, make_show, make_user
from testing.fixtures.worker import _test_database_url
from theaters.models import Theater

D = Decimal
State = CanceledBooking.State


def settle_all() -> None:
    for pk in Refund.objects.filter(state=Refund.State.PENDING).values_list("pk", flat=True):
        settle_refund(pk)


def row_of(booking: Booking) -> CanceledBooking:
    return CanceledBooking.objects.get(booking=booking)


def cancel(show: Show, by: User, **words: str) -> ShowCancellation:
    return cancel_show(show=show, by=by, reason=words.pop("reason", "The lead is ill."), **words)


@pytest.mark.django_db
class TestOutcomes:
    @pytest.fixture
    def show(self, theater: Theater) -> Show:
        return make_show(hall=make_hall(theater=theater, standing=5), price="9.99", refund_percent=50)

    def test_all_the_money_comes_back_and_the_customer_is_notified_once(self, show: Show, customer, manager):
        booking = make_paid(show, 0, 1, customer=customer, email=customer.email)
        cancellation = cancel(show, manager, message="Sorry!")
        show.refresh_from_db()
        assert show.state == Show.State.CANCELED
        assert carry_on(cancellation.pk) == 1
        assert carry_on(cancellation.pk) == 0
        settle_all()
        booking.refresh_from_db()
        assert booking.state == Booking.State.CANCELED
        assert set(booking.tickets.values_list("state", flat=True)) == {Ticket.State.CANCELED}
        refund = Refund.objects.get()
        assert (refund.amount, refund.state, refund.made_by) == (D("19.98"), "succeeded", manager)
        told = Notification.objects.get(kind="show_canceled")
        assert (told.recipient, told.context["message"]) == (customer.email, "Sorry!")
        cancellation.refresh_from_db()
        assert cancellation.finished_at
        actions = AuditEntry.objects.filter(by=manager).values_list("action", "reason")
        assert set(actions) == {("cancel show", "The lead is ill."), ("cancel tickets", "The lead is ill.")}

    def test_a_second_call_finds_the_first(self, show: Show, manager):
        assert cancel(show, manager) == cancel(show, manager, reason="Again.")
        assert AuditEntry.objects.filter(action="cancel show").count() == 1

    def test_a_draft_is_not_canceled(self, show: Show, manager):
        Show.objects.update(state=Show.State.DRAFT)
        with pytest.raises(WrongShowState):
            cancel(show, manager)
        assert not ShowCancellation.objects.exists()

    def test_an_earlier_refund_is_not_repeated(self, show: Show, customer, manager):
        booking = make_paid(show, 0, 1, customer=customer)
        cancel_tickets(booking=booking, tickets=[booking.tickets.first()], by=customer)
        assert Refund.objects.get().amount == D("5.00")
        carry_on(cancel(show, manager).pk)
        settle_all()
        assert sorted(Refund.objects.values_list("amount", flat=True)) == [D("5.00"), D("14.98")]
        assert captured(booking).refunded == D("19.98")

    def test_a_customer_who_cancels_in_between_gets_one_refund_and_one_message(self, show: Show, customer, manager):
        booking = make_paid(show, 0, customer=customer, email=customer.email)
        cancellation = cancel(show, manager)
        cancel_tickets(booking=booking, by=customer)
        carry_on(cancellation.pk)
        assert Refund.objects.get().amount == D("9.99")
        assert list(Notification.objects.exclude(kind="booking_confirmed").values_list("kind", flat=True)) == [
            "booking_canceled"
        ]

    def test_holds_are_free_at_once_and_late_money_goes_back(self, show: Show, customer, manager):
        hold = make_hold(show, 0, customer=customer, email=customer.email)
        house = hold_seats(show=show, areas=choose_standing(show, 2), channel=Booking.Channel.BOX_OFFICE)
        Booking.objects.filter(pk=house.pk).update(kind=Booking.Kind.HOUSE, expires_at=None)
        payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
        cancel(show, manager)
        assert set(Booking.objects.values_list("state", flat=True)) == {Booking.State.EXPIRED}
        assert not Ticket.objects.live().exists()
        assert ShowArea.objects.get(show=show).taken == 0
        with pytest.raises(HoldExpired):
            start_payment(booking=hold, gateway="sandbox", return_url="/")
        confirm_payment(payment=payment)
        payment.refresh_from_db()
        assert payment.state == Payment.State.SURPLUS
        settle_all()
        assert Refund.objects.get().amount == payment.amount
        assert Notification.objects.filter(kind="money_returned").count() == 1

    def test_reservations_are_notified_and_anonymous_holds_are_not(self, show: Show, customer, manager):
        make_hold(show, 0, customer=customer, email=customer.email)
        reserved = make_hold(show, 1, channel=Booking.Channel.BOX_OFFICE, email="by@phone.example")
        called = make_hold(show, 2, channel=Booking.Channel.BOX_OFFICE)
        Booking.objects.filter(pk=called.pk).update(name="Without Address", phone="1234")
        carry_on(cancel(show, manager).pk)
        assert [row.booking for row in CanceledBooking.objects.order_by("pk")] == [reserved, called]
        assert [row.is_told for row in CanceledBooking.objects.order_by("pk")] == [True, False]
        assert Notification.objects.get(kind="show_canceled").recipient == "by@phone.example"

    def test_a_voucher_can_be_used_again(self, show: Show, theater, customer, manager):
        voucher = Voucher.objects.create(code="ONCE", theater=theater, percent=100)
        booking = confirm_free(booking=make_hold(show, 0, customer=customer, email="a@b.example", voucher_code="ONCE"))
        carry_on(cancel(show, manager).pk)
        assert row_of(booking).state == State.DONE
        voucher.refresh_from_db()
        assert voucher.used == 0
        assert not Refund.objects.exists()
        other = make_show(hall=show.hall, in_hours=200)
        make_hold(other, 0, customer=customer, voucher_code="ONCE")

    @pytest.mark.parametrize("kind", [Booking.Kind.COMPLIMENTARY, Booking.Kind.HOUSE])
    def test_complimentary_and_house_bookings_are_canceled_without_money(self, kind, show: Show, manager):
        booking = make_hold(show, 0, email="guest@example.com", channel=Booking.Channel.BOX_OFFICE)
        Booking.objects.filter(pk=booking.pk).update(
            kind=kind, state=Booking.State.CONFIRMED, confirmed_at=timezone.now()
        )
        booking.tickets.update(state=Ticket.State.ISSUED)
        carry_on(cancel(show, manager).pk)
        booking.refresh_from_db()
        assert (booking.state, row_of(booking).state) == (Booking.State.CANCELED, State.DONE)
        assert not Refund.objects.exists()
        assert Notification.objects.filter(kind="show_canceled").count() == 1

    def test_a_confirmation_that_was_under_way_is_found_by_the_sweep(self, show: Show, customer, manager):
        hold = make_hold(show, 0, customer=customer)
        cancellation = cancel(show, manager)
        carry_on(cancellation.pk)
        # As if its transaction had begun before and ended after.
        hold.tickets.update(state=Ticket.State.ISSUED)
        Booking.objects.filter(pk=hold.pk).update(state=Booking.State.CONFIRMED, confirmed_at=timezone.now())
        assert wake_silent(now=timezone.now() + 2 * canceling.DEAD_AFTER) == 1
        assert wake_silent() == 0
        assert carry_on(cancellation.pk) == 1

    def test_a_failing_booking_does_not_stop_the_others(self, show: Show, customer, rival, manager, monkeypatch):
        first, second = make_paid(show, 0, customer=customer), make_paid(show, 1, customer=rival)
        cancellation = cancel(show, manager)
        with monkeypatch.context() as broken:
            broken.setattr(canceling, "move_vouchers", None)
            Voucher.objects.create(code="V", theater=show.hall.theater, percent=1, used=1)
            Booking.objects.filter(pk=first.pk).update(voucher=Voucher.objects.get())
            assert carry_on(cancellation.pk) == 1
        row = row_of(first)
        assert (row.state, row_of(second).state) == (State.FAILED, State.DONE)
        assert "TypeError" in row.error
        first.refresh_from_db()
        assert first.state == Booking.State.CONFIRMED
        cancellation.refresh_from_db()
        assert cancellation.finished_at is None
        assert try_again(row=row, by=manager)
        assert not try_again(row=row, by=manager)
        assert carry_on(cancellation.pk) == 1
        cancellation.refresh_from_db()
        assert cancellation.finished_at
        assert Refund.objects.count() == 2

    def test_a_refund_that_the_gateway_refuses_is_tried_again_with_a_key_of_its_own(
        self, show: Show, customer, manager
    ):
        booking = make_paid(show, 0, customer=customer)
        SandboxAnswer.objects.update(refuses_refunds=True)
        carry_on(cancel(show, manager).pk)
        settle_all()
        assert row_of(booking).refunds.get().state == Refund.State.FAILED
        SandboxAnswer.objects.update(refuses_refunds=False)
        stale = row_of(booking)
        assert try_again(row=stale, by=manager)
        assert not try_again(row=stale, by=manager)
        settle_all()
        assert not try_again(row=row_of(booking), by=manager)
        assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]
        assert captured(booking).refunded == D("9.99")

    def test_box_office_payments_are_paid_out_by_hand_once(self, show: Show, manager, box_office):
        hold = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)
        payment = start_payment(booking=hold, gateway="terminal", return_url="/", made_by=box_office).payment
        booking = confirm_payment(payment=payment, by=box_office)
        carry_on(cancel(show, manager).pk)
        row = row_of(booking)
        assert (row.state, row.amount, row.is_told) == (State.PAY_OUT, D("9.99"), False)
        assert not Refund.objects.exists()
        [refund] = pay_out(row=row, by=box_office)
        assert pay_out(row=row, by=box_office) == []
        assert refund == Refund.objects.get() == row_of(booking).refunds.get()
        assert (refund.amount, refund.state, refund.made_by) == (D("9.99"), "succeeded", box_office)

    @pytest.mark.slow
    @pytest.mark.parametrize("paid", ["sandbox", "cash"])
    def test_both_payments_of_an_exchange_come_back_as_they_came(
        self, paid: str, show: Show, customer, manager, box_office
    ):
        open_drawer(theater=show.hall.theater, person=box_office, opening_float=D(100))
        hold = make_hold(show, 0, customer=customer, email=customer.email, channel=Booking.Channel.BOX_OFFICE)
        first = start_payment(booking=hold, gateway=paid, return_url="/", made_by=box_office).payment
        booking = confirm_payment(payment=first, by=box_office)
        dearer = make_show(hall=show.hall, price="15.00", in_hours=200)
        wish = ExchangeWish([booking.tickets.get()], dearer, choose(dearer, 0))
        hold = exchange_tickets(booking=booking, wish=wish, by=manager)
        payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
        confirm_payment(payment=payment)
        carry_on(cancel(dearer, manager).pk)
        settle_all()
        row = row_of(booking)
        assert (row.state, row.amount) == (State.PAY_OUT if paid == "cash" else State.DONE, D("15.00"))
        if paid == "cash":
            assert [refund.amount for refund in pay_out(row=row, by=box_office)] == [D("9.99")]
        given = Refund.objects.filter(show_cancellations__booking=booking, state=Refund.State.SUCCEEDED)
        assert sorted(given.values_list("amount", flat=True)) == [D("5.01"), D("9.99")]
        told = Notification.objects.get(kind="show_canceled").context
        assert D(told["refund"]["amount"]) == (D("5.01") if paid == "cash" else D("15.00"))

    @pytest.mark.slow
    def test_an_exchange_that_waits_for_its_surcharge_ends_with_the_old_show(self, show: Show, customer, manager):
        booking = make_paid(show, 0, customer=customer)
        dearer = make_show(hall=show.hall, price="15.00", in_hours=200)
        wish = ExchangeWish([booking.tickets.get()], dearer, choose(dearer, 0))
        hold = exchange_tickets(booking=booking, wish=wish, by=manager)
        carry_on(cancel(show, manager).pk)
        payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
        confirm_payment(payment=payment)
        settle_all()
        # Neither the old money nor the new one buys anything, and both come back.
        assert sorted(Refund.objects.values_list("amount", "state")) == [
            (D("5.01"), "succeeded"),
            (D("9.99"), "succeeded"),
        ]
        assert not Ticket.objects.issued().exists()

    def test_the_database_keeps_rows_to_their_show_and_one_each(self, show: Show, customer, manager):
        booking = make_paid(show, 0, customer=customer)
        stranger = make_paid(make_show(), 0, customer=customer)
        cancellation = cancel(show, manager)
        with pytest.raises(IntegrityError, match="have tickets for its show"), transaction.atomic():
            CanceledBooking.objects.create(cancellation=cancellation, booking=stranger)
        with pytest.raises(IntegrityError), transaction.atomic():
            CanceledBooking.objects.create(cancellation=cancellation, booking=booking)


# Several batches, so that a worker is killed in the middle of one, and others come before and after it.
PAYERS, ROW_BATCH = 40, 8
KINDS = ("sandbox", "refusing", "terminal", "free")


def sell(show: Show, quantity: int) -> None:
    """Write `quantity` confirmed bookings of two seats each, by all ways of paying in turn."""
    now = timezone.now()
    seats = list(show.seat_map.seats.order_by("run", "position"))
    adult = TicketType.objects.get(theater=show.hall.theater)
    kinds = [KINDS[number % len(KINDS)] for number in range(quantity)]
    bookings = Booking.objects.bulk_create(
        Booking(
            theater=show.hall.theater,
            email="" if kind == "terminal" else f"payer-{number}@example.com",
            state=Booking.State.CONFIRMED,
            kind=Booking.Kind.COMPLIMENTARY if kind == "free" else Booking.Kind.SALE,
            confirmed_at=now,
            currency="EUR",
            total=D(0) if kind == "free" else D("40.10"),
        )
        for number, kind in enumerate(kinds)
    )
    Ticket.objects.bulk_create(
        Ticket(
            booking=booking,
            show=show,
            seat=seat,
            category_id=seat.category_id,
            ticket_type=adult,
            price=D(0) if kind == "free" else D("20.05"),
            amount=D(0) if kind == "free" else D("20.05"),
            state=Ticket.State.ISSUED,
        )
        for number, (booking, kind) in enumerate(zip(bookings, kinds, strict=True))
        for seat in seats[2 * number : 2 * number + 2]
    )
    payments = Payment.objects.bulk_create(
        Payment(
            booking=booking,
            gateway="terminal" if kind == "terminal" else "sandbox",
            amount=booking.total,
            currency="EUR",
            received_amount=booking.total,
            received_currency="EUR",
            state=Payment.State.CAPTURED,
            captured_at=now,
            key=uuid.uuid4(),
        )
        for booking, kind in zip(bookings, kinds, strict=True)
        if kind != "free"
    )
    by_booking = dict(zip((booking.pk for booking in bookings), kinds, strict=True))
    SandboxAnswer.objects.bulk_create(
        SandboxAnswer(
            payment=payment,
            decision=SandboxAnswer.Decision.APPROVE,
            answers_at=now,
            refuses_refunds=by_booking[payment.booking_id] == "refusing",
        )
        for payment in payments
        if payment.gateway == "sandbox"
    )


def run_and_kill(*scripts: str) -> None:
    """Run each worker's work in a process of its own that is killed by its own script, one after the other."""
    environment = {**os.environ, "DATABASE_URL": _test_database_url(), "DJANGO_SETTINGS_MODULE": "ticketing.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", FORK, *scripts], env=environment, cwd=settings.BASE_DIR, check=False, timeout=100
    )
    assert ended.returncode == 0


# The apps are loaded once for all.
FORK = """
import os, signal, sys
import django
django.setup()

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

for script in sys.argv[1:]:
    worker = os.fork()
    if not worker:
        exec(script)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == -signal.SIGKILL
"""


@pytest.mark.timeout(300)
@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_every_customer_has_one_right_outcome_though_workers_are_killed(
    theater: Theater, manager, box_office, monkeypatch
):
    monkeypatch.setattr(canceling, "ROW_BATCH", ROW_BATCH)
    show = make_show(hall=make_hall(theater=theater, rows=4, seats=20))
    sell(show, PAYERS)
    cancellation = cancel(show, manager)
    run_and_kill(
        # Killed in the middle of a booking, with half of the work done …
        "from show_changes import cancel\nfrom show_changes.models import CanceledBooking\n"
        f"cancel.ROW_BATCH = {ROW_BATCH}\n"
        "tell = cancel.notify_show_canceled\n"
        "def tell_or_die(*args, **kwargs):\n"
        f"    if CanceledBooking.objects.filter(state='waiting').count() < {PAYERS // 2}: die()\n"
        "    return tell(*args, **kwargs)\n"
        "cancel.notify_show_canceled = tell_or_die\n"
        f"cancel.carry_on({cancellation.pk})\n",
        # … and another when the gateway has given money back and nobody has noted it.
        "from bookings.services import refund\n"
        "from payments.models import Refund\n"
        "refund.apply_refund_outcome = die\n"
        "refund.settle_refund(Refund.objects.filter(state='pending').first().pk)\n",
    )
    waiting = CanceledBooking.objects.filter(state=State.WAITING).count()
    assert waiting == PAYERS // 2
    assert wake_silent(now=timezone.now() + 2 * canceling.DEAD_AFTER) == 1
    assert carry_on(cancellation.pk) == waiting
    assert wake_due_refunds(now=timezone.now() + timedelta(minutes=30)) == Refund.objects.count()
    settle_all()
    assert_one_outcome_each()
    refused = CanceledBooking.objects.filter(refunds__state=Refund.State.FAILED)
    assert refused.count() == PAYERS // 4
    SandboxAnswer.objects.update(refuses_refunds=False)
    for row in refused:
        try_again(row=row, by=manager)
    settle_all()
    for row in CanceledBooking.objects.filter(state=State.PAY_OUT).select_related("cancellation__show__hall"):
        pay_out(row=row, by=box_office)
    assert_books_are_even()
    cancellation.refresh_from_db()
    assert cancellation.finished_at


def assert_one_outcome_each() -> None:
    assert CanceledBooking.objects.count() == PAYERS
    assert set(Booking.objects.values_list("state", flat=True)) == {Booking.State.CANCELED}
    assert not Ticket.objects.live().exists()
    # Who paid at the counter gave no address; everybody else is told, once.
    told = Counter(Notification.objects.filter(kind="show_canceled").values_list("recipient", flat=True))
    assert len(told) == PAYERS * 3 // 4
    assert set(told.values()) == {1}
    by_gateway = Counter(Refund.objects.values_list("payment__gateway", "state"))
    assert by_gateway == {("sandbox", "succeeded"): PAYERS // 4, ("sandbox", "failed"): PAYERS // 4}
    assert Counter(CanceledBooking.objects.values_list("state", flat=True)) == {
        State.DONE: PAYERS * 3 // 4,
        State.PAY_OUT: PAYERS // 4,
    }


def assert_books_are_even() -> None:
    paid = list(Payment.objects.filter(state=Payment.State.CAPTURED).values_list("booking", "amount"))
    given = list(Refund.objects.filter(state=Refund.State.SUCCEEDED).values_list("payment__booking", "amount"))
    assert sorted(given) == sorted(paid)
    assert len(paid) == PAYERS * 3 // 4
    assert {payment.refunded for payment in Payment.objects.all()} == {D("40.10")}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work_and_do_nothing_twice(theater: Theater, manager):
    show = make_show(hall=make_hall(theater=theater, rows=4, seats=10))
    sell(show, 20)
    cancellation = cancel(show, manager)
    done = race(lambda: carry_on(cancellation.pk), lambda: carry_on(cancellation.pk))
    assert sum(done) == 20
    assert Refund.objects.count() == 10
    assert Notification.objects.filter(kind="show_canceled").count() == 15


@pytest.mark.slow
@pytest.mark.worker
def test_a_real_worker_does_it_all_by_itself(celery_worker_process):
    show = make_show(hall=make_hall(rows=2, seats=10))
    sell(show, 4)
    cancellation = cancel(show, make_user("manager@example.com"))
    celery_worker_process.wait_until(lambda: ShowCancellation.objects.get(pk=cancellation.pk).finished_at)
    celery_worker_process.wait_until(lambda: not Refund.objects.filter(state=Refund.State.PENDING).exists())
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]
    assert Counter(CanceledBooking.objects.values_list("state", flat=True)) == {State.DONE: 3, State.PAY_OUT: 1}
