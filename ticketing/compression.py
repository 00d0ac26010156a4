"""Compress pages and JSON; pictures, PDF and spreadsheets are compressed already.

Django adds a random number of bytes, so that the length of a page does not reveal a secret in it beside
text that an attacker chose (BREACH, "Heal the Breach"). A proxy that compresses does not.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_COMPRESSIBLE = (
    *("text/", "image/svg+xml", "application/javascript", "application/xml", "application/rss+xml"),
    *("application/json", "application/problem+json", "application/manifest+json"),
)


class TextGZipMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(_COMPRESSIBLE):
            return response
        return super().process_response(request, response)
