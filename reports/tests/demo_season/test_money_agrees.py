"""Whoever tells an amount, in whatever form, tells the same: compared pairwise on the demo season.

To the season come the things that were told differently once: a voucher, exchanges with and without
money that moves, a refund that failed and one that is under way, and money that bought nothing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import SeatChoice
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_payment
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import settle_refund
from bookings.tickets.documents import tickets_pdf
from box_office.day_end import read_day_end
from events.models import Show
from lib.money import format_money
from mailings.monthly_report import describe_month
from notifications.models import Notification
from payments.models import Payment, Refund, SandboxAnswer
from reports.catalog import REPORTS
from reports.periods import Period
from reports.results import ReportRequest
from reports.today.money import read_money
from reports.today.sales import read_sales
from reports.today.scope import read_scope
from testing.api_client import ApiClient
from testing.builders import make_user
from theaters.models import Theater

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_season")]
ZERO = Decimal(0)


@pytest.fixture(scope="module")
def buyer(demo_season: str, django_db_blocker: Any) -> User:
    with django_db_blocker.unblock():
        return make_user("buyer@example.com", "Berta Buyer")


@pytest.fixture
def platform_admin() -> User:
    return User.objects.get(email="admin@example.com")


def agree(told: Mapping[str, Any]) -> None:
    """See that each two of them tell the same."""
    differing = [
        (one, told[one], other, told[other]) for one, other in combinations(told, 2) if told[one] != told[other]
    ]
    assert not differing


def book(show: Show, buyer: User, number: int = 2, voucher_code: str = "") -> Booking:
    seats = [SeatChoice(seat.pk) for seat in find_best_seats(show, number)]
    held = hold_seats(show=show, seats=seats, customer=buyer, voucher_code=voucher_code)
    return pay_with_token(booking=held, gateway="sandbox", token="approve")


def find_shows(currency: str) -> list[Show]:
    """Return shows of one theater that differ in price, the dearest first."""
    voucher = Voucher.objects.filter(theater__currency=currency, event=None).order_by("pk")[0]
    coming = Show.objects.filter(
        hall__theater=voucher.theater, state=Show.State.ON_SALE, starts_at__gt=timezone.now() + timedelta(hours=3)
    )
    shows = [show for show in coming.order_by("-lowest_price", "pk")[:6] if len(find_best_seats(show, 4)) == 4]
    assert shows
    return shows


def exchange(booking: Booking, show: Show, tickets: list[Ticket]) -> Booking:
    places = [SeatChoice(seat.pk) for seat in find_best_seats(show, len(tickets))]
    made = exchange_tickets(booking=booking, wish=ExchangeWish(tickets, show, places), by=None)
    if made.state == Booking.State.HELD:
        made = confirm_payment(
            payment=start_payment(booking=made, gateway="sandbox", return_url="https://a.example/").payment
        )
    return made


def fail(refund: Refund) -> None:
    SandboxAnswer.objects.update_or_create(
        payment=refund.payment,
        defaults={"decision": "approve", "answers_at": timezone.now(), "refuses_refunds": True},
    )
    settle_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED


def issued(booking: Booking) -> list[Ticket]:
    return list(booking.tickets.issued().order_by("pk"))


@pytest.fixture(scope="module")
def busy_day(buyer: User, django_db_blocker: Any) -> dict[str, Booking]:
    """Let all that may happen to money happen today, in two currencies. It goes with the season."""
    with django_db_blocker.unblock():
        return live_a_day(buyer)


def live_a_day(buyer: User) -> dict[str, Booking]:
    made: dict[str, Booking] = {}
    for currency in ("EUR", "INR"):
        dear, *others = find_shows(currency)
        cheap = others[-1] if others else dear
        # To a cheaper show with money back, and to a dearer one with a surcharge.
        down = book(dear, buyer)
        made[f"{currency} down"] = exchange(down, cheap, issued(down))
        up = book(cheap, buyer, 3)
        made[f"{currency} up"] = exchange(up, dear, issued(up)[:1])
        # And what was exchanged goes back itself.
        part = made[f"{currency} up"]
        # On some days the dearer show has a cheaper seat left, and something went back already.
        left = sum((payment.left for payment in part.payments.received()), ZERO)
        cancel_tickets(booking=part, tickets=issued(part), by=None, amount=left)
        failed = book(cheap, buyer)
        fail(cancel_tickets(booking=failed, by=None, amount=failed.total))
        made[f"{currency} failed"] = failed
        for refund in Refund.objects.filter(state=Refund.State.PENDING, payment__booking__customer=buyer):
            settle_refund(refund.pk)
        waits = book(cheap, buyer)
        cancel_tickets(booking=waits, by=None, amount=waits.total)
        made[f"{currency} under way"] = waits
        # Money of another country, which goes back as it came.
        held = hold_seats(show=cheap, seats=[SeatChoice(find_best_seats(cheap, 1)[0].pk)], customer=buyer)
        payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
        confirm_payment(payment=payment, amount=payment.amount, currency="USD")
        # Too little, which buys nothing and does not go back.
        held = hold_seats(show=cheap, seats=[SeatChoice(find_best_seats(cheap, 1)[0].pk)], customer=buyer)
        payment = start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment
        confirm_payment(payment=payment, amount=payment.amount - 1, currency=payment.currency)
        fail(payment.refunds.get())
        made[f"{currency} stuck"] = held
    return made


def add_up(rows: list[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for currency, amount in rows:
        sums[currency] = sums.get(currency, ZERO) + amount
    return {currency: amount for currency, amount in sums.items() if amount}


def report(slug: str, title: str, group_by: str = "", period: Period | None = None) -> dict[str, Decimal]:
    """Return the totals of a column by currency."""
    today = timezone.now().date()
    theaters = list(Theater.objects.select_related("city"))
    asked = ReportRequest(theaters, timezone.now(), period=period or Period(today, today), group_by=group_by)
    result = REPORTS[slug].build(asked)
    place = next(at for at, column in enumerate(result.columns) if column.title == title)
    return add_up([(row.currency, Decimal(row.cells[place] or 0)) for row in result.rows])


def own(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return what is in a currency of a theater: a day's end is in one, and has no money of another country."""
    currencies = set(Theater.objects.values_list("currency", flat=True))
    return {currency: amount for currency, amount in sums.items() if currency in currencies}


def of_this_day(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    """Leave out theaters where it is another day by now: *Today* is theirs, and the reports are asked for one day.

    Then money of another country is left out too, which may have come in there.
    """
    now = timezone.now()
    theaters = list(Theater.objects.select_related("city"))
    here = {one.currency for one in theaters if now.astimezone(one.tz).date() == now.date()}
    if here == {one.currency for one in theaters}:
        return sums
    return {currency: amount for currency, amount in sums.items() if currency in here}


def day_ends(read: Callable[[Any], Decimal]) -> dict[str, Decimal]:
    now = timezone.now()
    theaters = Theater.objects.select_related("city")
    return add_up([(one.currency, read(read_day_end(one, now.astimezone(one.tz).date()))) for one in theaters])


@pytest.mark.slow
def test_what_came_in_today_and_what_went_back(busy_day: dict[str, Booking], platform_admin: User):
    scope = read_scope(platform_admin, timezone.now())
    today = read_money(scope)
    # Its last day is the one that it is in the easternmost theater.
    (chart,) = [row.taken for row in read_sales(scope).days if row.day == timezone.now().date()]
    came = {
        "today": add_up([(row.currency, row.taken) for row in today]),
        "chart of today": {code: amount for code, amount in chart.items() if amount},
        "day end": day_ends(lambda day: day.taken),
        "payments": report("payments", "Paid in", "gateway"),
        "payments by day": report("payments", "Paid in", "day"),
    }
    went = {
        "today": add_up([(row.currency, row.refunded) for row in today]),
        "day end": day_ends(lambda day: day.given_back),
        "payments": report("payments", "Paid back", "gateway"),
        "refunds": report("refunds", "Paid back", "day"),
    }
    for told in (came, went):
        told.update({name: of_this_day(sums) for name, sums in told.items()})
        agree({name: own(sums) for name, sums in told.items()})
        del told["day end"]
        agree(told)
    assert set(went["today"]) <= set(came["today"])
    lived = of_this_day({name.partition(" ")[0]: ZERO for name in busy_day})
    assert set(lived) <= set(went["today"])


@pytest.mark.slow
def test_what_was_refunded_of_sales_is_what_went_back_or_will(busy_day: dict[str, Booking]):
    always = Period(datetime(2020, 1, 1, tzinfo=UTC).date(), datetime(2035, 12, 31, tzinfo=UTC).date())
    surplus = add_up([
        (refund.currency, refund.amount)
        for refund in Refund.objects.filter(payment__state=Payment.State.SURPLUS).select_related("payment")
        if refund.state != Refund.State.FAILED
    ])  # fmt: skip
    back = report("payments", "Paid back", "channel", always)
    promised = report("payments", "Refunds under way", "channel", always)
    told = {
        "sales": report("sales", "Refunded", "channel", always),
        "settlement": report("settlement", "Refunded", period=always),
        "portfolio": report("portfolio", "Refunded", period=always),
        "payments": add_up([*back.items(), *promised.items(), *((code, -amount) for code, amount in surplus.items())]),
    }
    agree(told)
    exchanged = report("sales", "Exchanged", "channel", always)
    exchanged_tickets = Ticket.objects.filter(exchanges__completed_at__isnull=False).distinct()
    agree({
        "sales": exchanged,
        "settlement": report("settlement", "Exchanged", period=always),
        "carried": add_up(list(exchanged_tickets.values_list("booking__currency", "credited"))),
    })  # fmt: skip


@pytest.mark.slow
def test_what_a_ticket_cost(buyer: User, platform_admin: User):
    for voucher in Voucher.objects.filter(event=None).select_related("theater"):
        show = find_shows(voucher.theater.currency)[0]
        if show.hall.theater_id != voucher.theater_id:
            continue
        booking = book(show, buyer, voucher_code=voucher.code)
        assert booking.discount
        client = Client()
        client.force_login(buyer)
        staff = Client()
        staff.force_login(platform_admin)
        page = client.get(booking.get_absolute_url())
        stubs = page.content.decode().split('<article class="stub')[1:]
        pdf = pypdfium2.PdfDocument(tickets_pdf(booking))
        printed = {}
        for sheet in pdf:
            text = sheet.get_textpage().get_text_range()
            printed |= {ticket.code: text for ticket in issued(booking) if ticket.code in text}
        answered = {
            one["code"]: one["price"] for one in ApiClient(buyer).get(f"/bookings/{booking.code}").json()["tickets"]
        }
        listed = report_of_tickets(booking)
        console = staff.get(reverse("admin:bookings_ticket_changelist"), {"q": booking.code}).content.decode()
        chosen = staff.get(reverse("admin:bookings_booking_exchange", args=[booking.pk])).content.decode()
        asked = staff.get(reverse("admin:bookings_booking_cancel", args=[booking.pk])).content.decode()
        for ticket in issued(booking):
            cost = format_money(ticket.price - ticket.discount, booking.currency, "en")
            (stub,) = [one for one in stubs if ticket.code in one]
            assert cost in stub
            assert cost in printed[ticket.code]
            assert Decimal(answered[ticket.code]) == listed[ticket.code] == ticket.cost
            for words in (console, chosen, asked):
                assert cost in words
        assert sum(listed.values()) + booking.fees == booking.total - (
            0 if voucher.theater.prices_include_tax else booking.tax
        )
        mail = Notification.objects.get(kind="booking_confirmed", about=booking.code)
        assert Decimal(mail.context["total"]["amount"]) == booking.total


def report_of_tickets(booking: Booking) -> dict[str, Decimal]:
    theaters = [booking.theater]
    today = timezone.now().astimezone(theaters[0].tz).date()
    result = REPORTS["tickets"].build(ReportRequest(theaters, timezone.now(), period=Period(today, today)))
    code, paid = (
        next(at for at, column in enumerate(result.columns) if column.title == title) for title in ("Ticket", "Paid")
    )
    mine = {ticket.code for ticket in booking.tickets.all()}
    return {row.cells[code]: row.cells[paid] for row in result.rows if row.cells[code] in mine}


@pytest.mark.slow
def test_what_is_kept_of_a_booking_and_what_is_owed(busy_day: dict[str, Booking], platform_admin: User):
    client = Client()
    client.force_login(platform_admin)
    for name, booking in busy_day.items():
        page = client.get(reverse("admin:bookings_booking_change", args=[booking.pk]))
        balance = page.context["story"].balance
        payments = list(booking.payments.all())
        received = sum((p.received_amount or ZERO for p in payments if p.state in Payment.RECEIVED), ZERO)
        gone = sum((p.refunded for p in payments if p.state in Payment.RECEIVED), ZERO)
        assert balance.kept + balance.owed == received - gone, name
        failed = sum(
            (refund.amount for refund in Refund.objects.filter(payment__booking=booking, state="failed")), ZERO
        )
        if name.endswith("failed"):
            assert balance.owed == failed == booking.total
            assert balance.kept == 0
            assert (
                format_money(booking.total, booking.currency, "en")
                in page.content.decode().split("Still to be returned")[1][:200]
            )
        elif name.endswith("stuck"):
            assert balance.owed == balance.surplus == booking.total - 1
            assert balance.kept == 0
        else:
            assert balance.owed == 0, name


def test_what_a_person_has_spent(busy_day: dict[str, Booking], buyer: User):
    now = timezone.now()
    month = now.date().replace(day=1)
    spent = describe_month(buyer, month, "UTC", now)["spent"]
    rows = list(
        Payment.objects.received().filter(booking__customer=buyer).values_list("received_currency", "received_amount")
    )
    rows += [
        (code, -amount)
        for code, amount in Refund.objects.returned()
        .filter(payment__booking__customer=buyer)
        .values_list("payment__received_currency", "amount")
    ]
    assert {one["currency"]: Decimal(one["amount"]) for one in spent if Decimal(one["amount"])} == add_up(rows)
