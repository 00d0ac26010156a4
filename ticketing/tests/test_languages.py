"""Pages in the languages that the site or a theater offers, and messages in those of the theater."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from events.levels.change import change_settings
from events.models.settings import SITE, Scope
from testing.bookings import make_hold
from testing.builders import make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def language_of(client: Client, path: str, accepted: str) -> str:
    text = client.get(path, headers={"accept-language": accepted}).content.decode()
    return text.partition('<html lang="')[2].partition('"')[0]


def test_a_visitor_gets_their_own_language_if_it_is_offered_and_else_the_first(client: Client):
    make_show(), make_show(hall=make_hall(theater=make_theater("Elsewhere")))
    assert [language_of(client, "/events/", one) for one in ("hi", "de")] == ["hi", "de"]
    change_settings(scope=SITE, values={"languages": "de, en"}, by=None)
    forget_pages()
    assert [language_of(client, "/events/", one) for one in ("hi", "en", "de")] == ["de", "en", "de"]
    page = client.get("/events/").content.decode()
    assert 'name="language" value="de"' in page
    assert 'name="language" value="hi"' not in page
    # Staff and machines are not concerned.
    assert language_of(client, "/admin/login/", "hi") != "de"


def test_a_theater_writes_in_its_own_languages(theater: Theater, customer: User):
    show = make_show(hall=make_hall(theater=theater))
    change_settings(scope=Scope(theater.pk), values={"languages": "de,hi"}, by=None)
    assert [make_hold(show, number, locale=code).locale for number, code in enumerate(("en", "hi", "de"))] == [
        "de",
        "hi",
        "de",
    ]
    assert Booking.objects.count() == 3
