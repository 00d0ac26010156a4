"""Documents for customers: tickets to print or show, and the calendar entry.

Both are in the booking's language and in the theater's time zone.
"""

import unicodedata
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

from bookings.errors import WrongState
from bookings.models import Booking, Ticket
from bookings.tickets.codes import sign
from bookings.tickets.qr import QUIET_ZONE, draw_qr
from events.models import Show
from lib.money import format_money
from lib.templatetags import formats
from lib.typesetting import typeset

_RIGHT_TO_LEFT = {"R", "AL"}
_JOINED_LANGUAGES = {"hi", "mr", "ne", "sa", "ar", "fa", "ur"}


def tickets_pdf(booking: Booking) -> bytes:
    """Typeset the booking's issued tickets as PDF/UA, one a page. Two statements if the show is loaded.

    The same booking gives the same bytes. Raises `WrongState` if no ticket is issued.
    """
    tickets = _order(booking.tickets.issued())
    if not tickets:
        raise WrongState
    with override(booking.locale):
        content = _describe(booking, tickets)
    return typeset("tickets.typ", content, made_at=booking.confirmed_at or booking.created_at)


def calendar_ics(booking: Booking) -> bytes:
    """Write the show as a calendar entry (RFC 5545) that later versions replace.

    If the booking or its show is canceled, or no ticket is left, it removes the entry from the calendar (RFC 5546).
    Two statements.
    """
    with override(booking.locale):
        return bytes(_calendar(booking).to_ical())


def _written(text: str) -> dict[str, Any]:
    """Return a text that people wrote, with the direction of its first letter."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    first = next((direction for direction in directions if direction in {"L", *_RIGHT_TO_LEFT}), "L")
    return {"text": text, "rtl": first in _RIGHT_TO_LEFT}


def _describe(booking: Booking, tickets: list[Ticket]) -> dict[str, Any]:
    show = booking.show
    event, hall, theater = show.event, show.hall, show.hall.theater
    city = theater.city.name
    return {
        "language": booking.locale.partition("-")[0],
        "is_joined": booking.locale.partition("-")[0] in _JOINED_LANGUAGES,
        "document_title": gettext("Tickets for %(title)s") % {"title": event.title},
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
        "site": settings.SITE_NAME,
        "website": urlsplit(settings.SITE_URL).netloc,
        "title": _written(event.title),
        "details": _written(" · ".join(part for part in (show.format, event.age_rating) if part)),
        "date": _write_date(show.starts_at, show, booking.locale),
        "starts": _write_time(show.starts_at, show),
        "doors": _write_time(show.doors_at, show) if show.doors_at else "",
        "theater": _written(theater.name),
        "hall": _written(hall.name),
        "address": _written(theater.place if city in theater.place else f"{theater.place}, {city}"),
        "access": _written(" ".join(theater.access_information.split())),
        "booking": booking.code,
        "tickets": [_describe_ticket(booking, ticket, at, len(tickets)) for at, ticket in enumerate(tickets, start=1)],
    }


def _describe_ticket(booking: Booking, ticket: Ticket, at: int, count: int) -> dict[str, Any]:
    # The code names the booking's own show: this spares a query for each ticket.
    ticket.show = booking.show
    code = draw_qr(sign(ticket))
    seat = ticket.seat
    notes = []
    if seat is None:
        place = [{"label": gettext("Area"), **_written(str(ticket.area)), "wide": True}]
        notes.append(gettext("No numbered seats: choose your place"))
    else:
        parts = [
            (gettext("Section"), seat.section, True),
            (gettext("Row"), seat.row, False),
            (gettext("Seat"), seat.number, False),
        ]
        place = [{"label": label, **_written(text), "wide": wide} for label, text, wide in parts if text]
        if seat.is_accessible:
            notes.append(gettext("Wheelchair place"))
        if seat.is_companion:
            notes.append(gettext("Companion seat"))
        if seat.has_restricted_view:
            notes.append(gettext("Restricted view"))
    return {
        "count": gettext("Ticket %(number)d of %(count)d") % {"number": at, "count": count},
        "place": place,
        "notes": notes,
        "name": _written(ticket.attendee_name),
        "type": _written(ticket.ticket_type.name),
        "category": _written(ticket.category.name),
        "price": _written(_write_price(booking, ticket)),
        "code": ticket.code,
        "qr": code.svg,
        "qr_quiet": QUIET_ZONE / code.size,
        "qr_alt": gettext("QR code of ticket %(code)s") % {"code": ticket.code},
    }


def _write_price(booking: Booking, ticket: Ticket) -> str:
    if booking.kind != Booking.Kind.SALE:
        return gettext("Complimentary")
    return format_money(ticket.cost, booking.currency, booking.locale)


def _write_date(moment: datetime, show: Show, locale: str) -> str:
    # In English with the day first, as on the pages.
    return str(
        format_date(_local(moment, show), "full", locale="en_GB" if locale == "en" else locale.replace("-", "_"))
    )


def _write_time(moment: datetime, show: Show) -> str:
    return formats.clock(moment, show.hall.theater.city.time_zone)


def _local(moment: datetime, show: Show) -> datetime:
    return timezone.localtime(moment, show.hall.theater.tz)


def _order(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """Return the tickets with what they print: seats in seating order, then areas."""
    return list(
        tickets.select_related("seat", "area", "category", "ticket_type").order_by(
            F("seat__run").asc(nulls_last=True), "seat__position", "pk"
        )
    )


def _calendar(booking: Booking) -> icalendar.Calendar:
    show = booking.show
    theater = show.hall.theater
    tickets = list(
        booking.tickets.live()
        .select_related("seat", "area")
        .order_by(F("seat__run").asc(nulls_last=True), "seat__position", "pk")
    )
    is_canceled = booking.state == Booking.State.CANCELED or show.state == Show.State.CANCELED or not tickets

    event = icalendar.Event()
    event.add("uid", f"{booking.code}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("sequence", _revision(booking))
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = icalendar.vText(theater.name)
    event["organizer"] = organizer
    event.add("status", "CANCELLED" if is_canceled else "CONFIRMED")
    event.add("dtstart", _local(show.starts_at, show))
    event.add("dtend", _local(show.ends_at, show))
    event.add("summary", show.event.title)
    event.add("location", ", ".join([theater.name, show.hall.name, theater.place]))
    if theater.latitude is not None and theater.longitude is not None:
        event.add("geo", (float(theater.latitude), float(theater.longitude)))
    url = f"{settings.SITE_URL}{booking.get_absolute_url()}"
    event.add("url", url)
    lines = [gettext("Booking %(code)s") % {"code": booking.code}, *(ticket.label for ticket in tickets)]
    if show.doors_at:
        doors = _write_time(show.doors_at, show)
        lines.append(gettext("Doors open at %(time)s.") % {"time": doors})
    event.add("description", "\n".join([*lines, url]))
    if not is_canceled:
        event.add_component(_alarm(show))

    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_canceled else "PUBLISH")
    calendar.add_component(event)
    # The time zone's rules for the years that matter, not for all since 1970.
    calendar.add_missing_timezones(date(show.starts_at.year - 1, 1, 1), date(show.ends_at.year + 1, 12, 31))
    return calendar


def _revision(booking: Booking) -> int:
    """Return a number that grows with each change, as SEQUENCE requires."""
    gone = booking.tickets.filter(state__in=[Ticket.State.CANCELED, Ticket.State.RELEASED]).count()
    return booking.show.revision + gone + (booking.state == Booking.State.CANCELED)


def _alarm(show: Show) -> icalendar.Alarm:
    """Ring when the doors open, or an hour before the start if that is not known."""
    doors_at = show.doors_at or show.starts_at - timedelta(hours=1)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", doors_at - show.starts_at)
    alarm.add("description", show.event.title)
    return alarm
