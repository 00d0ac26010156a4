"""The console in tests: its models, rows of a theater, and clients that are signed in."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signals import got_request_exception
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.roles import Role
from bookings.models import Booking, Voucher
from door.models import CheckIn, UnticketedPerson
from events.catalogue.search import index_event
from events.models import (
    Event,
    EventPhoto,
    ImportRun,
    Label,
    OwnSettings,
    Portrait,
    PriceTemplate,
    Review,
    SalesRule,
    TheaterReview,
)
from fiscal.models import Account, BookSettings, ReceiptSettings, SigningDevice
from fiscal.services.issue import issue_for_booking
from inquiries.models import Inquiry
from legal.models import LegalText, LegalVersion, NewsletterConsent, today_at
from notifications.models import Notification
from payments.models import (
    BankAccount,
    BankTransfer,
    Drawer,
    GatewayAccount,
    Reconciliation,
    Refund,
    Till,
    TransferCustomer,
)
from reports.models import SettlementTerms
from show_changes.models import ShowCancellation, ShowNote
from testing.bookings import captured, make_paid
from testing.builders import make_event, make_fee, make_hall, make_show, make_tax_rate, make_user
from theaters.models import Brand, Invitation, OpeningHours, Seller, StaffMembership, Theater
from waiting_list.models import WaitingListEntry
from waiting_room.models import WaitingRoom

_PICTURE = "photos/pixel.webp"
_PIXEL = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
_SNAKE_CASE = re.compile(r"\b[a-z]+(_[a-z]+)+\b")
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:")


def assert_plain(text: str) -> None:
    """Fail if people would read the name of a field, or a moment in a machine's form."""
    assert not _SNAKE_CASE.search(text), text
    assert not _ISO_MOMENT.search(text), text


def base(model: type[Any]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def registered() -> list[Any]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@contextmanager
def nothing_drawn() -> Iterator[None]:
    """Let templates be empty: for tests to which only an answer's status or context matters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda *_arguments, **_named: "")
        yield


@contextmanager
def no_menu() -> Iterator[None]:
    """Leave out the console's menu, which is the same on all pages."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("get_sidebar_list", "get_app_list"):
            patch.setattr(admin.site, name, lambda *_arguments: [])
        yield


class QuickClient(Client):
    """A client that keeps what failed, but no copy of what each template was given, and no cookies it is sent."""

    def __init__(self, user: User | None) -> None:
        super().__init__()
        if user is not None:
            self.force_login(user)
            # Notes in the session that the person is at work: each request that is undone would write it again.
            self.request(PATH_INFO=reverse("admin:jsi18n"))
        self.failures: list[BaseException] = []
        got_request_exception.connect(self._note_failure)

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))

    def _note_failure(self, **_named: Any) -> None:
        self.failures.append(sys.exception() or Exception("unknown"))


def _fill_ways_to_pay(theater: Theater, name: str) -> None:
    GatewayAccount.objects.get_or_create(
        theater=theater,
        gateway="stripe",
        defaults={"key_ending": "wxyz", "is_live": False, "remote_name": name, "tested_at": timezone.now()},
    )
    BankTransfer.objects.get_or_create(
        theater=theater,
        fingerprint=f"{name} transfer",
        defaults={"booked_on": timezone.localdate(), "amount": 5, "currency": "EUR", "payer": f"{name} payer"},
    )
    details = {"holder": f"{name} holder", "iban": "AT611904300234573201"}
    BankAccount.objects.get_or_create(theater=theater, defaults=details)
    TransferCustomer.objects.get_or_create(
        theater=theater, email="school@example.com", defaults={"note": f"{name} school"}
    )


def fill_pages(event: Event, visitor: User, name: str) -> None:
    """Make what the pages of an event and its theater show beside the programme."""
    Review.objects.create(event=event, user=visitor, stars=4, text=f"{name} review")
    TheaterReview.objects.create(theater=event.theater, user=visitor, stars=3, text=f"{name} review")
    if not default_storage.exists(_PICTURE):
        default_storage.save(_PICTURE, ContentFile(b64decode(_PIXEL)))
    EventPhoto.objects.create(event=event, photo=_PICTURE, alt=f"{name} photo")
    Portrait.objects.create(theater=event.theater, name=f"{name} Player", photo=_PICTURE)


def fill(theater: Theater, name: str) -> Booking:
    """Make one row of every model of a theater, named `name` where it has a name."""
    hall = make_hall(theater=theater, name=f"{name} hall", standing=5)
    event = make_event(f"{name} event", theater=theater)
    event.labels.add(Label.objects.get_or_create(name="Classic", slug="classic")[0])
    index_event(event)
    show = make_show(hall=hall, event=event)
    buyer = make_user(f"{name}-buyer@example.com", f"{name} Buyer")
    booking = make_paid(show, 0, 1, customer=buyer)
    Booking.objects.filter(pk=booking.pk).update(name=f"{name} Buyer", email=buyer.email)
    ticket = booking.tickets.first()
    CheckIn.objects.create(ticket=ticket, gate=f"{name} gate", result=CheckIn.Result.NOT_VALID, by=None)
    UnticketedPerson.objects.create(show=show, kind="press", gate=f"{name} gate", by=buyer, key=f"{name}-key")
    Refund.objects.create(payment=captured(booking), amount=1, key="0" * 8 + "-0000-4000-8000-" + f"{booking.pk:012}")
    colleague = make_user(f"{name}-colleague@example.com".lower(), f"{name} Colleague")
    StaffMembership.objects.create(user=colleague, theater=theater, role=Role.DOOR)
    Invitation.objects.create(
        theater=theater, email=f"{name}-invited@example.com".lower(), role="door", expires_at=timezone.now()
    )
    Voucher.objects.create(code=f"{name}-VOUCHER", theater=theater, percent=10)
    PriceTemplate.objects.create(theater=theater, name=f"{name} template")
    make_fee(theater, name=f"{name} fee")
    make_tax_rate(theater, "fee", "20")
    SalesRule.objects.create(theater=theater, event=event, opens_days_before=42)
    OwnSettings.objects.create(level="event", theater=theater, event=event, hold_minutes=10)
    OpeningHours.objects.get_or_create(theater=theater, weekday=1, opens=time(10), closes=time(18))
    WaitingRoom.objects.create(theater=theater, event=event)
    ImportRun.objects.create(theater=theater, kind="events", file_name=f"{name}.csv")
    fill_pages(event, buyer, name)
    Notification.objects.create(
        kind="booking_confirmed", recipient=buyer.email, unique_key=f"{name}-note", theater_id=theater.pk
    )
    SettlementTerms.objects.create(event=event, theater=theater, partner=f"{name} Films", percent=50)
    ShowCancellation.objects.create(show=show, reason=f"{name} reason", batch=uuid4())
    ShowNote.objects.create(
        show=show,
        key=uuid4(),
        finished_at=timezone.now(),
        texts=[{"language": "en", "subject": f"{name} note", "text": f"{name} text"}],
    )
    Drawer.objects.create(theater=theater, person=booking.customer, currency=theater.currency, opening_float=100)
    _fill_ways_to_pay(theater, name)
    Till.objects.get_or_create(theater=theater, prefix="BAR", defaults={"name": f"{name} till"})
    ReceiptSettings.objects.get_or_create(theater=theater)
    SigningDevice.objects.get_or_create(theater=theater, defaults={"kind": "none", "register": f"{name}-1"})
    BookSettings.objects.get_or_create(theater=theater)
    Account.objects.update_or_create(theater=theater, subject="fee", defaults={"number": "4711"})
    issue_for_booking(booking)
    WaitingListEntry.objects.create(show=show, email=f"{name}-waits@example.com", party_size=2)
    Inquiry.objects.create(
        theater=theater,
        event=event,
        party_size=30,
        kind="school",
        name=f"{name} School",
        email=f"{name}-school@example.com",
    )
    Reconciliation.objects.create(
        theater=theater,
        gateway="sandbox",
        file_name=f"{name}.csv",
        starts_at=timezone.now(),
        ends_at=timezone.now(),
        made_by=colleague,
    )
    NewsletterConsent.objects.create(
        theater=theater,
        email=f"{name}-reader@example.com".lower(),
        words="Write to me",
        asked_at=timezone.now(),
        confirmed_at=timezone.now(),
    )
    version, _is_new = LegalVersion.objects.get_or_create(
        theater=theater, kind="terms", number=1, defaults={"holds_from": today_at(theater)}
    )
    LegalText.objects.get_or_create(version=version, language="en", defaults={"body": f"{name} terms"})
    theater.seller = Seller.objects.create(
        name=f"{name} Ltd", street="1 River Street", city="Vienna", country="AT", email="office@example.com"
    )
    theater.brand = Brand.objects.create(name=f"{name} Players", slug=f"{name}-players".lower())
    theater.save()
    record(by=None, action=f"{name} action", on=show, theater_id=theater.pk)
    return booking


def rows_of(theater: Theater) -> dict[Any, Any]:
    """Return a row of that theater for each model, found by the admins' own paths."""
    found = {}
    for model, model_admin in admin.site._registry.items():
        path = getattr(model_admin, "theater_path", "")
        if path:
            row = model._default_manager.filter(**{path: theater.pk}).first()
            assert row is not None, f"The test makes no {model._meta.label}."
            found[model] = row
    return found
