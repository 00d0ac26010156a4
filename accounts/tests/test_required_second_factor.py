"""Who must use a second factor and has none does nothing as staff, whichever way they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability, SecondFactorMissing, lacks_second_factor, theaters_by_capability
from bookings.tickets.codes import sign
from reports.access import reports_for
from testing.addresses import addresses
from testing.api_client import ApiClient, problem
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.access import may, require, theaters_for
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def ask_all(settings: Any, theater: Theater) -> None:
    settings.REQUIRE_STAFF_MFA = True


def ask_by_theater(settings: Any, theater: Theater) -> None:
    Theater.objects.filter(pk=theater.pk).update(requires_mfa=True)


def ask_admins(settings: Any, theater: Theater) -> None:
    settings.REQUIRE_ADMIN_MFA = True


@pytest.mark.parametrize(
    ("who", "asks"),
    [
        ("manager", ask_all),
        ("manager", ask_by_theater),
        ("door_staff", ask_by_theater),
        ("platform_admin", ask_admins),
        ("platform_admin", ask_all),
    ],
)
def test_no_capability_is_left_until_it_is_set_up(
    who: str, asks: Callable[..., None], theater: Theater, settings: Any, request: pytest.FixtureRequest
):
    user: User = request.getfixturevalue(who)
    held = [one for one in Capability if may(user, one, theater.pk)]
    assert held
    asks(settings, theater)
    user = User.objects.get(pk=user.pk)
    assert lacks_second_factor(user)
    assert not any(may(user, one) or theaters_for(user, one).exists() for one in Capability)
    assert not any(theaters_by_capability(user).values())
    assert reports_for(user) == []
    with pytest.raises(SecondFactorMissing):
        require(user, held[0], theater.pk)
    # Codes on paper alone are none.
    RecoveryCodes.activate(user)
    assert lacks_second_factor(user)
    TOTP.activate(user, generate_totp_secret())
    user = User.objects.get(pk=user.pk)
    assert not lacks_second_factor(user)
    assert [one for one in Capability if may(user, one, theater.pk)] == held


@pytest.mark.parametrize("asks", [ask_admins, lambda *_: None])
def test_people_without_the_requirement_go_on(
    asks: Callable[..., None], theater: Theater, manager: User, settings: Any
):
    asks(settings, theater)
    assert may(User.objects.get(pk=manager.pk), Capability.EDIT_TEAM, theater.pk)


def test_customers_are_never_asked(customer: User, settings: Any):
    settings.REQUIRE_STAFF_MFA = settings.REQUIRE_ADMIN_MFA = True
    assert not lacks_second_factor(customer)


def test_the_api_allows_no_check_in_without_it(theater: Theater, door_staff: User):
    booking = make_paid(make_show(hall=make_hall(theater=theater), in_hours=1), 0, email="guest@example.com")
    scan = {"qr": sign(booking.tickets.get()), "gate": "main"}
    ask_by_theater(None, theater)
    refused = ApiClient(door_staff).post("/check-ins", scan)
    assert problem(refused) == (403, "mfa-setup-required")
    assert not booking.tickets.get().check_ins.exists()
    TOTP.activate(door_staff, generate_totp_secret())
    assert ApiClient(door_staff).post("/check-ins", scan).json()["result"] == "admitted"


@pytest.mark.slow
@pytest.mark.once
def test_no_page_of_the_console_opens_without_it(theater: Theater, platform_admin: User, settings: Any):
    settings.REQUIRE_ADMIN_MFA = True
    client = Client()
    client.force_login(platform_admin)
    # Out of the console, and what tells the console's scripts their words.
    open_to_all = {"admin:login", "admin:logout", "admin:jsi18n"}
    pages = {name: url for name, url in addresses({"": {}}).items() if name.startswith("admin:")}
    assert len(pages) > 100
    for name in pages.keys() - open_to_all:
        answer = client.get(pages[name])
        assert (answer.status_code, answer.get("Location")) == (302, reverse("mfa_index")), name
