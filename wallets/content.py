"""What a pass says, whatever the wallet: from its ticket, in the booking's language and by the theater's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from bookings.access import booking_url, ticket_url
from bookings.tickets.codes import sign
from theaters.brand_colors import LIGHT, shades_of
from theaters.brands import brand_of
from theaters.directory import BrandItem, describe_brand
from wallets.models import WalletPass

# The labels of a pass, by the names under which Apple's passes look them up in each language.
LABELS: dict[str, str | Promise] = {
    "event": _("Event"),
    "starts": _("Starts"),
    "doors": _("Doors"),
    "date": _("Date"),
    "section": _("Section"),
    "row": _("Row"),
    "seat": _("Seat"),
    "area": _("Area"),
    "type": _("Ticket"),
    "category": _("Category"),
    "name": _("Name"),
    "theater": _("Theater"),
    "hall": _("Hall"),
    "address": _("Address"),
    "access": _("Access"),
    "booking": _("Booking"),
    "note": _("Note"),
    "canceled": _("This ticket no longer opens the door."),
}

# Ink on paper, as on the pages.
PAPER, INK, ACCENT = "#f6f1e7", "#1a1512", "#b0270d"


@dataclass(frozen=True)
class Content:
    """What a pass says; `place` and `details` are texts by the names of their `LABELS`."""

    language: str
    title: str
    brand: BrandItem
    theater: str
    hall: str
    address: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    position: tuple[float, float] | None
    place: dict[str, str]
    details: dict[str, str] = field(default_factory=dict)
    code: str = ""
    # The text of the QR code, the same as on paper.
    qr: str = ""
    url: str = ""
    is_valid: bool = True

    @property
    def organization(self) -> str:
        """Who gives the pass: the brand, or the theater where that is the site's own."""
        return self.brand.name if self.brand.version else self.theater

    @property
    def accent(self) -> str:
        """The brand's color, legible on `PAPER`."""
        return shades_of(self.brand.color, LIGHT).accent if self.brand.color else ACCENT


def _local(moment: datetime, zone: tzinfo) -> datetime:
    # Wallets read no fractions of a second.
    return timezone.localtime(moment, zone).replace(microsecond=0)


def describe(one: WalletPass) -> Content:
    """Return what the pass says. No query if its ticket is loaded as `passes.RELATED` says."""
    ticket = one.ticket
    booking, show = ticket.booking, ticket.show
    theater = show.hall.theater
    zone = theater.tz
    city = theater.city.name
    seat = ticket.seat
    place = (
        {"section": seat.section, "row": seat.row, "seat": seat.number} if seat else {"area": str(ticket.area or "")}
    )
    notes = []
    if seat is not None:
        notes += [_("Wheelchair place")] if seat.is_accessible else []
        notes += [_("Companion seat")] if seat.is_companion else []
        notes += [_("Restricted view")] if seat.has_restricted_view else []
    details = {
        "type": ticket.ticket_type.name,
        "category": ticket.category.name,
        "name": ticket.attendee_name,
        "note": ", ".join(str(note) for note in notes),
        "booking": "" if ticket.is_passed_on else booking.code,
        "access": " ".join(theater.access_information.split()),
    }
    has_place = theater.latitude is not None and theater.longitude is not None
    return Content(
        language=booking.locale.partition("-")[0],
        title=show.event.title,
        # As it is, not as it was a minute ago: its change is why the pass is written again.
        brand=describe_brand(theater.brand, ()) if theater.brand else brand_of(theater),
        theater=theater.name,
        hall=show.hall.name,
        address=theater.place if city in theater.place else f"{theater.place}, {city}",
        starts_at=_local(show.starts_at, zone),
        ends_at=_local(show.ends_at, zone),
        doors_at=_local(show.doors_open_at, zone) if show.doors_open_at else None,
        position=(float(theater.latitude or 0), float(theater.longitude or 0)) if has_place else None,
        place={name: text for name, text in place.items() if text},
        details={name: capfirst(text) if name == "note" else text for name, text in details.items() if text},
        code=ticket.code,
        qr=sign(ticket),
        url=ticket_url(ticket) if ticket.is_passed_on else booking_url(booking),
        is_valid=one.is_valid,
    )
