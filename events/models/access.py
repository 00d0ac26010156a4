"""Access performances: what a show offers to people who hear, see or sit through it differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    """Each is a column of the show; a show may have several."""

    CAPTIONED = "captioned", _("captioned")
    SIGNED = "signed", _("sign language interpreted")
    AUDIO_DESCRIBED = "audio_described", _("audio described")
    RELAXED = "relaxed", _("relaxed performance")

    @property
    def field(self) -> str:
        return f"is_{self.value}"


ACCESS_FIELDS = tuple(access.field for access in Access)


def find_access(row: Mapping[str, Any]) -> tuple[Access, ...]:
    """Return what the show with these columns offers, in the order of `Access`. Pure."""
    return tuple(access for access in Access if row[access.field])


def write_access(access: Iterable[Access]) -> str:
    """Name them in the active language: “captioned, relaxed performance”."""
    return ", ".join(str(one.label) for one in access)
