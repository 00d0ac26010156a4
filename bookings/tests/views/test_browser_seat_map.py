"""The seat map in a real browser: others' seats, hints, gestures, the list beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking, Ticket
from events.models import Show, TicketType
from show_changes.bring import bring_show
from show_changes.same_places import read_new_map
from testing.bookings import make_hold, seats_of
from testing.builders import make_hall, make_show, make_theater
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Hall, Theater
from theaters.seat_maps import parse_csv
from theaters.seat_maps.publish import publish_seat_map, save_draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(db: None) -> Show:
    return make_show(hall=make_hall(rows=6, seats=10))


def open_map(page: Page, live_server: Any, show: Show, query: str = "") -> None:
    page.goto(live_server.url + show.get_absolute_url() + query)
    page.wait_for_selector("html[data-seat-map=ready]")


def seat_at(page: Page, show: Show, index: int) -> Any:
    return page.locator(f'[data-seat="{seats_of(show)[index].pk}"].seat')


def press(page: Page, show: Show, index: int) -> None:
    box = seat_at(page, show, index).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def is_(state: str) -> re.Pattern[str]:
    return re.compile(rf"\bis-{state}\b")


def test_a_party_sees_what_it_pays_and_the_legend_what_is_left(page: Page, live_server: Any, show: Show):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=9)
    price = show.prices.get()
    show.prices.create(category=price.category, ticket_type=child, amount=7)
    make_hold(show, 0, 1, 2)
    open_map(page, live_server, show)
    entry = page.locator(f'[data-only-category="{price.category_id}"]')
    expect(entry).to_contain_text("57 left")
    page.locator(".best > summary").click()
    page.get_by_label(price.ticket_type.name).fill("2")
    page.get_by_label("Child").fill("3")
    page.get_by_role("button", name="Choose on the map").click()
    expect(page.locator("#party")).to_be_focused()
    expect(entry).to_contain_text("5 tickets €61.00")
    for index in (20, 21, 22):
        press(page, show, index)
    expect(entry).to_contain_text("54 left")
    # Seats get the party's ticket types in turn.
    expect(page.locator("#hold-form")).to_contain_text("€47.00")
    page.get_by_role("button", name="Show prices for one").click()
    expect(entry).to_contain_text("€20.00, reduced from €7.00")
    entry.click()
    expect(page.locator("#seat-status")).to_have_text(f"Only {price.category.name}: 54 left.")


def test_a_seat_taken_by_another_visitor_turns_gray_without_a_reload(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    press(page, show, 7)
    expect(seat_at(page, show, 6)).to_have_class(is_("free"))

    make_hold(show, 6, 7)

    expect(seat_at(page, show, 6)).to_have_class(is_("taken"), timeout=15_000)
    expect(seat_at(page, show, 7)).to_have_class(is_("taken"))
    expect(page.locator("#seat-alert")).to_contain_text(
        "Someone else was faster, so removed from your choice: Stalls, row A, seat 8."
    )
    expect(page.locator("[data-lines] > li")).to_have_count(0)


def test_one_of_two_browsers_that_press_at_once_gets_the_seat(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, show: Show
):
    pages = []
    for own in (20, 30):
        context = browser.new_context(**browser_context_args)
        page = context.new_page()
        # Neither hears of the other before it sends.
        page.route("**/availability", lambda route: route.abort())
        open_map(page, live_server, show)
        press(page, show, 25)
        press(page, show, own)
        pages.append(page)

    for page in pages:
        page.evaluate("document.querySelector('#hold-form').requestSubmit()")
    for page in pages:
        expect(page.locator(".checkout, .messages > .notice")).to_be_visible()

    (winner,) = [page for page in pages if "/checkout/" in page.url]
    (loser,) = [page for page in pages if page is not winner]
    assert Booking.objects.count() == 1
    assert Ticket.objects.live().filter(seat=seats_of(show)[25]).count() == 1
    expect(loser.get_by_text("This place is no longer free: Stalls, row C, seat 6.")).to_be_visible()
    # The rest of the choice is still there.
    loser.wait_for_selector("html[data-seat-map=ready]")
    expect(loser.locator("[data-lines] > li")).to_have_count(1)
    for page in pages:
        page.context.close()


def test_the_best_seats_together_are_chosen_and_shown(page: Page, live_server: Any, show: Show, viewport: str):
    open_map(page, live_server, show)
    page.locator(".best > summary").click()
    page.get_by_label("People").select_option("4")
    page.get_by_role("button", name="Find seats").click()
    expect(page.locator(".seat.is-chosen")).to_have_count(4)
    expect(page.locator("#seat-status")).to_contain_text("The best seats for you")
    expect(page.locator(".best")).not_to_have_attribute("open", "")
    proposed = re.findall(r"seat=(\d+)", page.url)
    runs = {seat.run for seat in seats_of(show) if str(seat.pk) in proposed}
    assert len(runs) == 1


def test_a_proposal_that_others_take_is_made_again(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    page.locator(".best > summary").click()
    page.get_by_role("button", name="Find seats").click()
    expect(page.locator(".seat.is-chosen")).to_have_count(2)
    first = set(re.findall(r"seat=(\d+)", page.url))
    make_hold(show, *[at for at, seat in enumerate(seats_of(show)) if str(seat.pk) in first])
    expect(page.locator(".seat.is-taken")).to_have_count(2)
    expect(page.locator(".seat.is-chosen")).to_have_count(2)
    assert not first & set(re.findall(r"seat=(\d+)", page.url))


def test_a_party_that_does_not_fit_is_offered_other_ways(page: Page, live_server: Any):
    show = make_show(hall=make_hall(rows=1, seats=3))
    open_map(page, live_server, show)
    page.locator(".best > summary").click()
    page.get_by_label("People").select_option("9")
    page.get_by_role("button", name="Find seats").click()
    expect(page.locator("#seat-alert")).to_contain_text("There are no 9 such seats left")
    expect(page.locator("#seat-alert")).to_be_focused()
    expect(page.locator(".best")).not_to_have_attribute("open", "")
    expect(page.locator("#seat-alert").get_by_role("link", name="Join the waiting list")).to_be_visible()


def test_a_seat_left_alone_is_pointed_out_and_the_choice_moved(page: Page, live_server: Any, show: Show):
    make_hold(show, 4)
    open_map(page, live_server, show)
    press(page, show, 1)
    press(page, show, 2)
    # Seats 1 and 4 of the row would both be left alone; moving up saves one of them.
    expect(page.locator("[data-advice]")).to_contain_text("by itself, and single seats often stay empty")
    page.get_by_role("button", name=re.compile("^Take seat")).click()
    expect(page.locator("[data-lines] > li")).to_have_count(2)
    expect(page.locator("[data-advice] .notice")).to_have_count(0)


def test_one_of_a_pair_is_led_to_a_single_seat(page: Page, live_server: Any):
    show = make_show(hall=make_hall(rows=3, seats=6))
    make_hold(show, 1, 4)
    open_map(page, live_server, show)
    press(page, show, 2)
    page.get_by_role("button", name=re.compile("^Take Stalls, row A, seat [16] instead$")).click()
    expect(page.locator("[data-lines] > li")).to_have_count(1)
    expect(page.locator("[data-advice] .notice")).to_have_count(0)


def test_no_more_than_the_limit_and_why(page: Page, live_server: Any):
    show = make_show(hall=make_hall(rows=2, seats=6), tickets_per_customer=2)
    open_map(page, live_server, show)
    for index in range(3):
        press(page, show, index)
    expect(page.locator(".seat.is-chosen")).to_have_count(2)
    expect(page.locator("#seat-alert")).to_contain_text("One person may have 2 tickets for this show.")


def test_a_restricted_view_is_pointed_out_when_chosen(page: Page, live_server: Any):
    seats = [f"Stalls,A,{number},Front,{'restricted' if number == 3 else ''}" for number in range(1, 9)]
    hall = make_listed_hall("\n".join(["section,row,number,category,flags", *seats]))
    show = make_show(hall=hall)
    open_map(page, live_server, show)
    press(page, show, 2)
    expect(page.locator("[data-advice]")).to_contain_text("Part of the stage cannot be seen from")
    expect(page.locator(".basket__category")).to_have_text("Front · restricted view")


def test_map_and_list_are_one_choice(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    press(page, show, 3)
    page.get_by_role("button", name="List").click()
    box = page.get_by_role("checkbox", name="Stalls, row A, seat 4, Parkett, €20.00, chosen")
    expect(box).to_be_checked()
    page.get_by_role("checkbox", name="Stalls, row B, seat 1, Parkett, €20.00, free").check(force=True)
    page.get_by_role("button", name="Map").click()
    expect(seat_at(page, show, 10)).to_have_class(is_("chosen"))
    page.get_by_role("button", name="Remove Stalls, row A, seat 4").click()
    expect(seat_at(page, show, 3)).to_have_class(is_("free"))
    # The address carries the choice, so that reloading keeps it.
    page.reload()
    page.wait_for_selector("html[data-seat-map=ready]")
    expect(seat_at(page, show, 10)).to_have_class(is_("chosen"))


def test_one_category_is_picked_out(page: Page, live_server: Any):
    seats = [f"Stalls,{row},{number},{row}" for row in ("Front", "Back") for number in range(1, 6)]
    hall = make_listed_hall("\n".join(["section,row,number,category", *seats]))
    show = make_show(hall=hall)
    open_map(page, live_server, show)
    page.get_by_role("button", name=re.compile("^Front")).click()
    expect(page.get_by_role("button", name=re.compile("^Front"))).to_have_attribute("aria-pressed", "true")
    assert seat_at(page, show, 0).evaluate("seat => getComputedStyle(seat).opacity") == "1"
    assert float(seat_at(page, show, 7).evaluate("seat => getComputedStyle(seat).opacity")) < 0.5
    # Told apart by shape as well as by color.
    assert seat_at(page, show, 0).get_attribute("d") != seat_at(page, show, 7).get_attribute("d")


def test_a_chosen_seat_stands_out_without_color(page: Page, live_server: Any, show: Show):
    """Ink and paper are so far apart that one of them has 3 : 1 with any color: their own ratio is more than 9."""
    open_map(page, live_server, show)
    before = seat_at(page, show, 3).get_attribute("d")
    press(page, show, 3)
    assert seat_at(page, show, 3).get_attribute("d") != before
    ratio = r"""seat => {
        const light = (color) => {
            const [red, green, blue] = color.match(/[\d.]+/g).map((part) => (part / 255) ** 2.2);
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
        };
        const style = getComputedStyle(seat), frame = getComputedStyle(seat.closest(".hall-frame"));
        const [darker, lighter] = [style.fill, frame.backgroundColor].map(light).sort((a, b) => a - b);
        return lighter / darker;
    }"""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert seat_at(page, show, 3).evaluate(ratio) > 9
    page.emulate_media(forced_colors="active")
    fills = {seat_at(page, show, at).evaluate("seat => getComputedStyle(seat).fill") for at in (3, 4)}
    assert len(fills) == 2


def test_names_of_sections_and_whatever_is_sold_or_not_are_in_sight(page: Page, live_server: Any):
    """Long names beside a narrow hall, a stage at the bottom, an area without a shape, a seat never for sale."""
    table = "section,row,number,category,x,y,capacity\n"
    for index, name in enumerate(["Balcony on the left hand side", "Loge", "二階席中央のとても長い名前"]):
        table += "".join(f"{name},{row},1,A,{120 * index},{20 * row},\n" for row in range(1, 7))
    document = parse_csv(table + "Loge,9,1,House,120,180,\n").document
    document["categories"][1]["marquee"] = {"for_sale": False}
    document["marquee"] = {"stage": "bottom"}
    document["zones"][0]["areas"] = [{"uuid": "pit", "marquee": {"name": "Pit", "category": "A", "capacity": 50}}]
    hall = Hall.objects.create(theater=make_theater(), name="Tower")
    draft = save_draft(hall=hall, document=document, source="", by=None)
    publish_seat_map(seat_map=draft, by=None)
    open_map(page, live_server, make_show(hall=hall))
    outside = page.evaluate("""() => {
        const svg = document.querySelector("svg.hall"), frame = svg.parentElement.getBoundingClientRect();
        const parts = [...svg.querySelectorAll(".hall__name, .hall__stage, .hall__area, .hall__blocked, .seat")];
        const isOut = ({ left, right, top, bottom }) =>
            left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
        return parts.filter((part) => isOut(part.getBoundingClientRect())).map((part) => part.textContent);
    }""")
    assert outside == []
    assert [page.locator(part).count() for part in (".hall__name", ".hall__area", ".hall__blocked")] == [3, 1, 1]
    stage, seats = page.locator(".hall__stage").bounding_box(), page.locator(".hall__seats").bounding_box()
    assert stage
    assert seats
    assert stage["y"] > seats["y"] + seats["height"]


def test_standing_places_by_number(page: Page, live_server: Any):
    show = make_show(hall=make_hall(rows=0, seats=0, standing=3), tickets_per_customer=4)
    open_map(page, live_server, show)
    more = page.get_by_role("button", name=re.compile("^One more"))
    for _press in range(4):
        more.click()
    expect(page.get_by_role("spinbutton")).to_have_value("3")
    expect(page.locator("[data-total]")).to_have_text("€60.00")
    page.get_by_role("button", name=re.compile("^One fewer")).click()
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))
    assert Ticket.objects.live().count() == 2


CLOSER = re.compile(r"scale\((1\.[4-9]|[2-9]|\d\d)")
WHOLE = re.compile(r"scale\(1\)")


def test_wheel_drag_buttons_and_double_click_move_the_map_and_choose_nothing(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    hall, frame = page.locator("#hall"), page.locator("#hall-frame").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 300, frame["y"] + 200)
    page.mouse.wheel(0, -400)
    expect(hall).to_have_attribute("style", CLOSER)
    before = hall.get_attribute("style")
    page.mouse.down()
    page.mouse.move(frame["x"] + 240, frame["y"] + 180, steps=4)
    page.mouse.up()
    expect(hall).not_to_have_attribute("style", str(before))
    expect(hall).to_have_attribute("style", CLOSER)
    page.get_by_role("button", name="Whole hall").click()
    expect(hall).to_have_attribute("style", WHOLE)
    page.get_by_role("button", name="Zoom in").click()
    expect(hall).to_have_attribute("style", CLOSER)
    page.get_by_role("button", name="Zoom out").click()
    expect(hall).to_have_attribute("style", WHOLE)
    page.locator("#hall-frame").dblclick(position={"x": 8, "y": 8})
    expect(hall).to_have_attribute("style", CLOSER)
    expect(page.locator(".seat.is-chosen")).to_have_count(0)


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any]) -> Any:
    size = {"width": 360, "height": 740}
    context = browser.new_context(**{**browser_context_args, "viewport": size, "has_touch": True, "is_mobile": True})
    yield context.new_page()
    context.close()


def test_the_first_tap_on_a_crowded_map_comes_closer_and_the_second_chooses(phone: Page, live_server: Any):
    show = make_show(hall=make_hall(rows=20, seats=30))
    open_map(phone, live_server, show)
    index = 10 * 30 + 15

    def tap() -> None:
        box = seat_at(phone, show, index).bounding_box()
        assert box
        phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    tap()
    expect(phone.locator("#hall-frame")).to_have_class(re.compile("is-zoomed"))
    expect(phone.locator(".seat.is-chosen")).to_have_count(0)
    assert seat_at(phone, show, index).bounding_box()["width"] >= 24
    tap()
    expect(seat_at(phone, show, index)).to_have_class(is_("chosen"))
    # Numbers can be read now.
    assert phone.locator(".hall__number").count() > 0


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_the_whole_of_a_large_hall_is_in_view_and_a_click_comes_closer(
    page: Page, live_server: Any, size: tuple[int, int]
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show = make_show(hall=make_hall(rows=40, seats=48))
    open_map(page, live_server, show)
    frame = page.locator("#hall-frame").bounding_box()
    assert frame
    basket = page.locator("#hold-form").bounding_box()
    assert basket
    end = basket["y"] if basket["x"] <= frame["x"] else size[1]
    for index in (0, 47, 39 * 48, 40 * 48 - 1):
        box = seat_at(page, show, index).bounding_box()
        assert box
        assert frame["x"] <= box["x"] < box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"] < box["y"] + box["height"] <= end

    press(page, show, 20 * 48 + 24)
    expect(page.locator("#hall-frame")).to_have_class(re.compile("is-zoomed"))
    expect(page.locator(".seat.is-chosen")).to_have_count(0)
    press(page, show, 20 * 48 + 24)
    expect(seat_at(page, show, 20 * 48 + 24)).to_have_class(is_("chosen"))
    # By keys the whole is in view again, and comes closer.
    page.locator("#hall-frame .seat.is-chosen").focus()
    page.keyboard.press("0")
    expect(page.locator("#hall-frame")).not_to_have_class(re.compile("is-zoomed"))
    page.keyboard.press("+")
    expect(page.locator("#hall-frame")).to_have_class(re.compile("is-zoomed"))


def test_two_neighbors_in_quick_succession_are_both_chosen(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    boxes = [seat_at(page, show, index).bounding_box() for index in (2, 3)]
    for box in (boxes[0], boxes[1], boxes[1]):
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".seat.is-chosen")).to_have_count(2)
    expect(seat_at(page, show, 3)).to_have_class(is_("chosen"))


def test_two_fingers_zoom(phone: Page, live_server: Any, show: Show):
    open_map(phone, live_server, show)
    frame = phone.locator("#hall-frame").bounding_box()
    assert frame
    x, y = frame["x"] + 180, frame["y"] + 150
    devtools = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: float) -> None:
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x + at, "y": y, "id": number} for number, at in enumerate(points)]},
        )

    touch("touchStart", -20, 20)
    for reach in (30, 45, 60):
        touch("touchMove", -reach, reach)
    touch("touchEnd")
    expect(phone.locator("#hall")).to_have_attribute("style", CLOSER)
    expect(phone.locator(".seat.is-chosen")).to_have_count(0)


@pytest.mark.provokes("/plan.json", "Failed to fetch")
def test_where_the_map_cannot_be_had_the_list_stays(page: Page, live_server: Any, show: Show):
    page.route("**/plan.json*", lambda route: route.abort())
    page.goto(live_server.url + show.get_absolute_url())
    expect(page.locator("#seat-map")).to_be_hidden()
    page.locator(f'label:has(input[value="{seats_of(show)[3].pk}"])').click()
    page.get_by_role("button", name="Add to the basket").click()
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))


@pytest.mark.provokes("status of 503")
def test_a_server_that_stops_answering_is_reported(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    page.route("**/availability", lambda route: route.fulfill(status=503))
    expect(page.locator("#seat-offline")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("is_loaded_again", [True, False])
def test_another_version_of_the_map_is_reported_and_the_chosen_seat_stays(
    is_loaded_again: bool, page: Page, live_server: Any, theater: Theater, manager: User
):
    table = "section,row,number,category,id\nStalls,A,1-6,Parkett,\n"
    show = make_show(hall=make_listed_hall(table, theater=theater))
    open_map(page, live_server, show)
    press(page, show, 2)
    seat_map = publish_version(show.hall, f"{table}Stalls,B,1-6,Parkett,\n")
    new = read_new_map(seat_map)
    bring_show(show=show, new=new, sources={}, fact="test", by=manager)
    show.refresh_from_db()
    make_hold(show, 8)
    expect(page.locator("#seat-outdated")).to_be_visible(timeout=15_000)
    if is_loaded_again:
        page.get_by_role("link", name="Load the page again").click()
        expect(page.locator(f'[data-seat="{new.seats["stalls-a-3"].pk}"].seat')).to_have_class(is_("chosen"))
        expect(page.locator("#seat-outdated")).to_be_hidden()
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))
    assert new.seats["stalls-a-3"] in {ticket.seat for ticket in Ticket.objects.live().select_related("seat")}
