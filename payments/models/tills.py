"""The places where money is taken over the counter."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from theaters.models import Theater

PREFIX_LENGTH = 12
validate_prefix = RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("Capital letters, digits and hyphens."))


class Till(models.Model):
    """A place at a counter with receipts of its own: “Main entrance”, “Bar”."""

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="tills")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(
        _("prefix of its receipts"),
        max_length=PREFIX_LENGTH,
        validators=[validate_prefix],
        help_text=_("Another prefix begins another series, with number 1."),
    )
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ["theater", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "prefix"],
                name="till_prefix_unique",
                violation_error_message=_("Another till of this theater has this prefix."),
            ),
            models.CheckConstraint(
                condition=~Q(prefix=""),
                name="till_has_prefix",
                violation_error_message=_("A till needs a prefix."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
