"""Which of anymail's providers the site sends by, and whether its reports can be trusted."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponseBase

_BACKENDS = "anymail.backends."


def name_provider(backend: str) -> str:
    """Return anymail's name of the provider, such as “postmark”, or "" for a plain mail server."""
    return backend.removeprefix(_BACKENDS).split(".")[0] if backend.startswith(_BACKENDS) else ""


def find_tracking_view(backend: str, secrets: Mapping[str, Any]) -> Callable[..., HttpResponseBase] | None:
    """Return anymail's view for the provider's reports about messages.

    None if it reports nothing, or if nothing proves that it is the provider: neither its own signature nor
    the secret ANYMAIL["WEBHOOK_SECRET"], which is then part of the webhook's URL.
    """
    from anymail import urls  # noqa: PLC0415 (needs the apps)

    name = name_provider(backend)
    for url in urls.urlpatterns:
        if name and url.name == f"{name}_tracking_webhook":
            signs = not getattr(url.callback.view_class, "warn_if_no_basic_auth", True)
            return url.callback if signs or secrets.get("WEBHOOK_SECRET") else None
    return None
