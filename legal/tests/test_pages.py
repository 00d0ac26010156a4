"""Legal pages as customers read them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from legal.models import LegalText, LegalVersion, today_at
from legal.publish import NotPublishable, find_draft, publish, save_texts
from testing.legal import make_page
from theaters.directory import forget_directory
from theaters.models import Brand, Seller, Theater

pytestmark = pytest.mark.django_db
TERMS = LegalVersion.Kind.TERMS


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_a_theater_shows_its_own_text_and_the_sites_where_it_has_none(
    theater: Theater, other_theater: Theater, client: Client
):
    read(client, f"/theaters/{theater.slug}/terms/", 404)
    make_page(None, TERMS, en="Terms of the site")
    assert "Terms of the site" in read(client, f"/theaters/{theater.slug}/terms/")
    make_page(theater, TERMS, en="# Ours\n\n<script>alert(1)</script>")
    page = read(client, f"/theaters/{theater.slug}/terms/")
    assert "<h2>Ours</h2>" in page
    assert "<script>alert" not in page
    assert "Terms of the site" not in page
    assert "Terms of the site" in read(client, "/terms/")
    assert "Terms of the site" in read(client, f"/theaters/{other_theater.slug}/terms/")
    read(client, "/theaters/no-such/terms/", 404)
    read(client, f"/theaters/{theater.slug}/terms/99999999999/", 404)
    read(client, f"/theaters/{theater.slug}/terms/?on=0000-00-99")


def test_an_address_of_a_version_means_the_same_for_ever(theater: Theater, client: Client):
    """On a site of one theater, too, whose pages the site's short addresses show."""
    make_page(None, TERMS, en="Of the site")
    assert "Of the site" in read(client, "/terms/")
    make_page(theater, TERMS, en="Ours")
    assert "Ours" in read(client, "/terms/")
    assert "Of the site" in read(client, "/terms/1/")
    Theater.objects.filter(pk=theater.pk).update(is_published=False)
    assert "Ours" in read(client, f"/theaters/{theater.slug}/terms/1/")
    read(client, f"/theaters/{theater.slug}/terms/", 404)


def test_a_theaters_own_domain_shows_no_page_of_another(theater: Theater, other_theater: Theater, client: Client):
    make_page(theater, TERMS, en="Ours")
    make_page(other_theater, TERMS, en="Foreign")
    theater.brand = Brand.objects.create(
        name="Ours", slug="ours", domain="tickets.example.org", is_domain_confirmed=True
    )
    theater.save()
    forget_directory()
    host = {"HTTP_HOST": "tickets.example.org"}
    assert "Ours" in client.get("/terms/", **host).content.decode()
    for address in ("terms/", "terms/1/"):
        assert client.get(f"/theaters/{other_theater.slug}/{address}", **host).status_code == 404


def test_each_version_holds_from_its_day_by_the_theaters_clock(theater: Theater, client: Client):
    make_page(theater, TERMS, en="First words", holds_from=date(2026, 5, 1))
    second = make_page(theater, TERMS, en="Second words", holds_from=date(2026, 12, 2), change_note="Refunds are new")
    address = f"/theaters/{theater.slug}/terms/"
    # Midnight in Vienna is 23:00 in UTC.
    with time_machine.travel("2026-12-01T22:59:00Z", tick=False):
        page = read(client, address)
        assert "First words" in page
        assert f'href="{second.get_absolute_url()}"' in page
        assert "noindex" in read(client, second.get_absolute_url())
    with time_machine.travel("2026-12-01T23:01:00Z", tick=False):
        page = read(client, address)
        assert "Second words" in page
        assert "Refunds are new" in page
        assert f'href="{address}1/"' in page
        old = read(client, f"{address}1/")
        assert "First words" in old
        assert "no longer holds" in old
        assert client.get(f"{address}?on=2026-06-01").headers["Location"] == f"{address}1/"
        read(client, f"{address}?on=2026-04-30", 404)


def test_a_missing_language_is_said_and_marked(theater: Theater, client: Client):
    make_page(theater, TERMS, de="Die Bedingungen")
    page = read(client, f"/theaters/{theater.slug}/terms/")
    assert "There is no text in this language yet" in page
    assert 'lang="de" dir="auto"' in page
    german = client.get(f"/theaters/{theater.slug}/terms/", headers={"Accept-Language": "de"}).content.decode()
    assert "Die Bedingungen" in german
    assert "Diesen Text gibt es" not in german


def test_the_imprint_comes_from_the_seller_until_there_is_a_text(theater: Theater, client: Client):
    address = f"/theaters/{theater.slug}/imprint/"
    read(client, address, 404)
    theater.seller = Seller.objects.create(
        name="Riverside",
        legal_form="GmbH",
        street="1 <b>",
        city="Vienna",
        country="AT",
        email="office@example.com",
        vat_number="ATU13585627",
    )
    theater.save()
    page = read(client, address)
    assert "Riverside GmbH" in page
    assert "ATU13585627" in page
    assert "<b>" not in page
    make_page(None, LegalVersion.Kind.IMPRINT, en="Who runs the site")
    assert "Riverside GmbH" in read(client, address)
    make_page(theater, LegalVersion.Kind.IMPRINT, en="Written by hand")
    assert "Written by hand" in read(client, address)


def test_footers_link_what_there_is_for_this_theater(theater: Theater, other_theater: Theater, client: Client):
    make_page(theater, TERMS, en="Ours")
    make_page(None, LegalVersion.Kind.PRIVACY, en="Of the site")
    page, home = read(client, theater.get_absolute_url()), read(client, "/")
    assert f'href="/theaters/{theater.slug}/terms/"' in page
    assert f'href="/theaters/{theater.slug}/privacy/"' in page
    assert "/imprint/" not in page
    assert 'href="/privacy/"' in home
    assert 'href="/terms/"' not in home
    assert 'href="/cookies/"' in home


def test_a_published_version_never_changes(theater: Theater):
    version = make_page(theater, TERMS, en="Fixed")
    text = version.texts.get()
    attempts = [
        lambda: LegalText.objects.filter(pk=text.pk).update(body="Other"),
        lambda: LegalText.objects.create(version=version, language="de", body="Neu"),
        text.delete,
        lambda: LegalVersion.objects.filter(pk=version.pk).update(published_at=None),
        lambda: LegalVersion.objects.filter(pk=version.pk).update(holds_from=date(2020, 1, 1)),
        version.delete,
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            attempt()
    assert LegalText.objects.get(version=version).body == "Fixed"


def test_a_draft_begins_as_a_sample_that_cannot_be_published_unread(theater: Theater, manager: User, client: Client):
    theater.seller = Seller.objects.create(
        name="Fish & *Stars*", street="1 River Street", city="Vienna", country="AT", email="office@example.com"
    )
    theater.save()
    for kind in LegalVersion.Kind.values:
        draft = find_draft(theater=theater, kind=kind, by=manager)
        assert draft.is_sample
        assert find_draft(theater=theater, kind=kind, by=manager) == draft
        assert {text.language for text in draft.texts.all()} == {"en", "de", "hi"}
        for text in draft.texts.all():
            assert "$" not in text.body
            assert r"Fish & \*Stars\*" in text.body or kind == LegalVersion.Kind.VENUE_RULES
        draft.holds_from = today_at(theater)
        draft.save()
        with pytest.raises(NotPublishable, match="double brackets"):
            publish(version=draft, by=manager)
        read(client, f"/theaters/{theater.slug}/{kind}/1/", 404)


def test_what_is_published_needs_a_text_and_a_day_to_come(theater: Theater, manager: User):
    draft = find_draft(theater=theater, kind=TERMS, by=manager)
    save_texts(version=draft, texts={"en": " ", "de": ""})
    with pytest.raises(NotPublishable, match="one language"):
        publish(version=draft, by=manager)
    save_texts(version=draft, texts={"en": "Ours"})
    with pytest.raises(NotPublishable, match="which day"):
        publish(version=draft, by=manager)
    draft.holds_from = today_at(theater) - timedelta(days=1)
    with pytest.raises(NotPublishable, match="past"):
        publish(version=draft, by=manager)
    draft.holds_from = today_at(theater)
    draft.save()
    at = publish(version=draft, by=manager).published_at
    assert publish(version=draft, by=manager).published_at == at
    assert find_draft(theater=theater, kind=TERMS, by=manager).number == 2
