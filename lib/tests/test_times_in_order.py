"""Times of a row are in order, whichever of them a form may change, and in the database too."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint, Q
from django.db.models.expressions import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Voucher
from events.models import Show
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db

# Other packages keep their own order.
HOUR = timedelta(hours=1)


def names_in(condition: Any) -> set[str]:
    """Return the fields that a condition names."""
    if isinstance(condition, Q):
        return {name for child in condition.children for name in names_in(child)}
    if isinstance(condition, tuple):
        path, value = condition
        return {path.split("__")[0]} | names_in(value)
    return {condition.name.split("__")[0]} if isinstance(condition, F) else set()


def typed_times(model: type[models.Model]) -> set[str]:
    """Return the moments and days of a row that people type, which have no default."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateField) and field.editable and not field.has_default()
    }


def test_all_typed_times_of_a_row_are_held_in_order_by_the_database():
    seen = 0
    for model, model_admin in admin.site._registry.items():
        times = typed_times(model)
        # What no form changes, services write by the clock of the moment.
        if len(times) < 2 or not getattr(model_admin, "edit", None) or model._meta.app_label not in settings.OWN_APPS:
            continue
        groups = [
            names & times
            for constraint in model._meta.constraints
            if isinstance(constraint, CheckConstraint) and len(names := names_in(constraint.condition)) > 1
        ]
        reached, grew = {min(times)}, True
        while grew:
            grown = reached.union(*(group for group in groups if group & reached))
            reached, grew = grown, grown != reached
        assert reached == times, f"Nothing says in which order {sorted(times)} of {model._meta.label} come."
        seen += 1
    assert seen >= 3


@pytest.mark.parametrize("state", [Show.State.DRAFT, Show.State.ON_SALE])
def test_doors_after_the_start_are_refused_at_their_field(state: Show.State, theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater), state=state)
    late = timezone.localtime(show.starts_at + 3 * HOUR, theater.tz)
    response = signed_in(manager).post(
        reverse("admin:events_show_change", args=[show.pk]),
        {**sent(show), "doors_at_0": f"{late:%Y-%m-%d}", "doors_at_1": f"{late:%H:%M}"},
    )
    assert response.context["adminform"].form.errors == {"doors_at": ["Doors must open before the show starts."]}
    show.refresh_from_db()
    assert show.doors_at is None


def test_a_sale_that_opens_after_the_start_is_refused_at_its_field(theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater))
    late = timezone.localtime(show.starts_at + HOUR, theater.tz)
    response = signed_in(manager).post(
        reverse("admin:events_show_change", args=[show.pk]),
        {**sent(show), "sales_open_at_0": f"{late:%Y-%m-%d}", "sales_open_at_1": f"{late:%H:%M}"},
    )
    assert response.context["adminform"].form.errors == {
        "sales_open_at": ["The sale must open before the show starts."]
    }


def test_a_draft_that_starts_earlier_takes_its_doors_along(theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater), state=Show.State.DRAFT)
    Show.objects.filter(pk=show.pk).update(doors_at=show.starts_at - HOUR / 2)
    show.refresh_from_db()
    early = timezone.localtime(show.starts_at - 2 * HOUR, theater.tz)
    response = signed_in(manager).post(
        reverse("admin:events_show_change", args=[show.pk]),
        {**sent(show), "starts_at_0": f"{early:%Y-%m-%d}", "starts_at_1": f"{early:%H:%M:%S}"},
    )
    assert response.status_code == 302, response.context["adminform"].form.errors
    before, after = show, Show.objects.get(pk=show.pk)
    assert after.starts_at - after.doors_at == HOUR / 2
    assert after.ends_at - after.starts_at == before.ends_at - before.starts_at


def sent(show: Show) -> dict[str, Any]:
    """Return what the form of a show sends when nothing is changed."""
    zone = show.hall.theater.tz
    values: dict[str, Any] = {
        "event": show.event_id,
        "hall": show.hall_id,
        "refunds": show.refunds,
        "refund_hours": show.refund_hours or "",
        "prices-TOTAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
    }
    for name in ("starts_at", "ends_at", "doors_at", "sales_open_at", "sales_close_at"):
        moment = getattr(show, name)
        local = timezone.localtime(moment, zone) if moment else None
        values |= {f"{name}_0": f"{local:%Y-%m-%d}" if local else "", f"{name}_1": f"{local:%H:%M:%S}" if local else ""}
    return values


def test_the_rule_of_a_show_is_what_the_database_holds():
    show = make_show(starts_at=timezone.now().replace(microsecond=0) + 72 * HOUR)
    offsets = [None, -HOUR, timedelta(0), HOUR]
    for doors, opens, closes in product(offsets, repeat=3):
        times = {
            name: None if offset is None else show.starts_at + offset
            for name, offset in (("doors_at", doors), ("sales_open_at", opens), ("sales_close_at", closes))
        }
        for name, moment in times.items():
            setattr(show, name, moment)
        try:
            with transaction.atomic():
                Show.objects.filter(pk=show.pk).update(**times)
        except IntegrityError:
            assert show.find_misordered_times(), times
        else:
            assert show.find_misordered_times() == {}, times


def test_a_voucher_that_ends_before_it_starts_is_refused_at_its_field(theater: Theater, manager: User):
    response = signed_in(manager).post(
        reverse("admin:bookings_voucher_add"),
        {
            "code": "NEVER",
            "theater": theater.pk,
            "percent": 10,
            "limit": 1,
            "limit_per_customer": 1,
            "starts_at_0": "2027-03-02",
            "starts_at_1": "10:00",
            "ends_at_0": "2027-03-01",
            "ends_at_1": "10:00",
        },
    )
    assert response.context["adminform"].form.errors == {"ends_at": ["A voucher ends after it starts."]}
    now = timezone.now()
    with pytest.raises(IntegrityError, match="voucher_ends_after_start"):
        Voucher.objects.create(code="NEVER", theater=theater, percent=10, starts_at=now, ends_at=now)
