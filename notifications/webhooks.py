"""Receive what a mail provider reports about messages: delivered, opened, bounced, complained.

Anymail verifies and reads the reports. Only the provider that the site sends by is heard, and only if it
proves itself: by its own signature, or by the secret ANYMAIL["WEBHOOK_SECRET"].
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from notifications.providers import find_tracking_view, name_provider


@csrf_exempt
def provider_events(request: HttpRequest, provider: str) -> HttpResponseBase:
    view = find_tracking_view(settings.EMAIL_BACKEND, getattr(settings, "ANYMAIL", {}))
    if view is None or provider.replace("-", "_") != name_provider(settings.EMAIL_BACKEND):
        raise Http404
    return view(request)
