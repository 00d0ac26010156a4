"""Who may open which entry of a waiting list in the browser. Nothing else decides.

An entry is open to whoever holds the signed link from its e-mails. Its customer and the browser that
made it are shown that link in their list. Staff see entries in the console by `theaters/access.py`.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import reverse

from bookings.models import WaitingListEntry
from bookings.models.waiting_list import WaitingListQuerySet

SESSION_KEY = "waiting_list"
REMEMBERED = 30

_signer = Signer(salt="bookings.waiting_list")


def entry_path(entry: WaitingListEntry) -> str:
    return reverse("bookings:waiting-list-entry", args=[_signer.sign(entry.code).replace(":", "~")])


def entry_url(entry: WaitingListEntry) -> str:
    """Return the absolute address that opens the entry without signing in, for as long as it is kept."""
    return f"{settings.SITE_URL}{entry_path(entry)}"


def find_entry(token: str) -> WaitingListEntry:
    """Return the entry that a link opens, with its show and booking, or raise `Http404`. Two queries."""
    try:
        code = _signer.unsign(token.replace("~", ":"))
    except BadSignature:
        raise Http404 from None
    entry = _with_show().filter(code=code).first()
    if entry is None:
        raise Http404
    return entry


def remember_entry(request: HttpRequest, entry: WaitingListEntry) -> None:
    """Let this browser's list show the entry; harmless when repeated."""
    codes = [code for code in request.session.get(SESSION_KEY, []) if code != entry.code]
    request.session[SESSION_KEY] = [*codes, entry.code][-REMEMBERED:]


def read_own_entries(request: HttpRequest) -> list[WaitingListEntry]:
    """Return the entries of this browser that wait, the next show first.

    Those that were offered places are found among the bookings. Two queries, and none for somebody unknown.
    """
    codes = request.session.get(SESSION_KEY, [])
    whose = Q(code__in=codes) if codes else Q()
    if request.user.is_authenticated:
        whose |= Q(customer=request.user)
    if not whose:
        return []
    return list(_with_show().waiting().filter(whose).order_by("show__starts_at", "pk"))


def _with_show() -> WaitingListQuerySet:
    rows = WaitingListEntry.objects.select_related("show__event", "show__hall__theater__city", "booking", "customer")
    return rows.prefetch_related("categories")
