"""The web service that Apple Wallet asks about passes: which have changed, and what they say now.

A device registers for a pass with its token, is told by `apple.push` that something has changed, asks which passes
that are, and fetches them. The calls are Apple's: "Adding a Web Service to Update Passes".
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from lib.client_address import client_network
from lib.throttling import Throttle
from wallets.apple.pkpass import PASS_TYPE, make_pkpass
from wallets.keys import AppleKeys, apple_keys
from wallets.models import LIBRARY_LENGTH, PUSH_TOKEN_LENGTH, Platform, WalletDevice, WalletPass
from wallets.passes import RELATED

log = structlog.get_logger(__name__)

# More than a family has that shares one pass.
MAX_DEVICES = 50
_MAX_BODY = 10_000
# It becomes part of the address at which Apple is called.
_TOKEN = re.compile(rf"[A-Za-z0-9]{{1,{PUSH_TOKEN_LENGTH}}}")
# Lines of devices' logs that one network may write into ours.
LOG_LINES = Throttle("wallet-log", limit=20, seconds=3600)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@method_decorator(csrf_exempt, name="dispatch")
class _ServiceView(View):
    """A call for passes of our type, from a device."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        keys = apple_keys()
        if keys is None or kwargs.get("pass_type", keys.pass_type) != keys.pass_type:
            raise Http404
        self.keys: AppleKeys = keys
        return super().dispatch(request, *args, **kwargs)

    def find_pass(self, request: HttpRequest, serial: str) -> WalletPass | None:
        """Return the pass of this serial if the call has its token."""
        found = WalletPass.objects.filter(platform=Platform.APPLE, serial=serial).select_related(*RELATED).first()
        given = request.headers.get("Authorization", "").removeprefix("ApplePass ")
        return found if found is not None and constant_time_compare(given, found.token) else None


class RegistrationView(_ServiceView):
    """A device wants to be told of changes of a pass, or no longer."""

    def post(self, request: HttpRequest, device: str, pass_type: str, serial: str) -> HttpResponse:
        found = self.find_pass(request, serial)
        if found is None:
            return _unauthorized()
        push_token = _read_body(request).get("pushToken")
        if not isinstance(push_token, str) or not _TOKEN.fullmatch(push_token) or len(device) > LIBRARY_LENGTH:
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        if found.devices.exclude(library=device).count() >= MAX_DEVICES:
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        _device, is_new = WalletDevice.objects.update_or_create(
            owned=found, library=device, defaults={"push_token": push_token}
        )
        return HttpResponse(status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)

    def delete(self, request: HttpRequest, device: str, pass_type: str, serial: str) -> HttpResponse:
        found = self.find_pass(request, serial)
        if found is None:
            return _unauthorized()
        found.devices.filter(library=device).delete()
        return HttpResponse()


class ChangedView(_ServiceView):
    """The serials of a device's passes that have changed since it last asked."""

    def get(self, request: HttpRequest, device: str, pass_type: str) -> HttpResponse:
        passes = WalletPass.objects.filter(devices__library=device)
        since = _read_tag(request.GET.get("passesUpdatedSince", ""))
        if since is not None:
            passes = passes.filter(changed_at__gt=since)
        found = list(passes.order_by("changed_at").values_list("serial", "changed_at"))
        if not found:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return JsonResponse(
            {"serialNumbers": [serial for serial, _at in found], "lastUpdated": _write_tag(found[-1][1])}
        )


class LatestView(_ServiceView):
    """The pass as it is now."""

    def get(self, request: HttpRequest, pass_type: str, serial: str) -> HttpResponse:
        found = self.find_pass(request, serial)
        if found is None:
            return _unauthorized()
        changed_at = int(found.changed_at.timestamp())
        seen_at = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
        if seen_at is not None and seen_at >= changed_at:
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        headers = {"Last-Modified": http_date(changed_at), "Cache-Control": "private, no-cache"}
        return HttpResponse(make_pkpass(found, self.keys), content_type=PASS_TYPE, headers=headers)


class LogView(_ServiceView):
    """What devices have to complain about."""

    def post(self, request: HttpRequest) -> HttpResponse:
        lines = _read_body(request).get("logs")
        if isinstance(lines, list) and LOG_LINES.count(client_network(request)):
            log.warning("wallet_complains", lines=[str(line)[:300] for line in lines[:5]])
        return HttpResponse()


def _unauthorized() -> HttpResponse:
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED)


def _read_body(request: HttpRequest) -> dict[str, Any]:
    try:
        read = json.loads(request.body) if len(request.body) <= _MAX_BODY else None
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {}


def _write_tag(moment: datetime) -> str:
    return str((moment - _EPOCH) // timedelta(microseconds=1))


def _read_tag(tag: str) -> datetime | None:
    """Return the moment of a tag of ours; None for anything else, which asks for all passes."""
    try:
        return _EPOCH + timedelta(microseconds=int(tag))
    except (ValueError, OverflowError):
        return None
