"""Ask a theater as a group, write to it again, and withdraw the inquiry."""

from collections.abc import Collection
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.models import User
from accounts.roles import Capability
from bookings.messages.staff import alert_staff
from bookings.models import Booking
from bookings.services.release_hold import release_hold
from events.models import Show
from events.models.settings import choose_language
from inquiries.dates import coming_shows
from inquiries.messages import notify_received
from inquiries.models import Inquiry, InquiryMessage

State = Inquiry.State


def ask(
    *,
    show: Show,
    key: UUID,
    party_size: int,
    kind: str,
    name: str,
    email: str,
    phone: str = "",
    dates: Collection[str] = (),
    wishes: str = "",
    access_needs: str = "",
    customer: User | None = None,
    locale: str = "en",
) -> Inquiry:
    """Ask the theater of a show for places for a group, confirm it by mail, and alert the staff.

    `dates` are codes of shows of the same event there; unknown ones are ignored, and none means any. A form that
    is sent twice, known by its `key`, asks once.
    """
    email = (email.strip() or (customer.email if customer else "")).lower()
    theater, event = show.hall.theater, show.event
    with transaction.atomic():
        inquiry, is_new = Inquiry.objects.get_or_create(
            # Nobody else's form opens it.
            key=uuid5(key, email),
            defaults={
                "theater": theater,
                "event": event,
                "party_size": party_size,
                "kind": kind,
                "name": name.strip(),
                "email": email,
                "phone": phone.strip(),
                "wishes": wishes.strip(),
                "access_needs": access_needs.strip(),
                "customer": customer,
                "locale": choose_language(locale, theater.pk),
            },
        )
        if is_new:
            inquiry.shows.set(coming_shows(event, theater, timezone.now()).filter(code__in=dates))
            notify_received(inquiry)
            _alert(inquiry, fact="asked")
    return inquiry


def write(*, inquiry: Inquiry, text: str, key: UUID) -> bool:
    """Add what the group writes on its page, and alert the staff; return True unless this form was sent before."""
    with transaction.atomic():
        message, is_new = InquiryMessage.objects.get_or_create(
            key=key, defaults={"inquiry": inquiry, "text": text.strip()}
        )
        if is_new:
            Inquiry.objects.filter(pk=inquiry.pk).update(state=_state_of_waiting(inquiry), changed_at=timezone.now())
            _alert(inquiry, fact=f"wrote:{message.pk}")
    return is_new


def add_date(*, inquiry: Inquiry, code: str) -> bool:
    """Add a coming date of the event to the wished ones, and alert the staff; return True if it was not yet among them.

    An unknown date is ignored.
    """
    with transaction.atomic():
        coming = coming_shows(inquiry.event, inquiry.theater, timezone.now())
        show = coming.filter(code=code).exclude(inquiries=inquiry).first()
        if show is None:
            return False
        inquiry.shows.add(show)
        Inquiry.objects.filter(pk=inquiry.pk).update(state=_state_of_waiting(inquiry), changed_at=timezone.now())
        _alert(inquiry, fact=f"date:{show.code}")
    return True


def withdraw(*, inquiry: Inquiry) -> Inquiry:
    """End an inquiry at the group's request, and release what was reserved for it. Repeatable.

    What is booked stays: it is canceled on its own page.
    """
    with transaction.atomic():
        rows = Inquiry.objects.filter(pk=inquiry.pk).exclude(Inquiry.IS_BOOKED)
        if rows.exclude(state=State.WITHDRAWN).update(state=State.WITHDRAWN, changed_at=timezone.now()):
            _alert(inquiry, fact="withdrew")
            if inquiry.booking is not None and inquiry.booking.state == Booking.State.HELD:
                release_hold(booking=inquiry.booking)
        inquiry.refresh_from_db(fields=["state", "changed_at"])
    return inquiry


def forget(inquiries: QuerySet[Inquiry]) -> None:
    """End an erased person's inquiries and remove everything that identifies the person.

    Call it in the transaction of the erasure.
    """
    rows = Inquiry.objects.filter(pk__in=list(inquiries.values_list("pk", flat=True)))
    InquiryMessage.objects.filter(inquiry__in=rows).delete()
    rows.filter(state__in=Inquiry.OPEN).update(state=State.WITHDRAWN)
    rows.update(name="", email="", phone="", wishes="", access_needs="", customer=None)


def _state_of_waiting(inquiry: Inquiry) -> State:
    return State.NEW if inquiry.assignee_id is None else State.IN_WORK


def _alert(inquiry: Inquiry, *, fact: str) -> None:
    def words() -> tuple[str, str]:
        if fact == "asked":
            title = gettext("A group asks for places")
        elif fact == "withdrew":
            title = gettext("A group has withdrawn its inquiry")
        elif fact.startswith("date"):
            title = gettext("Another date would suit a group")
        else:
            title = gettext("A group has written again")
        people = ngettext("%(count)d person", "%(count)d people", inquiry.party_size) % {"count": inquiry.party_size}
        return title, f"{inquiry.event.title}, {people}"

    alert_staff(
        inquiry.theater,
        fact=f"inquiry:{inquiry.code}:{fact}",
        words=words,
        path=reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
        capability=Capability.EDIT_BOOKINGS,
    )
