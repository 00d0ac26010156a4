"""Each report's totals against sums that the database makes by itself, on the demo season."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Event
from reports.catalog import REPORTS
from reports.models import SettlementTerms
from reports.periods import Period
from reports.results import ReportRequest, ReportResult
from theaters.models import Theater

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("demo_season")]
ALWAYS = Period(date(2020, 1, 1), date(2035, 12, 31))


def build(slug: str, group_by: str = "", *, now: datetime | None = None) -> ReportResult:
    theaters = list(Theater.objects.select_related("city").order_by("pk"))
    found = REPORTS[slug].build(ReportRequest(theaters, now or timezone.now(), period=ALWAYS, group_by=group_by))
    rows = list(found.rows)
    assert not any(isinstance(cell, float) for row in [*rows, *found.totals] for cell in row.cells)
    return replace(found, rows=rows)


def totals(result: ReportResult, *titles: str) -> dict[str, tuple[Any, ...]]:
    """Return the totals of these columns by currency, and see that rows add up to them."""
    places = [next(at for at, column in enumerate(result.columns) if column.title == title) for title in titles]
    found = {row.currency: tuple(row.cells[place] for place in places) for row in result.totals}
    sums: dict[str, list[Any]] = {currency: [Decimal(0)] * len(places) for currency in found}
    for row in result.rows:
        for at, place in enumerate(places):
            sums[row.currency][at] += row.cells[place] or 0
    assert {currency: tuple(values) for currency, values in sums.items()} == found
    return found


def ask(sql: str) -> dict[str, tuple[Any, ...]]:
    """Return rows by their first column; amounts in thousandths, since SQLite adds in binary, as amounts."""
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r"MONEY\(([\w.]+)\)", r"SUM(CAST(ROUND(\1 * 1000) AS bigint))", sql))
        names = [column[0] for column in cursor.description]
        return {
            row[0]: tuple(
                Decimal(int(value or 0)) / 1000 if name.startswith("m_") else int(value or 0)
                for name, value in zip(names[1:], row[1:], strict=True)
            )
            for row in cursor.fetchall()
        }


BOOKED = """SELECT currency, MONEY(total) AS m_gross, MONEY(fees) AS m_fees, MONEY(discount) AS m_discount
    FROM bookings_booking WHERE confirmed_at IS NOT NULL GROUP BY currency"""
PAID_BACK = """SELECT p.currency, MONEY(p.refunded) AS m_refunded FROM payments_payment p
    JOIN bookings_booking b ON b.id = p.booking_id
    WHERE p.state = 'captured' AND b.confirmed_at IS NOT NULL GROUP BY p.currency"""
TICKETS = """SELECT b.currency, COUNT(*), SUM(CASE WHEN t.state = 'canceled' THEN 1 ELSE 0 END),
    MONEY(t.price) AS m_face FROM bookings_ticket t JOIN bookings_booking b ON b.id = t.booking_id
    WHERE b.confirmed_at IS NOT NULL GROUP BY b.currency"""
SETTLED = """SELECT p.currency, COUNT(*), MONEY(r.amount) AS m_amount FROM payments_refund r
    JOIN payments_payment p ON p.id = r.payment_id WHERE r.state = 'succeeded' GROUP BY p.currency"""
CAPTURED = """SELECT currency, COUNT(*), MONEY(amount) AS m_amount FROM payments_payment
    WHERE state = 'captured' GROUP BY currency"""
ISSUED = """SELECT '', COUNT(*) FROM bookings_ticket t JOIN events_show s ON s.id = t.show_id
    WHERE t.state = 'issued' AND s.state IN ('on_sale', 'ended')"""
CAME = """SELECT '', COUNT(DISTINCT c.ticket_id) FROM door_checkin c JOIN bookings_ticket t ON t.id = c.ticket_id
    JOIN events_show s ON s.id = t.show_id WHERE c.result = 'admitted' AND c.direction = 'in' AND t.state = 'issued'
    AND EPOCH(s.starts_at) <= NOW"""


# Bookings, and their tickets, by what is put for KEY.
VOUCHED = """SELECT KEY, COUNT(*), MONEY(b.discount) AS m_discount, MONEY(b.total) AS m_gross,
    MONEY(p.refunded) AS m_refunded FROM bookings_booking b JOIN bookings_voucher v ON v.id = b.voucher_id
    JOIN payments_payment p ON p.booking_id = b.id AND p.state = 'captured'
    WHERE b.confirmed_at IS NOT NULL GROUP BY KEY"""
VOUCHED_TICKETS = """SELECT KEY, COUNT(*), MONEY(t.price) AS m_face FROM bookings_ticket t
    JOIN bookings_booking b ON b.id = t.booking_id JOIN bookings_voucher v ON v.id = b.voucher_id
    WHERE b.confirmed_at IS NOT NULL GROUP BY KEY"""
# What each coming show has sold, with the money that is kept of it.
COMING = """SELECT s.id, e.title, e.kind, h.name, h.theater_id, c.time_zone, EPOCH(s.starts_at), m.capacity,
    (SELECT COUNT(*) FROM bookings_ticket t WHERE t.show_id = s.id AND t.state = 'issued'),
    (SELECT CAST(ROUND(SUM(t.amount + t.fees - t.credited) * 1000) AS bigint) FROM bookings_ticket t
     JOIN bookings_booking b ON b.id = t.booking_id
     WHERE t.show_id = s.id AND t.state IN ('issued', 'canceled') AND b.confirmed_at IS NOT NULL) -
    (SELECT CAST(ROUND(COALESCE(SUM(l.amount), 0) * 1000) AS bigint) FROM payments_refundline l
     JOIN payments_refund r ON r.id = l.refund_id JOIN bookings_ticket t ON t.id = l.ticket_id
     WHERE t.show_id = s.id AND r.state <> 'failed')
    FROM events_show s JOIN events_event e ON e.id = s.event_id JOIN theaters_hall h ON h.id = s.hall_id
    JOIN theaters_theater th ON th.id = h.theater_id JOIN theaters_city c ON c.id = th.city_id
    JOIN theaters_seatmap m ON m.id = s.seat_map_id WHERE s.state = 'on_sale' AND EPOCH(s.starts_at) > NOW"""
# Each earlier show of the same theater: what it had sold in the end, and so long before it as there is now to go.
EARLIER = """SELECT s.id, CASE WHEN o.event_id = s.event_id THEN 1 ELSE 0 END, oe.kind, EPOCH(o.starts_at), m.capacity,
    COUNT(t.id), SUM(CASE WHEN EPOCH(b.confirmed_at) <= EPOCH(o.starts_at) - EPOCH(s.starts_at) + NOW THEN 1 ELSE 0 END)
    FROM events_show s JOIN theaters_hall h ON h.id = s.hall_id
    JOIN theaters_hall oh ON oh.theater_id = h.theater_id JOIN events_show o ON o.hall_id = oh.id
    JOIN events_event oe ON oe.id = o.event_id JOIN theaters_seatmap m ON m.id = o.seat_map_id
    LEFT JOIN bookings_ticket t ON t.show_id = o.id AND t.state = 'issued'
    LEFT JOIN bookings_booking b ON b.id = t.booking_id
    WHERE s.state = 'on_sale' AND EPOCH(s.starts_at) > NOW AND EPOCH(o.starts_at) <= NOW
    AND o.state IN ('on_sale', 'ended') GROUP BY s.id, s.event_id, o.id, o.event_id, oe.kind, m.capacity"""


def ask_at(sql: str, now: datetime) -> list[tuple[Any, ...]]:
    """Return rows; moments are seconds, which both databases subtract."""
    epoch = r"EXTRACT(EPOCH FROM \1)" if connection.vendor == "postgresql" else r"((julianday(\1) - 2440587.5) * 86400)"
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r"EPOCH\(([\w.]+)\)", epoch, sql).replace("NOW", f"{now.timestamp():.6f}"))
        return cursor.fetchall()


@pytest.mark.parametrize("group_by", [key for key, _title in REPORTS["sales"].groupings])
def test_sales(group_by: str):
    found = totals(build("sales", group_by), "Sold", "Canceled", "Prices", "Fees", "Discount", "Gross", "Refunded")
    booked, back, tickets = ask(BOOKED), ask(PAID_BACK), ask(TICKETS)
    assert len(booked) >= 3
    assert found == {
        currency: (*tickets[currency], fees, discount, gross, *back[currency])
        for currency, (gross, fees, discount) in booked.items()
    }


def test_net_is_what_is_left_without_refunds_and_tax():
    result = build("sales", "event")
    for gross, refunded, tax, net in totals(result, "Gross", "Refunded", "Tax", "Net").values():
        assert net == gross - refunded - tax
        assert tax > 0
    # Of bookings of which nothing was given back, tax is what the bookings say.
    taxes = ask("""SELECT currency, MONEY(tax) AS m_tax FROM bookings_booking b WHERE confirmed_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM payments_payment p WHERE p.booking_id = b.id AND p.refunded > 0)
        GROUP BY currency""")
    given_back = ask("""SELECT b.currency, MONEY(b.tax) AS m_tax FROM bookings_booking b WHERE confirmed_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM payments_payment p WHERE p.booking_id = b.id AND p.refunded > 0)
        GROUP BY b.currency""")
    for currency, (tax,) in totals(result, "Tax").items():
        assert taxes[currency][0] <= tax <= taxes[currency][0] + given_back.get(currency, (0,))[0]


def test_settlement_agrees_with_sales():
    shows = totals(build("settlement"), "Gross", "Refunded", "Tax", "Net")
    assert shows == totals(build("sales", "show"), "Gross", "Refunded", "Tax", "Net")
    theater = Theater.objects.order_by("pk").first()
    event = Event.objects.filter(shows__hall__theater=theater, settlement_terms=None).order_by("pk").first()
    SettlementTerms.objects.create(theater=theater, event=event, partner="Films", percent=Decimal("33.33"))
    for partner, keeps, net in totals(build("settlement"), "Partner gets", "Theater keeps", "Net").values():
        assert partner + keeps == net


@pytest.mark.parametrize("group_by", [key for key, _title in REPORTS["payments"].groupings])
def test_payments(group_by: str):
    found = totals(build("payments", group_by), "Payments", "Paid in", "Refunds", "Paid back", "Balance")
    # In so few days there may be no refund in some currency.
    captured, settled = ask(CAPTURED), dict.fromkeys(found, (0, Decimal(0))) | ask(SETTLED)
    assert found == {
        currency: (number, amount, *settled[currency], amount - settled[currency][1])
        for currency, (number, amount) in captured.items()
    }
    # What came in is what was sold, and what went out is what was given back.
    sales = totals(build("sales", "channel"), "Gross", "Refunded")
    assert {currency: (row[1], row[3]) for currency, row in found.items()} == sales


def test_refunds():
    settled = ask(SETTLED)
    for group_by in ("event", "day"):
        assert totals(build("refunds", group_by), "Paid back") == {
            currency: (amount,) for currency, (_number, amount) in settled.items()
        }
    assert totals(build("refunds", "refund"), "Amount") == totals(build("refunds", "event"), "Paid back")


@pytest.mark.parametrize("group_by", ["zone", "weekday", "show"])
def test_occupancy(group_by: str):
    found = totals(build("occupancy", group_by), "Places", "Taken")
    places = ask("""SELECT '', SUM(m.capacity) FROM events_show s JOIN theaters_seatmap m ON m.id = s.seat_map_id
        WHERE s.state IN ('on_sale', 'ended')""")
    assert found == {"": (*places[""], *ask(ISSUED)[""])}


def test_vouchers():
    result = build("vouchers")
    titles = ("Bookings", "Discount", "Gross", "Refunded", "Tickets", "Prices")
    by_currency = [ask(sql.replace("KEY", "b.currency")) for sql in (VOUCHED, VOUCHED_TICKETS)]
    assert all(discount > 0 for _bookings, discount, *_more in by_currency[0].values())
    assert by_currency[0]
    assert totals(result, *titles) == {key: row + by_currency[1][key] for key, row in by_currency[0].items()}
    by_code = [ask(sql.replace("KEY", "v.code")) for sql in (VOUCHED, VOUCHED_TICKETS)]
    places = [next(at for at, column in enumerate(result.columns) if column.title == title) for title in titles]
    found = {row.cells[0]: tuple(row.cells[place] for place in places) for row in result.rows}
    assert found == {code: row + by_code[1][code] for code, row in by_code[0].items()}


def read_coming(now: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield, by SQL alone, what reports call a coming show, what it sold, and the earlier ones of its theater."""
    earlier: dict[int, list[tuple[Any, ...]]] = {}
    for pk, *row in ask_at(EARLIER, now):
        earlier.setdefault(pk, []).append(tuple(row))
    for pk, title, kind, hall, _theater, zone, starts_at, capacity, sold, kept in ask_at(COMING, now):
        name = (local_time(starts_at, zone), title, hall)
        yield name, capacity, sold, Decimal(kept or 0) / 1000, kind, zone, earlier.get(pk, [])


def local_time(seconds: Any, zone: str) -> datetime:
    return datetime.fromtimestamp(round(float(seconds)), ZoneInfo(zone)).replace(tzinfo=None)


def test_advance_sales():
    now = timezone.now()
    columns = ("Sold", "Gross less refunds", "Earlier shows then", "Earlier shows in the end", "Compared with")
    found = by_show(build("advance", now=now), *columns)
    compared = 0
    for name, _capacity, sold, kept, _kind, _zone, earlier in read_coming(now):
        assert found[name][:2] == (sold, kept)
        same = [(end, then) for is_same, *_of_it, end, then in earlier if is_same]
        if same:
            compared += 1
            ends, thens = zip(*same, strict=True)
            assert found[name][2:] == (round(mean(thens)), round(mean(ends)), len(same))
        del found[name]
    assert not found
    assert compared > 2


def test_forecast(monkeypatch: pytest.MonkeyPatch):
    # Five days have few shows.
    monkeypatch.setattr("reports.forecast.MIN_SIMILAR_SHOWS", 2)
    now = timezone.now()
    titles = ("Places", "Taken now", "Forecast", "Past error, points", "From shows")
    found = by_show(build("occupancy", "forecast", now=now), *titles)
    forecast = 0
    for name, capacity, sold, _kept, kind, zone, earlier in read_coming(now):
        is_late = name[0].weekday() in (4, 5, 6)
        of_kind = [row for row in earlier if row[1] == kind]
        of_days = [row for row in of_kind if (local_time(row[2], zone).weekday() in (4, 5, 6)) == is_late]
        similar = next((rows for rows in (of_days, of_kind, earlier) if len(rows) >= 2), [])
        shares = [(Fraction(end, places), Fraction(then, places)) for _same, _kind, _at, places, end, then in similar]
        expected = error = None
        if shares:
            forecast += 1
            gains = [end - then for end, then in shares]
            expected = min(capacity, max(sold, sold + mean(gains) * capacity))
            missed = []
            for at, (end, then) in enumerate(shares):
                missed.append(abs(min(Fraction(1), then + mean(gains[:at] + gains[at + 1 :])) - end))
            error = float(100 * mean(missed))
        assert found[name][:2] == (capacity, sold)
        # The nearest whole number; halfway between two, either is.
        assert found[name][2] == expected if expected is None else abs(found[name][2] - expected) <= Fraction(1, 2)
        assert found[name][3] is error is None or float(found[name][3]) == pytest.approx(error, abs=0.051)
        assert found[name][4] == (len(shares) or None)
        del found[name]
    assert not found
    assert forecast > 2


def by_show(result: ReportResult, *titles: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return these columns by start, title and hall."""
    places = [next(at for at, column in enumerate(result.columns) if column.title == title) for title in titles]
    return {row.cells[:3]: tuple(row.cells[place] for place in places) for row in result.rows}


def test_attendance_customers_and_portfolio():
    came = build("attendance")
    place = next(at for at, column in enumerate(came.columns) if column.title == "Came")
    assert came.totals[0].cells[place] == ask_at(CAME, timezone.now())[0][1]
    sales = totals(build("sales", "channel"), "Gross", "Refunded", "Net")
    assert totals(build("portfolio"), "Gross", "Refunded", "Net") == sales
    customers = totals(build("customers"), "Gross")
    assert customers == {currency: (gross,) for currency, (gross, _back, _net) in sales.items()}


def test_every_ticket():
    result = build("tickets")
    rows = result.rows
    places = {column.title: at for at, column in enumerate(result.columns)}
    paid: dict[str, list[Any]] = {}
    for row in rows:
        sums = paid.setdefault(row.currency, [0, Decimal(0)])
        sums[0] += 1
        sums[1] += row.cells[places["Price"]]
    assert len(rows) == result.expected
    assert {currency: tuple(sums) for currency, sums in paid.items()} == {
        currency: (number, face) for currency, (number, _canceled, face) in ask(TICKETS).items()
    }
