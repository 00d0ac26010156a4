"""Photos of the view from the sections of a hall."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.pictures import PictureField
from theaters.models.places import Hall


class SectionPhoto(models.Model):
    """What people see from a section, by its name: it stays when the hall's seat map has a next version."""

    WIDTHS: ClassVar = (480, 960, 1600)

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="section_photos", verbose_name=_("hall"))
    # Empty for a hall whose seats have no section.
    section = models.CharField(_("section"), max_length=80, blank=True)
    photo = PictureField(_("photo"), upload_to="views/", widths=WIDTHS)
    alt = models.CharField(
        _("what it shows"),
        max_length=200,
        help_text=_("For people who can’t see it, such as: the whole stage, with the lighting bridge above."),
    )

    class Meta:
        verbose_name = _("photo of the view")
        verbose_name_plural = _("photos of the view")
        ordering = ["hall", "section"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "section"],
                name="section_photo_unique",
                violation_error_message=_("This section already has a photo."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.hall}, {self.section}" if self.section else str(self.hall)
