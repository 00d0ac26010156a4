"""Tickets on each stock, read back as a scanner and a reader would."""

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, TicketPrint
from bookings.services.print_tickets import print_tickets
from bookings.tickets.codes import InvalidTicketCode, read
from bookings.tickets.paper import printed_pdf, sample_pdf
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.receipt_printer import read_escpos
from theaters.models import Theater
from theaters.stock import TicketStock

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Of receipt printers.
DOTS_PER_POINT = 203.2 / 72
MM = 72 / 25.4

# Width and height in millimeters, and how many of five tickets are on the first page.
SHEETS = {
    TicketStock.A4_ONE: (210, 297, 1),
    TicketStock.A4_TWO: (297, 210, 2),
    TicketStock.A4_FOUR: (210, 297, 4),
    TicketStock.ROLL: (80, None, 1),
    TicketStock.LARGE_CARD: (203.2, 76.2, 1),
    TicketStock.SMALL_CARD: (139.7, 50.8, 1),
}


@pytest.fixture
def booking(theater: Theater) -> Booking:
    return make_paid(make_show(hall=make_hall(theater=theater, rows=2, seats=4)), 0, 1, 2, 3, 4, email="a@example.com")


def scan(page: pypdfium2.PdfPage) -> list[str]:
    """Read codes as a thermal head draws them: black or white, 203 dots to the inch."""
    picture = page.render(scale=DOTS_PER_POINT).to_pil().convert("L").point(lambda level: 255 if level > 128 else 0)
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("stock", SHEETS)
def test_each_stock_has_its_size_and_codes_that_scan(stock: TicketStock, booking: Booking, box_office: User):
    width, height, count = SHEETS[stock]
    content = printed_pdf(print_tickets(booking=booking, by=box_office, stock=stock))
    assert b"pdfuaid" in content
    pdf = pypdfium2.PdfDocument(content)
    assert len(pdf) == -(-5 // count)
    found = [read(text) for page in pdf for text in scan(page)]
    assert sorted(found) == sorted(booking.tickets.values_list("code", flat=True))
    assert len(scan(pdf[0])) == count
    size = pdf[0].get_size()
    assert size[0] == pytest.approx(width * MM, abs=1)
    assert height is None or size[1] == pytest.approx(height * MM, abs=1)
    text = " ".join(pdf[0].get_textpage().get_text_range().split())
    pdf.close()
    for fact in ("Hamlet", "Stalls", "Adult", "€20.00", booking.code):
        assert fact in text, fact


def test_a_receipt_printer_cuts_after_each_ticket_and_its_code_scans(booking: Booking, box_office: User):
    made = print_tickets(booking=booking, by=box_office, stock=TicketStock.ROLL, format=TicketPrint.Format.ESC_POS)
    client = signed_in(box_office)
    answer = client.get(reverse("admin:printed_roll", args=[made.key]))
    assert answer["Content-Type"] == "application/octet-stream"
    printed = read_escpos(answer.content)
    assert (printed.cuts, printed.kicks) == (5, 0)
    found = [read(code.text) for paper in printed.papers for code in zxingcpp.read_barcodes(paper.convert("L"))]
    assert sorted(found) == sorted(booking.tickets.values_list("code", flat=True))
    assert {paper.width for paper in printed.papers} == {576}


def test_a_sample_admits_nobody(theater: Theater):
    theater.ticket_stock = TicketStock.ROLL
    pdf = pypdfium2.PdfDocument(sample_pdf(theater))
    (text,) = scan(pdf[0])
    pdf.close()
    with pytest.raises(InvalidTicketCode):
        read(text)
