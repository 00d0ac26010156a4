"""Development: keep e-mails as files instead of sending them; `development.py` shows them.

Files, because the worker that sends them and the web server that shows them are two processes.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

MAX_KEPT_MAILS = 500


def folder() -> Path:
    path: Path = settings.DATA_DIR / "mail"
    path.mkdir(parents=True, exist_ok=True)
    return path


class CaptureBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message into a file of its own, atomically."""
        for message in email_messages:
            unfinished = folder() / f".{uuid4().hex}"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(folder() / f"{time.time_ns()}-{uuid4().hex[:8]}.eml")
        for old in sorted(folder().glob("*.eml"))[:-MAX_KEPT_MAILS]:
            old.unlink(missing_ok=True)
        return len(email_messages)
