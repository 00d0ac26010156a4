"""A person's life with a theater, which leaves rows in every table with personal data."""

from datetime import timedelta
from decimal import Decimal

import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import Action
from accounts.audit import record
from bookings.models import Acceptance, Booking, Exchange
from bookings.services.cancel import cancel_tickets
from bookings.services.details import correct_contact, name_tickets, write_note
from bookings.services.pass_on import pass_on_ticket
from bookings.services.refund import settle_refund
from bookings.services.review import save_review, save_theater_review
from bookings.tickets.codes import sign
from door.check_in import check_in
from events.models import Review
from events.reviews import set_review_state
from follows.models import Follower
from inquiries.models import Inquiry, InquiryMessage
from legal.models import NewsletterConsent
from notifications.models import MailSettings, NotificationPreference, Suppression
from notifications.services import notify
from payments.drawers import close_drawer
from payments.models import BankTransfer, Refund, Remedy, TransferCustomer
from reports.schedules.run import set_paused, take_over
from show_changes.models import CanceledBooking, ShowCancellation
from testing.bookings import captured, make_paid, open_till
from testing.builders import make_hall, make_show, make_user
from testing.legal import make_page
from testing.reports import keep_export, keep_run, make_schedule
from theaters.invitations import invite, withdraw
from theaters.models import StaffMembership
from theaters.team import revoke
from waiting_list.join import remove
from waiting_list.models import WaitingListEntry
from wallets.models import WalletPass


def live(theater, manager, platform_admin, door_staff):
    """Yield a person with rows in every table with personal data; everything is settled."""
    asha = make_user("asha@example.com", "Asha Customer", phone="+43 66012345")
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6), in_hours=1, refund_hours=0)
    _work_here(asha, theater, manager)
    _book(asha, show, manager, door_staff)
    # Someone downloads a list of the tickets, and has one sent.
    keep_export(theater, manager, "tickets")
    keep_run(theater, manager, "tickets", "sent")
    _write_and_be_written_to(asha, show, theater, manager)
    _change_the_account(asha, platform_admin)
    _follow(asha, show)
    with time_machine.travel(show.ends_at + timedelta(days=7)):
        save_review(event=show.event, user=asha, stars=2, text="asha was here")
        save_theater_review(theater=theater, user=asha, stars=4, text="asha was here too")
        set_review_state(review=Review.objects.get(), state=Review.State.HIDDEN, by=manager)
        yield asha


def _work_here(asha, theater, manager):
    membership = StaffMembership.objects.create(user=asha, theater=theater, role="box_office")
    drawer = open_till(asha, theater, "0")
    close_drawer(drawer=drawer, counted=Decimal(0), by=asha)
    schedule = make_schedule(theater, asha, recipients=["board@example.com", "asha@example.com"])
    set_paused(schedule=schedule, is_paused=True, by=asha)
    take_over(schedule=schedule, by=manager)
    revoke(membership=membership, by=manager)
    withdraw(invitation=invite(theater=theater, email="asha@example.com", role="door", by=manager), by=manager)


def _book(asha, show, manager, door_staff):
    # Booked as a guest, with a typo that staff corrected; then joined with the account.
    guest = make_paid(show, 0, email="asha@exmaple.com")
    correct_contact(
        booking=guest, name="Asha", email="asha@example.com", phone="66012345", by=manager, reason="asha phoned",
        send_tickets=True,
    )  # fmt: skip
    booking = make_paid(show, 1, 2, 3, customer=asha)
    correct_contact(
        booking=booking,
        name="Asha C.",
        email="asha@example.com",
        phone="0043 66012345",
        by=manager,
        reason="asha asked",
    )
    Acceptance.objects.create(
        booking=booking, version=make_page(show.hall.theater, "terms", en="Ours"), language="en", how="box"
    )
    names = {ticket.pk: "Asha junior" for ticket in booking.tickets.all()}
    name_tickets(booking=booking, names=names, by=manager, reason="asha asked")
    write_note(booking=booking, note="asha sits by the aisle", by=manager)
    first, second, third = booking.tickets.select_related("show").order_by("pk")
    for ticket in (first, second):
        cancel_tickets(booking=booking, tickets=[ticket], by=manager, reason="asha is ill")
    for refund in Refund.objects.all():
        settle_refund(refund.pk)
    check_in(qr=sign(third), gate="North", by=door_staff)
    check_in(qr=sign(third), gate="North", by=manager, note="asha forgot her coat outside")
    Refund.objects.filter(payment=captured(booking)).update(error="")
    Remedy.objects.create(refund=Refund.objects.order_by("pk").first(), reason="asha insisted", made_by=manager)
    Exchange.objects.create(
        booking=booking, worth=0, reason="asha came along", made_by=manager, completed_at=timezone.now()
    )
    cancellation = ShowCancellation.objects.create(show=show, reason="Flood")
    CanceledBooking.objects.create(cancellation=cancellation, booking=booking, state="done")
    entry = WaitingListEntry.objects.create(show=show, customer=asha, email="asha@example.com", party_size=2)
    entry.categories.set(show.seat_map.categories.all())
    remove(entry=entry, by=manager, reason="asha found others")
    inquiry = Inquiry.objects.create(
        theater=show.hall.theater, event=show.event, customer=asha, party_size=30,
        name="Asha", email="asha@example.com", phone="1 asha",
        kind="school", wishes="Near asha's wall", access_needs="asha's wheelchair",
    )  # fmt: skip
    inquiry.shows.add(show)
    InquiryMessage.objects.create(inquiry=inquiry, author=manager, text="Dear asha")
    gift = make_paid(show, 4, email="friend@example.com")
    pass_on_ticket(booking=gift, ticket=gift.tickets.get(), name="Asha C.", email="asha@example.com", by=None)
    for ticket in (third, gift.tickets.issued().get()):
        in_wallet = WalletPass.objects.create(ticket=ticket, platform="apple")
        in_wallet.devices.create(library="asha-phone", push_token="asha")
    # Staff downloaded files, after searching for the person.
    for words in ("asha@example.com", "asha customer-smith"):
        record(by=manager, action=Action.DOWNLOAD, on=manager, after={"page": "audit", "query": {"q": words}})
    record(by=asha, action=Action.CANCEL_TICKETS, on=booking, address="203.0.113.7")


def _write_and_be_written_to(asha, show, theater, manager):
    NewsletterConsent.objects.create(
        theater=theater,
        email="asha@example.com",
        source="account",
        words="Yes",
        asked_at=timezone.now(),
        asked_network="asha",
        confirmed_at=timezone.now(),
        confirmed_network="asha",
    )
    BankTransfer.objects.create(
        theater=theater,
        fingerprint="1f0e",
        booked_on=timezone.localdate(),
        amount=5,
        currency="EUR",
        payer="Asha Customer",
        payer_iban="DE00 asha",
        text="asha's tickets",
        booking=Booking.objects.filter(customer=asha).first(),
        state="dismissed",
        reason="Asha asked",
    )
    TransferCustomer.objects.create(theater=theater, email="asha@example.com", note="Asha pays by term")
    Suppression.objects.create(address="asha@example.com", kind="digest", reason="unsubscribed")
    MailSettings.objects.create(user=asha, chat_webhook="https://hooks.example/asha")
    NotificationPreference.objects.create(user=asha, kind="digest", is_wanted=True)
    notify(
        kind="report_delivery", recipient="asha@example.com", context={"name": ""},
        unique_key="report_delivery:CODE:asha@example.com", theater_id=theater.pk,
    )  # fmt: skip


def _follow(asha, show):
    # After the sign-in, which joins the two.
    followers = Follower.objects.create(user=asha), Follower.objects.create(email="asha@example.com", language="de")
    for follower in followers:
        follower.follows.create(event=show.event, city=show.hall.theater.city)


def _change_the_account(asha, platform_admin):
    client = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Asha Browser")
    client.post(reverse("account_login"), {"login": asha.email, "password": "correct horse battery"})
    client.get(reverse("accounts:profile"))
    Authenticator.objects.create(user=asha, type="totp", data={"secret": "x"})
    console = Client()
    console.force_login(platform_admin)
    page = reverse("admin:accounts_user_change", args=[asha.pk])
    given = {
        "email": asha.email,
        "name": "Asha Customer-Smith",
        "phone": "66012345",
        "language": "en",
        "is_active": "on",
    }
    assert console.post(page, given).status_code == 302
    asha.refresh_from_db()
