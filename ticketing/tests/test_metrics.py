"""What Prometheus is given, and that dashboard, alerts and guide speak of nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as project
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from notifications.models import Notification
from operations.heartbeats import beat
from operations.models import Heartbeat, Pruning
from payments.models import Payment, Refund
from testing.bookings import captured, lapse, make_hold, make_paid
from testing.builders import make_show
from ticketing.celery import app
from waiting_room import shared
from waiting_room.models import WaitingRoom
from waiting_room.rooms import find_room, forget_rooms

GUIDE = project.BASE_DIR / "docs" / "monitoring"

Figures = dict[str, float]


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = "figures-for-prometheus"


def read_text() -> str:
    answer = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer figures-for-prometheus")
    assert answer.status_code == 200
    return answer.content.decode()


def read_figures() -> Figures:
    """Return the site's own figures by name and labels."""
    lines = [line for line in read_text().splitlines() if line.startswith("marquee_")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def exported() -> set[str]:
    return set(re.findall(r"(?m)^# TYPE (\w+) ", read_text()))


@pytest.mark.slow
def test_a_site_without_anything_gives_every_figure(db: None):
    figures = read_figures()
    assert figures["marquee_database_up"] == figures["marquee_broker_up"] == 1
    assert figures['marquee_heartbeat_age_seconds{part="scheduler"}'] == float("inf")
    assert figures['marquee_outbox_messages{state="waiting"}'] == 0
    assert figures["marquee_outbox_oldest_seconds"] == figures["marquee_holds"] == 0


@pytest.mark.slow
def test_what_the_figures_say(db: None, customer: User):
    show = make_show()
    make_hold(show, 0)
    lapsed = make_hold(show, 1)
    lapse(lapsed)
    Booking.objects.filter(pk=lapsed.pk).update(expires_at=timezone.now() - timedelta(minutes=5))
    paid = make_paid(show, 2, 3, customer=customer)
    refund = Refund.objects.create(payment=captured(paid), amount=5, key="00000000-0000-4000-8000-000000000001")
    Refund.objects.filter(pk=refund.pk).update(created_at=timezone.now() - timedelta(hours=2))
    Notification.objects.all().delete()
    Notification.objects.create(
        kind="x", recipient="a@example.com", unique_key="due", next_attempt_at=timezone.now() - timedelta(minutes=9)
    )
    Notification.objects.create(kind="x", recipient="a@example.com", unique_key="failed", state="failed")
    beat(Heartbeat.Part.WORKER)
    Pruning.objects.create(label="sessions.session", removed=12)
    figures = read_figures()
    assert figures["marquee_holds"] == 1
    assert 300 <= figures["marquee_lapsed_hold_oldest_seconds"] < 400
    assert figures['marquee_payments_today{gateway="sandbox",state="captured"}'] == 1
    assert figures['marquee_sales_today{currency="EUR"}'] == 40
    assert figures["marquee_tickets_today"] == 2
    assert figures['marquee_pending_refunds{gateway="sandbox"}'] == 1
    assert 7200 <= figures["marquee_pending_refund_oldest_seconds"] < 7300
    assert figures['marquee_outbox_messages{state="waiting"}'] == 1
    assert figures['marquee_outbox_messages{state="failed"}'] == 1
    assert 540 <= figures["marquee_outbox_oldest_seconds"] < 640
    assert figures['marquee_heartbeat_age_seconds{part="worker"}'] < 60
    assert figures['marquee_pruned_rows_total{model="sessions.session"}'] == 12


@pytest.mark.slow
def test_people_in_waiting_rooms_are_counted(db: None):
    show = make_show()
    WaitingRoom.objects.create(theater=show.hall.theater, event=show.event, per_minute=1)
    forget_rooms()
    Client(REMOTE_ADDR="198.51.100.1").get(show.get_absolute_url())
    room = find_room(show.code)
    assert room
    for _person in range(6):
        shared.give_number(room.line)
    figures = read_figures()
    labels = f'{{event="{show.event.slug}",theater="{show.hall.theater.slug}"}}'
    assert figures[f"marquee_waiting_room_waiting{labels}"] == 6
    assert figures[f"marquee_waiting_room_admitted{labels}"] == 1
    assert figures[f"marquee_waiting_room_per_minute{labels}"] == 0
    assert figures['marquee_waiting_room_waiting{event="",theater=""}'] == 0


@pytest.mark.slow
def test_jobs_in_line_are_counted(db: None):
    app.control.purge()
    before = read_figures()
    app.send_task("operations.tasks.show_worker_alive")
    after = read_figures()
    changed = {name: value - before[name] for name, value in after.items() if name.startswith("marquee_queued_jobs")}
    assert changed == {
        f'marquee_queued_jobs{{queue="{name}"}}': int(name == "default")
        for name in ("default", "payments", "mail", "reports")
    }
    app.control.purge()


@pytest.mark.slow
def test_a_scrape_asks_a_fixed_number_of_statements(db: None, django_assert_max_num_queries: Any, customer: User):
    show = make_show()
    for place in range(4):
        make_paid(show, place, customer=customer)
    with django_assert_max_num_queries(18):
        read_text()


@pytest.mark.slow
def test_without_its_database_a_scrape_says_so_and_does_not_fail(db: None):
    def refuse(*args: Any) -> None:
        raise OperationalError("secret-host refused")

    with connection.execute_wrapper(refuse):
        figures = read_figures()
    assert (figures["marquee_database_up"], figures["marquee_broker_up"]) == (0, 1)
    assert "marquee_holds" not in figures


@pytest.mark.slow
@pytest.mark.once
def test_several_processes_are_added_up(tmp_path: Path):
    """Two processes that share a folder count together, and the site's own figures are there once.

    What they are asked for is redirected to HTTPS, so that no page is made.
    """
    code = (
        "import os, django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client()\n"
        "child = os.fork()\n"
        "client.get('/')\n"
        "if child == 0: os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "headers = {'authorization': 'Bearer figures-for-prometheus'}\n"
        "print(client.get('/metrics', headers=headers).content.decode())\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ticketing.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DEBUG": "0",
        "SECRET_KEY": "of this test alone",
        "ALLOWED_HOSTS": "testserver",
        "SECURE_SSL_REDIRECT": "1",
        "METRICS_TOKEN": "figures-for-prometheus",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=project.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert "\ndjango_http_requests_before_middlewares_total 2.0\n" in done.stdout
    assert len(re.findall(r"(?m)^marquee_database_up ", done.stdout)) == 1


@pytest.mark.slow
def test_every_metric_is_in_the_guide_and_no_other(db: None):
    told = set(re.findall(r"(?m)^\| `(\w+)` \|", (GUIDE / "README.md").read_text()))
    found = {name for name in exported() if not name.endswith("_created")}
    assert told == found, sorted(told ^ found)


@pytest.mark.slow
def test_dashboard_and_alerts_ask_for_what_there_is(db: None):
    alerts = yaml.safe_load((GUIDE / "alerts.yml").read_text())
    dashboard = json.loads((GUIDE / "dashboard.json").read_text())
    asked = {rule["alert"]: [rule["expr"]] for group in alerts["groups"] for rule in group["rules"]}
    asked |= {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]}
    assert len(asked) > 20
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported()} | {"up"}
    for title, expressions in asked.items():
        for expression in expressions:
            used = set(re.findall(r"\b(?:marquee|django|process|python)_\w+|\bup\b", expression))
            assert used, title
            for name in used:
                assert re.sub(r"_(bucket|sum|count)$", "", name) in names, f"{title} asks for {name}."


@pytest.mark.slow
@pytest.mark.once
def test_every_figure_of_the_site_is_shown_or_watched():
    text = (GUIDE / "alerts.yml").read_text() + (GUIDE / "dashboard.json").read_text()
    told = set(re.findall(r"(?m)^\| `(marquee_\w+)` \|", (GUIDE / "README.md").read_text()))
    assert [name for name in sorted(told) if name not in text] == []


@pytest.mark.slow
def test_a_payment_without_an_answer_is_watched(db: None):
    booking = make_hold(make_show(), 0)
    Payment.objects.create(
        booking=booking,
        gateway="sandbox",
        amount=booking.total,
        currency=booking.currency,
        key="00000000-0000-4000-8000-000000000003",
        created_at=timezone.now() - timedelta(minutes=10),
    )
    assert 600 <= read_figures()["marquee_started_payment_oldest_seconds"] < 700
