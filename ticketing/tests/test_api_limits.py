"""What the API tells of its limits, and what it lets other sites read."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from accounts.models import User
from lib.api_answers import OPERATIONS
from testing.addresses import patterns
from ticketing.api import api

API = "/api/v1"


def test_a_call_says_how_many_are_left_and_for_how_long(client: Client, db: None, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = client.get(f"{API}/cities")
        assert first["RateLimit-Policy"] == '"anonymous";q=2;w=60'
        assert first["RateLimit"] == '"anonymous";r=1;t=60'
        clock.shift(timedelta(seconds=18))
        assert client.get(f"{API}/cities")["RateLimit"] == '"anonymous";r=0;t=42'
        refused = client.get(f"{API}/cities")
        assert (refused.status_code, refused["RateLimit"]) == (429, '"anonymous";r=0;t=42')
        assert refused["Retry-After"] == "42"


def sign_in(email: str, **values: str):
    credentials = {"email": email, "password": "wrong"} | values
    return Client().post(f"{API}/auth/token", credentials, content_type="application/json")


def test_a_refused_sign_in_says_when_the_next_one_is_read(customer: User):
    """Five wrong ones for an address in five minutes: the sixth is read when the first is five minutes old."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            assert sign_in(customer.email).status_code == 401
            clock.shift(timedelta(seconds=10))
        refused = sign_in(customer.email)
        assert (refused.status_code, refused["Retry-After"]) == (429, "250")
        clock.shift(timedelta(seconds=249))
        assert sign_in(customer.email).status_code == 429
        clock.shift(timedelta(seconds=2))
        assert sign_in(customer.email).status_code == 401


@pytest.mark.slow
@pytest.mark.once
def test_head_works_wherever_get_does(client: Client, db: None):
    """At every address of the API, as the resolver knows it."""
    asked = 0
    for route, _, _ in patterns():
        if not route.startswith("api/v1/"):
            continue
        address = "/" + route.replace("<slug:slug>", "x").replace("<slug:code>", "X").replace("<str:slug>", "x")
        get, head = client.get(address.replace("<slug>", "x")), client.head(address.replace("<slug>", "x"))
        assert get.status_code == head.status_code, address
        assert head.content == b"", address
        assert head.get("Content-Type") == get.get("Content-Type"), address
        assert head.get("Content-Length") == get.get("Content-Length"), address
        asked += 1
    assert asked >= len(api.get_openapi_schema()["paths"]) - 3


def test_a_wrong_method_is_told_of_head_too(client: Client, db: None):
    assert client.put(f"{API}/cities")["Allow"] == "GET, HEAD"


@pytest.mark.once
def test_every_call_says_what_it_may_answer():
    """Those of its own are held against what tests are answered (`testing/fixtures/api_answers.py`)."""
    for path, item in api.get_openapi_schema()["paths"].items():
        for method in set(OPERATIONS) & set(item):
            responses = item[method]["responses"]
            documented = {int(status) for status in responses if status != "default"}
            assert {400, 503} <= documented, path
            assert ("security" not in item[method]) or 401 in documented, path
            assert ("{" not in path) or 404 in documented, path
            assert ("requestBody" not in item[method]) or {413, 422} <= documented, path
            assert "Retry-After" in responses[503]["headers"], path
            if 429 in documented:
                assert "Retry-After" in responses[429]["headers"], path
    availability = api.get_openapi_schema()["paths"][f"{API}/shows/{{code}}/availability"]["get"]["responses"]
    assert 304 in availability
    assert "ETag" in availability[200]["headers"]
    assert 429 not in availability


ASK = """
import django, json
django.setup()
from django.test import Client
names = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Expose-Headers"]
def ask(method, address, origin):
    answer = getattr(Client(), method)(address, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
    return [answer.get(name) for name in names]
friend, strange = "https://www.example.org", "https://www.example.com"
print(json.dumps([
    ask("get", "/api/v1/openapi.json", friend), ask("options", "/api/v1/cities", friend),
    ask("get", "/api/v1/openapi.json", strange), ask("get", "/admin/jsi18n/", friend),
]))
"""


def ask_from_other_sites(folder: Path, **env: str) -> list[list[str | None]]:
    env = {"ENV_FILE": "/dev/null", "DATA_DIR": str(folder), "DEBUG": "1", "LOG_LEVEL": "CRITICAL", **env}
    # Other hosts are looked for among the domains of brands, in a database that is not there.
    env |= {"DJANGO_SETTINGS_MODULE": "ticketing.settings", "ALLOWED_HOSTS": "testserver"}
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    done = subprocess.run(command, cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.once
def test_other_sites_may_read_the_api_where_they_are_named(tmp_path: Path):
    read, asked, strange, page = ask_from_other_sites(tmp_path, CORS_ALLOWED_ORIGINS="https://www.example.org")
    assert read[0] == "https://www.example.org"
    assert "RateLimit" in str(read[2])
    assert asked[:2] == ["https://www.example.org", "GET, HEAD, OPTIONS"]
    assert strange[0] is None
    assert page[0] is None


@pytest.mark.slow
@pytest.mark.once
def test_no_other_site_reads_anything_by_default(tmp_path: Path):
    assert ask_from_other_sites(tmp_path) == [[None] * 3] * 4
