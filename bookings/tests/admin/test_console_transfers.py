"""Bank transfers in the console: who asks for one, who records what came, and whose files are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.transfer import ask_for_transfer
from events.models import Show
from payments.models import BankAccount, BankFile, BankTransfer, Payment, Refund
from reports.today.concerns import KINDS
from testing.bank import IBAN, PAYER_IBAN, make_statement
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
LIST = reverse("admin:payments_banktransfer_changelist")
UPLOAD = reverse("admin:payments_banktransfer_upload")


@pytest.fixture
def show(theater: Theater) -> Show:
    BankAccount.objects.create(theater=theater, holder="Riverside Theatre", iban=IBAN)
    return make_show(hall=make_hall(theater=theater), starts_at=timezone.now() + timedelta(days=30), price=20)


def page(name: str, row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def sent(*lines: tuple[str, str], theater: Theater) -> dict[str, Any]:
    return {"theater": theater.pk, "file": SimpleUploadedFile("b.xml", make_statement(lines))}


def test_the_counter_asks_and_the_accountant_records(
    show: Show, customer: User, box_office: User, accountant: User
) -> None:
    booking = make_hold(show, 0, customer=customer)
    seller, books = signed_in(box_office), signed_in(accountant)
    asking, received = page("transfer", booking), page("received", booking)
    until = timezone.localtime(show.starts_at, booking.theater.tz) - timedelta(days=10)
    wish = {"until_0": f"{until:%Y-%m-%d}", "until_1": "18:00"}
    assert books.post(asking, wish).status_code == 403
    assert seller.post(asking, wish).status_code == 302
    booking.refresh_from_db()
    assert booking.expires_at is not None
    assert timezone.localtime(booking.expires_at, booking.theater.tz).hour == 18
    assert seller.post(received, {}).status_code == 403
    assert "is not an IBAN" in books.post(received, {"payer_iban": "AT00"}).content.decode()
    books.post(received, {"payer": "Vera", "payer_iban": "DE89 3704 0044 0532 0130 00", "bank_reference": "B-1"})
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED
    refund = cancel_tickets(booking=booking, by=accountant, amount=booking.total, reason="Ill")
    assert refund is not None
    sending = page("refund_sent", booking)
    # Staff read to which account the money goes.
    assert "DE89 3704 0044 0532 0130 00" in books.get(sending).content.decode()
    assert "To be sent" in books.get(reverse("admin:payments_refund_changelist")).content.decode().replace(
        "to be", "To be"
    )
    books.post(sending, {"refund": refund.pk, "reference": "OUT-1"})
    refund.refresh_from_db()
    assert (refund.state, refund.reference) == (Refund.State.SUCCEEDED, "OUT-1")


def test_a_file_is_read_and_the_rest_settled(
    show: Show, customer: User, accountant: User, other_manager: User, other_theater: Theater
) -> None:
    theater, books = show.hall.theater, signed_in(accountant)
    booking = make_hold(show, 0, customer=customer)
    payment = ask_for_transfer(booking=booking, until=timezone.now() + timedelta(days=9), by=accountant)
    answer = books.post(UPLOAD, sent(("30.00", payment.reference), ("700.00", "rent"), theater=theater), follow=True)
    assert "0 transfers booked, 2 to be settled, 0 known before." in answer.content.decode()
    much, rent = BankTransfer.objects.order_by("amount")
    assert "Vera Payer" in books.get(LIST).content.decode()
    settle = page("settle", much)
    shown = books.get(settle).content.decode()
    assert booking.code in shown
    assert PAYER_IBAN in shown
    assert "Say for which booking" in books.post(settle, {"decision": "book", "code": ""}).content.decode()
    answer = books.post(settle, {"decision": "book", "code": booking.code}, follow=True)
    assert "€10.00 is to be sent back" in answer.content.decode()
    assert "is settled" in books.get(settle, follow=True).content.decode()
    assert "Give a reason" in books.post(page("settle", rent), {"decision": "dismiss"}).content.decode()
    books.post(page("settle", rent), {"decision": "dismiss", "reason": "Rent"})
    rent.refresh_from_db()
    assert rent.state == BankTransfer.State.DISMISSED
    # A manager of another theater neither sees these nor reads files for this one.
    stranger = signed_in(other_manager)
    assert "Vera Payer" not in stranger.get(LIST).content.decode()
    assert stranger.get(page("settle", much)).status_code == 403
    BankAccount.objects.create(theater=other_theater, holder="Elsewhere", iban=IBAN)
    stranger.post(UPLOAD, sent(("5.00", "x"), theater=theater))
    assert BankFile.objects.count() == 1


def test_a_bad_file_is_refused_with_a_sentence(show: Show, accountant: User) -> None:
    books, theater = signed_in(accountant), show.hall.theater
    for content, words in (
        (b"Tag;Geld\n1.12.2026;20,00\n", "are not known yet"),
        (b"\x00\x01", "was not accepted"),
        (make_statement([("5.00", "x")], iban=PAYER_IBAN), "of another account"),
    ):
        file = SimpleUploadedFile("b.csv", content)
        answer = books.post(UPLOAD, {"theater": theater.pk, "file": file})
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert not Payment.objects.exists()
    assert {"account_balance", "send_money"} <= {kind.icon for kind in KINDS}
