"""Every paper of a theater bears its brand, and nothing of another's or of the program."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from itertools import islice

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from bookings.tickets.documents import tickets_pdf
from fiscal.printing import receipt_pictures
from fiscal.selectors import read_receipts
from fiscal.services.issue import issue_for_booking
from lib.receipt_printer import write_escpos
from reports.catalog import REPORTS
from reports.periods import Period
from reports.results import ReportRequest
from testing.builders import make_theater
from testing.papers import MAKERS, make_named
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAME = "Riverside Players"
# What is of all theaters to which a person goes.
OF_THE_SITE = {"monthly_report.typ"}
HOSTILE = [
    '#strong[x] $y$ "</svg> \\ //',
    "<script>alert(1)</script>",
    "Line\r\nBcc: x@evil.example",
    "W" * 80,
    "مسرح النهر",
    "🎭 Ünï©ode",
]


def draw_logo(color: str, ground: str = "#00000000") -> bytes:
    picture = Image.new("RGBA", (480, 160), ground)
    ImageDraw.Draw(picture).ellipse((20, 20, 140, 140), fill=color)
    ImageDraw.Draw(picture).rectangle((180, 60, 460, 100), fill=color)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def dress(theater: Theater, color: str = "#225577") -> Brand:
    made = Brand(name=NAME, slug="riverside", color="#225577")
    made.logo.save("logo.png", ContentFile(draw_logo(color)), save=False)
    made.save()
    Theater.objects.filter(pk=theater.pk).update(brand=made)
    make_theater("Elsewhere", brand=Brand.objects.create(name="Elsewhere Stages", slug="elsewhere", color="#6a1b9a"))
    forget_directory()
    return made


def look_at(content: bytes) -> tuple[str, int]:
    """Return the words of a PDF, of its pages and about it, and how many pictures of pixels it has."""
    pdf = pypdfium2.PdfDocument(content)
    words, pictures = [*pdf.get_metadata_dict().values()], 0
    for page in pdf:
        words.append(page.get_textpage().get_text_range().replace("\u200b", ""))
        pictures += sum(one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects())
    pdf.close()
    # What stands for pictures to people who can't see them.
    words += re.findall(r"/Alt\s*\(([^)]*)\)", content.decode("latin-1"))
    return " ".join(words), pictures


def test_every_paper_of_a_theater_bears_its_brand_alone(customer: User):
    booking = make_named(customer, "Aula", title="Hamlet")
    brand = dress(booking.theater)
    for has_logo in (True, False):
        for template, make in MAKERS.items():
            # Without a logo, one of each will do: all reports have the same template.
            for content in islice(make(booking), None if has_logo else 1):
                words, pictures = look_at(content)
                is_own = template not in OF_THE_SITE
                assert b"pdfuaid" in content, template
                assert bool(pictures) == (has_logo and is_own), template
                # A receipt names the seller, by law; the brand only by its logo.
                if is_own and (has_logo or template != "receipt.typ"):
                    assert NAME in words, template
                assert ("Marquee" in words) == (not is_own), template
                assert "Elsewhere" not in words, template
        brand.logo.storage.delete(brand.logo.name)
        Brand.objects.filter(pk=brand.pk).update(logo="brands/gone-480.png")
        forget_directory()


def test_names_of_any_kind_are_only_text(customer: User):
    booking = make_named(customer, "Aula")
    dress(booking.theater)
    for has_logo in (True, False):
        for name in HOSTILE:
            # Past the form, which refuses lines.
            Brand.objects.filter(slug="riverside").update(name=name, **({} if has_logo else {"logo": ""}))
            forget_directory()
            content = tickets_pdf(booking)
            assert content == tickets_pdf(booking)
            assert b"pdfuaid" in content
            if not has_logo and name.isascii():
                assert "".join(name.split()) in "".join(look_at(content)[0].split())


@pytest.mark.parametrize("color", ["#225577", "#ffffff", "#ffcc00"])
def test_a_receipt_printer_prints_the_logo_in_black(customer: User, color: str):
    booking = make_named(customer, "Aula")
    dress(booking.theater, color)
    issue_for_booking(booking)
    [page] = receipt_pictures(read_receipts(booking))
    with Image.open(BytesIO(page)) as picture:
        # The upper 14 mm, of which the logo has a disk and a bar on white.
        top = picture.convert("L").crop((0, 32, 336, 32 + 112))
    dark = sum(top.point(lambda light: light < 128 and 255).histogram()[255:])
    assert 0.15 < dark / (top.width * top.height) < 0.6
    assert write_escpos([page]).startswith(b"\x1b@")


def test_a_report_on_theaters_of_several_brands_is_the_sites(customer: User):
    theater = make_named(customer, "Aula").theater
    dress(theater)
    other = Theater.objects.get(name="Elsewhere")
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    for theaters, theater_id in (([theater], theater.pk), ([theater, other], None)):
        result = REPORTS["sales"].build(ReportRequest(theaters, timezone.now(), period=period, group_by="day"))
        assert result.theater_id == theater_id
