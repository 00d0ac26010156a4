"""The page of one event."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from bookings.seating.chosen import SeatChoice
from bookings.services.hold_seats import hold_seats
from events.models import Event, Review, Show
from events.templatetags.programme import title_size
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db


def sell(show: Show, count: int) -> None:
    seats = list(show.seat_map.seats.all()[:count])
    for start in range(0, count, 10):
        chosen = [SeatChoice(seat.pk) for seat in seats[start : start + 10]]
        hold_seats(show=show, seats=chosen, email=f"{start}@example.com")


def row_of(html: str, show: Show) -> str:
    """Return the row of the show's start in the page."""
    moment = timezone.localtime(show.starts_at, show.hall.theater.tz).strftime("%H:%M")
    rows = [row for row in re.findall(r'<li class="show-row.*?</li>', html, re.DOTALL) if f">{moment}<" in row]
    assert len(rows) == 1, rows
    return rows[0]


def test_it_shows_everything_about_the_event(client: Client) -> None:
    event = make_event(
        "Hamlet",
        tagline="Something is rotten.",
        synopsis="A prince comes home.\n\nNobody is glad.",
        interval_minutes=20,
        age_rating="12+",
        languages=["de"],
        subtitles=["en"],
        cast=[{"name": "Asta Nielsen", "role": "Hamlet"}],
        credits=[{"name": "William Shakespeare", "role": "Text"}],
    )
    make_show(event=event, price="18")

    html = client.get(f"/events/{event.slug}/").content.decode()

    for text in (
        '<h1 id="event-title" dir="auto" class="title-8">Hamlet</h1>',
        "Something is rotten.",
        "<p>A prince comes home.</p>",
        "2 h 20 min",
        "with an intermission of 20 min",
        "12+",
        "German",
        "subtitles English",
        "Asta Nielsen",
        "William Shakespeare",
        "from €18.00",
    ):
        assert text in html, text


def test_it_is_not_found_when_unpublished_or_unknown(client: Client) -> None:
    hidden = make_event("Hidden", is_published=False)

    assert client.get(f"/events/{hidden.slug}/").status_code == 404
    page = client.get("/events/no-such-event/")
    assert page.status_code == 404
    assert "This page is not in the program" in page.content.decode()


@pytest.mark.slow
def test_only_shows_that_can_be_booked_lead_to_booking(client: Client) -> None:
    hall, event, now = make_hall(rows=4, seats=10), make_event(), timezone.now().replace(second=0, microsecond=0)
    start = now + timedelta(days=2)

    def show_at(minutes: int, **fields: object) -> Show:
        here = make_hall(rows=4, seats=10, theater=hall.theater)
        return make_show(hall=here, event=event, starts_at=start + timedelta(minutes=minutes), **fields)

    on_sale = show_at(0)
    few = show_at(1)
    sold_out = show_at(2)
    not_yet = show_at(3, sales_open_at=now + timedelta(days=1))
    closed = show_at(4, sales_close_at=now - timedelta(minutes=5))
    canceled = show_at(5, state=Show.State.CANCELED)
    sell(few, 37)
    sell(sold_out, 40)

    html = client.get(f"/events/{event.slug}/").content.decode()

    expected = {
        on_sale: "from €20.00",
        few: "3 seats left",
        sold_out: "Sold out",
        not_yet: "On sale ",
        closed: "Sale is closed",
        canceled: "Canceled",
    }
    for show, text in expected.items():
        row = row_of(html, show)
        assert text in row
        assert (f'href="/shows/{show.code}/"' in row) == (show in (on_sale, few)), text


def test_a_show_of_today_that_has_begun_is_marked(client: Client) -> None:
    # Where it is about noon now; such names count westwards.
    city = make_city("Noon", f"Etc/GMT{timezone.now().hour - 12:+d}")
    show = make_show(hall=make_hall(theater=make_theater(city=city)), in_hours=-0.2)

    html = client.get(f"/events/{show.event.slug}/").content.decode()

    assert "Over" in row_of(html, show)
    assert f"/shows/{show.code}/" not in html


def test_it_groups_shows_by_theater_and_day(client: Client) -> None:
    event = make_event()
    vienna = make_hall(theater=make_theater("Riverside"))
    kyoto = make_hall(theater=make_theater("Kamogawa", city=make_city("Kyoto", "Asia/Tokyo")))
    first = make_show(event=event, hall=vienna, in_hours=48)
    make_show(event=event, hall=vienna, in_hours=72)
    make_show(event=event, hall=kyoto, in_hours=60)

    html = client.get(f"/events/{event.slug}/").content.decode()
    client.cookies["city"] = "kyoto"
    chosen = client.get(f"/events/{event.slug}/").content.decode()

    assert html.count('class="house"') == 2
    assert html.count('class="listing__day"') == 3
    assert re.findall(r'aria-label="(Riverside|Kamogawa)"', html) == ["Riverside", "Kamogawa"]
    assert re.findall(r'aria-label="(Riverside|Kamogawa)"', chosen) == ["Kamogawa", "Riverside"]
    assert str(timezone.localtime(first.starts_at, first.hall.theater.tz).date()) in html


def test_later_days_unfold(client: Client) -> None:
    event, hall = make_event(), make_hall()
    for day in range(1, 12):
        make_show(event=event, hall=hall, in_hours=24 * day)

    html = client.get(f"/events/{event.slug}/").content.decode()

    assert "4 later days" in html
    assert html.count('class="listing__day"') == 11


def test_without_dates_it_says_so(client: Client) -> None:
    announced = make_event("Announced")
    over = make_show(event=make_event("Over"), in_hours=-24 * 30)

    assert "not announced yet" in client.get(f"/events/{announced.slug}/").content.decode()
    assert "The last performance is over." in client.get(f"/events/{over.event.slug}/").content.decode()


@pytest.mark.slow
def test_it_shows_reviews(client: Client) -> None:
    event = make_event(rating_average=Decimal("4.50"), rating_count=2)
    for stars, text in ((5, "Superb <b>"), (4, "")):
        Review.objects.create(event=event, user=make_user(f"{stars}@example.com", "Asha Rao"), stars=stars, text=text)
    Review.objects.create(event=event, user=make_user("nameless@example.com"), stars=4, text="Fine.")
    hidden = make_user("hidden@example.com")
    Review.objects.create(event=event, user=hidden, stars=1, text="Insult", state=Review.State.HIDDEN)

    html = client.get(f"/events/{event.slug}/").content.decode()

    assert "Superb &lt;b&gt;" in html
    assert "Insult" not in html
    assert "2 reviews by people who were there" in html
    assert "@example.com" not in html
    assert "<small>, " not in html


def test_search_engines_read_the_shows(client: Client) -> None:
    event = make_event("The </script> Trick", kind=Event.Kind.FILM, synopsis="It ends.")
    show = make_show(event=event, price="12.50", hall=make_hall(rows=4, seats=5))
    canceled = make_show(event=event, hall=show.hall, in_hours=100, state=Show.State.CANCELED)

    html = client.get(f"/events/{event.slug}/").content.decode()

    written = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert written
    film, first, second, _way = json.loads(written[1])["@graph"]
    assert film["@type"] == "Movie"
    assert film["name"] == "The </script> Trick"
    assert first["@type"] == "ScreeningEvent"
    assert first["startDate"] == timezone.localtime(show.starts_at, show.hall.theater.tz).isoformat()
    assert first["offers"]["price"] == "12.5"
    assert first["offers"]["availability"].endswith("InStock")
    assert first["offers"]["url"].endswith(f"/shows/{show.code}/")
    assert second["eventStatus"].endswith("EventCancelled")
    assert "offers" not in second
    theater = show.hall.theater
    for one in (first, second):
        assert one["location"]["address"] == {
            "@type": "PostalAddress",
            "streetAddress": theater.place,
            "addressLocality": theater.city.name,
            "addressCountry": theater.city.country,
        }
        assert one["organizer"]["name"] == theater.name
        assert one["organizer"]["url"].endswith(f"/theaters/{theater.slug}/")
    assert canceled.code not in written[1]
    assert f'<link rel="canonical" href="http://localhost:8000/events/{event.slug}/">' in html
    assert '<meta property="og:title" content="The &lt;/script&gt; Trick">' in html


def test_a_trailer_waits_for_a_click(client: Client) -> None:
    embedded = make_event(trailer_url="https://www.youtube.com/watch?v=abcDEF12345")
    elsewhere = make_event(trailer_url="https://example.com/film.mp4")

    html = client.get(f"/events/{embedded.slug}/").content.decode()

    assert 'data-trailer="https://www.youtube-nocookie.com/embed/abcDEF12345' in html
    assert "<iframe" not in html
    other = client.get(f"/events/{elsewhere.slug}/").content.decode()
    assert 'href="https://example.com/film.mp4"' in other
    assert "data-trailer" not in other


def test_what_else_is_on_at_its_theater(client: Client) -> None:
    hall = make_hall(theater=make_theater("Riverside"))
    hamlet, tosca = make_event("Hamlet"), make_event("Tosca")
    for event, hours in ((hamlet, 24), (hamlet, 48), (tosca, 72), (tosca, 96), (make_event("Faust"), 30)):
        make_show(event=event, hall=hall, in_hours=hours)
    make_show(event=make_event("Draft", is_published=False), hall=hall, in_hours=60)
    make_show(event=make_event("Elsewhere"))

    html = client.get(f"/events/{hamlet.slug}/").content.decode()

    others = html[html.index('id="others-title"') :]
    assert "More at <bdi>Riverside</bdi>" in others
    assert re.findall(r'dir="auto">(\w+)</a></h3>', others) == ["Faust", "Tosca"]
    alone = make_show(event=make_event("Alone"))
    assert 'id="others-title"' not in client.get(alone.event.get_absolute_url()).content.decode()


def test_it_can_be_passed_on_by_mail_without_a_script(client: Client) -> None:
    event = make_event("Rosa & Jörg")

    html = client.get(f"/events/{event.slug}/").content.decode()

    address = f"http%3A%2F%2Flocalhost%3A8000%2Fevents%2F{event.slug}%2F"
    assert f'href="mailto:?subject=Rosa%20%26%20J%C3%B6rg&amp;body={address}"' in html


def make_series(shows: int) -> Event:
    event = make_event(rating_average=Decimal(4), rating_count=1)
    Review.objects.create(event=event, user=make_user("reader@example.com"), stars=4, text="Good.")
    for theater in range(3):
        hall = make_hall(theater=make_theater(f"House {theater}"))
        for number in range(shows):
            make_show(event=event, hall=hall, in_hours=24 + number * 4)
    return event


@pytest.mark.slow
@pytest.mark.parametrize("shows", [1, 20])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries, shows: int) -> None:
    event = make_series(shows)
    forget_pages()

    with django_assert_max_num_queries(12):
        client.get(f"/events/{event.slug}/")


def test_a_warm_page_costs_no_query(client: Client, django_assert_num_queries) -> None:
    event = make_series(2)
    client.get(f"/events/{event.slug}/")

    with django_assert_num_queries(0):
        client.get(f"/events/{event.slug}/")


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("Hamlet", "title-8"),
        ("A Doll’s House", "title-8"),
        ("Metropolis", "title-10"),
        ("Kirsch-Garten", "title-8"),
        ("अभिज्ञानशाकुन्तलम्", "title-14"),
        ("羽衣羽衣羽衣羽衣羽衣羽衣", "title-8"),
        ("Donaudampfschifffahrtsgesellschaft", "title-long"),
        ("", "title-8"),
    ],
)
def test_the_longest_word_of_a_title_sets_its_size(title: str, size: str) -> None:
    assert title_size(title) == size
