"""Legal pages, in versions that never change once they are published."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from theaters.models import Theater

# Some 40 printed pages.
BODY_LENGTH = 100_000


class LegalVersionQuerySet(models.QuerySet["LegalVersion"]):
    def published(self) -> LegalVersionQuerySet:
        return self.filter(published_at__isnull=False)

    def of(self, theater: Theater | None, kind: str) -> LegalVersionQuerySet:
        """Those of a theater, or of the site itself; the latest to come into force is first."""
        return self.filter(theater=theater, kind=kind).order_by("-holds_from", "-number")

    def in_force(self, day: date) -> LegalVersionQuerySet:
        """Published ones that hold on a day or held before; of each page, the first one holds."""
        return self.published().filter(holds_from__lte=day).order_by("-holds_from", "-number")


class LegalVersion(models.Model):
    """One version of a page of a theater, or of the site where `theater` is none, in all its languages.

    It holds from the beginning of `holds_from` by the theater's clock until the next one. A published version never
    changes (`legal/guards.py`).
    """

    class Kind(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        TERMS = "terms", _("Terms and conditions")
        PRIVACY = "privacy", _("Privacy")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        VENUE_RULES = "venue-rules", _("House rules")

    # What a customer agrees to by booking, or is told of then.
    AT_CHECKOUT = (Kind.TERMS, Kind.VENUE_RULES, Kind.PRIVACY)

    theater = models.ForeignKey(
        Theater,
        models.PROTECT,
        verbose_name=_("theater"),
        related_name="legal_versions",
        null=True,
        blank=True,
        help_text=_("Empty: of the site itself, for pages of no theater and theaters without a text of their own."),
    )
    kind = models.CharField(_("page"), max_length=15, choices=Kind.choices)
    number = models.PositiveIntegerField(_("version"), editable=False)
    holds_from = models.DateField(_("holds from"), null=True, blank=True)
    change_note = models.CharField(
        _("what changed"), max_length=300, blank=True, help_text=_("Customers read it beside the versions before.")
    )
    # It began as one of our samples, which a lawyer has to check.
    is_sample = models.BooleanField(default=False, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    objects = LegalVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")
        ordering = ["theater", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "kind", "number"],
                name="legal_version_unique",
                violation_error_message=_("There is a version of this number already."),
            ),
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=Q(theater__isnull=True),
                name="legal_version_of_site_unique",
                violation_error_message=_("The site has a version of this number already."),
            ),
            models.UniqueConstraint(
                fields=["theater", "kind"],
                condition=Q(published_at__isnull=True),
                name="legal_version_one_draft",
                violation_error_message=_("This page has a draft already."),
            ),
            models.UniqueConstraint(
                F("kind"),
                condition=Q(published_at__isnull=True, theater__isnull=True),
                name="legal_version_of_site_one_draft",
                violation_error_message=_("This page of the site has a draft already."),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(holds_from__isnull=False),
                name="legal_version_holds_from",
                violation_error_message=_("Say from which day this version holds."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.theater or settings.SITE_NAME}, {self.number}"

    def get_absolute_url(self) -> str:
        """Return the address of exactly this version."""
        if self.theater is None:
            return reverse("legal:site-version", args=[self.kind, self.number])
        return reverse("legal:version", args=[self.theater.slug, self.kind, self.number])

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def tz(self) -> tzinfo:
        return zone_of(self.theater)

    def text_in(self, language: str) -> LegalText | None:
        """Return the text in that language, or else in the site's, or else in any. No query after a prefetch."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()), None)


class LegalText(models.Model):
    """What a version says in one language, in Markdown."""

    version = models.ForeignKey(LegalVersion, models.CASCADE, verbose_name=_("version"), related_name="texts")
    language = models.CharField(_("language"), max_length=10)
    body = models.TextField(_("text"), max_length=BODY_LENGTH, validators=[MinLengthValidator(1)])

    class Meta:
        verbose_name = _("text of a legal page")
        verbose_name_plural = _("texts of legal pages")
        ordering = ["version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"],
                name="legal_text_unique",
                violation_error_message=_("This version has a text in this language already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.language}"


class NewsletterConsentQuerySet(models.QuerySet["NewsletterConsent"]):
    def in_force(self) -> NewsletterConsentQuerySet:
        return self.filter(withdrawn_at__isnull=True)


class NewsletterConsent(models.Model):
    """That an address wants the newsletter of a theater, with the proof. It exists once it is confirmed by mail.

    Networks are keyed hashes. Only its end is ever written again (`legal/guards.py`).
    """

    class Source(models.TextChoices):
        CHECKOUT = "checkout", _("at checkout")
        ACCOUNT = "account", _("in the account")

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="newsletter_consents")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10)
    source = models.CharField(_("where"), max_length=10, choices=Source.choices)
    words = models.CharField(_("words shown"), max_length=300)
    asked_at = models.DateTimeField(_("asked for"))
    asked_network = models.CharField(max_length=24)
    confirmed_at = models.DateTimeField(_("confirmed"))
    confirmed_network = models.CharField(max_length=24)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = NewsletterConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter consent")
        verbose_name_plural = _("newsletter consents")
        ordering = ["-confirmed_at", "-pk"]
        indexes = [models.Index(fields=["email"], name="newsletter_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "email"],
                condition=Q(withdrawn_at__isnull=True),
                name="newsletter_once",
                violation_error_message=_("This address gets the newsletter already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.theater}"


def zone_of(theater: Any) -> tzinfo:
    """Return the zone of a theater, or UTC for the site itself."""
    return theater.tz if theater is not None else UTC


def today_at(theater: Theater | None, now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(zone_of(theater)).date()
