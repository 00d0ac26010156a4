"""The page of captured mail, in development only."""

from base64 import b64encode

import pytest
from django.core.mail import get_connection
from django.urls import include, path

from notifications import email
from notifications.capture import folder
from notifications.looks import Logo, Look
from testing.messages import write_code, write_message

urlpatterns = [path("dev/mail/", include("notifications.development")), path("", include("ticketing.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def captured(settings, tmp_path, monkeypatch):
    """Capture one message with an attachment and return its name on the page."""
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "notifications.capture.CaptureBackend"
    build = lambda shared: email.attachments.Attachment("tickets.pdf", b"%PDF-1.7 tickets", "application/pdf")  # noqa: E731
    monkeypatch.setitem(email.attachments._builders, "tickets.pdf", build)
    message = email.compose(write_message(attachments=[("tickets.pdf",)]))
    email.deliver(message)
    [file] = folder().glob("*.eml")
    return file.stem


def test_it_lists_and_shows_sent_mail(client, captured):
    page = client.get("/dev/mail/").content.decode()
    assert "No account at Marquee with this address" in page
    page = client.get(f"/dev/mail/{captured}/")
    assert "'self'" in page["Content-Security-Policy"].split("frame-src")[1].split(";")[0]
    assert "Someone, probably you, tried to sign in" in page.content.decode()
    html = client.get(f"/dev/mail/{captured}/html/")
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    assert "Create an account" in html.content.decode()
    document = client.get(f"/dev/mail/{captured}/0/")
    assert (document["Content-Type"], document.content) == ("application/pdf", b"%PDF-1.7 tickets")


def test_it_shows_the_logo_that_the_message_carries(client, settings, tmp_path, monkeypatch):
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "notifications.capture.CaptureBackend"
    logo = Logo(b"PNG of a river", 120, 40)
    look = Look(name="Riverside", url="https://riverside.example/", address="https://riverside.example", logo=logo)
    monkeypatch.setattr(email, "find_look", lambda _theater_id: look)
    email.deliver(email.compose(write_message()))
    [file] = folder().glob("*.eml")
    html = client.get(f"/dev/mail/{file.stem}/html/").content.decode()
    assert f"data:image/png;base64,{b64encode(look.logo.content).decode()}" in html
    assert "cid:" not in html
    # It is no document.
    assert client.get(f"/dev/mail/{file.stem}/0/").status_code == 404


def test_it_is_found_in_development_only(client, captured, settings):
    settings.DEBUG = False
    for address in ["", f"{captured}/", f"{captured}/html/", f"{captured}/0/"]:
        assert client.get(f"/dev/mail/{address}").status_code == 404


def test_an_unknown_message_is_not_found(client, captured):
    for address in ["nothing/", "nothing/html/", f"{captured}/1/"]:
        assert client.get(f"/dev/mail/{address}").status_code == 404


def test_without_mail_it_suggests_what_to_try(client, settings, tmp_path):
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


def test_only_the_newest_are_kept(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("notifications.capture.MAX_KEPT_MAILS", 2)
    connection = get_connection("notifications.capture.CaptureBackend")
    for _ in range(3):
        connection.send_messages([email.compose(write_code())])
    assert len(list(folder().glob("*.eml"))) == 2
