"""Accounts that theaters have at gateways, so that their money goes to them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.bounds import TEXT_LENGTH
from lib.encryption import Undecipherable, decrypt, encrypt, encrypt_again
from payments.errors import GatewayUnavailable
from theaters.models import Theater

PURPOSE = "payment accounts"
# How many of a key's last characters are shown.
ENDING_LENGTH = 4
# How long webhooks that the secret before signed are accepted, which are on their way while it is replaced.
OLD_SECRET_ACCEPTED_FOR = timedelta(days=1)


class GatewayAccountQuerySet(models.QuerySet["GatewayAccount"]):
    def failing(self) -> GatewayAccountQuerySet:
        """Those that customers should pay to and, as far as is known, can't."""
        return self.filter(is_in_use=True).exclude(test_result=GatewayAccount.TestResult.WORKS).order_by("pk")


class GatewayAccount(models.Model):
    """A theater's own account at a gateway, with its keys encrypted (`lib/encryption.py`).

    Payments keep the account that they were made with: their refunds, webhooks and questions go there for as long as
    it exists, whether or not it still takes new ones. Other keys of the same account replace the old ones; another
    account at the gateway is another row.
    """

    class Gateway(models.TextChoices):
        """Each is a name of `Payment.Gateway`; the label is what staff call it."""

        STRIPE = "stripe", "Stripe"
        MOLLIE = "mollie", "Mollie"

    class TestResult(models.TextChoices):
        NONE = "none", _("not tested yet")
        WORKS = "works", _("works")
        REFUSED = "refused", _("the gateway does not accept the key")
        UNREACHABLE = "unreachable", _("the gateway does not answer")
        OTHER_ACCOUNT = "other_account", _("the key belongs to another account")
        NOT_ACTIVE = "not_active", _("the account can’t take payments yet; finish its set-up at the gateway")
        UNREADABLE = "unreadable", _("the key can’t be decrypted any more; enter it again")

    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="gateway_accounts")
    gateway = models.CharField(_("gateway"), max_length=20, choices=Gateway.choices)
    # In the address to which the gateway sends its webhooks.
    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    encrypted_key = models.TextField(max_length=TEXT_LENGTH, editable=False)
    key_ending = models.CharField(_("key ends with"), max_length=ENDING_LENGTH, editable=False)
    # A key of the other kind belongs to another row: money of one can't be refunded with the other.
    is_live = models.BooleanField(_("takes real money"), editable=False)
    encrypted_webhook_secret = models.TextField(max_length=TEXT_LENGTH, blank=True, editable=False)
    encrypted_old_webhook_secret = models.TextField(max_length=TEXT_LENGTH, blank=True, editable=False)
    old_webhook_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    # What the gateway calls it; once known, it never changes.
    remote_id = models.CharField(_("account at the gateway"), max_length=120, blank=True, editable=False)
    remote_name = models.CharField(_("name at the gateway"), max_length=200, blank=True, editable=False)
    test_result = models.CharField(
        _("test"), max_length=20, choices=TestResult.choices, default=TestResult.NONE, editable=False
    )
    tested_at = models.DateTimeField(_("tested"), null=True, blank=True, editable=False)
    tested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("tested by"),
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    is_in_use = models.BooleanField(_("in use"), default=False, editable=False)
    made_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = GatewayAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment account")
        verbose_name_plural = _("payment accounts")
        ordering = ["theater", "gateway", "-is_in_use", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "gateway"],
                condition=Q(is_in_use=True),
                name="gateway_account_one_in_use",
                violation_error_message=_("This theater already has an account at this gateway in use."),
            ),
            models.UniqueConstraint(
                fields=["theater", "gateway", "remote_id", "is_live"],
                condition=~Q(remote_id=""),
                name="gateway_account_once",
                violation_error_message=_("This theater has that account at the gateway already."),
            ),
            models.CheckConstraint(
                condition=Q(is_in_use=False) | ~Q(remote_id=""),
                name="gateway_account_tested",
                violation_error_message=_("An account is tested before it is used."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_gateway_display()} {self.remote_name or f'…{self.key_ending}'}"

    @property
    def key(self) -> str:
        """The secret key. Raises `KeyUnreadable`."""
        return _decrypt(self.encrypted_key)

    @property
    def webhook_secrets(self) -> list[str]:
        """The secrets that may have signed a webhook; none for a gateway that signs none. Raises `KeyUnreadable`."""
        found = [self.encrypted_webhook_secret]
        if self.old_webhook_secret_until is not None and timezone.now() < self.old_webhook_secret_until:
            found.append(self.encrypted_old_webhook_secret)
        return [_decrypt(one) for one in found if one]

    @property
    def webhook_url(self) -> str:
        return f"{settings.SITE_URL}{reverse('bookings:account-webhook', args=[self.gateway, self.token])}"

    def set_key(self, key: str) -> None:
        """Take another key, unsaved."""
        self.encrypted_key = encrypt(key, purpose=PURPOSE)
        self.key_ending = key[-ENDING_LENGTH:]

    def set_webhook_secret(self, secret: str) -> None:
        """Take another secret for webhooks, unsaved. The one before is accepted for a while."""
        if self.encrypted_webhook_secret:
            self.encrypted_old_webhook_secret = self.encrypted_webhook_secret
            self.old_webhook_secret_until = timezone.now() + OLD_SECRET_ACCEPTED_FOR
        self.encrypted_webhook_secret = encrypt(secret, purpose=PURPOSE)

    def note_refusal(self) -> None:
        """Note that the gateway accepts the key no longer, unless it was replaced meanwhile; staff read it on Today."""
        same = GatewayAccount.objects.filter(pk=self.pk, encrypted_key=self.encrypted_key)
        same.exclude(test_result=self.TestResult.REFUSED).update(
            test_result=self.TestResult.REFUSED, tested_at=timezone.now(), tested_by=None
        )

    def encrypt_again(self) -> None:
        """Encrypt everything by the first of `ENCRYPTION_KEYS`, unsaved. Raises `Undecipherable`."""
        for name in ENCRYPTED:
            if value := getattr(self, name):
                setattr(self, name, encrypt_again(value, purpose=PURPOSE))


ENCRYPTED = ("encrypted_key", "encrypted_webhook_secret", "encrypted_old_webhook_secret")


class KeyUnreadable(GatewayUnavailable):
    """The key of an account can't be decrypted: `ENCRYPTION_KEYS` lacks the one that encrypted it."""


def _decrypt(encrypted: str) -> str:
    try:
        return decrypt(encrypted, purpose=PURPOSE)
    except Undecipherable as error:
        raise KeyUnreadable from error
