"""Two gates in a real browser, with and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.tickets.codes import sign
from door.models import CheckIn
from events.models import Show
from reports.definitions import attendance
from reports.periods import Period
from reports.results import ReportRequest
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.camera import hold_before_camera
from theaters.models import StaffMembership, Theater

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db(transaction=True)]

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
# All that the browser keeps: each record of each database, and each page in a cache.
KEPT = """async () => {
  const kept = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    for (const store of database.objectStoreNames) {
      const reading = database.transaction(store).objectStore(store).getAll();
      const rows = await new Promise((resolve) => { reading.onsuccess = () => resolve(reading.result); });
      kept[store] = rows.map((row) => ({
        fields: Object.keys(row).sort().join(" "),
        text: row.data ? new TextDecoder("latin1").decode(row.data) : JSON.stringify(row),
        isReadable: row.key instanceof CryptoKey && row.key.extractable,
      }));
    }
    database.close();
  }
  const cache = await caches.open("door-page");
  const pages = await Promise.all((await cache.keys()).map(async (one) => (await cache.match(one)).text()));
  return [kept, pages];
}"""


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=10, seats=20), in_hours=1)


class Devices:
    """Phones and tablets of door staff, each with a browser of its own."""

    def __init__(self, new_context: Callable[[], BrowserContext], sign_in: Callable[..., None], site: str) -> None:
        self._new_context, self._sign_in, self.site = new_context, sign_in, site

    def open_gate(self, user: User, show: Show, name: str) -> Page:
        page = self._new_context().new_page()
        self.sign_in(user, page)
        # As a device has that is also a customer's.
        page.goto(f"{self.site}/healthz")
        page.evaluate("caches.open('tickets')")
        page.goto(f"{self.site}{reverse('door:gate')}?show={show.code}&gate={name}")
        expect(page.get_by_text("List: new")).to_be_visible()
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        assert page.evaluate("caches.has('tickets')")
        return page

    def sign_in(self, user: User, page: Page) -> None:
        self._sign_in(user, page.context)

    def open(self, page: Page, name: str) -> None:
        page.goto(self.site + reverse(name))


@pytest.fixture
def devices(browser: Browser, browser_context_args: Any, live_server: Any, sign_in: Any) -> Iterator[Devices]:
    contexts: list[BrowserContext] = []

    def new_context() -> BrowserContext:
        contexts.append(browser.new_context(**browser_context_args))
        return contexts[-1]

    yield Devices(new_context, sign_in, live_server.url)
    for context in contexts:
        context.close()


def texts_of(tickets: Any) -> list[str]:
    return [sign(ticket) for ticket in tickets.select_related("show").order_by("pk")]


def go_online(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    expect(page.get_by_text("To send:")).to_have_count(0)


def assert_all_is_sealed(page: Page) -> None:
    kept, pages = page.evaluate(KEPT)
    assert {store: {row["fields"] for row in rows} for store, rows in kept.items()} == {
        "holder": {"id key person session"},
        "list": {"data id iv"},
        "scans": {"data id iv"},
    }
    assert not kept["holder"][0]["isReadable"]
    everything = str(kept) + str(pages)
    for secret in ("Asha", "asha0@example.com", *Ticket.objects.values_list("code", flat=True)):
        assert secret not in everything


def assert_nothing_is_kept(page: Page) -> None:
    kept, pages = page.evaluate(KEPT)
    assert [row for rows in kept.values() for row in rows] == pages == []


def read_report(show: Show) -> tuple[Any, ...]:
    """Return the tickets, those who came, and the refused scans, as the report of check-ins counts them."""
    now = timezone.now() + timedelta(hours=2)
    request = ReportRequest(
        theaters=Theater.objects.all(), period=Period(now.date() - timedelta(days=1), now.date()), now=now
    )
    (row,) = attendance.build(request).rows
    return row.cells[4], row.cells[5], row.cells[8]


def test_two_gates_through_an_evening(devices: Devices, show: Show, door_staff: User, box_office: User):
    for first in range(0, TICKETS, 10):
        make_paid(show, *range(first, first + 10), email=f"asha{first}@example.com")
    Booking.objects.update(name="Asha Rao")
    texts = texts_of(Ticket.objects.filter(show=show))
    quarter, half = TICKETS // 4, TICKETS // 2
    north, south = devices.open_gate(door_staff, show, "North"), devices.open_gate(box_office, show, "South")
    # Both at once.
    north.evaluate(f"(texts) => {{ window.answers = ({SCAN})(texts); }}", texts[:quarter])
    assert set(south.evaluate(SCAN, texts[quarter:half])) == {"Admitted"}
    assert north.evaluate("() => window.answers") == ["Admitted"] * quarter

    for page in (north, south):
        page.context.set_offline(True)
        expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()
    killed_at = half + 20
    assert set(north.evaluate(SCAN, texts[half:killed_at])) == {"Admitted"}
    # What the gate admitted while it was online, and since.
    assert north.evaluate(SCAN, [texts[0], texts[half]]) == ["Already in"] * 2
    forged = re.sub(r"\.[A-Z2-7]{4}(?=[A-Z2-7]+$)", ".AAAA", texts[-1])
    for text, why in ((forged, "forged"), ("https://example.com/", "not a ticket's code")):
        assert north.evaluate(SCAN, [text]) == ["Stop"]
        expect(north.locator(".door-answer__why")).to_contain_text(why)

    # The battery is empty. The page comes back without a network, and has forgotten nothing.
    address, context = north.url, north.context
    north.close()
    north = context.new_page()
    hold_before_camera(north, Ticket.objects.get(code=texts[killed_at].split(".")[2]).booking)
    north.goto(address)
    expect(north.get_by_text("To send: 22")).to_be_visible()
    north.get_by_role("button", name="Camera").click()
    expect(north.locator(".door-answer__head")).to_have_text("Admitted")
    north.get_by_role("button", name="Camera").click()
    shared = texts[half + quarter]
    assert north.evaluate(SCAN, [texts[half], shared]) == ["Already in", "Admitted"]
    assert set(north.evaluate(SCAN, texts[killed_at + 1 : half + quarter])) == {"Admitted"}
    assert_all_is_sealed(north)

    assert set(south.evaluate(SCAN, texts[half + quarter :])) == {"Admitted"}
    go_online(south)
    go_online(north)
    # At the latest in a minute South hears what North has reported since.
    south.evaluate("window.dispatchEvent(new Event('online'))")
    twice = Ticket.objects.get(code=shared.split(".")[2])
    for page in (north, south):
        expect(page.locator(".door-conflicts li")).to_contain_text(twice.label)
        expect(page.locator(".door-conflicts li")).to_contain_text(re.compile("North.*South"))
    south.get_by_role("button", name="Seen").click()
    expect(south.locator(".door-conflicts")).to_be_hidden()
    south.reload()
    expect(south.get_by_text("List: new")).to_be_visible()
    expect(south.locator(".door-conflicts")).to_be_hidden()
    assert (CheckIn.objects.conflicts().get().gate, CheckIn.objects.conflicts().get().ticket) == ("South", twice)
    assert CheckIn.objects.filter(result="admitted").count() == TICKETS
    assert read_report(show) == (TICKETS, TICKETS, 3)

    # The gate's own way to sign out, and that of the site.
    devices.open(north, "door:choose")
    north.get_by_role("button", name="Sign out").click()
    devices.open(south, "account_logout")
    south.get_by_role("button", name="Sign out").last.click()
    for page in (north, south):
        page.wait_for_url(devices.site + "/")
        assert_nothing_is_kept(page)


def test_a_wrong_clock_a_session_and_a_role_that_end(devices: Devices, show: Show, door_staff: User):
    make_paid(show, 0, email="asha@example.com")
    page = devices.open_gate(door_staff, show, "North")
    page.context.add_init_script("const now = Date.now; Date.now = () => now() - 7 * 60000;")
    page.reload()
    expect(page.get_by_text("This device's clock is wrong by 7 min.")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()
    assert page.evaluate(SCAN, texts_of(Ticket.objects.all())) == ["Admitted"]
    page.context.set_offline(False)
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    found = CheckIn.objects.get()
    assert timezone.now() - found.at < timedelta(seconds=30)
    assert -425 < found.clock_error < -415

    # The session ends: the list goes, and what waits stays for the same person.
    page.context.set_offline(True)
    expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()
    assert page.evaluate(SCAN, texts_of(Ticket.objects.all())) == ["Already in"]
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.wait_for_url("**/accounts/login/**")
    kept, pages = page.evaluate(KEPT)
    assert ({store: len(rows) for store, rows in kept.items()}, pages) == ({"holder": 1, "list": 0, "scans": 1}, [])
    devices.sign_in(door_staff, page)
    devices.open(page, "door:choose")
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    expect(page.get_by_text("To send:")).to_have_count(0)
    assert CheckIn.objects.turned_away().count() == 1

    StaffMembership.objects.filter(user=door_staff).delete()
    page.reload()
    expect(page.get_by_text("This door is for others")).to_be_visible()
    assert_nothing_is_kept(page)


def test_what_staff_do_by_hand_without_a_network(
    devices: Devices, show: Show, manager: User, box_office: User, assert_accessible: Any
):
    Theater.objects.update(keeps_names_at_door=True)
    booking = make_paid(show, 0, 1, email="asha@example.com")
    Booking.objects.update(name="Åsa Rao")
    page = devices.open_gate(manager, show, "North")
    field, head = page.get_by_label("Scan a ticket"), page.locator(".door-answer__head")
    page.context.set_offline(True)
    expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()

    for wanted, found in (
        ("nobody", "Not found"),
        (booking.code.lower(), "2 tickets found"),
        ("a1", "2 tickets found"),
    ):
        field.fill(wanted)
        field.press("Enter")
        expect(page.locator("[data-answer]")).to_contain_text(found)
    field.fill("rao asa")
    field.press("Enter")
    page.get_by_role("button", name="row A, seat 1").click()
    expect(head).to_have_text("Admitted")
    expect(page.locator("[data-answer]")).to_contain_text("1 of 2 of this booking are in")
    page.get_by_role("button", name="Undo").click()
    expect(head).to_have_text("Undone")
    expect(page.get_by_text("To send:")).to_have_count(0)

    (text, _other) = texts_of(booking.tickets.all())
    assert page.evaluate(SCAN, [text, text]) == ["Admitted", "Already in"]
    page.get_by_text("Admit all the same").click()
    page.get_by_label("Why?").fill("Fire drill")
    assert_accessible(page)
    page.get_by_role("button", name="Admit", exact=True).click()
    expect(head).to_have_text("Admitted")
    # Out, by the same page.
    page.get_by_role("link", name="Way").click()
    assert page.evaluate(SCAN, [text]) == ["Out"]
    page.reload()
    assert page.evaluate(SCAN, [text]) == ["Stop"]
    expect(page.locator(".door-answer__why")).to_have_text("The ticket is not inside.")

    page.context.set_offline(False)
    expect(page.get_by_text("To send:")).to_have_count(0)
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    passed = CheckIn.objects.filter(result="admitted").order_by("passage").values_list("passage", "direction", "note")
    assert list(passed) == [(1, "in", ""), (3, "in", "Fire drill"), (4, "out", "")]
    assert not CheckIn.objects.conflicts().exists()

    # Someone else signs in on the same device.
    assert len(page.evaluate(KEPT)[0]["list"]) == 1
    devices.sign_in(box_office, page)
    devices.open(page, "door:choose")
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    kept, _pages = page.evaluate(KEPT)
    assert {store: len(rows) for store, rows in kept.items()} == {"holder": 1, "list": 0, "scans": 0}


def test_who_signs_out_is_told_of_what_is_not_sent(devices: Devices, show: Show, door_staff: User):
    make_paid(show, 0, email="asha@example.com")
    page = devices.open_gate(door_staff, show, "North")
    page.context.set_offline(True)
    expect(page.get_by_text("Offline: this device decides by its list")).to_be_visible()
    assert page.evaluate(SCAN, texts_of(Ticket.objects.all())) == ["Admitted"]
    # The site is there again, and takes nothing.
    page.context.route("**/door/decisions/", lambda route: route.fulfill(status=503))
    page.context.set_offline(False)
    devices.open(page, "account_logout")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/door/")
    expect(page.get_by_text("This device still has admissions to send.")).to_be_visible()
    told: list[str] = []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("To send: 1")).to_be_visible()
    page.context.unroute_all()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(devices.site + "/")
    assert [words.split(".")[0] for words in told] == ["Some admissions are not sent yet"]
    assert CheckIn.objects.get().result == "admitted"
    assert "door_unsent" not in {cookie["name"] for cookie in page.context.cookies()}


def test_what_the_site_decided_though_its_answer_was_lost_counts_once(devices: Devices, show: Show, door_staff: User):
    make_paid(show, 0, email="asha@example.com")
    page = devices.open_gate(door_staff, show, "North")

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.context.route("**/door/gate/**", lose_answer)
    assert page.evaluate(SCAN, texts_of(Ticket.objects.all())) == ["Admitted"]
    page.context.unroute_all()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    expect(page.get_by_text("To send:")).to_have_count(0)
    found = CheckIn.objects.get()
    assert (found.result, found.is_conflict) == ("admitted", False)
    assert found.received_at is not None


def test_a_long_evening_and_its_end(devices: Devices, theater: Theater, door_staff: User):
    ends_at = timezone.now() + timedelta(hours=10)
    show = make_show(hall=make_hall(theater=theater), in_hours=1, ends_at=ends_at)
    make_paid(show, 0, 1, email="asha@example.com")
    first, second = texts_of(Ticket.objects.all())
    page = devices.open_gate(door_staff, show, "North")
    page.context.set_offline(True)
    page.add_init_script("const now = Date.now; Date.now = () => now() + Number(localStorage.late) * 3600000;")
    for hours, age, heads in (
        (8, "List: 480 min old", ["Admitted", "Already in"]),
        # Two hours after the last show, which ended an hour before.
        (13, "Offline, and without a list: nothing can be decided", ["No answer from the site"]),
    ):
        page.evaluate("(hours) => { localStorage.late = hours; }", hours)
        page.reload()
        expect(page.get_by_text(age)).to_be_visible()
        assert page.evaluate(SCAN, [first, first] if len(heads) == 2 else [second]) == heads
    kept, pages = page.evaluate(KEPT)
    assert ({store: len(rows) for store, rows in kept.items()}, pages) == ({"holder": 1, "list": 0, "scans": 2}, [])


def test_two_windows_of_one_device_know_of_each_other(devices: Devices, show: Show, door_staff: User):
    make_paid(show, 0, email="asha@example.com")
    text = texts_of(Ticket.objects.all())
    first = devices.open_gate(door_staff, show, "North")
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_text("List: new")).to_be_visible()
    first.context.set_offline(True)
    assert first.evaluate(SCAN, text) == ["Admitted"]
    expect(second.get_by_text("To send: 1")).to_be_visible()
    assert second.evaluate(SCAN, text) == ["Already in"]
