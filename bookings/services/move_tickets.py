"""Move tickets to other places of the same show: same booking, same price, new codes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import SeatsUnavailable, UnknownPlace, WrongState
from bookings.models import Booking, Ticket
from bookings.seating.availability import forget_availability
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.places import Places, find_in_the_way, quote_places
from bookings.services.release_hold import free_tickets
from bookings.signals import announce_freed
from bookings.tallies import move_areas, move_vouchers
from events.models import Show
from lib.after_commit import after_commit
from lib.refusals import ProblemType, Refusal
from theaters.models import Area, Seat


class TicketUsed(Refusal):
    problem = ProblemType(
        "ticket-used",
        409,
        _("A ticket was used at the door."),
        _("Leave it out, and try again with the others."),
    )
    message = _("A ticket that was used at the door can be neither moved nor exchanged.")


def move_tickets(
    *,
    booking: Booking,
    tickets: Sequence[Ticket],
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    by: User | None,
    reason: str = "",
) -> Booking:
    """Give each ticket another place of its show, the same for all, or none, at the price that it has.

    The old tickets are canceled and new ones issued with new codes, which the customer is sent. Until they have
    arrived or are printed, the old codes admit to the new places. Called again, it changes nothing.

    Raises `SeatsUnavailable` with every place that is gone, `WrongState`, `TicketUsed`, and `UnknownPlace`
    if there are not as many places as tickets.
    """
    wanted: list[Seat | Area] = []
    try:
        with transaction.atomic():
            booking = locking.lock_booking(booking.pk)
            now = timezone.now()
            show = _find_show(tickets)
            if booking.state != Booking.State.CONFIRMED or show.state == Show.State.CANCELED:
                raise WrongState
            chosen = lock_issued(booking, tickets)
            places = quote_places(show, seats, areas)
            wanted = [line.place for line in places.lines]
            if len(wanted) != len(tickets):
                raise UnknownPlace
            if chosen is None:
                if has_moved(tickets, wanted):
                    return booking
                raise WrongState
            # A party that moves over by one seat takes seats that its own tickets give up.
            given_up = {ticket.seat_id for ticket in chosen}
            others = {pk: seat for pk, seat in places.seats.items() if pk not in given_up}
            in_the_way = find_in_the_way(
                show, seats=others, areas=places.areas, wanted=places.wanted, own=None, now=now
            )
            freed = free_tickets(locking.lock_holds(in_the_way.lapsed, now))
            give_up(chosen)
            moved = take_over(booking, chosen, wanted)
            _count(show, chosen, places, freed.areas, freed.vouchers)
            messages.notify_moved(booking, moved)
            record(
                by=by,
                action=Action.MOVE_TICKETS,
                on=booking,
                theater_id=booking.theater_id,
                before={"places": [f"{ticket.label} ({ticket.code})" for ticket in chosen]},
                after={"places": [f"{ticket.label} ({ticket.code})" for ticket in moved]},
                reason=reason[:300],
            )
            after_commit(forget_availability, show.pk)
            announce_freed(show.pk)
    except IntegrityError:
        # Others were faster with one of these seats.
        raise SeatsUnavailable([place for place in wanted if isinstance(place, Seat)]) from None
    return booking


def _find_show(tickets: Sequence[Ticket]) -> Show:
    """Return the show of all these tickets. Raises `WrongState` for none or for several shows'."""
    show_ids = {ticket.show_id for ticket in tickets}
    if len(show_ids) != 1:
        raise WrongState
    return Show.objects.select_related("event", "hall__theater__city").get(pk=show_ids.pop())


def lock_issued(booking: Booking, tickets: Sequence[Ticket]) -> list[Ticket] | None:
    """Return these tickets of a locked booking in their current state, in order; None if they are no longer issued.

    Raises `WrongState` for none or another booking's, `TicketUsed` for one that came through the door.
    """
    pks = [ticket.pk for ticket in tickets]
    found = booking.tickets.select_related("seat", "area", "ticket_type").in_bulk(pks)
    if not pks or len(found) != len(set(pks)):
        raise WrongState
    chosen = [found[pk] for pk in pks]
    if any(ticket.state != Ticket.State.ISSUED for ticket in chosen):
        return None
    if are_used(chosen):
        raise TicketUsed
    return chosen


def are_used(tickets: Iterable[Ticket]) -> bool:
    """Return True if any of these tickets came through the door. One query."""
    pks = [ticket.pk for ticket in tickets]
    return Ticket.objects.admitted().filter(pk__in=pks).exists()


def has_moved(tickets: Sequence[Ticket], places: Sequence[Seat | Area]) -> bool:
    """Return True if these tickets were moved to exactly these places."""
    moved = Ticket.objects.filter(moved_from__in=[ticket.pk for ticket in tickets]).values_list("seat_id", "area_id")
    wanted = [(place.pk, None) if isinstance(place, Seat) else (None, place.pk) for place in places]
    return Counter(moved) == Counter(wanted)


def give_up(tickets: Iterable[Ticket], *, is_withdrawn: bool = False) -> None:
    """Cancel issued tickets, whose amounts pay for those that replace them. One query."""
    pks = [ticket.pk for ticket in tickets]
    Ticket.objects.filter(pk__in=pks).update(
        state=Ticket.State.CANCELED,
        credited=F("amount") + F("fees"),
        credited_fees=F("fees"),
        is_withdrawn=is_withdrawn,
    )


def take_over(booking: Booking, chosen: Sequence[Ticket], places: Sequence[Seat | Area]) -> list[Ticket]:
    """Issue a ticket for each of these places to replace canceled ones, with their prices and names."""
    moved = [
        Ticket(
            booking=booking,
            show_id=ticket.show_id,
            seat=place if isinstance(place, Seat) else None,
            area=place if isinstance(place, Area) else None,
            category_id=place.category_id,
            ticket_type_id=ticket.ticket_type_id,
            price=ticket.price,
            discount=ticket.discount,
            amount=ticket.amount,
            fees=ticket.fees,
            tax=ticket.tax,
            fees_tax=ticket.fees_tax,
            tax_rate=ticket.tax_rate,
            fees_tax_rate=ticket.fees_tax_rate,
            returned_fees=ticket.returned_fees,
            state=Ticket.State.ISSUED,
            attendee_name=ticket.attendee_name,
            attendee_email=ticket.attendee_email,
            exchange_id=ticket.exchange_id,
            moved_from=ticket,
        )
        for ticket, place in zip(chosen, places, strict=True)
    ]
    # In the order in which holds insert theirs, so that two never wait for each other.
    return Ticket.objects.bulk_create(sorted(moved, key=lambda ticket: ticket.seat_id or 0))


def _count(
    show: Show,
    chosen: Sequence[Ticket],
    places: Places,
    freed_areas: Counter[tuple[int, int]],
    freed_vouchers: Counter[int],
) -> None:
    """Update the counters for what was taken and what was released, together and in their order."""
    changes = Counter({(show.pk, pk): quantity for pk, quantity in places.wanted.items()})
    changes.subtract((show.pk, ticket.area_id) for ticket in chosen if ticket.area_id)
    changes.subtract(freed_areas)
    short = move_areas(changes)
    if short:
        raise SeatsUnavailable(areas=[places.areas[area_id].area for _show_id, area_id in short])
    move_vouchers({pk: -uses for pk, uses in freed_vouchers.items()})
