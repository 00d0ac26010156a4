"""The console's lists: what is drawn in one go is what Unfold would draw."""

from __future__ import annotations

import re

import pytest
from django.db.models import Model
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from unfold.templatetags.unfold_list import result_list

from accounts.models import User
from bookings.models import Booking, Ticket
from console.templatetags.console_lists import console_result_list
from events.models import Show
from notifications.models import Notification
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.caches import forget_pages
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db

# With labels, truths, days, rows that others belong to, rows with a menu, a list in a popup.
LISTS: list[tuple[type[Model], dict[str, str]]] = [
    (Booking, {}),
    (Booking, {"_popup": "1", "_to_field": "id", "o": "1.-2"}),
    (Booking, {"o": "-3", "state__exact": "confirmed"}),
    (Ticket, {}),
    (User, {}),
    (Show, {}),
    (Theater, {}),
    (Notification, {"q": "example"}),
]


def squeeze(html: str) -> str:
    """Return the table in a list, without the white space that nobody sees."""
    html = html[html.index("<table") : html.index("</table>")]
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", html))


@pytest.mark.slow
def test_rows_are_what_unfold_draws(platform_admin: User) -> None:
    booking = make_paid(make_show(), 0, 1, customer=platform_admin)
    Booking.objects.filter(pk=booking.pk).update(name="Ann <b>O'Hara</b>")
    client = Client()
    client.force_login(platform_admin)
    for model, query in LISTS:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        context = client.get(address, query).context[0]
        cl = context["cl"]
        assert cl.result_count > 0, model
        expected = render_to_string("admin/change_list_results.html", result_list(context.flatten(), cl))
        assert squeeze(console_result_list(context, cl)) == squeeze(expected), model


@pytest.mark.slow
def test_a_long_list_is_counted_once_a_minute_for_each_who_sees_other_rows(
    manager: User, platform_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.paging.CACHED_FROM_ROWS", 1)
    own = StaffMembership.objects.get(user=manager).theater
    address = reverse("admin:events_show_changelist")

    def count(person: User, query: str = "") -> int:
        client = Client()
        client.force_login(person)
        return int(client.get(address + query).context_data["cl"].result_count)

    shows = [make_show(hall=make_hall(theater=own), in_hours=30), make_show(hall=make_hall(theater=own)), make_show()]
    assert (count(manager), count(platform_admin)) == (2, 3)
    Show.objects.filter(pk=shows[0].pk).update(state=Show.State.CANCELED)
    more = make_show(hall=shows[0].hall, in_hours=50)
    assert (count(manager), count(platform_admin)) == (2, 3)
    assert (count(manager, "?state__exact=canceled"), count(platform_admin, "?state__exact=canceled")) == (1, 1)
    forget_pages()
    assert (count(manager), count(platform_admin)) == (3, 4), more
