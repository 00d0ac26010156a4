"""Development: the page `/dev/mail/` with the e-mails that `capture.py` kept."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.capture import folder
from notifications.looks import LOGO_ID, show_logo

SHOWN_MAILS = 100
View = Callable[..., HttpResponseBase]


def in_development(view: View) -> View:
    """Answer 404 unless DEBUG is on: captured mail holds codes and tickets."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return view(*args, **kwargs)

    return guarded


@in_development
@require_safe
def captured_list(request: HttpRequest) -> HttpResponse:
    names = sorted((file.stem for file in folder().glob("*.eml")), reverse=True)[:SHOWN_MAILS]
    mails = [{"name": name, "message": _read(name)} for name in names]
    return render(request, "notifications/captured_list.html", {"mails": mails})


@csp_update({"frame-src": "'self'"})
@in_development
@require_safe
def captured(request: HttpRequest, name: str) -> HttpResponse:
    message = _read(name)
    text = message.get_body(("plain",))
    documents = [part.get_filename() or str(number) for number, part in enumerate(message.iter_attachments())]
    headers = [(header, message[header]) for header in ("From", "To", "Reply-To", "Date", "Message-ID")]
    context = {
        "name": name,
        "subject": message["Subject"],
        "headers": [(header, value) for header, value in headers if value],
        "text": text.get_content() if text else "",
        "documents": documents,
    }
    return render(request, "notifications/captured.html", context)


@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["*", "data:"],
        "frame-ancestors": ["'self'"],
    }
)
@in_development
@require_safe
@xframe_options_sameorigin
def captured_html(request: HttpRequest, name: str) -> HttpResponse:
    body = _read(name).get_body(("html",))
    if body is None:
        raise Http404
    html = show_logo(body.get_content(), _read_logo(name))
    # Links in the mail open in the whole window.
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


@in_development
@require_safe
def captured_document(request: HttpRequest, name: str, number: int) -> HttpResponse:
    documents = list(_read(name).iter_attachments())
    if number >= len(documents):
        raise Http404
    document = documents[number]
    content = document.get_payload(decode=True)
    response = HttpResponse(content, content_type=document.get_content_type())
    response["Content-Disposition"] = f'inline; filename="{document.get_filename() or number}"'
    return response


def _read_logo(name: str) -> bytes:
    pictures = (part for part in _read(name).walk() if part["Content-ID"] == f"<{LOGO_ID}>")
    found = next(pictures, None)
    content = found.get_payload(decode=True) if found else b""
    return content if isinstance(content, bytes) else b""


def _read(name: str) -> EmailMessage:
    file = folder() / f"{name}.eml"
    if not file.is_file():
        raise Http404
    return message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)


app_name = "development"
urlpatterns = [
    path("", captured_list, name="mail"),
    path("<slug:name>/", captured, name="mail-one"),
    path("<slug:name>/html/", captured_html, name="mail-html"),
    path("<slug:name>/<int:number>/", captured_document, name="mail-document"),
]
