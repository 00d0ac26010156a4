"""The monthly report: what a customer booked, saw, rated and spent, and what is coming.

It is written on the first of the month, in the morning of the customer's own city, for the month before,
to people who want it: once, by the outbox's unique key.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.models import User
from bookings.messages.customers import describe_amount
from bookings.models import Booking, Ticket
from events.models import Review, Show
from lib.typesetting import typeset
from mailings.home_city import with_home_city_in, without_home_city
from notifications.models import Channel, MailSettings, Notification
from notifications.preferences import people_who_want, report_format
from notifications.services import notify
from notifications.templatetags import mail
from payments.models import Payment, Refund
from theaters.letterheads import letterhead_of
from theaters.models import City

KIND = Notification.Kind.MONTHLY_REPORT
SEND_FROM = time(9)
# A scheduler that was down on the first catches up until this day.
LAST_DAY = 3
PEOPLE_BATCH = 200
MONTHS_SHOWN = 6
COMING_SHOWN = 10
# In percent: the longest bar leaves room for its number.
MAX_BAR_WIDTH = 85


def send_monthly_reports(now: datetime | None = None) -> int:
    """Write the reports for every zone where it is the morning of the first; return how many."""
    now = now or timezone.now()
    cities: dict[str, list[int | None]] = defaultdict(list)
    cities[settings.TIME_ZONE].append(None)
    for pk, zone in City.objects.values_list("pk", "time_zone"):
        cities[zone].append(pk)
    return sum(
        _tell_people(pks, zone, month, now)
        for zone, pks in cities.items()
        if (month := find_due_month(now, ZoneInfo(zone))) is not None
    )


def find_due_month(now: datetime, zone: ZoneInfo) -> date | None:
    """Return the first day of the month that is due to be reported in that zone, or None."""
    local = now.astimezone(zone)
    if local.day > LAST_DAY or (local.day == 1 and local.time() < SEND_FROM):
        return None
    return _first_before(local.date())


def _tell_people(cities: Iterable[int | None], zone: str, month: date, now: datetime) -> int:
    pks = [pk for pk in cities if pk is not None]
    _starts_at, ends_at = _limits(month, ZoneInfo(zone))
    people = people_who_want(KIND, Channel.EMAIL).filter(joined_at__lt=ends_at).order_by("pk")
    groups = [with_home_city_in(people, pks)]
    if None in cities:
        groups.append(without_home_city(people))
    told = 0
    for group in groups:
        last = 0
        while batch := list(group.filter(pk__gt=last)[:PEOPLE_BATCH]):
            last = batch[-1].pk
            keys = {make_key(person, month): person for person in batch}
            known = set(Notification.objects.filter(unique_key__in=keys).values_list("unique_key", flat=True))
            for key, person in keys.items():
                if key not in known:
                    _tell(person, zone, month, now)
                    told += 1
    return told


def make_key(person: User, month: date) -> str:
    return f"{KIND}:{person.pk}:{month:%Y-%m}"


def _tell(person: User, zone: str, month: date, now: datetime) -> None:
    is_pdf = report_format(person) == MailSettings.ReportFormat.PDF
    with transaction.atomic():
        notify(
            kind=KIND,
            recipient=person.contact_email,
            user=person,
            unique_key=make_key(person, month),
            language=person.language,
            attachments=[("monthly-report.pdf", str(person.pk), month.isoformat(), zone)] if is_pdf else (),
            context={**describe_month(person, month, zone, now), "is_pdf": is_pdf},
        )


def describe_month(person: User, month: date, zone: str, now: datetime) -> dict[str, Any]:
    """Return the report's contents as plain JSON. Seven queries.

    Money is what was paid in the month less what came back in it, for each currency.
    """
    starts_at, ends_at = _limits(month, ZoneInfo(zone))
    bookings = Booking.objects.filter(customer=person)
    made = bookings.filter(confirmed_at__gte=starts_at, confirmed_at__lt=ends_at)
    booked = Ticket.objects.filter(booking__in=made, state__in=[Ticket.State.ISSUED, Ticket.State.CANCELED])
    shows = Show.objects.filter(
        pk__in=Ticket.objects.issued().filter(booking__in=bookings.confirmed()).values("show_id")
    ).exclude(state=Show.State.CANCELED)
    shows = shows.select_related("event", "hall__theater__city").order_by("starts_at", "pk")
    seen = shows.filter(starts_at__gte=starts_at, starts_at__lt=ends_at, starts_at__lte=now)
    coming = shows.filter(starts_at__gt=now, ends_at__gte=ends_at)[:COMING_SHOWN]
    reviews = Review.objects.filter(user=person, created_at__gte=starts_at, created_at__lt=ends_at)
    return {
        "name": person.name,
        "month": month.isoformat(),
        "booked": [_describe(ticket.show) for ticket in _one_of_each(booked)],
        "seen": [_describe(show) for show in seen],
        "rated": [
            {"event": review.event.title, "stars": review.stars}
            for review in reviews.select_related("event").order_by("created_at")
        ],
        "spent": [describe_amount(amount, currency) for currency, amount in _add_up(person, starts_at, ends_at)],
        "chart": _chart(shows, month, ZoneInfo(zone), now),
        "coming": [_describe(show) for show in coming],
        "url": settings.SITE_URL + reverse("bookings:list"),
    }


def _one_of_each(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """Return one ticket of each booking and show, in the order in which they were booked. One query."""
    found = tickets.select_related("show__event", "show__hall__theater__city").order_by("booking__confirmed_at", "pk")
    return list({(ticket.booking_id, ticket.show_id): ticket for ticket in found}.values())


def _describe(show: Show) -> dict[str, str]:
    return {
        "event": show.event.title,
        "starts_at": show.starts_at.isoformat(),
        "time_zone": show.hall.theater.city.time_zone,
        "theater": show.hall.theater.name,
    }


def _add_up(person: User, starts_at: datetime, ends_at: datetime) -> list[tuple[str, Decimal]]:
    """Return what was spent in each currency. Added up here because SQLite adds in binary."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    paid = Payment.objects.received().filter(
        booking__customer=person, captured_at__gte=starts_at, captured_at__lt=ends_at
    )
    for currency, amount in paid.values_list("received_currency", "received_amount"):
        sums[currency] += amount or Decimal(0)
    returned = Refund.objects.returned().filter(
        payment__booking__customer=person, settled_at__gte=starts_at, settled_at__lt=ends_at
    )
    for currency, amount in returned.values_list("payment__received_currency", "amount"):
        sums[currency] -= amount
    return sorted(sums.items())


def _chart(shows: Any, month: date, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """Count the shows of the last months, with each bar's width in percent. One query."""
    months = [month]
    while len(months) < MONTHS_SHOWN:
        months.insert(0, _first_before(months[0]))
    begin, _end = _limits(months[0], zone)
    _begin, end = _limits(month, zone)
    starts = shows.filter(starts_at__gte=begin, starts_at__lt=end, starts_at__lte=now).values_list(
        "starts_at", flat=True
    )
    counts = Counter(start.astimezone(zone).date().replace(day=1) for start in starts)
    highest = max(counts.values(), default=1)
    return [
        {"month": first.isoformat(), "count": counts[first], "percent": counts[first] * MAX_BAR_WIDTH // highest}
        for first in months
    ]


def _first_before(day: date) -> date:
    """Return the first day of the month before that of `day`."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _limits(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the local midnights that begin and end a month."""
    following = (month + timedelta(days=31)).replace(day=1)
    return datetime.combine(month, time(), zone), datetime.combine(following, time(), zone)


def monthly_report_pdf(person: User, month: date, zone: str) -> bytes:
    """Typeset the report as PDF/UA, in the person's language."""
    report = describe_month(person, month, zone, timezone.now())
    with translation.override(person.language):
        return typeset("monthly_report.typ", _write(report, person.language))


def _write(report: dict[str, Any], language: str) -> dict[str, Any]:
    """Put the report into words."""

    def line(show: dict[str, str], *, has_time: bool = False) -> dict[str, str]:
        when = mail.day(show["starts_at"], show["time_zone"])
        if has_time:
            when += f", {mail.clock(show['starts_at'], show['time_zone'])}"
        return {"what": show["event"], "where": f"{when}, {show['theater']}"}

    month, letterhead = mail.month_name(report["month"]), letterhead_of(None)
    return {
        **letterhead.content,
        "language": language.partition("-")[0],
        "title": gettext("Your %(month)s at %(site)s") % {"month": month, "site": letterhead.name},
        "month": month,
        "name": report["name"],
        "figures": [
            {"label": gettext("Shows seen"), "value": str(len(report["seen"]))},
            {"label": gettext("Bookings made"), "value": str(len(report["booked"]))},
            *({"label": gettext("Spent"), "value": mail.money(amount)} for amount in report["spent"]),
        ],
        "chart_title": gettext("Shows in the last six months"),
        "chart": [{**bar, "label": mail.month_name(bar["month"])} for bar in report["chart"]],
        "parts": [
            {"title": title, "lines": lines}
            for title, lines in [
                (gettext("Seen"), [line(show) for show in report["seen"]]),
                (gettext("Booked"), [line(show, has_time=True) for show in report["booked"]]),
                (
                    gettext("Your ratings"),
                    [{"what": row["event"], "where": "★" * row["stars"]} for row in report["rated"]],
                ),
                (gettext("Coming up"), [line(show, has_time=True) for show in report["coming"]]),
            ]
            if lines
        ],
    }
