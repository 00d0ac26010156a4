"""Builders of test data: plain functions, with defaults that suit most tests."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events.models import Event, FeeRule, Price, Show, ShowArea, TicketType
from events.prices.charge_changes import note_change
from theaters.models import Area, Brand, City, Hall, Seat, SeatCategory, SeatMap, TaxRate, Theater
from theaters.seat_maps.quality import RatedPlace, rate

_numbers = itertools.count(1)


def make_city(name: str = "Vienna", time_zone: str = "Europe/Vienna") -> City:
    return City.objects.get_or_create(
        slug=name.lower(), defaults={"name": name, "country": "AT", "time_zone": time_zone}
    )[0]


def make_theater(
    name: str = "Riverside", *, city: City | None = None, currency: str = "EUR", brand: Brand | None = None
) -> Theater:
    return Theater.objects.create(
        name=name,
        slug=f"theater-{next(_numbers)}",
        city=city or make_city(),
        place="1 River Street",
        currency=currency,
        brand=brand,
        tax_rate=10,
        is_published=True,
    )


def make_hall(
    *, rows: int = 2, seats: int = 4, standing: int = 0, theater: Theater | None = None, name: str = "Main"
) -> Hall:
    """Make a hall with a published map: category “Parkett” for `rows` × `seats`, one area when `standing`."""
    hall = Hall.objects.create(theater=theater or make_theater(), name=f"{name} {next(_numbers)}")
    seat_map = SeatMap.objects.create(hall=hall, version=1, layout={}, capacity=rows * seats + standing)
    category = SeatCategory.objects.create(seat_map=seat_map, name="Parkett", color="#aa3344", rank=1)
    places = [(row, number) for row in range(rows) for number in range(seats)]
    qualities = rate([RatedPlace(number * 20, row * 24, "Stalls") for row, number in places], pitch=20)
    Seat.objects.bulk_create(
        Seat(
            seat_map=seat_map,
            guid=f"{row}-{number}",
            section="Stalls",
            row=chr(65 + row),
            number=str(number + 1),
            category=category,
            x=number * 20,
            y=row * 24,
            run=row,
            position=number,
            quality=quality.stage,
            screen_quality=quality.screen,
        )
        for (row, number), quality in zip(places, qualities, strict=True)
    )
    if standing:
        Area.objects.create(seat_map=seat_map, guid="floor", name="Floor", capacity=standing, category=category)
    seat_map.state = SeatMap.State.PUBLISHED
    seat_map.published_at = timezone.now()
    seat_map.save()
    return hall


def make_fee(theater: Theater, amount: str | None = "2.50", **fields: Any) -> FeeRule:
    """Let a theater charge a fee from now on: for each ticket, on every channel, unless `fields` say otherwise."""
    is_everywhere = {"is_on_web": True, "is_on_api": True, "is_at_box_office": True}
    with transaction.atomic():
        rule = FeeRule.objects.create(
            **{
                "theater": theater,
                "name": "Service fee",
                "amount": amount and Decimal(amount),
                **is_everywhere,
                **fields,
            }
        )
        note_change(theater.pk)
    theater.refresh_from_db(fields=["charges_key"])
    return rule


def make_tax_rate(theater: Theater, kind: str, rate: str, from_on: date = date(2000, 1, 1)) -> TaxRate:
    with transaction.atomic():
        made, _new = TaxRate.objects.update_or_create(
            theater=theater, kind=kind, from_on=from_on, defaults={"rate": Decimal(rate)}
        )
        note_change(theater.pk)
    theater.refresh_from_db(fields=["charges_key"])
    return made


def make_event(title: str = "Hamlet", **fields: object) -> Event:
    defaults: dict[str, object] = {"kind": Event.Kind.PLAY, "running_minutes": 120, "is_published": True}
    return Event.objects.create(**{"title": title, "slug": f"event-{next(_numbers)}", **defaults, **fields})


def make_show(
    *,
    hall: Hall | None = None,
    event: Event | None = None,
    price: str | Decimal = "20.00",
    in_hours: float = 72,
    **fields: object,
) -> Show:
    """Make a show on sale, with one ticket type “Adult” at `price` in every category."""
    hall = hall or make_hall()
    seat_map = hall.seat_maps.get(state=SeatMap.State.PUBLISHED)
    show = Show.objects.create(
        event=event or make_event(),
        hall=hall,
        seat_map=seat_map,
        **{
            "starts_at": timezone.now() + timedelta(hours=in_hours),
            "state": Show.State.ON_SALE,
            "from_price": Decimal(price),
            "lowest_price": Decimal(price),
            "highest_price": Decimal(price),
            **_refunds(**fields),
            **fields,
        },
    )
    adult = TicketType.objects.get_or_create(theater=hall.theater, name="Adult")[0]
    Price.objects.bulk_create(
        Price(show=show, category=category, ticket_type=adult, amount=Decimal(price))
        for category in seat_map.categories.all()
    )
    ShowArea.objects.bulk_create(
        ShowArea(show=show, area=area, capacity=area.capacity) for area in seat_map.areas.all()
    )
    return show


def _refunds(*, refund_hours: int | None = 24, **_fields: object) -> dict[str, object]:
    return {"refunds": "never" if refund_hours is None else "until", "refund_hours": refund_hours}


def from_now(fields: dict[str, Any]) -> dict[str, Any]:
    """Turn lengths of time into moments from now: parametrized cases are written before a test's clock runs."""
    now = timezone.now()
    return {name: now + value if isinstance(value, timedelta) else value for name, value in fields.items()}


def make_user(email: str, name: str = "", **fields: object) -> User:
    user = User.objects.create_user(email, "correct horse battery", name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
