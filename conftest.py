"""The cast, by role, and the builders of what they meet. Builders are plain functions."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from accounts import jobs
from accounts.models import User
from events.models import Event, Price, Show, ShowArea, TicketType
from theaters.models import Area, City, Hall, Seat, SeatCategory, SeatMap, StaffMembership, Theater

pytest_plugins = [
    f"tools.pytest_fixtures.{name}"
    for name in ("api_answers", "clock", "databases", "mail", "season", "worker", "browser")
]

# A property is about values: a busy machine must not fail it.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _hash_passwords_quickly(settings: Any) -> None:
    """Spare each user that a test makes a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _speak_english() -> None:
    """Start in the default language and without a clock, whatever an earlier test has set."""
    translation.deactivate()
    timezone.deactivate()


def make_city(name: str = "Vienna", time_zone: str = "Europe/Vienna") -> City:
    return City.objects.get_or_create(
        slug=name.lower(), defaults={"name": name, "country": "AT", "time_zone": time_zone}
    )[0]


def make_theater(name: str = "Riverside", *, city: City | None = None, currency: str = "EUR") -> Theater:
    return Theater.objects.create(
        name=name,
        slug=f"theater-{next(_numbers)}",
        city=city or make_city(),
        place="1 River Street",
        currency=currency,
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
        )
        for row in range(rows)
        for number in range(seats)
    )
    if standing:
        Area.objects.create(seat_map=seat_map, guid="floor", name="Floor", capacity=standing, category=category)
    seat_map.state = SeatMap.State.PUBLISHED
    seat_map.published_at = timezone.now()
    seat_map.save()
    return hall


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
            "refund_hours": 24,
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


def from_now(fields: dict[str, Any]) -> dict[str, Any]:
    """Turn lengths of time into moments, so many from now: a list of cases is written before any test's clock runs."""
    now = timezone.now()
    return {name: now + value if isinstance(value, timedelta) else value for name, value in fields.items()}


def make_user(email: str, name: str = "", **fields: object) -> User:
    user = User.objects.create_user(email, "correct horse battery", name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _make_staff(email: str, role: StaffMembership.Role, theater: Theater) -> User:
    user = make_user(email)
    StaffMembership.objects.create(user=user, theater=theater, role=role)
    return user


@pytest.fixture
def theater(db: None) -> Theater:
    return make_theater()


@pytest.fixture
def other_theater(db: None) -> Theater:
    return make_theater("Elsewhere")


@pytest.fixture
def customer(db: None) -> User:
    return make_user("customer@example.com", "Asha Customer")


@pytest.fixture
def rival(db: None) -> User:
    return make_user("rival@example.com", "Ruben Rival")


@pytest.fixture
def manager(theater: Theater) -> User:
    return _make_staff("manager@example.com", StaffMembership.Role.MANAGER, theater)


@pytest.fixture
def other_manager(other_theater: Theater) -> User:
    """Manages `other_theater` and must see nothing of `theater`."""
    return _make_staff("other-manager@example.com", StaffMembership.Role.MANAGER, other_theater)


@pytest.fixture
def programmer(theater: Theater) -> User:
    return _make_staff("programmer@example.com", StaffMembership.Role.PROGRAMMER, theater)


@pytest.fixture
def box_office(theater: Theater) -> User:
    return _make_staff("box-office@example.com", StaffMembership.Role.BOX_OFFICE, theater)


@pytest.fixture
def door_staff(theater: Theater) -> User:
    return _make_staff("door@example.com", StaffMembership.Role.DOOR, theater)


@pytest.fixture
def accountant(theater: Theater) -> User:
    return _make_staff("accountant@example.com", StaffMembership.Role.ACCOUNTANT, theater)


@pytest.fixture
def platform_admin(db: None) -> User:
    return make_user("admin@example.com", "Platform Admin", is_superuser=True)


@pytest.fixture
def broken_broker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A broker that is down; returns the names of the tasks that it was asked to queue."""
    asked: list[str] = []

    def fail(task: str, *args: object, **options: object) -> None:
        asked.append(task)
        raise OSError("The broker is down.")

    monkeypatch.setattr(jobs.current_app, "send_task", fail)
    monkeypatch.setattr(jobs, "_rest", jobs._Rest())
    return asked
