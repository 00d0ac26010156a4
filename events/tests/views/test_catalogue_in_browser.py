"""The pages of the catalogue in use: by mouse, by keyboard, with and without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from events.models import Event, Label, Review, Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Der zerbrochne Krug oder Donaudampfschifffahrtsgesellschaftskapitänsmütze"


@pytest.fixture
def season(transactional_db: None) -> dict[str, Event]:
    """Make a small season: all states of a show, titles of several scripts, one event with everything."""
    vienna = make_hall(rows=4, seats=10, theater=make_theater("Riverside"))
    vienna.theater.access_information = "A lift serves every level."
    vienna.theater.save()
    kyoto = make_hall(theater=make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo")))
    hamlet = make_event(
        "Hamlet",
        slug="hamlet",
        tagline="Something is rotten.",
        synopsis="A prince comes home.\n\nNobody is glad.",
        age_rating="12+",
        languages=["de", "en"],
        subtitles=["en"],
        cast=[{"name": "Asta Nielsen", "role": "Hamlet"}],
        credits=[{"name": "William Shakespeare", "role": "Text"}],
        trailer_url="https://www.youtube.com/watch?v=abcDEF12345",
        rating_average=Decimal("4.00"),
        rating_count=1,
    )
    hamlet.labels.add(Label.objects.create(name="Classic", slug="classic"))
    Review.objects.create(event=hamlet, user=make_user("reader@example.com", "Asha Rao"), stars=4, text="Good.")
    for day in range(1, 11):
        make_show(event=hamlet, hall=vienna, in_hours=24 * day, format="35 mm", language="de", subtitles="en")
    make_show(event=hamlet, hall=vienna, in_hours=50, state=Show.State.CANCELED)
    make_show(event=hamlet, hall=vienna, in_hours=60, sales_open_at=timezone.now() + timedelta(days=1))
    make_show(event=make_event(LONG, slug="long", kind=Event.Kind.OPERA), hall=vienna, in_hours=53)
    make_show(event=make_event("मृच्छकटिकम्", slug="clay-cart"), hall=vienna, in_hours=56)
    make_show(event=make_event("ألف ليلة وليلة", slug="nights", kind=Event.Kind.FILM), hall=kyoto, in_hours=50)
    return {"hamlet": hamlet}


ADDRESSES = [
    "/",
    "/?city=kyoto",
    "/events/",
    "/events/?kind=film&city=vienna",
    "/events/?date_from=2026-12-24&date_to=2026-12-01",
    "/events/hamlet/",
    "/events/long/",
    "/events/nights/",
    "/theaters/",
    "/theaters/{theater}/",
    "/no-such-page/",
]


@pytest.mark.provokes("/no-such-page/")
def test_every_page_is_accessible(
    live_server, phone_page: Page, season, assert_accessible_everywhere: Callable
) -> None:
    page, errors = phone_page, []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "404" not in message.text:
            errors.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    theater = season["hamlet"].shows.first().hall.theater
    for address in ADDRESSES:
        page.goto(f"{live_server.url}{address.format(theater=theater.slug)}")
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        if address == ADDRESSES[0]:
            page.locator("#account-menu > summary").click()
        assert_accessible_everywhere(page)
    assert errors == []


def test_the_keyboard_reaches_everything(live_server, page: Page, season) -> None:
    page.goto(f"{live_server.url}/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()

    summary = page.locator("#city-menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#city-menu")).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.locator("#city-menu").get_by_role("link", name="All cities")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#city-menu")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_a_chosen_color_scheme_stays(live_server, page: Page, season) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{live_server.url}/")

    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 17, 15)"


def test_days_change_in_place_and_go_back(live_server, page: Page, season) -> None:
    page.goto(f"{live_server.url}/?city=vienna")
    day = page.locator("a.day[id]").nth(3)
    date = (day.get_attribute("id") or "").removeprefix("day-")

    day.click()

    expect(page).to_have_url(re.compile(rf"day={date}.*city=vienna"))
    expect(page.locator(f"#day-{date}")).to_have_attribute("aria-current", "date")
    expect(page.locator("#day-status")).to_contain_text("event")
    expect(page.locator("h1")).to_have_text("What is on in Vienna")
    page.go_back()
    expect(page.locator("#day-all")).to_have_attribute("aria-current", "date")


def test_a_cinema_of_twelve_films_is_short_on_a_phone(
    live_server, phone_page: Page, assert_accessible_everywhere: Callable[[Page], None]
) -> None:
    theater = make_theater("Astoria")
    halls = [make_hall(theater=theater, rows=4, seats=15) for _each in range(6)]
    films = [make_event(f"Film {number}", kind=Event.Kind.FILM, age_rating="12+") for number in range(12)]
    tomorrow = timezone.localtime(timezone.now(), theater.tz).replace(hour=10, minute=0) + timedelta(days=1)
    for number in range(17):
        starts_at = tomorrow + timedelta(hours=4 * (number // 6))
        make_show(hall=halls[number % 6], event=films[number % 12], starts_at=starts_at, language="de")

    phone_page.goto(f"{live_server.url}/theaters/{theater.slug}/?day={tomorrow:%Y-%m-%d}")

    expect(phone_page.locator(".billing__event")).to_have_count(12)
    expect(phone_page.locator(".billing .time")).to_have_count(17)
    assert phone_page.evaluate("document.documentElement.scrollHeight") < 3000
    assert_accessible_everywhere(phone_page)


def test_filters_apply_as_they_are_chosen(live_server, page: Page, viewport: str, season) -> None:
    page.goto(f"{live_server.url}/events/")
    if viewport == "phone":
        page.locator(".finder__filters > summary").click()

    page.get_by_text("Film", exact=True).first.click()

    expect(page.locator("#results-title")).to_have_text("One event")
    assert parse_qs(urlsplit(page.url).query) == {"city": ["all"], "kind": ["film"]}
    expect(page.locator("#results-status")).to_have_text("One event")
    page.locator("#id_city").select_option("vienna")
    expect(page.locator("#results-title")).to_have_text("0 events")
    assert parse_qs(urlsplit(page.url).query) == {"kind": ["film"], "city": ["vienna"]}

    if viewport == "phone":
        page.get_by_role("button", name="Show results").click()
        expect(page.locator(".finder__filters")).not_to_have_attribute("open", "")
        expect(page.locator("#results-title")).to_be_in_viewport()

    page.get_by_label("Active filters").get_by_role("link", name="Film").click()

    expect(page.locator("#results-title")).to_have_text("3 events")
    assert parse_qs(urlsplit(page.url).query) == {"city": ["vienna"]}


def test_more_events_are_loaded_and_take_the_focus(live_server, page: Page, transactional_db) -> None:
    hall = make_hall()
    for number in range(26):
        make_show(hall=hall, event=make_event(f"Event {number:02}"), in_hours=24 + number * 4)
    page.goto(f"{live_server.url}/events/")

    page.get_by_role("link", name="Show more").click()

    expect(page.locator(".event-card")).to_have_count(26)
    expect(page.get_by_role("link", name="Event 24", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


def test_a_trailer_is_loaded_only_on_a_click(live_server, page: Page, season) -> None:
    asked: list[str] = []

    def answer(route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<title>Trailer</title>", content_type="text/html")

    page.route("https://www.youtube-nocookie.com/**", answer)
    page.goto(f"{live_server.url}/events/hamlet/")
    assert asked == []

    page.get_by_role("link", name="Watch the trailer").click()

    expect(page.locator("iframe")).to_have_attribute("title", "Trailer of Hamlet")
    page.wait_for_load_state("networkidle")
    assert asked == ["https://www.youtube-nocookie.com/embed/abcDEF12345?autoplay=1"]


def test_everything_works_without_scripts(live_server, browser: Browser, season) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    expect(page.locator(".theme-switch:visible")).to_have_count(0)

    page.locator("#city-menu > summary").click()
    page.locator("#city-menu").get_by_role("link", name="Kyoto").click()
    expect(page.locator("h1")).to_have_text("What is on in Kyoto")

    page.goto(f"{live_server.url}/events/")
    page.locator(".finder__filters > summary").click()
    page.get_by_text("Film", exact=True).first.click()
    page.get_by_role("button", name="Show results").click()
    expect(page.locator(".event-card")).to_have_count(1)
    page.get_by_role("link", name="ألف ليلة وليلة", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("Book"))).to_have_count(1)
    context.close()
