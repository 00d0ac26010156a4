"""Put an arena of 20,000 seats on sale: `python -m benchmarks.arena [--short]`; prints the show's code.

Forty blocks of 500 seats stand in a circle. `--short`: two of them.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from decimal import Decimal
from math import cos, pi, sin, tau
from typing import Any

import django

BLOCKS, FEW_BLOCKS = 40, 2
ROWS, SEATS_IN_ROW = 20, 25
# Distances of seats and rows, and from the middle to the first row, in units of the plan.
APART, BEHIND, RADIUS = 20, 24, 4000


def arena(blocks: int) -> dict[str, Any]:
    """Return a plan of `blocks` blocks, each turned toward the middle."""
    return {
        "name": "Arena",
        "categories": [{"name": "Lower rows", "color": "#8c2f39"}, {"name": "Upper rows", "color": "#34597f"}],
        "zones": [_block(number, tau * number / blocks) for number in range(blocks)],
    }


def _block(number: int, angle: float) -> dict[str, Any]:
    across, outward = (cos(angle + pi / 2), sin(angle + pi / 2)), (cos(angle), sin(angle))
    return {
        "name": f"Block {number + 1}",
        "position": {"x": round(5000 + RADIUS * outward[0]), "y": round(5000 + RADIUS * outward[1])},
        "rows": [
            {
                "row_number": str(row + 1),
                "position": {"x": BEHIND * row * outward[0], "y": BEHIND * row * outward[1]},
                "seats": [
                    {
                        "seat_guid": f"{number}-{row}-{seat}",
                        "seat_number": str(seat + 1),
                        "position": {
                            "x": APART * (seat - SEATS_IN_ROW // 2) * across[0],
                            "y": APART * (seat - SEATS_IN_ROW // 2) * across[1],
                        },
                        "category": "Lower rows" if row < ROWS // 2 else "Upper rows",
                    }
                    for seat in range(SEATS_IN_ROW)
                ],
            }
            for row in range(ROWS)
        ],
    }


def put_on_sale(blocks: int) -> str:
    """Return the code of a new show; everything it needs is made, in a theater of its own."""
    from django.utils import timezone

    from events.models import Event, Show, TicketType
    from events.prices.grid import set_prices
    from events.sales.opening import open_sales
    from theaters.models import City, Hall, Theater
    from theaters.seat_maps.publish import publish_seat_map, save_draft

    city, _ = City.objects.get_or_create(
        slug="vienna", defaults={"name": "Vienna", "country": "AT", "time_zone": "Europe/Vienna"}
    )
    theater = Theater.objects.create(name="Arena", slug="arena", city=city, currency="EUR", is_published=True)
    hall = Hall.objects.create(theater=theater, name="Arena")
    draft = save_draft(hall=hall, document=arena(blocks), source="benchmark", by=None)
    seat_map = publish_seat_map(seat_map=draft, by=None)
    adult = TicketType.objects.create(theater=theater, name="Adult")
    event = Event.objects.create(title="Final", slug="final", kind="other", running_minutes=120, is_published=True)
    show = Show.objects.create(event=event, hall=hall, seat_map=seat_map, starts_at=timezone.now() + timedelta(days=30))
    prices = {(category.pk, adult.pk): Decimal(40) for category in seat_map.categories.all()}
    set_prices(show=show, prices=prices, by=None)
    open_sales(show=show, by=None)
    return show.code


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    django.setup()
    print(put_on_sale(FEW_BLOCKS if "--short" in sys.argv else BLOCKS))


if __name__ == "__main__":
    main()
