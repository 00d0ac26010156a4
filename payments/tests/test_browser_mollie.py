"""In a browser: a security policy that names where forms may lead, and a gateway that leads anywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from payments.tests.mollie_double import MollieDouble
from testing.bookings import make_hold
from testing.builders import make_hall, make_show, make_user
from theaters.models import Theater


@pytest.mark.django_db(transaction=True)
def test_customers_come_to_mollies_page(
    mollie: MollieDouble,
    theater: Theater,
    phone_page: Page,
    live_server: Any,
    sign_in: Callable[..., None],
):
    customer = make_user("asha@example.com", "Asha Customer")
    booking = make_hold(make_show(hall=make_hall(theater=theater)), 0, customer=customer)
    sign_in(customer)
    phone_page.goto(live_server.url + reverse("bookings:checkout", args=[booking.code]))
    phone_page.get_by_role("button", name="Bank, card or wallet").click()
    phone_page.wait_for_url(f"{mollie.url}/checkout/*")
    # Back is where they paid from, not the page between.
    phone_page.go_back()
    phone_page.wait_for_url(f"{live_server.url}/bookings/**")
