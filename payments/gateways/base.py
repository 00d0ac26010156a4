"""The interface of a payment gateway, and its answers.

A gateway only talks: it changes no booking. `bookings/services/settle.py` acts on what it says about a
payment or a refund, whether the answer came with a call, by webhook or when asked. Each call may be
repeated: by the `key` of a payment or refund the gateway knows that it is the same one. Calls raise
`GatewayUnavailable` when there is no usable answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.core.validators import RegexValidator

from payments.models import GatewayAccount, Payment, Refund


class PaymentStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    # No money will come any more.
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class PaymentOutcome:
    """What a gateway says about one payment. Amount and currency are what was really paid, if it tells."""

    status: PaymentStatus
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundOutcome:
    status: RefundStatus
    reference: str = ""
    error: str = ""


@dataclass(frozen=True)
class RefundNews:
    """Unasked news of a gateway about money that went back.

    A refund of ours is named by its `key`. Any other was made in the gateway's own pages, or taken by
    the customer's bank: it names the payment by `payment_key` or `payment_reference`.
    """

    outcome: RefundOutcome
    key: UUID | None = None
    payment_key: UUID | None = None
    payment_reference: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    source: Refund.Source = Refund.Source.GATEWAY


@dataclass(frozen=True)
class Started:
    """Where to send the customer; `redirect_url` is empty when there is nowhere to go.

    `outcome` is open unless the gateway already knew the payment and what became of it.
    """

    reference: str = ""
    redirect_url: str = ""
    outcome: PaymentOutcome = PaymentOutcome(PaymentStatus.OPEN)
    # Its page may lead on to any other site at once, such as a bank's.
    leads_on: bool = False


@dataclass(frozen=True)
class GatewayMessage:
    """A webhook that was proven genuine: news about a payment or about refunds, or about neither.

    `summary` is what is kept of it: no personal data.
    """

    event_id: str
    kind: str
    summary: dict[str, Any] = field(default_factory=dict)
    payment_key: UUID | None = None
    payment_outcome: PaymentOutcome | None = None
    refunds: Sequence[RefundNews] = ()


class WebhookRefused(Exception):
    """The webhook is not genuine, too old, or not readable."""


@dataclass(frozen=True)
class Identity:
    """Whose account a key opens, as the gateway says."""

    account_id: str
    name: str
    may_take_payments: bool


class KeyRefused(Exception):
    """The gateway does not accept the key."""


class Gateway(Protocol):
    @property
    def name(self) -> Payment.Gateway: ...

    @property
    def is_for_staff(self) -> bool:
        """True if staff take the money themselves; never offered to customers."""
        ...

    def start(self, payment: Payment, *, return_url: str) -> Started:
        """Open the payment at the gateway, or find it again."""
        ...

    def takes_token(self, token: str) -> bool:
        """Return True if an API client may pay at once with this token."""
        ...

    def charge(self, payment: Payment, token: str) -> PaymentOutcome:
        """Pay at once with a token that is taken."""
        ...

    def fetch(self, payment: Payment) -> PaymentOutcome:
        """Ask what has become of the payment."""
        ...

    def abandon(self, payment: Payment) -> PaymentOutcome:
        """Close an open payment so that no more money comes, and say what has become of it."""
        ...

    def refund(self, refund: Refund) -> RefundOutcome:
        """Give money back, or ask again about a refund that is pending."""
        ...

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, account: GatewayAccount | None = None
    ) -> GatewayMessage:
        """Check a webhook's signature and read it, asking the gateway for what it leaves out.

        `account` is the one to whose address it came; None: the site's. Raises `WebhookRefused`.
        """
        ...


class AccountGateway(Gateway, Protocol):
    """A gateway at which theaters may have accounts of their own."""

    @property
    def key_shape(self) -> RegexValidator:
        """What its keys look like."""
        ...

    @property
    def webhook_secret_shape(self) -> RegexValidator | None:
        """What its signing secrets look like; None if it signs no webhooks."""
        ...

    def is_live(self, key: str) -> bool:
        """Return True if the key moves real money."""
        ...

    def identify(self, key: str) -> Identity:
        """Ask whose key this is. Raises `KeyRefused`."""
        ...
