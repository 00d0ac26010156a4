"""What the audit log and the story of a booking say is in the reader's words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.actions import Action
from accounts.audit import record
from accounts.audit_words import FORMS, compare, name_action
from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.story import read_story
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.console import assert_plain, fill, signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
APPS = settings.OWN_APPS


def actions_in_code() -> Iterator[str]:
    """Every word that is given as an action, to `record` or to a function that hands it on."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" in path.parts or "migrations" in path.parts or path.name == "audit_words.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name.startswith(("record", "_record", "set_terms")):
                        values = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
                        values += node.args if name == "_record" else []
                        for value in values:
                            yield from strings_of(value)


def strings_of(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from strings_of(value.body)
        yield from strings_of(value.orelse)


@pytest.mark.slow
@pytest.mark.once
def test_every_action_has_words():
    """An action is a member of `Action`; only what the console's forms do is called by the model."""
    for action in actions_in_code():
        assert action.rpartition(".")[2] in FORMS, action
    code = "".join(path.read_text() for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py"))
    for action in Action:
        assert f"Action.{action.name}" in code, f"Nothing does “{action.label}”."


def tell(entry: AuditEntry) -> str:
    facts = [f"{one.name}: {one.was} → {one.now}" for one in compare(entry, UTC)]
    return "; ".join([name_action(entry), *facts])


@pytest.mark.slow
def test_what_is_changed_in_the_console_is_told_in_words(theater: Theater, manager: User):
    show = fill(theater, "Mine").shows[0]
    studio = make_hall(theater=theater, name="Studio")
    kept = {"state": "on_sale", "sales_close_at": None}
    before = {"starts_at": "2030-01-05T18:30:00+00:00", "hall_id": show.hall_id, **kept}
    after = {"starts_at": "2030-01-05T19:00:00+00:00", "hall_id": studio.pk, "state": "draft"}
    entry = record(by=manager, action="show.change", on=show, theater_id=theater.pk, before=before, after=after)
    record(by=manager, action="invite", on=show, theater_id=theater.pk, after={"role": "box_office"})

    client = signed_in(manager)
    for address in (
        reverse("admin:accounts_auditentry_changelist"),
        reverse("admin:accounts_auditentry_change", args=[entry.pk]),
    ):
        # What a filter sends is not read.
        page = re.sub(r'value="[^"]*"', "", client.get(address).content.decode())
        for word in ("starts_at", "hall_id", "on_sale", "2030-01-05T", "show.change", "box_office"):
            assert word not in page, (address, word)
    # Vienna's clock, and the names of halls and states.
    for word in ("19:30", "20:00", "Mine hall", "Studio", "on sale", "Show changed", "starts"):
        assert word in page
    with translation.override("de"):
        assert "Saal" in tell(entry)


def test_the_story_of_a_booking_is_told_in_words(theater: Theater, manager: User, customer: User):
    booking = make_paid(make_show(hall=make_hall(theater=theater)), 0, 1, customer=customer, email=customer.email)
    cancel_tickets(booking=booking, by=manager, tickets=booking.tickets.all()[:1])
    facts = {"recipient": "a@example.com", "kind": "booking_confirmed", "amount": "4.50"}
    until = {"expires_at": "2030-01-05T18:30:00+00:00"}
    record(by=manager, action="send message", on=booking, theater_id=theater.pk, after={**facts, **until})
    booking = Booking.objects.get(pk=booking.pk)
    told = [text for entry in read_story(booking, datetime.now(UTC)).entries for text in (entry.title, *entry.details)]
    for text in told:
        assert_plain(text)
    assert any("€4.50" in text for text in told)
    assert any("19:30" in text for text in told)
