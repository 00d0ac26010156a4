"""Terms of sale: how many tickets a customer may buy, and until when they may be returned.

What a show does not set follows from its event, theater and the site (`events/models/settings.py`). Tickets are
bought under the terms of their show, so these change only while no one has a ticket: a change above gives shows
with tickets their former terms as their own (`events/levels/change.py`).
Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext, ngettext

from accounts.actions import Action
from accounts.models import User
from events.audit import record_shows
from events.catalogue import forget_catalogue
from events.locking import lock_shows
from events.models import RefundPolicy, Show
from events.models.settings import Refunds, write_refunds

WRITE_BATCH = 500


class Terms(NamedTuple):
    """Terms of a show; None for those that are left as they are.

    With `inherits_refunds` the show gets those of the settings above it.
    """

    tickets_per_customer: int | None = None
    refunds: Refunds | None = None
    inherits_refunds: bool = False

    @property
    def changes_refunds(self) -> bool:
        return self.refunds is not None or self.inherits_refunds

    def without_refunds(self) -> Terms:
        return self._replace(refunds=None, inherits_refunds=False)

    def values(self) -> dict[str, Any]:
        """Return the columns of a show that these terms set."""
        found: dict[str, Any] = {}
        if self.tickets_per_customer is not None:
            found["tickets_per_customer"] = self.tickets_per_customer
        if self.refunds is not None:
            found |= refund_columns(self.refunds)
        elif self.inherits_refunds:
            found |= {"refunds": "", "refund_hours": None, "refund_percent": None}
        return found


def refund_columns(refunds: Refunds) -> dict[str, Any]:
    """Return the columns of a level that sets these refund terms."""
    if refunds.hours is None:
        return {"refunds": RefundPolicy.NEVER, "refund_hours": None, "refund_percent": None}
    return {"refunds": RefundPolicy.UNTIL, "refund_hours": refunds.hours, "refund_percent": refunds.percent}


def describe_terms(terms: Terms) -> list[str]:
    """Put the terms into words: “at most 6 tickets per customer”, “never returnable”."""
    said = []
    if terms.tickets_per_customer is not None:
        said.append(
            ngettext(
                "at most %d ticket per customer",
                "at most %d tickets per customer",
                terms.tickets_per_customer,
            )
            % terms.tickets_per_customer
        )
    if terms.refunds is not None:
        said.append(write_refunds(terms.refunds))
    elif terms.inherits_refunds:
        said.append(gettext("refunds as the settings above have it"))
    return said


def find_shows_with_tickets(shows: Iterable[Show]) -> set[int]:
    """Return the pks of the shows that have held or issued tickets. One query."""
    live = Show.objects.filter(pk__in=[show.pk for show in shows], tickets__state__in=("held", "issued"))
    return set(live.values_list("pk", flat=True))


def set_terms(*, terms: dict[int, Terms], by: User | None, action: str = Action.SET_TERMS) -> int:
    """Set these terms on shows, by pk, all or none, and return how many changed.

    For drafts and shows on sale; refunds stay where tickets are sold or held. Raises `WrongShowState`.
    Setting them again changes nothing.
    """
    changed: list[Show] = []
    changes: list[tuple[Show, dict[str, Any], dict[str, Any]]] = []
    with transaction.atomic():
        shows = lock_shows(Show.objects.filter(pk__in=list(terms)), Show.State.DRAFT, Show.State.ON_SALE)
        sold = find_shows_with_tickets(shows)
        for show in shows:
            wanted = terms[show.pk]
            values = (wanted.without_refunds() if show.pk in sold else wanted).values()
            before = {name: getattr(show, name) for name in values}
            if before == values:
                continue
            for name, value in values.items():
                setattr(show, name, value)
            changed.append(show)
            changes.append((show, before, values))
        if changed:
            names = ["tickets_per_customer", "refunds", "refund_hours", "refund_percent"]
            Show.objects.bulk_update(changed, names, batch_size=WRITE_BATCH)
            record_shows(by=by, action=action, changes=changes)
            forget_catalogue()
    return len(changed)
