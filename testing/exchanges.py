"""Shared by tests of exchanges: shows at different prices, and checks of the result."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services.confirm import confirm_payment
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.pay import start_payment
from events.models import Price, Show
from payments.models import Payment
from testing.bookings import choose, seats_of
from testing.builders import make_event, make_hall, make_show
from theaters.models import Area, Hall, Seat, SeatCategory, SeatMap, Theater


def make_show_at_two_prices(theater: Theater) -> Show:
    """Row A costs 20.00 and row B 30.00; there is standing room at 20.00."""
    hall = Hall.objects.create(theater=theater, name="Main")
    seat_map = SeatMap.objects.create(hall=hall, version=1, layout={}, capacity=16)
    plain, better = (
        SeatCategory.objects.create(seat_map=seat_map, name=name, color="#aa3344", rank=rank)
        for rank, name in enumerate(("Parkett", "Loge"), 1)
    )
    for run, category in enumerate((plain, better)):
        for number in range(6):
            Seat.objects.create(
                seat_map=seat_map, guid=f"{run}-{number}", section="Stalls", row="AB"[run], number=str(number + 1),
                category=category, x=number * 20, y=run * 24, run=run, position=number,
            )  # fmt: skip
    Area.objects.create(seat_map=seat_map, guid="floor", name="Floor", capacity=4, category=plain)
    seat_map.state, seat_map.published_at = SeatMap.State.PUBLISHED, timezone.now()
    seat_map.save()
    show = make_show(hall=hall)
    Price.objects.filter(show=show, category=better).update(amount=Decimal(30))
    return show


def make_later_show(theater: Theater) -> Show:
    """Another event of the theater at 35.00."""
    return make_show(hall=make_hall(theater=theater), event=make_event("Macbeth"), price="35.00", in_hours=200)


def issued(booking: Booking) -> list[Ticket]:
    return list(booking.tickets.issued().order_by("pk"))


def exchange(booking: Booking, show: Show, *indices: int, tickets: Any = None, by: Any = None, **more: Any) -> Booking:
    is_even = more.pop("is_even", False)
    wish = ExchangeWish(tickets or issued(booking), show, choose(show, *indices), is_even=is_even)
    return exchange_tickets(booking=booking, wish=wish, by=by, **more)


def pay(held: Booking) -> None:
    confirm_payment(payment=start_payment(booking=held, gateway="sandbox", return_url="https://a.example/").payment)


def taken(show: Show) -> list[int]:
    """Return which seats are taken, by their index in the hall."""
    pks = {seat.pk: index for index, seat in enumerate(seats_of(show))}
    return sorted(pks[pk] for pk in Ticket.objects.live().filter(show=show).values_list("seat_id", flat=True) if pk)


def assert_settled(*bookings: Booking) -> None:
    """Check that each booking is paid by its payments, and that no money was created or lost."""
    for booking in bookings:
        booking.refresh_from_db()
        paid = booking.payments.filter(state=Payment.State.CAPTURED)
        assert paid.aggregate(sum=Sum("amount"))["sum"] == booking.total
        for payment in paid:
            promised = payment.refunds.exclude(state="failed").aggregate(sum=Sum("amount"))["sum"] or 0
            assert payment.refunded == promised <= payment.amount
