"""Two people at one draft of a seat map, in real browsers: what both change, and a network that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CSV = b"section,row,number,category,x,y\n" + b"".join(
    b"Stalls,%s,%d,Front,%d,%d\n" % (row, number, number * 20, y)
    for row, y in ((b"A", 0), (b"B", 30))
    for number in (1, 2)
)
KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open("seat-editor");
  request.onsuccess = () => {
    const found = request.result.transaction("unsent").objectStore("unsent").getAll();
    found.onsuccess = () => { request.result.close(); resolve(found.result.length); };
  };
})"""

# True once the drawing shows the first other person's color.
SHOWS_SOMEONE = """() => {
  const canvas = document.querySelector("#se-canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 0x1f && data[at + 1] === 0x72 && data[at + 2] === 0xc4) return true;
  }
  return false;
}"""


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV, by=manager)


@pytest.fixture
def people(manager: User, platform_admin: User) -> list[User]:
    return [manager, platform_admin]


@pytest.fixture
def open_editor(
    browser: Browser, browser_context_args: Any, live_server: Any, sign_in: Callable[..., None], draft: SeatMap
) -> Iterator[Callable[[User], Page]]:
    contexts = []

    def open_page(user: User) -> Page:
        context = browser.new_context(**browser_context_args)
        contexts.append(context)
        sign_in(user, context)
        address = reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk])
        return load(context.new_page(), live_server.url + address)

    yield open_page
    for context in contexts:
        context.close()


def load(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("[data-seat-editor=ready]")
    return page


def select_first(page: Page) -> None:
    page.locator("#se-frame").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("#se-selection")).to_have_text("Stalls, row A, seat 1, Front")


def ask(page: Page) -> None:
    """Let a page ask for news at once, as it does every few seconds."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def expect_state(page: Page, text: str) -> None:
    expect(page.locator("#se-state")).to_have_text(text)


def changed_by(person: User) -> re.Pattern[str]:
    return re.compile(rf"^\u2068{re.escape(str(person))}\u2069 \(.+\) changed 1 place \(Stalls\)$")


def first_seat(draft: SeatMap) -> dict[str, Any]:
    draft.refresh_from_db()
    zone = draft.layout["zones"][0]
    row = zone["rows"][0]
    return {axis: row["position"][axis] + row["seats"][0]["position"][axis] for axis in "xy"}


def test_two_people_at_one_draft_and_a_network_that_is_gone(
    open_editor: Callable[[User], Page], people: list[User], draft: SeatMap, assert_accessible: Callable[..., None]
):
    start = first_seat(draft)
    anna, ben = (open_editor(person) for person in people)

    ask(anna)
    expect(anna.get_by_role("list", name="Also here")).to_have_text(str(people[1]))
    select_first(ben)
    section = ben.get_by_role("combobox", name="Section")
    section.press("End")
    section.press_sequentially("!")
    select_first(anna)
    anna.keyboard.press("Shift+ArrowUp")
    expect_state(anna, "Saved")
    assert first_seat(draft) == {"x": start["x"], "y": start["y"] - 20}
    # What comes in waits for a word that is being typed.
    with ben.expect_response(lambda response: response.request.method == "GET" and "/draft/" in response.url):
        ask(ben)
    expect(section).to_have_value("Stalls!")
    section.press("Backspace")
    section.blur()
    ask(ben)
    expect(ben.locator("#se-live")).to_have_text(changed_by(people[0]))
    expect(ben.get_by_role("list", name="Also here")).to_contain_text("row A")
    ben.wait_for_function(SHOWS_SOMEONE)

    # What is changed without a network is kept, also when the page is gone, and comes back with the next one.
    ben.context.set_offline(True)
    ben.locator("#se-frame").focus()
    ben.keyboard.press("Shift+ArrowRight")
    expect_state(ben, "Offline: kept on this device")
    anna.keyboard.press("Shift+ArrowUp")
    expect_state(anna, "Saved")
    page = ben.context.new_page()
    ben.close()
    page.context.set_offline(False)
    ben = load(page, anna.url)

    # Both have moved one seat: nothing is overwritten until somebody chooses.
    expect_state(ben, "Not saved: please choose")
    hers = first_seat(draft)
    assert hers["x"] == start["x"]
    assert hers["y"] < start["y"] - 20
    assert_accessible(ben)
    ben.get_by_role("button", name="Choose").click()
    dialog = ben.get_by_role("dialog", name="Changed by both of you")
    expect(dialog.get_by_role("group", name="Stalls, row A, seat 1: position")).to_be_visible()
    expect(dialog.get_by_label(str(people[0]))).not_to_be_checked()
    assert_accessible(ben, inside="#se-conflicts")
    dialog.get_by_role("button", name="All of mine").click()
    expect_state(ben, "Saved")
    his = first_seat(draft)
    assert his["x"] > start["x"]
    assert his["y"] == start["y"] - 20
    ask(anna)
    expect(anna.locator("#se-live")).to_have_text(changed_by(people[1]))
    assert ben.evaluate(KEPT) == 0


def test_what_a_device_keeps_is_its_owners_alone(
    open_editor: Callable[[User], Page], people: list[User], draft: SeatMap, sign_in: Callable[..., None]
):
    # Too large to be sent by a page that is left: a browser that only plays at being offline would.
    SeatMap.objects.filter(pk=draft.pk).update(layout={**draft.layout, "their own": "x" * 70_000})
    start = first_seat(draft)
    page = open_editor(people[0])
    address = page.url
    leave_unsent(page)
    sign_in(people[1], page.context)
    load(page, address)
    expect_state(page, "Saved")
    expect(page.locator("#se-live")).to_be_empty()
    assert page.evaluate(KEPT) == 0
    assert first_seat(draft) == start

    leave_unsent(page)
    page.goto(address.split("/admin/")[0] + reverse("account_logout"))
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/")
    assert "seat-editor" not in page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")


def leave_unsent(page: Page) -> None:
    """Change the draft without a network, and leave the page at once."""
    site = page.url.split("/admin/")[0]
    page.context.set_offline(True)
    select_first(page)
    page.keyboard.press("Shift+ArrowUp")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{site}/healthz")
    assert page.evaluate(KEPT) == 1
