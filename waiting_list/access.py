"""Who may open which entry of a waiting list in the browser. Nothing else decides.

An entry is open to anyone with the signed link from its e-mails, as long as these go to the same address. Its
customer and the browser that made it see that link in their list. Staff see entries in the console by
`theaters/access.py`.
"""

from django.core.signing import Signer
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from theaters.shown import shown_theaters
from waiting_list.models import WaitingListEntry, WaitingListQuerySet

SESSION_KEY = "waiting_list"
MAX_REMEMBERED = 30


def entry_path(entry: WaitingListEntry) -> str:
    """Return the path that opens the entry without signing in, for as long as it is kept."""
    return reverse("waiting_list:entry", args=[_token(entry)])


def find_entry(token: str) -> WaitingListEntry:
    """Return the entry that a link opens, with its show and booking, or raise `Http404`. Two queries."""
    entry = _with_show().filter(code=token.partition("~")[0]).first()
    if entry is None or not constant_time_compare(token, _token(entry)):
        raise Http404
    return entry


def remember_entry(request: HttpRequest, entry: WaitingListEntry) -> None:
    """Let this browser's list show the entry; harmless when repeated."""
    tokens = [token for token in _remembered(request) if token.partition("~")[0] != entry.code]
    request.session[SESSION_KEY] = [*tokens, _token(entry)][-MAX_REMEMBERED:]


def read_own_entries(request: HttpRequest) -> list[WaitingListEntry]:
    """Return this browser's waiting entries, the next show first.

    Those that were offered places are among the bookings. Two queries, none for an unknown visitor.
    """
    tokens = _remembered(request)
    whose = Q(code__in=[token.partition("~")[0] for token in tokens]) if tokens else Q()
    if request.user.is_authenticated:
        whose |= Q(customer=request.user)
    if not whose:
        return []
    entries = _with_show().waiting().filter(whose).order_by("show__starts_at", "pk")
    if (own := shown_theaters()) is not None:
        entries = entries.filter(show__hall__theater__in=own)
    return [entry for entry in entries if entry.customer == request.user or _token(entry) in tokens]


def _token(entry: WaitingListEntry) -> str:
    """Sign the entry for the reader of its mail: another address makes another token, also of what it was offered."""
    address = (entry.booking or entry).contact_email
    signer = Signer(salt=f"bookings.waiting_list.{address}")
    return signer.sign(entry.code).replace(":", "~")


def _remembered(request: HttpRequest) -> list[str]:
    tokens: list[str] = request.session.get(SESSION_KEY, [])
    return tokens


def _with_show() -> WaitingListQuerySet:
    rows = WaitingListEntry.objects.select_related(
        "show__event", "show__hall__theater__city", "booking__customer", "customer"
    )
    return rows.prefetch_related("categories")
