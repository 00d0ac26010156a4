"""Services that change a hall's seat maps. Callers check first that `by` may (`access.py`)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from lib.refusals import Refusal
from theaters.models import Area, Hall, Seat, SeatCategory, SeatMap
from theaters.seat_maps import InvalidSeatMap, Layout, check, read_layout
from theaters.seat_maps.changes import PlanChanges, apply_changes
from theaters.seat_maps.companions import pair_companions
from theaters.seat_maps.layout import CATEGORY_COLORS
from theaters.seat_maps.quality import rate_layout

# 20,000 seats take 3.5 s of one core to publish, on SQLite and PostgreSQL, in batches of 200 to 5,000
# alike; a batch of 1,000 stays within the 32,766 parameters that an SQLite statement may have.
SEAT_BATCH = 1000


class SeatMapRetired(Exception):
    """A retired seat map is history; a new version takes its place."""

    message = _("This version of the seat map is retired. Import or edit its next version.")

    def __str__(self) -> str:
        return str(self.message)


class DraftChanged(Refusal):
    """Someone else has saved. `seat_map` is what is there now."""

    message = _("The draft has changed since you opened it.")

    def __init__(self, seat_map: SeatMap) -> None:
        super().__init__()
        self.seat_map = seat_map


def import_layout(*, hall: Hall, layout: Layout, file_name: str, by: User | None) -> SeatMap:
    """Make a layout that was read from a file the hall's draft. Raises `InvalidSeatMap` if it has errors."""
    _require_sound(layout)
    return save_draft(hall=hall, document=layout.document, source=file_name, by=by)


def save_draft(*, hall: Hall, document: dict[str, Any], source: str, by: User | None) -> SeatMap:
    """Save a document as the hall's draft, creating one if needed. It need not be valid yet."""
    try:
        return _save_draft(hall, document, source, by)
    except IntegrityError:
        # Another request created the draft since our check; now there is one to replace.
        return _save_draft(hall, document, source, by)


def start_empty_draft(*, hall: Hall, by: User | None) -> SeatMap:
    """Return the hall's draft: a new one without a seat, with one category, or the one that it has already."""
    document: dict[str, Any] = {
        "name": hall.name,
        "categories": [{"name": gettext("Standard"), "color": CATEGORY_COLORS[0]}],
        "zones": [{"name": "", "position": {"x": 0, "y": 0}, "rows": [], "areas": []}],
    }
    drafts = SeatMap.objects.filter(hall=hall, state=SeatMap.State.DRAFT)
    try:
        with transaction.atomic():
            if draft := drafts.first():
                return draft
            draft = make_draft(hall=hall, document=document, by=by)
            _record(draft, Action.IMPORT_SEAT_MAP, by, hall.name)
            return draft
    except IntegrityError:
        return drafts.get()


def _save_draft(hall: Hall, document: dict[str, Any], source: str, by: User | None) -> SeatMap:
    with transaction.atomic():
        draft = SeatMap.objects.filter(hall=hall, state=SeatMap.State.DRAFT).first()
        if draft is not None:
            if draft.layout == document:
                return draft
            # Nothing is updated if it has been published in the meantime: then the file is the next version.
            drafts = SeatMap.objects.filter(pk=draft.pk, state=SeatMap.State.DRAFT)
            if drafts.update(layout=document, revision=F("revision") + 1, edited_at=timezone.now(), edited_by=by):
                draft.layout = document
                draft.refresh_from_db(fields=["revision", "edited_at", "edited_by"])
                _record(draft, Action.REPLACE_SEAT_MAP_DRAFT, by, source)
                return draft
        draft = make_draft(hall=hall, document=document, by=by)
        _record(draft, Action.IMPORT_SEAT_MAP, by, source)
        return draft


def make_draft(*, hall: Hall, document: dict[str, Any], by: User | None) -> SeatMap:
    """Make a document the hall's next version. Raises `IntegrityError` if the hall has a draft."""
    newest = SeatMap.objects.filter(hall=hall).aggregate(newest=Max("version"))["newest"] or 0
    return SeatMap.objects.create(
        hall=hall, version=newest + 1, layout=document, revision=1, edited_at=timezone.now(), edited_by=by
    )


def _record(seat_map: SeatMap, action: str, by: User | None, source: str) -> None:
    audit.record(
        by=by,
        action=action,
        on=seat_map,
        theater_id=seat_map.hall.theater_id,
        after={"version": seat_map.version, "source": source[:200]},
    )


def publish_seat_map(
    *, seat_map: SeatMap, by: User | None, changes: PlanChanges | None = None, revision: int | None = None
) -> SeatMap:
    """Publish the draft as the version for new shows: its seats and areas become permanent rows.

    `changes` are applied to the draft first; `revision` is what the person has looked at. Seats of a category that
    is never for sale get no rows: they are only drawn.

    The version published before is retired; its shows keep it. Raises `InvalidSeatMap` when the
    draft has errors, `DraftChanged` when it has another revision by now, and `SeatMapRetired`; nothing has changed
    then. Publishing it again is harmless.
    """
    with transaction.atomic():
        # Claims the row, so that of two simultaneous calls the second finds nothing to do,
        # and a concurrent import makes the next version.
        drafts = SeatMap.objects.filter(pk=seat_map.pk, state=SeatMap.State.DRAFT)
        seen = drafts if revision is None else drafts.filter(revision=revision)
        claimed = seen.update(published_at=timezone.now())
        seat_map = SeatMap.objects.select_related("hall").get(pk=seat_map.pk)
        if not claimed:
            if seat_map.state == SeatMap.State.RETIRED:
                raise SeatMapRetired
            if seat_map.state == SeatMap.State.DRAFT:
                raise DraftChanged(seat_map)
            return seat_map
        if changes is not None:
            apply_changes(seat_map.layout, changes)
        layout = read_layout(seat_map.layout)
        _require_sound(layout)
        seats = _make_rows(seat_map, layout)
        SeatMap.objects.filter(pk=seat_map.pk).update(layout=layout.document, capacity=layout.capacity)
        published = SeatMap.objects.filter(hall=seat_map.hall_id, state=SeatMap.State.PUBLISHED)
        earlier = published.values_list("version", flat=True).first()
        published.update(state=SeatMap.State.RETIRED)
        SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.PUBLISHED)
        audit.record(
            by=by,
            action=Action.PUBLISH_SEAT_MAP,
            on=seat_map,
            theater_id=seat_map.hall.theater_id,
            before={"version": earlier},
            after={"version": seat_map.version, "seats": seats, "capacity": layout.capacity},
        )
        seat_map.refresh_from_db()
        return seat_map


def _require_sound(layout: Layout) -> None:
    problems = check(layout)
    if any(problem.is_error for problem in problems):
        raise InvalidSeatMap(problems)


def _make_rows(seat_map: SeatMap, layout: Layout) -> int:
    """Write categories, areas and seats; return how many seats there are."""
    categories = {
        category.name: category
        for category in SeatCategory.objects.bulk_create(
            SeatCategory(seat_map=seat_map, name=category.name, color=category.color, rank=category.rank)
            for category in layout.categories
            if category.is_for_sale
        )
    }
    Area.objects.bulk_create(
        Area(
            seat_map=seat_map,
            guid=area.guid,
            name=area.name,
            capacity=area.capacity or 0,
            category=categories[area.category],
        )
        for area in layout.areas
        if area.category in categories
    )
    qualities = rate_layout(layout)
    seats: dict[int, Seat] = {}
    for run, members in enumerate(layout.runs, start=1):
        for position, index in enumerate(members, start=1):
            seat = layout.seats[index]
            if seat.category not in categories:
                # Its position stays empty, so that the seats on both sides are not neighbors.
                continue
            seats[index] = Seat(
                seat_map=seat_map,
                guid=seat.guid,
                section=seat.section,
                row=seat.row,
                number=seat.number,
                category=categories[seat.category],
                x=seat.x,
                y=seat.y,
                run=run,
                position=position,
                is_accessible="accessible" in seat.flags,
                is_companion="companion" in seat.flags,
                has_restricted_view="restricted" in seat.flags,
                is_aisle=index in layout.aisle_seats,
                is_step_free="step_free" in seat.flags,
                has_hearing_loop="hearing_loop" in seat.flags,
                quality=qualities[index].stage,
                screen_quality=qualities[index].screen,
            )
    Seat.objects.bulk_create(seats.values(), batch_size=SEAT_BATCH)
    pairs = {
        companion: place
        for companion, place in pair_companions(layout).items()
        if companion in seats and place in seats
    }
    for companion, place in pairs.items():
        seats[companion].companion_of = seats[place]
    Seat.objects.bulk_update([seats[companion] for companion in pairs], ["companion_of"], batch_size=SEAT_BATCH)
    return len(seats)
