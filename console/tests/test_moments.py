"""Every moment in the console is by the clock of its theater: walked over all models, pages and files."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import connection, models
from django.db.models import F
from django.forms import modelform_factory
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.forms import RangeDateTimeForm

from accounts.audit import record
from accounts.models import AuditEntry, User
from accounts.roles import Role
from bookings.models import Booking, Voucher
from console import site
from console.moments import MomentColumn, has_moments
from console.scoped import ScopedAdmin
from events.models import SalesRule, Show
from lib.moment_fields import BrowserMomentField, MomentField, MomentFormMixin
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user
from testing.console import base, fill, registered, rows_of, signed_in
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db

# 05:17 in UTC and 10:47 in Kolkata; all moments of the walk have these minutes.
UTC_CLOCK, LOCAL_CLOCK = re.compile(r"(?<!\d)0?5:17(?!\d)"), re.compile(r"(?<!\d)10:47(?!\d)")


@pytest.fixture
def kolkata(db: None) -> Theater:
    return make_theater("Rangshala", city=make_city("Kolkata", "Asia/Kolkata"), currency="INR")


@pytest.fixture
def manager_there(kolkata: Theater) -> User:
    user = make_user("manager-there@example.com")
    StaffMembership.objects.create(user=user, theater=kolkata, role=Role.MANAGER)
    return user


@pytest.fixture
def vienna_too(manager_there: User, theater: Theater) -> Theater:
    """Let the manager work in a theater of another zone as well."""
    StaffMembership.objects.create(user=manager_there, theater=theater, role=Role.MANAGER)
    return theater


def set_all_clocks(theater: Theater) -> None:
    """Let each moment that a row has be at 05:17 UTC, each on a day of its own and in their order, past all guards."""
    SalesRule.objects.filter(theater=theater).update(opens_days_before=None, opens_at=timezone.now())
    Voucher.objects.filter(theater=theater).update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=9))
    Show.objects.filter(hall__theater=theater).update(
        doors_at=F("starts_at") - timedelta(hours=1),
        sales_open_at=timezone.now(),
        sales_close_at=F("starts_at") - timedelta(hours=2),
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    for model in registered():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
        for row in model._base_manager.values("pk", *names) if names else ():
            moments = sorted((row[name], name) for name in names if row[name])
            if not moments:
                continue
            first = moments[0][0].astimezone(UTC).replace(hour=5, minute=17, second=0, microsecond=0)
            days = {name: first + timedelta(days=number) for number, (_at, name) in enumerate(moments)}
            model._base_manager.filter(pk=row["pk"]).update(**days)


def read(response: Any) -> str:
    """Return what a page shows and asks for: its text, and the values of its fields."""
    html = response.content.decode()
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    values = " ".join(re.findall(r'value="([^"]*)"', html))
    return unescape(re.sub(r"<[^>]+>", " ", html)) + " " + unescape(values)


def addresses_of(theater: Theater, booking: Booking) -> list[str]:
    """Return the address of each list, form and action of a row, and of each page that is no model's."""
    urls = []
    for model, row in rows_of(theater).items():
        if not has_moments(model):
            continue
        urls.append(reverse(f"{base(model)}_changelist"))
        for pattern in admin.site._registry[model].get_urls():
            key, name = str(pattern.pattern), pattern.name or ""
            if key.count("<") == 1 and name and not name.endswith(("_delete", "_history")):
                urls.append(reverse(f"admin:{name}", args=[row.pk]))
    values = {"pk": booking.shows[0].pk, "code": booking.shows[0].code}
    for route, _view, _name in site._pages:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], 0)), route)
        urls.append(reverse("admin:index") + path)
    return urls


@pytest.mark.slow
@pytest.mark.once
def test_every_page_is_by_the_theaters_clock(kolkata: Theater, manager_there: User):
    booking = fill(kolkata, "Mine")
    set_all_clocks(kolkata)
    client = signed_in(manager_there)
    wrong, local = [], 0
    for url in addresses_of(kolkata, booking):
        response = client.get(url, follow=True)
        assert response.status_code < 500, url
        if response.status_code == 200 and "html" in response["Content-Type"]:
            text = read(response)
            local += bool(LOCAL_CLOCK.search(text))
            if UTC_CLOCK.search(text):
                wrong.append(url)
    assert wrong == []
    assert local > 40


@pytest.mark.slow
@pytest.mark.once
def test_lists_of_several_zones_name_them(kolkata: Theater, platform_admin: User):
    fill(kolkata, "Mine")
    set_all_clocks(kolkata)
    client = signed_in(platform_admin)
    for model, row in rows_of(kolkata).items():
        model_admin: Any = admin.site._registry[model]
        request = RequestFactory().get("/")
        request.user = platform_admin
        if any(isinstance(one, MomentColumn) for one in model_admin.get_list_display(request)):
            text = read(client.get(reverse(f"{base(model)}_changelist")))
            assert not re.search(r"(?<!\d)0?5:17(?! UTC)", text), model
            assert re.search(r"10:47 IST", text), model
            text = read(client.get(reverse(f"{base(model)}_change", args=[row.pk])))
            assert not UTC_CLOCK.search(text), model


def subclasses(of: type[Any]) -> set[type[Any]]:
    return {one for direct in of.__subclasses__() for one in {direct, *subclasses(direct)}}


@pytest.mark.once
def test_every_form_asks_for_moments_in_one_way(rf: RequestFactory, platform_admin: User):
    """No form of the project reads a moment by itself: what comes twice could not be entered there."""
    request = rf.get("/")
    request.user = platform_admin
    mine = {path.name for path in settings.BASE_DIR.iterdir() if (path / "__init__.py").exists()}
    modules = {form: form.__module__.split(".") for form in subclasses(forms.BaseForm)}
    own = [form for form, path in modules.items() if path[0] in mine and "tests" not in path]
    found = [(form, getattr(form, "declared_fields", {})) for form in own]
    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, ScopedAdmin) and (fields := flatten_fieldsets(model_admin.get_fieldsets(request))):
            names = [name for name in fields if name not in model_admin.get_readonly_fields(request)]
            form = modelform_factory(
                model,
                form=model_admin.form,
                fields=[name for name in names if name in {one.name for one in model._meta.fields if one.editable}],
                formfield_callback=lambda field, admin=model_admin, **kwargs: admin.formfield_for_dbfield(
                    field, request=request, **kwargs
                ),
            )
            found.append((form, form.base_fields))
    asked = {
        f"{form.__name__}.{name}": type(field)
        for form, fields in found
        if not issubclass(form, RangeDateTimeForm | MomentFormMixin)
        for name, field in fields.items()
        if isinstance(field, forms.DateTimeField | forms.SplitDateTimeField | BrowserMomentField)
    }
    assert len(asked) > 8
    assert {name: kind for name, kind in asked.items() if kind not in {MomentField, BrowserMomentField}} == {}
    by_day = {form for form, fields in found if {"day", "time"} <= set(fields)}
    assert all(issubclass(form, MomentFormMixin) for form in by_day)


@pytest.mark.slow
@pytest.mark.parametrize("person", ["manager_there", "vienna_too", "platform_admin"])
def test_a_voucher_typed_by_the_theaters_clock(
    person: str, kolkata: Theater, manager_there: User, request: pytest.FixtureRequest
):
    user = request.getfixturevalue(person)
    client = signed_in(user if isinstance(user, User) else manager_there)
    sent = {
        "code": "DIWALI", "theater": kolkata.pk, "percent": 10, "limit": 5, "limit_per_customer": 1,
        "starts_at_0": "2027-03-01", "starts_at_1": "10:47", "ends_at_0": "2027-03-02", "ends_at_1": "10:47",
    }  # fmt: skip
    response = client.post(reverse("admin:bookings_voucher_add"), sent)
    assert response.status_code == 302, response.context["adminform"].form.errors
    voucher = Voucher.objects.get(code__iexact="DIWALI")
    assert voucher.starts_at == datetime(2027, 3, 1, 5, 17, tzinfo=UTC)
    page = reverse("admin:bookings_voucher_change", args=[voucher.pk])
    client.post(page, {**sent, "ends_at_1": "10:48"})
    voucher.refresh_from_db()
    assert voucher.ends_at == datetime(2027, 3, 2, 5, 18, tzinfo=UTC)
    assert LOCAL_CLOCK.search(read(client.get(page)))


@pytest.mark.slow
def test_a_list_is_filtered_by_each_theaters_day(kolkata: Theater, theater: Theater, platform_admin: User):
    # Late on 1 March in Vienna is early on 2 March in Kolkata.
    at = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
    for house in (kolkata, theater):
        make_show(hall=make_hall(theater=house), event=make_event(house.name), starts_at=at)
    client = signed_in(platform_admin)

    def find(**days: str) -> set[str]:
        response = client.get(
            reverse("admin:events_show_changelist"), {f"starts_at_{name}": on for name, on in days.items()}
        )
        return {show.event.title for show in response.context["cl"].result_list}

    assert find(from_0="2027-03-01", to_0="2027-03-01") == {theater.name}
    assert find(from_0="2027-03-02", to_0="2027-03-02") == {kolkata.name}
    assert find(from_0="2027-03-02", from_1="03:00", to_0="2027-03-02", to_1="04:00") == {kolkata.name}
    assert find(from_0="2027-03-01") == {theater.name, kolkata.name}
    assert find(from_0="tomorrow") == {theater.name, kolkata.name}


def test_the_audit_log_tells_changes_by_the_theaters_clock(kolkata: Theater, manager_there: User):
    show = make_show(hall=make_hall(theater=kolkata))
    at = datetime(2027, 3, 1, 5, 17, tzinfo=UTC)
    record(by=None, action="move", on=show, theater_id=kolkata.pk, before={}, after={"starts_at": at.isoformat()})
    client = signed_in(manager_there)
    entry = AuditEntry.objects.get(action="move")
    assert "1 Mar 2027, 10:47" in read(client.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])))
    rows = b"".join(client.get(reverse("admin:accounts_auditentry_export")).streaming_content).decode()
    assert "+05:30" in rows


@pytest.mark.slow
def test_today_names_the_zones_where_they_are_mixed(
    kolkata: Theater, theater: Theater, manager: User, platform_admin: User
):
    with time_machine.travel(datetime(2027, 3, 1, 12, 0, tzinfo=UTC), tick=False):
        for house in (kolkata, theater):
            make_show(hall=make_hall(theater=house), starts_at=datetime(2027, 3, 1, 14, 30, tzinfo=UTC))
        mixed, plain = (read(signed_in(user).get(reverse("admin:index"))) for user in (platform_admin, manager))
    assert "20:00 IST" in mixed
    assert "15:30 CET" in mixed
    assert "15:30" in plain
    assert "CET" not in plain
