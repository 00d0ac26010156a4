"""Sessions of browsers and of API clients: seen and ended by their owner, and short for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.test_api_auth import PASSWORD, ask, sign_in, totp_code, who

pytestmark = pytest.mark.django_db
CONSOLE = reverse("admin:index")


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def browse(user: User) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})
    assert answer.status_code == 302
    return client


def test_an_application_is_among_the_devices(customer: User):
    sign_in(Client(headers={"User-Agent": "scanner/1.2"}), customer)
    page = browse(customer).get(reverse("usersessions_list")).content.decode()
    assert "scanner/1.2" in page
    assert "application" in page


def end_by_button(owner: Client, user: User) -> None:
    owner.post(reverse("usersessions_list"))


def end_by_new_password(owner: Client, user: User) -> None:
    sent = {"oldpassword": PASSWORD, "password1": "another battery horse", "password2": "another battery horse"}
    assert owner.post(reverse("account_change_password"), sent).status_code == 302


def end_by_new_password_in_the_console(owner: Client, user: User) -> None:
    user.set_password("another battery horse")
    user.save()


def end_by_closing_the_account(owner: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_by_second_factor(owner: Client, user: User) -> None:
    page = owner.get(reverse("mfa_activate_totp"))
    code = totp_code(page.context["form"].secret)
    assert owner.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302


ENDINGS = [
    end_by_button,
    end_by_new_password,
    end_by_new_password_in_the_console,
    end_by_closing_the_account,
    end_by_second_factor,
]


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDINGS)
def test_ending_other_sessions_ends_those_of_applications(
    customer: User, end: Callable[[Client, User], None], django_capture_on_commit_callbacks: Any
):
    owner, other = browse(customer), browse(customer)
    tokens = sign_in(Client(), customer)
    assert who(tokens["access"]) == customer
    with django_capture_on_commit_callbacks(execute=True):
        end(owner, customer)
    assert who(tokens["access"]) is None
    ask(Client(), "refresh", 401, refresh=tokens["refresh"])
    assert other.get(reverse("accounts:profile")).status_code == 302


def test_a_token_used_twice_ends_the_access_token_too(client: Client, customer: User):
    first = sign_in(client, customer)
    second = ask(client, "refresh", refresh=first["refresh"])
    ask(client, "refresh", 401, refresh=first["refresh"])
    assert who(second["access"]) is None
    assert not UserSession.objects.exists()


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.mark.slow
def test_the_console_session_ends_when_idle(clock: Any, manager: User):
    client = browse(manager)
    for _visit in range(3):
        clock.shift(timedelta(minutes=90))
        assert client.get(CONSOLE).status_code == 200
    clock.shift(timedelta(minutes=121))
    answer = client.get(CONSOLE, follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"{reverse('account_login')}?next={CONSOLE}")
    assert "You were signed out" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.slow
def test_it_ends_after_a_long_day_whatever_happens(clock: Any, manager: User):
    client = browse(manager)
    for _visit in range(12):
        assert client.get(CONSOLE).status_code == 200
        clock.shift(timedelta(minutes=59))
    assert client.get(CONSOLE).status_code == 200
    clock.shift(timedelta(minutes=13))
    assert client.get(CONSOLE).status_code == 302


def test_a_customer_session_of_days_ago_needs_a_new_sign_in_for_the_console(clock: Any, manager: User):
    client = browse(manager)
    clock.shift(timedelta(days=3))
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert client.get(CONSOLE).status_code == 302


def test_customers_stay_signed_in(clock: Any, customer: User):
    client = browse(customer)
    clock.shift(timedelta(days=13))
    assert client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.slow
def test_a_click_seldom_writes_the_session(clock: Any, manager: User, django_assert_max_num_queries: Any):
    client = browse(manager)
    client.get(CONSOLE)
    before = client.session["staff_seen"]
    clock.shift(timedelta(seconds=50))
    client.get(CONSOLE)
    assert client.session["staff_seen"] == before
    clock.shift(timedelta(seconds=20))
    client.get(CONSOLE)
    assert client.session["staff_seen"] == before + 70


def test_tokens_of_staff_are_good_for_a_day(clock: Any, manager: User):
    tokens = sign_in(Client(), manager)
    for _hour in range(11):
        clock.shift(timedelta(hours=1))
        tokens = ask(Client(), "refresh", refresh=tokens["refresh"])
    clock.shift(timedelta(hours=1, seconds=1))
    # Redis counts by a clock of its own, and would have forgotten the session by now.
    cache.clear()
    ask(Client(), "refresh", 401, refresh=tokens["refresh"])
