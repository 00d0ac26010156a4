"""The camera of a gate sees a printed ticket."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.tickets.documents import tickets_pdf
from door.models import CheckIn
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

# A camera in front of which a picture is held.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  const picture = new Image();
  picture.src = "PICTURE";
  await picture.decode();
  [canvas.width, canvas.height] = [picture.width, picture.height];
  window.setInterval(() => canvas.getContext("2d").drawImage(picture, 0, 0), 50);
  return canvas.captureStream(20);
};
"""


@pytest.mark.django_db(transaction=True)
def test_it_reads_the_code_of_a_printed_ticket(
    phone_page: Page, live_server: Any, sign_in: Any, theater: Theater, door_staff: Any
):
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    booking = make_paid(show, 0, email="asha@example.com")
    paper = pypdfium2.PdfDocument(tickets_pdf(booking))[0].render(scale=2).to_pil()
    file = BytesIO()
    paper.save(file, "PNG")
    sign_in(door_staff)
    page = phone_page
    page.add_init_script(CAMERA.replace("PICTURE", f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"))
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{live_server.url}{reverse('door:gate')}?show={show.code}")
    assert not [url for url in loaded if "zxing" in url]

    page.get_by_role("button", name="Camera").click()
    expect(page.locator(".door-answer__head")).to_have_text("Admitted")
    expect(page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "true")
    assert [found.result for found in CheckIn.objects.all()] == ["admitted"]
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_without_a_camera_staff_can_type(
    phone_page: Page, live_server: Any, sign_in: Any, theater: Theater, door_staff: Any
):
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    sign_in(door_staff)
    phone_page.goto(f"{live_server.url}{reverse('door:gate')}?show={show.code}")
    phone_page.get_by_role("button", name="Camera").click()
    expect(phone_page.get_by_text("The camera cannot be used.")).to_be_visible()
    expect(phone_page.locator("video")).to_be_hidden()
    expect(phone_page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "false")
