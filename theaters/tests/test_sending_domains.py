"""Whether mails come from a brand's own domain, by what a real name server says about it."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry
from lib.dns_records import Lookups
from mailings.sending_domains import check_sending_domains
from notifications import email
from notifications.models import Notification
from notifications.samples import sample_context
from testing.builders import make_theater
from theaters.brands import brand_of
from theaters.directory import forget_directory
from theaters.models import Brand, SendingDomain, StaffMembership, Theater
from theaters.sending_domains import check
from theaters.sending_domains.check import Change, keep_findings, look_up_records, set_sender
from theaters.sending_domains.records import Purpose, State, look_up, needed_records

DOMAIN = "theater.example"
KEY = "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkq" * 30


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.SENDING_SPF = "include:_spf.boxes.example"
    settings.SENDING_DKIM = {
        "*": [
            {"type": "CNAME", "name": "m1._domainkey", "value": "{dashed}.dkim.boxes.example"},
            {"type": "TXT", "name": "m2._domainkey", "value": KEY},
        ]
    }
    settings.DEFAULT_FROM_EMAIL = "Boxes <tickets@boxes.example>"


def fill(dns_server, token: str, **changes: list[str]) -> None:
    """Make all records of the domain right, but for those that are changed."""
    right = {
        "owner": ("_marquee", "TXT", ["other=1", f"sender={token}"]),
        "spf": ("", "TXT", ["v=spf1 mx include:_spf.boxes.example -all", "site-verification=1"]),
        "cname": ("m1._domainkey", "CNAME", ["Theater-Example.dkim.boxes.example."]),
        "key": ("m2._domainkey", "TXT", [KEY.replace("; ", ";")]),
        "dmarc": ("_dmarc", "TXT", ["v=DMARC1; p=reject"]),
    }
    dns_server.forget()
    for name, (below, kind, values) in right.items():
        dns_server.set(f"{below}.{DOMAIN}".lstrip("."), *changes.get(name, values), kind=kind)


@pytest.fixture
def sending(db, theater: Theater, other_theater: Theater, manager) -> SendingDomain:
    brand = Brand.objects.create(name="Riverside", slug="riverside", reply_address="hello@river.example")
    Theater.objects.filter(pk=theater.pk).update(brand=brand)
    made = set_sender(brand=brand, address=f"tickets@{DOMAIN}", by=manager)
    assert made is not None
    return made


def look(sending: SendingDomain) -> Change:
    change = keep_findings(sending, look_up_records(sending), by=None)
    sending.refresh_from_db()
    forget_directory()
    return change


def sender_of(theater: Theater) -> str:
    return brand_of(theater).sender_address


def test_mails_come_from_a_confirmed_domain(sending, theater, dns_server, smtp_server, settings):
    def send(theater_id: int) -> None:
        kind = "booking_confirmed"
        email.deliver(
            email.compose(
                Notification(
                    kind=kind,
                    recipient="asha@example.com",
                    theater_id=theater_id,
                    context=sample_context(kind),
                    unique_key=f"{kind}:{theater_id}:{len(smtp_server.messages)}",
                    language="en",
                )
            )
        )

    send(theater.pk)
    fill(dns_server, sending.token)
    assert look(sending) is Change.VERIFIED
    assert look(sending) is Change.NOTHING
    send(theater.pk)
    send(theater.pk + 1)
    before, own, others = smtp_server.wait_for(3)
    for message, address in ((before, "tickets@boxes.example"), (own, f"tickets@{DOMAIN}")):
        # SPF looks at the sender of the envelope, DMARC whether it belongs to the one that people see.
        assert parseaddr(message["From"]) == ("Riverside", address)
        assert message["X-Envelope-From"] == address
        assert message["Reply-To"] == "hello@river.example"
        assert message["Sender"] is None
    assert others["From"] == settings.DEFAULT_FROM_EMAIL
    # No mail comes from a domain for which nothing is signed any more.
    settings.SENDING_DKIM = {}
    forget_directory()
    assert sender_of(theater) == ""


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"spf": ["v=spf1 +INCLUDE:_spf.boxes.example ?all"], "dmarc": ["V=DMARC1;p=None"]}, {}),
        ({"owner": []}, {Purpose.OWNER: State.MISSING}),
        ({"owner": ["sender=anothers"]}, {Purpose.OWNER: State.WRONG}),
        ({"spf": ["v=spf10 include:_spf.boxes.example"]}, {Purpose.SPF: State.MISSING}),
        ({"spf": ["v=spf1 mx -all"]}, {Purpose.SPF: State.WRONG}),
        ({"spf": ["v=spf1 -all include:_spf.boxes.example"]}, {Purpose.SPF: State.WRONG}),
        ({"spf": ["v=spf1 -include:_spf.boxes.example -all"]}, {Purpose.SPF: State.WRONG}),
        ({"spf": ["v=spf1 include:_spf.boxes.example -all", "v=spf1 -all"]}, {Purpose.SPF: State.WRONG}),
        ({"cname": ["elsewhere.example."]}, {Purpose.DKIM: State.WRONG}),
        ({"cname": []}, {Purpose.DKIM: State.MISSING}),
        ({"key": ["v=DKIM1; p="]}, {Purpose.DKIM: State.WRONG}),
        ({"key": ["v=DKIM2; p=" + KEY.partition("p=")[2]]}, {Purpose.DKIM: State.WRONG}),
        ({"dmarc": ["v=spf1 -all"]}, {Purpose.DMARC: State.MISSING}),
        ({"dmarc": ["v=DMARC1; rua=mailto:a@b.example"]}, {Purpose.DMARC: State.WRONG}),
        ({"dmarc": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, {Purpose.DMARC: State.WRONG}),
        ({"owner": ["\\000\\255\\239<b>"]}, {Purpose.OWNER: State.WRONG}),
    ],
)
def test_each_record_is_right_missing_or_wrong(dns_server, changes, wrong):
    fill(dns_server, "token", **changes)
    findings = [look_up(record, Lookups(seconds=5)) for record in needed_records(DOMAIN, "token")]
    assert len(findings) == 5
    assert {one.purpose: one.state for one in findings if one.state != State.RIGHT} == wrong
    assert all(text.isprintable() for one in findings for text in one.found)


def test_what_a_domain_has_already_is_kept(dns_server, settings):
    settings.SENDING_SPF = "include:_spf.boxes.example ip4:192.0.2.1"
    fill(dns_server, "token", spf=["v=spf1 mx include:_spf.boxes.example ~all"], dmarc=[])
    findings = {
        one.purpose: one for one in [look_up(record, Lookups(seconds=5)) for record in needed_records(DOMAIN, "t")]
    }
    assert findings[Purpose.SPF].value == "v=spf1 mx include:_spf.boxes.example ip4:192.0.2.1 ~all"
    assert findings[Purpose.DMARC].state == State.MISSING
    # Of a domain above.
    [*_others, record] = needed_records(f"mail.{DOMAIN}", "t")
    dns_server.set(f"_dmarc.{DOMAIN}", "v=DMARC1; p=quarantine")
    assert look_up(record, Lookups(seconds=5)).state == State.RIGHT


def test_what_can_not_be_looked_up_changes_nothing(sending, theater, dns_server, monkeypatch):
    monkeypatch.setattr(check, "LOOKUP_SECONDS", 0.3)
    dns_server.is_silent = True
    assert look(sending) is Change.NOTHING
    assert {one["state"] for one in sending.findings} == {"unknown"}
    assert not sending.is_verified
    fill(dns_server, sending.token)
    monkeypatch.setattr(check, "LOOKUP_SECONDS", 5)
    assert look(sending) is Change.VERIFIED
    dns_server.fails = True
    SendingDomain.objects.update(failing_since=sending.checked_at - timedelta(days=30))
    assert look(sending) is Change.NOTHING
    assert sender_of(theater) == f"tickets@{DOMAIN}"


def test_a_record_that_is_gone_for_three_days_ends_it_and_staff_are_told(sending, theater, dns_server, manager):
    begin = timezone.now()
    fill(dns_server, sending.token)
    assert check_sending_domains() == 1
    fill(dns_server, sending.token, dmarc=[])
    alerts = Notification.objects.filter(kind="staff_alert", theater_id=theater.pk)
    for days, found, told in ((0, 1, 1), (1, 0, 1), (2.9, 0, 1), (3.1, 1, 2), (4, 0, 2)):
        with time_machine.travel(begin + timedelta(days=days)):
            assert check_sending_domains() == found
        assert alerts.count() == told, days
        forget_directory()
        assert bool(sender_of(theater)) == (days < 3)
    assert {one.recipient for one in alerts} == {manager.email}
    fill(dns_server, sending.token)
    assert check_sending_domains() == 1


def test_a_record_that_is_back_in_time_changes_nothing(sending, theater, dns_server):
    fill(dns_server, sending.token)
    look(sending)
    fill(dns_server, sending.token, key=[])
    assert look(sending) is Change.FAILING
    fill(dns_server, sending.token)
    assert look(sending) is Change.NOTHING
    assert sending.failing_since is None
    assert sender_of(theater)


def test_one_brands_proof_is_not_anothers_and_another_domain_waits_again(sending, theater, dns_server, manager):
    rival = Brand.objects.create(name="Rival", slug="rival")
    theirs = make_theater(brand=rival)
    stolen = set_sender(brand=rival, address=f"tickets@{DOMAIN}", by=manager)
    fill(dns_server, sending.token)
    assert look(sending) is Change.VERIFIED
    assert look(stolen) is Change.NOTHING
    assert (sender_of(theater), sender_of(theirs)) == (f"tickets@{DOMAIN}", "")
    set_sender(brand=sending.brand, address=f"office@{DOMAIN}", by=manager)
    forget_directory()
    assert sender_of(theater) == f"office@{DOMAIN}"
    stale = look_up_records(sending)
    set_sender(brand=sending.brand, address="office@other.example", by=manager)
    # An answer about the former domain comes late.
    assert keep_findings(sending, stale, by=None) is Change.NOTHING
    set_sender(brand=sending.brand, address=f"office@{DOMAIN}", by=manager)
    sending.refresh_from_db()
    assert not sending.is_verified
    assert look(sending) is Change.NOTHING
    assert AuditEntry.objects.filter(action="confirm sender", theater_id=theater.pk).count() == 1
    set_sender(brand=sending.brand, address="", by=manager)
    assert not SendingDomain.objects.filter(brand=sending.brand).exists()
    assert StaffMembership.objects.filter(user=manager, theater=theater).exists()
