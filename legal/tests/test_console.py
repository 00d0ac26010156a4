"""Legal pages in the console: written, previewed, published, compared, by those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from legal.models import LegalVersion, today_at
from testing.console import signed_in
from testing.legal import make_page
from theaters.models import Theater

pytestmark = pytest.mark.django_db
TERMS = LegalVersion.Kind.TERMS


def address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:legal_legalversion_{name}", args=arguments)


def add(client: Client, theater: Theater | None, kind: str = TERMS) -> LegalVersion | None:
    client.post(address("add"), {"theater": theater.pk if theater else "", "kind": kind})
    return LegalVersion.objects.filter(theater=theater, kind=kind).order_by("-number").first()


def test_a_page_is_written_previewed_and_published(theater: Theater, manager: User):
    client = signed_in(manager)
    draft = add(client, theater)
    assert draft is not None
    form = client.get(address("change", draft.pk)).content.decode()
    assert "This text began as a sample." in form
    assert "[[" in form
    written = {"holds_from": str(today_at(theater)), "change_note": "", "body_en": "# Ours\n\n[[open]]", "body_de": ""}
    assert client.post(address("change", draft.pk), written).status_code == 302
    assert "double brackets" in client.get(address("publish", draft.pk), follow=True).content.decode()
    client.post(address("change", draft.pk), {**written, "body_en": "# Ours\n\nAll <b>of</b> it"})
    preview = client.get(address("preview", draft.pk)).content.decode()
    assert "<h2>Ours</h2>" in preview
    assert "This is a draft." in preview
    assert "<b>of</b>" not in preview
    unread = client.post(address("publish", draft.pk), {})
    assert "Have the text checked first." in unread.content.decode()
    assert not LegalVersion.objects.published().exists()
    client.post(address("publish", draft.pk), {"is_checked": "on"})
    draft.refresh_from_db()
    assert draft.published_at is not None
    assert AuditEntry.objects.filter(action="publish legal page", theater_id=theater.pk).count() == 1
    refused = client.post(address("change", draft.pk), {**written, "body_en": "Other"})
    assert refused.status_code == 403
    assert draft.texts.get().body == "# Ours\n\nAll <b>of</b> it"


def test_the_next_version_begins_with_the_last_and_is_compared_with_it(theater: Theater, manager: User):
    client = signed_in(manager)
    first = make_page(theater, TERMS, en="Stays\n\nGoes away", de="Bleibt")
    assert client.get(address("next_draft", first.pk)).status_code == 200
    assert LegalVersion.objects.count() == 1
    client.post(address("next_draft", first.pk))
    draft = LegalVersion.objects.get(number=2)
    client.post(address("change", draft.pk), {"body_en": "Stays\n\nIs <new>", "body_de": "Bleibt"})
    page = client.get(address("compare", draft.pk)).content.decode()
    assert "<del>Goes away</del>" in page
    assert "<ins>Is &lt;new&gt;</ins>" in page
    assert "Nothing changed in this language." in page
    assert ">Stays<" not in page


def test_pages_of_the_site_and_of_others_are_not_a_managers(
    theater: Theater, other_theater: Theater, manager: User, platform_admin: User
):
    client = signed_in(manager)
    assert add(client, None) is None
    assert add(client, other_theater) is None
    of_site, foreign = make_page(None, TERMS, en="Of the site"), make_page(other_theater, TERMS, en="Foreign")
    for name in ("change", "preview", "compare", "publish", "next_draft"):
        assert client.get(address(name, foreign.pk)).status_code in (302, 403, 404), name
    assert client.get(address("preview", of_site.pk)).status_code == 200
    for version in (of_site, foreign):
        assert client.post(address("next_draft", version.pk)).status_code in (302, 403, 404)
    assert LegalVersion.objects.count() == 2
    admin = signed_in(platform_admin)
    admin.post(address("next_draft", of_site.pk))
    assert LegalVersion.objects.filter(theater=None).count() == 2
