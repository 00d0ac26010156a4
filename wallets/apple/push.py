"""Tell devices that a pass has changed, by Apple's push service (APNs), so that they ask for it.

A push is an empty message over HTTP/2, with the certificate of the pass type as the client's.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from wallets.errors import WalletUnavailable
from wallets.keys import AppleKeys, apple_keys
from wallets.models import WalletDevice, WalletPass

ADDRESS = "https://api.push.apple.com"
TIMEOUT_SECONDS = 10


def push(one: WalletPass) -> None:
    """Ask every device that has the pass to fetch it; forget those from which it was removed.

    Raises `WalletUnavailable` if any could not be told.
    """
    devices = list(one.devices.all())
    keys = apple_keys()
    if not devices or keys is None:
        return
    client = _open_client(keys)
    failed = ""
    for device in devices:
        failed = _push(client, device, keys.pass_type) or failed
    if failed:
        raise WalletUnavailable(failed)


def _push(client: httpx.Client, device: WalletDevice, topic: str) -> str:
    """Return what went wrong."""
    headers = {"apns-topic": topic, "apns-push-type": "background", "apns-priority": "5"}
    try:
        answer = client.post(f"/3/device/{device.push_token}", json={}, headers=headers)
    except httpx.HTTPError as error:
        return type(error).__name__
    reason = _read_reason(answer)
    if answer.status_code == HTTPStatus.GONE or reason in ("BadDeviceToken", "DeviceTokenNotForTopic"):
        device.delete()
        return ""
    return "" if answer.is_success else f"{answer.status_code} {reason}"


def _read_reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["reason"])[:60]
    except (ValueError, KeyError, TypeError):
        return ""


@lru_cache(maxsize=1)
def _open_client(keys: AppleKeys) -> httpx.Client:
    """Return a client that keeps its connection, as Apple wants it."""
    return httpx.Client(base_url=ADDRESS, http2=True, verify=_identify(keys), timeout=TIMEOUT_SECONDS)


def _identify(keys: AppleKeys) -> ssl.SSLContext:
    context = ssl.create_default_context()
    key = keys.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # OpenSSL reads them from a file only.
    with TemporaryDirectory() as folder:
        file = Path(folder) / "identity.pem"
        file.touch(mode=0o600)
        file.write_bytes(key + keys.certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(file)
    return context
