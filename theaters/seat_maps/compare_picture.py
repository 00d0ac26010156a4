"""Draws what changed between two versions of a seat map: the later one, with marks that differ in form and color."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from theaters.seat_maps.compare import MapComparison, SeatChange
from theaters.seat_maps.drawing import Shape, corners, split_shapes
from theaters.seat_maps.layout import Layout, PlacedSeat
from theaters.seat_maps.picture import Overlay, draw_picture

ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"
MARK_NAMES: dict[str, str | Promise] = {
    ADDED: _("added"),
    REMOVED: _("removed"),
    MOVED: _("moved"),
    CHANGED: _("name, category or kind changed"),
}
# Around a seat whose radius is 0.41 of the pitch.
_RADIUS = 0.5
_RING = "m-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0"
_FORMS = {
    ADDED: _RING + "m{h} 0h{r}m-{h}-{h}v{r}",
    REMOVED: "m-{r}-{r}l{d} {d}m-{d} 0l{d}-{d}",
    MOVED: _RING,
    CHANGED: "m-{r}-{r}h{d}v{d}h-{d}z",
}


def draw_comparison(found: MapComparison) -> SafeString:
    """Return the later version as SVG with a mark on all that changed, and what the marks mean."""
    pitch = found.after.spacing
    paths: dict[str, list[str]] = {kind: [] for kind in MARK_NAMES}
    counts = dict.fromkeys(MARK_NAMES, 0)
    for kind, seat in _marked(found):
        counts[kind] += 1
        paths[kind].append(f"M{seat[0]:.6g} {seat[1]:.6g}{_form(kind, pitch)}")
    for change in found.moved:
        x, y = _shifted(change.before, found)
        paths[MOVED].append(f"M{x:.6g} {y:.6g}L{change.after.x:.6g} {change.after.y:.6g}")
    points: list[Sequence[float]] = [_shifted(seat, found) for seat in found.removed]
    for kind, box in _marked_areas(found):
        counts[kind] += 1
        (left, top), (right, bottom) = box
        paths[kind].append(f"M{left:.6g} {top:.6g}H{right:.6g}V{bottom:.6g}H{left:.6g}Z")
        points += box
    marks = format_html_join(
        "",
        '<path class="map-mark is-halo" d="{1}"></path><path class="map-mark is-{0}" d="{1}"></path>',
        ((kind, "".join(steps)) for kind, steps in paths.items() if steps),
    )
    return format_html("{}{}", _legend(counts), draw_picture(found.after, Overlay(points, marks)))


def _form(kind: str, pitch: float) -> str:
    radius = pitch * _RADIUS
    return _FORMS[kind].format(r=f"{radius:.4g}", d=f"{radius * 2:.4g}", h=f"{radius / 2:.4g}")


def _marked(found: MapComparison) -> Iterator[tuple[str, tuple[float, float]]]:
    yield from ((REMOVED, _shifted(seat, found)) for seat in found.removed)
    yield from ((_kind(change), (change.after.x, change.after.y)) for change in found.changed)
    yield from ((ADDED, (seat.x, seat.y)) for seat in found.added)


def _kind(change: SeatChange) -> str:
    return CHANGED if change.is_changed else MOVED


def _shifted(seat: PlacedSeat, found: MapComparison) -> tuple[float, float]:
    """Return where a seat of the earlier version is in the plan of the later one."""
    return seat.x + found.shift[0], seat.y + found.shift[1]


def _marked_areas(found: MapComparison) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Yield the kind of change of each area that has a shape, and its upper left and lower right corner."""
    before, after = _area_shapes(found.before), _area_shapes(found.after)
    for old, new in found.areas:
        if new is not None and new.guid in after:
            yield ADDED if old is None else CHANGED, _box(after[new.guid])
        elif new is None and old is not None and old.guid in before:
            yield REMOVED, _box(before[old.guid], found.shift)


def _area_shapes(layout: Layout) -> dict[str, Shape]:
    return split_shapes(layout.document, [area.guid for area in layout.areas])[0]


def _box(shape: Shape, shift: tuple[float, float] = (0, 0)) -> list[tuple[float, float]]:
    points = list(corners(shape))
    xs, ys = [x + shift[0] for x, _y in points], [y + shift[1] for _x, y in points]
    return [(min(xs), min(ys)), (max(xs), max(ys))]


def _legend(counts: dict[str, int]) -> SafeString:
    items = ((kind, f"M0 0{_form(kind, 1.6)}", MARK_NAMES[kind], count) for kind, count in counts.items() if count)
    return format_html(
        '<ul class="map-legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg viewBox="-1 -1 2 2" aria-hidden="true"><path class="map-mark is-{}" d="{}"></path></svg>'
            "{}: {}</li>",
            items,
        ),
    )
