"""A file of the bank books what is clear, once; the rest is settled by hand, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from bookings.errors import ReasonMissing, WrongState
from bookings.models import Booking
from bookings.models.bookings import make_booking_code
from bookings.search import find_bookings
from bookings.services.bank_file import (
    NoSuchBooking,
    TooLittle,
    dismiss_transfer,
    import_bank_file,
    return_transfer,
    settle_transfer,
)
from bookings.services.release_hold import free_lapsed_holds
from bookings.services.settle import settle_open_payments
from bookings.services.transfer import ask_for_transfer, find_sender, receive_transfer, to_be_sent
from events.models import Show
from payments.models import BankAccount, BankFile, BankTransfer, Payment
from payments.reconciliation import ExportUnreadable, UnknownColumns
from payments.transfers import CODE_LENGTH, find_codes, write_reference
from testing.bank import IBAN, PAYER_IBAN, make_statement
from testing.bookings import lapse, make_hold, race
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
State, Problem = BankTransfer.State, BankTransfer.Problem


@pytest.fixture
def show(theater: Theater) -> Show:
    BankAccount.objects.create(theater=theater, holder="Riverside Theatre", iban=IBAN)
    return make_show(hall=make_hall(theater=theater), starts_at=timezone.now() + timedelta(days=30), price=20)


def ask(show: Show, *seats: int, customer: User, by: User) -> Payment:
    booking = make_hold(show, *seats, customer=customer)
    return ask_for_transfer(booking=booking, until=timezone.now() + timedelta(days=10), by=by)


def read(theater: Theater, by: User, *lines: tuple[str, str]) -> BankFile:
    return import_bank_file(theater=theater, file_name="b.xml", content=make_statement(lines), by=by)


def state_of(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    return payment.state, Booking.objects.get(pk=payment.booking_id).state


def test_what_is_clear_is_booked_and_a_file_counts_once(
    show: Show, customer: User, rival: User, accountant: User
) -> None:
    theater = show.hall.theater
    first, second = (ask(show, seat, customer=person, by=accountant) for seat, person in enumerate((customer, rival)))
    spaced = f"thanks, {first.reference[:4].lower()} {first.reference[4:8]}-{first.reference[8:]}"
    lines = [("20.00", spaced), ("20.00", f"code {second.booking.code}"), ("700.00", "rent"), ("-9.00", "fee")]
    file = read(theater, accountant, *lines)
    assert state_of(first) == state_of(second) == ("captured", "confirmed")
    assert (file.transfers.count(), file.known, file.ignored) == (3, 0, 1)
    rent = BankTransfer.objects.get(state=State.OPEN)
    assert (rent.problem, rent.amount, rent.payer, rent.payer_iban) == (
        Problem.UNKNOWN, Decimal(700), "Vera Payer", PAYER_IBAN,
    )  # fmt: skip
    again = read(theater, accountant, *lines)
    assert (again.transfers.count(), again.known) == (0, 3)
    assert Payment.objects.count() == 2
    sender = find_sender(first)
    assert sender is not None
    assert sender.payer_iban == PAYER_IBAN


def test_parts_that_add_up_are_booked_together(show: Show, customer: User, accountant: User) -> None:
    theater, payment = show.hall.theater, ask(show, 0, 1, customer=customer, by=accountant)
    read(theater, accountant, ("15.00", payment.reference))
    part = BankTransfer.objects.get()
    assert (part.state, part.problem, part.booking) == (State.OPEN, Problem.TOO_LITTLE, payment.booking)
    with pytest.raises(TooLittle):
        settle_transfer(transfer=part, by=accountant)
    assert state_of(payment) == ("started", "held")
    read(theater, accountant, ("25.00", payment.reference))
    assert state_of(payment) == ("captured", "confirmed")
    assert [one.state for one in BankTransfer.objects.filter(payment=payment)] == [State.BOOKED] * 2


def test_too_much_and_twice_buy_once_and_the_rest_goes_back(show: Show, customer: User, accountant: User) -> None:
    theater, payment = show.hall.theater, ask(show, 0, 1, customer=customer, by=accountant)
    read(theater, accountant, ("50.00", payment.reference))
    transfer = BankTransfer.objects.get()
    assert (transfer.problem, *state_of(payment)) == (Problem.TOO_MUCH, "started", "held")
    for _again in range(2):
        transfer = settle_transfer(transfer=transfer, by=accountant)
    assert state_of(payment) == ("captured", "confirmed")
    assert transfer.surplus is not None
    assert [refund.amount for refund in to_be_sent()] == [Decimal(10)]
    read(theater, accountant, ("40.00", f"again {payment.reference}"))
    twice = BankTransfer.objects.get(state=State.OPEN)
    assert twice.problem == Problem.PAID_ALREADY
    twice = return_transfer(transfer=twice, by=accountant)
    assert twice.payment is not None
    assert twice.payment.surplus_reason == Payment.SurplusReason.PAID_ALREADY
    assert sorted(refund.amount for refund in to_be_sent()) == [Decimal(10), Decimal(40)]


def test_too_little_goes_back_and_the_hold_still_waits(show: Show, customer: User, accountant: User) -> None:
    payment = ask(show, 0, 1, customer=customer, by=accountant)
    read(show.hall.theater, accountant, ("15.00", payment.reference))
    return_transfer(transfer=BankTransfer.objects.get(), by=accountant)
    assert state_of(payment) == ("started", "held")
    assert to_be_sent().get().amount == Decimal(15)
    read(show.hall.theater, accountant, ("40.00", payment.reference))
    assert state_of(payment) == ("captured", "confirmed")


@pytest.mark.parametrize("is_taken", [False, True])
def test_late_money_takes_its_places_again_or_goes_back(
    show: Show, customer: User, rival: User, accountant: User, is_taken: bool
) -> None:
    payment = ask(show, 0, 1, customer=customer, by=accountant)
    lapse(payment.booking)
    free_lapsed_holds()
    settle_open_payments(now=timezone.now() + timedelta(hours=1))
    if is_taken:
        make_hold(show, 0, customer=rival)
    read(show.hall.theater, accountant, ("40.00", payment.reference))
    assert state_of(payment) == (("surplus", "expired") if is_taken else ("captured", "confirmed"))
    assert to_be_sent().count() == int(is_taken)
    assert BankTransfer.objects.get().state == State.BOOKED


def test_what_was_recorded_by_hand_is_not_counted_again(show: Show, customer: User, accountant: User) -> None:
    payment = ask(show, 0, customer=customer, by=accountant)
    receive_transfer(payment=payment, by=accountant)
    read(show.hall.theater, accountant, ("20.00", payment.reference), ("20.00", payment.reference))
    booked, other = BankTransfer.objects.order_by("pk")
    assert (booked.state, booked.payment, booked.payer_iban) == (State.BOOKED, payment, PAYER_IBAN)
    assert other.problem == Problem.PAID_ALREADY


def test_staff_say_what_a_transfer_is_for(
    show: Show, customer: User, accountant: User, other_theater: Theater, other_manager: User
) -> None:
    payment = ask(show, 0, customer=customer, by=accountant)
    read(show.hall.theater, accountant, ("20.00", "tickets"), ("700.00", "rent"))
    tickets, rent = BankTransfer.objects.order_by("amount")
    with pytest.raises(NoSuchBooking):
        settle_transfer(transfer=tickets, by=accountant, code="nonsense")
    settle_transfer(transfer=tickets, by=accountant, code=payment.reference)
    assert find_bookings(Booking.objects.all(), write_reference(payment.reference)).get() == payment.booking
    assert state_of(payment) == ("captured", "confirmed")
    with pytest.raises(ReasonMissing):
        dismiss_transfer(transfer=rent, by=accountant, reason=" ")
    for _again in range(2):
        dismiss_transfer(transfer=rent, by=accountant, reason="Rent of the bar")
    for settle in (settle_transfer, return_transfer):
        with pytest.raises(WrongState):
            settle(transfer=rent, by=accountant, code=payment.booking.code)
    with pytest.raises(WrongState):
        dismiss_transfer(transfer=tickets, by=accountant, reason="No")
    # Another theater's file books nothing here, whatever it names.
    BankAccount.objects.create(theater=other_theater, holder="Elsewhere", iban=IBAN)
    payment = ask(show, 1, customer=customer, by=accountant)
    read(other_theater, other_manager, ("20.00", payment.reference))
    assert state_of(payment) == ("started", "held")
    assert BankTransfer.objects.get(theater=other_theater).problem == Problem.UNKNOWN


def test_files_that_cannot_be_used_are_refused(show: Show, accountant: User) -> None:
    theater = show.hall.theater
    for content, error in (
        (make_statement([("20.00", "x")], iban=PAYER_IBAN), ExportUnreadable),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'x'>]><Document xmlns='camt.053'/>", ExportUnreadable),
        (b"Tag;Geld\n1.12.2026;20,00\n", UnknownColumns),
    ):
        with pytest.raises(error):
            import_bank_file(theater=theater, file_name="x", content=content, by=accountant)
    assert not BankFile.objects.exists()


def test_tables_of_banks_are_read_with_payer_and_account(show: Show, customer: User, accountant: User) -> None:
    payment = ask(show, 0, customer=customer, by=accountant)
    table = (
        "Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Verwendungszweck;Betrag;Waehrung\n"
        f"24.11.2026;24.11.2026;Vera Payer;DE89 3704 0044 0532 0130 00;{payment.reference};20,00;EUR\n"
        "24.11.2026;24.11.2026;Bank;;;-3,50;EUR\n"
    )
    import_bank_file(theater=show.hall.theater, file_name="b.csv", content=table.encode(), by=accountant)
    assert state_of(payment) == ("captured", "confirmed")
    transfer = BankTransfer.objects.get()
    assert (transfer.payer, transfer.payer_iban, f"{transfer.booked_on}") == ("Vera Payer", PAYER_IBAN, "2026-11-24")


def test_the_database_keeps_what_was_booked(show: Show, customer: User, rival: User, accountant: User) -> None:
    payment, other = (ask(show, seat, customer=who, by=accountant) for seat, who in enumerate((customer, rival)))
    read(show.hall.theater, accountant, ("20.00", payment.reference))
    booked = BankTransfer.objects.filter(payment=payment)
    for change in ({"amount": 30}, {"state": "open", "payment": None}, {"payment": other, "booking": other.booking}):
        with pytest.raises(IntegrityError), transaction.atomic():
            booked.update(**change)
    copy = booked.get()
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    copy.fingerprint, copy.booking = "another", other.booking
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_codes_are_found_as_people_write_them() -> None:
    for text in ("RF15ABCD2345", "rf15 abcd 2345", "Ref: RF 15-ABCD-2345.", "paid abcd2345", "XRF15ABCD2345Y"):
        assert "ABCD2345" in find_codes([text]), text
    # A slip of a digit is noticed.
    assert "ABCD2346" not in find_codes(["RF15 ABCD 2346"])
    assert len(make_booking_code()) == CODE_LENGTH


@pytest.mark.django_db(transaction=True)
def test_a_file_that_two_people_read_at_once_counts_once(
    show: Show, customer: User, accountant: User, manager: User
) -> None:
    payment = ask(show, 0, customer=customer, by=accountant)
    lines = [("20.00", payment.reference), ("700.00", "rent")]
    files = race(*(partial(read, show.hall.theater, person, *lines) for person in (accountant, manager)))
    assert sorted((file.transfers.count(), file.known) for file in files) == [(0, 2), (2, 0)]
    assert state_of(payment) == ("captured", "confirmed")
    assert Payment.objects.count() == 1
    assert BankTransfer.objects.filter(state=State.OPEN).get().problem == Problem.UNKNOWN
