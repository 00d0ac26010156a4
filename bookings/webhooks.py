"""Where gateways send their messages: `/webhooks/<gateway>/`, and those of a theater's own account below it."""

from uuid import UUID

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bookings.services.outside_refunds import NotReceivedYet
from bookings.services.settle import receive_message
from payments.errors import GatewayNotOffered, GatewayUnavailable
from payments.gateways import get_gateway
from payments.gateways.base import WebhookRefused
from payments.models import GatewayAccount, Payment, Refund

log = structlog.get_logger(__name__)

# Stripe's largest events are a few tens of kilobytes.
MAX_WEBHOOK_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive_webhook(request: HttpRequest, gateway: str, token: UUID | None = None) -> HttpResponse:
    """Check the signature before anything else, and act on the message once.

    200 tells the gateway that we have it, even if it is a repetition or about something we never made; 400
    and 413 that it is not acceptable; 503 that it should be sent again. A failure of ours is a 500, after
    which it is sent again, too. `token` names the account whose address it is, in use or no longer.
    """
    try:
        adapter = get_gateway(gateway)
    except GatewayNotOffered as error:
        raise Http404 from error
    account = get_object_or_404(GatewayAccount, token=token, gateway=gateway) if token else None
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.body if length <= MAX_WEBHOOK_BYTES else b""
    except (RequestDataTooBig, ValueError):
        length, body = MAX_WEBHOOK_BYTES + 1, b""
    if max(length, len(body)) > MAX_WEBHOOK_BYTES:
        return _answer("too large", 413)
    try:
        message = adapter.read_webhook(body, request.headers, account=account)
    except WebhookRefused:
        log.warning("webhook_refused", gateway=gateway)
        return _answer("refused", 400)
    except GatewayUnavailable:
        return _answer("not now", 503)
    try:
        is_new = receive_message(gateway, message, account=account)
    except NotReceivedYet:
        log.warning("webhook_early", gateway=gateway, event_id=message.event_id)
        return _answer("not yet", 503)
    except (Payment.DoesNotExist, Refund.DoesNotExist):
        # Another installation may share the gateway's account.
        log.warning("webhook_unknown", gateway=gateway, event_id=message.event_id)
        return _answer("unknown", 200)
    return _answer("accepted" if is_new else "repeated", 200)


def _answer(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")
