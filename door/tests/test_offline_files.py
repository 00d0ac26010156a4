"""What a device keeps of the site itself, so that the gate's page starts without a network."""

import json

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import translation

from door.answers import Unrecorded
from door.models import CheckIn
from door.offline import describe_worker, find_words


def test_the_worker_is_for_the_door_alone_and_open_to_all(client):
    response = client.get(reverse("door:worker"))
    assert (response.status_code, response["Content-Type"]) == (200, "text/javascript")
    assert response["Cache-Control"] == "no-cache"
    # Its own folder is all that it may keep pages of.
    assert reverse("door:worker").rpartition("/")[0] + "/" == reverse("door:choose")
    assert json.loads(describe_worker())["version"] in response.content.decode()


def test_all_that_it_keeps_is_there():
    kept = json.loads(describe_worker())
    names = [address.removeprefix(settings.STATIC_URL) for address in (*kept["assets"], *kept["decoders"])]
    assert [name for name in names if finders.find(name) is None] == []
    assert {"js/door/main.js", "js/door/camera.js", "css/site.css", "css/pages/door.css"} <= set(names)


@pytest.mark.parametrize("language", ["en", "de", "hi"])
def test_it_is_installed_to_the_home_screen(language, client):
    client.cookies["django_language"] = language
    response = client.get(reverse("door:manifest"))
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/door/", "/door/", "standalone")
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix(settings.STATIC_URL)), icon


@pytest.mark.parametrize("language", ["de", "hi"])
def test_each_reason_has_its_words(language):
    with translation.override("en"):
        english = find_words()
    with translation.override(language):
        words = find_words()
    assert {f"reason.{reason}" for reason in (*CheckIn.Reason.values, *Unrecorded.values)} <= set(words)
    assert [name for name in words if words[name] == english[name]] == []
