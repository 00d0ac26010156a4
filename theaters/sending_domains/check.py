"""Set a brand's own sender, look its domain up, and decide whether mails come from it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from lib.dns_records import Lookups
from theaters.directory import forget_directory
from theaters.models import Brand, SendingDomain
from theaters.models.sending_domains import make_token
from theaters.sending_domains.records import Finding, Purpose, State, look_up, needed_records

# All records of a domain together. A page waits for them.
LOOKUP_SECONDS = 5
# Records are changed and moved; a mistake of a day or two costs nobody their sender.
GRACE = timedelta(days=3)


class Change(Enum):
    """What a look-up changed."""

    NOTHING = auto()
    VERIFIED = auto()
    # A record of a confirmed domain is gone: it may be put back until the grace is over.
    FAILING = auto()
    ENDED = auto()


@transaction.atomic
def set_sender(*, brand: Brand, address: str, by: User) -> SendingDomain | None:
    """Let the brand's mails come from this address once its domain is confirmed; "": from the site's own.

    The caller has checked that `by` may, and validated the address. Another domain has to be confirmed again, with
    another token.
    """
    before = SendingDomain.objects.filter(brand=brand).first()
    if (before.address if before else "") == address:
        return before
    sending = None
    if not address:
        SendingDomain.objects.filter(brand=brand).delete()
    elif before and before.domain == address.partition("@")[2]:
        sending = before
        sending.address = address
        sending.save(update_fields=["address"])
    else:
        sending, _created = SendingDomain.objects.update_or_create(
            brand=brand,
            defaults={
                "address": address,
                "token": make_token(),
                "verified_domain": "",
                "checked_at": None,
                "failing_since": None,
                "findings": [],
            },
        )
    _record(brand, Action.CHANGE_SENDER, before=before.address if before else "", after=address, by=by)
    transaction.on_commit(forget_directory)
    return sending


def look_up_records(sending: SendingDomain) -> list[Finding]:
    """Ask for all records of the domain, for at most `LOOKUP_SECONDS`. Not to be called inside a transaction."""
    lookups = Lookups(seconds=LOOKUP_SECONDS)
    return [look_up(record, lookups) for record in needed_records(sending.domain, sending.token)]


@transaction.atomic
def keep_findings(sending: SendingDomain, findings: list[Finding], *, by: User | None) -> Change:
    """Keep what was found, and confirm the domain or take it back.

    What could not be looked up changes neither; nor does anything if the address was changed meanwhile.
    """
    now = timezone.now()
    current = SendingDomain.objects.select_for_update().filter(pk=sending.pk, token=sending.token).first()
    if current is None:
        return Change.NOTHING
    change = _decide(current, findings)
    current.checked_at = now
    current.findings = [finding.as_row() for finding in findings]
    match change:
        case Change.VERIFIED:
            current.verified_domain = current.domain
        case Change.FAILING:
            current.failing_since = now
        case Change.ENDED:
            current.verified_domain, current.failing_since = "", None
    if all(finding.state == State.RIGHT for finding in findings):
        current.failing_since = None
    current.save()
    if change in (Change.VERIFIED, Change.ENDED):
        action = Action.CONFIRM_SENDER if change is Change.VERIFIED else Action.END_SENDER
        _record(current.brand, action, before="", after=current.domain, by=by)
        transaction.on_commit(forget_directory)
    return change


def _decide(sending: SendingDomain, findings: list[Finding]) -> Change:
    states = {finding.state for finding in findings}
    # Without a key there is no signature to trust.
    has_key = any(finding.purpose == Purpose.DKIM for finding in findings)
    if not sending.is_verified:
        return Change.VERIFIED if has_key and states == {State.RIGHT} else Change.NOTHING
    if not states & {State.MISSING, State.WRONG}:
        return Change.NOTHING
    if sending.failing_since is None:
        return Change.FAILING
    return Change.ENDED if sending.failing_since + GRACE <= timezone.now() else Change.NOTHING


def _record(brand: Brand, action: Action, *, before: str, after: str, by: User | None) -> None:
    theater_id = brand.theaters.order_by("pk").values_list("pk", flat=True).first()
    audit.record(
        by=by,
        action=action,
        on=brand,
        theater_id=theater_id,
        before={"address": before} if before else {},
        after={"address": after} if after else {},
    )
