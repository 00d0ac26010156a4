"""What the database refuses is told in a sentence of its own, at the field that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_celery_beat.models import IntervalSchedule

from accounts.models import User
from bookings.models import Voucher
from events.models import Event
from lib import forms as own
from lib import guards
from lib.violations import fields_of, has_sentence, name_of, read_violation
from testing.bookings import make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater


def own_constraints() -> Iterator[tuple[Any, Any]]:
    for model in apps.get_models():
        if model._meta.app_label in settings.OWN_APPS:
            yield from ((model, constraint) for constraint in model._meta.constraints)


@pytest.mark.once
def test_each_constraint_and_guard_has_a_sentence_of_its_own():
    rules = defaultdict(set)
    for model, constraint in own_constraints():
        assert has_sentence(constraint), f"Say a violation_error_message: {constraint.name}."
        assert fields_of(constraint), constraint.name
        rules[model._meta.db_table, str(constraint.violation_error_message)].add(constraint.name)
    for guard in guards.declared():
        # A rule that is kept by several guards, such as on insert and update, is one rule.
        rules[guard.table, str(guard.message)].add("guards")
    for (table, sentence), names in rules.items():
        assert sentence.endswith("."), sentence
        assert "“" not in sentence, sentence
        assert len(names) == 1, f"{sentence} is said of several rules of {table}: {names}."


@pytest.mark.once
def test_a_guard_names_the_columns_of_its_table():
    columns = {model._meta.db_table: {f.column for f in model._meta.concrete_fields} for model in apps.get_models()}
    for guard in guards.declared():
        assert set(guard.columns) <= columns[guard.table], guard.name


def refusal(write: Callable[[], Any]) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return caught.value


def test_violations_read_the_same_on_both_databases(theater: Theater):
    show = make_show(hall=make_hall(theater=theater))
    make_hold(show, 0)
    voucher = Voucher.objects.create(code="A", theater=theater, percent=10, limit=3, used=2)
    hall = show.hall
    writes: list[tuple[str, tuple[str, ...], Callable[[], Any]]] = [
        ("used more often", ("used", "limit"), lambda: Voucher.objects.filter(pk=voucher.pk).update(limit=1)),
        ("hall of this name", ("name", "theater"), lambda: Hall.objects.create(theater=theater, name=hall.name)),
        ("Slug already exists", ("slug",), lambda: make_event(slug=show.event.slug)),
        ("between 1 and 1440", ("running_minutes",), lambda: make_event(running_minutes=5000)),
        ("keeps its currency", ("currency",), lambda: Theater.objects.filter(pk=theater.pk).update(currency="USD")),
        ("hall is taken", (), lambda: make_show(hall=hall, event=show.event, starts_at=show.starts_at)),
    ]
    for sentence, fields, write in writes:
        found = read_violation(refusal(write))
        assert found is not None
        assert sentence in str(found.sentence)
        assert not fields or found.fields == fields
    assert name_of(refusal(writes[0][2])) == "voucher_within_limit"


@pytest.mark.django_db(transaction=True)
def test_a_missing_row_is_reported_too(theater: Theater):
    found = read_violation(refusal(lambda: Hall.objects.create(theater_id=theater.pk + 999, name="Nowhere")))
    assert found is not None
    assert "deleted" in str(found.sentence)


def test_an_error_that_no_input_can_cause_stays_a_failure(theater: Theater):
    error = refusal(lambda: Theater.objects.filter(pk=theater.pk).update(name=None))
    assert read_violation(error) is None


def test_a_sentence_is_in_the_readers_language(db: None):
    error = refusal(lambda: make_event(running_minutes=5000))
    with translation.override("de"):
        found = read_violation(error)
    assert found is not None
    said = []
    for language in ("en", "de"):
        with translation.override(language):
            said.append(str(found.sentence))
    # Whether it is translated yet or not, the numbers are in it.
    assert all("1440" in sentence for sentence in said)


# ------------------------------------------------------------ forms


def own_forms() -> Iterator[type[forms.BaseForm]]:
    for config in apps.get_app_configs():
        if config.label in settings.OWN_APPS:
            for name in ("urls", "admin", "forms"):
                try:
                    import_module(f"{config.name}.{name}")
                except ModuleNotFoundError:
                    continue
    import_module("ticketing.urls")
    waiting = [forms.BaseForm]
    while waiting:
        found = waiting.pop()
        waiting.extend(found.__subclasses__())
        path = found.__module__.split(".")
        if path[0] in settings.OWN_APPS and path != ["lib", "forms"] and "tests" not in path:
            yield found


@pytest.mark.once
def test_every_form_of_the_site_is_one_of_ours():
    found = list(own_forms())
    assert len(found) > 50
    for form in found:
        ours = own.ModelForm if issubclass(form, forms.BaseModelForm) else own.Form
        assert issubclass(form, ours), f"{form.__module__}.{form.__name__} has to be a lib.forms.{ours.__name__}."


@pytest.mark.once
def test_every_form_of_the_console_is_one_of_ours():
    for model, known in admin.site._registry.items():
        for name in ("form", "add_form"):
            form = getattr(known, name, own.ModelForm)
            assert issubclass(form, own.ModelForm | AdminPasswordChangeForm), f"{model}: {form}"
        for inline in known.inlines:
            is_for_reading = set(inline.fields or []) <= set(inline.readonly_fields)
            assert is_for_reading or issubclass(inline.form, own.ModelForm), inline


class EverythingForm(own.Form):
    text = forms.CharField(required=False)
    email = forms.EmailField(required=False)
    number = forms.IntegerField(required=False)
    decimal = forms.DecimalField(required=False)
    day = forms.DateField(required=False)
    moment = forms.DateTimeField(required=False)
    json = forms.JSONField(required=False)


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("text", "a\0b", "a\tb 👩‍🚀"),
        ("text", "a\ud800b", "ä"),
        ("text", "x" * 20_001, "x" * 20_000),
        ("email", f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'z' * 60}.example.com.com", "a@example.com"),
        ("number", "9" * 30, "9" * 18),
        ("decimal", "1e400", "1000"),
        ("decimal", "NaN", "0"),
        ("day", "9999-12-31", "2099-12-31"),
        ("day", "0001-01-01", "1999-12-31"),
        ("moment", "9999-12-31 23:59", "2099-12-31 23:59"),
        ("json", '{"a": ["\\u0000"]}', '{"a": ["b"]}'),
        ("json", '{"\\ud800": 1}', "{}"),
    ],
)
def test_a_form_accepts_what_a_column_accepts(name: str, wrong: str, right: str):
    assert set(EverythingForm({name: wrong}).errors) == {name}
    assert not EverythingForm({name: right}).errors


# ------------------------------------------------------------ pages


@pytest.mark.slow
def test_a_rule_is_reported_at_its_field_in_the_console(manager: User, theater: Theater):
    voucher = Voucher.objects.create(code="SPRING", theater=theater, percent=10, limit=9, limit_per_customer=9, used=5)
    client = signed_in(manager)
    address = reverse("admin:bookings_voucher_change", args=[voucher.pk])
    values = {"code": "SPRING", "theater": theater.pk, "percent": "10", "limit": "4", "limit_per_customer": "9"}
    page = client.post(address, values)
    assert page.context["adminform"].form.errors == {"limit": ["The voucher has been used more often than this."]}
    both = client.post(address, {**values, "limit": "9", "amount": "5"}).context["adminform"].form.errors
    assert list(both.values()) == [["Fill in either a percentage or an amount."]]
    assert set(both) <= {"percent", "amount"}
    far = client.post(address, {**values, "limit": "99999999999999999999"}).context["adminform"].form.errors
    assert set(far) == {"limit"}
    voucher.refresh_from_db()
    assert (voucher.limit, voucher.amount) == (9, None)


@pytest.mark.slow
def test_a_rule_that_only_the_database_checks_is_reported_in_the_form(
    platform_admin: User, theater: Theater, customer: User
):
    make_paid(make_show(hall=make_hall(theater=theater)), 0, customer=customer)
    client = signed_in(platform_admin)
    address = reverse("admin:theaters_theater_change", args=[theater.pk])
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value is not False and value not in (None, "")}
    inline = {
        "halls-TOTAL_FORMS": 0,
        "halls-INITIAL_FORMS": 0,
        "opening_hours-TOTAL_FORMS": 0,
        "opening_hours-INITIAL_FORMS": 0,
    }
    page = client.post(address, {**values, **inline, "currency": "USD"})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors == {
        "currency": ["A theater keeps its currency once it has sold something."]
    }
    theater.refresh_from_db()
    assert theater.currency == "EUR"


def test_a_rule_that_slips_through_is_still_a_sentence(client: Client, monkeypatch: pytest.MonkeyPatch, db: None):
    @transaction.atomic
    def slip(*args: Any, **kwargs: Any) -> None:
        Event.objects.create(title="A", slug="a", kind="play", running_minutes=5000)

    monkeypatch.setattr("events.views.catalogue.HomeView.get_context_data", slip)
    page = client.get("/")
    assert page.status_code == 409
    assert "between 1 and 1440" in page.content.decode()


def test_an_address_with_a_nul_is_refused(client: Client, db: None):
    assert client.get("/?q=%00").status_code == 400
    assert client.get("/events/a%00b/").status_code == 404
    answer = client.get("/api/v1/events?q=%00")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.slow
def test_forms_of_other_packages_can_be_saved_in_the_console(platform_admin: User):
    client = signed_in(platform_admin)
    every = {"every": "5", "period": "minutes"}
    assert client.post(reverse("admin:django_celery_beat_intervalschedule_add"), every).status_code == 302
    address = reverse("admin:django_celery_beat_periodictask_add")
    values = {"name": "Sweep", "task": "x", "interval": IntervalSchedule.objects.get().pk, "description": "Often"}
    page = client.post(address, {**values, "args": "[]", "kwargs": "{}", "headers": "{}"})
    assert page.status_code == 302, page.context["adminform"].form.errors
    # Of people, whose form is Django's own.
    assert client.get(reverse("admin:accounts_user_change", args=[platform_admin.pk])).status_code == 200
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200
