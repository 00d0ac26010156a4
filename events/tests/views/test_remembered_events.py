"""Events that a device remembers, as a part of the home page."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from testing.bookings import make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def ask(client: Client, *slugs: str) -> str:
    return client.get("/recently-viewed/", {"slug": slugs}).text


def test_it_shows_them_in_their_order(client: Client) -> None:
    for title in ("Antigone", "Faust", "Tartuffe"):
        make_show(event=make_event(title, slug=title.lower()))

    answer = client.get("/recently-viewed/", {"slug": ["tartuffe", "antigone", "tartuffe"]})

    assert answer.text.index("Tartuffe") < answer.text.index("Antigone")
    assert answer.text.count('class="event-card"') == 2
    assert "Faust" not in answer.text
    assert "private" in answer["Cache-Control"]


def test_it_is_empty_without_any(client: Client) -> None:
    make_show(event=make_event("Secret", slug="secret", is_published=False))

    assert "<" not in ask(client)
    assert "<" not in ask(client, "secret", "gone", "no slug", "x" * 5000)


def test_it_reads_no_more_than_a_device_remembers(client: Client) -> None:
    slugs = [make_event(f"Event {number}", slug=f"e-{number}").slug for number in range(10)]

    assert ask(client, *slugs).count('class="event-card"') == 8


def test_shows_in_the_chosen_city_come_before_others(client: Client) -> None:
    both, far = make_event("Faust", slug="faust"), make_event("Tartuffe", slug="tartuffe")
    kyoto = make_hall(theater=make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo"), currency="JPY"))
    make_show(event=both, hall=make_hall(theater=make_theater("Riverside")), price="20")
    make_show(event=both, hall=kyoto, price="3000")
    make_show(event=far, hall=kyoto, price="3000", in_hours=80)
    client.cookies["city"] = "vienna"

    faust, tartuffe = ask(client, "faust", "tartuffe").split('class="event-card"')[1:]

    assert "Riverside" in faust
    assert "€" in faust
    assert "Kamogawa" not in faust
    assert "<bdi>Kamogawa</bdi>, <bdi>Kyoto</bdi>" in tartuffe


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries) -> None:
    make_theater(city=make_city("Kyoto", "Asia/Tokyo"))
    slugs = [make_show(event=make_event(f"Event {number}", slug=f"e-{number}")).event.slug for number in range(8)]

    for city, most in (("all", 5), ("vienna", 5), ("kyoto", 8)):
        forget_pages()
        client.cookies["city"] = city
        with django_assert_max_num_queries(most):
            ask(client, *slugs)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_device_remembers_until_it_forgets(live_server, page: Page, customer, sign_in, assert_accessible) -> None:
    for title in ("Antigone", "Faust"):
        make_show(event=make_event(title, slug=title.lower()))
    make_paid(make_show(event=make_event("Hamlet")), 0, customer=customer)
    home = f"{live_server.url}/"
    page.goto(f"{live_server.url}/events/faust/")
    favorite = page.get_by_role("button", name="Favorite")
    favorite.click()
    expect(favorite).to_have_attribute("aria-pressed", "true")
    page.goto(home)
    expect(page.locator("#favorites .event-card__title")).to_have_text(["Faust"])
    page.evaluate("localStorage.clear()")

    # With an account, one follows events instead.
    sign_in(customer)
    page.goto(home)
    expect(page.locator("#favorites")).to_have_count(0)
    expect(page.get_by_role("button", name="Forget these")).to_have_count(0)

    for slug in ("antigone", "faust", "antigone"):
        page.goto(f"{live_server.url}/events/{slug}/")
    page.goto(home)

    cards = page.locator("#recently-viewed .event-card__title")
    expect(cards).to_have_text(["Antigone", "Faust"])
    page.get_by_role("button", name="Forget these").scroll_into_view_if_needed()
    expect(page.get_by_text("Because you booked Hamlet")).to_have_count(2)
    assert_accessible(page)
    page.get_by_role("button", name="Forget these").click()
    expect(page.get_by_text("Forgotten.")).to_be_focused()
    page.reload()
    expect(page.locator("#recently-viewed")).to_be_empty()
    assert page.evaluate("localStorage.getItem('recently-viewed')") is None
