"""A walk over every address of the site with what no page asks for: each answers it, and none fails.

Addresses come from the resolver, and the names of what they ask for from their own pages and from what
these read, so that a new page is walked over without being named here. What a request changes is undone
after it.

What the program itself fails at is the same on every database. It is tried on PostgreSQL, which refuses
more; SQLite is sent what it alone might fail at.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.forms import BaseForm
from django.http import QueryDict
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import User
from bookings.models import Booking
from console.tests import test_role_tour as tour
from console.tests.test_role_tour import fill_and_find
from events.models import Event, Show
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import QuickClient, no_menu, nothing_drawn
from theaters.models import Theater
from ticketing.api import api

FAILURE = 500
NOT_TAKEN = 405
# The roles of the tour, those with the fewest rights first.
BY_RIGHTS = "DABGMP"
# How often a page is asked with other poison in each place, and how often again without what it has refused.
TURNS, ROUNDS = 3, 3
NUL = "a\0b"
HUGE = "9" * 30
# Of each kind one: longer than any column, empty, wrong types, numbers past counting, years far away, NUL.
POISONS = [
    "x" * 20_500, "", "foo", "-1", HUGE, "1e400", "9999-12-31T23:59", "0001-01-01", NUL, "٣", '{"a": "\\ud800"}',
]  # fmt: skip
# Its numbers have 64 bits, its decimals are rounded and its days are computed in Python.
POISONS_OF_SQLITE = [HUGE, "9999-12-31T23:59", "1e400", "0001-01-01"]
# What stands in the place of an argument of an address. None of it leads anywhere; the second is tried on PostgreSQL.
ARGUMENTS = {"int": [HUGE, "0"], "uuid": [str(uuid4())], "": [HUGE, "foo"]}
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


TAG = re.compile(r"""<(form|input|select|option|textarea|button)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")


def find_inputs(page: Any) -> dict[str, dict[str, str]]:
    """Return what a page's forms send, by their method: names, and the values that they begin with."""
    values: dict[str, dict[str, str]] = {"get": {}, "post": {}}
    if page.status_code != 200 or "html" not in page["Content-Type"] or page.streaming:
        return values
    tags = [
        (tag, {name: unescape(double or single) for name, double, single in ATTRIBUTE.findall(text)})
        for tag, text in TAG.findall(page.content.decode())
    ]
    by_id = {
        found["id"]: values[found.get("method", "get").lower()]
        for tag, found in tags
        if "id" in found and tag == "form"
    }
    form, chosen = values["get"], ""
    for tag, found in tags:
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "form":
            form = values[found.get("method", "get").lower()]
        elif tag == "option":
            if chosen and ("selected" in found or not form.get(chosen)):
                form[chosen] = value
        elif name and name != "csrfmiddlewaretoken":
            by_id.get(found.get("form", ""), form).setdefault(name, value)
            chosen = name if tag == "select" else ""
    return values


class Ears:
    """What pages read from what they are sent, and what their forms refuse of it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.read: set[str] = set()
        self.reads_all = False
        self.refused: set[str] = set()
        for method in ("__getitem__", "__contains__", "getlist"):
            patch.setattr(QueryDict, method, self._note(getattr(QueryDict, method)), raising=False)
        clean = BaseForm.full_clean

        def full_clean(form: BaseForm) -> None:
            clean(form)
            self.refused.update(form.add_prefix(name) for name in form.errors)

        patch.setattr(BaseForm, "full_clean", full_clean)
        items = QueryDict.items

        def note_all(query: QueryDict) -> Any:
            self.reads_all = True
            return items(query)

        patch.setattr(QueryDict, "items", note_all, raising=False)

    def _note(self, inner: Any) -> Any:
        def read(query: QueryDict, name: str, *more: Any) -> Any:
            self.read.add(name)
            return inner(query, name, *more)

        return read

    def reads(self) -> set[str]:
        """Return what was read since the last time, without what is Django's own."""
        found, self.read = self.read, set()
        return {name for name in found if not name.startswith("_") and not name.endswith("_FORMS")}

    def refuses(self, name: str) -> bool:
        """Return True if that was refused; the inputs of one field may be numbered."""
        return not self.refused.isdisjoint({name, re.sub(r"_\d$", "", name)})


class Walker:
    """One person who asks, and keeps a list of what failed."""

    def __init__(self, user: User | None) -> None:
        self.client = QuickClient(user)
        self.who = str(user or "a stranger")
        self.failed: list[str] = []

    def ask(self, method: str, address: str, data: Any = None, **more: Any) -> Any:
        """Ask, undo what that did, and note a failure."""
        undone = transaction.atomic()
        # As for the test's own transaction: what must be durable on the site may run inside.
        undone._from_testcase = True  # type: ignore[attr-defined]
        with undone:
            answer = getattr(self.client, method)(address, data, **more)
            if answer.status_code < FAILURE and connection.vendor == "postgresql" and not connection.needs_rollback:
                connection.check_constraints()
            transaction.set_rollback(True)
        if answer.status_code >= FAILURE:
            sent = {name: f"{value!s:.30}" for name, value in (data or {}).items()} if isinstance(data, dict) else data
            error = self.client.failures[-1:]
            self.failed.append(f"{self.who} {method} {address[:90]} {sent!s:.300}: {error!r:.300}")
        return answer

    def walk(self, address: str, writer: Walker | None = None) -> None:
        """Look at a page, then send it each poison in all that it reads; `writer` sends its forms."""
        with pytest.MonkeyPatch.context() as patch:
            ears = Ears(patch)
            with no_menu():
                page = self.ask("get", address)
                names, reads_all = ears.reads(), ears.reads_all
                inputs = find_inputs(page)
                if writer is not None and writer is not self:
                    inputs["post"] = find_inputs(writer.ask("get", address))["post"]
            # The menu and such read nothing of what is sent.
            patch.setattr(admin.site, "each_context", lambda _request: {})
            # A page that says what is wrong is drawn like any other, and that takes longer than finding it.
            with nothing_drawn():
                if reads_all:
                    self.ask("get", address, mix({*names, *PARAMETERS}, next(turns()), is_query=True))
                if page.status_code in (200, 302):
                    self.poison("get", address, inputs["get"], names, ears)
                if inputs["post"] or page.status_code == NOT_TAKEN:
                    (writer or self).poison("post", address, inputs["post"], set(), ears)

    def poison(self, method: str, address: str, values: dict[str, str], names: set[str], ears: Ears) -> None:
        """Send a form or query with poison, and again without what it refused, to get at what is behind it."""
        names = names | {name for name in values if not name.endswith("_FORMS")}
        asked: list[dict[str, str]] = [{}] if method == "get" else []
        for poisons in turns():
            sent = values | mix(names, poisons, is_query=method == "get")
            for _round in range(ROUNDS):
                if sent in asked:
                    break
                asked.append(sent)
                ears.reads()
                ears.refused.clear()
                if self.ask(method, address, sent).status_code == NOT_TAKEN:
                    return
                refused = {name for name in sent if ears.refuses(name) and sent[name] != values.get(name)}
                found = ears.reads() - sent.keys()
                if not refused and not found:
                    break
                names |= found
                kept = {name: value for name, value in sent.items() if name not in refused}
                sent = values | kept | mix(found, poisons, is_query=method == "get")


def turns() -> Iterator[list[str]]:
    """Yield the kinds of poison for this database, in another order each turn."""
    if connection.vendor == "sqlite":
        yield POISONS_OF_SQLITE
        yield POISONS_OF_SQLITE[1:] + POISONS_OF_SQLITE[:1]
        return
    for turn in range(TURNS):
        yield POISONS[turn * TURNS :] + POISONS[: turn * TURNS]


def mix(names: Iterable[str], poisons: list[str], *, is_query: bool) -> dict[str, str]:
    """Give each name a poison.

    Queries are cut to what a server takes, and have no NUL: that is refused before any page is asked
    (`lib/tests/test_violations.py`).
    """
    if is_query:
        poisons = [poison[:200] for poison in poisons if poison != NUL]
    return dict(zip(sorted(names), cycle(poisons)))


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
    kinds = 1 if connection.vendor == "sqlite" else 2
    for address in sorted(
        {fill_in(route, kind) for route in ROUTES if ARGUMENT.search(route) for kind in range(kinds)}
    ):
        # Each of them is refused, and by the same page: that is drawn by other tests.
        with nothing_drawn():
            for method in ("get", "post"):
                assert walker.ask(method, address).status_code != 200, address
    assert not walker.failed, "\n".join(walker.failed)


def fill_in(route: str, kind: int) -> str:
    """Return an address with bad arguments."""

    def choose(found: re.Match[str]) -> str:
        values = ARGUMENTS.get(found[1] or "", ARGUMENTS[""])
        return values[kind % len(values)]

    return ARGUMENT.sub(choose, route)


@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_no_page_of_the_console_fails(request: pytest.FixtureRequest, theater: Theater):
    """Walk over each page as the role with the fewest rights that may open it, and send its forms as one that may."""
    walkers = {letter: Walker(request.getfixturevalue(fixture)) for letter, fixture in tour.CAST.items()}
    rows = fill_and_find(theater, "Mine")
    for stop in (*tour.stops(rows, with_lists=True), *tour.stops(rows, with_lists=False)):
        reader, writer = (
            next((walkers[letter] for letter in BY_RIGHTS if letter in letters), walkers["P"])
            for letters in (stop.who, stop.writers)
        )
        reader.walk(stop.address, writer if stop.writers else reader)
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
    paid = make_paid(show, 2, 3, customer=customer)
    of_paid = [address for address in public_addresses(show, paid) if address.startswith("/bookings/")]
    for address in (*public_addresses(show, hold), *of_paid):
        walker.walk(address)
    if is_known:
        # With its tickets chosen, a page asks for more.
        tickets = "&".join(f"ticket={ticket.code}" for ticket in paid.tickets.all())
        walker.walk(f"{reverse('bookings:exchange', args=[paid.code])}?{tickets}&show={show.code}&check=1&best=1")
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
