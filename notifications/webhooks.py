"""Receive what a mail provider says of messages that it has taken: delivered, opened, bounced, complained.

Anymail verifies and reads them. Only the provider that the site sends by is listened to, and only
where it proves itself: by its own signature, or by the secret ANYMAIL["WEBHOOK_SECRET"].
"""

from anymail import urls as anymail_urls
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def provider_events(request: HttpRequest, provider: str) -> HttpResponseBase:
    name = provider.replace("-", "_")
    if f"anymail.backends.{name}.EmailBackend" != settings.EMAIL_BACKEND:
        raise Http404
    views = [url.callback for url in anymail_urls.urlpatterns if url.name == f"{name}_tracking_webhook"]
    if not views:
        raise Http404
    [view] = views
    signs = not getattr(view.view_class, "warn_if_no_basic_auth", True)
    if not signs and not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    response: HttpResponseBase = view(request)
    return response
