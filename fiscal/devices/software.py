"""Devices in software, for tests and the demo: they follow the published forms, and are certified by nobody.

Each receipt says so. Their keys follow from the site's secret key and the register's name.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from fiscal.devices import rksv, tse
from fiscal.devices.base import DeviceFailed, Signed, ToSign

# The order of P-256: a private key is below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_COORDINATE_BYTES = 32


class _SoftwareDevice:
    def __init__(self, register: str, *, is_out_of_order: bool = False) -> None:
        self.register = register
        self.is_out_of_order = is_out_of_order

    @property
    def notice(self) -> str:
        return gettext("TEST: not signed by a certified device.")

    def is_ready(self) -> bool:
        return not self.is_out_of_order

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self.secret("key"), "big") % (_ORDER - 1) + 1, ec.SECP256R1())

    @property
    def public_key(self) -> bytes:
        return self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def secret(self, purpose: str) -> bytes:
        return salted_hmac(f"fiscal.{purpose}", self.register, secret=settings.SECRET_KEY, algorithm="sha256").digest()

    def sign(self, content: bytes) -> bytes:
        """Return the signature as two numbers of 32 bytes, as JWS and “ecdsa-plain” have it."""
        if self.is_out_of_order:
            raise DeviceFailed("The test device plays dead.")
        numbers = decode_dss_signature(self.private_key.sign(content, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(_COORDINATE_BYTES, "big") for number in numbers)


class SoftwareTse(_SoftwareDevice):
    """Counts and signs like a TSE; what it signs is the text of the code, not a log message of BSI TR-03151."""

    def start(self, request: ToSign) -> int | None:
        if self.is_out_of_order:
            raise DeviceFailed("The test device plays dead.")
        return request.position

    def finish(self, request: ToSign, transaction_number: int | None) -> Signed:
        now = timezone.now()
        data = tse.write_process_data(request)
        number = transaction_number or request.position
        # Start and finish of a transaction are signed each.
        signature_number = 2 * number
        value = b64encode(self.sign(f"{self.register};{data};{number};{signature_number}".encode())).decode()
        code = tse.write_code(
            serial=self.register,
            process_data=data,
            transaction_number=number,
            signature_number=signature_number,
            started_at=request.moved_at,
            finished_at=now,
            signature=value,
            public_key=b64encode(self.public_key).decode(),
        )
        return Signed(data, value, code, number, signature_number, request.moved_at, now)

    def fail(self, request: ToSign) -> Signed:
        return Signed(text="", value="", code="", started_at=request.moved_at)


class SoftwareRksv(_SoftwareDevice):
    """Signs and chains like a device of the RKSV; its certificate is no certificate."""

    @property
    def certificate(self) -> str:
        return sha256(self.public_key).hexdigest()[:16]

    @property
    def turnover_key(self) -> bytes:
        return self.secret("turnover")

    def start(self, request: ToSign) -> int | None:
        return None

    def finish(self, request: ToSign, transaction_number: int | None) -> Signed:
        data = self._write(request)
        return self._answer(data, self.sign(rksv.signing_input(data)))

    def fail(self, request: ToSign) -> Signed:
        return self._answer(self._write(request), rksv.OUT_OF_ORDER.encode())

    def _write(self, request: ToSign) -> str:
        return rksv.write_data(request, key=self.turnover_key, certificate=self.certificate)

    def _answer(self, data: str, signature: bytes) -> Signed:
        jws = rksv.compact(data, signature)
        return Signed(text=data, value=jws, code=rksv.code_of(jws), finished_at=timezone.now())
