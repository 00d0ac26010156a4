"""Services of legal pages. Callers check first that `by` may (`theaters/access.py`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from legal.models import LegalText, LegalVersion, today_at
from legal.samples import write_samples
from legal.texts import forget_links
from lib.after_commit import after_commit
from lib.refusals import Refusal
from theaters.models import Theater

# What our samples leave open.
OPEN_PLACE = re.compile(r"\[\[.*?\]\]")


class NotPublishable(Refusal):
    """`message` says what is missing."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def find_draft(*, theater: Theater | None, kind: str, by: User) -> LegalVersion:
    """Return the page's draft, or make one of what is published last, or of our samples if nothing is."""
    versions = LegalVersion.objects.of(theater, kind)
    draft = versions.filter(published_at__isnull=True).first()
    if draft is not None:
        return draft
    last = versions.order_by("-number").prefetch_related("texts").first()
    texts = {text.language: text.body for text in last.texts.all()} if last else write_samples(theater, kind)
    try:
        with transaction.atomic():
            number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
            draft = LegalVersion.objects.create(
                theater=theater, kind=kind, number=number, made_by=by, is_sample=last is None
            )
            _write_texts(draft, texts)
    except IntegrityError:
        # Somebody else was faster.
        return versions.get(published_at__isnull=True)
    return draft


def save_texts(*, version: LegalVersion, texts: Mapping[str, str]) -> None:
    """Write a draft's texts by language; an empty one is removed. The database refuses those of a published version."""
    with transaction.atomic():
        version.texts.all().delete()
        _write_texts(version, texts)


def _write_texts(version: LegalVersion, texts: Mapping[str, str]) -> None:
    LegalText.objects.bulk_create(
        LegalText(version=version, language=language, body=body) for language, body in texts.items() if body.strip()
    )


def publish(*, version: LegalVersion, by: User) -> LegalVersion:
    """Publish a draft. Harmless when repeated; raises `NotPublishable`."""
    check_publishable(version)
    now = timezone.now()
    with transaction.atomic():
        # A draft is published once: the guard refuses to change it again.
        if LegalVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(published_at=now):
            audit.record(
                by=by,
                action=Action.PUBLISH_LEGAL_PAGE,
                on=version,
                theater_id=version.theater_id,
                after={"holds_from": str(version.holds_from), "languages": _languages_of(version)},
            )
    after_commit(forget_links)
    version.refresh_from_db()
    return version


def check_publishable(version: LegalVersion, today: date | None = None) -> None:
    """Raise `NotPublishable` for a draft that customers could not be shown."""
    if not version.is_draft:
        return
    texts = list(version.texts.all())
    if not texts:
        raise NotPublishable(str(_("Write the text in one language at least.")))
    if version.holds_from is None:
        raise NotPublishable(str(_("Say from which day this version holds.")))
    if version.holds_from < (today or today_at(version.theater)):
        raise NotPublishable(
            str(_("A version can’t hold from a day in the past: customers have accepted another one."))
        )
    left = sorted({match for text in texts for match in OPEN_PLACE.findall(text.body)})
    if left:
        message = _("Fill in or take out what is in double brackets: %(places)s")
        raise NotPublishable(str(message % {"places": ", ".join(left)}))


def _languages_of(version: LegalVersion) -> str:
    return ", ".join(text.language for text in version.texts.all())
