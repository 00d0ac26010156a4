"""Receipts on 80 mm, as PDF and as bytes for a receipt printer, and the drawer that these open."""

from decimal import Decimal as D  # noqa: N817
from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse
from PIL import Image, ImageChops

from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import settle_refund
from box_office.sale import hold_at_counter, take_money
from events.models import Show
from fiscal.models import Receipt
from fiscal.printing import describe_all, receipt_pictures
from fiscal.selectors import read_receipts
from payments.drawers import close_drawer
from payments.models import Refund
from testing.bookings import choose, make_hold, open_till
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from testing.exchanges import exchange, pay
from testing.receipt_printer import read_escpos
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    theater.tax_rate = D(10)
    theater.save()
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6), event=make_event("Faust"), price="12.10")


def sell(show: Show, seller: User, *indices: int, gateway: str = "cash") -> Booking:
    hold = hold_at_counter(show=show, seller=seller, cart="a" * 32, seats=choose(show, *indices))
    return take_money(hold=hold, gateway=gateway, seller=seller, reference="" if gateway == "cash" else "4711")


def test_a_receipt_is_80_mm_wide_and_says_what_was_paid(show: Show, box_office: User):
    open_till(box_office, show.hall.theater)
    sold = sell(show, box_office, 0, 1)
    answer = signed_in(box_office).get(reverse("admin:box_office_receipt", args=[sold.code]))
    assert answer["Content-Type"] == "application/pdf"
    assert b"pdfuaid" in answer.content
    pdf = pypdfium2.PdfDocument(answer.content)
    assert pdf[0].get_width() == pytest.approx(80 * 72 / 25.4, abs=1)
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    (receipt,) = read_receipts(sold)
    for fact in (
        f"Receipt {receipt.code}",
        sold.code,
        "Faust",
        "€24.20",
        "10 % tax on",
        "€2.20",
        "Paid in cash",
        "Adult",
    ):
        assert fact in text, fact
    assert "Copy" not in text


def test_the_second_print_is_a_copy(show: Show, box_office: User):
    sold = sell(show, box_office, 0, gateway="terminal")
    address = reverse("admin:box_office_receipt", args=[sold.code])
    for is_copy in (False, True, True):
        pdf = pypdfium2.PdfDocument(signed_in(box_office).get(address).content)
        assert ("Copy" in pdf[0].get_textpage().get_text_range()) == is_copy
        pdf.close()


def test_each_movement_has_a_receipt_of_its_own(show: Show, box_office: User, theater: Theater):
    open_till(box_office, theater)
    sold = sell(show, box_office, 0, 1, gateway="terminal")
    dearer = make_show(hall=make_hall(theater=theater), event=make_event("Macbeth"), price="35.00", in_hours=200)
    first, second = sold.tickets.order_by("pk")
    pay(exchange(sold, dearer, 0, tickets=[first], by=box_office))
    cancel_tickets(booking=sold, tickets=[second], amount=D("5.00"), by=box_office, reason="ill")
    for refund in Refund.objects.all():
        settle_refund(refund.pk)
    address = reverse("admin:box_office_receipt", args=[sold.code])
    assert signed_in(box_office).get(address).status_code == 200
    receipts = read_receipts(sold)
    assert [(one.kind, one.total) for one in receipts] == [
        ("sale", D("24.20")),
        ("exchange", D("22.90")),
        ("refund", D("-5.00")),
    ]
    sale, _exchange, refunded = receipts
    assert refunded.corrects == sale
    told = describe_all(receipts)["receipts"][1]
    assert [line["amount"] for one in told["shows"] for line in one["lines"]] == ["-€12.10", "€35.00"]
    one = signed_in(box_office).get(f"{address}?number={sale.code}")
    assert sale.code in one["Content-Disposition"]
    assert signed_in(box_office).get(f"{address}?number=X-1").status_code == 404


def test_the_printer_gets_the_receipt_and_opens_the_drawer_for_cash(show: Show, box_office: User):
    drawer = open_till(box_office, show.hall.theater)
    sold = sell(show, box_office, 0)
    address = reverse("admin:box_office_receipt_roll", args=[sold.code])
    printed = read_escpos(signed_in(box_office).get(address).content)
    assert (printed.kicks, printed.cuts) == (1, 1)
    (paper,) = printed.papers
    (picture,) = receipt_pictures(read_receipts(sold))
    drawn = Image.open(BytesIO(picture)).convert("L").point(lambda light: 0 if light < 128 else 255)
    assert drawn.width == paper.width == 576
    assert ImageChops.difference(paper.convert("L").crop((0, 0, *drawn.size)), drawn).getbbox() is None

    close_drawer(drawer=drawer, counted=D("112.10"), by=box_office)
    assert read_escpos(signed_in(box_office).get(address).content).kicks == 0


def test_no_drawer_opens_for_a_card(show: Show, box_office: User):
    open_till(box_office, show.hall.theater)
    by_card = reverse("admin:box_office_receipt_roll", args=[sell(show, box_office, 0, gateway="terminal").code])
    assert read_escpos(signed_in(box_office).get(by_card).content).kicks == 0


def test_a_manager_does_not_open_the_sellers_drawer(show: Show, box_office: User, manager: User):
    open_till(box_office, show.hall.theater)
    in_cash = reverse("admin:box_office_receipt_roll", args=[sell(show, box_office, 0).code])
    assert read_escpos(signed_in(manager).get(in_cash).content).kicks == 0


def test_opening_the_drawer_without_a_sale_is_recorded(theater: Theater, box_office: User, accountant: User):
    kick = f"{reverse('admin:box_office_kick')}?theater={theater.slug}"
    client = signed_in(box_office)
    assert client.post(kick).status_code == 404
    drawer = open_till(box_office, theater)
    printed = read_escpos(client.post(kick).content)
    assert (printed.kicks, printed.cuts) == (1, 0)
    entry = AuditEntry.objects.get(action="kick drawer")
    assert (entry.by, entry.object_id, entry.theater_id) == (box_office, str(drawer.pk), theater.pk)
    assert signed_in(accountant).post(kick).status_code == 403
    assert client.get(kick).status_code == 405
    assert AuditEntry.objects.filter(action="kick drawer").count() == 1


def test_what_was_not_paid_has_no_receipt(show: Show, box_office: User):
    held = make_hold(show, 0, email="a@example.com")
    assert signed_in(box_office).get(reverse("admin:box_office_receipt", args=[held.code])).status_code == 404
    assert not Receipt.objects.exists()
