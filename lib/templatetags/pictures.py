"""Addresses of stored pictures, for `src` and `srcset`."""

from django import template

from lib.pictures import picture_url, rendition_name

register = template.Library()


@register.filter
def picture(name: object, width: int) -> str:
    """Return the address of a stored picture in one of its widths, by its name or by the model's file."""
    name = str(name)
    return picture_url(rendition_name(name, width)) if name.endswith(".webp") else picture_url(name)


@register.filter
def srcset(name: object, widths: str) -> str:
    """Return `srcset` for the widths "400 800"; empty for a picture that is stored in one width."""
    name = str(name)
    if not name.endswith(".webp"):
        return ""
    return ", ".join(f"{picture(name, int(width))} {width}w" for width in widths.split())
