"""All papers that the project makes, for tests that look at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket, TicketPrint
from bookings.services.print_tickets import print_tickets
from bookings.tickets.documents import tickets_pdf
from bookings.tickets.paper import printed_pdf
from events.models import Event, Show, TicketType
from fiscal.printing import receipts_pdf
from fiscal.selectors import read_receipts
from fiscal.services.issue import issue_for_booking
from mailings.monthly_report import monthly_report_pdf
from reports.catalog import REPORTS
from reports.exports.write import write_report
from reports.models import Export
from reports.periods import Period
from reports.results import ReportRequest
from testing.bookings import make_paid
from testing.builders import make_event, make_show, make_theater
from theaters.models import Hall, Seat, SeatCategory, SeatMap, Theater
from theaters.seat_maps import read_layout
from theaters.seat_maps.wall_plan import Paper, plan_as_pdf
from theaters.stock import TicketStock


def write_tickets(booking: Booking) -> Iterator[bytes]:
    yield tickets_pdf(booking)


def write_printed_tickets(booking: Booking) -> Iterator[bytes]:
    assert booking.customer is not None
    for stock in TicketStock:
        made = print_tickets(booking=booking, by=booking.customer, stock=stock, reason=TicketPrint.Reason.PRINTER)
        yield printed_pdf(made)


def write_receipt(booking: Booking) -> Iterator[bytes]:
    issue_for_booking(booking)
    for is_sheet in (False, True):
        yield receipts_pdf(read_receipts(booking), is_sheet=is_sheet)


def write_monthly_report(booking: Booking) -> Iterator[bytes]:
    assert booking.customer is not None
    yield monthly_report_pdf(booking.customer, timezone.now().date().replace(day=1), "Europe/Vienna")


def write_reports(booking: Booking) -> Iterator[bytes]:
    year = timezone.now().year
    period = Period(datetime(year - 1, 1, 1).date(), datetime(year + 1, 12, 31).date())  # noqa: DTZ001
    for report in REPORTS.values():
        file = BytesIO()
        group_by = report.groupings[0][0] if report.groupings else ""
        request = ReportRequest([booking.theater], timezone.now(), period=period, group_by=group_by)
        write_report(report, request, Export.Format.PDF, file)
        yield file.getvalue()


def write_seat_map(booking: Booking) -> Iterator[bytes]:
    ticket = booking.tickets.select_related("category", "show__event", "seat__seat_map__hall__theater__city").get()
    title = ticket.show.event.title
    names = [ticket.category.name, *dict.fromkeys(filter(None, (title[:80], title[80:160], title[160:])))]
    shape = {"shape": "rectangle", "rectangle": {"width": 300, "height": 90}}
    areas = [
        {**shape, "position": {"x": 0, "y": index * 100}, "marquee": {"capacity": 9, "category": name, "name": name}}
        for index, name in enumerate(names)
    ]
    layout = read_layout({"categories": [{"name": name} for name in names], "zones": [{"areas": areas}]})
    assert ticket.seat is not None
    yield plan_as_pdf(ticket.seat.seat_map, layout, Paper.A4, is_landscape=False)


# One for each template: a new one is added here, and is then looked at like the others.
MAKERS: dict[str, Callable[[Booking], Iterator[bytes]]] = {
    "tickets.typ": write_tickets,
    "printed_tickets.typ": write_printed_tickets,
    "receipt.typ": write_receipt,
    "monthly_report.typ": write_monthly_report,
    "report.typ": write_reports,
    "seat_map.typ": write_seat_map,
}


def make_named(user: User, name: str, title: str = "") -> Booking:
    """Return a paid booking in which everything that people name is called so, as far as its column holds it."""

    def fit(model: type[Model], field: str) -> str:
        return name[: model._meta.get_field(field).max_length]

    theater = make_theater(fit(Theater, "name"))
    theater.place = fit(Theater, "place")
    theater.save()
    hall = Hall.objects.create(theater=theater, name=fit(Hall, "name"))
    seat_map = SeatMap.objects.create(hall=hall, version=1)
    category = SeatCategory.objects.create(seat_map=seat_map, name=fit(SeatCategory, "name"), color="#000000", rank=1)
    Seat.objects.create(
        seat_map=seat_map, guid="a", section=fit(Seat, "section"), row=fit(Seat, "row"), number=fit(Seat, "number"),
        category=category, x=0, y=0, run=1, position=1,
    )  # fmt: skip
    SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.PUBLISHED)
    event = make_event(title or fit(Event, "title"), age_rating=fit(Event, "age_rating"))
    show = make_show(hall=hall, event=event, format=fit(Show, "format"), price="99999.99")
    TicketType.objects.filter(theater=theater).update(name=fit(TicketType, "name"))
    User.objects.filter(pk=user.pk).update(name=fit(User, "name"))
    user.refresh_from_db()
    booking = make_paid(show, 0, customer=user, email=user.email)
    booking.tickets.update(attendee_name=fit(Ticket, "attendee_name"))
    return booking
