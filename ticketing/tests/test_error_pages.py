"""What people see when something is missing, forbidden or broken."""

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied

from events import catalogue


@pytest.mark.django_db
def test_a_missing_page_offers_a_search(client: Client) -> None:
    page = client.get("/no-such-page/")

    assert page.status_code == 404
    assert 'action="/events/"' in page.content.decode()
    assert "noindex" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/no-such-page/", "/events/no-such-event/", "/admin/no-such-page/"])
def test_developers_see_the_same_page_and_may_ask_for_details(client: Client, settings, address: str) -> None:
    settings.DEBUG = True
    page = client.get(address, follow=True)
    assert "DEBUG = True" not in page.content.decode()
    if not address.startswith("/admin/"):
        assert (page.status_code, 'action="/events/"' in page.content.decode()) == (404, True)
        assert "DEBUG = True" in client.get(f"{address}?details").content.decode()
    api = client.get("/api/v1/no-such-call")
    assert (api.status_code, api["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.django_db
def test_a_forbidden_page_says_who_is_signed_in(rf: RequestFactory, customer) -> None:
    request = rf.get("/door/")
    request.user = customer

    page = permission_denied(request, PermissionError())

    assert page.status_code == 403
    assert "customer@example.com" in page.content.decode()


@pytest.mark.django_db
def test_a_forged_request_is_explained() -> None:
    page = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "de"})

    assert page.status_code == 403
    assert "Nothing was changed." in page.content.decode()


def test_a_failure_asks_nothing_of_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError("The disk is full of secrets.")

    monkeypatch.setattr(catalogue, "read_home", fail)
    monkeypatch.setattr("events.views.catalogue.choose_city", lambda request: None)
    client.raise_request_exception = False

    page = client.get("/")

    assert page.status_code == 500
    assert "The curtain is stuck" in page.content.decode()
    assert "secrets" not in page.content.decode()
