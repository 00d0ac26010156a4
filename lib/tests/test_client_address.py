"""Who a request comes from: one answer, for whatever asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import AuditEntry, User
from bookings.throttles import MAIL_FOR_NETWORK, may_request_mail
from lib.client_address import FORWARDING_HEADERS, ClientAddressMiddleware, client_address, client_network
from testing.builders import make_hall
from theaters.models import Theater

CLIENT, PROXY, FORGED = "203.0.113.7", "10.0.0.2", "198.51.100.9"


def find(settings: Any, proxies: int, peer: str = PROXY, **headers: str) -> tuple[str, str]:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    ClientAddressMiddleware(lambda request: None)(request)
    assert not set(FORWARDING_HEADERS) & set(request.META)
    return client_address(request), client_network(request)


@pytest.mark.once
@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, FORGED, PROXY),
        (1, CLIENT, CLIENT),
        (1, f"{FORGED}, {CLIENT}", CLIENT),
        (2, f"{FORGED}, {CLIENT}, 10.0.0.1", CLIENT),
        (2, CLIENT, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, f"{CLIENT}:4711", CLIENT),
        (1, f"::ffff:{CLIENT}", CLIENT),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_are_believed(settings: Any, proxies: int, forwarded: str, expected: str):
    assert find(settings, proxies, HTTP_X_FORWARDED_FOR=forwarded)[0] == expected


@pytest.mark.once
def test_a_socket_file_has_no_address(settings: Any):
    assert find(settings, 1, peer="") == ("", "")


@pytest.mark.once
def test_limits_count_a_network_of_ipv6_as_one(settings: Any):
    first, second = (find(settings, 0, peer=f"2001:db8:1:2::{end}")[1] for end in ("1", "abcd"))
    assert first == second == "2001:db8:1:2::/64"
    assert find(settings, 0, peer="2001:db8:1:3::1")[1] != first


@pytest.mark.once
def test_nothing_else_reads_the_headers_of_proxies():
    names = re.compile(r"\b(" + "|".join(["REMOTE_ADDR", *FORWARDING_HEADERS]) + r")\b")
    readers = [
        str(file.relative_to(project.BASE_DIR))
        for app in project.OWN_APPS
        for file in (project.BASE_DIR / app).rglob("*.py")
        if "tests" not in file.parts and names.search(file.read_text())
    ]
    assert readers == ["lib/client_address.py"]


@pytest.mark.once
def test_it_comes_before_everything_else():
    assert project.MIDDLEWARE[0] == "lib.client_address.ClientAddressMiddleware"


@pytest.fixture
def behind_proxy(settings: Any) -> dict[str, str]:
    """Return what a request brings whose client made up addresses of its own."""
    settings.TRUSTED_PROXIES = 1
    cache.clear()
    made_up = dict.fromkeys(FORWARDING_HEADERS, FORGED)
    return {**made_up, "HTTP_X_FORWARDED_FOR": f"{FORGED}, {CLIENT}", "REMOTE_ADDR": PROXY}


@pytest.mark.django_db
def test_log_sessions_and_audit_log_name_the_client(
    behind_proxy: dict[str, str], manager: User, theater: Theater, client: Client
):
    sent = {"login": manager.email, "password": "correct horse battery"}
    assert client.post(reverse("account_login"), sent, **behind_proxy).status_code == 302
    assert UserSession.objects.get().ip == CLIENT
    hall = make_hall(theater=theater)
    page = reverse("admin:theaters_hall_change", args=[hall.pk])
    changed = {"theater": theater.pk, "name": hall.name, "cleaning_minutes": 45}
    with capture_logs() as lines:
        assert client.post(page, changed, **behind_proxy).status_code == 302
    assert AuditEntry.objects.get(action="hall.change").address == CLIENT
    assert FORGED not in str(lines)


@pytest.mark.django_db
def test_visitors_behind_one_proxy_have_limits_of_their_own(
    behind_proxy: dict[str, str], client: Client, settings: Any
):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    other = {**behind_proxy, "HTTP_X_FORWARDED_FOR": "203.0.113.8"}
    # Another made-up address each time helps nobody.
    made_up = [{**behind_proxy, "HTTP_X_FORWARDED_FOR": f"192.0.2.{last}, {CLIENT}"} for last in range(3)]
    statuses = [client.get("/api/v1/cities", **headers).status_code for headers in made_up]
    assert statuses == [200, 200, 429]
    assert client.get("/api/v1/cities", **other).status_code == 200

    def ask_for_link(headers: dict[str, str], number: int) -> bool:
        request = RequestFactory().get("/", **headers)
        ClientAddressMiddleware(lambda request: None)(request)
        return may_request_mail(request, "links", f"guest-{number}@example.com")

    assert all(ask_for_link(behind_proxy, number) for number in range(MAIL_FOR_NETWORK.limit))
    assert not ask_for_link(behind_proxy, 99)
    assert ask_for_link(other, 99)


@pytest.mark.slow
@pytest.mark.django_db
def test_made_up_addresses_do_not_help_to_guess_passwords(behind_proxy: dict[str, str], client: Client):
    def guess(number: int) -> int:
        headers = {**behind_proxy, "HTTP_X_FORWARDED_FOR": f"192.0.2.{number}, {CLIENT}"}
        credentials = {"email": f"person-{number}@example.com", "password": "guess"}
        return client.post("/api/v1/auth/token", credentials, content_type="application/json", **headers).status_code

    answers = [guess(number) for number in range(31)]
    assert (answers[0], answers[-1]) == (401, 429)
