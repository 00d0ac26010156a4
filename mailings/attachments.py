"""The documents of these mails."""

from datetime import date

from accounts.models import User
from notifications.attachments import Attachment, Shared


def monthly_report(shared: Shared, person: str, month: str, zone: str) -> Attachment | None:
    from mailings.monthly_report import monthly_report_pdf  # noqa: PLC0415 (only workers need the typesetter)

    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None:
        return None
    content = monthly_report_pdf(user, date.fromisoformat(month), zone)
    return Attachment(f"{month[:7]}.pdf", content, "application/pdf")
