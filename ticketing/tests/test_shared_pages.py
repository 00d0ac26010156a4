"""Pages that many people see alike are written once, and never show what is no longer so."""

import gzip
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from events.catalogue import forget_catalogue
from events.catalogue.cache import CACHE_SECONDS
from events.models import Event, Show
from lib.shared_pages import share
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import Theater
from ticketing import shared_pages

VISITORS_OWN = re.compile(rb'name="(?:csrfmiddlewaretoken|key)" value="(\w+)"')
GZIP = {"accept-encoding": "gzip"}


@pytest.fixture
def shared(monkeypatch):
    """The addresses that were answered from memory."""
    found: list[str] = []
    monkeypatch.setattr(shared_pages, "log_shared", lambda request, *_: found.append(request.get_full_path()))
    return found


@pytest.fixture
def show(db):
    return make_show(hall=make_hall(rows=3, seats=6))


def addresses(show: Show) -> list[str]:
    theater = show.hall.theater
    return [
        reverse("events:home"),
        reverse("events:list"),
        reverse("events:theaters"),
        theater.get_absolute_url(),
        show.event.get_absolute_url(),
        show.get_absolute_url(),
        reverse("bookings:plan", args=[show.code]),
        availability(show),
    ]


def availability(show: Show) -> str:
    return f"/api/v1/shows/{show.code}/availability"


def text_of(response) -> bytes:
    packed = response.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if packed else response.content


def get(path: str, **headers: str) -> str:
    """Return what a stranger sees."""
    return text_of(Client().get(path, headers=headers)).decode()


@pytest.mark.parametrize("headers", [{}, GZIP, {"accept-language": "de"}, {"hx-request": "true"}])
def test_a_shared_answer_equals_a_fresh_one(shared, show, headers, django_assert_num_queries):
    for address in addresses(show):
        forget_pages()
        fresh = Client().get(address, headers=headers)
        assert not shared
        with django_assert_num_queries(0):
            again = Client().get(address, headers=headers)
        assert shared == [address]
        shared.clear()
        assert again.status_code == fresh.status_code == 200
        unequal = {"Content-Length"} if "gzip" in headers.values() else set()
        assert {**again.headers, **dict.fromkeys(unequal)} == {**fresh.headers, **dict.fromkeys(unequal)}
        assert int(again["Content-Length"]) == len(again.content)
        assert again.cookies.keys() == fresh.cookies.keys()
        assert VISITORS_OWN.sub(b"", text_of(again)) == VISITORS_OWN.sub(b"", text_of(fresh))


def test_what_is_not_modified_is_shared_too(shared, show):
    etag = Client().get(availability(show))["ETag"]
    for _ in range(2):
        answer = Client().get(availability(show), headers={"if-none-match": etag})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert len(shared) == 1


def test_each_visitor_gets_tokens_of_their_own_and_can_hold_seats(shared, show):
    Client().get(show.get_absolute_url())
    seen = []
    for seat in show.seat_map.seats.all()[:2]:
        visitor = Client(enforce_csrf_checks=True)
        page = visitor.get(show.get_absolute_url())
        *_, token, key = VISITORS_OWN.findall(page.content)
        form = {"seat": seat.pk, "csrfmiddlewaretoken": token.decode(), "key": key.decode()}
        refused = Client(enforce_csrf_checks=True).post(reverse("bookings:hold", args=[show.code]), form)
        assert refused.status_code == 403
        visitor.post(reverse("bookings:hold", args=[show.code]), form)
        seen.append((token, key, visitor.cookies["csrftoken"].value))
        Client().get(show.get_absolute_url())
    assert shared.count(show.get_absolute_url()) >= 2
    assert Booking.objects.filter(state="held").count() == 2
    assert all(one != other for one, other in zip(*seen, strict=True))


def test_a_visitor_keeps_the_cookie_of_an_earlier_page(shared, show):
    visitor = Client()
    visitor.get(reverse("events:home"))
    secret = visitor.cookies["csrftoken"].value
    visitor.get(reverse("events:home"))
    assert shared
    assert visitor.cookies["csrftoken"].value == secret


def test_people_with_a_session_a_message_or_a_token_never_see_a_shared_page(shared, show, customer):
    home = reverse("events:home")
    get(home)
    person, told = Client(), Client()
    person.force_login(customer)
    told.cookies["messages"] = "anything"
    assert customer.email in person.get(home).content.decode()
    told.get(home)
    Client().get(home, headers={"authorization": "Bearer something"})
    Client().post(home)
    assert not shared
    # Nor is theirs shown to others.
    forget_pages()
    person.get(home)
    assert customer.email not in get(home)
    assert not shared


def test_the_api_shares_what_it_says_with_sessions_too(shared, show, customer):
    get(availability(show))
    person = Client()
    person.force_login(customer)
    assert person.get(availability(show)).json()["taken"] == []
    assert shared == [availability(show)]


def test_a_query_that_the_page_does_not_know_is_not_kept(shared, show):
    for _ in range(2):
        get(f"{reverse('events:home')}?utm_source=letter")
        get(f"{show.get_absolute_url()}?seat={show.seat_map.seats.all()[0].pk}")
        get(f"{reverse('events:list')}?q=hamlet")
    assert not shared


def test_languages_cities_and_parts_are_apart(db):
    here, there = make_city(name="Leipzig"), make_city(name="Pune")
    for city, title in ((here, "Faust"), (there, "Sakharam Binder")):
        hall = make_hall(theater=make_theater(city=city))
        make_show(hall=hall, event=make_event(title=title))
    home = reverse("events:home")
    get(home)
    visitor = Client()
    visitor.cookies["city"] = there.slug
    chosen = visitor.get(home).content.decode()
    assert "Sakharam Binder" in chosen
    assert "Faust" not in chosen
    assert "Faust" in get(home)
    assert 'lang="de"' in get(home, **{"accept-language": "de"})
    assert "<html" not in get(home, **{"hx-request": "true"})
    assert '<html lang="en"' in get(home)


def test_an_address_that_sets_a_cookie_is_written_each_time(shared, db):
    city = make_show().hall.theater.city
    for _ in range(2):
        assert Client().get(f"/?city={city.slug}").cookies["city"].value == city.slug
    assert not shared


@pytest.mark.django_db(transaction=True)
def test_a_hold_shows_at_once(shared):
    show = make_show(hall=make_hall(rows=3, seats=6))
    seat = show.seat_map.seats.first()
    for _ in range(2):
        assert get(show.get_absolute_url()).count(", free") == 18
        assert Client().get(availability(show)).json()["taken"] == []
    assert len(shared) == 2
    Client().post(reverse("bookings:hold", args=[show.code]), {"seat": seat.pk, "key": "a" * 32})
    assert get(show.get_absolute_url()).count(", free") == 17
    assert Client().get(availability(show)).json()["taken"] == [seat.pk]
    assert len(shared) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda show: Event.objects.update(title="Woyzeck"), "Hamlet", "Woyzeck"),
        (lambda show: Event.objects.update(rating_count=7, rating_average=4), "Hamlet", "7 reviews"),
        (lambda show: show.prices.update(amount=77), "€20", "€77"),
    ],
)
def test_what_staff_change_shows_at_once(shared, change, before, after):
    show = make_show(event=make_event(title="Hamlet"))
    pages = [show.event.get_absolute_url(), show.get_absolute_url()]
    for _ in range(2):
        assert any(before in get(address) for address in pages)
        assert not any(after in get(address) for address in pages)
    assert shared
    with transaction.atomic():
        change(show)
        forget_catalogue()
    for _ in range(2):
        assert any(after in get(address) for address in pages)


@pytest.mark.django_db(transaction=True)
def test_what_is_unpublished_or_canceled_is_gone_at_once():
    show, other = make_show(event=make_event(title="Hamlet")), make_show(event=make_event(title="Faust"))
    for address in addresses(show):
        get(address)
    get(other.get_absolute_url())
    with transaction.atomic():
        Event.objects.filter(pk=show.event_id).update(is_published=False)
        Show.objects.filter(pk=other.pk).update(state=Show.State.CANCELED)
        forget_catalogue()
    assert Client().get(show.event.get_absolute_url()).status_code == 404
    assert Client().get(show.get_absolute_url()).status_code == 404
    assert "Hamlet" not in get(reverse("events:home"))
    assert "This show is canceled." in get(other.get_absolute_url())


def test_the_clock_and_what_no_version_covers_show_within_seconds(settings, db):
    now = timezone.now()
    show = make_show(sales_open_at=now + timedelta(seconds=1))
    theater = show.hall.theater
    assert "Not yet on sale" in get(show.get_absolute_url())
    assert theater.name in get(show.get_absolute_url())
    Theater.objects.filter(pk=theater.pk).update(name="The Other House")
    assert "The Other House" not in get(show.get_absolute_url())
    with time_machine.travel(now + timedelta(seconds=settings.PAGES_STALE_SECONDS + 1)):
        assert "Not yet on sale" not in get(show.get_absolute_url())
    with time_machine.travel(now + timedelta(seconds=CACHE_SECONDS + 1)):
        assert "The Other House" in get(show.get_absolute_url())


def test_a_lapsed_hold_is_free_within_seconds(settings, show):
    seat = show.seat_map.seats.first()
    Client().post(reverse("bookings:hold", args=[show.code]), {"seat": seat.pk, "key": "a" * 32})
    assert get(show.get_absolute_url()).count(", free") == 17
    later = timezone.now() + timedelta(minutes=settings.HOLD_MINUTES, seconds=settings.PAGES_STALE_SECONDS)
    with time_machine.travel(later):
        # Redis has a clock of its own.
        caches["pages"].clear()
        assert get(show.get_absolute_url()).count(", free") == 18
        assert Client().get(availability(show)).json()["taken"] == []


def test_home_begins_with_today(show):
    # Vienna's midnight.
    midnight = datetime(2026, 11, 25, 23, tzinfo=UTC)
    with time_machine.travel(midnight - timedelta(seconds=5)):
        assert 'id="day-2026-11-25"' in get(f"{reverse('events:home')}?day=2026-11-25")
    with time_machine.travel(midnight + timedelta(seconds=CACHE_SECONDS)):
        assert "2026-11-25" not in get(f"{reverse('events:home')}").split('<main id="content"')[1]


def test_a_page_with_a_token_in_its_body_is_not_shared(monkeypatch, shared):
    def view(request: HttpRequest) -> HttpResponse:
        share(request, lambda: "always the same")
        return HttpResponse('<form><input name="csrfmiddlewaretoken" value="of one visitor"></form>')

    answer = shared_pages.SharedPagesMiddleware(view)
    for _ in range(2):
        answer(RequestFactory().get("/"))
    assert not shared


def test_a_page_is_written_again_when_its_version_changed_meanwhile(shared):
    """The version is read before the page, so a change while it was written makes it old at once."""
    versions = ["first"]

    def view(request: HttpRequest) -> HttpResponse:
        share(request, lambda: versions[-1])
        versions.append("second")
        return HttpResponse("page")

    answer = shared_pages.SharedPagesMiddleware(view)
    for expected in ([], [], ["/"]):
        answer(RequestFactory().get("/"))
        assert shared == expected


@pytest.mark.parametrize("answer", [{"status": 404}, {"headers": {"Cache-Control": "private"}}])
def test_errors_and_private_answers_are_not_shared(shared, answer):
    def view(request: HttpRequest) -> HttpResponse:
        share(request, lambda: "always the same")
        return HttpResponse("page", **answer)

    middleware = shared_pages.SharedPagesMiddleware(view)
    for _ in range(2):
        middleware(RequestFactory().get("/"))
    assert not shared


def test_a_page_that_became_old_is_written_by_one_thread(shared):
    written, versions = [], ["first"]

    def view(request: HttpRequest) -> HttpResponse:
        share(request, lambda: versions[-1])
        time.sleep(0.05)
        written.append(versions[-1])
        return HttpResponse("page")

    answer = shared_pages.SharedPagesMiddleware(view)
    answer(RequestFactory().get("/"))
    versions.append("second")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: answer(RequestFactory().get("/")), range(4)))
    assert written == ["first", "second"]
    assert len(shared) == 3
