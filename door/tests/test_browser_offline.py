"""Two gates in a real browser, with and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.tickets.codes import sign
from door.models import CheckIn
from events.models import Show
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.fixtures.browser import watch
from theaters.models import Theater

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TICKETS = 200
# Types each text into the page's field as a hand scanner does, and returns what the page answered.
SCAN = """async (texts) => {
  const form = document.querySelector("form[data-scan]");
  const answer = document.querySelector("[data-answer]");
  const heads = [];
  for (const text of texts) {
    const answered = new Promise((resolve) => {
      const watch = new MutationObserver(() => { watch.disconnect(); resolve(); });
      watch.observe(answer, { childList: true });
    });
    form.elements.namedItem("text").value = text;
    form.requestSubmit();
    await answered;
    heads.push(answer.querySelector(".door-answer__head").textContent);
  }
  return heads;
}"""
KEPT = """async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  const kept = {};
  for (const name of names) {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    for (const store of database.objectStoreNames) {
      const reading = database.transaction(store).objectStore(store).getAll();
      const rows = await new Promise((resolve) => { reading.onsuccess = () => resolve(reading.result); });
      kept[`${name}.${store}`] = rows.map((row) => ({
        fields: Object.keys(row).sort(),
        text: row.data ? new TextDecoder("latin1").decode(row.data) : JSON.stringify(row),
        isLocked: row.key instanceof CryptoKey && !row.key.extractable,
      }));
    }
    database.close();
  }
  const cache = await caches.open("door-page");
  const pages = await Promise.all((await cache.keys()).map(async (one) => (await cache.match(one)).text()));
  return { kept, pages };
}"""


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=10, seats=20), in_hours=1)


@pytest.fixture
def new_gate(browser: Browser, browser_context_args: Any, live_server: Any, sign_in: Any) -> Iterator[Any]:
    """Open a gate on a device of its own."""
    contexts: list[BrowserContext] = []

    def open_gate(user: User, show: Show, name: str) -> Page:
        context = browser.new_context(**browser_context_args)
        contexts.append(context)
        sign_in(user, context)
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('door:gate')}?show={show.code}&gate={name}")
        expect(page.get_by_text("List: new")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready")
        page.wait_for_function("async () => (await (await caches.open('door-page')).keys()).length === 1")
        return page

    yield open_gate
    for context in contexts:
        context.close()


def texts_of(tickets: Any) -> list[str]:
    return [sign(ticket) for ticket in tickets.select_related("show").order_by("pk")]


def test_two_gates_through_an_evening(new_gate: Any, show: Show, door_staff: User, box_office: User, live_server: Any):
    for first in range(0, TICKETS, 10):
        make_paid(show, *range(first, first + 10), email=f"asha{first}@example.com")
    Booking.objects.update(name="Asha Rao")
    texts = texts_of(Ticket.objects.filter(show=show))
    north, south = new_gate(door_staff, show, "North"), new_gate(box_office, show, "South")
    quarter = TICKETS // 4
    # Half of them with a network.
    assert set(north.evaluate(SCAN, texts[:quarter])) == {"Admitted"}
    assert set(south.evaluate(SCAN, texts[quarter : 2 * quarter])) == {"Admitted"}

    for page in (north, south):
        page.context.set_offline(True)
        expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()
    half = quarter // 2
    assert set(north.evaluate(SCAN, texts[2 * quarter : 2 * quarter + half])) == {"Admitted"}
    # What the gate itself admitted while it was online, and since.
    assert north.evaluate(SCAN, [texts[0], texts[2 * quarter]]) == ["Already in"] * 2
    # The battery is empty: the page is gone, and comes back without a network.
    address, context = north.url, north.context
    north.close()
    north = context.new_page()
    north.goto(address)
    expect(north.get_by_text(f"To send: {half + 2}")).to_be_visible()
    assert north.evaluate(SCAN, [texts[2 * quarter], texts[3 * quarter]]) == ["Already in", "Admitted"]
    assert set(north.evaluate(SCAN, texts[2 * quarter + half : 3 * quarter])) == {"Admitted"}
    # One ticket at both gates.
    assert set(south.evaluate(SCAN, texts[3 * quarter :])) == {"Admitted"}

    for page in (north, south):
        page.context.set_offline(False)
        expect(page.get_by_text("Online", exact=True)).to_be_visible()
        expect(page.get_by_text("To send:")).to_have_count(0)
    # In a minute, or when the network comes back once more, South hears what North has reported.
    south.evaluate("window.dispatchEvent(new Event('online'))")
    twice = Ticket.objects.get(code=texts[3 * quarter].split(".")[2])
    for page in (north, south):
        expect(page.locator(".door-conflicts li")).to_contain_text(twice.label)
        expect(page.locator(".door-conflicts li")).to_contain_text("North")
        expect(page.locator(".door-conflicts li")).to_contain_text("South")
    assert CheckIn.objects.filter(result="admitted").count() == TICKETS
    conflict = CheckIn.objects.conflicts().get()
    assert (conflict.gate, conflict.ticket) == ("South", twice)
    assert CheckIn.objects.turned_away().count() == 3
    counts = attendance(show)
    assert counts
