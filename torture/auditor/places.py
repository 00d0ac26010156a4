"""Seats, areas, vouchers, halls and the door: nothing twice, and each counter is what it counts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from torture.auditor.books import LIVE, Books, group

Found = tuple[int, list[str]]
# How far ahead the clock of the process that frees a place may be.
CLOCKS_APART = timedelta(seconds=45)
# What the audit log calls what staff do with places that were kept, but to sell them.
ENDS_OF_KEEPING = {"release hold", "lift house hold", "sell from house hold"}


def no_seat_is_taken_twice(books: Books) -> Found:
    seats = group(
        (ticket for ticket in books.tickets if ticket.seat_id and ticket.state in LIVE),
        lambda ticket: (ticket.show_id, ticket.seat_id),
    )
    return len(seats), [
        f"show {show}, seat {seat}: tickets {[ticket.code for ticket in found]}"
        for (show, seat), found in seats.items()
        if len(found) > 1
    ]


def areas_count_their_tickets(books: Books) -> Found:
    taken = Counter(
        (ticket.show_id, ticket.area_id) for ticket in books.tickets if ticket.area_id and ticket.state in LIVE
    )
    return len(books.areas), [
        f"show {row.show_id}, area {row.area_id}: {row.taken} of {row.capacity}, but {count} tickets"
        for row in books.areas
        if (count := taken[row.show_id, row.area_id]) != row.taken or row.taken > row.capacity
    ]


def vouchers_count_their_uses(books: Books) -> Found:
    """A use counts while its booking is held, and for good once it is confirmed, unless a show was canceled."""
    returned = {row.booking_id for row in books.canceled_bookings if row.has_returned_voucher}
    used = Counter(
        booking.voucher_id
        for booking in books.bookings
        if booking.state == "held" or (booking.confirmed_at and booking.id not in returned)
    )
    return len(books.vouchers), [
        f"{row.code}: {row.used} of {row.limit}, but {used[row.id]} bookings"
        for row in books.vouchers
        if used[row.id] != row.used or row.used > row.limit
    ]


def no_hall_is_taken_twice(books: Books) -> Found:
    halls = group((show for show in books.shows if show.state != "canceled"), lambda show: show.hall_id)
    return len(books.shows), [
        f"hall {hall}: {first.code} until {first.cleared_at:%d %H:%M}, {second.code} from {second.starts_at:%d %H:%M}"
        for hall, shows in halls.items()
        for first, second in pairwise(sorted(shows, key=lambda show: show.starts_at))
        if second.starts_at < first.cleared_at
    ]


# State of a booking: states that its tickets may have, and whether it must have one of the first.
_MAY_HAVE = {
    "held": ("held",),
    "confirmed": ("issued", "canceled"),
    "canceled": ("canceled",),
    "expired": ("released",),
}


def tickets_are_as_their_bookings(books: Books) -> Found:
    wrong = []
    for booking in books.bookings:
        states = Counter(ticket.state for ticket in books.tickets_of[booking.id])
        may_have = _MAY_HAVE[booking.state]
        if set(states) - set(may_have) or (booking.state != "expired" and not states[may_have[0]]):
            wrong.append(f"{booking.code} is {booking.state}, its tickets {dict(states)}")
    return len(books.bookings), wrong


def people_go_in_once(books: Books) -> Found:
    """In, out and in again, and only with a ticket that was issued.

    Where staff let someone in once more, and say why, a way out that no one scanned is left out.
    """
    admitted = group((row for row in books.check_ins if row.result == "admitted"), lambda row: row.ticket_id)
    wrong = []
    for ticket_id, rows in admitted.items():
        passages, last = sorted((row.passage or 0, row.direction, bool(row.note)) for row in rows), 0
        for number, direction, has_note in passages:
            is_next = number == last + 1 or (has_note and number == last + 2)
            last = number if is_next and direction == ("in" if number % 2 else "out") else -1
        if last < 0:
            wrong.append(f"ticket {books.ticket[ticket_id].code}: {passages}")
        if books.ticket[ticket_id].state not in ("issued", "canceled"):
            wrong.append(f"ticket {books.ticket[ticket_id].code} was let in and is {books.ticket[ticket_id].state}")
    return len(admitted), wrong


def canceled_shows_have_no_tickets(books: Books) -> Found:
    canceled = {show.id: show.code for show in books.shows if show.state == "canceled"}
    tickets = [ticket for ticket in books.tickets if ticket.show_id in canceled]
    return len(tickets), [
        f"{canceled[ticket.show_id]}: ticket {ticket.code} is {ticket.state}"
        for ticket in tickets
        if ticket.state == "issued"
    ]


def kept_places_stay_kept(books: Books) -> Found:
    """A reservation or house hold ends when its time is over, or by someone who is in the audit log.

    Until when a house hold was kept only its client knows: of those that were kept without an end.
    """
    until = {row.booking_id: row.until for row in books.reservations}
    without_end = {one.reason for one in books.told("kept") if not one.until}
    ended = {row.object_name for row in books.audit if row.action in ENDS_OF_KEEPING}
    canceled = {show.id for show in books.shows if show.state == "canceled"}
    kept = [one for one in books.bookings if one.id in until or (one.kind == "house" and one.note in without_end)]
    wrong = []
    for booking in kept:
        if booking.state != "expired" or booking.code in ended:
            continue
        end, is_canceled = until.get(booking.id), any(one.show_id in canceled for one in books.tickets_of[booking.id])
        if not is_canceled and (end is None or booking.expires_at < end - CLOCKS_APART):
            wrong.append(f"{booking.code} was kept until {end}, and is free since {booking.expires_at}")
    return len(kept), wrong


def tickets_are_on_the_map_of_their_show(books: Books) -> Found:
    """Also after the show has moved, or was brought to another version of its seat map."""
    maps = {show.id: show.seat_map_id for show in books.shows}
    live = [ticket for ticket in books.tickets if ticket.state in LIVE]
    return len(live), [
        f"ticket {ticket.code} is on map {found}, its show {ticket.show_id} on {maps[ticket.show_id]}"
        for ticket in live
        for found in [books.map_of_seat[ticket.seat_id] if ticket.seat_id else books.map_of_area[ticket.area_id]]
        if found != maps[ticket.show_id]
    ]


CHECKS = [
    no_seat_is_taken_twice,
    tickets_are_on_the_map_of_their_show,
    areas_count_their_tickets,
    vouchers_count_their_uses,
    no_hall_is_taken_twice,
    tickets_are_as_their_bookings,
    people_go_in_once,
    canceled_shows_have_no_tickets,
    kept_places_stay_kept,
]
