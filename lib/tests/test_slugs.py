"""Every name and title gets an address, in whatever script it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from accounts.models import User
from events.models import Event
from lib.slugs import make_slug
from testing.builders import make_event


@pytest.mark.once
@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hamlet", "hamlet"),
        ("Götterdämmerung", "gotterdammerung"),
        ("Große Straße", "grosse-strasse"),
        ("Гамлет", "gamlet"),
        ("हैमलेट", "haimlet"),
        ("七人の侍", "qirennoshi"),
        ("Άμλετ", "amlet"),
        ("هاملت", "hmlt"),
        ("햄릿", "haemlis"),
        ("!!!", ""),
    ],
)
def test_titles_of_every_script_get_an_address(title: str, slug: str):
    assert make_slug(title, 80) == slug
    assert len(make_slug(title * 40, 80)) <= 80


@pytest.mark.django_db
def test_every_form_of_the_console_with_an_address_makes_it(platform_admin: User):
    """All models whose address is made of a name, found in the console itself."""
    request = RequestFactory().get("/")
    request.user = platform_admin
    found = 0
    for model, model_admin in admin.site._registry.items():
        if "slug" not in (field.name for field in model._meta.fields) or not model_admin.has_add_permission(request):
            continue
        [source] = model_admin.prepopulated_fields["slug"]
        form = model_admin.get_form(request)({source: "七人の侍", "slug": ""})
        assert "slug" not in form.errors, model
        assert re.fullmatch(r"[a-z0-9-]+", form.cleaned_data["slug"]), model
        named = model_admin.get_form(request)({source: "七人の侍", "slug": "seven"})
        assert "slug" not in named.errors
        assert named.cleaned_data["slug"] == "seven"
        assert "slug" in model_admin.get_form(request)({source: "!!!", "slug": ""}).errors
        found += 1
    assert found >= 4


@pytest.mark.django_db
def test_an_address_that_is_taken_gets_a_number(platform_admin: User):
    make_event(slug="gamlet")
    request: Any = RequestFactory().get("/")
    request.user = platform_admin
    form = admin.site._registry[Event].get_form(request)({"title": "Гамлет", "slug": ""})
    assert "slug" not in form.errors
    assert form.cleaned_data["slug"] == "gamlet-2"
