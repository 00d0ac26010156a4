"""The site: its name, address, keys, data folder, languages and time."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")))

DEBUG = env.bool("DEBUG", False)
DEVELOPMENT_KEY = "development-only"
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_KEY if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Generate one and put it into the environment.")
# Earlier keys: what they signed (sessions, links) stays valid until it expires.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if not DEBUG and DEVELOPMENT_KEY in (SECRET_KEY, *SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("SECRET_KEY is the public one from the source code. Generate one of your own.")
SITE_NAME = env.str("SITE_NAME", "Marquee")
# Whether pages name Marquee, once and small, at their foot; a brand can switch it off for its own.
NAMES_MARQUEE = env.bool("NAMES_MARQUEE", True)
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
_own_hosts = [host for host in (urlsplit(SITE_URL).hostname, "localhost", "127.0.0.1") if host]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or (["*"] if DEBUG else _own_hosts)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".run")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("en-gb", _("British English")), ("de", _("German")), ("hi", _("Hindi"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "ticketing.formats"
USE_TZ = True
TIME_ZONE = "UTC"
