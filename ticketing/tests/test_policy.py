"""The content policies, written once, are those that django-csp would write."""

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.test import Client
from django.urls import reverse


def parts(policy: str) -> dict[str, set[str]]:
    return {name: set(values) for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.django_db
def test_customers_and_the_console_have_their_own(client: Client, platform_admin):
    client.force_login(platform_admin)
    site = parts(client.get(reverse("events:home"))["Content-Security-Policy"])
    console = parts(client.get(reverse("admin:index"))["Content-Security-Policy"])
    assert site == parts(build_policy()) == parts(client.get("/api/v1/cities")["Content-Security-Policy"])
    assert console == parts(build_policy(replace=settings.CONSOLE_SECURITY_POLICY))
    assert "'unsafe-inline'" not in site["script-src"]


def test_static_files_keep_their_names():
    from ticketing.static_files import SiteStaticFilesStorage  # noqa: PLC0415

    storage = SiteStaticFilesStorage()
    storage.hashed_files["css/site.css"] = "css/site.abc.css"
    assert [storage.url("css/site.css") for _time in range(2)] == ["/static/css/site.abc.css"] * 2
