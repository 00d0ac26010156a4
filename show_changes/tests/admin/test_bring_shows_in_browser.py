"""Shows with sold seats are brought to a new version of their seat map, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from show_changes.map_updates import carry_on
from show_changes.models import MapUpdate
from show_changes.tests.test_bring_show import HEAD, OLD
from testing.bookings import make_paid
from testing.builders import make_show, make_user
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Hall, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hall(transactional_db: None, theater: Theater) -> Hall:
    return make_listed_hall(HEAD + "\n".join(OLD), theater=theater)


def test_sold_seats_come_along_and_a_vanished_one_is_named(
    live_server: Any, page: Page, hall: Hall, manager: User, sign_in: Callable[..., None]
):
    customer = make_user("asha@example.com")
    show, other = (make_show(hall=hall, in_hours=hours) for hours in (24, 48))
    sold = make_paid(show, 4, customer=customer)
    stuck = make_paid(other, 3, email="stuck@example.com")
    lines = [line.replace("Stalls,B", "Rang,B") for line in OLD if not line.endswith("a4")]
    version = publish_version(hall, HEAD + "\n".join(lines))

    sign_in(manager)
    page.goto(live_server.url + reverse("admin:theaters_seatmap_versions", args=[version.pk]))
    page.get_by_role("link", name="Bring shows").first.click()
    expect(page.locator("main")).to_contain_text("Stalls, row A, seat 4")
    expect(page.get_by_role("link", name=stuck.code)).to_be_visible()
    page.get_by_role("button", name="Bring").click()
    expect(page.locator("main")).to_contain_text("0 of 1 shows done")
    carry_on(MapUpdate.objects.get().pk)
    expect(page.locator("main")).to_contain_text("All of these shows are on the new version.")

    sign_in(customer)
    page.goto(live_server.url + reverse("bookings:detail", args=[sold.code]))
    expect(page.locator("main")).to_contain_text("Rang, row B, seat 1")
    for one, expected in ((show, version.pk), (other, hall.seat_maps.get(version=1).pk)):
        one.refresh_from_db()
        assert one.seat_map_id == expected
    page.goto(live_server.url + show.get_absolute_url())
    page.wait_for_selector("html[data-seat-map=ready]")
    taken = version.seats.get(section="Rang", row="B", number="1")
    assert "is-taken" in str(page.locator(f'[data-seat="{taken.pk}"]').get_attribute("class"))
