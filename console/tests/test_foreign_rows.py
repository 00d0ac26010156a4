"""A walk through the console by each role of one theater, with another theater's rows in every place for a row.

Rows of the own theater have keys from one range and rows of the other theater from another, the same
row by row. Where a form, a link or a query of a page names an own row, its twin is sent instead: in choices,
hidden fields, sets of forms, selections for actions, and names of fields. So a new page is walked through
without being named here. No answer fails, names anything of the other theater, changes it, or ties
anything to it. What a request does is undone after it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from accounts.roles import Role
from console.tests.test_bad_input import PARAMETERS
from console.tests.test_role_tour import Rows, fill_and_find, stops
from testing.builders import make_theater, make_user
from testing.console import QuickClient, no_menu
from theaters.models import StaffMembership

OWN, FOREIGN, NEW, RANGE = 5_000_000, 7_000_000, 9_000_000, 1_000_000
# Of everything of the other theater that has a name or an address.
NAME = re.compile("Foreign|foreign-")
CODES = (models.CharField, models.SlugField, models.UUIDField)
LETTERS = {Role.MANAGER: "M", Role.BOX_OFFICE: "B", Role.DOOR: "D", Role.ACCOUNTANT: "A"}
FAILURE = 500
Query = list[tuple[str, str]]

pytestmark = pytest.mark.slow


class Form:
    """What one form of a page sends as it stands, and what else it offers."""

    def __init__(self, attrs: dict[str, str]) -> None:
        self.method = attrs.get("method", "get").lower()
        self.action = attrs.get("action", "")
        self.values: dict[str, str] = {}
        self.offers: Query = []
        self.buttons: Query = []


class Page(HTMLParser):
    """The forms of a page, and the queries of its links."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self._ids: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: tuple[Form, str] | None = None
        if answer.status_code == 200 and "html" in answer["Content-Type"] and not answer.streaming:
            self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        form = self._ids.get(found["form"]) if "form" in found else self._form
        if tag == "form":
            self._form = Form(found)
            self.forms.append(self._form)
            self._ids[found.get("id", "")] = self._form
        elif tag == "a" and "?" in found.get("href", ""):
            self.links.add(found["href"])
        elif tag == "option" and self._select:
            form, name = self._select
            form.offers.append((name, value))
            if "selected" in found or name not in form.values:
                form.values[name] = value
        elif form is None or not name or name == "csrfmiddlewaretoken":
            return
        elif tag == "select":
            self._select = form, name
            if "data-ajax--url" in found:
                # What it offers is fetched while people type.
                form.offers.append((name, str(OWN)))
                form.values[name] = ""
        elif tag == "button" or found.get("type") in ("submit", "image"):
            form.buttons.append((name, value))
        elif tag in ("input", "textarea"):
            form.offers.append((name, value))
            if "checked" in found or found.get("type") not in ("checkbox", "radio"):
                form.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


class Walker:
    """One person who asks, and a list of what went wrong."""

    def __init__(self, user: User, own: Rows) -> None:
        self.client = QuickClient(user)
        self.wrong: list[str] = []
        self.asked: set[tuple[str, str, str]] = set()
        self.swapped = 0
        self.twins = find_twins(own)
        self.pattern = re.compile("|".join([rf"\b{OWN // 1000}\d{{3}}\b", *map(re.escape, self.twins)]))
        self.before = look_at_rows()

    def swap(self, text: str) -> str:
        """Put the other theater's rows in the place of the own ones."""
        return self.pattern.sub(lambda found: self.twins.get(found[0]) or str(int(found[0]) - OWN + FOREIGN), text)

    def ask(self, method: str, address: str, data: Query) -> Any:
        """Ask, undo what that did, and note what went wrong; ask nothing twice."""
        query = urlencode(data)
        if (method, address, query) in self.asked:
            return None
        self.asked.add((method, address, query))
        self.swapped += str(FOREIGN)[:4] in f"{address} {query}"
        writes: list[str] = []

        def notice(execute: Any, sql: str, *args: Any) -> Any:
            if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
                writes.append(sql)
            return execute(sql, *args)

        with transaction.atomic(), connection.execute_wrapper(notice):
            if method == "get":
                answer = self.client.get(address, QUERY_STRING="&".join(filter(None, [urlsplit(address).query, query])))
            else:
                answer = self.client.post(address, query, content_type="application/x-www-form-urlencoded")
            slips = list(self.find_slips(answer, {value for _name, value in data}, bool(writes)))
            transaction.set_rollback(True)
        self.wrong += [f"{method} {address} {query:.300}: {slip}" for slip in slips]
        return answer

    def find_slips(self, answer: Any, typed: set[str], has_written: bool) -> Iterator[str]:
        if answer.status_code >= FAILURE:
            yield f"fails: {self.client.failures[-1:]!r:.300}"
            return
        said = [answer.content.decode(errors="ignore")] if not answer.streaming else []
        said += [str(message) for message in get_messages(answer.wsgi_request)]
        # A form that is shown again has in its fields what was typed into them.
        echoes = re.compile("|".join(re.escape(f'value="{escape(value)}"') for value in typed))
        for text in (echoes.sub("", one) for one in said):
            if found := NAME.search(text):
                yield f"names {text[max(0, found.start() - 80) : found.end() + 40]!r}"
        if has_written:
            foreign, tied = look_at_rows()
            if foreign != self.before[0]:
                yield f"changes {[table for table in foreign if foreign[table] != self.before[0][table]]}"
            if tied - self.before[1]:
                yield f"ties {sorted(tied - self.before[1])} to it"

    def walk(self, address: str) -> None:
        answer = self.ask("get", address, [])
        if answer is None or answer.status_code in (403, 404):
            return
        page = Page(answer)
        for link in sorted(page.links):
            if self.swap(link) != link:
                parts = urlsplit(self.swap(urljoin(address, link)))
                self.ask("get", parts.path, parse_qsl(parts.query))
        names = {name for form in page.forms for name in form.values}
        if names:
            # A page for something new may be told beforehand what to fill in.
            self.ask("get", address, [(name, str(FOREIGN)) for name in sorted({*names, *PARAMETERS})])
        steps = [(address, form) for form in page.forms]
        for place, form in steps:
            for again in self.send(urljoin(place, form.action), form):
                if len(steps) < 40:
                    steps.append(again)

    def send(self, address: str, form: Form) -> Iterator[tuple[str, Form]]:
        """Send a form with each of its rows swapped, and with all of them; yield the forms that come after it."""
        parts = urlsplit(address)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if form.method not in ("get", "post") or address in (reverse("admin:logout"), reverse("account_logout")):
            return
        sites = {name: value for name, value in form.offers if self.swap(name + value) != name + value}
        button = form.buttons[:1]
        if form.method == "post":
            answer = self.ask("post", address, [*form.values.items(), *button])
            if answer is not None:
                yield from ((address, one) for one in Page(answer).forms if self.has_rows(one))
        if not sites:
            return
        swapped = {name: self.swap(value) for name, value in sites.items()}
        for name, value in swapped.items():
            values = {known: kept for known, kept in form.values.items() if known != name}
            self.ask(form.method, address, [*values.items(), (self.swap(name), value), *button])
        everything = {self.swap(name): value for name, value in (form.values | swapped).items()}
        for pair in form.buttons or [("", "")]:
            self.ask(form.method, address, [*everything.items(), pair])
        for action in {value for name, value in form.offers if name == "action" and value}:
            self.ask(form.method, address, list((everything | {"action": action}).items()))

    def has_rows(self, form: Form) -> bool:
        return any(self.swap(name + value) != name + value for name, value in form.offers)


def number_from(first: int) -> None:
    """Let the next row of each table have this key."""
    for model in apps.get_models(include_auto_created=True):
        if isinstance(model._meta.pk, models.AutoField):
            table, column = model._meta.db_table, model._meta.pk.column
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, first - 1])
                else:
                    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])


def find_twins(own: Rows) -> dict[str, str]:
    """Return, for each code or address of an own row, that of the same row of the other theater."""
    twins = {}
    for model in {type(row) for row in own.values() if row is not None}:
        columns = [field.attname for field in model._meta.concrete_fields if field.unique and type(field) in CODES]
        for row in model._default_manager.filter(pk__range=(OWN, OWN + RANGE)) if columns else ():
            twin = model._default_manager.filter(pk=row.pk - OWN + FOREIGN).first()
            twins |= {str(getattr(row, name)): str(getattr(twin, name)) for name in columns if twin}
    twins.pop("None", None)
    return twins


def autocompletes() -> Iterator[Query]:
    """Yield what asks for the choices of each relation of each model."""
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name or ""}
                yield list((asked | {"field_name": field.name}).items())


def look_at_rows() -> tuple[dict[str, list[Any]], set[str]]:
    """Return the other theater's rows by table, and the columns by which other rows name one of them."""
    foreign, tied = {}, set()
    for model in apps.get_models(include_auto_created=True):
        if not isinstance(model._meta.pk, models.AutoField):
            continue
        columns = [field.attname for field in model._meta.concrete_fields]
        rows = list(model._base_manager.order_by("pk").values_list("pk", *columns))
        foreign[model._meta.label] = [row for row in rows if is_foreign(row[0])]
        tied |= {
            f"{model._meta.label}.{column} {row[0]}"
            for row in rows
            if not is_foreign(row[0])
            for column, value in zip(columns, row[1:], strict=True)
            if is_foreign(value) or (isinstance(value, str) and NAME.search(value))
        }
    return foreign, tied


def is_foreign(value: Any) -> bool:
    return isinstance(value, int) and FOREIGN <= value < FOREIGN + RANGE


@pytest.mark.timeout(300)
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.MANAGER, Role.BOX_OFFICE, Role.DOOR, Role.ACCOUNTANT])
def test_no_role_reaches_rows_of_another_theater(role: Role):
    logging.disable(logging.CRITICAL)
    sides = []
    for first, name in ((OWN, "Mine"), (FOREIGN, "Foreign")):
        number_from(first)
        theater = make_theater(f"{name} theater")
        user = make_user(f"{name.lower()}-staff@example.com", f"{name} Staff")
        StaffMembership.objects.create(user=user, theater=theater, role=role)
        sides.append((user, fill_and_find(theater, name)))
    number_from(NEW)
    user, own = sides[0]
    walker = Walker(user, own)
    assert walker.twins
    for stop in (*stops(own, with_lists=True), *stops(own, with_lists=False)):
        # What is closed is asked for by test_role_tour.py.
        if LETTERS[role] in stop.who:
            with no_menu():
                walker.walk(stop.address)
    for query in autocompletes():
        # Who may not choose is refused before anything is searched.
        if walker.ask("get", reverse("admin:autocomplete"), [*query, ("term", "")]).status_code == 200:
            walker.ask("get", reverse("admin:autocomplete"), [*query, ("term", "foreig")])
    logging.disable(logging.NOTSET)
    assert walker.swapped >= 10, "Too few requests named a row of the other theater."
    assert not walker.wrong, "\n".join(walker.wrong)
