"""Proxies, HTTPS, cookies, the API's openness, and the content security policy."""

import re
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from ticketing.settings.base import SITE_URL, env

# How many proxies stand in front of the site: that many addresses at the end of X-Forwarded-For are believed
# (see `lib/client_address.py`).
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1) if env.bool("BEHIND_PROXY", False) else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
_is_https = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", _is_https)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if _is_https else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SESSION_ENGINE = "ticketing.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_REFERRER_POLICY = "same-origin"

# A sale of 500 seats at the counter sends each with its ticket type.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# How many API calls a minute each address may make without a token; 0 lifts the limit.
API_ANONYMOUS_PER_MINUTE = env.int("API_ANONYMOUS_PER_MINUTE", 300)
# Other sites whose scripts may read the API: without tokens or cookies, and without changing anything.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Deprecation", "Sunset", "Link"]

# Tiles for small maps of theaters, such as https://tile.example.org/{z}/{x}/{y}.png; without it, pages have none.
MAP_TILES_URL = env.str("MAP_TILES_URL", "")
_tile_host = urlsplit(MAP_TILES_URL)
if MAP_TILES_URL and (_tile_host.scheme != "https" or set(re.findall(r"{(.*?)}", MAP_TILES_URL)) != set("xyz")):
    raise ImproperlyConfigured("MAP_TILES_URL is no https:// address with {z}, {x} and {y} in it.")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([f"https://{_tile_host.netloc}"] if MAP_TILES_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": ["https://www.youtube-nocookie.com", "https://player.vimeo.com"],
        "frame-ancestors": [NONE],
        "form-action": [SELF, "https://checkout.stripe.com"],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}
# Unfold's Alpine evaluates expressions and sets styles, which customer pages never do.
CONSOLE_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
