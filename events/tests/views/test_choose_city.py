"""A visitor's city: asked for once, found by a device's position on wish, kept on every page."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from events.catalogue.search import index_events
from events.models import Event
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from theaters.models import Theater

pytestmark = pytest.mark.django_db

QUESTION = 'id="city-question"'


@pytest.fixture
def two_cities() -> tuple[Theater, Theater]:
    vienna = make_theater("Riverside")
    kyoto = make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo"))
    vienna.latitude, vienna.longitude = "48.21", "16.37"
    kyoto.latitude, kyoto.longitude = "35.03", "135.77"
    for theater, title in ((vienna, "Antigone"), (kyoto, "Tartuffe")):
        theater.save()
        make_show(hall=make_hall(theater=theater), event=make_event(title))
    return vienna, kyoto


@pytest.mark.usefixtures("two_cities")
@pytest.mark.parametrize("answer", ["kyoto", "all"])
def test_it_is_asked_until_it_is_answered(client: Client, answer: str) -> None:
    assert QUESTION in client.get("/").content.decode()
    assert QUESTION in client.get("/?city=atlantis").content.decode()

    client.get(f"/?city={answer}")

    assert QUESTION not in client.get("/").content.decode()


def test_it_is_not_asked_where_there_is_one_city(client: Client) -> None:
    make_show()

    assert QUESTION not in client.get("/").content.decode()


def test_a_city_of_the_profile_is_an_answer(client: Client, customer, two_cities: tuple[Theater, Theater]) -> None:
    customer.preferred_city = two_cities[1].city
    customer.save()
    client.force_login(customer)

    assert QUESTION not in client.get("/").content.decode()


@pytest.mark.usefixtures("two_cities")
def test_the_question_is_not_shared_with_those_who_have_answered(client: Client) -> None:
    client.get("/?city=all")
    for visitor, is_asked in ((Client(), True), (client, False), (Client(), True), (client, False)):
        assert (QUESTION in visitor.get("/").content.decode()) == is_asked


@pytest.mark.parametrize(
    ("latitude", "longitude", "city"),
    [
        ("48.2", "16.4", "vienna"),
        ("34.69", "135.5", "kyoto"),
        # On the other side of the date line, 70° from Kyoto and 110° from Vienna.
        ("21.31", "-157.86", "kyoto"),
        ("-33.9", "18.4", "vienna"),
    ],
)
@pytest.mark.usefixtures("two_cities")
def test_a_position_leads_to_the_nearest_city(client: Client, latitude: str, longitude: str, city: str) -> None:
    answer = client.post("/nearest-city/", {"latitude": latitude, "longitude": longitude}, follow=True)

    assert answer.redirect_chain == [(f"/?city={city}", 302)]
    assert client.cookies["city"].value == city
    assert QUESTION not in client.get("/").content.decode()


def test_only_published_theaters_are_near(client: Client, two_cities: tuple[Theater, Theater]) -> None:
    Theater.objects.filter(pk=two_cities[0].pk).update(is_published=False)

    answer = client.post("/nearest-city/", {"latitude": "48.2", "longitude": "16.4"})

    assert answer["Location"] == "/?city=kyoto"


@pytest.mark.parametrize("position", [{}, {"latitude": "nan", "longitude": "1"}, {"latitude": "91", "longitude": "x"}])
@pytest.mark.usefixtures("two_cities")
def test_a_wrong_position_is_said(client: Client, position: dict[str, str]) -> None:
    html = client.post("/nearest-city/", position, follow=True).content.decode()

    assert "No city was found near you." in html
    assert QUESTION in html
    assert "city" not in client.cookies


def test_theaters_without_coordinates_are_nowhere(client: Client) -> None:
    make_show()

    assert "No city was found" in client.post("/nearest-city/", {"latitude": "1", "longitude": "1"}, follow=True).text


def test_theaters_are_sorted_by_their_distance_which_is_not_kept(client: Client) -> None:
    for name, latitude, longitude in (
        ("Far", "34.69", "135.50"),
        ("Near", "48.21", "16.37"),
        ("Next", "48.30", "16.37"),
    ):
        theater = make_theater(name)
        Theater.objects.filter(pk=theater.pk).update(latitude=latitude, longitude=longitude)
    make_theater("Nowhere")

    answer = client.post("/theaters/", {"latitude": "48.20", "longitude": "16.37"})

    found = re.findall(r'dir="auto">(\w+)</a></h3>.*?about (\S+) km away', answer.text, re.DOTALL)
    assert [name for name, _distance in found] == ["Near", "Next", "Far"]
    assert [distance for _name, distance in found][:2] == ["1", "11"]
    assert "Nowhere" not in answer.text
    assert "city" not in client.cookies
    for position in ({}, {"latitude": "nan", "longitude": "1"}):
        assert "No theater was found near you." in client.post("/theaters/", position, follow=True).text


def test_it_is_not_found_by_a_link(client: Client) -> None:
    assert client.get("/nearest-city/?latitude=1&longitude=1").status_code == 405


@pytest.mark.usefixtures("two_cities")
@pytest.mark.parametrize("address", ["/", "/events/", "/theaters/"])
def test_it_holds_on_every_page_with_one_way_to_all(client: Client, address: str) -> None:
    client.cookies["city"] = "kyoto"
    html = client.get(address).text
    main = html[html.index("<main") :]
    assert "Kamogawa" in main
    assert "Riverside" not in main
    assert f'href="{address}?city=all' in main

    client.get(f"{address}?city=all")

    html = client.get(address).text
    assert "Kamogawa" in html
    assert "Riverside" in html


@pytest.mark.usefixtures("two_cities")
def test_a_search_without_results_leads_to_all_cities(client: Client) -> None:
    index_events(Event.objects.all())
    client.cookies["city"] = "vienna"
    html = client.get("/events/?q=tartuffe").text
    assert "Nothing matches" in html
    link = '<a class="btn btn--primary" href="/events/?q=tartuffe&amp;city=all">All cities</a>'
    assert link in html

    html = client.get("/events/?q=tartuffe&city=all").text

    assert "Kamogawa" in html
    assert link not in html


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("two_cities")
def test_near_me_asks_the_device(live_server, page: Page) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_role("button", name="Near me").click()
    expect(page.locator(".city-question [role=status]")).to_contain_text("did not share its position")

    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 34.6937, "longitude": 135.5023})
    with page.expect_request("**/nearest-city/") as asked:
        page.get_by_role("button", name="Near me").click()

    assert "latitude=34.69&longitude=135.50" in (asked.value.post_data or "")
    expect(page.locator("h1")).to_have_text("What is on in Kyoto")
    expect(page.locator("#city-question")).to_have_count(0)

    page.goto(f"{live_server.url}/theaters/?city=all")
    page.get_by_role("button", name="Sort by distance").click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["Kamogawa", "Riverside"])
