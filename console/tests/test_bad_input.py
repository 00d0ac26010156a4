"""A walk over every address of the site with what no page asks for: each answers it, and none fails.

Addresses come from the resolver, and the names of what they ask for from their own pages, so that a
new page is walked over without being named here. What a request changes is undone after it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from bookings.models import Booking
from console.tests import test_role_tour as tour
from console.tests.test_role_tour import fill_and_find
from events.models import Event, Show
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater
from ticketing.api import api

FAILURE = 500
NOT_TAKEN = 405
# The roles of the tour, those with the fewest rights first.
BY_RIGHTS = "DABGMP"
# How often an address is asked with other poison in each place, and how many places are tried alone.
TURNS = 3
MOST_ALONE = 8
# Of each kind one: longer than any column, empty, wrong types, numbers past counting, years far away, NUL.
POISONS = [
    "x" * 20_500,
    "",
    "foo",
    "-1",
    "9" * 30,
    "1e400",
    "9999-12-31T23:59",
    "0001-01-01",
    "a\0b",
    "٣",
    '{"a": "\\ud800"}',
]
# What stands in the place of an argument of an address. None of it leads anywhere.
ARGUMENTS = {"int": ["0", "9" * 30], "uuid": [str(uuid4())], "": ["foo", "9" * 30]}
# What pages read from the query, beside what their forms ask for.
PARAMETERS = [
    "page", "p", "q", "o", "e", "date", "day", "from", "until", "month", "city", "theater", "hall", "show", "event",
    "kind", "label", "price", "seat", "edit", "next", "limit", "offset", "format", "term", "app_label", "model_name",
    "field_name", "_changelist_filters", "_popup", "_to_field", "action",
]  # fmt: skip
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


def find_routes(patterns: Iterable[Any] | None = None, start: str = "/") -> Iterator[str]:
    """Yield every address of the site as the resolver has it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from find_routes(pattern.url_patterns, route)
        else:
            yield re.sub(r"[\^$]", "", route)


ROUTES = sorted(set(find_routes()))


class Inputs(HTMLParser):
    """What a page's forms send: names, and the values that they begin with."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name")
        if tag in ("input", "select", "textarea", "button") and name and name != "csrfmiddlewaretoken":
            self.values.setdefault(name, found.get("value") or "")

    @property
    def own(self) -> list[str]:
        """Names of what people fill in, but not the counters that Django keeps of a set of forms."""
        return [name for name in self.values if not name.endswith(("_FORMS", "_NUM_FORMS"))]


class Walker:
    """One person who asks, and keeps a list of what failed."""

    def __init__(self, user: User | None) -> None:
        self.client = signed_in(user) if user else Client()
        self.client.raise_request_exception = False
        self.cookies = self.client.cookies.copy()
        self.who = str(user or "a stranger")
        self.failed: list[str] = []

    def ask(self, method: str, address: str, data: Any = None, **more: Any) -> Any:
        """Ask, undo what that did, and note a failure."""
        with transaction.atomic():
            answer = getattr(self.client, method)(address, data, **more)
            if answer.status_code < FAILURE and connection.vendor == "postgresql" and not connection.needs_rollback:
                connection.check_constraints()
            transaction.set_rollback(True)
        self.client.cookies = self.cookies.copy()
        if answer.status_code >= FAILURE:
            error = (getattr(answer, "exc_info", None) or [None, None])[1]
            sent = {name: f"{value!s:.30}" for name, value in (data or {}).items()} if isinstance(data, dict) else data
            self.failed.append(f"{self.who} {method} {address[:90]} {sent!s:.300}: {error!r:.300}")
        return answer

    def walk(self, address: str) -> None:
        """Look at a page, then send it each poison in all that it asks for, and in all that it may read."""
        page = self.ask("get", address)
        inputs = Inputs()
        if page.status_code == 200 and "html" in page["Content-Type"] and not page.streaming:
            inputs.feed(page.content.decode())
        names = {*inputs.own, *PARAMETERS}
        with pytest.MonkeyPatch.context() as patch:
            # A page that says what is wrong is drawn like any other, and that takes longer than finding it.
            patch.setattr(Template, "render", lambda *_args, **_kwargs: "")
            for turn in range(TURNS):
                if turn == 1:
                    # The menu reads the query alike on all pages: one poison for each of them is enough.
                    patch.setattr(admin.site, "each_context", lambda _request: {})
                self.ask("get", address, {name: poison[:200] for name, poison in mix(names, turn)})
                if inputs.own or page.status_code == NOT_TAKEN:
                    self.ask("post", address, inputs.values | dict(mix(inputs.own or PARAMETERS, turn)))
            # One value alone, so that the others lead to what is behind the form.
            for name, poison in mix(inputs.own[:MOST_ALONE], 0):
                self.ask("post", address, inputs.values | {name: poison})


def mix(names: Iterable[str], turn: int) -> list[tuple[str, str]]:
    """Give each name a poison, and another one each turn."""
    return [(name, POISONS[(place + turn * TURNS) % len(POISONS)]) for place, name in enumerate(sorted(names))]


@pytest.fixture(autouse=True)
def _let_all_in(settings: Any) -> Iterator[None]:
    """Let nobody be stopped before what is asked is read, and log nothing of it."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.API_ANONYMOUS_PER_MINUTE = 0
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_no_argument_of_an_address_fails(platform_admin: User):
    walker = Walker(platform_admin)
    for route in ROUTES:
        kinds = {found[1] or "" for found in ARGUMENT.finditer(route)}
        for place in range(max((len(ARGUMENTS.get(kind, ARGUMENTS[""])) for kind in kinds), default=0)):

            def poison(found: re.Match[str], place: int = place) -> str:
                values = ARGUMENTS.get(found[1] or "", ARGUMENTS[""])
                return values[place % len(values)]

            walker.ask("get", ARGUMENT.sub(poison, route))
            with pytest.MonkeyPatch.context() as patch:
                # The page that refuses it was drawn once.
                patch.setattr(Template, "render", lambda *_args, **_kwargs: "")
                walker.ask("post", ARGUMENT.sub(poison, route))
    assert not walker.failed, "\n".join(walker.failed)


@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_no_page_of_the_console_fails(request: pytest.FixtureRequest, theater: Theater):
    """Walk over each page as the role with the fewest rights that may open it."""
    walkers = {letter: Walker(request.getfixturevalue(fixture)) for letter, fixture in tour.CAST.items()}
    rows = fill_and_find(theater, "Mine")
    for stop in (*tour.stops(rows, with_lists=True), *tour.stops(rows, with_lists=False)):
        letter = next((letter for letter in BY_RIGHTS if letter in stop.who), "P")
        walkers[letter].walk(stop.address)
    failed = [failure for walker in walkers.values() for failure in walker.failed]
    assert not failed, "\n".join(failed)


def public_addresses(show: Show, hold: Booking) -> Iterator[str]:
    """Yield the addresses outside of the console that lead somewhere."""
    values = {
        "/events/": show.event.slug,
        "/theaters/": show.hall.theater.slug,
        "/calendar/": show.hall.theater.slug,
        "/shows/": show.code,
        "/bookings/": hold.code,
        "/webhooks/": "sandbox",
        "/sitemap": "events",
        "/api/v1/shows/": show.code,
        "/api/v1/bookings/": hold.code,
        "/api/v1/events/": show.event.slug,
        "/api/v1/theaters/": show.hall.theater.slug,
    }
    for route in ROUTES:
        value = next((value for start, value in values.items() if route.startswith(start)), "foo")
        if not route.startswith("/admin/") and not {"int", "uuid"} & {found[1] for found in ARGUMENT.finditer(route)}:
            yield ARGUMENT.sub(value, route)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("is_known", [True, False], ids=["customer", "stranger"])
def test_no_public_page_fails(customer: User, is_known: bool):
    show = make_show(hall=make_hall(standing=20))
    Event.objects.update(asks_attendee_names=True)
    walker = Walker(customer if is_known else None)
    hold = make_hold(show, 0, 1, customer=customer if is_known else None)
    for address in public_addresses(show, hold):
        walker.walk(address)
    assert not walker.failed, "\n".join(walker.failed)


BODIES = ["", "null", "[]", '"text"', "{", "1e400", '{"a":' * 200, "\udcff", "NaN"]
WORDS = ["\0", "\ud800", "x" * 20_500, "9" * 30, "", -1, 10**30, 1.5, None, True, [], {}]


@pytest.mark.slow
@pytest.mark.django_db
def test_no_call_of_the_api_fails(customer: User, platform_admin: User):
    show = make_show()
    hold = make_hold(show, 0, customer=customer)
    walker = Walker(None)
    document = api.get_openapi_schema()
    for person in (customer, platform_admin):
        credentials = {"email": person.email, "password": "correct horse battery"}
        token = Client().post("/api/v1/auth/token", credentials, content_type="application/json").json()["access"]
        for path, calls in document["paths"].items():
            address = path.replace("{code}", hold.code if "/bookings" in path else show.code).replace("{slug}", "foo")
            for method, call in calls.items():
                if "requestBody" not in call:
                    continue
                for body in (*BODIES, *(json.dumps(one) for one in bodies(document, call))):
                    data = body.encode(errors="surrogateescape")
                    walker.ask(
                        method,
                        address,
                        data,
                        content_type="application/json",
                        headers={"authorization": f"Bearer {token}", "idempotency-key": "x" * 300},
                    )
    assert not walker.failed, "\n".join(walker.failed)


def bodies(document: dict[str, Any], call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield bodies of a call with each of the words in each of its members."""
    schema = call["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for word in WORDS:
        yield dict.fromkeys(schema.get("properties", {}), word)
