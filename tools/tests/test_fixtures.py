"""The real parts that other tests rely on."""

import sqlite3
from collections.abc import Callable

import pytest
from celery import current_app
from django.core.mail import EmailMessage
from django.db import connection

from accounts.models import User
from bookings.models import Booking
from testing.bookings import make_paid
from testing.builders import make_show, make_user


def test_smtp_server_keeps_what_is_sent(smtp_server):
    EmailMessage("Your tickets", "See you there.", to=["customer@example.com"]).send()
    [message] = smtp_server.wait_for(1)
    assert message["Subject"] == "Your tickets"
    assert message["X-Envelope-To"] == "customer@example.com"


def test_smtp_server_starts_empty(smtp_server):
    assert smtp_server.messages == []


@pytest.mark.worker
def test_worker_shares_the_test_database(celery_worker_process):
    current_app.send_task("events.tasks.follow_clock")
    line = celery_worker_process.wait_for_line("task_succeeded")
    assert "events.tasks.follow_clock" in line


@pytest.mark.browser
def test_browser_signs_in_by_cookie(page, live_server, customer: User, sign_in: Callable[[User], None]):
    sign_in(customer)
    answer = page.goto(f"{live_server.url}/healthz")
    assert answer.ok


@pytest.mark.browser
@pytest.mark.provokes("provoked", "/no-such-page/")
def test_faults_of_a_page_are_noted(page, live_server, page_faults: list[str]):
    page.goto(f"{live_server.url}/healthz")
    assert page_faults == []
    page.evaluate("console.error('a provoked error')")
    page.evaluate("void Promise.reject(new Error('a provoked rejection'))")
    page.evaluate("fetch('http://localhost:9/provoked').catch(() => 0)")
    page.goto(f"{live_server.url}/no-such-page/")
    for part in ("a provoked error", "a provoked rejection", "ERR_", "status of 404"):
        assert any(part in fault for fault in page_faults), (part, page_faults)


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_a_transactional_test(turn):
    assert not User.objects.exists()
    assert not Booking.objects.exists()
    # Guards let no such row be deleted.
    make_paid(make_show(), 0, customer=make_user("customer@example.com"))


def test_each_process_has_its_own_database():
    if connection.vendor == "sqlite":
        assert "test" in str(connection.settings_dict["TEST"]["NAME"])
        assert sqlite3.threadsafety
