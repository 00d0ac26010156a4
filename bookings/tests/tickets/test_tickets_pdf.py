"""The PDF that people carry, read back as a scanner and a reader would."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp

from bookings.errors import WrongState
from bookings.models import Booking, Ticket, Voucher
from bookings.services.pay import pay_with_token
from bookings.tickets.codes import read, verify
from bookings.tickets.documents import tickets_pdf
from testing.bookings import choose_standing, make_hold, make_paid
from testing.builders import make_event, make_hall, make_show, make_theater
from theaters.directory import forget_directory, read_directory
from theaters.models import Brand, Hall, Seat, SeatCategory, SeatMap, Theater

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAID = {"email": "asha@example.com"}


@pytest.fixture
def open_pdf():
    """Open PDFs and close them in the end."""
    opened = []

    def open_pdf(content: bytes) -> pypdfium2.PdfDocument:
        opened.append(pypdfium2.PdfDocument(content))
        return opened[-1]

    yield open_pdf
    for pdf in opened:
        pdf.close()


def words(page: pypdfium2.PdfPage) -> str:
    # Without the places at which words that are too wide may part.
    return " ".join(page.get_textpage().get_text_range().replace("\u200b", "").split())


def scan(page: pypdfium2.PdfPage, *, scale: float = 2, gray: bool = False) -> list[str]:
    picture = page.render(scale=scale).to_pil()
    if gray:
        picture = picture.convert("L").point(lambda level: 255 if level > 128 else 0)
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.slow
def test_one_page_for_each_ticket_whose_code_names_just_that_ticket(open_pdf):
    show = make_show(hall=make_hall(rows=2, seats=4, standing=20))
    booking = make_paid(show, 5, 0, areas=choose_standing(show, 1), **PAID)
    pdf = open_pdf(tickets_pdf(booking))

    assert len(pdf) == 3
    for page, place in zip(pdf, ["A", "B", "Floor"], strict=True):
        (text,) = scan(page)
        ticket = booking.tickets.select_related("seat", "area").get(code=read(text))
        assert place == (ticket.seat.row if ticket.seat else ticket.area.name)
        assert ticket.code in words(page)
        assert booking.code in words(page)


@pytest.mark.slow
def test_the_tickets_of_each_show_say_which(open_pdf, theater):
    hall = make_hall(theater=theater)
    sunday = make_show(hall=hall, event=make_event("Matinee"), in_hours=96)
    friday = make_show(hall=hall, event=make_event("Hamlet"))
    booking = make_hold(friday, 2, **PAID, into=make_hold(sunday, 0, 1, **PAID))
    booking = pay_with_token(booking=booking, gateway="sandbox", token="approve")
    pdf = open_pdf(tickets_pdf(booking))
    texts = [words(page) for page in pdf]
    assert ["Hamlet" in texts[0], "Matinee" in texts[1], "Matinee" in texts[2]] == [True] * 3
    assert ["Ticket 1 of 1" in texts[0], "Ticket 1 of 2" in texts[1], "Ticket 2 of 2" in texts[2]] == [True] * 3
    assert pdf.get_metadata_value("Title") == "Tickets for Hamlet, Matinee"
    for page in pdf:
        (code,) = scan(page)
        ticket = booking.tickets.select_related("show").get(code=read(code))
        assert verify(code).show == ticket.show.code


def test_it_scans_from_a_bad_print(open_pdf):
    page = open_pdf(tickets_pdf(make_paid(make_show(), 0, **PAID)))[0]
    assert scan(page, scale=1, gray=True)


def test_it_says_what_a_visitor_needs(open_pdf):
    hall = make_hall(theater=make_theater("Riverside"))
    hall.theater.access_information = "Step-free entrance in Quay Lane."
    hall.theater.save()
    starts_at = datetime(2030, 7, 5, 19, 30, tzinfo=ZoneInfo("Europe/Vienna"))
    show = make_show(
        hall=hall,
        event=make_event("Twelfth Night", age_rating="12+"),
        starts_at=starts_at,
        doors_at=starts_at.replace(hour=18, minute=45),
        format="Concert version",
        price="24.50",
    )
    booking = make_paid(show, 2, **PAID)
    booking.tickets.update(attendee_name="Asha Raghunathan")

    text = words(open_pdf(tickets_pdf(booking))[0])

    for fact in (
        "Twelfth Night", "Concert version · 12+", "Friday, 5 July 2030", "18:45", "19:30", "Riverside", hall.name,
        "1 River Street", "Stalls", "A", "3", "Adult", "Parkett", "€24.50", "Asha Raghunathan", "Ticket 1 of 1",
        "Step-free entrance in Quay Lane.",
    ):  # fmt: skip
        assert fact in text


@pytest.mark.slow
def test_it_speaks_the_language_of_the_booking_and_keeps_the_time_of_the_theater(open_pdf):
    show = make_show(starts_at=datetime(2030, 1, 5, 18, 30, tzinfo=ZoneInfo("UTC")))
    booking = make_paid(show, 0, locale="de", **PAID)
    text = words(open_pdf(tickets_pdf(booking))[0])
    assert "Samstag, 5. Januar 2030" in text
    assert "19:30" in text
    assert "20,00 €" in text


@pytest.mark.parametrize(
    "title",
    [
        "मृच्छकटिकम्",
        "אנטיגונה",
        "أنتيغون",
        "Αντιγόνη",
        "Вишнёвый сад",
        "#set page(fill: red) *bold* _it_ $x$ `raw` @ref <label> // comment [x] \\ #sys.inputs",
        '"]) #panic("x") {"a": 1} </script> & \x07',
        "紅樓夢 🎭",
        "Word" * 50,
        "The Most Excellent and Lamentable Tragedie of Romeo and Juliet " * 3,
        "W" * 200,
    ],
)
def test_any_title_is_set_as_it_was_written(title, open_pdf):
    booking = make_paid(make_show(event=make_event(title[:200])), 0, **PAID)
    pdf = open_pdf(tickets_pdf(booking))
    assert len(pdf) == 1
    assert scan(pdf[0])
    found = words(pdf[0]).replace(" ", "")
    if title.startswith(("#", "The", "W", '"')):
        # What a reader hears is the title, letter by letter; lines break anywhere.
        assert "".join(title[:200].split()).replace("\x07", "")[:60] in found.replace("\x07", "")


@pytest.mark.slow
def test_longest_words_everywhere_stay_on_one_page(open_pdf):
    theater = make_theater("N" * 160)
    theater.place, theater.access_information = "P" * 300, "Step-free. " * 200
    theater.save()
    hall = Hall.objects.create(theater=theater, name="H" * 120)
    seat_map = SeatMap.objects.create(hall=hall, version=1)
    category = SeatCategory.objects.create(seat_map=seat_map, name="C" * 80, color="#000000", rank=1)
    Seat.objects.create(
        seat_map=seat_map, guid="a", section="S" * 80, row="R" * 20, number="9" * 20, category=category, x=0, y=0,
        run=1, position=1, is_accessible=True, is_companion=True, has_restricted_view=True,
    )  # fmt: skip
    SeatMap.objects.filter(pk=seat_map.pk).update(state="published")
    show = make_show(hall=hall, event=make_event("T" * 200, age_rating="A" * 20), format="F" * 40, price="123456789.99")
    show.doors_at = show.starts_at
    show.save()
    booking = make_paid(show, 0, **PAID)
    booking.tickets.update(attendee_name="Maximilian Alexander von und zu " * 4)
    pdf = open_pdf(tickets_pdf(booking))
    assert len(pdf) == 1
    assert scan(pdf[0])
    assert "Wheelchair place · Companion seat · Restricted view" in words(pdf[0])


def test_the_price_is_what_the_ticket_cost(open_pdf):
    show = make_show()
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, amount=Decimal("5.50"))
    booking = make_paid(show, 0, voucher_code="SPRING", **PAID)
    assert "€14.50" in words(open_pdf(tickets_pdf(booking))[0])
    Booking.objects.filter(pk=booking.pk).update(kind=Booking.Kind.COMPLIMENTARY)
    booking.refresh_from_db()
    assert "Complimentary" in words(open_pdf(tickets_pdf(booking))[0])


def test_canceled_tickets_are_left_out_and_without_any_there_is_no_document(open_pdf):
    booking = make_paid(make_show(), 0, 1, **PAID)
    first, second = booking.tickets.order_by("pk")
    Ticket.objects.filter(pk=first.pk).update(state=Ticket.State.CANCELED)
    pdf = open_pdf(tickets_pdf(booking))
    assert [read(text) for page in pdf for text in scan(page)] == [second.code]
    Ticket.objects.filter(pk=second.pk).update(state=Ticket.State.CANCELED)
    with pytest.raises(WrongState):
        tickets_pdf(booking)
    with pytest.raises(WrongState):
        tickets_pdf(make_hold(make_show(), 0, **PAID))


def test_it_is_the_same_every_time_tagged_and_named(open_pdf):
    booking = make_paid(make_show(), 0, **PAID)
    content = tickets_pdf(booking)
    assert tickets_pdf(booking) == content
    pdf = open_pdf(content)
    assert pdf.is_tagged()
    assert pdf.get_metadata_value("Title") == "Tickets for Hamlet"
    assert b"pdfuaid" in content


def test_statements(django_assert_num_queries):
    booking = make_paid(make_show(), 0, 1, 2, 3, **PAID)
    booking = Booking.objects.get(pk=booking.pk)
    # All theaters and brands are read once a minute.
    read_directory()
    with django_assert_num_queries(1):
        tickets_pdf(booking)


def test_it_bears_the_name_of_the_theaters_brand(open_pdf):
    theater = make_theater()
    Theater.objects.filter(pk=theater.pk).update(brand=Brand.objects.create(name="Riverside Players", slug="riverside"))
    make_theater("Elsewhere")
    forget_directory()
    content = tickets_pdf(make_paid(make_show(hall=make_hall(theater=theater)), 0, **PAID))
    assert "Riverside Players" in words(open_pdf(content)[0])
    assert "Marquee" not in words(open_pdf(content)[0])
