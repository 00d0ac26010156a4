"""Documents that a message may carry, by name.

The app that makes a document registers a builder in its `ready()`. The outbox row names the builder and
its arguments, so that the document is made when the message is sent and never in a request:
`notify(…, attachments=[("tickets.pdf", booking.code)])`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attachment:
    file_name: str
    content: bytes
    mime_type: str


# What the documents of one message have in common, by whatever a builder chooses: none reads it a second time.
Shared = dict[Any, Any]
# Takes what is shared and the arguments. Returns None if there is nothing left to attach: the message is then sent
# without it.
Builder = Callable[..., Attachment | None]

_builders: dict[str, Builder] = {}


def register(name: str, builder: Builder) -> None:
    _builders[name] = builder


def build(documents: Iterable[Sequence[str]]) -> list[Attachment]:
    """Make the documents of one message, each named with its arguments. Raises `LookupError` for an unknown name."""
    shared: Shared = {}
    made = [_builders[name](shared, *arguments) for name, *arguments in documents]
    return [attachment for attachment in made if attachment is not None]
