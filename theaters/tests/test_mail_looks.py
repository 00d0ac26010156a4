"""Every mail about a theater bears its brand, as its name, its logo and its sender."""

from email import message_from_bytes, policy
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.mail.message import BadHeaderError
from PIL import Image

from notifications.email import compose
from notifications.kinds import KINDS
from notifications.looks import find_look, show_logo
from notifications.models import Notification
from notifications.rendering import render
from notifications.samples import sample_context
from testing.builders import make_theater
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db


def make_branded(**fields: object) -> Theater:
    buffer = BytesIO()
    Image.new("RGBA", (480, 120), "#225577").save(buffer, "PNG")
    brand = Brand(name="Riverside Players", slug="riverside", color="#225577", **fields)
    brand.logo.save("logo.png", ContentFile(buffer.getvalue()), save=False)
    brand.save()
    theater = make_theater(brand=brand)
    # A second theater, so that the site is not made for the first one alone.
    make_theater("Elsewhere")
    forget_directory()
    return theater


def write(theater: Theater | None, kind: str = "booking_confirmed") -> Notification:
    return Notification(
        kind=kind,
        recipient="asha@example.com",
        theater_id=theater.pk if theater else None,
        context=sample_context(kind),
        unique_key="mail",
        language="en",
    )


def test_every_kind_of_mail_about_a_theater_bears_its_brand(settings):
    theater = make_branded(names_marquee=False)
    for kind in KINDS:
        for look, own, others in (
            (find_look(theater.pk), "Riverside Players", settings.SITE_NAME),
            (find_look(None), settings.SITE_NAME, "Riverside Players"),
        ):
            rendered = render(kind, sample_context(kind), "en", look)
            assert own in rendered.html, kind
            assert ("cid:" in rendered.html) == (look.logo is not None), kind
            for part in (rendered.html, rendered.text):
                assert others not in part, kind
            # The site's accent, in the style sheet and on buttons.
            assert ("#c22e12" in rendered.html) == look.is_site, kind


def test_the_message_carries_the_logo_inside_and_says_who_sends_it(settings):
    settings.DEFAULT_FROM_EMAIL = "Boxes <tickets@boxes.example>"
    theater = make_branded(sender_name="Riverside Box Office", reply_address="hello@riverside.example")
    sent = message_from_bytes(compose(write(theater)).message().as_bytes(), policy=policy.default)
    assert sent["From"] == "Riverside Box Office <tickets@boxes.example>"
    assert sent["Reply-To"] == "hello@riverside.example"
    [picture] = [part for part in sent.walk() if part["Content-ID"]]
    assert picture.get_content_disposition() == "inline"
    assert Image.open(BytesIO(picture.get_payload(decode=True))).size[0] > 0
    assert [part.get_filename() for part in sent.iter_attachments() if part.get_content_maintype() == "image"] == []
    assert compose(write(None)).from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("name", ["A\r\nBcc: x@evil.example", '"; <x@evil.example>', "\u202eevil", "مسرح", "🎭" * 40])
def test_a_hostile_name_is_only_a_name(settings, name: str):
    settings.DEFAULT_FROM_EMAIL = "Boxes <tickets@boxes.example>"
    theater = make_branded()
    # Past the form, which refuses lines.
    Brand.objects.update(name=name[:80], sender_name=name[:80])
    forget_directory()
    sent = message_from_bytes(compose(write(theater)).message().as_bytes(), policy=policy.default)
    [address] = sent["From"].addresses
    assert address.addr_spec == "tickets@boxes.example"
    assert sent["Bcc"] is None
    assert sent["To"].addresses[0].addr_spec == "asha@example.com"


def test_a_reply_address_holds_no_other_header():
    theater = make_branded()
    Brand.objects.update(reply_address="a@b.example\r\nBcc: x@evil.example")
    forget_directory()
    with pytest.raises(BadHeaderError):
        compose(write(theater)).message()


def test_a_logo_that_is_gone_leaves_the_name():
    theater = make_branded()
    brand = Brand.objects.get()
    brand.logo.storage.delete(brand.logo.name)
    Brand.objects.update(logo="brands/gone-480.png")
    forget_directory()
    assert find_look(theater.pk).logo is None
    message = compose(write(theater))
    assert "Riverside Players" in message.alternatives[0][0]


def test_a_page_shows_the_logo_itself():
    look = find_look(make_branded().pk)
    html = show_logo(render("booking_confirmed", sample_context("booking_confirmed"), "en", look).html, b"PNG")
    assert "data:image/png;base64,UE5H" in html
    assert "cid:" not in html
