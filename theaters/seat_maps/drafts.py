"""A draft that people edit together: saved by revision, so that nobody overwrites what they have not seen.

A save names the revision that it was made from. It is stored only if that is still the newest one; otherwise the
editor is given what is there now, merges it, and saves again. Callers check first that `by` may (`access.py`).
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from theaters.models import SeatMap
from theaters.seat_maps import InvalidSeatMap, Problem, read_layout
from theaters.seat_maps.json_format import parse_document
from theaters.seat_maps.layout import MAX_SEATS
from theaters.seat_maps.parse_file import MAX_FILE_BYTES
from theaters.seat_maps.publish import DraftChanged, make_draft

MAX_DRAFT_BYTES = MAX_FILE_BYTES
# Saves with shorter pauses than this are one sitting, and one entry in the audit log.
SITTING_SECONDS = 30 * 60


class DraftPublished(DraftChanged):
    """The draft has become a version that never changes."""

    message = _("This version has been published. A change makes its next version.")


def read_draft(content: bytes) -> dict[str, Any]:
    """Read a document as an editor sends it, and fill in what it leaves out.

    An unfinished room is fine. Raises `InvalidSeatMap` for what can't be stored, and for what no editor can open.
    """
    if len(content) > MAX_DRAFT_BYTES:
        message = gettext("The seat map is larger than %d MB.") % (MAX_DRAFT_BYTES // 1024**2)
        raise InvalidSeatMap([Problem("too-large", message)])
    try:
        document = parse_document(content.decode())
    except UnicodeDecodeError as error:
        raise InvalidSeatMap([Problem("not-json", gettext("This is not text in UTF-8."))]) from error
    layout = read_layout(document)
    problems = [problem for problem in layout.problems if problem.code == "wrong-type"]
    if len(layout.seats) > MAX_SEATS:
        problems.append(Problem("too-many-seats", gettext("The plan has more than %d seats.") % MAX_SEATS))
    if problems:
        raise InvalidSeatMap(problems)
    return layout.document


def save_draft_revision(*, seat_map: SeatMap, revision: int, document: dict[str, Any], by: User) -> SeatMap:
    """Store a document that was made from `revision`, and return the row with its new revision.

    Raises `DraftChanged` or `DraftPublished` with what is there now; nothing has changed then. What is stored
    already is not stored again, so that a save whose answer was lost can be repeated.
    """
    with transaction.atomic():
        newest = SeatMap.objects.filter(pk=seat_map.pk, state=SeatMap.State.DRAFT, revision=revision)
        is_saved = newest.update(layout=document, revision=revision + 1, edited_at=timezone.now(), edited_by=by)
        seat_map = SeatMap.objects.select_related("hall__theater__city", "edited_by").get(pk=seat_map.pk)
        if is_saved:
            _record_sitting(seat_map, by)
        elif seat_map.state != SeatMap.State.DRAFT:
            raise DraftPublished(seat_map)
        elif seat_map.layout != document:
            raise DraftChanged(seat_map)
        return seat_map


def start_next_draft(*, seat_map: SeatMap, document: dict[str, Any], by: User) -> SeatMap:
    """Make the hall's next draft from what was being edited when its draft was published.

    Raises `DraftChanged` with the hall's draft, if it has one by now with another document.
    """
    drafts = SeatMap.objects.filter(hall=seat_map.hall, state=SeatMap.State.DRAFT)
    try:
        with transaction.atomic():
            draft = make_draft(hall=seat_map.hall, document=document, by=by)
            _record_sitting(draft, by)
            return draft
    except IntegrityError:
        draft = drafts.select_related("hall__theater__city", "edited_by").get()
        if draft.layout != document:
            raise DraftChanged(draft) from None
        return draft


def _record_sitting(seat_map: SeatMap, by: User) -> None:
    key = f"seat-map-sitting:{seat_map.pk}:{by.pk}"
    if not cache.get(key):
        audit.record(
            by=by,
            action=Action.EDIT_SEAT_MAP,
            on=seat_map,
            theater_id=seat_map.hall.theater_id,
            after={"version": seat_map.version, "revision": seat_map.revision},
        )
    transaction.on_commit(lambda: cache.set(key, 1, SITTING_SECONDS))
