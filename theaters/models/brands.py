"""How theaters look and are called to customers."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lib.pictures import PictureField

MAX_SOCIAL_LINKS = 8
_HOST = re.compile(r"(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# It becomes part of the headers of mails.
_ONE_LINE = RegexValidator(r"\A[^\x00-\x1f\x7f]*\Z", _("Type one line of text."))


class Typeface(models.TextChoices):
    """The face of titles; all of them cover Latin and Devanagari. Text stays in the site's own."""

    GLOOCK = "gloock", _("Gloock, an elegant serif")
    MARTEL = "martel", _("Martel, a strong serif")
    HANKEN = "hanken", _("Hanken Grotesk, plain")
    POPPINS = "poppins", _("Poppins, geometric")
    BALOO = "baloo", _("Baloo 2, round")

    @property
    def family(self) -> str:
        """The name by which style sheets know the face."""
        return _FAMILIES.get(self.value, self.value.capitalize())


_FAMILIES = {"hanken": "Hanken Grotesk", "baloo": "Baloo 2"}


def is_domain(text: str) -> bool:
    """Return True for the name of a domain in lower case, in ASCII, without a port."""
    return _HOST.fullmatch(text) is not None


def validate_domain(value: str) -> None:
    if not is_domain(value):
        raise ValidationError(_("Type a domain alone, such as “tickets.example.org”."), code="domain")


def validate_links(value: str) -> None:
    """Refuse anything but a few addresses of pages, one a line."""
    links = value.split()
    if len(links) > MAX_SOCIAL_LINKS:
        raise ValidationError(_("At most %(most)d links."), params={"most": MAX_SOCIAL_LINKS}, code="too-many")
    is_address = URLValidator(schemes=["https"])
    for link in links:
        try:
            is_address(link)
        except ValidationError:
            raise ValidationError(
                _("“%(link)s” is not an address that begins with https://."), params={"link": link}, code="link"
            ) from None


class Brand(models.Model):
    """A name and a look, of one theater or of several. What pages need of it: `theaters/brands.py`.

    A domain is served once a platform admin has confirmed it, so that nobody claims another's. Several brands may
    name one that is not confirmed.
    """

    LOGO_WIDTHS = (240, 480)
    ICON_WIDTHS = (64, 512)
    PHOTO_WIDTHS = (480, 960, 1600)

    name = models.CharField(
        _("name"),
        max_length=80,
        validators=[_ONE_LINE],
        help_text=_("As customers know you: on pages, mails and tickets."),
    )
    slug = models.SlugField(_("slug"), unique=True)
    logo = PictureField(
        _("logo"),
        upload_to="brands/",
        blank=True,
        widths=LOGO_WIDTHS,
        keeps_transparency=True,
        help_text=_("PNG, WebP or JPEG, best with a transparent background, 480 pixels wide or more."),
    )
    logo_dark = PictureField(
        _("logo on dark pages"),
        upload_to="brands/",
        blank=True,
        widths=LOGO_WIDTHS,
        keeps_transparency=True,
        help_text=_("Without one, the logo stands on a light plate there."),
    )
    favicon = PictureField(
        _("icon"),
        upload_to="brands/",
        blank=True,
        widths=ICON_WIDTHS,
        keeps_transparency=True,
        help_text=_("Square, for browser tabs and home screens. Without one, the first letter of your name."),
    )
    photo = PictureField(
        _("photo"),
        upload_to="brands/",
        blank=True,
        widths=PHOTO_WIDTHS,
        help_text=_("Shown where your pages are shared."),
    )
    color = models.CharField(
        _("color"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
        help_text=_("Of buttons, links and marks. Empty: the site’s own."),
    )
    color_dark = models.CharField(
        _("color on dark pages"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
        help_text=_("Empty: the nearest shade of the color that is legible there."),
    )
    typeface = models.CharField(
        _("typeface of titles"), max_length=10, choices=Typeface.choices, default=Typeface.GLOOCK
    )
    sender_name = models.CharField(
        _("sender’s name"),
        max_length=80,
        blank=True,
        validators=[_ONE_LINE],
        help_text=_("Of mails. Empty: the name above."),
    )
    reply_address = models.EmailField(
        _("reply address"), blank=True, help_text=_("Where customers’ answers to mails go.")
    )
    social_links = models.TextField(
        _("links"),
        max_length=1000,
        blank=True,
        validators=[validate_links],
        help_text=_("Your website and pages elsewhere, one a line."),
    )
    domain = models.CharField(
        _("domain"),
        max_length=200,
        blank=True,
        validators=[validate_domain],
        help_text=_("A domain of your own that shows only your program, such as tickets.example.org."),
    )
    is_domain_confirmed = models.BooleanField(
        _("domain confirmed"),
        default=False,
        help_text=_("Set by a platform admin who has seen that the domain is the theater’s and leads here."),
    )
    names_marquee = models.BooleanField(
        _("name Marquee"), default=True, help_text=_("Once, small, at the foot of pages.")
    )

    class Meta:
        verbose_name = _("name and look")
        verbose_name_plural = _("names and looks")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"],
                condition=models.Q(is_domain_confirmed=True),
                name="brand_domain_unique",
                violation_error_message=_("This domain is another’s already."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_domain_confirmed=False) | ~models.Q(domain=""),
                name="brand_domain_confirmed",
                violation_error_message=_("There is no domain to confirm."),
            ),
            models.CheckConstraint(
                condition=models.Q(domain=Lower("domain")),
                name="brand_domain_lowercase",
                violation_error_message=_("Write the domain in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
