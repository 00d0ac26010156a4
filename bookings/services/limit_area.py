"""Limit how many people a standing area of a show takes."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.seating.availability import forget_availability
from events.catalogue import forget_catalogue
from events.models import ShowArea
from lib.after_commit import after_commit


def limit_area(*, show_area: ShowArea, limit: int, by: User) -> ShowArea:
    """Sell at most so many places of the area, and return its new row.

    Places that are taken stay taken: if there are more of them, the sale stops until they are fewer than the
    limit. Harmless when repeated. Callers first check that `by` may (`theaters/access.py`).
    """
    with transaction.atomic():
        before = show_area.sale_limit
        row = ShowArea.objects.filter(pk=show_area.pk)
        row.update(limit=limit, capacity=Greatest(limit, F("taken")))
        now = row.select_related("show__hall", "area").get()
        if now.sale_limit != before:
            record(
                by=by,
                action=Action.LIMIT_AREA,
                on=now.show,
                theater_id=now.show.hall.theater_id,
                before={now.area.name: before},
                after={now.area.name: now.sale_limit, "taken": now.taken},
            )
            after_commit(forget_availability, now.show_id)
            forget_catalogue()
    return now
