"""Details, voucher and the start of the payment, by pages."""

from decimal import Decimal

import pytest
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.services.details import assign_customer
from bookings.throttles import WRONG_CODES
from events.models import Show
from payments.models import Payment
from testing.bookings import lapse, make_hold, make_paid, seats_of
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db

DETAILS = {"name": "Asha Guest", "email": "Asha@Example.com", "phone": "+43 1 234"}


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6))


@pytest.fixture
def booking(client: Client, show: Show) -> Booking:
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk for seat in seats_of(show)[:2]]})
    return Booking.objects.get()


def url(name: str, booking: Booking) -> str:
    return reverse(f"bookings:{name}", args=[booking.code])


def test_a_guest_gives_details_and_pays_on_one_page(client, booking: Booking):
    first = client.get(url("checkout", booking)).content.decode()
    assert "Details and payment" in first
    assert "Pay €40.00" in first
    assert reverse("account_login") in first

    response = client.post(url("checkout", booking), {**DETAILS, "gateway": "sandbox"})

    payment = Payment.objects.get()
    assert str(payment.key) in response.url
    assert payment.amount == 40
    before = booking.expires_at
    booking.refresh_from_db()
    assert (booking.name, booking.email, booking.phone) == ("Asha Guest", "asha@example.com", "+43 1 234")
    assert booking.expires_at > before
    # Who comes back finds what was typed.
    assert 'value="Asha Guest"' in client.get(url("checkout", booking)).content.decode()


@pytest.mark.parametrize("gateway", ["", "nonsense", "cash"])
def test_details_are_kept_when_the_way_to_pay_is_refused(client, booking: Booking, gateway):
    page = client.post(url("checkout", booking), {**DETAILS, "gateway": gateway}, follow=True).content.decode()
    assert "This way of paying is not offered." in page
    assert 'value="Asha Guest"' in page
    assert not Payment.objects.exists()


def test_a_code_that_was_typed_is_used_before_anything_is_paid(client, show: Show, booking: Booking):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    page = client.post(url("checkout", booking), {**DETAILS, "code": "WRONG", "gateway": "sandbox"}).content.decode()
    assert "This voucher does not exist." in page
    page = client.post(url("checkout", booking), {**DETAILS, "code": "SPRING", "gateway": "sandbox"}).content.decode()
    assert "Pay €30.00" in page
    assert 'value="Asha Guest"' in page
    assert not Payment.objects.exists()


def test_it_says_how_long_the_hold_lasts_and_is_not_cached(client, booking: Booking):
    response = client.get(url("checkout", booking))
    assert f'data-countdown="{booking.expires_at.isoformat()[:19]}' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_customer_with_a_name_only_presses_pay(client, show: Show, customer: User):
    client.force_login(customer)
    booking = make_hold(show, 0, customer=customer)
    form = client.get(url("checkout", booking)).context["form"]
    assert form["name"].value() == "Asha Customer"
    assert "email" not in form.fields
    client.post(url("checkout", booking), {"name": form["name"].value(), "gateway": "sandbox"})
    assert Payment.objects.get().amount == 20


@pytest.mark.parametrize("data", [{}, {"name": "A", "email": "nowhere"}, {"name": " ", "email": "a@example.com"}])
def test_unfinished_details_are_refused_and_kept(client, booking: Booking, data):
    response = client.post(url("checkout", booking), data)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    for value in data.values():
        assert f'value="{value.strip()}"' in response.content.decode() or not value.strip()
    booking.refresh_from_db()
    assert booking.email == ""


def test_names_on_tickets_are_asked_for_if_the_event_wants_them(client):
    show = make_show(event=make_event(asks_attendee_names=True))
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk for seat in seats_of(show)[:2]]})
    booking = Booking.objects.get()
    first, second = booking.tickets.order_by("pk")

    assert "Who is coming?" in client.get(url("checkout", booking)).content.decode()
    client.post(url("checkout", booking), {**DETAILS, f"attendee-{first.pk}": "Asha"})
    first.refresh_from_db()
    assert first.attendee_name == ""
    client.post(url("checkout", booking), {**DETAILS, f"attendee-{first.pk}": "Asha", f"attendee-{second.pk}": "राम"})

    assert list(booking.tickets.order_by("pk").values_list("attendee_name", flat=True)) == ["Asha", "राम"]
    assert "राम" in client.get(url("checkout", booking)).content.decode()


def test_a_guest_over_the_limit_is_refused(client):
    show = make_show(tickets_per_customer=2)
    make_paid(show, 4, 5, email="asha@example.com")
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": seats_of(show)[0].pk})
    booking = Booking.objects.get(state=Booking.State.HELD)
    assert "One person may have 2 tickets" in client.post(url("checkout", booking), DETAILS).content.decode()


def test_a_voucher_is_used_and_taken_off_again(client, show: Show, booking: Booking):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    client.post(url("checkout", booking), DETAILS)
    before = booking.expires_at

    response = client.post(url("voucher", booking), {"code": " spring "})

    hold = Booking.objects.get(state=Booking.State.HELD)
    assert response.url == url("checkout", hold)
    assert (hold.total, hold.discount, hold.email) == (Decimal(30), Decimal(10), "asha@example.com")
    assert hold.expires_at == before
    assert Voucher.objects.get().used == 1
    text = client.get(response.url).content.decode()
    assert "Voucher SPRING" in text
    assert "Pay €30.00" in text

    client.post(url("voucher", hold), {"remove": "1"})
    assert Booking.objects.get(state=Booking.State.HELD).total == 40
    assert Voucher.objects.get().used == 0
    assert Ticket.objects.live().count() == 2


def test_attendee_names_stay_with_their_seats_when_a_voucher_is_used(client):
    show = make_show(event=make_event(asks_attendee_names=True))
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    seats = seats_of(show)[:2]
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk for seat in seats]})
    booking = Booking.objects.get()
    by_seat = {ticket.seat_id: ticket for ticket in booking.tickets.all()}
    names = {f"attendee-{by_seat[seat.pk].pk}": name for seat, name in zip(seats, ("Asha", "Ruben"), strict=True)}
    client.post(url("checkout", booking), {**DETAILS, **names})

    client.post(url("voucher", booking), {"code": "SPRING"})

    hold = Booking.objects.get(state=Booking.State.HELD)
    assert {t.seat_id: t.attendee_name for t in hold.tickets.all()} == {seats[0].pk: "Asha", seats[1].pk: "Ruben"}


@pytest.mark.parametrize(("code", "words"), [("NOPE", "This voucher does not exist."), ("", "This field is required.")])
def test_a_refused_voucher_says_why_and_leaves_the_hold(client, booking: Booking, code, words):
    response = client.post(url("voucher", booking), {"code": code}, follow=True)
    assert words in response.content.decode()
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD
    assert Booking.objects.count() == 1


def test_a_voucher_leaves_what_was_typed_beside_it(client, show: Show, booking: Booking):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    typed = {"name": "आशा", "email": "asha@example", "phone": "+43 660 1"}

    refused = client.post(url("voucher", booking), {**typed, "code": "SPRNG"})
    assert [refused.context["form"][name].value() for name in typed] == list(typed.values())
    field = refused.context["voucher_form"]["code"]
    assert (field.value(), field.errors) == ("SPRNG", ["This voucher does not exist."])
    assert '<details class="summary__voucher" open>' in refused.content.decode()
    assert "autofocus" in str(field)

    used = client.post(url("voucher", booking), {**typed, "code": "SPRING"})
    assert [used.context["form"][name].value() for name in typed] == list(typed.values())
    assert "Voucher SPRING" in used.content.decode()


@pytest.mark.slow
def test_guesses_are_throttled(client, show: Show, booking: Booking):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    for number in range(WRONG_CODES.limit):
        assert "This voucher does not exist." in client.post(url("voucher", booking), {"code": number}).content.decode()

    for code in ("WRONG", "SPRING"):
        assert "Try again in ten minutes." in client.post(url("voucher", booking), {"code": code}).content.decode()
    booking.refresh_from_db()
    assert booking.voucher is None

    # From elsewhere nothing has changed.
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    elsewhere.cookies = client.cookies
    assert elsewhere.post(url("voucher", booking), {"code": "SPRING"}).status_code == 302


@pytest.mark.slow
def test_right_codes_are_never_throttled(client, show: Show, booking: Booking):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5)
    for _ in range(WRONG_CODES.limit + 1):
        client.post(url("voucher", booking), {"code": "SPRING"})
        client.post(url("voucher", booking), {"remove": "1"})
    assert client.post(url("voucher", booking), {"code": "SPRING"}).status_code == 302


def test_a_voucher_may_require_an_account(client, show: Show, booking: Booking, customer):
    Voucher.objects.create(code="SPRING", theater=show.hall.theater, percent=25, limit=5, needs_account=True)
    assert "Sign in to use this voucher" in client.post(url("voucher", booking), {"code": "SPRING"}).content.decode()

    client.force_login(customer)
    assert client.post(url("voucher", booking), {"code": "SPRING"}).status_code == 302
    booking.refresh_from_db()
    assert (booking.voucher.code, booking.customer) == ("SPRING", customer)


def test_a_double_click_on_pay_is_one_payment(client, booking: Booking):
    answers = [client.post(url("checkout", booking), {**DETAILS, "gateway": "sandbox"}) for _click in range(2)]
    answers.append(client.post(url("pay", booking), {"gateway": "sandbox"}))
    assert Payment.objects.count() == 1
    assert answers[0].url.split("?")[0] == answers[1].url.split("?")[0]


def test_paying_without_details_leads_back_to_them(client, booking: Booking):
    response = client.post(url("pay", booking), {"gateway": "sandbox"}, follow=True)
    assert "Details and payment" in response.content.decode()
    assert not Payment.objects.exists()


@pytest.mark.parametrize("gateway", ["", "nonsense", "cash"])
def test_a_way_to_pay_that_is_not_offered_is_refused(client, booking: Booking, gateway):
    client.post(url("checkout", booking), DETAILS)
    response = client.post(url("pay", booking), {"gateway": gateway}, follow=True)
    assert "This way of paying is not offered." in response.content.decode()
    assert not Payment.objects.exists()


@pytest.mark.slow
def test_what_costs_nothing_is_confirmed_at_once(client):
    show = make_show(price="0")
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": seats_of(show)[0].pk})
    booking = Booking.objects.get()
    assert "Confirm the booking" in client.get(url("checkout", booking)).content.decode()

    for _click in range(2):
        response = client.post(url("checkout", booking), DETAILS)
        assert response.url == booking.get_absolute_url()

    assert "Tickets as PDF" in client.get(response.url).content.decode()
    assert not Payment.objects.exists()


@pytest.mark.slow
def test_an_expired_hold_says_so_on_every_path(client, show: Show, booking: Booking):
    client.post(url("checkout", booking), DETAILS)
    lapse(booking)
    seats = [ticket.seat_id for ticket in booking.tickets.all()]

    pages = [
        client.get(url("checkout", booking), follow=True),
        client.post(url("checkout", booking), DETAILS, follow=True),
        client.post(url("pay", booking), {"gateway": "sandbox"}, follow=True),
        client.get(url("payment-return", booking), follow=True),
        client.get(url("detail", booking)),
    ]

    for page in pages:
        assert "Your seats are no longer held" in page.content.decode()
    ((_show, again),) = pages[-1].context["again"]
    assert all(f"seat={pk}" in again for pk in seats)
    assert len(client.get(f"{show.get_absolute_url()}?{again}").context["page"].lines) == 2
    assert not Payment.objects.exists()


def test_a_confirmed_booking_is_shown_instead_of_its_checkout(client, show: Show, customer: User):
    booking = make_paid(show, 0, customer=customer)
    client.force_login(customer)
    for response in (
        client.get(url("checkout", booking)),
        client.post(url("checkout", booking), DETAILS),
        client.post(url("pay", booking), {"gateway": "sandbox"}),
    ):
        assert response.url == booking.get_absolute_url()
    assert booking.payments.count() == 1


@pytest.mark.parametrize("name", ["checkout", "voucher", "pay", "payment-return", "detail", "cancel", "tickets"])
def test_a_stranger_finds_nothing(show: Show, rival: User, name):
    booking = make_hold(show, 0)
    client = Client()
    client.force_login(rival)
    assert client.get(url(name, booking)).status_code in {404, 405}
    assert client.post(url(name, booking)).status_code in {404, 405}
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_the_hold_goes_with_the_visitor_who_signs_in(client, booking: Booking, customer: User):
    client.post(
        f"{reverse('account_login')}?next={url('checkout', booking)}",
        {"login": customer.email, "password": "correct horse battery"},
    )
    text = client.get(url("checkout", booking)).content.decode()
    assert 'value="Asha Customer"' in text
    assert client.session["bookings"] == [booking.code]

    for _again in range(2):
        client.post(url("checkout", booking), DETAILS)
        booking.refresh_from_db()
        assert booking.customer == customer


def test_a_hold_that_has_a_customer_is_assigned_to_no_other(client, show: Show, customer: User, rival: User):
    booking = make_hold(show, 0, customer=customer)
    assign_customer(booking=booking, user=rival)
    booking.refresh_from_db()
    assert booking.customer == customer


def test_statements_of_the_checkout(client, booking: Booking, django_assert_max_num_queries):
    client.post(url("checkout", booking), DETAILS)
    client.get(url("checkout", booking))
    # Session, booking, tickets twice (the row and its places), voucher.
    with django_assert_max_num_queries(5):
        client.get(url("checkout", booking))


def test_a_tax_rate_has_as_many_decimals_as_the_law_gives_it(client, show: Show):
    theater = show.hall.theater
    form = modelform_factory(Theater, fields=["tax_rate"])({"tax_rate": "8.875"}, instance=theater)
    form.save()
    Theater.objects.filter(pk=theater.pk).update(prices_include_tax=False)
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk for seat in seats_of(show)[:3]]})
    booking = Booking.objects.get()
    assert (booking.tax, booking.total) == (Decimal("5.33"), Decimal("65.33"))
    assert "Tax, 8.875 %" in client.get(url("checkout", booking)).content.decode()
    too_fine = modelform_factory(Theater, fields=["tax_rate"])({"tax_rate": "8.87501"}, instance=theater)
    assert "tax_rate" in too_fine.errors


LONG_ADDRESS = f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'z' * 60}.example.com"


@pytest.mark.parametrize("name", ["email", "name", "phone"])
def test_details_longer_than_their_columns_are_refused_at_their_field(client, booking: Booking, name: str):
    assert len(LONG_ADDRESS) == Booking._meta.get_field("email").max_length + 1
    wrong = LONG_ADDRESS if name == "email" else "x" * (Booking._meta.get_field(name).max_length + 1)
    page = client.post(url("checkout", booking), {**DETAILS, name: wrong})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {name}
    # What was typed is still there.
    assert wrong in page.content.decode()
    booking.refresh_from_db()
    assert (booking.name, booking.email) == ("", "")
