"""Photos of the view from a hall's sections: saved and taken away."""

from __future__ import annotations

from django.core.files import File
from django.db import transaction

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from theaters.models import Hall, SectionPhoto


@transaction.atomic
def save_section_photo(*, hall: Hall, section: str, photo: File[bytes], alt: str, by: User) -> SectionPhoto:
    """Show this photo for a section, in place of the one that it had."""
    # One at a time for each hall, so that the same section twice at once is no conflict.
    Hall.objects.select_for_update().get(pk=hall.pk)
    found = SectionPhoto.objects.filter(hall=hall, section=section).first() or SectionPhoto(hall=hall, section=section)
    before = {"alt": found.alt, "photo": found.photo.name} if found.pk else {}
    found.photo, found.alt = photo, alt
    found.save()
    record(
        by=by,
        action=Action.SAVE_SECTION_PHOTO,
        on=found,
        theater_id=hall.theater_id,
        before=before,
        after={"alt": alt, "photo": found.photo.name},
    )
    return found


@transaction.atomic
def remove_section_photo(*, hall: Hall, photo_id: int, by: User) -> None:
    """Take a photo away. Harmless when it is gone already."""
    found = SectionPhoto.objects.select_for_update().filter(hall=hall, pk=photo_id).first()
    if found is None:
        return
    record(
        by=by,
        action=Action.REMOVE_SECTION_PHOTO,
        on=found,
        theater_id=hall.theater_id,
        before={"alt": found.alt, "photo": found.photo.name},
    )
    found.delete()
