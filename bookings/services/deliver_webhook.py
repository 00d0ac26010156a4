"""Deliver the sandbox's webhooks, as a real gateway would from outside."""

from typing import Any
from uuid import UUID

import requests
import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from bookings.services.settle import receive_message
from payments.gateways import get_gateway
from payments.gateways.sandbox import build_webhook, sign_event
from payments.models import Payment, SandboxAnswer

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5


def deliver_sandbox_webhook(payment_key: UUID) -> str:
    """Post the decision about a payment to our own address; return how it arrived."""
    answer = SandboxAnswer.objects.select_related("payment").get(payment__key=payment_key)
    return _deliver(*build_webhook(answer, timezone.now()))


def deliver_sandbox_event(event: dict[str, Any]) -> str:
    """Post what a bank did on its own to our address; return how it arrived."""
    return _deliver(*sign_event(event, timezone.now()))


def _deliver(body: bytes, headers: dict[str, str]) -> str:
    """Post a signed message to our own address.

    If the worker cannot reach `SITE_URL` (a name that only browsers know, a proxy), or something else answers
    there, the same signed message is handed in directly.
    """
    url = settings.SITE_URL + reverse("bookings:webhook", args=[Payment.Gateway.SANDBOX])
    try:
        response = requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if response.ok and response.text in ("accepted", "repeated"):
            return response.text
        log.info("sandbox_webhook_misdirected", url=url, status=response.status_code)
    except requests.RequestException as error:
        log.info("sandbox_webhook_unreachable", url=url, error=str(error))
    is_new = receive_message(Payment.Gateway.SANDBOX, get_gateway(Payment.Gateway.SANDBOX).read_webhook(body, headers))
    return "handed in" if is_new else "repeated"
