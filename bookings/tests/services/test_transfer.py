"""Bank transfers: offered as settings say, held until a day, confirmed by staff, sent back by staff."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from stdnum import iso11649

from accounts.models import User
from bookings.errors import DetailsMissing, VoucherRefused, WrongState
from bookings.models import Booking, Reservation
from bookings.services.cancel import cancel_tickets
from bookings.services.change_hold import drop_show
from bookings.services.refund import settle_refund
from bookings.services.release_hold import free_lapsed_holds
from bookings.services.settle import settle_open_payments
from bookings.services.transfer import (
    DueOutOfRange,
    NoBankAccount,
    ask_for_transfer,
    find_offer,
    receive_transfer,
    send_refund,
    start_transfer,
    to_be_sent,
)
from bookings.services.vouchers import use_voucher
from bookings.tickets.attachments import transfer_code
from box_office.reservations import reserve
from events.levels.change import change_settings
from events.models.settings import Scope
from mailings.reminders import remind_of_transfers
from notifications.models import Notification
from payments.errors import GatewayNotOffered
from payments.models import BankAccount, Payment, Refund, TransferCustomer
from payments.transfers import write_epc_code
from testing.bookings import lapse, make_hold
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db

ACCOUNT = {"holder": "Riverside Theatre", "iban": "AT611904300234573201", "bic": "BKAUATWW"}


def make_account(theater: Theater) -> BankAccount:
    return BankAccount.objects.create(theater=theater, **ACCOUNT)


def allow(theater: Theater, **values: Any) -> None:
    change_settings(scope=Scope(theater.pk), values=values, by=None)


@pytest.fixture
def show(theater: Theater) -> Any:
    return make_show(hall=make_hall(theater=theater), starts_at=timezone.now() + timedelta(days=30), price=20)


@pytest.fixture
def asked(show: Any, customer: User, manager: User) -> Booking:
    """A hold whose money is to come within ten days."""
    make_account(show.hall.theater)
    booking = make_hold(show, 0, 1, customer=customer)
    ask_for_transfer(booking=booking, until=timezone.now() + timedelta(days=10), by=manager)
    booking.refresh_from_db()
    return booking


def test_it_is_offered_to_whom_the_settings_say(show: Any, customer: User, rival: User) -> None:
    theater, now = show.hall.theater, timezone.now()
    booking = make_hold(show, 0, customer=customer)
    allow(theater, transfers="accounts")
    assert find_offer(booking, customer, now) is None, "There is no bank account."
    make_account(theater)
    today = timezone.localtime(now, theater.tz).date()
    assert find_offer(booking, customer, now) == today + timedelta(days=7)
    assert find_offer(booking, rival, now) is None
    allow(theater, transfers="accounts", transfer_days=60)
    due_on = find_offer(booking, customer, now)
    assert due_on == timezone.localtime(show.starts_at, theater.tz).date() - timedelta(days=2)
    assert find_offer(booking, customer, show.starts_at - timedelta(days=3)) is None, "There is no time left."
    allow(theater, transfers="chosen")
    assert find_offer(booking, customer, now) is None
    TransferCustomer.objects.create(theater=theater, email=customer.email)
    assert find_offer(booking, customer, now)
    allow(theater, transfers="staff")
    assert find_offer(booking, customer, now) is None
    with pytest.raises(GatewayNotOffered):
        start_transfer(booking=booking, user=customer)
    booking.refresh_from_db()
    assert booking.transfer_due_on is None
    assert not booking.payments.exists()


def test_a_customer_who_may_chooses_it(show: Any, customer: User) -> None:
    theater = show.hall.theater
    make_account(theater)
    allow(theater, transfers="accounts")
    booking = make_hold(show, 0, customer=customer)
    payment = start_transfer(booking=booking, user=customer)
    again = start_transfer(booking=booking, user=customer)
    booking.refresh_from_db()
    assert again == payment
    assert booking.transfer_due_on == timezone.localtime(timezone.now(), theater.tz).date() + timedelta(days=7)
    # A day more, until midnight, so that the bank's file can tell what came.
    ends_at = timezone.localtime(booking.expires_at, theater.tz)
    assert (ends_at.date() - booking.transfer_due_on, ends_at.hour) == (timedelta(days=2), 0)
    assert iso11649.validate(payment.reference).endswith(booking.code)
    told = Notification.objects.get(kind=Notification.Kind.TRANSFER_ASKED)
    assert told.context["iban"] == "AT61 1904 3002 3457 3201"
    attached = transfer_code({}, booking.code)
    assert attached is not None
    assert attached.content.startswith(b"\x89PNG")
    # The sum is fixed, and no sweep asks anybody about it.
    with pytest.raises(WrongState):
        drop_show(booking=booking, show=show)
    with pytest.raises(VoucherRefused):
        use_voucher(booking=booking, code="")
    assert settle_open_payments(now=timezone.now() + timedelta(days=3)) == 0


def test_staff_ask_for_it(show: Any, customer: User, manager: User) -> None:
    booking = make_hold(show, 0, customer=customer)
    until = timezone.now() + timedelta(days=10)
    with pytest.raises(NoBankAccount):
        ask_for_transfer(booking=booking, until=until, by=manager)
    make_account(show.hall.theater)
    for wrong in (timezone.now() - timedelta(minutes=1), show.starts_at + timedelta(minutes=1)):
        with pytest.raises(DueOutOfRange):
            ask_for_transfer(booking=booking, until=wrong, by=manager)
    nobody = make_hold(show, 1, channel=Booking.Channel.BOX_OFFICE, made_by=manager)
    with pytest.raises(DetailsMissing):
        ask_for_transfer(booking=nobody, until=until, by=manager)
    reservation = reserve(
        hold=nobody, name="Vera", phone="1", email="v@example.com", until=until, seller=manager, by_transfer=True
    )
    later = until + timedelta(days=3)
    ask_for_transfer(booking=nobody, until=later, by=manager)
    reservation.refresh_from_db()
    nobody.refresh_from_db()
    assert (reservation.until, nobody.expires_at) == (later, later)
    assert nobody.payments.count() == 1
    assert Notification.objects.filter(kind=Notification.Kind.TRANSFER_ASKED, recipient="v@example.com").count() == 2
    assert not Reservation.objects.filter(booking=booking).exists()


def test_received_money_confirms_it_once(asked: Booking, manager: User) -> None:
    payment = asked.payments.get()
    for _again in range(2):
        booking = receive_transfer(payment=payment, by=manager, bank_reference="B-1")
    assert booking.state == Booking.State.CONFIRMED
    assert payment.state == Payment.State.CAPTURED
    assert booking.tickets.issued().count() == 2
    assert Notification.objects.filter(kind=Notification.Kind.BOOKING_CONFIRMED).count() == 1


def test_it_frees_by_itself_after_a_reminder(asked: Booking, manager: User) -> None:
    ends_at = asked.expires_at
    assert ends_at is not None
    Payment.objects.update(created_at=ends_at - timedelta(days=9))
    assert remind_of_transfers(ends_at - timedelta(days=3)) == 0
    assert remind_of_transfers(ends_at - timedelta(days=2)) == 1
    assert remind_of_transfers(ends_at - timedelta(days=1)) == 0
    lapse(asked)
    free_lapsed_holds()
    settle_open_payments(now=ends_at)
    payment = asked.payments.get()
    assert payment.state == Payment.State.ABANDONED
    ended = Notification.objects.get(kind=Notification.Kind.TRANSFER_ENDED)
    assert (ended.recipient, len(ended.context["tickets"])) == (asked.contact_email, 2)
    # Late money takes the same places again, as all late money does.
    assert receive_transfer(payment=payment, by=manager).state == Booking.State.CONFIRMED


def test_late_money_for_lost_places_is_to_be_sent_back(asked: Booking, rival: User, manager: User) -> None:
    lapse(asked)
    free_lapsed_holds()
    make_hold(asked.shows[0], 0, customer=rival)
    payment = asked.payments.get()
    receive_transfer(payment=payment, by=manager)
    assert payment.surplus_reason == Payment.SurplusReason.PLACES_GONE
    refund = to_be_sent().get()
    assert refund.amount == payment.received_amount == Decimal(40)


def test_a_refund_waits_until_staff_have_sent_it(asked: Booking, manager: User) -> None:
    receive_transfer(payment=asked.payments.get(), by=manager)
    refund = cancel_tickets(booking=asked, by=manager, amount=Decimal(40), reason="Ill")
    assert refund is not None
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    assert not Notification.objects.filter(kind=Notification.Kind.BOOKING_REFUNDED).exists()
    for _again in range(2):
        refund = send_refund(refund=refund, by=manager, reference="OUT-1")
    assert (refund.state, refund.reference) == (Refund.State.SUCCEEDED, "OUT-1")
    assert Notification.objects.filter(kind=Notification.Kind.BOOKING_REFUNDED).count() == 1
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.FAILED)
    with pytest.raises(WrongState):
        send_refund(refund=refund, by=manager, reference="OUT-2")


def test_the_code_for_banking_apps(theater: Theater) -> None:
    account = make_account(theater)
    assert write_epc_code(account, Decimal(40), "EUR", "RF15ABCD2345").split("\n") == [
        "BCD", "002", "1", "SCT", "BKAUATWW", "Riverside Theatre", "AT611904300234573201", "EUR40.00", "",
        "RF15ABCD2345",
    ]  # fmt: skip
    assert not write_epc_code(account, Decimal(40), "GBP", "RF15ABCD2345")


def test_an_account_with_a_slip_of_a_digit_is_refused(theater: Theater) -> None:
    account = BankAccount(theater=theater, holder="Riverside", iban="at61 1904 3002 3457 3201", bic="bkauatww")
    account.full_clean()
    assert (account.iban, account.bic) == ("AT611904300234573201", "BKAUATWW")
    account.iban, account.bic = "AT611904300234573202", "BKAU"
    with pytest.raises(ValidationError) as refused:
        account.full_clean()
    assert set(refused.value.message_dict) == {"iban", "bic"}
