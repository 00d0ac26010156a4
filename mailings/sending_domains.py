"""The nightly look at the domains that brands send from: staff are alerted when one is about to be lost."""

from __future__ import annotations

import time

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext

from accounts.roles import Capability
from bookings.messages.staff import alert_staff
from theaters.models import SendingDomain
from theaters.sending_domains.check import Change, keep_findings, look_up_records

log = structlog.get_logger(__name__)

# Below the time limit of tasks. Each domain takes seconds if no name server answers; the next night begins with those
# that this one did not come to.
NIGHT_SECONDS = 300


def check_sending_domains() -> int:
    """Look up all sending domains, confirmed or not, and return at how many something changed."""
    ends_at = time.monotonic() + NIGHT_SECONDS
    changed = 0
    for pk in list(SendingDomain.objects.order_by(F("checked_at").asc(nulls_first=True)).values_list("pk", flat=True)):
        sending = SendingDomain.objects.select_related("brand").filter(pk=pk).first()
        if time.monotonic() >= ends_at:
            log.warning("sending_domains_left_over")
            break
        if sending is not None and _check(sending) is not Change.NOTHING:
            changed += 1
    return changed


def _check(sending: SendingDomain) -> Change:
    findings = look_up_records(sending)
    with transaction.atomic():
        change = keep_findings(sending, findings, by=None)
        if change in (Change.FAILING, Change.ENDED):
            sending.refresh_from_db()
            _alert(sending, change)
    return change


def _alert(sending: SendingDomain, change: Change) -> None:
    names = {"address": sending.address, "domain": sending.domain}

    def words() -> tuple[str, str]:
        if change is Change.ENDED:
            return (
                gettext("Mails no longer come from %(address)s") % names,
                gettext(
                    "Records of %(domain)s have been wrong for three days. Mails come from the site’s address until "
                    "they are right again."
                )
                % names,
            )
        return (
            gettext("A record of %(domain)s is missing or wrong") % names,
            gettext("If it is not put right within three days, mails no longer come from %(address)s.") % names,
        )

    for theater in sending.brand.theaters.all():
        alert_staff(
            theater,
            fact=f"sending_domain:{sending.pk}:{change.name}:{sending.checked_at}",
            words=words,
            path=reverse("admin:theaters_brand_sending_domain", args=[sending.brand_id]),
            capability=Capability.EDIT_THEATER,
        )
