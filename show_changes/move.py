"""Move a show, with its tickets, to another time or another hall.

A plan is made and reviewed first (`plan_move`, `adjust_move`), and then applied as a whole or not at all
(`apply_move`). Tickets keep their codes and prices. Everyone who has booked is notified, and may return
the tickets for a full refund until the show starts. Reservations and house holds move too. Holds of
customers who are still choosing or paying on the web are released, since no one should pay for another show
than the one they saw; money that still comes for them is returned and explained.

Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import WrongState
from bookings.models import Booking, Reservation, Ticket
from bookings.seating.availability import forget_availability
from bookings.services.cancel import cancel_tickets, quote_in_full
from bookings.services.release_hold import free_at_once
from events.catalogue import forget_catalogue
from events.errors import HallTaken, InThePast, WrongShowState
from events.locking import lock_show_alone
from events.models import Show, ShowArea
from events.timetable.relocate import match_categories, relocate_show
from events.timetable.scheduling import describe, find_conflicts, read_seat_map
from lib.after_commit import after_commit
from lib.refusals import Refusal
from show_changes.matching import Chair, Fate, Member, NewHall, Placement, Space, Zone, lay_out, match_places
from show_changes.messages import BeforeMove, notify_show_moved
from show_changes.models import ShowMove
from theaters.models import Area, Hall, Seat, SeatCategory

# 600 tickets are written in 0.1 s on PostgreSQL.
WRITE_BATCH = 500
SEAT_COLUMNS = (
    "pk", "category_id", "section", "run", "position", "x", "y", "is_accessible", "is_companion", "has_restricted_view",
)  # fmt: skip


class PlanOutdated(Refusal):
    """Tickets were sold or returned since the plan was reviewed; it is made again."""

    message = _("Tickets were sold or returned in the meantime. The plan was made again; please check it once more.")


class TicketsUnplaced(Refusal):
    """Some tickets have no place in the new hall, and are not to be refunded."""

    message = _("Some tickets have no place in the new hall. Choose a place for each, or refund them.")


class PlaceTaken(Refusal):
    """A place that was chosen by hand is not free in the plan, or not in the new hall."""

    message = _("One of these places is taken. Nothing was changed.")


def plan_move(*, show: Show, hall: Hall, starts_at: datetime, by: User) -> ShowMove:
    """Make a show's only open plan; an earlier one is withdrawn.

    Raises `WrongShowState`, `InThePast`, `NoSeatMap`, or `HallTaken` with every show in the way.
    """
    with transaction.atomic():
        show = Show.objects.select_related("event", "hall__theater__city", "seat_map").get(pk=show.pk)
        _check_movable(show, starts_at)
        seat_map = show.seat_map if hall.pk == show.hall_id else read_seat_map(hall)
        wanted = Show(
            event=show.event, hall=hall, starts_at=starts_at, ends_at=starts_at + (show.ends_at - show.starts_at)
        )
        wanted.set_times()
        if conflicts := find_conflicts(hall, wanted.starts_at, wanted.cleared_at, except_pk=show.pk):
            raise HallTaken(hall, conflicts)
        withdraw_moves(show)
        move = ShowMove(show=show, hall=hall, seat_map=seat_map, starts_at=starts_at, made_by=by)
        move.plan = _match(move)
        move.unplaced = _count_unplaced(move.plan)
        move.save(force_insert=True)
    return move


def withdraw_moves(show: Show) -> None:
    ShowMove.objects.filter(show=show, state=ShowMove.State.PLANNED).update(state=ShowMove.State.WITHDRAWN)


def refresh_move(move: ShowMove) -> bool:
    """Add tickets that were sold since the plan was made, drop returned ones; return True if there were any.

    Tickets that are already in the plan keep their place in it.
    """
    plan = _match(move)
    if plan == move.plan:
        return False
    _save_plan(move, plan)
    return True


def adjust_move(*, move: ShowMove, version: int, places: Mapping[int, tuple[str, int]], by: User) -> None:
    """Give tickets, by pk, other places of the new hall: ("seat", pk) or ("area", pk), chosen by hand.

    Raises `PlaceTaken`, and `PlanOutdated` if the plan has changed since `version`.
    """
    if move.version != version or move.state != ShowMove.State.PLANNED:
        raise PlanOutdated
    plan = {key: dict(entry) for key, entry in move.plan.items()}
    if not set(map(str, places)) <= set(plan):
        raise PlanOutdated
    seats = Seat.objects.filter(seat_map=move.seat_map_id).in_bulk(
        [pk for kind, pk in places.values() if kind == "seat"]
    )
    areas = Area.objects.filter(seat_map=move.seat_map_id).in_bulk(
        [pk for kind, pk in places.values() if kind == "area"]
    )
    for ticket_id, (kind, pk) in places.items():
        entry = plan[str(ticket_id)]
        if entry.get(kind) == pk:
            continue
        if pk not in (seats if kind == "seat" else areas):
            raise PlaceTaken
        plan[str(ticket_id)] = {
            "seat": pk if kind == "seat" else None,
            "area": pk if kind == "area" else None,
            "fate": entry["fate"] if entry["fate"] != Fate.NONE else Fate.EQUAL,
            "by_hand": True,
        }
    taken = Counter(entry["seat"] for entry in plan.values() if entry["seat"])
    standing = Counter(entry["area"] for entry in plan.values() if entry["area"])
    if any(count > 1 for count in taken.values()) or any(
        standing[area.pk] > area.capacity for area in Area.objects.filter(pk__in=standing)
    ):
        raise PlaceTaken
    if plan != move.plan:
        with transaction.atomic():
            _save_plan(move, plan)
            record(
                by=by,
                action=Action.ADJUST_MOVE,
                on=move,
                theater_id=move.hall.theater_id,
                after={str(ticket_id): f"{kind} {pk}" for ticket_id, (kind, pk) in places.items()},
            )


def apply_move(*, move: ShowMove, version: int, by: User, pays_back: bool = False) -> ShowMove:
    """Apply a plan, all of it in one transaction. A second call does nothing.

    With `pays_back`, tickets that have no place in the new hall are canceled and fully refunded. Raises
    `PlanOutdated` if it is no longer what the person has seen (it is then made again), `TicketsUnplaced`,
    `HallTaken`, `WrongShowState`, `InThePast`, or `WrongState` for a plan that was withdrawn.
    """
    try:
        with transaction.atomic():
            move = (
                ShowMove.objects.select_for_update(of=("self",)).select_related("hall__theater__city").get(pk=move.pk)
            )
            if move.state == ShowMove.State.APPLIED:
                return move
            _check_plan(move, version)
            _apply(move, by, pays_back=pays_back)
    except PlanOutdated:
        refresh_move(ShowMove.objects.select_related("show", "hall").get(pk=move.pk))
        raise
    return move


def _check_plan(move: ShowMove, version: int) -> None:
    if move.state != ShowMove.State.PLANNED:
        raise WrongState
    if move.version != version:
        raise PlanOutdated


def _apply(move: ShowMove, by: User, *, pays_back: bool) -> None:
    bookings = {booking.pk: booking for booking in locking.lock_bookings_of_show(move.show_id)}
    show = lock_show_alone(move.show_id)
    now = timezone.now()
    _check_movable(show, move.starts_at)
    let_go = [booking for booking in bookings.values() if is_let_go(booking)]
    gone = {booking.pk for booking in let_go}
    tickets = [ticket for ticket in read_moving(show) if ticket.booking_id not in gone]
    if any(ticket.booking_id not in bookings for ticket in tickets):
        # Sold between the locks.
        raise PlanOutdated
    free_at_once(let_go)
    is_other_map = move.seat_map_id != show.seat_map_id
    if is_other_map:
        if any(str(ticket.pk) not in move.plan for ticket in tickets):
            raise PlanOutdated
        tickets = _pay_back_unplaced(move, tickets, bookings, by, pays_back=pays_back)
    before = describe(show)
    where = BeforeMove(
        move=str(move.pk),
        starts_at=show.starts_at,
        hall=show.hall,
        places=_read_places(tickets) if is_other_map else {},
    )
    relocate_show(show, hall=move.hall, seat_map=move.seat_map, starts_at=move.starts_at)
    if is_other_map:
        _take_places(move, tickets)
    _shift_deadlines(bookings, gone, show.starts_at - where.starts_at)
    moved = Q(pk__in=[ticket.pk for ticket in tickets]) | Q(booking__in=gone, state=Ticket.State.RELEASED)
    Ticket.objects.filter(moved, show=show).update(show_moved_at=now)
    moved_from = {} if show.starts_at == where.starts_at else {"moved_from_at": where.starts_at}
    Show.objects.filter(pk=show.pk).update(moved_at=now, **moved_from)
    _tell(bookings, tickets, where, show)
    move.state = ShowMove.State.APPLIED
    move.applied_by, move.applied_at = by, now
    move.before = {"hall": where.hall.pk, "starts_at": where.starts_at.isoformat()}
    move.save(update_fields=["state", "applied_by", "applied_at", "before"])
    record(
        by=by,
        action=Action.MOVE_SHOW_WITH_TICKETS,
        on=show,
        theater_id=move.hall.theater_id,
        before=before,
        after={**describe(show), "tickets": len(tickets), "holds let go": len(let_go)},
    )
    after_commit(forget_availability, show.pk)
    forget_catalogue(changed=[show.event_id])


def read_moving(show: Show) -> QuerySet[Ticket]:
    """Return the tickets that take places in a show, with their bookings and customers. One query."""
    return (
        Ticket.objects.live()
        .filter(show=show)
        .select_related("booking__customer", "seat", "area", "category", "ticket_type")
        .order_by("booking_id", "seat__run", "seat__position", "pk")
    )


def is_let_go(booking: Booking) -> bool:
    """Return True if the booking is a hold of a customer who is choosing or paying on the web."""
    is_web = booking.channel in (Booking.Channel.WEB, Booking.Channel.API)
    return booking.state == Booking.State.HELD and booking.kind == Booking.Kind.SALE and is_web


def is_told(booking: Booking) -> bool:
    """Return True if the booking has tickets whose holder is to be notified."""
    return booking.state == Booking.State.CONFIRMED and booking.kind != Booking.Kind.HOUSE


def _check_movable(show: Show, starts_at: datetime) -> None:
    now = timezone.now()
    if show.state not in (Show.State.DRAFT, Show.State.ON_SALE) or show.starts_at <= now:
        raise WrongShowState(show)
    if starts_at <= now:
        raise InThePast


def _save_plan(move: ShowMove, plan: dict[str, Any]) -> None:
    saved = ShowMove.objects.filter(pk=move.pk, version=move.version, state=ShowMove.State.PLANNED)
    if not saved.update(plan=plan, version=move.version + 1, unplaced=_count_unplaced(plan)):
        raise PlanOutdated
    move.plan, move.version = plan, move.version + 1


def _count_unplaced(plan: Mapping[str, Any]) -> int:
    """Return how many bookings have a ticket without a place. One query; none if every ticket has one."""
    tickets = [int(key) for key, entry in plan.items() if entry["fate"] == Fate.NONE]
    return Ticket.objects.filter(pk__in=tickets).values("booking").distinct().count() if tickets else 0


def _match(move: ShowMove) -> dict[str, Any]:
    """Return the plan for all current tickets; those in it already keep their place. Seven queries."""
    if move.seat_map_id == move.show.seat_map_id:
        return {}
    tickets = [ticket for ticket in read_moving(move.show) if not is_let_go(ticket.booking)]
    kept = {str(ticket.pk): move.plan[str(ticket.pk)] for ticket in tickets if str(ticket.pk) in move.plan}
    fresh = [ticket for ticket in tickets if str(ticket.pk) not in kept]
    if not fresh:
        return kept
    areas = list(Area.objects.filter(seat_map=move.seat_map_id))
    standing = Counter(entry["area"] for entry in kept.values() if entry["area"])
    zones = list(SeatCategory.objects.filter(seat_map=move.seat_map_id))
    hall = NewHall(
        chairs=_read_chairs(move.seat_map_id).values(),
        spaces=[Space(area.pk, area.category_id, area.name, area.capacity) for area in areas],
        zones=[Zone(zone.pk, zone.rank) for zone in zones],
        taken={entry["seat"] for entry in kept.values() if entry["seat"]},
        left={area.pk: area.capacity - standing[area.pk] for area in areas},
    )
    old = SeatCategory.objects.filter(seat_map=move.show.seat_map_id)
    found = match_places(_read_parties(move.show, fresh, match_categories(old, zones)), hall)
    return {**kept, **{str(pk): _entry(placement) for pk, placement in found.items()}}


def _entry(placement: Placement) -> dict[str, Any]:
    return {**asdict(placement), "by_hand": False}


def _read_chairs(seat_map_id: int) -> dict[int, Chair]:
    rows = Seat.objects.filter(seat_map=seat_map_id).order_by("run", "position").values_list(*SEAT_COLUMNS)
    return {chair.id: chair for chair in lay_out(rows)}


def _read_parties(show: Show, tickets: Iterable[Ticket], matches: Mapping[int, Any]) -> list[list[Member]]:
    chairs = _read_chairs(show.seat_map_id)
    parties: dict[int, list[Member]] = defaultdict(list)
    for ticket in tickets:
        match = matches.get(ticket.category_id)
        member = Member(
            ticket=ticket.pk,
            category=match.category.pk if match else 0,
            rank=ticket.category.rank,
            is_equal=bool(match and match.is_equal),
            chair=chairs[ticket.seat_id] if ticket.seat_id else None,
            area=ticket.area.name.casefold() if ticket.area else "",
        )
        parties[ticket.booking_id].append(member)
    return list(parties.values())


def _pay_back_unplaced(
    move: ShowMove, tickets: list[Ticket], bookings: Mapping[int, Booking], by: User, *, pays_back: bool
) -> list[Ticket]:
    """Cancel and refund the tickets that have no place; return the others."""
    unplaced: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if move.plan[str(ticket.pk)]["fate"] == Fate.NONE:
            unplaced[ticket.booking_id].append(ticket)
    if unplaced and not pays_back:
        raise TicketsUnplaced
    for booking_id, group in sorted(unplaced.items()):
        booking = bookings[booking_id]
        is_confirmed = booking.state == Booking.State.CONFIRMED
        amount = quote_in_full(booking, group) if is_confirmed else None
        cancel_tickets(booking=booking, tickets=group, by=by, amount=amount, reason=str(_("No place in the new hall")))
        if not is_confirmed:
            # A reservation that does not fit as a whole is released.
            unplaced[booking_id] = [ticket for ticket in tickets if ticket.booking_id == booking_id]
    canceled = {ticket.pk for group in unplaced.values() for ticket in group}
    return [ticket for ticket in tickets if ticket.pk not in canceled]


def _shift_deadlines(bookings: Mapping[int, Booking], gone: Collection[int], shift: timedelta) -> None:
    """Keep the deadlines of reservations and house holds at the same distance from the start."""
    kept = {pk for pk, booking in bookings.items() if booking.state == Booking.State.HELD} - set(gone)
    if kept and shift:
        waiting = Booking.objects.filter(Q(kind=Booking.Kind.HOUSE) | Q(reservation__isnull=False), pk__in=kept)
        ids = list(waiting.filter(expires_at__isnull=False).values_list("pk", flat=True))
        Booking.objects.filter(pk__in=ids).update(expires_at=F("expires_at") + shift)
        Reservation.objects.filter(booking__in=ids).update(until=F("until") + shift)


def _read_places(tickets: Iterable[Ticket]) -> dict[int, Seat | Area]:
    return {ticket.pk: place for ticket in tickets if (place := ticket.seat or ticket.area)}


def _take_places(move: ShowMove, tickets: list[Ticket]) -> None:
    """Write the new places of all tickets, and count the standing ones."""
    seats = Seat.objects.in_bulk(
        [move.plan[str(ticket.pk)]["seat"] for ticket in tickets if move.plan[str(ticket.pk)]["seat"]]
    )
    areas = Area.objects.filter(seat_map=move.seat_map_id).in_bulk()
    categories = SeatCategory.objects.filter(seat_map=move.seat_map_id).in_bulk()
    standing: Counter[int] = Counter()
    for ticket in tickets:
        entry = move.plan[str(ticket.pk)]
        ticket.seat = seats[entry["seat"]] if entry["seat"] else None
        ticket.area = areas[entry["area"]] if entry["area"] else None
        place = ticket.seat or ticket.area
        if place is None:
            raise TicketsUnplaced
        ticket.category = categories[place.category_id]
        if ticket.area_id is not None:
            standing[ticket.area_id] += 1
    Ticket.objects.bulk_update(tickets, ["seat", "area", "category"], batch_size=WRITE_BATCH)
    for area_id, count in sorted(standing.items()):
        ShowArea.objects.filter(show=move.show_id, area=area_id).update(taken=count)


def _tell(bookings: Mapping[int, Booking], tickets: Iterable[Ticket], where: BeforeMove, show: Show) -> None:
    by_booking: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        ticket.show = show
        by_booking[ticket.booking_id].append(ticket)
    for booking_id, group in sorted(by_booking.items()):
        booking = bookings[booking_id]
        if is_told(booking):
            group.sort(key=_seating_order)
            notify_show_moved(booking, where, refund_until=show.starts_at, tickets=group)


def _seating_order(ticket: Ticket) -> tuple[int, int, int]:
    return (ticket.seat.run, ticket.seat.position, ticket.pk) if ticket.seat else (0, 0, ticket.pk)
