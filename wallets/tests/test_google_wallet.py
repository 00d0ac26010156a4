"""Google's passes, with Google at the other end of HTTP."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import jwt
import pytest
import responses
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.urls import reverse

from bookings.access import ticket_url
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.tickets.codes import sign
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.wallets import ISSUER_ID, google_settings
from wallets.google.api import API, SAVE
from wallets.models import WalletPass
from wallets.passes import renew_changed, tell_wallets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("google")]
ACCOUNT = json.loads(google_settings()["GOOGLE_WALLET_SERVICE_ACCOUNT"])


@pytest.fixture
def key():
    return load_pem_private_key(ACCOUNT["private_key"].encode(), None).public_key()


@pytest.fixture
def google_api(key):
    """Google's API, which has nothing yet and takes what it is sent."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as api:

        def give_token(request):
            claims = jwt.decode(
                parse_qs(request.body.decode())["assertion"][0], key, ["RS256"], audience=ACCOUNT["token_uri"]
            )
            assert claims["scope"] == "https://www.googleapis.com/auth/wallet_object.issuer"
            return 200, {}, json.dumps({"access_token": "of-the-tests", "expires_in": 3600})

        api.add_callback(responses.POST, ACCOUNT["token_uri"], give_token)
        yield api


def take(api, *, is_new: bool = True) -> None:
    for kind in ("eventTicketClass", "eventTicketObject"):
        api.add(responses.PUT, re.compile(rf"{API}/{kind}/.+"), json={}, status=404 if is_new else 200)
        api.add(responses.POST, f"{API}/{kind}", json={})


@pytest.fixture
def booking(theater, customer, client):
    client.force_login(customer)
    starts_at = datetime(2030, 1, 5, 18, 30, tzinfo=UTC)
    show = make_show(hall=make_hall(theater=theater), event=make_event("Fest"), starts_at=starts_at)
    return make_paid(show, 4, 5, customer=customer, locale="de")


def sent(api, method: str) -> list[dict[str, object]]:
    calls = [call.request for call in api.calls if call.request.method == method and API in call.request.url]
    assert {call.headers["Authorization"] for call in calls} <= {"Bearer of-the-tests"}
    return [json.loads(call.body) for call in calls]


def open_link(client, booking, **query):
    return client.get(reverse("wallets:google", args=[booking.code]), query)


def test_the_link_saves_what_google_was_given(client, booking, google_api, key):
    take(google_api)
    ticket = booking.tickets.select_related("show").order_by("seat__position").first()
    answer = open_link(client, booking, ticket=ticket.code)
    assert answer.status_code == 302
    assert answer.url.startswith(SAVE)
    token = answer.url.removeprefix(SAVE)
    # What is longer, browsers may cut off.
    assert len(token) <= 1800
    claims = jwt.decode(token, key, ["RS256"], audience="google")
    assert (claims["iss"], claims["typ"]) == (ACCOUNT["client_email"], "savetowallet")
    assert claims["origins"] == ["http://localhost:8000"]
    made = WalletPass.objects.get()
    [saved] = claims["payload"]["eventTicketObjects"]
    assert saved == {"id": f"{ISSUER_ID}.{made.serial}", "classId": f"{ISSUER_ID}.show-{ticket.show.code}"}

    of_show, of_ticket = sent(google_api, "POST")
    assert of_show["id"] == of_ticket["classId"] == saved["classId"]
    assert of_show["reviewStatus"] == "UNDER_REVIEW"
    assert of_show["eventName"] == {"defaultValue": {"language": "de", "value": "Fest"}}
    assert of_show["dateTime"]["start"] == "2030-01-05T19:30:00+01:00"
    assert (of_ticket["id"], of_ticket["state"]) == (saved["id"], "ACTIVE")
    assert of_ticket["barcode"] == {"type": "QR_CODE", "value": sign(ticket), "alternateText": ticket.code}
    places = {name: words["defaultValue"]["value"] for name, words in of_ticket["seatInfo"].items()}
    assert places == {"section": "Stalls", "row": "B", "seat": "1"}
    assert of_ticket["linksModuleData"]["uris"][0]["description"] == "Buchung"
    assert booking.get_absolute_url() in of_ticket["linksModuleData"]["uris"][0]["uri"]


def test_all_tickets_of_a_booking_go_by_one_link(client, booking, google_api, key):
    take(google_api, is_new=False)
    answer = open_link(client, booking)
    claims = jwt.decode(answer.url.removeprefix(SAVE), key, ["RS256"], audience="google")
    assert len(claims["payload"]["eventTicketObjects"]) == 2
    # The class of their show is written once.
    assert len(sent(google_api, "PUT")) == 3
    assert sent(google_api, "POST") == []


@pytest.mark.parametrize("fault", ["down", "refused", "no token"])
def test_without_an_answer_the_page_says_so(client, booking, google_api, fault):
    if fault == "no token":
        google_api.replace(responses.POST, ACCOUNT["token_uri"], status=401, json={"error": "invalid_grant"})
    elif fault == "refused":
        google_api.add(responses.PUT, re.compile(f"{API}/.+"), status=403, json={"error": {}})
    answer = client.get(reverse("wallets:google", args=[booking.code]), follow=True)
    assert answer.redirect_chain == [(booking.get_absolute_url(), 302)]
    assert "Google Wallet does not answer." in answer.content.decode()


def test_a_canceled_ticket_becomes_inactive(client, booking, google_api):
    take(google_api, is_new=False)
    open_link(client, booking)
    [ticket, _other] = booking.tickets.order_by("pk")
    cancel_tickets(booking=booking, tickets=[ticket], by=None)
    assert renew_changed() == 1
    assert tell_wallets() == 1
    *_former, of_show, of_ticket = sent(google_api, "PUT")
    assert of_show["eventId"] == ticket.show.code
    assert (of_ticket["id"], of_ticket["state"]) == (f"{ISSUER_ID}.{ticket.wallet_passes.get().serial}", "INACTIVE")


def test_what_google_does_not_take_is_tried_again(client, booking, google_api):
    take(google_api, is_new=False)
    open_link(client, booking)
    cancel_tickets(booking=booking, by=None)
    google_api.reset()
    renew_changed()
    assert tell_wallets() == 2
    assert tell_wallets() == 0
    assert WalletPass.objects.filter(notify_at__isnull=False, attempts=1).count() == 2


def test_a_friend_gets_theirs_and_learns_nothing_of_the_booking(client, booking, google_api):
    take(google_api)
    made = pass_on_ticket(
        booking=booking, ticket=booking.tickets.first(), name="Ravi", email="ravi@example.com", by=None
    )
    client.logout()
    answer = client.get(f"{ticket_url(made)}wallet/google/")
    assert answer.url.startswith(SAVE)
    [_of_show, of_ticket] = sent(google_api, "POST")
    assert of_ticket["ticketHolderName"] == "Ravi"
    assert of_ticket["linksModuleData"]["uris"][0]["uri"] == ticket_url(made)
    assert booking.code not in json.dumps(of_ticket)
