"""A camera of a browser, with a lamp (`window.isLit`), in front of which a printed ticket is held."""

from base64 import b64encode
from io import BytesIO

import pypdfium2
from playwright.sync_api import Page

from bookings.models import Booking
from bookings.tickets.documents import tickets_pdf

_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  const picture = new Image();
  picture.src = "PICTURE";
  await picture.decode();
  [canvas.width, canvas.height] = [picture.width, picture.height];
  window.setInterval(() => canvas.getContext("2d").drawImage(picture, 0, 0), 50);
  const stream = canvas.captureStream(20);
  const [track] = stream.getVideoTracks();
  track.getCapabilities = () => ({ torch: true });
  track.applyConstraints = async ({ advanced: [{ torch }] }) => { window.isLit = torch; };
  return stream;
};
"""


def hold_before_camera(page: Page, booking: Booking) -> None:
    """Show the first page of the booking's tickets to the camera of the pages that are opened from now on."""
    paper = pypdfium2.PdfDocument(tickets_pdf(booking))[0].render(scale=2).to_pil()
    file = BytesIO()
    paper.save(file, "PNG")
    page.add_init_script(_CAMERA.replace("PICTURE", f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"))
