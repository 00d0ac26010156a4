"""What probes and Prometheus are told."""

import threading

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from ticketing import health


def test_healthz_asks_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_answered_whatever_host_they_name(client, db, settings, path):
    settings.ALLOWED_HOSTS = ["tickets.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path, HTTP_HOST="10.1.2.3:8000").status_code == 200
    # The same request to a page is refused.
    assert client.get("/accounts/login/", HTTP_HOST="10.1.2.3:8000").status_code == 400


def test_readyz_when_all_is_well(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "failed": []}


def refuse(*args, **kwargs):
    raise ConnectionError("secret-host refused")


def test_readyz_names_what_fails_and_nothing_more(client, db, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(health, "_ask_cache", refuse)
        broken.setattr(BaseDatabaseWrapper, "cursor", refuse)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "failed": ["database", "cache"]}
    assert b"secret-host" not in answer.content


def test_a_site_without_cache_and_broker_stays_in_service(client, db, monkeypatch):
    monkeypatch.setattr(health, "_ask_cache", refuse)
    monkeypatch.setattr(health, "_ask_broker", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "failed": ["cache", "broker"]}


def test_readyz_does_not_wait_for_what_hangs(client, db, monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(health, "READY_SECONDS", 0.1)
    monkeypatch.setattr(health, "_ask_broker", let_go.wait)
    answer = client.get("/readyz")
    let_go.set()
    assert answer.json()["failed"] == ["broker"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_reject_post(client, db, path):
    assert client.post(path).status_code == 405


def test_metrics_with_the_token(client, settings, db):
    settings.METRICS_TOKEN = "figures-for-prometheus"
    answer = client.get("/metrics", HTTP_AUTHORIZATION="Bearer figures-for-prometheus")
    assert answer.status_code == 200
    assert b"django_http_requests" in answer.content


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic figures-for-prometheus", "Bearer ", "Bearer é"])
def test_metrics_are_refused_without_the_token(client, settings, header):
    settings.METRICS_TOKEN = "figures-for-prometheus"
    answer = client.get("/metrics", **({"HTTP_AUTHORIZATION": header} if header else {}))
    assert answer.status_code == 401
    assert b"django_http_requests" not in answer.content


def test_there_are_no_metrics_where_no_token_is_set(client, settings, db):
    settings.METRICS_TOKEN = ""
    settings.DEBUG = False
    assert client.get("/metrics").status_code == 404
