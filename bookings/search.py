"""Find bookings by what a caller says: a code, a name, an address, a number, a seat.

What looks exact is looked up first, by its index, and the first kind of answer that exists counts. So a
search takes a few statements, however many bookings there are, and finds at most `MAX_FOUND`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Reverse, Upper
from django.utils import timezone

from accounts.search import MIN_PHONE_DIGITS, read_phone
from bookings.models import Booking, Ticket
from events.models import CODE_ALPHABET, Event
from lib.search_keys import name_words
from lib.words import normalize
from payments.models import Payment, Refund
from payments.transfers import find_references

# More than people read on a page of results.
MAX_FOUND = 100
# A seat without a date is looked for in shows this close to today.
SEAT_DAYS_BEFORE, SEAT_DAYS_AFTER = 2, 60

_CODE = re.compile(rf"[{CODE_ALPHABET}]{{8}}|[{CODE_ALPHABET}]{{12}}", re.IGNORECASE)
_LAST_DIGITS = re.compile(rf"\d{{{MIN_PHONE_DIGITS}}}$")
_SEAT = re.compile(r"\b(?P<row>[^\W\d_]{1,3}|\d{1,3}(?=\s*[/-]))\s*[-/ ]?\s*(?P<number>\d{1,4})\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DAY_MONTH = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?(?!\d)")
_ENDING = Reverse(Upper("reference"))


def find_bookings(rows: QuerySet[Booking], text: str, *, now: datetime | None = None) -> QuerySet[Booking]:
    """Return those of `rows` that the text means; `rows` are what the person may see. At most seven statements.

    The text may be a booking's or ticket's code; an e-mail address or its beginning, or that of a person to whom a
    ticket was passed on; a phone number in any spelling, or its last digits; a gateway's or card terminal's
    reference, or its last digits; the reference of a bank transfer, spaces or not; words from a name or the name on a
    ticket, each from its beginning, in any case and without accents; a seat such as “B 12”, with a date (2026-11-22,
    22.11., today) or words of the event's title; or such words alone.
    """
    text = " ".join(text.split())
    if not text:
        return rows
    now = now or timezone.now()
    for find in _ways(text, now):
        pks = find(rows.order_by())
        if pks:
            return rows.filter(pk__in=pks)
    return rows.none()


def find_by_booking(rows: QuerySet[Any], path: str, text: str, bookings: QuerySet[Booking]) -> QuerySet[Any]:
    """Return those of `rows` whose booking, by `path` from them, is one of `bookings` that the text means."""
    if not text.strip():
        return rows
    theirs = bookings.filter(pk__in=rows.order_by().values(path))
    return rows.filter(**{f"{path}__in": list(find_bookings(theirs, text).values_list("pk", flat=True))})


Way = Callable[[QuerySet[Booking]], list[int]]


def _ways(text: str, now: datetime) -> Iterator[Way]:
    if _CODE.fullmatch(text):
        yield lambda rows: _by_code(rows, text.upper())
    # As a transfer's reference is written: with spaces.
    if codes := find_references([text]):
        yield lambda rows: _pks(rows.filter(code__in=codes))
    if "@" in text:
        address = text.lower()
        yield lambda rows: _pks(rows.filter(email=address))
        yield lambda rows: _by_holder(rows, address)
        yield lambda rows: _pks(rows.filter(Q(email__contains=address) | Q(customer__email__contains=address)))
        return
    seat = SeatWish.read(text, timezone.localdate(now))
    if seat is not None:
        yield lambda rows: _by_seat(rows, seat, now)
    digits = read_phone(text)
    if digits:
        yield lambda rows: _by_phone(rows, digits)
    if " " not in text and any(character.isdigit() for character in text) and len(text) >= MIN_PHONE_DIGITS:
        yield lambda rows: _by_reference(rows, text)
    words = name_words(text)
    if words:
        yield lambda rows: _by_name(rows, words, text.lower())
        yield lambda rows: _by_attendee(rows, words)
    if title := normalize(text).split():
        yield lambda rows: _by_title(rows, title)


def _pks(rows: QuerySet[Booking]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MAX_FOUND])


def _by_code(rows: QuerySet[Booking], code: str) -> list[int]:
    tickets = Ticket.objects.filter(code=code).values("booking_id")
    return _pks(rows.filter(code=code)) or _pks(rows.filter(pk__in=tickets))


def _by_holder(rows: QuerySet[Booking], address: str) -> list[int]:
    """Bookings from which a ticket was passed on to this address."""
    tickets = Ticket.objects.filter(attendee_email=address).exclude(attendee_email="")
    return _pks(rows.filter(pk__in=tickets.values("booking_id")))


def _by_phone(rows: QuerySet[Booking], digits: str) -> list[int]:
    """Numbers with the same ending: those in the index between these digits and their successor."""
    upper = _successor(digits)
    wanted = rows.filter(phone_key__gte=digits).exclude(phone_key="")
    return _pks(wanted.filter(phone_key__lt=upper) if upper else wanted)


def _successor(digits: str) -> str:
    """Return the first text of digits after all that begin with these; empty if there is none."""
    short = digits.rstrip("9")
    return short[:-1] + str(int(short[-1]) + 1) if short else ""


def _by_reference(rows: QuerySet[Booking], text: str) -> list[int]:
    """References that are the text or, if it ends in digits as people read them out, end alike.

    The index of PostgreSQL stores them backwards, so that an ending is a beginning.
    """
    lookup = "ending__startswith" if _LAST_DIGITS.search(text) else "ending"
    wanted = {lookup: text.upper()[::-1]}
    paid = Payment.objects.alias(ending=_ENDING).filter(**wanted).order_by().values("booking_id")
    refunded = Refund.objects.alias(ending=_ENDING).filter(**wanted).order_by().values("payment__booking_id")
    return _pks(rows.filter(pk__in=paid.union(refunded, all=True)))


def _by_name(rows: QuerySet[Booking], words: list[str], text: str) -> list[int]:
    """Names in which each of the words begins a word, or else addresses that contain it. The newest first.

    One statement for both: without an index of parts of words, on SQLite, either one reads all bookings.
    """
    named = Q()
    for word in words:
        named &= Q(name_key__contains=f" {word}")
    if " " in text:
        return _pks(rows.filter(named).order_by("-created_at", "-pk"))
    found: dict[bool, list[int]] = {True: [], False: []}
    rows = rows.annotate(is_named=Case(When(named, then=Value(True)), default=Value(False)))  # noqa: FBT003
    either = rows.filter(named | Q(email__contains=text)).order_by("-is_named", "-created_at", "-pk")
    for pk, is_named in either.values_list("pk", "is_named")[:MAX_FOUND]:
        found[is_named].append(pk)
    return found[True] or found[False]


def _by_attendee(rows: QuerySet[Booking], words: list[str]) -> list[int]:
    """Bookings with such a name on a ticket, the newest first."""
    tickets = Ticket.objects.exclude(attendee_key="")
    for word in words:
        tickets = tickets.filter(attendee_key__contains=f" {word}")
    return _pks(rows.filter(pk__in=tickets.values("booking")).order_by("-created_at", "-pk"))


def _by_title(rows: QuerySet[Booking], words: list[str]) -> list[int]:
    """Bookings of events with all of the words in their titles, the newest first."""
    events = Event.objects.all()
    for word in words:
        events = events.filter(sort_title__contains=word)
    tickets = Ticket.objects.filter(show__event__in=events)
    return _pks(rows.filter(pk__in=tickets.values("booking")).order_by("-created_at", "-pk"))


@dataclass(frozen=True)
class SeatWish:
    """A seat as people name it, with the day and words of the title if they give any."""

    row: str
    number: str
    day: date | None
    title: str

    @classmethod
    def read(cls, text: str, today: date) -> SeatWish | None:
        day, rest = _read_day(normalize(text), today)
        match = _SEAT.search(rest)
        if match is None:
            return None
        title = " ".join(f"{rest[: match.start()]} {rest[match.end() :]}".split())
        return cls(match["row"].upper(), match["number"], day, title)


def _read_day(text: str, today: date) -> tuple[date | None, str]:
    """Return the day that the text names, and the text without it."""
    for word, days in (("today", 0), ("tonight", 0), ("heute", 0), ("tomorrow", 1), ("morgen", 1)):
        if word in text.split():
            return today + timedelta(days=days), " ".join(part for part in text.split() if part != word)
    for pattern in (_ISO_DATE, _DAY_MONTH):
        match = pattern.search(text)
        if match is None:
            continue
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        first, month, last = match.groups()
        try:
            if pattern is _ISO_DATE:
                return date(int(first), int(month), int(last)), rest
            if last:
                return date(2000 + int(last) if len(last) < 4 else int(last), int(month), int(first)), rest  # noqa: PLR2004
            return _nearest(int(first), int(month), today), rest
        except ValueError:
            continue
    return None, text


def _nearest(day: int, month: int, today: date) -> date:
    """Return the day of that name nearest to today. Raises `ValueError`."""
    named = [date(today.year + years, month, day) for years in (-1, 0, 1)]
    return min(named, key=lambda one: abs(one - today))


def _by_seat(rows: QuerySet[Booking], wish: SeatWish, now: datetime) -> list[int]:
    """Bookings that have the seat in the shows meant, or else those that had it. One statement."""
    if wish.day is not None:
        # The day is one in the theater's time zone, and no zone is further than 14 hours from UTC.
        noon = datetime(wish.day.year, wish.day.month, wish.day.day, 12, tzinfo=UTC)
        since, until = noon - timedelta(hours=26), noon + timedelta(hours=26)
    else:
        since, until = now - timedelta(days=SEAT_DAYS_BEFORE), now + timedelta(days=SEAT_DAYS_AFTER)
    tickets = Ticket.objects.filter(
        show__starts_at__range=(since, until), seat__row__iexact=wish.row, seat__number__iexact=wish.number
    )
    if wish.title:
        tickets = tickets.filter(show__event__sort_title__contains=wish.title)
    found: dict[bool, list[int]] = {True: [], False: []}
    meant = tickets.filter(booking__in=rows).order_by("-show__starts_at")
    for booking_id, state, starts_at, zone in meant.values_list(
        "booking_id", "state", "show__starts_at", "show__hall__theater__city__time_zone"
    )[: 5 * MAX_FOUND]:
        if wish.day is None or starts_at.astimezone(ZoneInfo(zone)).date() == wish.day:
            found[state in Ticket.LIVE].append(booking_id)
    return (found[True] or found[False])[:MAX_FOUND]
