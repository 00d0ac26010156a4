"""The outbox: every message that leaves the system is a row here first.

A row is written in the same transaction as what it reports, which it knows only as plain JSON.
`tasks.py` sends it afterwards, once, whatever is repeated or killed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.bounds import LATEST, between


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    CHAT = "chat", _("chat")


class Notification(models.Model):
    class Kind(models.TextChoices):
        """Each has its rules in `kinds.py`, and its text in `templates/emails/`."""

        BOOKING_CONFIRMED = "booking_confirmed", _("booking confirmed")
        BOOKING_CANCELED = "booking_canceled", _("booking canceled")
        BOOKING_REFUNDED = "booking_refunded", _("refund made")
        MONEY_RETURNED = "money_returned", _("payment returned")
        PAYMENT_FAILED = "payment_failed", _("payment failed")
        TRANSFER_ASKED = "transfer_asked", _("how to pay by bank transfer")
        TRANSFER_DUE = "transfer_due", _("reminder of a bank transfer")
        TRANSFER_ENDED = "transfer_ended", _("no bank transfer any more")
        SHOW_MOVED = "show_moved", _("show moved")
        SHOW_CANCELED = "show_canceled", _("show canceled")
        SHOW_NOTE = "show_note", _("note from the theater")
        PLACES_RENAMED = "places_renamed", _("places renamed")
        BOOKING_LINK = "booking_link", _("link to a booking")
        TICKET_PASSED_ON = "ticket_passed_on", _("ticket passed on")
        TICKET_WITHDRAWN = "ticket_withdrawn", _("ticket taken back")
        EXCHANGE_SURCHARGE = "exchange_surcharge", _("difference to pay for an exchange")
        WAITING_LIST_JOINED = "waiting_list_joined", _("on the waiting list")
        WAITING_LIST_OFFER = "waiting_list_offer", _("places for the waiting list")
        WAITING_LIST_CLOSED = "waiting_list_closed", _("waiting list closed")
        FOLLOW_CONFIRMATION = "follow_confirmation", _("confirm to follow")
        FOLLOWED_ON_SALE = "followed_on_sale", _("on sale, for followers")
        FOLLOWED_SEATS = "followed_seats", _("seats, for followers")
        FOLLOWED_SOON = "followed_soon", _("on sale soon, for followers")
        INQUIRY_RECEIVED = "inquiry_received", _("inquiry received")
        INQUIRY_ANSWERED = "inquiry_answered", _("answer to an inquiry")
        NEWSLETTER_CONFIRMATION = "newsletter_confirmation", _("confirm a newsletter")
        HOLD_LAPSING = "hold_lapsing", _("seats about to go")
        SHOW_REMINDER = "show_reminder", _("reminder of a show")
        REVIEW_ASK = "review_ask", _("how was it?")
        DIGEST = "digest", _("evening reminder")
        MONTHLY_REPORT = "monthly_report", _("monthly report")
        STAFF_ALERT = "staff_alert", _("alert for staff")
        REPORT_DELIVERY = "report_delivery", _("report delivered")
        EXPORT_READY = "export_ready", _("export ready")
        STAFF_INVITATION = "staff_invitation", _("invitation to a team")
        EMAIL_CONFIRMATION = "email_confirmation", _("confirmation of an e-mail address")
        SIGN_IN_CODE = "sign_in_code", _("sign-in code")
        PASSWORD_RESET = "password_reset", _("password reset")
        ACCOUNT_EXISTS = "account_exists", _("account already exists")
        ACCOUNT_UNKNOWN = "account_unknown", _("no account with this address")
        ACCOUNT_CHANGED = "account_changed", _("change of an account")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        # Given up after the last attempt; staff may send it again.
        FAILED = "failed", _("failed")
        # Not sent: the recipient does not want it, or the address bounces.
        SUPPRESSED = "suppressed", _("suppressed")

    class Delivery(models.TextChoices):
        """What became of it after the mail server took it, if the provider reports it."""

        DELIVERED = "delivered", _("delivered")
        OPENED = "opened", _("opened")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("marked as spam")

    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    # An address; for a chat, the name of its webhook (see `chat.py`).
    recipient = models.CharField(_("recipient"), max_length=320)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=10, default="en")
    context = models.JSONField(default=dict)
    # Names of documents to attach with their arguments: see `attachments.py`.
    attachments = models.JSONField(default=list, blank=True)
    unique_key = models.CharField(max_length=160, unique=True)
    # The theater that it concerns: decides which staff may see it.
    theater = models.ForeignKey(
        "theaters.Theater", models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    # The code of what it is about, such as a booking's, for that booking's history.
    about = models.CharField(max_length=40, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # One of many that are written at once; what answers a single person is sent before it.
    is_bulk = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    gateway_id = models.CharField(_("gateway id"), max_length=255, blank=True, db_index=True)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices, blank=True)
    delivery_at = models.DateTimeField(_("delivery at"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # Not a partial one: SQLite uses those for literal values only.
            models.Index(fields=["state", "is_bulk", "next_attempt_at"], name="notification_due"),
            models.Index(fields=["-created_at", "-id"], name="notification_newest"),
        ]

    def __str__(self) -> str:
        # Without the person, who may ask to be erased: the audit log keeps this text.
        return f"{self.kind.replace('_', ' ')} {self.pk}"


class NotificationPreference(models.Model):
    """A person's choice about one kind on one channel; without a row the default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=40, choices=Notification.Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    is_wanted = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "channel"],
                name="preference_unique",
                violation_error_message=_("There is already a choice for this kind of message."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"


class MailSettings(models.Model):
    """How a person wants their messages; without a row the defaults hold. Their language is the user's."""

    class ReportFormat(models.TextChoices):
        HTML = "html", _("in the e-mail itself")
        PDF = "pdf", _("as a PDF")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_settings")
    report_format = models.CharField(
        _("monthly report"), max_length=4, choices=ReportFormat.choices, default=ReportFormat.HTML
    )
    # A secret: anyone who has it can write into the chat.
    chat_webhook = models.URLField(_("chat webhook"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")

    def __str__(self) -> str:
        return str(self.user)


class Suppression(models.Model):
    """An address that gets no more messages, or none of one kind, until this is lifted."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("bounces")
        COMPLAINED = "complained", _("marked us as spam")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")

    address = models.CharField(_("address"), max_length=320)
    # Empty: of every kind.
    kind = models.CharField(_("kind"), max_length=40, choices=Notification.Kind.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    detail = models.CharField(_("what the server said"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address", "kind"],
                name="suppression_once",
                violation_error_message=_("This address is already suppressed."),
            ),
            models.CheckConstraint(
                condition=Q(address=Lower(F("address"))),
                name="suppression_lowercase",
                violation_error_message=_("Suppressed addresses are kept in lower case."),
            ),
        ]

    def __str__(self) -> str:
        # Without the address: the audit log keeps this text.
        return f"{self.get_reason_display()} {self.pk}"


class SendingRate(models.Model):
    """How much of the allowance of a mail server or chat is used up: see `sending_rate.py`."""

    name = models.CharField(max_length=120, unique=True)
    # Seconds since 1970: until when the messages sent so far would take at exactly the allowed rate.
    used_until = models.FloatField(default=0, validators=between(0, LATEST.timestamp()))

    class Meta:
        verbose_name = _("sending rate")
        verbose_name_plural = _("sending rates")

    def __str__(self) -> str:
        return self.name
