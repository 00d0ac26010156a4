"""Shapes as elements of SVG."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from theaters.seat_maps.drawing import Shape


def draw_outline(shape: Shape) -> SafeString:
    """Return a shape's outline around its own position, in the colors that its file gives; nothing for a text."""
    named = [(name, shape[name]) for name in ("fill", "stroke") if shape.get(name)]
    colors = format_html_join("", ' {}="{}"', named)
    match shape["kind"]:
        case "rectangle":
            return format_html('<rect width="{}" height="{}"{}></rect>', shape["width"], shape["height"], colors)
        case "circle":
            return format_html('<circle r="{}"{}></circle>', shape["rx"], colors)
        case "ellipse":
            return format_html('<ellipse rx="{}" ry="{}"{}></ellipse>', shape["rx"], shape["ry"], colors)
        case "polygon":
            points = " ".join(f"{x:.10g},{y:.10g}" for x, y in shape["points"])
            return format_html('<polygon points="{}"{}></polygon>', points, colors)
    return SafeString("")
