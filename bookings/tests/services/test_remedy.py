"""Money that bought nothing or did not go back is put right: seated after all, or refunded in one way or another."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import ReasonMissing, SeatsUnavailable, VoucherRefused, WrongState
from bookings.models import Booking, Ticket, Voucher
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import free_lapsed_holds
from bookings.services.remedy import (
    CannotBeSeated,
    NotInCash,
    ReferenceMissing,
    find_remedies,
    give_back,
    needing_remedy,
    open_failures,
    seat_surplus,
)
from box_office.day_end import read_day_end
from events.models import Show
from notifications.models import Notification
from notifications.rendering import render
from payments.drawers import DrawerShort, NoOpenDrawer, move_cash, open_drawer
from payments.models import DrawerEntry, Payment, Refund, Remedy, SandboxAnswer
from testing.bookings import captured, choose_standing, lapse, make_hold, make_paid, race
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def make_orphan(show: Show, customer: User, *seats: int, taken_by: User | None = None, **wish: Any) -> Payment:
    """Let money arrive for a hold that is over and whose seats another has, and let its refund be refused."""
    booking = make_hold(show, *seats, customer=customer, **wish)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://example.com/").payment
    lapse(booking)
    free_lapsed_holds()
    make_hold(show, *seats, customer=taken_by)
    payment.refresh_from_db()
    confirm_payment(payment=payment, amount=payment.amount, currency=payment.currency)
    SandboxAnswer.objects.create(
        payment=payment, decision="approve", answers_at=payment.created_at, refuses_refunds=True
    )
    settle_refund(payment.refunds.get().pk)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == (Payment.State.SURPLUS, 0)
    return payment


def let_go(show: Show, customer: User) -> None:
    for hold in Booking.objects.filter(customer=customer, state=Booking.State.HELD):
        lapse(hold)
    free_lapsed_holds()


def read(mail: Notification) -> str:
    return render(mail.kind, mail.context, "en").text


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=3))


@pytest.fixture
def orphan(show: Show, customer: User, rival: User) -> Payment:
    return make_orphan(show, customer, 0, 1, taken_by=rival)


@pytest.mark.slow
def test_the_same_seats_are_taken_when_they_are_free_again(orphan: Payment, show: Show, rival: User, manager: User):
    let_go(show, rival)
    assert find_remedies(orphan).same == ["Stalls, row A, seat 1", "Stalls, row A, seat 2"]
    for _ in range(2):
        booking = seat_surplus(payment=orphan, by=manager, reason="Called, is on the way")
    orphan.refresh_from_db()
    assert (booking.state, orphan.state) == (Booking.State.CONFIRMED, Payment.State.CAPTURED)
    assert [ticket.label[-6:] for ticket in booking.tickets.issued()] == ["seat 1", "seat 2"]
    assert told("booking_confirmed") == 1
    entry = AuditEntry.objects.get(action="seat late payment")
    assert (entry.by, entry.reason) == (manager, "Called, is on the way")
    assert orphan not in needing_remedy().filter(state=Payment.State.SURPLUS)


@pytest.mark.slow
def test_taken_seats_are_refused_and_equal_ones_given(orphan: Payment, manager: User):
    found = find_remedies(orphan)
    assert (found.same, found.objection) == ([], "")
    assert len(found.equal) == 2
    with pytest.raises(SeatsUnavailable):
        seat_surplus(payment=orphan, by=manager, reason="Try")
    orphan.refresh_from_db()
    assert orphan.state == Payment.State.SURPLUS
    for _ in range(2):
        booking = seat_surplus(payment=orphan, by=manager, reason="Agreed by phone", equal=True)
    issued = booking.tickets.issued()
    assert sorted(ticket.label for ticket in issued) == sorted(found.equal)
    assert [ticket.price for ticket in issued] == [20, 20]
    assert Ticket.objects.live().filter(show=booking.shows[0]).count() == 4


def test_no_equal_seats_no_booking(show: Show, customer: User, rival: User, manager: User):
    orphan = make_orphan(show, customer, *range(5), taken_by=rival)
    with pytest.raises(SeatsUnavailable):
        seat_surplus(payment=orphan, by=manager, reason="Try", equal=True)
    assert find_remedies(orphan).equal == []
    assert not Booking.objects.confirmed().exists()


def test_a_standing_place_comes_back_with_its_seat(show: Show, customer: User, rival: User, manager: User):
    orphan = make_orphan(show, customer, 0, taken_by=rival, areas=choose_standing(show, 2))
    booking = seat_surplus(payment=orphan, by=manager, reason="Agreed", equal=True)
    assert booking.tickets.issued().count() == 3
    assert show.areas.get().taken == 2


def test_a_failed_refund_is_tried_again_only_once(orphan: Payment, manager: User):
    failed = orphan.refunds.get()
    assert list(open_failures()) == [failed]
    with pytest.raises(WrongState):
        give_back(payment=orphan, by=manager, reason="Past the failed one")
    first = give_back(payment=orphan, failed=failed, by=manager, reason="The card works again")
    again = give_back(payment=orphan, failed=failed, by=manager, reason="The card works again")
    assert first == again
    orphan.refresh_from_db()
    assert (first.state, orphan.refunded) == (Refund.State.PENDING, 40)
    assert not needing_remedy().exists()
    SandboxAnswer.objects.update(refuses_refunds=False)
    assert settle_refund(first.pk).state == Refund.State.SUCCEEDED
    with pytest.raises(CannotBeSeated):
        seat_surplus(payment=orphan, by=manager, reason="Too late", equal=True)


def test_a_refund_that_fails_again_is_on_the_list_again(orphan: Payment, manager: User):
    failed = orphan.refunds.get()
    again = give_back(payment=orphan, failed=failed, by=manager, reason="Once more")
    settle_refund(again.pk)
    assert list(open_failures()) == [again]
    assert list(needing_remedy()) == [orphan]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "told_as", "words"),
    [
        ("transfer", "Bank transfer", "bank transfer, with the reference AT-2026-0815"),
        ("outside", "Outside the system", "We have refunded €40.00 for booking"),
        ("cash", "Cash", "We have given you €40.00 in cash"),
    ],
)
def test_staff_refund_by_hand_once_and_the_customer_is_told_how(
    way: str, told_as: str, words: str, orphan: Payment, manager: User
):
    reference = "AT-2026-0815" if way == "transfer" else ""
    failed = orphan.refunds.get()
    theater = orphan.booking.theater
    assert told("booking_refunded") == 0
    if way == "cash":
        with pytest.raises(NoOpenDrawer):
            give_back(payment=orphan, failed=failed, by=manager, reason="Card closed", way=Refund.Way.CASH)
        drawer = open_drawer(theater=theater, person=manager, opening_float=Decimal(30))
        with pytest.raises(DrawerShort):
            give_back(payment=orphan, failed=failed, by=manager, reason="Card closed", way=Refund.Way.CASH)
        assert list(open_failures()) == [failed]
        move_cash(drawer=drawer, kind="pay_in", amount=Decimal(20), reason="Change", by=manager, key=uuid.uuid4())
    for _ in range(2):
        refund = give_back(
            payment=orphan, failed=failed, by=manager, reason="Card closed", way=Refund.Way(way), reference=reference
        )
    assert (refund.state, refund.way, refund.reference) == (Refund.State.SUCCEEDED, way, reference)
    assert (refund.amount, refund.made_by, refund.settled_at is None) == (40, manager, False)
    assert settle_refund(refund.pk).attempts == 0
    entry = AuditEntry.objects.get(action__startswith="refund ", by=manager)
    assert (entry.reason, entry.by, entry.before) == ("Card closed", manager, {"failed": failed.error})
    assert not needing_remedy().exists()
    assert words in read(Notification.objects.get(kind="booking_refunded"))
    cash_back = list(DrawerEntry.objects.filter(kind="refund").values_list("refund", "amount", "drawer__person"))
    assert cash_back == ([(refund.pk, 40, manager.pk)] if way == "cash" else [])
    report = read_day_end(theater, timezone.localtime(timezone=theater.tz).date())
    assert [(line.label, line.amount) for line in report.refunds] == [(told_as, 40)]
    assert report.is_balanced, report.checks


def test_a_transfer_needs_its_reference_and_none_is_written_without(orphan: Payment, manager: User):
    failed = orphan.refunds.get()
    with pytest.raises(ReferenceMissing):
        give_back(payment=orphan, failed=failed, by=manager, reason="IBAN", way=Refund.Way.TRANSFER, reference=" ")
    assert list(open_failures()) == [failed]
    wrong: list[dict[str, Any]] = [
        {"way": "transfer"},
        {"way": "cash", "state": "succeeded"},
        {"way": "outside", "state": "failed"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.create(payment=orphan, amount=1, key=uuid.uuid4(), **values)
    handed = Refund.objects.create(payment=orphan, amount=1, key=uuid.uuid4(), way="cash")
    # Not without a drawer, and not by another name once it is settled.
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=handed.pk).update(state="succeeded")
    Refund.objects.filter(pk=handed.pk).update(way="transfer", reference="1", state="succeeded")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=handed.pk).update(way="cash")


@pytest.mark.slow
def test_a_customer_seated_after_a_refused_refund_is_notified_and_owed_nothing(
    orphan: Payment, show: Show, rival: User, manager: User
):
    assert told("booking_refunded") == 0
    returning = read(Notification.objects.get(kind="money_returned"))
    assert "We are refunding €40.00" in returning
    let_go(show, rival)
    failed = orphan.refunds.get()
    seat_surplus(payment=orphan, by=manager, reason="Called")
    assert not needing_remedy().exists()
    assert Remedy.objects.get().refund is None
    for way in (Refund.Way.AS_PAID, Refund.Way.OUTSIDE):
        with pytest.raises(WrongState):
            give_back(payment=orphan, failed=failed, by=manager, reason="And the money too", way=way)
    assert told("booking_refunded") == 0
    assert "nothing is refunded" in read(Notification.objects.get(kind="booking_confirmed"))


def test_money_in_another_currency_comes_out_of_no_drawer(show: Show, customer: User, manager: User):
    booking = make_hold(show, 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://example.com/").payment
    confirm_payment(payment=payment, amount=Decimal(25), currency="USD")
    SandboxAnswer.objects.create(
        payment=payment, decision="approve", answers_at=payment.created_at, refuses_refunds=True
    )
    failed = settle_refund(payment.refunds.get().pk)
    assert list(needing_remedy()) == [payment]
    with pytest.raises(NotInCash):
        give_back(payment=payment, failed=failed, by=manager, reason="Refund", way=Refund.Way.CASH)
    give_back(payment=payment, failed=failed, by=manager, reason="Sent by the bank", way=Refund.Way.OUTSIDE)
    assert not needing_remedy().exists()
    assert "$25.00" in read(Notification.objects.get(kind="booking_refunded"))


def test_a_wrong_amount_cannot_be_seated(show: Show, customer: User, manager: User):
    booking = make_hold(show, 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://example.com/").payment
    lapse(booking)
    free_lapsed_holds()
    confirm_payment(payment=payment, amount=Decimal(19), currency="EUR")
    Refund.objects.update(state="failed")
    Payment.objects.update(refunded=0)
    with pytest.raises(CannotBeSeated, match="A different amount"):
        seat_surplus(payment=payment, by=manager, reason="Close enough")
    with pytest.raises(IntegrityError, match="payment_captured_in_full"), transaction.atomic():
        Payment.objects.update(state="captured", surplus_reason="")


@pytest.mark.slow
def test_staff_are_warned_of_limits_that_they_pass(show: Show, customer: User, rival: User, manager: User):
    Voucher.objects.create(code="ONCE", theater=show.hall.theater, percent=10, limit=9)
    orphan = make_orphan(show, customer, 0, 1, taken_by=rival, voucher_code="ONCE")
    assert find_remedies(orphan).warnings == []
    Show.objects.update(tickets_per_customer=2)
    orphan.booking.shows[0].refresh_from_db()
    make_paid(show, 4, customer=customer, voucher_code="ONCE")
    assert find_remedies(orphan).warnings == [
        "The customer would have 3 tickets for this show; the limit is 2.",
        "The customer has used the voucher ONCE already, and would use it again.",
    ]
    seat_surplus(payment=orphan, by=manager, reason="A school class", equal=True)
    entry = AuditEntry.objects.get(action="seat late payment")
    assert len(entry.after["although"]) == 2


@pytest.mark.slow
def test_a_voucher_that_is_used_up_is_named(show: Show, customer: User, rival: User, manager: User):
    voucher = Voucher.objects.create(code="ONCE", theater=show.hall.theater, percent=10)
    orphan = make_orphan(show, customer, 0, 1, taken_by=rival, voucher_code="ONCE")
    make_paid(show, 4, customer=rival, voucher_code="ONCE")
    with pytest.raises(VoucherRefused, match="used up"):
        seat_surplus(payment=orphan, by=manager, reason="Try", equal=True)
    voucher.refresh_from_db()
    assert voucher.used == 1


def test_each_needs_a_reason_and_money_that_bought_something_is_left_alone(
    orphan: Payment, show: Show, rival: User, manager: User
):
    with pytest.raises(ReasonMissing):
        seat_surplus(payment=orphan, by=manager, reason=" ")
    paid = captured(make_paid(show, 5, customer=rival))
    with pytest.raises(WrongState):
        give_back(payment=paid, by=manager, reason="No")
    with pytest.raises(WrongState):
        give_back(payment=paid, failed=orphan.refunds.get(), by=manager, reason="Another's")
    assert not AuditEntry.objects.filter(by=manager).exists()


def test_the_database_keeps_one_remedy_for_a_failed_refund(orphan: Payment, show: Show, rival: User, manager: User):
    failed = orphan.refunds.get()
    give_back(payment=orphan, failed=failed, by=manager, reason="Once")
    paid = captured(make_paid(show, 5, customer=rival))
    other = Refund.objects.create(payment=paid, amount=1, key=uuid.uuid4(), state="failed")
    second = Remedy(refund=other, failed=failed, reason="Twice", made_by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    nameless = Remedy(refund=other, reason="", made_by=manager)
    with pytest.raises(IntegrityError, match="remedy_has_reason"), transaction.atomic():
        nameless.save()
    with pytest.raises(IntegrityError, match="remedy_of_something"), transaction.atomic():
        Remedy.objects.create(reason="Nothing", made_by=manager)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_staff_members_refund_once(show: Show, customer: User, rival: User, manager: User, box_office: User):
    orphan = make_orphan(show, customer, 0, 1, taken_by=rival)
    failed = orphan.refunds.get()

    def give(by: User) -> Refund:
        return give_back(payment=Payment.objects.get(pk=orphan.pk), failed=failed, by=by, reason="At once")

    assert len({result.pk for result in race(lambda: give(manager), lambda: give(box_office))}) == 1
    orphan.refresh_from_db()
    assert orphan.refunded == 40
