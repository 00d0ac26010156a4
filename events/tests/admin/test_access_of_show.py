"""The access of a show in the console: set, recorded, changed while on sale."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.models import Access, Show
from events.timetable.scheduling import change_sale
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db

TIMES = {f"{name}_{part}": "" for name in ("doors_at", "sales_open_at", "sales_close_at") for part in (0, 1)}
FORMSETS = {f"{prefix}-{name}_FORMS": 0 for prefix in ("prices", "areas") for name in ("TOTAL", "INITIAL")}


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


def test_staff_tick_several_and_the_sale_goes_on(manager: User, show: Show) -> None:
    address = reverse("admin:events_show_change", args=[show.pk])
    client = signed_in(manager)

    answer = client.post(address, {**TIMES, **FORMSETS, "is_signed": "on", "is_audio_described": "on"})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    show.refresh_from_db()
    assert show.access == (Access.SIGNED, Access.AUDIO_DESCRIBED)
    entry = AuditEntry.objects.get(action="change sale")
    assert (entry.before["is_signed"], entry.after["is_signed"]) == (False, True)


def test_staff_of_another_theater_change_nothing(other_manager: User, show: Show) -> None:
    address = reverse("admin:events_show_change", args=[show.pk])

    signed_in(other_manager).post(address, {**TIMES, **FORMSETS, "is_signed": "on"})

    show.refresh_from_db()
    assert show.access == ()


def test_nothing_is_written_if_nothing_differs(manager: User) -> None:
    show = make_show(is_relaxed=True)

    change_sale(show=show, by=manager, is_relaxed=True)

    assert not AuditEntry.objects.exists()
