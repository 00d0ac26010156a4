"""Pictures and private files in a bucket that only the site reads."""

from typing import Any
from urllib.parse import quote, urljoin

from django.conf import settings
from storages.backends.s3 import S3Storage


class PictureBucket(S3Storage):
    def url(self, name: str, *_arguments: Any, **_options: Any) -> str:
        """Return the picture's address on the site: see `media.py`."""
        return urljoin(settings.MEDIA_URL, quote(name))


class PrivateBucket(S3Storage):
    def url(self, name: str, *_arguments: Any, **_options: Any) -> str:
        """Refuse, where S3's own would sign an address for anyone who has it."""
        raise ValueError("A private file has no address of its own.")
