"""Documents for customers: tickets to print or show, and the entries of a calendar.

Both are in the booking's language and in the theater's time zone.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import icalendar
from babel.dates import format_date
from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, override

from bookings.access import booking_url
from bookings.errors import WrongState
from bookings.models import Booking, Ticket, TicketPrint, by_show
from bookings.own_words import write_words
from bookings.tickets.codes import sign
from bookings.tickets.qr import QUIET_ZONE, draw_qr
from events.models import Show
from lib.compiled import compiled
from lib.languages import date_locale
from lib.money import format_money
from lib.templatetags import formats
from lib.typesetting import direct, typeset
from theaters.brands import brand_of
from theaters.letterheads import letterhead_of

# As RFC 5545 spells it.
_CANCELED = "CANCELLED"
_JOINED_LANGUAGES = {"hi", "mr", "ne", "sa", "ar", "fa", "ur"}


@compiled
def read_tickets(code: str) -> QuerySet[Ticket]:
    """Read the booking's tickets and all that documents print of them, seats in seating order, then areas.

    Without those that were released or passed on. One statement.
    """
    return _printed().filter(booking__code=code, attendee_email="").exclude(state=Ticket.State.RELEASED)


@compiled
def read_holders_tickets(booking_id: int, show_id: int, email: str) -> QuerySet[Ticket]:
    """Read the tickets for a show that were passed on to one person, as `read_tickets` does. One statement."""
    return _printed().filter(booking=booking_id, show=show_id, attendee_email=email)


def read_print(made: TicketPrint) -> QuerySet[Ticket]:
    """Read the tickets of a print, as `read_tickets` does, those that were passed on too. One statement."""
    return _printed().filter(prints=made)


def _printed() -> QuerySet[Ticket]:
    tickets = Ticket.objects.select_related(
        "booking", "seat", "area", "category", "ticket_type", "show__event", "show__hall__theater__city"
    )
    return tickets.order_by(F("seat__run").asc(nulls_last=True), "seat__position", "pk")


def tickets_pdf(booking: Booking, tickets: Iterable[Ticket] | None = None) -> bytes:
    """Typeset the booking's issued tickets as PDF/UA, one a page, the earliest show first.

    The same booking gives the same bytes. One statement, or none if `read_tickets` gave the tickets. Raises
    `WrongState` if no ticket is issued.
    """
    tickets = read_tickets(booking.code) if tickets is None else tickets
    shows = by_show(ticket for ticket in tickets if ticket.state == Ticket.State.ISSUED)
    if not shows:
        raise WrongState
    with override(booking.locale):
        content = describe_tickets(booking, shows.items())
    return typeset("tickets.typ", content, made_at=booking.confirmed_at or booking.created_at)


def calendar_ics(
    booking: Booking, tickets: Iterable[Ticket] | None = None, *, show_code: str = "", url: str = ""
) -> bytes:
    """Write an entry (RFC 5545) for each of the booking's shows, or for one, that later versions replace.

    One whose show is canceled, or for which no ticket is left, is marked as canceled. If all are, they are removed
    from the calendar (RFC 5546); so a message about one show brings only its own. It leads to `url`, or to the
    booking's page. One statement, or none if `read_tickets` gave the tickets.
    """
    tickets = read_tickets(booking.code) if tickets is None else tickets
    with override(booking.locale):
        shows = {show: group for show, group in by_show(tickets).items() if show_code in ("", show.code)}
        return bytes(_calendar(booking, shows, url or booking_url(booking)).to_ical())


def describe_tickets(
    booking: Booking,
    shows: Iterable[tuple[Show, list[Ticket]]],
    *,
    mark: str = "",
    read_code: Callable[[Ticket], str] = sign,
    in_black: bool = False,
) -> dict[str, Any]:
    """Return what the templates of tickets print, in the active language.

    `mark` stands beside the number of each ticket. `read_code` gives the text of its QR code. `in_black`
    is for printers without colors.
    """
    shows = list(shows)
    titles = dict.fromkeys(show.event.title for show, _tickets in shows)
    return {
        "language": booking.locale.partition("-")[0],
        "is_joined": booking.locale.partition("-")[0] in _JOINED_LANGUAGES,
        "document_title": gettext("Tickets for %(title)s") % {"title": ", ".join(titles)},
        "author": shows[0][0].hall.theater.name,
        "labels": {
            "date": gettext("Date"),
            "starts": gettext("Starts"),
            "doors": gettext("Doors"),
            "name": gettext("Name"),
            "type": gettext("Ticket"),
            "category": gettext("Category"),
            "price": gettext("Price"),
            "booking": gettext("Booking"),
        },
        **letterhead_of(booking.theater_id, in_black=in_black).content,
        "website": urlsplit(brand_of(booking.theater_id).address).netloc,
        "booking": booking.code,
        "tickets": [
            {
                "show": described,
                "words": words,
                "count": " · ".join(part for part in (_number(at, len(tickets)), mark) if part),
                **_describe_ticket(booking, ticket, read_code(ticket)),
            }
            for show, tickets in shows
            for described, words in [(_describe_show(show, booking.locale), _write_words(booking, show))]
            for at, ticket in enumerate(tickets, start=1)
        ],
    }


def _describe_show(show: Show, locale: str) -> dict[str, Any]:
    event, hall, theater = show.event, show.hall, show.hall.theater
    city = theater.city.name
    return {
        "title": direct(event.title),
        "details": direct(" · ".join(part for part in (show.format, event.age_rating) if part)),
        "date": _write_date(show.starts_at, show, locale),
        "starts": _write_time(show.starts_at, show),
        "doors": _write_time(show.doors_open_at, show) if show.doors_open_at else "",
        "theater": direct(theater.name),
        "hall": direct(hall.name),
        "address": direct(theater.place if city in theater.place else f"{theater.place}, {city}"),
        "access": direct(" ".join(theater.access_information.split())),
    }


def _write_words(booking: Booking, show: Show) -> dict[str, Any]:
    return direct(write_words("ticket", booking, show.hall.theater, show))


def _number(at: int, count: int) -> str:
    return gettext("Ticket %(number)d of %(count)d") % {"number": at, "count": count}


def _describe_ticket(booking: Booking, ticket: Ticket, text: str) -> dict[str, Any]:
    code = draw_qr(text)
    seat = ticket.seat
    notes = []
    if seat is None:
        place = [{"label": gettext("Area"), **direct(str(ticket.area)), "wide": True}]
        notes.append(gettext("No numbered seats: choose your place"))
    else:
        parts = [
            (gettext("Section"), seat.section, True),
            (gettext("Row"), seat.row, False),
            (gettext("Seat"), seat.number, False),
        ]
        place = [{"label": label, **direct(text), "wide": wide} for label, text, wide in parts if text]
        if seat.is_accessible:
            notes.append(gettext("Wheelchair place"))
        if seat.is_companion:
            notes.append(gettext("Companion seat"))
        if seat.has_restricted_view:
            notes.append(gettext("Restricted view"))
    return {
        "place": place,
        "notes": notes,
        "name": direct(ticket.attendee_name),
        "type": direct(ticket.ticket_type.name),
        "category": direct(ticket.category.name),
        "price": direct(_write_price(booking, ticket)),
        "code": ticket.code,
        "qr": code.svg,
        "qr_modules": code.size,
        "qr_quiet": QUIET_ZONE / code.size,
        "qr_alt": gettext("QR code of ticket %(code)s") % {"code": ticket.code},
    }


def _write_price(booking: Booking, ticket: Ticket) -> str:
    if booking.kind != Booking.Kind.SALE:
        return gettext("Complimentary")
    return format_money(ticket.cost, booking.currency, booking.locale)


def _write_date(moment: datetime, show: Show, locale: str) -> str:
    # In English with the day first, as on the pages.
    return str(format_date(_local(moment, show), "full", locale=date_locale(locale)))


def _write_time(moment: datetime, show: Show) -> str:
    return formats.clock(moment, show.hall.theater.city.time_zone)


def _local(moment: datetime, show: Show) -> datetime:
    return timezone.localtime(moment, show.hall.theater.tz)


def _calendar(booking: Booking, shows: Mapping[Show, list[Ticket]], url: str) -> icalendar.Calendar:
    events = [_event(booking, show, tickets, url) for show, tickets in shows.items()]
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{brand_of(booking.theater_id).name}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if all(event["status"] == _CANCELED for event in events) else "PUBLISH")
    for event in events:
        calendar.add_component(event)
    # The time zone's rules for the years that matter, not for all since 1970.
    first, last = min(show.starts_at for show in shows), max(show.ends_at for show in shows)
    calendar.add_missing_timezones(date(first.year - 1, 1, 1), date(last.year + 1, 12, 31))
    return calendar


def _event(booking: Booking, show: Show, all_tickets: list[Ticket], url: str) -> icalendar.Event:
    theater = show.hall.theater
    tickets = [ticket for ticket in all_tickets if ticket.state in Ticket.LIVE]
    is_canceled = show.state == Show.State.CANCELED or not tickets
    event = icalendar.Event()
    event.add("uid", f"{booking.code}.{show.code}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    # It grows with each change: with the show's own, and with each ticket that goes.
    event.add("sequence", show.revision + len(all_tickets) - len(tickets))
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = icalendar.vText(theater.name)
    event["organizer"] = organizer
    event.add("status", _CANCELED if is_canceled else "CONFIRMED")
    event.add("dtstart", _local(show.starts_at, show))
    event.add("dtend", _local(show.ends_at, show))
    event.add("summary", show.event.title)
    event.add("location", ", ".join([theater.name, show.hall.name, theater.place]))
    if theater.latitude is not None and theater.longitude is not None:
        event.add("geo", (float(theater.latitude), float(theater.longitude)))
    event.add("url", url)
    lines = [gettext("Booking %(code)s") % {"code": booking.code}, *(ticket.label for ticket in tickets)]
    if show.doors_open_at:
        doors = _write_time(show.doors_open_at, show)
        lines.append(gettext("Doors open at %(time)s.") % {"time": doors})
    event.add("description", "\n".join([*lines, url]))
    if not is_canceled:
        event.add_component(_alarm(show))
    return event


def _alarm(show: Show) -> icalendar.Alarm:
    """Ring when the doors open, or an hour before the start if that is not known."""
    doors_at = show.doors_open_at or show.starts_at - timedelta(hours=1)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", doors_at - show.starts_at)
    alarm.add("description", show.event.title)
    return alarm
