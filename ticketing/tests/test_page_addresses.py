"""Each page that may be found has one address, and one for each language; all others ask not to be listed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.levels.change import change_settings
from events.models import Show
from events.models.settings import SITE
from legal.models import LegalVersion
from testing.bookings import make_paid
from testing.builders import make_hall, make_show, make_theater
from testing.caches import forget_pages
from testing.legal import make_page
from theaters.directory import forget_directory
from theaters.models import Brand, Theater
from ticketing import shared_pages

pytestmark = pytest.mark.django_db

SITE_ADDRESS = "http://localhost:8000"


def read(path: str, **headers: str) -> str:
    return Client().get(path, headers=headers).content.decode()


def links(html: str) -> tuple[list[str], dict[str, str]]:
    """Return the canonical address, and the addresses by language."""
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
    return canonical, dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


def language_of(html: str) -> str:
    return html.partition('<html lang="')[2].partition('"')[0]


def public_pages(theater: Theater) -> list[str]:
    show = make_show(hall=make_hall(theater=theater))
    make_page(theater, LegalVersion.Kind.TERMS, en="What holds")
    return [
        *("/", "/events/", "/theaters/", "/cookies/"),
        *(theater.get_absolute_url(), show.event.get_absolute_url(), show.get_absolute_url()),
        reverse("legal:page", args=[theater.slug, "terms"]),
    ]


def test_each_public_page_has_an_address_in_each_language(theater: Theater):
    for path in public_pages(theater):
        canonical, languages = links(read(path, **{"accept-language": "de"}))
        assert canonical == [languages["x-default"]] == [f"{SITE_ADDRESS}{path}"], path
        assert languages.keys() == {"en", "en-gb", "de", "hi", "x-default"}
        for code in ("en", "hi"):
            address = languages[code].removeprefix(SITE_ADDRESS)
            page = read(address, **{"accept-language": "de"})
            # Each names itself as the page, and all the others.
            assert (language_of(page), links(page)) == (code, ([languages[code]], languages)), path
            assert 'name="robots"' not in page
    assert links(read("/?city=vienna&lang=hi"))[0] == [f"{SITE_ADDRESS}/?city=vienna&amp;lang=hi"]


def test_a_theaters_pages_name_its_domain(theater: Theater):
    pages = public_pages(theater)
    make_show(hall=make_hall(theater=make_theater("Elsewhere")))
    theater.brand = Brand.objects.create(name="Alpha", slug="alpha", domain="alpha.example", is_domain_confirmed=True)
    theater.save()
    forget_directory()
    forget_pages()
    for path in pages[4:]:
        canonical, languages = links(read(path))
        assert canonical == [f"http://alpha.example{path}"]
        assert languages["de"] == f"http://alpha.example{path}?lang=de"


def test_where_there_is_one_language_no_page_names_another(theater: Theater):
    change_settings(scope=SITE, values={"languages": "de"}, by=None)
    forget_pages()
    page = read("/?lang=en")
    assert language_of(page) == "de"
    assert links(page) == ([f"{SITE_ADDRESS}/"], {})


def test_the_language_of_an_address_stays_until_another_is_chosen(client: Client, theater: Theater):
    # Of a language that is had anyway nothing is remembered.
    assert "django_language" not in client.get("/events/?lang=en").cookies
    page = client.get("/events/?q=%C3%A4&lang=de")
    assert (page.cookies["django_language"].value, language_of(page.content.decode())) == ("de", "de")
    assert language_of(client.get("/").content.decode()) == "de"
    # Where the form for the language leads, the address says nothing else.
    assert 'name="next" value="/events/?q=%C3%A4"' in page.content.decode()
    # Neither an unknown language nor a page of staff takes any notice.
    assert language_of(client.get("/?lang=xx").content.decode()) == "de"
    assert language_of(client.get("/admin/login/?lang=hi").content.decode()) != "hi"


def test_pages_of_each_language_are_shared(theater: Theater, monkeypatch, django_assert_num_queries):
    found: list[str] = []
    monkeypatch.setattr(shared_pages, "log_shared", lambda request, *_: found.append(request.get_full_path()))
    for path in ("/?lang=de", "/events/?lang=de"):
        read(path, **{"accept-language": "de"})
        with django_assert_num_queries(0):
            assert language_of(read(path, **{"accept-language": "de"})) == "de"
    assert found == ["/?lang=de", "/events/?lang=de"]


def test_all_other_pages_ask_not_to_be_listed(client: Client, theater: Theater, customer: User):
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    over = make_show(hall=make_hall(theater=theater), in_hours=-3)
    Show.objects.filter(pk=over.pk).update(ends_at=timezone.now() - timedelta(hours=1))
    make_page(theater, LegalVersion.Kind.TERMS, en="What held")
    make_page(theater, LegalVersion.Kind.TERMS, en="What holds")
    booking = make_paid(show, 0, customer=customer)
    client.force_login(customer)
    for path in (
        *("/events/?q=hamlet", "/events/?kind=film", "/bookings/", booking.get_absolute_url(), "/no-such-page/"),
        *(over.get_absolute_url(), reverse("legal:version", args=[theater.slug, "terms", 1])),
    ):
        page = client.get(path, follow=True).content.decode()
        assert '<meta name="robots" content="noindex">' in page, path
        assert links(page) == ([], {}), path
