"""Bring a show to another version of its hall's seat map, with all that is sold and held for it.

Everyone keeps their place: the seat or area with the same id there, whatever it is called. Tickets keep their codes
and prices, also in another category. Prices follow by the categories' names, and so do the wishes of the waiting
list; a place that has another name is sent to its customer as a new ticket. Holds stay, and a customer who chooses a
seat on a page of the former version gets the same seat of the new one (`bookings/services/places.py`).

It is refused where a taken place would vanish. Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.models import Booking, Ticket
from bookings.seating.availability import forget_availability
from bookings.services.release_hold import free_at_once
from bookings.signals import announce_freed
from events.catalogue import forget_catalogue
from events.errors import WrongShowState
from events.locking import lock_show_alone
from events.models import Price, Show
from events.prices.ranges import refresh_price_ranges
from events.timetable.relocate import CategoryMatch, make_areas, match_categories
from lib.after_commit import after_commit
from lib.refusals import Refusal
from show_changes.messages import notify_places_renamed
from show_changes.move import withdraw_moves
from show_changes.same_places import NewMap, Seating, carry_prices, find_places, is_told, read_tickets
from theaters.models import Area, Seat, SeatCategory, SeatMap
from waiting_list.models import WaitingListEntry

# A show with 4,000 tickets takes 1.2 s of CPU on PostgreSQL.
WRITE_BATCH = 500
# How often it begins again because tickets were sold between its locks.
ATTEMPTS = 5
# Named in a sentence; the preview lists all.
NAMED_TICKETS = 5


class NotBrought(Refusal):
    """Taken places would vanish, or new categories have no prices; `seating` has all of them."""

    def __init__(self, seating: Seating) -> None:
        super().__init__()
        self.seating = seating

    def __str__(self) -> str:
        parts = []
        if tickets := self.seating.vanished:
            names = [f"{ticket.label} ({ticket.booking.code})" for ticket in tickets[:NAMED_TICKETS]]
            more = len(tickets) - NAMED_TICKETS
            words = ngettext(
                "This place is taken and is not in the new version: %(places)s.",
                "These places are taken and are not in the new version: %(places)s.",
                len(tickets),
            )
            parts.append(words % {"places": "; ".join(names) + (f" … +{more}" if more > 0 else "")})
        if self.seating.missing:
            words = gettext("Choose prices for these categories: %(names)s.")
            parts.append(words % {"names": ", ".join(self.seating.missing)})
        return " ".join(parts)


class VersionReplaced(Refusal):
    """A newer version was published, or the show went to another hall."""

    message = _("A newer version has been published. Bring the show to that one.")


class SoldMeanwhile(Refusal):
    """Tickets were sold again and again between the locks. It can be tried again."""

    message = _("Tickets are being sold at this very moment. Try again.")


@dataclass(frozen=True, slots=True)
class Brought:
    """How many tickets came along, and how many bookings were sent new ones. `former` is the pk of the old map."""

    former: int
    tickets: int = 0
    told: int = 0


def bring_show(*, show: Show, new: NewMap, sources: Mapping[str, str], fact: str, by: User) -> Brought:
    """Bring one show to a published version of its hall's map, all in one transaction. Repeatable.

    `sources` are as in `carry_prices`; `fact` makes the keys of the mails. Raises `NotBrought`, `VersionReplaced`,
    `WrongShowState` for a show that has begun or is over, and `SoldMeanwhile`; nothing has changed then.
    """
    for _attempt in range(ATTEMPTS):
        with transaction.atomic():
            brought = _bring(show.pk, new, sources, fact, by)
            if brought is not None:
                return brought
            transaction.set_rollback(True)
    raise SoldMeanwhile


def _bring(show_id: int, new: NewMap, sources: Mapping[str, str], fact: str, by: User) -> Brought | None:
    """Return what was done, or None if tickets were sold between the locks."""
    locking.lock_waiting_list(show_id)
    bookings = {booking.pk: booking for booking in locking.lock_bookings_of_show(show_id, with_expired=True)}
    show = lock_show_alone(show_id)
    now = timezone.now()
    former = show.seat_map
    if former.pk == new.seat_map.pk:
        return Brought(former.pk)
    if show.state not in (Show.State.DRAFT, Show.State.ON_SALE) or show.starts_at <= now:
        raise WrongShowState(show)
    # Whoever publishes a newer version waits until the show is on this one.
    published = SeatMap.objects.filter(pk=new.seat_map.pk, hall=show.hall_id, state=SeatMap.State.PUBLISHED)
    if not published.select_for_update(no_key=True).values_list("pk", flat=True).first():
        raise VersionReplaced
    lapsed = [booking for booking in bookings.values() if booking.is_lapsed(now)]
    free_at_once(lapsed)
    tickets = list(read_tickets([show.pk]))
    if any(ticket.booking_id not in bookings for ticket in tickets):
        return None
    seating = find_places(show, tickets, new)
    old = list(SeatCategory.objects.filter(seat_map=former))
    prices, seating.missing = carry_prices(show, old, new, show.prices.all(), sources)
    if not seating.is_possible:
        raise NotBrought(seating)
    former_places = {ticket.pk: place for ticket in seating.renamed if (place := ticket.seat or ticket.area)}
    withdraw_moves(show)
    _write_show(show, new, prices, is_renamed=bool(seating.renamed))
    _take_places(tickets, seating, new)
    _carry_areas(show, new)
    _carry_wishes(show, match_categories(old, new.categories))
    told = _tell(show, tickets, bookings, former_places, fact)
    record(
        by=by,
        action=Action.BRING_TO_SEAT_MAP,
        on=show,
        theater_id=show.hall.theater_id,
        before={"version": former.version},
        after={
            "version": new.seat_map.version,
            "tickets": seating.counts.total(),
            "other names": len(seating.renamed),
            "other categories": len(seating.recategorized),
        },
    )
    after_commit(forget_availability, show.pk)
    forget_catalogue()
    # There may be more places than before.
    announce_freed(show.pk)
    return Brought(former.pk, seating.counts.total(), told)


def _write_show(show: Show, new: NewMap, prices: Sequence[Price], *, is_renamed: bool) -> None:
    show.prices.all().delete()
    # Calendar entries name the places.
    revision = {"revision": F("revision") + 1} if is_renamed else {}
    Show.objects.filter(pk=show.pk).update(seat_map=new.seat_map, **revision)
    show.seat_map = new.seat_map
    Price.objects.bulk_create(prices)
    refresh_price_ranges([show.pk])


def _take_places(tickets: Iterable[Ticket], seating: Seating, new: NewMap) -> None:
    """Write the places of all tickets that have one; a released one without stays where it was."""
    categories = {category.pk: category for category in new.categories}
    kept = [ticket for ticket in tickets if ticket.pk in seating.places]
    for ticket in kept:
        place = seating.places[ticket.pk]
        ticket.seat = place if isinstance(place, Seat) else None
        ticket.area = place if isinstance(place, Area) else None
        ticket.category = categories[place.category_id]
    Ticket.objects.bulk_update(kept, ["seat", "area", "category"], batch_size=WRITE_BATCH)


def _carry_areas(show: Show, new: NewMap) -> None:
    """Give each area its counter. While more places are taken than it has now, all stay taken."""
    for row in list(show.areas.select_related("area").order_by("pk")):
        area = new.areas.get(row.area.guid)
        if area is None:
            row.delete()
            continue
        most = min(area.capacity, row.limit) if row.limit is not None else area.capacity
        row.area = area
        row.limit = None if most == area.capacity and row.taken <= most else most
        row.capacity = max(most, row.taken)
        row.save(update_fields=["area", "limit", "capacity"])
    if show.state != Show.State.DRAFT:
        make_areas([show])


def _carry_wishes(show: Show, matches: Mapping[int, CategoryMatch]) -> None:
    """Give those who wait the categories that correspond to the ones that they wished for."""
    wishes = WaitingListEntry.categories.through.objects.filter(waitinglistentry__show=show)
    wanted = defaultdict(set)
    for entry_id, category_id in wishes.values_list("waitinglistentry_id", "seatcategory_id"):
        if match := matches.get(category_id):
            wanted[entry_id].add(match.category.pk)
    wishes.filter(waitinglistentry__in=wanted).delete()
    WaitingListEntry.categories.through.objects.bulk_create(
        WaitingListEntry.categories.through(waitinglistentry_id=entry_id, seatcategory_id=category_id)
        for entry_id, category_ids in wanted.items()
        for category_id in sorted(category_ids)
    )


def _tell(
    show: Show,
    tickets: Iterable[Ticket],
    bookings: Mapping[int, Booking],
    former_places: Mapping[int, Seat | Area],
    fact: str,
) -> int:
    """Send new tickets where a place has another name; return to how many bookings."""
    by_booking: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.pk in former_places and is_told(ticket):
            ticket.show = show
            by_booking[ticket.booking_id].append(ticket)
    sent = [
        notify_places_renamed(bookings[booking_id], renamed, former_places=former_places, fact=fact)
        for booking_id, renamed in sorted(by_booking.items())
    ]
    return sum(notification is not None for notification in sent)
