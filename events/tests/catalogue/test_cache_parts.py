"""Parts of pages that are cached for all visitors."""

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from events.catalogue import forget_catalogue
from events.catalogue.cache import CACHE_SECONDS
from testing.builders import make_city, make_event, make_hall, make_show, make_theater

PART = Template('{% load programme %}{% cached "part" city %}{{ tell }}{% endcached %}')


def render(tell: str, city: str = "") -> str:
    return PART.render(Context({"tell": tell, "city": city}))


@pytest.mark.once
def test_it_is_cached_for_moments() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert render("first") == "first"
        assert render("second") == "first"
        clock.shift(settings.PAGES_STALE_SECONDS)
        assert render("third") == "third"


@pytest.mark.once
def test_what_lasts_is_cached_as_long_as_answers() -> None:
    part = Template('{% load programme %}{% lasting "part" city %}{{ tell }}{% endlasting %}')
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert part.render(Context({"tell": "first", "city": "kyoto"})) == "first"
        clock.shift(CACHE_SECONDS - 1)
        assert part.render(Context({"tell": "second", "city": "kyoto"})) == "first"
        assert part.render(Context({"tell": "second", "city": "vienna"})) == "second"
        clock.shift(1)
        assert part.render(Context({"tell": "third", "city": "kyoto"})) == "third"


@pytest.mark.once
def test_it_is_cached_by_value_and_language() -> None:
    for _time in range(3):
        render("all")

    assert render("Kyoto", "kyoto") == "Kyoto"
    with translation.override("de"):
        assert render("Alle") == "Alle"
    assert render("again") == "all"


@pytest.mark.once
def test_cached_text_is_escaped_once() -> None:
    assert [render("<b>&") for _time in range(3)] == ["&lt;b&gt;&amp;"] * 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_catalogue_shows_at_once(client: Client) -> None:
    show = make_show(event=make_event("Antigone"))
    for _time in range(3):
        assert "Antigone" in client.get("/").content.decode()

    show.event.is_published = False
    show.event.save()
    forget_catalogue()

    assert "Antigone" not in client.get("/").content.decode()
    assert client.get(show.event.get_absolute_url()).status_code == 404


@pytest.mark.slow
@pytest.mark.django_db
def test_visitors_of_two_cities_see_their_own(client: Client) -> None:
    make_show(event=make_event("Antigone"))
    make_show(event=make_event("Tartuffe"), hall=make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo"))))

    for _time in range(3):
        vienna, kyoto = (client.get(f"/?city={city}").content.decode() for city in ("vienna", "kyoto"))
        assert "Antigone" in vienna
        assert "Tartuffe" not in vienna
        assert "Tartuffe" in kyoto
        assert "Antigone" not in kyoto
