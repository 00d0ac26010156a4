"""Documents that a message may carry, by name.

The app that makes a document registers a builder in its `ready()`. The outbox row names the builder and
its arguments, so that the document is made when the message is sent and never in a request:
`notify(…, attachments=[("tickets.pdf", booking.code)])`.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    file_name: str
    content: bytes
    mime_type: str


# Returns None if there is nothing left to attach: the message is then sent without it.
Builder = Callable[..., Attachment | None]

_builders: dict[str, Builder] = {}


def register(name: str, builder: Builder) -> None:
    _builders[name] = builder


def build(name: str, *arguments: str) -> Attachment | None:
    """Make the document registered as `name`. Raises `LookupError` for an unknown name."""
    return _builders[name](*arguments)
