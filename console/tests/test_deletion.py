"""What the console asks and says before it deletes something."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from events.catalogue.search import index_event
from events.models import Event, Label, SearchWord
from testing.builders import make_event
from testing.console import fill, signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(theater: Theater) -> Event:
    """An event that is found by search and has a label, but no show yet."""
    event = make_event("Hamlet in the garden", theater=theater)
    event.labels.add(Label.objects.create(name="Classic", slug="classic"))
    index_event(event)
    return event


def test_it_deletes_an_event_with_all_that_is_derived_from_it(planned: Event, programmer: User):
    client = signed_in(programmer)
    address = reverse("admin:events_event_delete", args=[planned.pk])

    page = client.get(address).content.decode().lower()
    assert "hamlet in the garden" in page
    for unknown in ("search word", "relationship", "permission"):
        assert unknown not in page
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Event.objects.filter(pk=planned.pk).exists()
    assert not SearchWord.objects.exists()


def test_several_at_once_are_asked_for_alike(planned: Event, programmer: User):
    chosen = {"action": "delete_selected", "_selected_action": [planned.pk]}
    page = signed_in(programmer).post(reverse("admin:events_event_changelist"), chosen).content.decode().lower()
    assert "hamlet in the garden" in page
    assert "search word" not in page


def test_what_has_a_page_is_asked_for(planned: Event, programmer: User, manager: User, theater: Theater):
    planned.settlement_terms.create(theater=theater, partner="Films", percent=50)
    address = reverse("admin:events_event_delete", args=[planned.pk])
    assert signed_in(programmer).post(address, {"post": "yes"}).status_code == 403
    assert Event.objects.filter(pk=planned.pk).exists()
    assert "Films" in signed_in(manager).get(address).content.decode()
    assert signed_in(manager).post(address, {"post": "yes"}).status_code == 302


def test_no_question_names_what_has_no_page(planned: Event, theater: Theater, platform_admin: User):
    """Walks over whatever can be deleted, and what goes along with it."""
    fill(theater, "Mine")
    request = RequestFactory().get("/")
    request.user = platform_admin
    known = {str(model._meta.verbose_name).lower() for model in admin.site._registry}
    plurals = {model._meta.verbose_name_plural for model in admin.site._registry}
    asked = set()
    for model, page in admin.site._registry.items():
        for row in model._default_manager.all() if page.has_delete_permission(request) else ():
            named, counts, lacking, forbidding = page.get_deleted_objects([row], request)
            assert named, model
            assert set(counts) <= plurals, model
            for text in flat([named, forbidding]):
                assert text.split(":")[0].lower() in known, (model, text)
            assert {str(name).lower() for name in lacking} <= known, model
            asked.add(model)
    assert Event in asked
    assert len(asked) > 5


def flat(named: list[Any]) -> list[str]:
    return [text for one in named for text in (flat(one) if isinstance(one, list) else [str(one)])]
