"""Receipts for those who paid."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import View

from bookings.access import find_booking
from fiscal.printing import receipts_pdf
from fiscal.selectors import read_receipts
from fiscal.services.issue import issue_for_booking


class ReceiptsView(View):
    """All receipts of a booking as PDF, one a page. What has none yet gets its receipt now."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        issue_for_booking(booking)
        receipts = read_receipts(booking)
        if not receipts:
            raise Http404
        answer = HttpResponse(receipts_pdf(receipts, is_sheet=True), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="receipts-{booking.code}.pdf"'
        return answer
