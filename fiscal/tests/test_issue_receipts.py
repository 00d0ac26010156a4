"""Receipts: one for each movement of money, numbered without gaps, never changed."""

from decimal import Decimal as D  # noqa: N817

import pypdfium2
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_payment
from bookings.services.move_tickets import move_tickets
from bookings.services.pay import start_payment
from bookings.services.refund import apply_refund_outcome, settle_refund
from events.models import Show
from fiscal.models import Receipt, ReceiptLine, ReceiptSeries, ReceiptSettings
from fiscal.services.issue import issue_for_drawer, issue_missing
from payments.drawers import close_drawer, move_cash
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.models import Refund, Till
from testing.bookings import captured, choose, lapse, make_hold, make_paid, open_till, race
from testing.builders import make_hall, make_show, make_user
from testing.console import signed_in
from testing.exchanges import exchange, pay
from theaters.models import Seller, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    theater.tax_rate = D(10)
    theater.save()
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6), price="12.10")


def told(theater: Theater) -> list[tuple[int, str, D]]:
    rows = Receipt.objects.filter(theater=theater).order_by("pk")
    return [(one.number, one.kind, one.total) for one in rows]


def test_an_online_sale_gets_its_receipt_by_the_job_once(show: Show, theater: Theater, customer: User):
    booking = make_paid(show, 0, 1, customer=customer)
    make_hold(show, 3, customer=customer)
    assert (issue_missing(theater), issue_missing(theater)) == (1, 0)
    receipt = Receipt.objects.get()
    year = timezone.localtime(timezone=theater.tz).year
    assert (receipt.code, receipt.booking, receipt.total) == (f"W{theater.pk}-{year}-000001", booking, D("24.20"))
    lines = receipt.lines.all()
    assert [(one.gross, one.tax, one.tax_rate) for one in lines] == [(D("12.10"), D("1.10"), D(10))] * 2
    assert customer.name not in str(receipt.content)


def test_everything_that_happens_to_a_booking_is_told_in_order(show: Show, theater: Theater, customer: User):
    booking = make_paid(show, 0, 1, customer=customer)
    dearer = make_show(hall=make_hall(theater=theater), price="35.00", in_hours=200)
    first, second = booking.tickets.order_by("pk")
    pay(exchange(booking, dearer, 0, tickets=[first]))
    cancel_tickets(booking=booking, tickets=[second], amount=D("5.00"), by=customer, reason="")
    settle_refund(Refund.objects.get().pk)
    issue_missing(theater)
    assert told(theater) == [(1, "sale", D("24.20")), (2, "exchange", D("22.90")), (3, "refund", D("-5.00"))]
    apply_refund_outcome(Refund.objects.get(), RefundOutcome(RefundStatus.FAILED, error="closed"))
    issue_missing(theater)
    assert told(theater)[3:] == [(4, "reversal", D("5.00"))]
    refunded, reversed_ = Receipt.objects.filter(kind__in=["refund", "reversal"]).order_by("pk")
    assert (refunded.corrects.kind, reversed_.corrects) == ("sale", refunded)
    # What is kept: the dearer ticket and the canceled one, with their whole tax.
    sums = ReceiptLine.objects.aggregate(gross=Sum("gross"), tax=Sum("tax"))
    assert (round(sums["gross"], 3), round(sums["tax"], 3)) == (D("47.10"), D("4.28"))


def test_a_refund_of_a_moved_ticket_is_of_the_one_that_was_sold(
    show: Show, theater: Theater, customer: User, manager: User
):
    booking = make_paid(show, 0, customer=customer)
    sold = booking.tickets.get()
    move_tickets(booking=booking, tickets=[sold], seats=choose(show, 5), by=manager)
    cancel_tickets(booking=booking, amount=D("12.10"), by=manager, reason="ill")
    settle_refund(Refund.objects.get().pk)
    issue_missing(theater)
    assert told(theater) == [(1, "sale", D("12.10")), (2, "refund", D("-12.10"))]
    assert [(one.ticket, one.tax) for one in ReceiptLine.objects.order_by("pk")] == [
        (sold, D("1.10")),
        (sold, D("-1.10")),
    ]


def test_money_that_bought_nothing_is_no_sale(show: Show, theater: Theater, customer: User, rival: User):
    late = make_hold(show, 0, customer=rival)
    payment = start_payment(booking=late, gateway="sandbox", return_url="").payment
    lapse(late)
    make_paid(show, 0, customer=customer)
    confirm_payment(payment=payment)
    issue_missing(theater)
    settle_refund(Refund.objects.get().pk)
    issue_missing(theater)
    assert told(theater)[1:] == [(2, "surplus", D("12.10")), (3, "refund", D("-12.10"))]
    assert set(ReceiptLine.objects.filter(receipt__number__gt=1).values_list("kind", "tax")) == {("deposit", D(0))}


def test_cash_has_the_series_of_its_till(show: Show, theater: Theater, customer: User, box_office: User):
    till = Till.objects.create(theater=theater, name="Bar", prefix="BAR")
    ReceiptSettings.objects.create(theater=theater, restarts_yearly=False, online_prefix="WEB")
    drawer = open_till(box_office, theater)
    entry = move_cash(drawer=drawer, kind="pay_out", amount=D("20"), reason="Ice", by=box_office, key=till_key(1))
    issue_for_drawer(entry)
    issue_for_drawer(entry)
    make_paid(show, 0, customer=customer)
    issue_missing(theater)
    assert list(Receipt.objects.order_by("pk").values_list("code", flat=True)) == ["BAR-000001", "WEB-000001"]
    close_drawer(drawer=drawer, counted=D("79"), expected=D("80"), explanation="One short", by=box_office)
    drawer.refresh_from_db()
    issue_for_drawer(drawer)
    assert Receipt.objects.filter(till=till).order_by("pk").values_list("code", "kind", "total").last() == (
        "BAR-000002",
        "difference",
        D("-1"),
    )


def till_key(number: int) -> str:
    return f"{number:032x}"


def test_a_customer_reads_receipts_at_once(show: Show, theater: Theater, customer: User, manager: User):
    theater.seller = Seller.objects.create(
        name="Riverside", legal_form="GmbH", street="Kai 1", city="Wien", country="AT", email="a@example.com"
    )
    theater.save()
    booking = make_paid(show, 0, customer=customer)
    address = reverse("fiscal:receipts", args=[booking.code])
    answer = signed_in(customer).get(address)
    assert b"pdfuaid" in answer.content
    pdf = pypdfium2.PdfDocument(answer.content)
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    for fact in (Receipt.objects.get().code, "Riverside GmbH", "Kai 1", "€12.10", "10 % tax on €11.00"):
        assert fact in text, fact
    assert signed_in(manager).get(address).status_code == 404
    assert address in signed_in(customer).get(booking.get_absolute_url()).content.decode()


def test_the_database_keeps_receipts_as_they_are(show: Show, theater: Theater, customer: User):
    make_paid(show, 0, customer=customer)
    issue_missing(theater)
    receipt, line = Receipt.objects.get(), ReceiptLine.objects.get()
    other = make_paid(show, 1, customer=customer)

    def skip() -> None:
        receipt.pk, receipt.number, receipt.payment = None, 3, captured(other)
        receipt.save(force_insert=True)

    for attempt in (
        lambda: Receipt.objects.update(total=1),
        lambda: Receipt.objects.all()._raw_delete("default"),
        lambda: ReceiptLine.objects.update(gross=1),
        lambda: ReceiptLine.objects.all()._raw_delete("default"),
        lambda: ReceiptLine.objects.create(receipt=line.receipt, position=2, kind="fee", text="x", gross=1),
        lambda: ReceiptSeries.objects.update(last_number=0),
        lambda: ReceiptSeries.objects.all()._raw_delete("default"),
        skip,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert told(theater) == [(1, "sale", D("12.10"))]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_in_a_race(theater: Theater, customer: User):
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6))
    make_paid(show, 0, 1, customer=customer)
    for index in range(2, 7):
        make_paid(show, index, customer=make_user(f"buyer{index}@example.com"))

    def run() -> int:
        try:
            return issue_missing(theater)
        finally:
            connection.close()

    assert sum(race(run, run, run)) == 6
    assert [number for number, _kind, _total in told(theater)] == [1, 2, 3, 4, 5, 6]
    assert ReceiptSeries.objects.get().last_number == 6
