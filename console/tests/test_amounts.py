"""No page of the console shows an amount as the database keeps it: “48,000” is 48 thousand to a German."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import give_goodwill
from console.tests.test_role_tour import fill_and_find, split, stops
from events.models import Show
from reports.models import SettlementTerms
from testing.bookings import make_paid, open_till
from testing.console import QuickClient, no_menu
from theaters.models import Theater

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.timeout(300)]
# Decimals by the columns' number, and by an English point; nothing that these pages tell has a thousand of anything.
RAW = re.compile(r"(?<![\d.,:/-])\d{1,6}(?:[.,]\d{3,4}|\.\d\d)(?![\d.,:-])")
# In Hindi a point stands before the decimals, as in English.
LONG = re.compile(r"(?<![\d.,:/-])\d{1,6}[.,]\d{3,4}(?![\d.,:-])")

# The log has what was written, and a sample speaks the language that was asked for.
AS_WRITTEN = {"accounts_auditentry_changelist", "message_preview", "words_group"}


class Words(HTMLParser):
    """Collects what people read: texts, and what stands in fields; browsers write those of numbers as people do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skips = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skips += tag in ("script", "style")
        values = dict(attrs)
        if tag == "input" and values.get("type") not in ("hidden", "checkbox", "radio", "number"):
            self.found.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.skips -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self.found.append(data)


def find_raw(html: str, pattern: re.Pattern[str]) -> list[str]:
    words = Words()
    words.feed(html)
    return [text.strip() for text in words.found if pattern.search(text)]


@pytest.mark.slow
def test_no_page_shows_a_raw_amount(theater: Theater, platform_admin: User, manager: User):
    rows = fill_and_find(theater, "Mine")
    Theater.objects.filter(pk=theater.pk).update(tax_rate="8.875")
    Voucher.objects.create(theater=theater, code="OFF", amount=5)
    SettlementTerms.objects.update(guarantee=48)
    booking: Booking = rows[Booking]
    give_goodwill(booking=booking, amount=5, reason="Cold", key=uuid4(), by=manager)
    second = make_paid(rows[Show], 4, 5, email="b@example.com")
    cancel_tickets(booking=second, tickets=[second.tickets.all()[0]], by=manager, reason="Ill")
    open_till(platform_admin, theater)
    client = QuickClient(platform_admin)
    addresses = {
        stop.name: stop.address
        for with_lists in (True, False)
        for stop in stops(rows, with_lists=with_lists)
        # The others show what the lists and the pages of rows do.
        if split(stop.name)[1] not in ("add", "delete", "history")
    }
    addresses["story"] = reverse("admin:bookings_booking_change", args=[second.pk])
    addresses["voucher"] = reverse("admin:bookings_voucher_change", args=[Voucher.objects.get(code="OFF").pk])
    raw, spoken = {}, 0
    for language, names in (
        ("de", list(addresses)),
        ("hi", ["story", "events_show_change", "theaters_theater_change"]),
    ):
        for name in [name for name in names if name not in AS_WRITTEN]:
            with no_menu():
                page = client.get(addresses[name], headers={"accept": "text/html", "accept-language": language})
            if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
                if found := find_raw(page.content.decode(), RAW if language == "de" else LONG):
                    raw[f"{language} {name}"] = found
                spoken += f'<html lang="{language}"' in page.content.decode()
    assert not raw, "\n".join(f"{name}: {found}" for name, found in raw.items())
    assert spoken > 100
