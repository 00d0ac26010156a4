"""Signing devices: what is signed, chained, printed and exported, and what happens when a device fails."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D  # noqa: N817
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from box_office.sale import hold_at_counter, take_money
from events.models import Show
from fiscal.devices import get_device, rksv, tse
from fiscal.devices.base import ToSign
from fiscal.devices.software import SoftwareRksv
from fiscal.models import Receipt, Signature, SigningDevice
from fiscal.printing import describe_all
from fiscal.selectors import read_receipts
from fiscal.services.control import issue_due_controls
from fiscal.services.issue import issue_missing
from fiscal.services.sign import sign_all_pending, sign_pending
from testing.bookings import choose, make_paid, open_till
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 7, 1, 18, 30, 5, tzinfo=UTC)


@pytest.fixture
def show(theater: Theater) -> Show:
    theater.tax_rate = D(10)
    theater.save()
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6), price="12.10")


def sell(show: Show, seller: User, *indices: int, gateway: str = "terminal") -> Booking:
    cart = f"{indices[0]:032}"
    hold = hold_at_counter(show=show, seller=seller, cart=cart, seats=choose(show, *indices))
    return take_money(hold=hold, gateway=gateway, seller=seller)


def make_device(theater: Theater, kind: str = "test_rksv", register: str = "KASSE-1") -> SigningDevice:
    return SigningDevice.objects.create(theater=theater, kind=kind, register=register)


def test_the_texts_of_a_tse_are_those_of_dsfinv_k():
    request = ToSign(
        register="TILL-1",
        number="T1-1",
        moved_at=MOMENT,
        currency="EUR",
        by_rate={D("19.0000"): D("75.33"), D("7.0000"): D("7.99")},
        cash=D("83.32"),
    )
    data = tse.write_process_data(request)
    assert data == "Beleg^75.33_7.99_0.00_0.00_0.00^83.32:Bar"
    code = tse.write_code(
        serial="SERIAL",
        process_data=data,
        transaction_number=18,
        signature_number=112,
        started_at=MOMENT,
        finished_at=MOMENT + timedelta(milliseconds=1500),
        signature="c2ln",
        public_key="a2V5",
    )
    assert code == (
        "V0;SERIAL;Kassenbeleg-V1;Beleg^75.33_7.99_0.00_0.00_0.00^83.32:Bar;18;112;2026-07-01T18:30:05.000Z;"
        "2026-07-01T18:30:06.500Z;ecdsa-plain-SHA256;utcTime;c2ln;a2V5"
    )
    with pytest.raises(tse.RateUnknown):
        tse.amounts_by_rate({D(20): D(1)})


def test_the_code_of_the_rksv_has_amounts_turnover_and_chain():
    key = bytes(range(32))
    request = ToSign(
        register="KASSE-1",
        number="T1-000083",
        moved_at=MOMENT,
        currency="EUR",
        by_rate={D("20.0000"): D("10.00"), D(13): D("3.5"), D("7.7"): D(1)},
        turnover=123_456,
    )
    fields = rksv.write_data(request, key=key, certificate="4e61dd").split("_")
    assert fields[:10] == [
        "", "R1-AT0", "KASSE-1", "T1-000083", "2026-07-01T20:30:05", "10,00", "0,00", "3,50", "0,00", "1,00",
    ]  # fmt: skip
    assert rksv.decrypt_turnover(b64decode(fields[10]), register="KASSE-1", number="T1-000083", key=key) == 123_456
    assert fields[11] == "4e61dd"
    # The first receipt is chained to the register's name.
    assert b64decode(fields[12]) == sha256(b"KASSE-1").digest()[:8]
    jws = rksv.compact("_".join(fields), b"\1" * 64)
    assert jws.startswith("eyJhbGciOiJFUzI1NiJ9.")
    assert rksv.code_of(jws).endswith("_" + "AQEB" * 21 + "AQ==")


def verify(device: SigningDevice, jws: str) -> None:
    content, _point, signature = jws.rpartition(".")
    raw = rksv.decode(signature)
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    adapter = get_device(device)
    assert isinstance(adapter, SoftwareRksv)
    adapter.private_key.public_key().verify(numbers, content.encode(), ec.ECDSA(hashes.SHA256()))


def test_receipts_of_a_till_are_signed_in_a_chain(show: Show, theater: Theater, customer: User, box_office: User):
    device = make_device(theater)
    assert (issue_due_controls(), issue_due_controls()) == (1, 0)
    open_till(box_office, theater)
    sold = [sell(show, box_office, 0, gateway="cash"), sell(show, box_office, 1, 2)]
    make_paid(show, 5, customer=customer)
    issue_missing(theater)
    assert (sign_pending(device), sign_pending(device)) == (3, 0)
    signatures = list(Signature.objects.order_by("position"))
    assert [one.receipt.kind for one in signatures] == ["control", "sale", "sale"]
    assert [one.turnover for one in signatures] == [0, 1210, 3630]
    previous = "KASSE-1"
    for one in signatures:
        verify(device, one.value)
        assert one.signed_text.endswith(rksv.chain(previous))
        previous = one.value
    told = describe_all(read_receipts(sold[0]))["receipts"][0]
    assert told["qr"].startswith("<svg")
    assert "TEST" in told["notes"][0]
    assert describe_all(read_receipts(Booking.objects.get(customer=customer)))["receipts"][0]["qr"] == ""


def test_an_outage_is_said_and_ends_with_a_receipt(show: Show, theater: Theater, box_office: User):
    device = make_device(theater)
    issue_due_controls()
    sign_all_pending()
    SigningDevice.objects.update(is_out_of_order=True)
    device.refresh_from_db()
    first = sell(show, box_office, 0)
    sign_pending(device)
    failed = Signature.objects.latest("position")
    assert failed.state == "failed"
    assert rksv.decode(failed.value.rpartition(".")[2]).decode() == "Sicherheitseinrichtung ausgefallen"
    assert any("ausgefallen" in note for note in describe_all(read_receipts(first))["receipts"][0]["notes"])
    assert issue_due_controls() == 0
    SigningDevice.objects.update(is_out_of_order=False)
    device.refresh_from_db()
    assert (issue_due_controls(), sign_all_pending()) == (1, 1)
    last = Signature.objects.latest("position")
    assert (last.receipt.kind, last.state) == ("control", "signed")
    assert last.signed_text.endswith(rksv.chain(failed.value))
    assert issue_due_controls() == 0


def test_a_month_and_a_year_end_with_a_receipt(theater: Theater):
    device = make_device(theater)
    SigningDevice.objects.update(created_at=datetime(2026, 11, 20, tzinfo=UTC))
    issue_due_controls(now=datetime(2026, 11, 20, 12, tzinfo=UTC))
    for now in (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2027, 1, 1, 9, tzinfo=UTC)):
        assert (issue_due_controls(now=now), issue_due_controls(now=now)) == (1, 0)
    names = Receipt.objects.order_by("pk").values_list("control", flat=True)
    assert list(names) == [f"{device} start", f"{device} 2026-11", f"{device} 2026"]


def test_a_test_tse_signs_what_the_counter_prints(show: Show, theater: Theater, box_office: User, manager: User):
    theater.tax_rate = D(19)
    theater.save()
    device = make_device(theater, "test_tse", "TSE-1")
    sold = sell(show, box_office, 0)
    page = signed_in(box_office).get(reverse("admin:box_office_receipt", args=[sold.code]))
    assert page.status_code == 200
    signature = Signature.objects.get()
    assert (signature.state, signature.transaction_number) == ("signed", 1)
    assert signature.code.split(";")[3] == "Beleg^12.10_0.00_0.00_0.00_0.00^12.10:Unbar"
    file = signed_in(manager).get(reverse("admin:fiscal_signingdevice_export", args=[device.pk])).content.decode()
    header, row = (line.split(";") for line in file.splitlines())
    assert dict(zip(header, row, strict=True))["BON_ID"] == signature.receipt.code
    for attempt in (
        lambda: Signature.objects.update(value="x"),
        lambda: Signature.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_a_rate_that_a_tse_does_not_know_is_an_outage(show: Show, theater: Theater, box_office: User):
    device = make_device(theater, "test_tse", "TSE-1")
    sell(show, box_office, 0)
    sign_pending(device)
    assert Signature.objects.get().state == "failed"


def test_the_protocol_of_an_austrian_till_is_handed_over(
    show: Show, theater: Theater, box_office: User, manager: User, other_manager: User
):
    device = make_device(theater)
    sell(show, box_office, 0)
    sign_pending(device)
    address = reverse("admin:fiscal_signingdevice_export", args=[device.pk])
    told = json.loads(signed_in(manager).get(address).content)
    assert told["Belege-Gruppe"][0]["Belege-kompakt"] == [Signature.objects.get().value]
    assert signed_in(other_manager).get(address).status_code == 404


def test_without_a_device_nothing_is_signed(show: Show, theater: Theater, box_office: User):
    make_device(theater, "none", "NONE-1")
    sold = sell(show, box_office, 0)
    assert not Signature.objects.exists()
    told = describe_all(read_receipts(sold))["receipts"][0]
    assert (told["qr"], told["notes"]) == ("", [])
    assert timezone.now() >= Receipt.objects.get().issued_at
