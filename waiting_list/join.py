"""Join the waiting list of a show, and leave it. Offers are made by `offers.py`."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.errors import NotOnSale, TooManyTickets
from bookings.models import Booking
from bookings.services.guests import proven_addresses
from bookings.services.places import count_live_tickets
from bookings.services.release_hold import release_hold
from bookings.signals import announce_freed
from events.models import Show
from events.models.settings import choose_language
from lib.refusals import Refusal
from theaters.models import SeatCategory
from waiting_list.messages import notify_waiting_list_joined
from waiting_list.models import WaitingListEntry
from waiting_list.offers import WaitingWish, find_places, look_again, settle_entries

State = WaitingListEntry.State


class PlacesAvailable(Refusal):
    message = _("Such places are available right now: book them before they are gone.")


class AlreadyWaiting(Refusal):
    message = _("This address is already on the waiting list of this show.")


def join(
    *,
    show: Show,
    party_size: int,
    email: str,
    customer: User | None = None,
    categories: Collection[int] = (),
    sits_together: bool = True,
    needs_accessible: bool = False,
    locale: str = "en",
) -> WaitingListEntry:
    """Put a party at the end of a show's waiting list, and confirm it by mail.

    Categories are pks of the show's own map; unknown ones are ignored, and none means any. Raises `NotOnSale`,
    `TooManyTickets`, `PlacesAvailable`, and `AlreadyWaiting` for an address that is on the list already: its
    earlier wish and place stay.
    """
    email = (email.strip() or (customer.email if customer else "")).lower()
    settle_entries(show.pk)
    now = timezone.now()
    show = Show.objects.select_related("event", "hall__theater__city").get(pk=show.pk)
    if not show.is_on_sale(now):
        raise NotOnSale
    limit = show.ticket_limit
    if not party_size >= 1 or party_size + count_live_tickets(show, customer, email, now) > limit:
        raise TooManyTickets(limit)
    wanted = list(SeatCategory.objects.filter(seat_map=show.seat_map_id, pk__in=categories))
    wish = WaitingWish(party_size, frozenset(one.pk for one in wanted), sits_together, needs_accessible)
    if find_places(show, wish, look_again(show.pk)) is not None:
        raise PlacesAvailable
    try:
        with transaction.atomic():
            entry = WaitingListEntry.objects.create(
                show=show,
                customer=customer,
                email=email,
                party_size=party_size,
                sits_together=sits_together,
                needs_accessible=needs_accessible,
                locale=choose_language(locale, show.hall.theater_id),
            )
            entry.categories.set(wanted)
            notify_waiting_list_joined(entry)
    except IntegrityError:
        raise AlreadyWaiting from None
    return entry


def leave(*, entry: WaitingListEntry) -> WaitingListEntry:
    """Leave the list at the customer's request, and release at once what was offered. Repeatable."""
    _end(entry)
    return entry


def remove(*, entry: WaitingListEntry, by: User, reason: str) -> WaitingListEntry:
    """Take a party off the list; the caller has checked that `by` may (`Capability.EDIT_BOOKINGS`). Repeatable."""
    with transaction.atomic():
        before = entry.state
        if _end(entry):
            record(
                by=by,
                action=Action.TAKE_OFF_THE_WAITING_LIST,
                on=entry,
                theater_id=entry.show.hall.theater_id,
                before={"state": before},
                after={"state": State.LEFT},
                reason=reason[:300],
            )
    return entry


def _end(entry: WaitingListEntry) -> bool:
    """Return True if this call ended the entry."""
    with transaction.atomic():
        is_ended = bool(
            WaitingListEntry.objects.live()
            .filter(pk=entry.pk)
            .exclude(booking__state=Booking.State.CONFIRMED)
            .update(state=State.LEFT, ended_at=timezone.now())
        )
        entry.refresh_from_db()
        if is_ended and entry.booking is not None and entry.booking.state == Booking.State.HELD:
            release_hold(booking=entry.booking)
    return is_ended


def place_in_line(entry: WaitingListEntry) -> int:
    """Return the entry's place in line, starting at 1. One query."""
    waiting = WaitingListEntry.objects.waiting().filter(show=entry.show_id)
    before = waiting.filter(joined_at__lt=entry.joined_at) | waiting.filter(joined_at=entry.joined_at, pk__lt=entry.pk)
    return before.count() + 1


def forget_waiting(entries: QuerySet[WaitingListEntry]) -> None:
    """Take an erased person's entries off all lists and remove everything that identifies the person.

    Call it in the transaction of the erasure.
    """
    rows = WaitingListEntry.objects.filter(pk__in=list(entries.values_list("pk", flat=True)))
    for show_id in set(rows.live().values_list("show_id", flat=True)):
        announce_freed(show_id)
    rows.live().update(state=State.LEFT, ended_at=timezone.now(), email="")
    rows.update(email="", customer=None)


def attach_entries(*, user: User, **kwargs: Any) -> int:
    """Give the user the guest entries of their confirmed addresses; return how many. Receives `addresses_proven`."""
    guests = WaitingListEntry.objects.filter(customer__isnull=True, email__in=proven_addresses(user))
    return guests.update(customer=user)
