"""Keeping pictures to trace. Callers check first that `by` may (`access.py`)."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from lib.pdf_page import is_pdf, render_page
from lib.pictures import MAX_BYTES, encode, open_picture
from theaters.models import Backdrop, Hall
from theaters.seat_maps.svg import is_drawing

# Enough to read the numbers of seats on a plan of a meter.
MAX_PIXELS = 3000
# Older ones of a hall go when a new one comes.
MAX_BACKDROPS = 20
_SEEN_EVERY = timedelta(days=1)


def save_backdrop(*, hall: Hall, file: UploadedFile[bytes], page: int, by: User) -> tuple[Backdrop, int]:
    """Keep a picture, or a page of a PDF counted from 1; return it and how many pages the file has.

    Raises `ValidationError` for what can't be read.
    """
    size = file.size or 0
    if size > MAX_BYTES:
        message = _("The file is %(size)s. The largest accepted is %(limit)s.")
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(MAX_BYTES)}
        raise ValidationError(message, "too-large", sizes)
    content = file.read()
    pages = 1
    if is_pdf(content):
        picture, pages = render_page(content, page, MAX_PIXELS)
    elif is_drawing(content):
        raise ValidationError(_("This is a drawing (SVG). Upload it as a seat map, or save it as PNG."), "drawing")
    else:
        picture = open_picture(file)
    picture.thumbnail((MAX_PIXELS, MAX_PIXELS))
    encoded = encode(picture, MAX_PIXELS)
    with transaction.atomic():
        backdrop = Backdrop.objects.create(hall=hall, width=picture.width, height=picture.height, picture=encoded)
        newest = Backdrop.objects.filter(hall=hall).order_by("-created_at").values("pk")[:MAX_BACKDROPS]
        Backdrop.objects.filter(hall=hall).exclude(pk__in=[row["pk"] for row in newest]).delete()
        audit.record(
            by=by,
            action=Action.SAVE_BACKDROP,
            on=hall,
            theater_id=hall.theater_id,
            after={"source": (file.name or "")[:200]},
        )
    return backdrop, pages


def note_seen(backdrop: Backdrop) -> None:
    """Record that an editor shows a picture, which keeps it; at most once a day."""
    now = timezone.now()
    Backdrop.objects.filter(pk=backdrop.pk, seen_at__lt=now - _SEEN_EVERY).update(seen_at=now)
