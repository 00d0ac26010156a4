"""Make the small houses that are fought over, and print as JSON what the clients need. Runs in the site's environment.

    python -m torture.world <seed> [--short]

Three theaters whose currencies have two, three and no decimals, in three time zones. Their halls are small and their
vouchers few, so that clients meet all the time. Doors of half of the shows are open, and all can be returned.
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

PASSWORD = "correct horse battery"
TICKETS_PER_CUSTOMER = 100
# (name, city, time zone, currency, price of a seat, whether prices include the tax)
HOUSES = [
    ("Riverside", "Vienna", "Europe/Vienna", "EUR", Decimal("19.90"), True),
    ("Corniche", "Kuwait", "Asia/Kuwait", "KWD", Decimal("6.750"), False),
    ("Minato", "Tokyo", "Asia/Tokyo", "JPY", Decimal(2450), True),
]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(json.dumps(make_world(int(sys.argv[1]), is_short="--short" in sys.argv)))


def make_world(seed: int, *, is_short: bool) -> dict[str, Any]:
    from django.conf import settings

    chance = random.Random(f"world {seed}")
    theaters = [make_theater(house, chance, shows=2 if is_short else 6) for house in HOUSES]
    people = 6 if is_short else 40
    return {
        "seed": seed,
        "site_url": settings.SITE_URL,
        "hold_minutes": settings.HOLD_MINUTES + settings.HOLD_EXTENSION_MINUTES,
        "webhook_secret": settings.SANDBOX_WEBHOOK_SECRET,
        "theaters": theaters,
        "probe": make_probe(),
        "customers": [make_person(f"customer-{number}@example.com") for number in range(people)],
        # Each of them books, cancels and has their account erased.
        "leavers": [make_person(f"leaver-{number}@example.com") for number in range(2 if is_short else 30)],
    }


def make_theater(house: tuple[Any, ...], chance: random.Random, *, shows: int) -> dict[str, Any]:
    from accounts.roles import Role
    from bookings.models import Voucher
    from events.models import TicketType
    from testing import builders

    name, city, zone, currency, price, includes_tax = house
    theater = builders.make_theater(name, city=builders.make_city(city, zone), currency=currency)
    theater.slug, theater.prices_include_tax = name.lower(), includes_tax
    theater.email = f"office@{theater.slug}.example.com"
    theater.save()
    main = builders.make_hall(
        theater=theater, rows=chance.randint(3, 5), seats=chance.randint(7, 12), standing=chance.randint(8, 15)
    )
    studio = builders.make_hall(theater=theater, name="Studio", rows=2, seats=chance.randint(10, 14))
    # Nearly always sold out, so that people wait.
    cellar = builders.make_hall(theater=theater, name="Cellar", rows=1, seats=6)
    for code, percent, limit in (("TENTH", 10, 15), ("FREE", 100, 12)):
        Voucher.objects.create(code=code, theater=theater, percent=percent, limit=limit, limit_per_customer=limit)
    event = builders.make_event(f"The Siege of {city}")
    made = [make_show(hall, event, price, number) for number in range(shows) for hall in (cellar, main, studio)]
    maps = [one.pk for hall in (main, studio, cellar) for one in (hall.seat_maps.get(), make_next_version(hall))]
    return {
        "pk": theater.pk,
        "maps": maps,
        "slug": theater.slug,
        "currency": currency,
        "zone": zone,
        "halls": [main.pk, studio.pk, cellar.pk],
        "ticket_type": TicketType.objects.get(theater=theater).pk,
        "vouchers": ["TENTH", "FREE"],
        "shows": made,
        **{
            f"{role}s": [make_person(f"{role}-{number}@{theater.slug}.example.com", theater, role) for number in (0, 1)]
            for role in (Role.MANAGER, Role.BOX_OFFICE, Role.DOOR)
        },
    }


def make_next_version(hall: Any) -> Any:
    """Publish the next version of a hall's map: the same seats and areas, some by other names."""
    from django.utils import timezone

    from theaters.models import Seat, SeatCategory, SeatMap

    former = hall.seat_maps.get()
    hall.seat_maps.update(state=SeatMap.State.RETIRED)
    seat_map = SeatMap.objects.create(hall=hall, version=former.version + 1, layout={}, capacity=former.capacity)
    categories = {
        one.pk: SeatCategory.objects.create(seat_map=seat_map, name=one.name, color=one.color, rank=one.rank)
        for one in former.categories.all()
    }
    for place in [*former.seats.all(), *former.areas.all()]:
        place.category = categories[place.category_id]
        place.pk, place.seat_map = None, seat_map
        if isinstance(place, Seat) and place.row == "A":
            place.section = "Front stalls"
        place.save(force_insert=True)
    SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.PUBLISHED, published_at=timezone.now())
    return seat_map


def make_show(hall: Any, event: Any, price: Decimal, number: int) -> dict[str, Any]:
    from django.urls import reverse
    from django.utils import timezone

    from testing import builders

    show = builders.make_show(
        hall=hall,
        event=event,
        price=price,
        in_hours=20 + 6 * number,
        doors_at=timezone.now() - timedelta(hours=1) if number % 2 == 0 else None,
        refund_hours=0,
        tickets_per_customer=TICKETS_PER_CUSTOMER,
    )
    return {
        "pk": show.pk,
        "code": show.code,
        "starts_at": show.starts_at.isoformat(),
        "seats": list(show.seat_map.seats.order_by("pk").values_list("pk", flat=True)),
        "areas": list(show.seat_map.areas.order_by("pk").values_list("pk", flat=True)),
        "move": reverse("admin:events_show_move", args=[show.pk]),
        "cancel": reverse("admin:events_show_cancel", args=[show.pk]),
        # Half of them may be moved, and a few of those canceled.
        "may_change": number % 2 == 1,
    }


def make_probe() -> dict[str, Any]:
    """Make a house of its own, by which recovery is measured."""
    from testing import builders

    show = builders.make_show(hall=builders.make_hall(rows=1, seats=1, standing=50), tickets_per_customer=50)
    person = make_person("probe@example.com")
    return {"token": person["token"], "show": show.code, "area": show.areas.get().area_id}


def make_person(email: str, theater: Any = None, role: str = "") -> dict[str, str]:
    from accounts.api import make_access_token, start_session
    from testing import builders
    from theaters.models import StaffMembership

    user = builders.make_user(email, email.partition("@")[0].title())
    if theater is not None:
        StaffMembership.objects.create(user=user, theater=theater, role=role)
    session = start_session(user)
    return {
        "email": email,
        "password": PASSWORD,
        "session": str(session.session_key),
        "token": make_access_token(user, session),
    }


if __name__ == "__main__":
    main()
