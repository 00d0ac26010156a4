"""A double of Stripe at the HTTP boundary: a small server that speaks the calls that we make.

It keeps to what Stripe documents: bearer keys, form encoding, idempotency keys that give the first
answer again and refuse other parameters, sessions that live for 30 minutes to 24 hours, refunds up
to what was charged, and webhooks signed with `t=…,v1=…`. What one account has, another one's keys do not find.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payments.tests.local_server import serve

KEY = "sk_test_double"
WEBHOOK_SECRET = "whsec_double"


class Refusal(Exception):
    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class StripeDouble:
    def __init__(self) -> None:
        # The account of each key, and of each session.
        self.keys = {KEY: "acct_site"}
        self.owners: dict[str, str] = {}
        self.charges_enabled = True
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        self.refund_status = "succeeded"
        # Answer the next so many calls with 500, before or after doing what they ask.
        self.fails_before = 0
        self.fails_after = 0
        self.url = ""
        self._numbers = count(1)
        self._lock = Lock()

    # What happens at Stripe's own side

    def pay(self, session_id: str, *, amount: int | None = None, currency: str | None = None) -> dict[str, Any]:
        """Let the customer pay on Stripe's page; return the session."""
        session = self.sessions[session_id]
        assert session["status"] == "open"
        session |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": f"pi_{next(self._numbers)}",
            "amount_total": session["amount_total"] if amount is None else amount,
            "currency": currency or session["currency"],
        }
        return session

    def build_webhook(
        self, kind: str, about: dict[str, Any], *, at: float | None = None, secret: str = WEBHOOK_SECRET
    ) -> tuple[bytes, dict[str, str]]:
        event = {"id": f"evt_{next(self._numbers)}", "object": "event", "type": kind, "data": {"object": about}}
        body = json.dumps(event).encode()
        seconds = int(time.time() if at is None else at)
        signature = hmac.new(secret.encode(), b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()
        return body, {"Stripe-Signature": f"t={seconds},v1={signature}"}

    def refund_in_dashboard(self, session: dict[str, Any], amount: int) -> dict[str, Any]:
        """Let somebody give money back by hand; return the charge, as newer versions tell it: without refunds."""
        asked = {"payment_intent": session["payment_intent"], "amount": amount}
        self._create_refund(self.owners[session["id"]], asked)
        return {
            "id": f"ch_{session['payment_intent']}",
            "object": "charge",
            "payment_intent": session["payment_intent"],
            "metadata": session["metadata"],
            "amount_refunded": amount,
        }

    def dispute(self, session: dict[str, Any], status: str) -> dict[str, Any]:
        return {
            "id": f"dp_{session['payment_intent']}",
            "object": "dispute",
            "payment_intent": session["payment_intent"],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "status": status,
            "metadata": {},
        }

    # Its API

    def answer(self, method: str, path: str, form: dict[str, Any], headers: Any) -> tuple[int, dict[str, Any]]:
        with self._lock:
            try:
                return 200, self._answer(method, path, form, headers)
            except Refusal as refusal:
                return refusal.status, {"error": {"type": refusal.kind, "message": str(refusal)}}

    def _answer(self, method: str, path: str, form: dict[str, Any], headers: Any) -> dict[str, Any]:
        self.calls.append((method, path, form))
        account = self.keys.get(headers.get("Authorization", "").removeprefix("Bearer "))
        if account is None:
            raise Refusal(401, "invalid_request_error", "Invalid API Key provided")
        if self.fails_before:
            self.fails_before -= 1
            raise Refusal(500, "api_error", "An unknown error occurred")
        key = (account, headers.get("Idempotency-Key", "")) if method == "POST" else ("", "")
        asked = json.dumps([path, form], sort_keys=True)
        if key in self.answers:
            first, answer = self.answers[key]
            if first != asked:
                raise Refusal(400, "idempotency_error", "Keys can only be used with the same parameters")
        else:
            answer = self._route(account, method, path, form)
            if key[1]:
                self.answers[key] = (asked, answer)
        if self.fails_after:
            self.fails_after -= 1
            raise Refusal(500, "api_error", "An unknown error occurred")
        return answer

    def _route(self, account: str, method: str, path: str, form: dict[str, Any]) -> dict[str, Any]:
        if (method, path) == ("GET", "/v1/account"):
            name = {"name": f"{account} Ltd"}
            return {
                "id": account,
                "object": "account",
                "business_profile": name,
                "charges_enabled": self.charges_enabled,
            }
        if (method, path) == ("POST", "/v1/checkout/sessions"):
            return self._create_session(account, form)
        if (method, path) == ("POST", "/v1/refunds"):
            return self._create_refund(account, form)
        if match := re.fullmatch(r"/v1/checkout/sessions/(\w+)(/expire)?", path):
            session = self.sessions.get(match[1])
            if session is None or self.owners[match[1]] != account:
                raise Refusal(404, "invalid_request_error", f"No such checkout.session: {match[1]}")
            if match[2]:
                if session["status"] != "open":
                    raise Refusal(400, "invalid_request_error", "Only open sessions can be expired")
                session |= {"status": "expired", "url": None}
            return session
        if (method, path) == ("GET", "/v1/refunds"):
            made = [one for one in self.refunds.values() if form["charge"] == f"ch_{one['payment_intent']}"]
            return {"object": "list", "url": path, "has_more": False, "data": made}
        if method == "GET" and path.startswith("/v1/refunds/"):
            return self.refunds[path.rpartition("/")[2]]
        raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path})")

    def _create_session(self, account: str, form: dict[str, Any]) -> dict[str, Any]:
        lives = int(form["expires_at"]) - time.time()
        if not 30 * 60 <= lives <= 24 * 3600:
            raise Refusal(400, "invalid_request_error", "expires_at must be between 30 minutes and 24 hours")
        price = form["line_items[0][price_data][currency]"]
        session_id = f"cs_test_{next(self._numbers)}"
        self.owners[session_id] = account
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "mode": form["mode"],
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]) * int(form["line_items[0][quantity]"]),
            "currency": price,
            "client_reference_id": form["client_reference_id"],
            "metadata": _part(form, "metadata"),
            "success_url": form["success_url"],
            "url": f"{self.url}/c/pay/{session_id}",
        }
        return self.sessions[session_id]

    def _create_refund(self, account: str, form: dict[str, Any]) -> dict[str, Any]:
        own = [one for one in self.sessions.values() if self.owners[one["id"]] == account]
        charged = [one for one in own if one["payment_intent"] == form["payment_intent"]]
        if not charged:
            raise Refusal(404, "invalid_request_error", "No such payment_intent")
        made = [one for one in self.refunds.values() if one["payment_intent"] == form["payment_intent"]]
        left = charged[0]["amount_total"] - sum(one["amount"] for one in made if one["status"] != "failed")
        if int(form["amount"]) > left:
            raise Refusal(400, "invalid_request_error", "Refund amount is greater than unrefunded amount on charge")
        refund_id = f"re_{next(self._numbers)}"
        self.refunds[refund_id] = {
            "id": refund_id,
            "object": "refund",
            "status": self.refund_status,
            "amount": int(form["amount"]),
            "currency": charged[0]["currency"],
            "payment_intent": form["payment_intent"],
            "metadata": _part(form, "metadata"),
        }
        return self.refunds[refund_id]


def _part(form: dict[str, Any], name: str) -> dict[str, Any]:
    return {key[len(name) + 1 : -1]: value for key, value in form.items() if key.startswith(f"{name}[")}


@contextmanager
def serving() -> Iterator[StripeDouble]:
    """Serve the double on a free port for as long as the block lasts."""
    double = StripeDouble()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            address = urlsplit(self.path)
            form = dict(parse_qsl(body or address.query, keep_blank_values=True))
            status, answer = double.answer(self.command, address.path, form, self.headers)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", "req_double")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    with serve(Handler) as double.url:
        yield double
