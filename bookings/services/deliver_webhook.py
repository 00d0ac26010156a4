"""Deliver the sandbox's webhooks, as a real gateway would from outside."""

from functools import partial
from uuid import UUID

import requests
import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import KombuError

from bookings.gateways import get_gateway
from bookings.gateways.sandbox import LATER_SECONDS, build_webhook
from bookings.models import Payment, SandboxAnswer
from bookings.services.settle_payment import receive_message

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5


def schedule_sandbox_webhook(answer: SandboxAnswer) -> None:
    """Let a worker deliver the decision after the commit; later, when that was chosen."""
    transaction.on_commit(partial(_schedule, answer), robust=True)


def deliver_sandbox_webhook(payment_key: UUID) -> str:
    """Post the decision about a payment to our own address, and say how it arrived.

    Where the worker cannot reach `SITE_URL` (a name that only browsers know, a proxy), or something
    else answers there, the same signed message is handed in directly.
    """
    answer = SandboxAnswer.objects.select_related("payment").get(payment__key=payment_key)
    body, headers = build_webhook(answer, timezone.now())
    url = settings.SITE_URL + reverse("bookings:webhook", args=["sandbox"])
    try:
        response = requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if response.ok and response.text in ("accepted", "repeated"):
            return response.text
        log.info("sandbox_webhook_misdirected", url=url, status=response.status_code)
    except requests.RequestException as error:
        log.info("sandbox_webhook_unreachable", url=url, error=str(error))
    is_new = receive_message("sandbox", get_gateway("sandbox").read_webhook(body, headers))
    return "handed in" if is_new else "repeated"


def _schedule(answer: SandboxAnswer) -> None:
    is_later = answer.decision == SandboxAnswer.Decision.LATER
    key = Payment.objects.values_list("key", flat=True).get(pk=answer.payment_id)
    try:
        current_app.send_task(
            "bookings.tasks.deliver_sandbox_webhook",
            (str(key),),
            countdown=LATER_SECONDS if is_later else 0,
            retry=True,
            retry_policy={"max_retries": 1},
        )
    except (KombuError, OSError) as error:
        # The sweep asks the sandbox instead.
        log.warning("broker_down", payment=str(key), error=str(error))
