"""Make the benchmark's database: tables, an opera house of the demo season, shows on sale, customers with tokens.

Prints as JSON what the drivers need. Runs in the environment of the site. `--short`: a back room instead of an opera
house, and few customers.
"""

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

# The floor books in eight of them, the API and the pages in three each, one is for the rush, and two for parties.
SHOWS = 17
# So many seats of the last one are left; the house keeps the others.
SEATS_LEFT, FEW_SEATS_LEFT = 100, 4
CUSTOMERS, FEW = 400, 4
# Bookings of another evening. Statements that were planned for an empty table read all of it when it has grown.
PAST_BOOKINGS, FIRST_PAST = 20_000, 1_000_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(json.dumps(prepare(is_short="--short" in sys.argv)))


def prepare(*, is_short: bool) -> dict[str, object]:
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from accounts.api import make_access_token, start_session
    from accounts.models import User
    from demo.places import THEATERS
    from events.models import Event, RefundPolicy, Show, TicketType
    from events.prices.grid import set_prices
    from events.sales.opening import open_sales
    from theaters.models import City, Hall, Theater
    from theaters.seat_maps.publish import publish_seat_map, save_draft

    halls = sorted(
        (hall for theater in THEATERS for hall in theater.halls), key=lambda hall: len(json.dumps(hall.layout))
    )
    plan = halls[0 if is_short else -1]
    city = City.objects.create(name="Vienna", slug="vienna", country="AT", time_zone="Europe/Vienna")
    theater = Theater.objects.create(
        name="Opera", slug="opera", city=city, place="1 Main Street", currency="EUR", tax_rate=10, is_published=True
    )
    hall = Hall.objects.create(theater=theater, name=plan.name)
    seat_map = publish_seat_map(
        seat_map=save_draft(hall=hall, document=plan.layout, source="benchmark", by=None), by=None
    )
    adult = TicketType.objects.create(theater=theater, name="Adult")
    event = Event.objects.create(title="Hamlet", slug="hamlet", kind="play", running_minutes=120, is_published=True)
    shows = []
    for number in range(SHOWS):
        show = Show.objects.create(
            event=event,
            hall=hall,
            seat_map=seat_map,
            starts_at=timezone.now() + timedelta(days=7 + number),
            refunds=RefundPolicy.UNTIL,
            refund_hours=24,
        )
        prices = {(category.pk, adult.pk): Decimal(20) for category in seat_map.categories.all()}
        set_prices(show=show, prices=prices, by=None)
        open_sales(show=show, by=None)
        shows.append({"code": show.code, "pk": show.pk})
    tokens = []
    for number in range(FEW if is_short else CUSTOMERS):
        user = User.objects.create_user(f"customer{number}@example.com", name=f"Customer {number}")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        tokens.append(make_access_token(user, start_session(user)))
    if not is_short:
        _add_past(event, hall, User.objects.first())
    seats = list(plain_seats(seat_map).order_by("pk").values_list("pk", "category_id"))
    _keep_all_but(FEW_SEATS_LEFT if is_short else SEATS_LEFT, show)
    return {"shows": shows, "seats": seats, "ticket_type": adult.pk, "tokens": tokens, "event": event.slug}


def plain_seats(seat_map: Any) -> Any:
    """Return the seats that anybody may buy: a rush would try for ever to buy a companion's seat alone."""
    return seat_map.seats.filter(is_companion=False, is_accessible=False)


def _keep_all_but(count: int, show: Any) -> None:
    """Hold all seats of a show for the house but `count`."""
    from bookings.models import Booking
    from bookings.seating.chosen import SeatChoice
    from bookings.services.hold_seats import HoldTerms, hold_seats

    # Wheelchair places and their companions are not for parties of two.
    kept = show.seat_map.seats.order_by("is_accessible", "is_companion", "pk").values_list("pk", flat=True)[count:]
    hold_seats(
        show=show,
        seats=[SeatChoice(pk) for pk in kept],
        channel=Booking.Channel.BOX_OFFICE,
        terms=HoldTerms(kind=Booking.Kind.HOUSE),
    )


def _add_past(event: Any, hall: Any, customer: Any) -> None:
    """Copy a canceled booking of two seats."""
    from benchmarks.console import copy_booking
    from benchmarks.copies import without_guards
    from testing.bookings import make_paid
    from testing.builders import make_show

    booking = make_paid(make_show(event=event, hall=hall, in_hours=1000), 0, 1, customer=customer)
    with without_guards():
        copy_booking(booking, [booking.shows[0].pk], times=PAST_BOOKINGS, first=FIRST_PAST)


if __name__ == "__main__":
    main()
