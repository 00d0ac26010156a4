"""Issue passes, and keep them in step with their tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.models import Ticket
from bookings.tickets.replaced import find_successors
from wallets.apple.push import push
from wallets.errors import WalletUnavailable
from wallets.google.api import write_pass
from wallets.models import VERSION, Platform, WalletPass

log = structlog.get_logger(__name__)

# Passes renewed in one run of the sweep, which comes again after a minute: 0.9 s on PostgreSQL, and then an answer of
# Apple's for each device, or two of Google's for each pass.
RENEW_BATCH = 500
# When a wallet that could not be told is told again; then it is given up. Its pass no longer opens the door either way.
RETRY_DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]

RELATED = (
    "ticket__booking",
    "ticket__seat",
    "ticket__area",
    "ticket__category",
    "ticket__ticket_type",
    "ticket__show__event",
    "ticket__show__hall__theater__city",
    "ticket__show__hall__theater__brand",
)


def issue_pass(ticket: Ticket, platform: str) -> WalletPass:
    """Return the pass of an issued ticket, made at the first call. Three queries for the first, one for others."""
    found = WalletPass.objects.select_related(*RELATED)
    made = found.filter(ticket=ticket, platform=platform).first()
    if made is not None:
        return made
    try:
        with transaction.atomic():
            made = WalletPass.objects.create(ticket=ticket, platform=platform)
            _note_version(made)
    except IntegrityError:
        # Two clicks at the same moment.
        pass
    return found.get(ticket=ticket, platform=platform)


def renew_changed(now: datetime | None = None) -> int:
    """Bring passes whose ticket or show has changed up to date; return how many. Their wallets are told afterwards.

    A pass follows its ticket to the one that replaced it, if the same person has that. Otherwise it becomes void.
    """
    now = now or timezone.now()
    changed = list(WalletPass.objects.changed(now).select_related("ticket").order_by("pk")[:RENEW_BATCH])
    successors = find_successors(one.ticket for one in changed)
    for one in changed:
        successor = _find_own(one.ticket, successors[one.ticket])
        if successor is not None:
            try:
                with transaction.atomic():
                    WalletPass.objects.filter(pk=one.pk, ticket=one.ticket_id).update(ticket=successor)
            except IntegrityError:
                # The new ticket was put into a wallet by itself.
                pass
        _note_version(one, changed_at=now, notify_at=now, attempts=0)
    return len(changed)


def _find_own(ticket: Ticket, successors: Iterable[Ticket]) -> Ticket | None:
    """Return the valid ticket that the holder of a canceled one has instead; None if there is none."""
    for successor in successors:
        if successor.attendee_email != ticket.attendee_email:
            return None
        if successor.state == Ticket.State.ISSUED:
            return successor
    return None


def tell_wallets(now: datetime | None = None) -> int:
    """Tell wallets of the changes of their passes; return how many passes that was. What fails is tried again."""
    now = now or timezone.now()
    waiting = list(WalletPass.objects.unsent(now).select_related(*RELATED).order_by("notify_at", "pk")[:RENEW_BATCH])
    tell: dict[str, Callable[[WalletPass], None]] = {
        Platform.APPLE: push,
        Platform.GOOGLE: partial(write_pass, written=set()),
    }
    for one in waiting:
        _tell(one, tell[one.platform], now)
    return len(waiting)


def _tell(one: WalletPass, tell: Callable[[WalletPass], None], now: datetime) -> None:
    # One that has changed since is told again.
    row = WalletPass.objects.filter(pk=one.pk, version=one.version, notify_at=one.notify_at)
    try:
        tell(one)
    except WalletUnavailable as error:
        log.warning("wallet_not_told", platform=one.platform, serial=one.serial, error=str(error))
        may_retry = one.attempts < len(RETRY_DELAYS)
        row.update(notify_at=now + RETRY_DELAYS[one.attempts] if may_retry else None, attempts=one.attempts + may_retry)
    else:
        row.update(notify_at=None, attempts=0)


def _note_version(one: WalletPass, **values: object) -> None:
    """Note what the pass says of its ticket now. Two queries."""
    version = WalletPass.objects.filter(pk=one.pk).values_list(VERSION, flat=True).get()
    WalletPass.objects.filter(pk=one.pk).update(version=version, **values)
