"""Looking up records in the domain name system."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings
from dns.nameserver import Do53Nameserver

DNS_PORT = 53
# What is shown of a name that has more, or longer ones. The longest keys have some 800 characters.
MAX_VALUES, MAX_VALUE_LENGTH = 20, 1200


class NotLookedUp(Exception):
    """No server gave an answer, so nothing is known about the record."""


class Lookups:
    """Several lookups that share a time limit in seconds: once it is over, each further one fails at once."""

    def __init__(self, *, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._resolver: dns.resolver.Resolver | None = None

    def find(self, name: str, kind: str) -> list[str]:
        """Return the values of a name's records of this kind, "TXT" or "CNAME"; none if it has none.

        They are anybody's text, without characters that can't be shown. Raises `NotLookedUp`.
        """
        seconds = self._ends_at - time.monotonic()
        if seconds <= 0:
            raise NotLookedUp
        try:
            answer = self._resolve().resolve(name, kind, search=False, lifetime=seconds)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NotLookedUp from error
        return [_read(record) for record in list(answer)[:MAX_VALUES]]

    def _resolve(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
            if settings.DNS_SERVERS:
                self._resolver.nameservers = [_server(address) for address in settings.DNS_SERVERS]
        return self._resolver


def _server(address: str) -> Do53Nameserver:
    """Return a server given as "9.9.9.9", "127.0.0.1:5353" or "[2620:fe::fe]:53"."""
    parts = urlsplit(f"//{address}")
    return Do53Nameserver(parts.hostname or "", parts.port or DNS_PORT)


def _read(record: object) -> str:
    strings = getattr(record, "strings", None)
    # A long text comes in strings of 255 bytes.
    text = str(record).rstrip(".") if strings is None else b"".join(strings).decode(errors="replace")
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)[:MAX_VALUE_LENGTH]
