"""The cast, by role, and the builders of what they meet. Builders are plain functions."""

from __future__ import annotations

import gc
import os

# Until the tests are collected, next to nothing becomes garbage.
gc.disable()

import django

# First: the settings read what it sets.
from testing import environment  # noqa: F401

django.setup()
# A process that xdist starts would find it, and read the settings before its own environment stands.
del os.environ["DJANGO_SETTINGS_MODULE"]

# isort: split
from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from accounts.models import User
from accounts.roles import Role
from lib import jobs
from lib.circuit_breaker import CircuitBreaker
from testing.builders import make_theater, make_user
from theaters.models import StaffMembership, Theater

pytest_plugins = [
    f"testing.fixtures.{name}"
    for name in ("api_answers", "clock", "databases", "dns", "mail", "season", "worker", "browser")
]

# A property is about values: a busy machine must not fail it.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--walks", type=int, default=3, help="how many random walks are made through the books")


def pytest_collection_finish() -> None:
    """Keep what was imported out of the garbage collector's sight, which else looks through it again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _hash_passwords_quickly() -> Iterator[None]:
    """Spare each user that a test makes a third of a second."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _let_newcomers_in() -> Iterator[None]:
    """A process that runs tests uses a whole core, as a site at its limit does, where newcomers wait in line."""
    with override_settings(WAITING_ROOM_AT_LIMIT=False):
        yield


@pytest.fixture(autouse=True)
def _speak_english() -> None:
    """Start in the default language and without a clock, whatever an earlier test has set."""
    translation.deactivate()
    timezone.deactivate()


def _make_staff(email: str, role: Role, theater: Theater) -> User:
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
    return _make_staff("manager@example.com", Role.MANAGER, theater)


@pytest.fixture
def other_manager(other_theater: Theater) -> User:
    """Manages `other_theater` and must see nothing of `theater`."""
    return _make_staff("other-manager@example.com", Role.MANAGER, other_theater)


@pytest.fixture
def programmer(theater: Theater) -> User:
    return _make_staff("programmer@example.com", Role.PROGRAMMER, theater)


@pytest.fixture
def box_office(theater: Theater) -> User:
    return _make_staff("box-office@example.com", Role.BOX_OFFICE, theater)


@pytest.fixture
def door_staff(theater: Theater) -> User:
    return _make_staff("door@example.com", Role.DOOR, theater)


@pytest.fixture
def accountant(theater: Theater) -> User:
    return _make_staff("accountant@example.com", Role.ACCOUNTANT, theater)


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
    monkeypatch.setattr(jobs, "broker", CircuitBreaker(rest_seconds=30, log_seconds=30))
    return asked
