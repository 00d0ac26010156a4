"""What staff do with an inquiry: take it, answer it by mail, decline it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from inquiries.dates import propose_dates, read_dates
from inquiries.messages import notify_answered
from inquiries.models import Inquiry, InquiryMessage
from lib.refusals import Refusal

State = Inquiry.State


class AddressUnknown(Refusal):
    message = _("This inquiry has no e-mail address any more.")


def take(*, inquiry: Inquiry, by: User) -> Inquiry:
    """Put an inquiry into the hands of `by`, whoever had it before. Repeatable."""
    with transaction.atomic():
        rows = Inquiry.objects.filter(pk=inquiry.pk).exclude(assignee=by, state__in=[State.IN_WORK, State.ANSWERED])
        now = timezone.now()
        if rows.update(assignee=by, changed_at=now):
            Inquiry.objects.filter(pk=inquiry.pk, state=State.NEW).update(state=State.IN_WORK)
            _record(inquiry, by, Action.TAKE_INQUIRY)
        inquiry.refresh_from_db(fields=["assignee", "state", "changed_at"])
    return inquiry


def answer(*, inquiry: Inquiry, text: str, by: User, key: UUID, declines: bool = False) -> bool:
    """Write to the group; return True unless this form was sent before.

    One that declines proposes other dates with room for the group. The inquiry is then in the hands of `by`, if it was
    in no one's. Raises `AddressUnknown`.
    """
    if not inquiry.contact_email:
        raise AddressUnknown
    with transaction.atomic():
        message, is_new = InquiryMessage.objects.get_or_create(
            key=key, defaults={"inquiry": inquiry, "author": by, "text": text.strip()}
        )
        if is_new:
            now = timezone.now()
            rows = Inquiry.objects.filter(pk=inquiry.pk)
            rows.update(state=State.DECLINED if declines else State.ANSWERED, changed_at=now)
            rows.filter(assignee=None).update(assignee=by)
            inquiry.refresh_from_db(fields=["assignee", "state", "changed_at"])
            dates = read_dates(inquiry.event, inquiry.theater, now)
            wished = inquiry.shows.values_list("code", flat=True)
            proposed = propose_dates(dates, wished, inquiry.party_size) if declines else []
            notify_answered(inquiry, message, proposed)
            _record(inquiry, by, Action.DECLINE_INQUIRY if declines else Action.ANSWER_INQUIRY)
    return is_new


def _record(inquiry: Inquiry, by: User, action: str) -> None:
    record(by=by, action=action, on=inquiry, theater_id=inquiry.theater_id)
