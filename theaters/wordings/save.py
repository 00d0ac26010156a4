"""Save a theater's own texts, take them back, and copy them to another theater."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from lib.placeholders import check
from theaters.models import FormerWording, Theater, Wording
from theaters.wordings.places import Place, find_place, read_groups

# Former texts that are kept for each place and language.
KEPT_FORMER = 20


def check_text(place: Place, text: str) -> None:
    """Raise a `ValidationError` if the text is too long for the place, or its placeholders are wrong there."""
    if len(text) > place.max_length:
        long = ngettext(
            "This place has room for %(max)d character; these are %(length)d.",
            "This place has room for %(max)d characters; these are %(length)d.",
            place.max_length,
        )
        raise ValidationError(long % {"max": place.max_length, "length": len(text)})
    check(text, place.placeholders)


def save_wording(*, theater: Theater, place: Place, language: str, text: str, by: User) -> bool:
    """Let this text stand at the place, in place of what did; empty: the original. Return True if it is another.

    The caller has checked that `by` may (`Capability.EDIT_THEATER`). The former text is kept for undo. Raises
    `ValidationError`.
    """
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    check_text(place, text)
    with transaction.atomic():
        _lock(theater)
        return _write(theater, place, language, text, by)


def copy_wordings(*, theater: Theater, to: Theater, by: User) -> int:
    """Copy all texts to another theater, over those that it has at the same places; return how many changed.

    The caller has checked that `by` may in both theaters. What was there is kept for undo.
    """
    if theater.pk == to.pk:
        raise ValidationError(_("Choose another theater."))
    with transaction.atomic():
        _lock(to)
        copied = 0
        for own in theater.wordings.exclude(text="").order_by("pk"):
            place = find_place(own.place)
            if place is not None:
                copied += _write(to, place, own.language, own.text, by)
    return copied


def _lock(theater: Theater) -> None:
    """Let one person at a time change a theater's texts, so that the same place twice at once is no conflict."""
    Theater.objects.select_for_update(of=("self",)).get(pk=theater.pk)


def _write(theater: Theater, place: Place, language: str, text: str, by: User) -> bool:
    now = timezone.now()
    wording = Wording.objects.filter(theater=theater, place=place.key, language=language).first()
    before = wording.text if wording else ""
    if before == text:
        return False
    if wording is None:
        wording = Wording(theater=theater, place=place.key, language=language)
    else:
        FormerWording.objects.create(
            wording=wording, text=before, saved_by_id=wording.saved_by_id, saved_at=wording.saved_at
        )
        kept = wording.former.values_list("pk", flat=True)[:KEPT_FORMER]
        wording.former.exclude(pk__in=list(kept)).delete()
    wording.text, wording.saved_by, wording.saved_at = text, by, now
    wording.save()
    Theater.objects.filter(pk=theater.pk).update(words_version=F("words_version") + 1)
    record(
        by=by,
        action=Action.CHANGE_WORDING,
        on=wording,
        theater_id=theater.pk,
        before={"text": before},
        after={"text": text},
        reason=f"{read_groups()[place.group].label}: {place.label}",
    )
    return True
