"""Reserve places for a group: the best ones of a show, or those of a reservation made at the box office."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.models import Booking, Reservation
from bookings.seating.chosen import AreaChoice
from bookings.services.release_hold import release_hold
from bookings.services.transfer import ask_for_transfer
from box_office import reservations
from box_office.sale import Best, hold_at_counter
from events.models import Show
from inquiries.answer import AddressUnknown
from inquiries.models import Inquiry
from lib.refusals import Refusal


class AlreadyReserved(Refusal):
    message = _("Places are held for this group already.")


@dataclass(frozen=True)
class Places:
    """How many places of each ticket type, by pk, in an area, or else the best seats of a category or of any."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    category_id: int | None = None
    area_id: int | None = None
    accessible: int = 0

    @property
    def choice(self) -> dict[str, Any]:
        """What `hold_at_counter` takes."""
        if self.area_id is None:
            return {"best": Best(self.quantities, self.category_id, self.accessible)}
        return {"areas": [AreaChoice(self.area_id, count, kind) for kind, count in self.quantities.items()]}


def reserve(
    *, inquiry: Inquiry, show: Show, places: Places, until: datetime, paid_by: str, phone: str, by: User
) -> Booking:
    """Hold places for a group until a time, as a reservation of the box office. Call it outside a transaction.

    Raises `AlreadyReserved`, `AddressUnknown`, what `hold_at_counter` raises, and what `reservations.reserve` raises;
    then nothing is held.
    """
    _check_free(inquiry)
    # No page of the box office has this cart.
    cart = uuid4().hex
    hold = hold_at_counter(show=show, seller=by, cart=cart, locale=inquiry.locale, **places.choice)
    try:
        with transaction.atomic():
            reservations.reserve(
                hold=hold,
                name=inquiry.name or inquiry.contact_email,
                phone=phone or inquiry.phone,
                email=inquiry.contact_email,
                until=until,
                seller=by,
                by_transfer=paid_by == Inquiry.PaidBy.TRANSFER,
            )
            _attach(inquiry, hold, paid_by, by)
    except Refusal:
        release_hold(booking=hold)
        raise
    return hold


def attach(*, inquiry: Inquiry, booking: Booking, paid_by: str, by: User) -> None:
    """Take a reservation that was made at the box office, on the map, for this group.

    Raises `AlreadyReserved`, `AddressUnknown`, and what `ask_for_transfer` raises.
    """
    _check_free(inquiry)
    with transaction.atomic():
        Booking.objects.filter(pk=booking.pk, email="").update(email=inquiry.contact_email)
        _attach(inquiry, booking, paid_by, by)
        if paid_by == Inquiry.PaidBy.TRANSFER and booking.expires_at is not None:
            ask_for_transfer(booking=booking, until=booking.expires_at, by=by)


def find_attachable(inquiry: Inquiry) -> QuerySet[Reservation]:
    """Return the open reservations of the theater for this event that belong to no inquiry. Lazy, no query."""
    rows = Reservation.objects.filter(
        booking__theater=inquiry.theater_id,
        booking__state=Booking.State.HELD,
        booking__expires_at__gt=timezone.now(),
        booking__inquiry=None,
        booking__tickets__show__event=inquiry.event_id,
    )
    return rows.select_related("booking").distinct().order_by("-made_at")


def _check_free(inquiry: Inquiry) -> None:
    if not inquiry.contact_email:
        raise AddressUnknown
    if inquiry.state_at(timezone.now()) in (Inquiry.State.RESERVED, Inquiry.State.BOOKED):
        raise AlreadyReserved


def _attach(inquiry: Inquiry, booking: Booking, paid_by: str, by: User) -> None:
    """Let the inquiry follow the booking. One that lapsed or was canceled before gives way."""
    now = timezone.now()
    rows = Inquiry.objects.filter(pk=inquiry.pk, booking=inquiry.booking_id)
    if not rows.update(booking=booking, paid_by=paid_by, changed_at=now):
        raise AlreadyReserved
    Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.NEW).update(state=Inquiry.State.IN_WORK)
    Inquiry.objects.filter(pk=inquiry.pk, assignee=None).update(assignee=by)
    record(
        by=by,
        action=Action.RESERVE_FOR_GROUP,
        on=inquiry,
        theater_id=inquiry.theater_id,
        after={"booking": booking.code, "paid_by": paid_by},
    )
    inquiry.refresh_from_db()
