"""Which address a request comes from. Nothing else reads proxies' headers.

The middleware runs before everything else and puts the answer into `REMOTE_ADDR`, so that libraries, logs,
limits and the audit log all agree, and no header that a client made up can reach them.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# A household or office has at least this much of IPv6, and may use a new address for each request.
IPV6_PREFIX = 64

# Where proxies put the client's address; libraries read some of these by themselves.
FORWARDING_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED",
    "HTTP_FORWARDED",
    "HTTP_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_FASTLY_CLIENT_IP",
    "HTTP_VIA",
)


class ClientAddressMiddleware:
    """Put the client's address into `REMOTE_ADDR` and drop the headers that it was read from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        proxies = settings.TRUSTED_PROXIES
        # Fewer entries than proxies: the request bypassed one of them, and only the connection itself is certain.
        told = _parse(hops[-proxies]) if 0 < proxies <= len(hops) else None
        address = told or _parse(request.META.get("REMOTE_ADDR", ""))
        request.META["REMOTE_ADDR"] = str(address) if address else ""
        for header in FORWARDING_HEADERS:
            request.META.pop(header, None)
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """Return the IP address that the request comes from, or "" for a Unix socket."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def client_network(request: HttpRequest) -> str:
    """Return what limits count by: the IPv4 address, or the /64 network of an IPv6 address."""
    address = _parse(client_address(request))
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, IPV6_PREFIX), strict=False))
    return str(address or "")


def public_network(request: HttpRequest) -> str:
    """Return `client_network`, or "" where it is not public, since a proxy there stands for everyone."""
    network = client_network(request)
    return network if network and ip_network(network).is_global else ""


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address as proxies write it: with a port, in brackets, or IPv4 mapped into IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
