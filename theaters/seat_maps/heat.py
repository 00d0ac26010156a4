"""Draws how good the seats of a plan are: a number and a shade for each, bands behind the best ones for a party."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import hypot

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from theaters.seat_maps.layout import Layout, PlacedSeat
from theaters.seat_maps.picture import MAX_NUMBERED_SEATS, Overlay, draw_picture

# Levels of equally many seats, the best one last.
LEVELS = 7
_HALF = 0.46


def draw_heat(layout: Layout, qualities: Sequence[int], parties: Mapping[int, Sequence[int]]) -> SafeString:
    """Return the plan as SVG with all seats shaded by quality; `parties` are seats by size of party, as indexes."""
    pitch, half = layout.spacing, layout.spacing * _HALF
    limits = _find_limits(qualities)
    side = f"{2 * half:.4g}"
    squares: dict[int, list[str]] = {level: [] for level in range(1, LEVELS + 1)}
    numbers = []
    for seat, quality in zip(layout.seats, qualities, strict=True):
        level = bisect_right(limits, quality) + 1
        squares[level].append(f"M{seat.x - half:.6g} {seat.y - half:.6g}h{side}v{side}h-{side}z")
        numbers.append((level, f"{seat.x:.6g}", f"{seat.y:.6g}", level))
    shades = format_html_join(
        "",
        '<path class="map-heat is-level-{}" d="{}"></path>',
        ((level, "".join(steps)) for level, steps in squares.items() if steps),
    )
    # In a large plan the numbers can't be read.
    words = numbers if len(numbers) <= MAX_NUMBERED_SEATS else []
    texts = format_html_join("", '<text class="map-heat-number is-level-{}" x="{}" y="{}">{}</text>', words)
    # The smaller the party, the wider its band, so that each shows beside the others.
    bands = format_html_join(
        "",
        '<path class="map-party is-{}" stroke-width="{}" d="{}"></path>',
        (
            (at, f"{pitch * (1.9 - 0.22 * at):.4g}", _draw_band(layout, sorted(parties[size])))
            for at, size in enumerate(sorted(parties))
        ),
    )
    drawing = format_html('{}{}<g font-size="{}">{}</g>', bands, shades, f"{pitch * 0.5:.4g}", texts)
    return format_html("{}{}", _legend(), draw_picture(layout, Overlay((), drawing)))


def _find_limits(qualities: Sequence[int]) -> list[int]:
    """Return from which quality on each level begins, but the first."""
    ordered = sorted(qualities)
    return [ordered[len(ordered) * level // LEVELS] for level in range(1, LEVELS)] if ordered else []


def _draw_band(layout: Layout, seats: Sequence[int]) -> str:
    """Return a line through these seats, interrupted where one is not beside the last, as steps of a path."""
    steps = []
    last: PlacedSeat | None = None
    for seat in (layout.seats[index] for index in seats):
        is_near = last is not None and hypot(seat.x - last.x, seat.y - last.y) < layout.spacing * 1.5
        steps.append(f"{'L' if is_near else 'M'}{seat.x:.6g} {seat.y:.6g}{'' if is_near else 'h0'}")
        last = seat
    return "".join(steps)


def _legend() -> SafeString:
    return format_html(
        '<ul class="map-legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg viewBox="0 0 2 2" aria-hidden="true"><path class="map-heat is-level-{0}" d="M0 0h2v2h-2z"></path>'
            "</svg>{0}{1}</li>",
            (
                (level, {1: f" ({gettext('worst')})", LEVELS: f" ({gettext('best')})"}.get(level, ""))
                for level in range(1, LEVELS + 1)
            ),
        ),
    )
