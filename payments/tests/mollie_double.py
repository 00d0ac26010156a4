"""A double of Mollie at the HTTP boundary: a small server that speaks the calls that we make.

It keeps to what Mollie documents: bearer keys, JSON, amounts with all digits of their currency, idempotency keys
that give the first answer again, payments that some methods can't cancel, refunds that wait for a day and stay
within what was paid, and what belongs to one key is not found by another one's.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from payments.tests.local_server import serve

KEY = "test_site_0000000000000000000"


class Refusal(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class MollieDouble:
    def __init__(self) -> None:
        # The profile of each key, and of each payment.
        self.keys = {KEY: "pfl_site"}
        self.owners: dict[str, str] = {}
        self.profile_status = "verified"
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.chargebacks: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.is_cancelable = True
        # Answer the next so many calls with 503, before or after doing what they ask.
        self.fails_before = 0
        self.fails_after = 0
        self.url = ""
        self._numbers = count(1)
        self._lock = Lock()

    # What happens at Mollie's own side

    def end(self, payment_id: str, status: str = "paid", *, amount: str = "") -> None:
        """Let the customer pay on Mollie's page, fail or go back, or the time be over."""
        payment = self.payments[payment_id]
        assert payment["status"] in ("open", "pending")
        payment |= {"status": status, "isCancelable": False}
        if amount:
            payment["amount"] = {**payment["amount"], "value": amount}

    def refund_in_dashboard(self, payment_id: str, value: str) -> dict[str, Any]:
        return self._create_refund(payment_id, {"amount": {"currency": "EUR", "value": value}})

    def charge_back(self, payment_id: str) -> dict[str, Any]:
        made = {
            "resource": "chargeback",
            "id": f"chb_{next(self._numbers)}",
            "amount": self.payments[payment_id]["amount"],
            "reversedAt": None,
        }
        self.chargebacks.setdefault(payment_id, []).append(made)
        return made

    # Its API

    def answer(self, method: str, address: str, asked: dict[str, Any], headers: Any) -> tuple[int, dict[str, Any]]:
        with self._lock:
            try:
                return 200, self._answer(method, address, asked, headers)
            except Refusal as refusal:
                return refusal.status, {"status": refusal.status, "title": "Refused", "detail": str(refusal)}

    def _answer(self, method: str, address: str, asked: dict[str, Any], headers: Any) -> dict[str, Any]:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if path.startswith("/checkout/"):
            # Its page, for browsers.
            return {"resource": "page"}
        self.calls.append((method, path, asked))
        profile = self.keys.get(headers.get("Authorization", "").removeprefix("Bearer "))
        if profile is None:
            raise Refusal(401, "Missing authentication, or failed to authenticate")
        if self.fails_before:
            self.fails_before -= 1
            raise Refusal(503, "The service is temporarily unavailable")
        key = (profile, headers.get("Idempotency-Key", ""))
        if method == "POST" and key in self.answers:
            answer = self.answers[key]
        else:
            answer = self._route(profile, method, path, asked)
            if method == "POST":
                self.answers[key] = answer
        if self.fails_after:
            self.fails_after -= 1
            raise Refusal(503, "The service is temporarily unavailable")
        if "embed" in query:
            embedded = {name: getattr(self, name).get(answer["id"], []) for name in query["embed"][0].split(",")}
            return {**answer, "_embedded": embedded}
        return answer

    def _route(self, profile: str, method: str, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        if (method, path) == ("GET", "/v2/profiles/me"):
            return {"resource": "profile", "id": profile, "name": f"{profile} Ltd", "status": self.profile_status}
        if (method, path) == ("POST", "/v2/payments"):
            return self._create_payment(profile, asked)
        match = re.fullmatch(r"/v2/payments/(\w+)(/refunds)?(?:/(\w+))?", path)
        if match is None or self.owners.get(match[1]) != profile:
            raise Refusal(404, "No payment exists with this token")
        if match[2] and method == "POST":
            return self._create_refund(match[1], asked)
        if match[2]:
            for one in self.refunds.get(match[1], []):
                if one["id"] == match[3]:
                    return one
            raise Refusal(404, "No refund exists with this token")
        payment = self.payments[match[1]]
        if method == "DELETE":
            if not payment["isCancelable"]:
                raise Refusal(422, "The payment cannot be canceled")
            payment |= {"status": "canceled", "isCancelable": False}
        return payment

    def _create_payment(self, profile: str, asked: dict[str, Any]) -> dict[str, Any]:
        if "localhost" in asked.get("webhookUrl", ""):
            raise Refusal(422, "The webhook URL is invalid because it is unreachable from Mollie's point of view")
        _check_amount(asked["amount"])
        payment_id = f"tr_{next(self._numbers)}"
        self.owners[payment_id] = profile
        self.payments[payment_id] = {
            "resource": "payment",
            "id": payment_id,
            "status": "open",
            "isCancelable": self.is_cancelable,
            **{name: asked[name] for name in ("amount", "description", "redirectUrl", "metadata")},
            "webhookUrl": asked.get("webhookUrl"),
            "_links": {"checkout": {"href": f"{self.url}/checkout/{payment_id}", "type": "text/html"}},
        }
        return self.payments[payment_id]

    def _create_refund(self, payment_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        _check_amount(asked["amount"])
        made = self.refunds.setdefault(payment_id, [])
        given = sum(Decimal(one["amount"]["value"]) for one in made if one["status"] not in ("failed", "canceled"))
        if given + Decimal(asked["amount"]["value"]) > Decimal(self.payments[payment_id]["amount"]["value"]):
            raise Refusal(422, "The amount is higher than the maximum")
        refund = {"resource": "refund", "id": f"re_{next(self._numbers)}", "status": "queued", **asked}
        made.append(refund)
        return refund


def _check_amount(amount: dict[str, str]) -> None:
    digits = 0 if amount["currency"] == "JPY" else 2
    if not re.fullmatch(r"\d+" + (rf"\.\d{{{digits}}}" if digits else ""), amount["value"]):
        raise Refusal(422, "The amount contains an invalid value")


@contextmanager
def serving() -> Iterator[MollieDouble]:
    """Serve the double on a free port for as long as the block lasts."""
    double = MollieDouble()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def do_DELETE(self) -> None:
            self._respond()

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = double.answer(self.command, self.path, json.loads(body or b"{}"), self.headers)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/hal+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    with serve(Handler) as double.url:
        yield double
