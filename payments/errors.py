"""What can be refused about a payment."""

from django.utils.translation import gettext_lazy as _

from lib.refusals import ProblemType, Refusal


class GatewayNotOffered(Refusal):
    problem = ProblemType(
        "gateway-not-offered",
        422,
        _("This way of paying is not offered."),
        _("The booking lists the gateways that it can be paid with."),
    )
    message = _("This way of paying is not offered.")


class GatewayUnavailable(Refusal):
    """The gateway cannot be reached or answers nonsense; the same call may be repeated."""

    problem = ProblemType(
        "gateway-unavailable",
        503,
        _("The payment service does not answer."),
        _("If a payment went through, you will hear of it. Repeat the call in a moment."),
    )
    message = _("The payment service does not answer. Please try again in a moment.")


class PaymentDeclined(Refusal):
    problem = ProblemType(
        "payment-declined",
        402,
        _("The payment was declined."),
        _("The hold stands until “expires_at”: pay again, or another way."),
    )
    message = _("The payment was declined. Your places are still held: try again or pay in another way.")


class RefundTooLarge(Refusal):
    problem = ProblemType(
        "refund-too-large",
        409,
        _("A refund cannot be more than what is left of the payment."),
        _("Read the booking again: another refund may have been faster."),
    )
    message = _("A refund cannot be more than what is left of the payment.")
