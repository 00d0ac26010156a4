"""Count people who go in without a ticket: press, staff and guests of the house.

Each is a row until they leave, so the count never falls below nothing, however many gates count at the same moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Capability
from bookings.errors import IdempotencyKeyReused
from door.models import UnticketedPerson
from door.undo import UNDO_TIME, TooLateToUndo
from events.models import Show
from lib.refusals import Refusal
from theaters.access import require

Kind = UnticketedPerson.Kind


class NobodyInside(Refusal):
    message = _("Nobody of this kind is inside without a ticket.")


def count_in(*, show: Show, kind: str, gate: str, by: User, key: str) -> UnticketedPerson:
    """Count one person in; a repeated call with the same `key` by the same person finds the first one.

    Raises `PermissionDenied`, and `IdempotencyKeyReused` for a key that counted anything else.
    """
    require(by, Capability.CHECK_IN, show.hall.theater_id)
    person = UnticketedPerson(show=show, kind=kind, gate=gate, by=by, key=key)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        return _same(UnticketedPerson.objects.get(by=by, key=key), show, kind)
    return person


def count_out(*, show: Show, kind: str, gate: str, by: User, key: str) -> UnticketedPerson:
    """Count out the last of a kind who came in; repeated as `count_in`.

    Raises `NobodyInside` besides.
    """
    require(by, Capability.CHECK_IN, show.hall.theater_id)
    gone = UnticketedPerson.objects.filter(left_by=by, left_key=key)
    inside = UnticketedPerson.objects.inside().filter(show=show, kind=kind)
    try:
        with transaction.atomic():
            # Another gate may count out the same one first; then it is the next.
            while not gone.exists() and (last := inside.first()) is not None:
                left = {"left_gate": gate, "left_by": by, "left_at": timezone.now(), "left_key": key}
                inside.filter(pk=last.pk).update(**left)
    except IntegrityError:
        # The same call at the same moment counted out another one.
        pass
    person = gone.first()
    if person is None:
        raise NobodyInside
    return _same(person, show, kind)


def undo_count(*, key: str, by: User) -> UnticketedPerson:
    """Undo what `count_in` or `count_out` did with this key, within `UNDO_TIME`; harmless when repeated.

    Others than who counted are raised `PermissionDenied`. Raises `TooLateToUndo` if the minute is over, or if the
    person has left since.
    """
    own = UnticketedPerson.objects.filter(Q(by=by, key=key) | Q(left_by=by, left_key=key))
    person = own.select_related("show__event", "show__hall__theater__city").first()
    if person is None:
        raise PermissionDenied
    require(by, Capability.CHECK_IN, person.show.hall.theater_id)
    now = timezone.now()
    row, since = UnticketedPerson.objects.filter(pk=person.pk), now - UNDO_TIME
    if (person.left_by_id, person.left_key) == (by.pk, key):
        row.filter(left_key=key, left_at__gte=since).update(left_at=None)
        is_undone = row.filter(left_at=None).exists()
    else:
        row.inside().filter(at__gte=since).update(undone_at=now)
        is_undone = row.filter(undone_at__isnull=False).exists()
    if not is_undone:
        raise TooLateToUndo
    person.refresh_from_db(fields=["undone_at", "left_at"])
    return person


def count_unticketed(shows: Iterable[Show]) -> dict[int, list[tuple[Kind, int]]]:
    """Return how many of each kind are inside, by the shows' pks. One query."""
    found = UnticketedPerson.objects.inside().filter(show__in=shows).order_by()
    counted = Counter({(show, kind): n for show, kind, n in found.values_list("show_id", "kind").annotate(Count("pk"))})
    return {show.pk: [(kind, counted[show.pk, kind]) for kind in Kind] for show in shows}


def _same(person: UnticketedPerson, show: Show, kind: str) -> UnticketedPerson:
    if (person.show_id, person.kind) != (show.pk, kind):
        raise IdempotencyKeyReused
    return person
