"""Without a network, a gate decides as the site would: each answer of both is held against the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.templatetags.static import static
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from bookings.models import Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.move_tickets import move_tickets
from bookings.services.print_tickets import print_tickets
from bookings.tickets.codes import sign
from door.answers import Unrecorded, answer_scan
from door.check_in import check_in
from door.models import CheckIn
from door.ticket_list import list_tickets
from events.models import Show
from testing.bookings import choose, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater
from theaters.stock import TicketStock

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
DECIDE = """async ([address, list, verifies, cases]) => {
  const { readCode } = await import(`${address}/codes.js`);
  const { decide } = await import(`${address}/decide.js`);
  const found = [];
  for (const [text, direction, now] of cases) {
    const { result, reason } = decide(await readCode(text, list.keys, verifies), list, [], direction, now);
    found.push([result, reason]);
  }
  return found;
}"""


@pytest.fixture
def decide(page: Page, live_server: Any):
    page.goto(live_server.url + "/accounts/login/")

    def run(content: dict[str, Any], cases: list[Any], *, verifies: bool = True) -> list[tuple[str, str]]:
        address = live_server.url + static("js/door")
        return [tuple(one) for one in page.evaluate(DECIDE, [address, content, verifies, cases])]

    return run


def ask_site(text: str, direction: str, at: datetime, show: Show, by: User) -> tuple[str, str]:
    """Return what the site would answer at that moment, and leave no trace."""
    with time_machine.travel(at, tick=False), transaction.atomic():
        answer = answer_scan(qr=text, gate="", by=by, direction=direction, shows=[show])
        transaction.set_rollback(True)
    return answer.result, answer.reason


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=3), in_hours=8)


def make_tickets(show: Show, manager: User) -> list[Ticket]:
    """Make tickets that came by many ways: fresh, in, out, moved, replaced, canceled, unpaid, for another show."""
    bookings = [make_paid(show, number, email="asha@example.com") for number in range(7)]
    fresh, inside, out, moved, canceled, moved_on, replaced = (
        one.tickets.select_related("show").get() for one in bookings
    )
    for ticket, directions in ((inside, ["in"]), (out, ["in", "out"])):
        for direction in directions:
            check_in(
                ticket_code=ticket.code, gate="", by=manager, direction=direction, note="Early" * (direction == "in")
            )
    Ticket.objects.filter(pk=moved.pk).update(show_moved_at=timezone.now())
    cancel_tickets(booking=canceled.booking, by=manager, amount=0)
    for seat, ticket in ((8, moved_on), (9, replaced)):
        move_tickets(booking=ticket.booking, tickets=[ticket], seats=choose(show, seat), by=manager)
    print_tickets(booking=replaced.booking, by=manager, stock=TicketStock.A4_ONE)
    held = make_hold(show, 10, email="asha@example.com").tickets.select_related("show").get()
    other = make_show(hall=make_hall(theater=show.hall.theater, name="Studio"), in_hours=8)
    elsewhere = make_paid(other, 0, email="asha@example.com").tickets.select_related("show").get()
    return [fresh, inside, out, moved, canceled, moved_on, replaced, held, elsewhere]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("allows_reentry", [True, False])
def test_the_gate_decides_as_the_site(allows_reentry: bool, show: Show, manager: User, decide: Any):
    Theater.objects.update(allows_reentry=allows_reentry)
    show = Show.objects.select_related("event", "hall__theater__city").get(pk=show.pk)
    texts = [sign(ticket) for ticket in make_tickets(show, manager)]
    forged = texts[0][:-1] + ("B" if texts[0][-1] == "A" else "A")
    # Base32 leaves spare bits, so that a signature has other spellings.
    respelled = texts[0][:-1] + DIGITS[DIGITS.index(texts[0][-1]) + 1]
    texts += [forged, respelled, "https://example.com/", texts[0].replace(texts[0].split(".")[1], "AAAAAA")]
    moments = [show.starts_at - timedelta(hours=3), show.starts_at, show.ends_at]
    content = list_tickets(shows=[show], user=manager, now=timezone.now())
    asked = list(product(texts, ["in", "out"], moments))
    expected = [ask_site(text, direction, at, show, manager) for text, direction, at in asked]
    assert decide(content, [(text, way, at.timestamp() * 1000) for text, way, at in asked]) == expected
    # All reasons but those that no gate's device can know.
    reasons = {reason for _result, reason in expected if reason}
    unknowable = {CheckIn.Reason.SHOW_CANCELED, Unrecorded.OTHER_THEATER, Unrecorded.UNKNOWN}
    assert reasons >= {*CheckIn.Reason.values, *Unrecorded.values} - unknowable - (
        {CheckIn.Reason.NO_REENTRY} if allows_reentry else set()
    )


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_was_sold_since_admits_if_its_signature_is_right(show: Show, manager: User, decide: Any):
    show = Show.objects.select_related("event", "hall__theater__city").get(pk=show.pk)
    content = list_tickets(shows=[show], user=manager, now=timezone.now())
    text = sign(make_paid(show, 0, email="asha@example.com").tickets.select_related("show").get())
    case = (text, "in", show.starts_at.timestamp() * 1000)
    assert decide(content, [case]) == [("admitted", "")]
    # Where the browser can't tell, the list alone decides.
    assert decide(content, [case], verifies=False) == [("not_valid", "unknown")]
