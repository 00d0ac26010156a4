"""Static files, uploads and private files; the latter two in a bucket, where several machines share them."""

from pathlib import Path
from typing import Any

from ticketing.settings.base import BASE_DIR, DATA_DIR, DEBUG, env

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(DATA_DIR / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(DATA_DIR / "private")))
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files without a public address: a view checks who may read them.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "ticketing.static_files.SiteStaticFilesStorage"
    },
}
if MEDIA_BUCKET := env.str("MEDIA_BUCKET", ""):
    _bucket = {
        "bucket_name": MEDIA_BUCKET,
        "endpoint_url": env.str("BUCKET_ENDPOINT", "") or None,
        "region_name": env.str("BUCKET_REGION", "") or None,
        # Without these, the machine's own role or profile counts.
        "access_key": env.str("BUCKET_ACCESS_KEY", "") or None,
        "secret_key": env.str("BUCKET_SECRET_KEY", "") or None,
        # No object is public: pictures have a view, and so have private files.
        "default_acl": "private",
        "file_overwrite": False,
        # Larger files are read from the disk.
        "max_memory_size": 1 << 20,
    }
    STORAGES["default"] = {"BACKEND": "ticketing.bucket.PictureBucket", "OPTIONS": {**_bucket, "location": "media"}}
    STORAGES["private"] = {"BACKEND": "ticketing.bucket.PrivateBucket", "OPTIONS": {**_bucket, "location": "private"}}
