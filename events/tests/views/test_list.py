"""The programme: search and filters, all of them in the URL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from events.catalogue.search import index_event, index_events
from events.models import Event, Label
from legal.texts import read_links
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def make_findable(title: str, **fields: object) -> Event:
    event = make_event(title, **fields)
    index_event(event)
    return event


def titles(page) -> list[str]:
    return [card.title for card in page.context["page"].events]


def test_it_lists_events(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Tartuffe"))

    page = client.get("/events/")

    assert sorted(titles(page)) == ["Antigone", "Tartuffe"]
    assert "2 events" in page.content.decode()


def test_a_long_list_is_not_counted_to_its_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.catalogue.listing.PAGE_COUNT_LIMIT", 2)
    make_show(event=make_event("Antigone"))
    assert "One event" in client.get("/events/").content.decode()
    make_show(event=make_event("Tartuffe"))
    forget_pages()

    assert "2 events or more" in client.get("/events/").content.decode()


def test_it_finds_by_words_with_a_typo(client: Client) -> None:
    make_show(event=make_findable("Antigone"))
    make_show(event=make_findable("Tartuffe"))

    page = client.get("/events/", {"q": "tartufe"})

    assert titles(page) == ["Tartuffe"]
    assert 'value="tartufe"' in page.content.decode()


@pytest.mark.slow
def test_it_filters_by_everything_in_the_url(client: Client) -> None:
    label = Label.objects.create(name="For families", slug="families", kind=Label.Kind.AUDIENCE)
    kyoto = make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo")))
    right = make_event("Right", kind=Event.Kind.FILM, rating_average=Decimal("4.5"), rating_count=3, languages=["de"])
    right.labels.add(label)
    show = make_show(event=right, hall=kyoto, price="10", language="de")
    day = timezone.localtime(show.starts_at, show.hall.theater.tz).date()
    query = {
        "city": "kyoto",
        "kind": "film",
        "label": "families",
        "language": "de",
        "price_max": "15",
        "min_rating": "4",
        "date_from": str(day),
        "date_to": str(day),
    }
    make_show(event=make_event("Wrong everything"))

    page = client.get("/events/", query)

    assert titles(page) == ["Right"]
    html = page.content.decode()
    for wrong in (
        {"city": "vienna"},
        {"kind": "play"},
        {"price_max": "9"},
        {"min_rating": "4.5", "price_max": "9"},
        {"date_from": str(day + timedelta(1)), "date_to": ""},
    ):
        make_show(event=make_event("In Vienna"))
        assert "Right" not in titles(client.get("/events/", query | wrong)), wrong
    for chip in ("Kyoto", "Film", "For families", "German", "up to 15", "rated 4 and better"):
        assert f"<bdi>{chip}</bdi>" in html


def test_each_filter_can_be_removed(client: Client) -> None:
    make_show(event=make_event("Antigone"))

    page = client.get("/events/?q=&kind=play&kind=film&city=vienna&sort=title&after=zzz")

    addresses = [one["address"] for one in page.context["active_filters"]]
    assert addresses == [
        "/events/?kind=play&kind=film&city=all&sort=title",
        "/events/?kind=film&city=vienna&sort=title",
        "/events/?kind=play&city=vienna&sort=title",
    ]
    html = page.content.decode()
    assert all(escape(address) in html for address in addresses)


def test_invalid_filters_are_reported_and_the_rest_applies(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Metropolis", kind=Event.Kind.FILM))

    page = client.get("/events/?kind=film&city=atlantis&price_max=cheap&date_from=soon&min_rating=9&sort=magic")

    assert page.status_code == 200
    assert titles(page) == ["Metropolis"]
    assert set(page.context["form"].errors) == {"city", "price_max", "date_from", "min_rating", "sort"}
    assert 'role="alert"' in page.content.decode()


def test_access_is_a_filter_and_a_word(client: Client) -> None:
    make_show(event=make_event("Antigone"), is_signed=True)
    make_show(event=make_event("Metropolis", kind=Event.Kind.FILM))

    for query in ("access=signed", "q=signed", "q=sign+language+tragedy&access=nonsense"):
        page = client.get(f"/events/?{query}")
        labels = [one["label"] for one in page.context["active_filters"]]
        assert labels == ["Sign language interpreted"], query
    assert titles(client.get("/events/?access=signed")) == titles(client.get("/events/?q=signed")) == ["Antigone"]
    (named,) = page.context["active_filters"]
    assert "q=tragedy" in named["address"]


def test_it_refuses_days_in_the_wrong_order(client: Client) -> None:
    page = client.get("/events/?date_from=2026-12-24&date_to=2026-12-01")

    assert "This is before the first day." in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 5000,
        "price_max=1e999",
        "price_max=-1",
        "price_max=NaN",
        "date_from=0001-01-01",
        "date_to=9999-12-31",
        "after=%FF%FE",
        "after=" + "9" * 400,
        "city=%27%20OR%201",
        "kind=play&kind=play",
    ],
)
def test_it_survives_any_url(client: Client, query: str) -> None:
    make_show()

    assert client.get(f"/events/?{query}").status_code == 200


def test_impossible_characters_are_refused(client: Client) -> None:
    assert client.get("/events/?q=%00").status_code == 400


def test_it_offers_days_in_one_click(client: Client) -> None:
    show = make_show(in_hours=1)
    today = timezone.localtime(timezone.now(), show.hall.theater.tz).date()

    page = client.get("/events/?kind=play&city=vienna")

    assert f"/events/?kind=play&amp;city=vienna&amp;date_from={today}&amp;date_to={today}" in page.content.decode()


def test_it_suggests_what_to_try_when_nothing_matches(client: Client) -> None:
    make_show(event=make_findable("Antigone"))

    html = client.get("/events/?q=zzzzzz&kind=film").content.decode()

    assert "Nothing matches all of that" in html
    assert "/events/?q=zzzzzz" in html
    assert 'href="/events/"' in html


def test_it_answers_htmx_with_only_the_results(client: Client) -> None:
    make_show(event=make_event("Antigone"))

    html = client.get("/events/?kind=play", headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()

    assert html.strip().startswith("<section")
    assert "Antigone" in html
    assert 'id="results-status"' in html


def make_catalogue(count: int) -> None:
    hall = make_hall(rows=1, seats=2)
    for number in range(count):
        make_show(hall=hall, event=make_event(f"Event {number:02}"), in_hours=24 + number * 4)


@pytest.mark.slow
def test_it_pages_by_key_until_all_were_shown(client: Client) -> None:
    make_catalogue(30)

    first = client.get("/events/?kind=play")
    second = client.get(first.context["more_address"])

    assert "Show more" in first.content.decode()
    assert len(titles(first)) == 24
    assert sorted(titles(first) + titles(second)) == [f"Event {number:02}" for number in range(30)]
    assert "kind=play" in first.context["more_address"]
    assert "Show more" not in second.content.decode()
    assert "Back to the start" in second.content.decode()


@pytest.mark.slow
def test_more_comes_as_cards_and_takes_the_focus(client: Client) -> None:
    make_catalogue(26)
    first = client.get("/events/")

    html = client.get(
        first.context["more_address"], headers={"HX-Request": "true", "HX-Target": "more"}
    ).content.decode()

    assert html.strip().startswith("<li")
    assert html.count("autofocus") == 1
    assert "autofocus" not in first.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 30])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries, count: int) -> None:
    make_catalogue(count)
    # Which legal pages there are is read each minute for the whole site.
    read_links()

    index_events(Event.objects.all())

    with django_assert_max_num_queries(8):
        client.get("/events/?kind=play&city=vienna")
    forget_pages()
    read_links()
    # The words are new to this process: two more.
    with django_assert_max_num_queries(10):
        assert titles(client.get("/events/?q=event"))
    forget_pages()
    read_links()
    # What is on instead is read, too.
    with django_assert_max_num_queries(12):
        assert not titles(client.get("/events/?q=qqxx"))


def test_a_warm_list_costs_no_query(client: Client, django_assert_num_queries) -> None:
    make_catalogue(3)
    client.get("/events/?kind=play")

    with django_assert_num_queries(0):
        client.get("/events/?kind=play")


@pytest.mark.slow
def test_the_chosen_city_applies_to_the_programme(client: Client) -> None:
    vienna, kyoto = make_hall(), make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo")))
    make_show(hall=vienna, event=make_event("Faust"))
    make_show(hall=kyoto, event=make_event("Tartuffe"))

    def titles(address: str) -> set[str]:
        forget_pages()
        return {card.title for card in client.get(address).context["page"].events}

    assert titles("/events/") == {"Faust", "Tartuffe"}
    client.get("/?city=kyoto")
    page = client.get("/events/")
    assert titles("/events/") == {"Tartuffe"}
    assert [chip["address"] for chip in page.context["active_filters"]] == ["/events/?city=all"]
    assert 'value="kyoto" selected' in page.content.decode()
    # One tap to all cities, and that is remembered too.
    assert titles("/events/?city=all") == {"Faust", "Tartuffe"}
    assert titles("/events/") == {"Faust", "Tartuffe"}
    assert titles("/events/?city=vienna") == {"Faust"}


def test_days_in_words_are_dates_unless_they_are_a_title(client: Client) -> None:
    hall = make_hall()
    make_show(event=make_findable("Antigone"), hall=hall, in_hours=1)
    make_show(event=make_findable("Tartuffe"), hall=hall, in_hours=24 * 9)
    page = client.get("/events/", {"q": "this week"})
    assert titles(page) == ["Antigone"]
    assert page.context["active_filters"][0]["address"] == "/events/"

    make_show(event=make_findable("That Was This Week"), hall=hall, in_hours=24 * 20)
    forget_pages()
    assert titles(client.get("/events/", {"q": "this week"})) == ["That Was This Week"]


def test_where_nothing_is_found_each_filter_says_what_it_keeps_away(client: Client) -> None:
    make_show(event=make_findable("Antigone", kind=Event.Kind.PLAY))

    page = client.get("/events/", {"q": "antigone", "kind": "film", "price_max": "500"})

    assert [(one["label"], one["count"]) for one in page.context["active_filters"]] == [("Film", 1), ("up to 500", 0)]
    assert [card.title for card in page.context["instead"]] == ["Antigone"]
