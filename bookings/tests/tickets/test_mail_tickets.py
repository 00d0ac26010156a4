"""From a paid booking to the tickets in a mailbox, through a real worker and a real SMTP server."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.core import mail

from bookings.services.details import set_details
from bookings.services.pay import pay_with_token
from bookings.tickets.codes import read
from notifications.models import Notification
from notifications.sending import Outcome, send
from testing.bookings import make_hold, make_paid
from testing.builders import make_show


@pytest.mark.slow
@pytest.mark.worker
def test_the_tickets_arrive_by_mail(celery_worker_process, smtp_server):
    booking = make_hold(make_show(), 0, 1, email="guest@example.com")
    set_details(booking=booking, name="Asha Guest", email="guest@example.com")
    pay_with_token(booking=booking, gateway="sandbox", token="approve")
    [message] = smtp_server.wait_for(1)
    assert message["To"] == "guest@example.com"
    attached = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert set(attached) == {"tickets.pdf", "calendar.ics"}
    assert attached["calendar.ics"].startswith(b"BEGIN:VCALENDAR")
    pages = pypdfium2.PdfDocument(BytesIO(attached["tickets.pdf"]))
    codes = {read(zxingcpp.read_barcode(page.render(scale=3).to_pil()).text) for page in pages}
    assert codes == set(booking.tickets.values_list("code", flat=True))


def test_a_confirmation_takes_eight_statements(db, django_assert_num_queries):
    """Claim the message, read it, look for a suppression, read the tickets, record that it was sent.

    Three more say who sold it and the tax in it: the booking, its tickets, and the seller.
    """
    make_paid(make_show(), 0, 1, email="guest@example.com")
    notification = Notification.objects.get()
    send(notification.pk)
    Notification.objects.update(state=Notification.State.WAITING, next_attempt_at=notification.created_at)
    with django_assert_num_queries(8):
        assert send(notification.pk) is Outcome.SENT
    assert [name for name, *_ in mail.outbox[-1].attachments] == ["tickets.pdf", "calendar.ics"]
