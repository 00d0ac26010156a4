"""A real SMTP server that keeps what it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class _OnFreePort(Controller):
    def _trigger_server(self) -> None:
        """Learn which port the system gave before the base class connects to see that it answers."""
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class SmtpServer:
    """Keeps received messages, oldest first. `refuse_with` makes it answer so instead of taking them."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse_with = ""
        self._arrived = threading.Condition()
        self._controller = _OnFreePort(self, hostname="127.0.0.1", port=0)
        self._controller.start()
        self.host, self.port = "127.0.0.1", self._controller.port

    @property
    def url(self) -> str:
        """The address in the form of the setting EMAIL_URL."""
        return f"smtp://{self.host}:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.refuse_with:
            return self.refuse_with
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 Message accepted for delivery"

    def wait_for(self, count: int, seconds: float = 30) -> list[EmailMessage]:
        """Wait until `count` messages came and return them all; fail when they do not come."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.messages) >= count, seconds)
            assert came, f"{len(self.messages)} of {count} messages came in {seconds} seconds."
            return list(self.messages)

    def forget(self) -> None:
        with self._arrived:
            self.messages.clear()
        self.refuse_with = ""

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture(scope="session")
def _smtp_sink() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(_smtp_sink: SmtpServer, settings: Any) -> Iterator[SmtpServer]:
    """An SMTP server that this process and `celery_worker_process` send to."""
    _smtp_sink.forget()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = _smtp_sink.host, _smtp_sink.port
    yield _smtp_sink
    _smtp_sink.forget()
