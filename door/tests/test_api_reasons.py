"""Every reason for which the API refuses a ticket: met, described in its document, and in the guide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

import pytest
import time_machine
from django.conf import settings

from accounts.models import User
from bookings.models import Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.move_tickets import move_tickets
from bookings.tickets.codes import sign
from door.answers import Unrecorded
from door.models import CheckIn
from door.schemas import REASONS, CheckInReason, CheckInResult
from events.models import Show
from notifications.models import Notification
from testing.api_client import ApiClient
from testing.bookings import choose, make_hold, make_paid
from testing.builders import make_hall, make_show, make_theater
from theaters.models import Theater
from ticketing.api import api

pytestmark = pytest.mark.django_db


class Evening:
    """A ticket for a show whose doors are open, and someone who scans it."""

    def __init__(self, theater: Theater, person: User) -> None:
        self.theater, self.person = theater, person
        self.show = make_show(hall=make_hall(theater=theater), in_hours=1)
        self.booking = make_paid(self.show, 0, email="asha@example.com")
        self.ticket = self.booking.tickets.select_related("show").get()

    def scan(self, text: str = "", **fields: str) -> dict[str, Any]:
        # With a token of that moment.
        answer = ApiClient(self.person).post("/check-ins", {"qr": text or sign(self.ticket), **fields})
        return dict(answer.json())


def _spoil(evening: Evening) -> dict[str, Any]:
    text = sign(evening.ticket)
    return evening.scan(text[:-1] + ("A" if text[-1] != "A" else "B"))


def _sign_elsewhere(evening: Evening) -> dict[str, Any]:
    version, _key, *rest = sign(evening.ticket).split(".")
    return evening.scan(".".join([version, "AAAAAA", *rest]))


def _go_elsewhere(evening: Evening) -> dict[str, Any]:
    show = make_show(hall=make_hall(theater=make_theater("Far away")), in_hours=1)
    return evening.scan(sign(make_paid(show, 0, email="asha@example.com").tickets.select_related("show").get()))


def _cancel(evening: Evening) -> dict[str, Any]:
    cancel_tickets(booking=evening.booking, by=None, amount=evening.booking.total)
    return evening.scan()


def _replace(evening: Evening) -> dict[str, Any]:
    text = sign(evening.ticket)
    move_tickets(booking=evening.booking, tickets=[evening.ticket], seats=choose(evening.show, 1), by=evening.person)
    # Its customer has the new one.
    Notification.objects.update(state=Notification.State.SENT)
    return evening.scan(text)


def _hold(evening: Evening) -> dict[str, Any]:
    held = make_hold(evening.show, 2, email="asha@example.com")
    return evening.scan(sign(held.tickets.select_related("show").get()))


def _change_show(**values: Any) -> Callable[[Evening], dict[str, Any]]:
    def change(evening: Evening) -> dict[str, Any]:
        Show.objects.filter(pk=evening.show.pk).update(**values)
        return evening.scan()

    return change


def _come_early(evening: Evening) -> dict[str, Any]:
    with time_machine.travel(evening.show.starts_at - timedelta(hours=9)):
        return evening.scan()


def _come_early_after_a_move(evening: Evening) -> dict[str, Any]:
    Ticket.objects.filter(pk=evening.ticket.pk).update(show_moved_at=evening.booking.created_at)
    return _come_early(evening)


def _come_late(evening: Evening) -> dict[str, Any]:
    with time_machine.travel(evening.show.ends_at):
        return evening.scan()


def _go_out_and_in(evening: Evening) -> dict[str, Any]:
    Theater.objects.filter(pk=evening.theater.pk).update(allows_reentry=False)
    for direction in ("in", "out"):
        assert evening.scan(direction=direction)["result"] == "admitted"
    return evening.scan()


WAYS: dict[CheckInReason, Callable[[Evening], dict[str, Any]]] = {
    "unreadable": lambda evening: evening.scan("https://example.com/"),
    "other_issuer": _sign_elsewhere,
    "forged": _spoil,
    "unknown": lambda evening: evening.scan(sign(Ticket(code="NOSUCHTICKET", show=evening.show))),
    "other_theater": _go_elsewhere,
    "other_show": lambda evening: evening.scan(show=make_show(hall=make_hall(theater=evening.theater)).code),
    "canceled": _cancel,
    "replaced": _replace,
    "not_issued": _hold,
    "show_canceled": _change_show(state=Show.State.CANCELED),
    "too_early": _come_early,
    "show_moved": _come_early_after_a_move,
    "over": _come_late,
    "not_inside": lambda evening: evening.scan(direction="out"),
    "no_reentry": _go_out_and_in,
}


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_met(reason: CheckInReason, theater: Theater, door_staff: User):
    found = WAYS[reason](Evening(theater, door_staff))
    assert (found["result"], found["reason"]) == ("not_valid", reason)
    assert found["detail"] == str({**dict(CheckIn.Reason.choices), **dict(Unrecorded.choices)}[reason])
    assert CheckIn.objects.filter(result="not_valid", reason=reason).exists() is (reason in CheckIn.Reason)


def test_each_reason_is_described():
    known = {*CheckIn.Reason.values, *Unrecorded.values}
    assert known == set(REASONS) == set(WAYS) == set(get_args(CheckInReason)) - {""}
    assert set(CheckIn.Result.values) == set(get_args(CheckInResult))
    schema = api.get_openapi_schema()["components"]["schemas"]["CheckInOut"]["properties"]["reason"]
    assert set(schema["enum"]) == known | {""}
    guide = (settings.BASE_DIR / "docs" / "api.md").read_text()
    for reason, meaning in REASONS.items():
        assert f"- `{reason}`: {meaning}." in schema["description"]
        is_recorded = "yes" if reason in CheckIn.Reason else "no"
        assert f"| `{reason}` | {meaning} | {is_recorded} |" in guide
