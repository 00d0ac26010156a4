"""Tickets in a real browser without a network, and what is left of them on the device."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.views.coming_tickets import ComingTicketsView
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.fixtures.browser import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# The address and the text of all that the browser keeps.
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
    }
  }
  return [kept, await indexedDB.databases(), { ...localStorage }];
}"""
# As if the show of the first ticket had ended since.
END_FIRST = """async () => {
  const cache = await caches.open("tickets");
  const kept = await cache.match("/bookings/tickets/");
  const text = (await kept.text()).replace(/until \\d+/, "until 1");
  await cache.put("/bookings/tickets/", new Response(text, { headers: kept.headers }));
}"""
# Both wait until the worker, which a page does not wait for, is done.
UNTIL_KEPT = """async ([text, isWanted]) => {
  const isKept = async () => (await (await caches.match("/bookings/tickets/"))?.text())?.includes(text) ?? false;
  while ((await isKept()) !== isWanted) await new Promise((resolve) => requestAnimationFrame(resolve));
}"""
UNTIL_FORGOTTEN = """async () => {
  const isLeft = async () => (await caches.has("tickets")) || (await navigator.serviceWorker.getRegistration("/"));
  while (await isLeft()) await new Promise((resolve) => requestAnimationFrame(resolve));
}"""


@pytest.fixture
def phone(browser: Browser, browser_context_args: Any, customer: User, sign_in: Any) -> Iterator[Page]:
    """The customer's, who is signed in."""
    context = browser.new_context(**{**browser_context_args, "viewport": PHONE})
    sign_in(customer, context)
    yield context.new_page()
    context.close()


@pytest.fixture
def booking(customer: User) -> Booking:
    made = make_paid(make_show(hall=make_hall(rows=2, seats=4), in_hours=72), 0, 1, 2, customer=customer)
    Booking.objects.update(name="ليلى Rao")
    return made


@pytest.fixture
def visit(phone: Page, live_server: Any) -> Any:
    return lambda address: phone.goto(live_server.url + address)


def test_tickets_open_without_a_network_and_are_gone_after_sign_out(
    phone: Page, visit: Any, booking: Booking, monkeypatch: pytest.MonkeyPatch
):
    first, _second, third = booking.tickets.order_by("pk")
    visit(booking.get_absolute_url())
    phone.evaluate(UNTIL_KEPT, [first.code, True])
    phone.context.set_offline(True)
    visit("/")
    expect(phone.get_by_text("The site can’t be reached.")).to_be_visible()
    cards = phone.locator(".coming__ticket")
    expect(cards).to_have_count(3)
    expect(cards.first).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(cards.first).to_be_in_viewport(ratio=0.6)
    expect(cards.last).not_to_be_in_viewport()
    for do, shown, words in (
        (lambda: phone.get_by_role("button", name="Next ticket").click(), cards.nth(1), "2 of 3"),
        (lambda: phone.keyboard.press("Home"), cards.first, "1 of 3"),
        (lambda: phone.keyboard.press("End"), cards.last, "3 of 3"),
        (lambda: phone.keyboard.press("ArrowLeft"), cards.nth(1), "2 of 3"),
    ):
        do()
        expect(shown).to_be_in_viewport(ratio=0.6)
        expect(phone.get_by_text(words)).to_be_visible()
    kept, *others = phone.evaluate(KEPT)
    assert [path for path, _text in kept if not path.startswith("/static/")] == [reverse("bookings:coming-tickets")]
    assert others == [[], {}]

    phone.evaluate(END_FIRST)
    visit("/")
    expect(cards).to_have_count(2)
    phone.evaluate(UNTIL_KEPT, [first.code, False])

    # Back online, everything is the site's own.
    phone.context.set_offline(False)
    visit("/")
    expect(phone.locator(".coming__ticket")).to_have_count(0)
    cancel_tickets(booking=booking, tickets=[third], by=booking.customer)
    visit(reverse("bookings:list"))
    phone.evaluate(UNTIL_KEPT, [first.code, True])
    phone.evaluate(UNTIL_KEPT, [third.code, False])

    # Also while the site gives no tickets.
    monkeypatch.setattr(ComingTicketsView, "get", lambda *_: HttpResponse(status=503))
    visit(reverse("bookings:coming-tickets"))
    expect(phone.get_by_text("The site can’t be reached.")).to_be_visible()
    visit(reverse("account_logout"))
    phone.get_by_role("button", name="Sign out").last.click()
    expect(phone.get_by_role("link", name="Sign in").first).to_be_visible()
    assert phone.evaluate(KEPT) == [[], [], {}]
    monkeypatch.undo()
    visit("/")
    phone.evaluate(UNTIL_FORGOTTEN)


def test_nothing_stays_for_the_next_person(phone: Page, visit: Any, booking: Booking, rival: User, sign_in: Any):
    code = booking.tickets.order_by("pk")[0].code

    def sign_in_without_staying() -> None:
        sign_in(booking.customer, phone.context)
        [key] = [one["value"] for one in phone.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        session.set_expiry(0)
        session.save()

    # A session that ended elsewhere, another person at the same device, and the same one who does not want to stay.
    for come_next in (lambda: None, lambda: sign_in(rival, phone.context), sign_in_without_staying):
        sign_in(booking.customer, phone.context)
        visit(reverse("bookings:coming-tickets"))
        phone.evaluate(UNTIL_KEPT, [code, True])
        phone.context.clear_cookies()
        come_next()
        visit(reverse("bookings:list"))
        phone.evaluate(UNTIL_FORGOTTEN)
