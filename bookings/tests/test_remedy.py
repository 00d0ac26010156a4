"""Money that bought nothing, or did not go back: seated after all, given back once more, or outside the system."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from bookings.errors import SeatsUnavailable, WrongState
from bookings.models import Booking, Payment, Refund, Remedy, SandboxAnswer, Ticket
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import free_lapsed_holds
from bookings.services.remedy import (
    CannotBeSeated,
    OnlyOutside,
    ReasonMissing,
    find_remedies,
    give_back,
    needing_remedy,
    open_failures,
    seat_surplus,
)
from bookings.tests.builders import captured, choose_standing, lapse, make_hold, make_paid, race
from conftest import make_hall, make_show
from events.models import Show
from notifications.models import Notification
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
    for hold in Booking.objects.filter(show=show, customer=customer, state=Booking.State.HELD):
        lapse(hold)
    free_lapsed_holds()


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=3))


@pytest.fixture
def orphan(show: Show, customer: User, rival: User) -> Payment:
    return make_orphan(show, customer, 0, 1, taken_by=rival)


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


def test_seats_that_another_has_are_refused_and_equal_ones_given(orphan: Payment, manager: User):
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
    assert Ticket.objects.live().filter(show=booking.show).count() == 4


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


def test_a_failed_refund_is_tried_once_more_and_only_once(orphan: Payment, manager: User):
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


def test_what_was_paid_back_outside_calls_no_gateway(orphan: Payment, manager: User):
    failed = orphan.refunds.get()
    for _ in range(2):
        refund = give_back(payment=orphan, failed=failed, by=manager, reason="Bank transfer of today", outside=True)
    assert (refund.state, refund.reference, refund.attempts) == (Refund.State.SUCCEEDED, "outside", 0)
    assert settle_refund(refund.pk).attempts == 0
    assert Remedy.objects.get().kind == Remedy.Kind.OUTSIDE
    assert AuditEntry.objects.get(action="refund outside").reason == "Bank transfer of today"
    assert not needing_remedy().exists()


def test_money_in_another_currency_only_goes_back_outside(show: Show, customer: User, manager: User):
    booking = make_hold(show, 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://example.com/").payment
    confirm_payment(payment=payment, amount=Decimal(25), currency="USD")
    assert list(needing_remedy()) == [payment]
    assert not find_remedies(payment).goes_through_gateway
    with pytest.raises(OnlyOutside):
        give_back(payment=payment, by=manager, reason="Refund")
    give_back(payment=payment, by=manager, reason="Sent back in the dashboard", outside=True)
    assert not needing_remedy().exists()


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
    second = Remedy(refund=other, failed=failed, kind="outside", reason="Twice", made_by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    nameless = Remedy(refund=other, kind="outside", reason="", made_by=manager)
    with pytest.raises(IntegrityError, match="remedy_has_reason"), transaction.atomic():
        nameless.save()


@pytest.mark.django_db(transaction=True)
def test_two_of_the_staff_give_back_once(show: Show, customer: User, rival: User, manager: User, box_office: User):
    orphan = make_orphan(show, customer, 0, 1, taken_by=rival)
    failed = orphan.refunds.get()

    def give(by: User) -> Refund:
        return give_back(payment=Payment.objects.get(pk=orphan.pk), failed=failed, by=by, reason="At once")

    assert len({result.pk for result in race(lambda: give(manager), lambda: give(box_office))}) == 1
    orphan.refresh_from_db()
    assert orphan.refunded == 40
