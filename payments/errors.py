"""What can be refused about a payment."""

from django.utils.translation import gettext_lazy as _

from lib.refusals import Refusal


class GatewayNotOffered(Refusal):
    slug = "gateway-not-offered"
    message = _("This way of paying is not offered.")


class GatewayUnavailable(Refusal):
    """The gateway cannot be reached or answers nonsense; the same call may be repeated."""

    slug = "gateway-unavailable"
    message = _("The payment service does not answer. Please try again in a moment.")


class PaymentDeclined(Refusal):
    slug = "payment-declined"
    message = _("The payment was declined. Your places are still held: try again or pay in another way.")


class RefundTooLarge(Refusal):
    slug = "refund-too-large"
    message = _("A refund cannot be more than what is left of the payment.")
