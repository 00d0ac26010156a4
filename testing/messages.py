"""Messages to send in tests."""

import itertools
from typing import Any

from notifications.models import Notification
from notifications.services import notify

_numbers = itertools.count(1)


def write_message(**fields: Any) -> Notification:
    """Write a message about an unknown account into the outbox."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": "account_unknown",
        "recipient": f"person-{number}@example.com",
        "unique_key": f"test:{number}",
        "context": {"name": "Asha", "recipient": f"person-{number}@example.com", "sign_up_url": "http://localhost/"},
    }
    return notify(**{**defaults, **fields})


def write_code(**fields: Any) -> Notification:
    """Write a sign-in code into the outbox."""
    return write_message(kind="sign_in_code", context={"name": "", "code": "H7KP2M"}, **fields)
