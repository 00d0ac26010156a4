"""Draws how good the seats of a plan are: a number and a shade for each, and rings around the best ones for a party."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from theaters.seat_maps.layout import Layout
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
    rings = format_html_join(
        "",
        '<path class="map-party is-halo" d="{0}"></path><path class="map-party" d="{0}"></path>',
        ((_ring(layout, seats, pitch * (0.6 + 0.12 * at)),) for at, seats in enumerate(parties.values())),
    )
    drawing = format_html('{}<g font-size="{}">{}</g>{}', shades, f"{pitch * 0.5:.4g}", texts, rings)
    return format_html("{}{}", _legend(), draw_picture(layout, Overlay((), drawing)))


def _find_limits(qualities: Sequence[int]) -> list[int]:
    """Return from which quality on each level begins, but the first."""
    ordered = sorted(qualities)
    return [ordered[len(ordered) * level // LEVELS] for level in range(1, LEVELS)] if ordered else []


def _ring(layout: Layout, seats: Sequence[int], radius: float) -> str:
    """Return a square around each of these seats as steps of a path."""
    places = [layout.seats[index] for index in seats]
    side = f"{2 * radius:.4g}"
    return "".join(f"M{one.x - radius:.6g} {one.y - radius:.6g}h{side}v{side}h-{side}z" for one in places)


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
