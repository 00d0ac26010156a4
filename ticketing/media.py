"""Serve the pictures that people uploaded, and nothing else from the media folder.

They are public, stored as WebP by `lib/pictures.py` and named for their content, so a browser may keep
them for ever. That holds for a bucket, too.
"""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

_PICTURE = re.compile(r"(posters|photos|portraits|theaters|views|brands)/[\w-]+\.webp", re.ASCII)


@require_safe
def serve_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    if not _PICTURE.fullmatch(name):
        raise Http404
    try:
        picture = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        picture,
        content_type="image/webp",
        headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )
