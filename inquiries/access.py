"""Who may open which inquiry in the browser. Nothing else decides.

An inquiry is open to anyone with the signed link from its e-mails, as long as these go to the same address; the browser
that asked is led there too. Staff see inquiries in the console by `theaters/access.py`.
"""

from django.core.signing import Signer
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from inquiries.models import Inquiry


def inquiry_path(inquiry: Inquiry) -> str:
    """Return the path that opens the inquiry without signing in, for as long as it is kept."""
    return reverse("inquiries:inquiry", args=[_token(inquiry)])


def find_inquiry(token: str) -> Inquiry:
    """Return the inquiry that a link opens, with event, theater and booking, or raise `Http404`. One query."""
    rows = Inquiry.objects.select_related("event", "theater__city", "customer", "booking__customer")
    inquiry = rows.filter(code=token.partition("~")[0]).first()
    if inquiry is None or not constant_time_compare(token, _token(inquiry)):
        raise Http404
    return inquiry


def _token(inquiry: Inquiry) -> str:
    """Sign the inquiry for the reader of its mail: another address makes another token."""
    signer = Signer(salt=f"inquiries.inquiry.{inquiry.contact_email}")
    return signer.sign(inquiry.code).replace(":", "~")
