"""Events from a file: plans what each row would do, and writes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.catalogue.search import index_events
from events.imports import cells
from events.imports.columns import EVENT_COLUMNS, open_rows, read_cells
from events.imports.plan import CellChange, ImportPlan, Outcome, RowPlan
from events.models import Event, Label, Show
from lib.slugs import make_slug
from lib.tables import CellError, Table, as_text, finding
from lib.words import normalize
from theaters.models import Theater

# One statement each; 2,000 events are written in 0.3 s.
WRITE_BATCH = 500
# One statement each, whose parameters grow with the fields that change.
CHANGE_BATCH = 100
SLUG_LENGTH = Event._meta.get_field("slug").max_length or 0
SORT_LENGTH = Event._meta.get_field("sort_title").max_length
NEEDED_FOR_NEW = ("kind", "running_minutes")
LENGTH_FIELDS = ("running_minutes", "interval_minutes")
# Fields whose name differs between file and model.
FIELD_OF_COLUMN = {"published": "is_published"}


def _with_field(name: str, value: Any) -> Any:
    return cells.clean_with(Event._meta.get_field(name), value)


def _text(name: str, value: Any) -> Any:
    return _with_field(name, cells.read_text(value))


def _number(name: str, value: Any) -> Any:
    return _with_field(name, cells.read_number(value))


READERS: dict[str, Any] = {
    **{name: partial(_text, name) for name in ("title", "slug", "tagline", "synopsis", "age_rating", "trailer_url")},
    **{name: partial(_number, name) for name in ("running_minutes", "interval_minutes")},
    "kind": lambda value: cells.read_choice(value, Event.Kind),
    "languages": cells.read_codes,
    "subtitles": cells.read_codes,
    "cast": cells.read_people,
    "credits": cells.read_people,
    "asks_attendee_names": cells.read_yes,
    "published": cells.read_yes,
}


def plan_events(table: Table, theater: Theater) -> ImportPlan:
    """Plan what each row would do. Four queries."""
    plans, rows, unread = open_rows(table, EVENT_COLUMNS)
    labels = {name.casefold(): label for label in Label.objects.all() for name in (label.name, label.slug)}
    readers = {**READERS, "labels": partial(_read_labels, labels)}
    for plan, row in zip(plans, rows, strict=True):
        plan.values = read_cells(plan, row, EVENT_COLUMNS, readers)
        plan.name = plan.cells.get("title", "")
        _find_slug(plan)
    known = _read_known(plans, theater)
    coming = set(
        Show.objects.filter(event__in=known.values(), state__in=[Show.State.DRAFT, Show.State.ON_SALE])
        .filter(starts_at__gt=timezone.now())
        .values_list("event", flat=True)
    )
    lines: dict[str, int] = {}
    for plan in plans:
        slug = plan.values.get("slug")
        if slug is None:
            continue
        if slug in lines:
            plan.errors["slug"] = finding(gettext("Line %(line)d has this address already."), line=lines[slug])
            continue
        lines[slug] = plan.line
        _compare(plan, known.get(slug), theater)
        _keep_lengths(plan, coming)
    return ImportPlan([column.name for column in EVENT_COLUMNS], plans, unread)


def _read_known(plans: Sequence[RowPlan], theater: Theater) -> dict[str, Event]:
    """Return the events that the rows may mean, by slug; a row without a slug gets that of the event with its title."""
    named = {plan.values["slug"] for plan in plans if "slug" in plan.values}
    titled = {plan.values["title"] for plan in plans if "slug" not in plan.cells and "title" in plan.values}
    asked = Q(slug__in=named) | Q(theater=theater, title__in=titled)
    known = {event.slug: event for event in Event.objects.filter(asked).order_by("-pk").prefetch_related("labels")}
    by_title = {event.title: event for event in known.values() if event.theater_id == theater.pk}
    for plan in plans:
        event = by_title.get(plan.values.get("title", ""))
        if event is not None and "slug" not in plan.cells and plan.values.get("slug") not in known:
            plan.values["slug"] = event.slug
            plan.errors.pop("slug", None)
    return known


def _find_slug(plan: RowPlan) -> None:
    if "slug" in plan.values or "slug" in plan.errors or "title" not in plan.values:
        return
    slug = make_slug(plan.values["title"], SLUG_LENGTH)
    if slug:
        plan.values["slug"] = slug
    else:
        plan.errors["slug"] = gettext("No address can be made of this title. Fill in “slug”, such as “hamlet”.")


def _read_labels(known: dict[str, Label], value: Any) -> list[Label]:
    names = [name.strip() for name in cells.read_text(value).split(",") if name.strip()]
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        raise CellError(gettext("There is no label “%(name)s”. Add it first."), name="”, “".join(unknown)[:200])
    return list(dict.fromkeys(known[name.casefold()] for name in names))


def _compare(plan: RowPlan, event: Event | None, theater: Theater) -> None:
    if event is None:
        for name in NEEDED_FOR_NEW:
            if name not in plan.cells:
                plan.errors[name] = gettext("A new event needs this.")
        return
    if event.theater_id != theater.pk:
        plan.errors["slug"] = gettext("This address belongs to an event of another theater. Choose a different one.")
        return
    plan.target = event
    for name, value in plan.values.items():
        before = list(event.labels.all()) if name == "labels" else getattr(event, FIELD_OF_COLUMN.get(name, name))
        same = {label.pk for label in before} == {label.pk for label in value} if name == "labels" else before == value
        if not same:
            plan.changes.append(CellChange(name, _write(before), _write(value)))


def _keep_lengths(plan: RowPlan, coming: Collection[int]) -> None:
    """Refuse to change the length of an event with upcoming shows: its own page asks what happens to them."""
    if plan.target is not None and plan.target.pk in coming:
        for change in plan.changes:
            if change.column in LENGTH_FIELDS:
                plan.errors[change.column] = gettext(
                    "Upcoming shows have this length. Change it on the event's page, which shows what happens to them."
                )


def _write(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(
            ": ".join(filter(None, [one["name"], one.get("role", "")])) if isinstance(one, dict) else str(one)
            for one in value
        )
    return as_text(value)


def write_events(rows: Sequence[RowPlan], theater: Theater, by: User) -> None:
    """Write the new and changed rows; call it in a transaction."""
    made: list[tuple[Event, list[Label]]] = []
    for row in rows:
        if row.outcome == Outcome.NEW:
            values = {FIELD_OF_COLUMN.get(name, name): value for name, value in row.values.items() if name != "labels"}
            made.append((Event(theater=theater, **values), row.values.get("labels", [])))
    Event.objects.bulk_create([event for event, _labels in made], batch_size=WRITE_BATCH)
    links = Event.labels.through
    links.objects.bulk_create(
        [links(event_id=event.pk, label_id=label.pk) for event, labels in made for label in labels],
        batch_size=WRITE_BATCH,
    )
    touched = [event.pk for event, _labels in made]
    changed = [row for row in rows if row.outcome == Outcome.CHANGED]
    _change(changed, theater, by)
    touched.extend(row.target.pk for row in changed)
    if made:
        audit.record(
            by=by,
            action=Action.IMPORT_EVENTS,
            on=theater,
            theater_id=theater.pk,
            after={"events": [f"{event.slug}: {event.title}" for event, _labels in made]},
        )
    index_events(Event.objects.filter(pk__in=touched))
    forget_catalogue(changed=touched)


def _change(rows: Sequence[RowPlan], theater: Theater, by: User) -> None:
    """Write the changes in a few statements; only labels are written one by one."""
    fields: set[str] = set()
    for row in rows:
        for change in row.changes:
            if change.column == "labels":
                row.target.labels.set(row.values["labels"])
            else:
                name = FIELD_OF_COLUMN.get(change.column, change.column)
                setattr(row.target, name, row.values[change.column])
                fields.add(name)
    if "title" in fields:
        fields.add("sort_title")
        for row in rows:
            row.target.sort_title = normalize(row.target.title)[:SORT_LENGTH]
    if fields:
        Event.objects.bulk_update([row.target for row in rows], sorted(fields), batch_size=CHANGE_BATCH)
    audit.record_many(
        by=by,
        action="event.change",
        theater_id=theater.pk,
        changes=[
            (
                row.target,
                {change.column: change.before for change in row.changes},
                {change.column: change.after for change in row.changes},
            )
            for row in rows
        ],
    )
