"""Settings, all read from the environment; `.env.example` lists them with their defaults.

Without any, Marquee runs embedded: one SQLite file, Celery over a folder, the database cache.
"""

import logging
import os
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ticketing import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")))

# ---------------------------------------------------------------- the site
DEBUG = env.bool("DEBUG", False)
DEVELOPMENT_KEY = "development-only"
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_KEY if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Generate one and put it into the environment.")
# Earlier keys: what they signed (sessions, links) stays good until it expires.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if not DEBUG and DEVELOPMENT_KEY in (SECRET_KEY, *SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("SECRET_KEY is the one in the source, by which anybody could sign in. Generate one.")
SITE_NAME = env.str("SITE_NAME", "Marquee")
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
_own_hosts = [host for host in (urlsplit(SITE_URL).hostname, "localhost", "127.0.0.1") if host]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or (["*"] if DEBUG else _own_hosts)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".run")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

# Other sites whose scripts may read the API, and nothing else: without a token, a cookie or a change.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Deprecation", "Sunset", "Link"]

# Each app imports only those above it; `pyproject.toml` holds them to it.
OWN_APPS = [
    "lib",
    "operations",
    "accounts",
    "console",
    "notifications",
    "theaters",
    "events",
    "payments",
    "bookings",
    "waiting_list",
    "box_office",
    "door",
    "show_changes",
    "mailings",
    "reports",
    "demo",
    "ticketing",
]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "console.default_site.DefaultSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    *(["corsheaders"] if CORS_ALLOWED_ORIGINS else []),
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "anymail",
    "ninja",
    *OWN_APPS,
]

MIDDLEWARE = [
    # First: all that follow read the address that it has settled.
    "lib.client_address.ClientAddressMiddleware",
    "ticketing.health.probe_middleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ticketing.compression.TextGZipMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ticketing.private_pages.PrivatePagesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lib.moments.ClockMiddleware",
    "lib.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "reports.exports.alerts.ExportAlerts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ticketing.policy.ContentPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.last_seen.LastSeenMiddleware",
    "ticketing.bad_input.BadInputMiddleware",
    "ticketing.unavailable.OutageMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    *(["ticketing.development.OwnNotFoundPage"] if DEBUG else []),
]

ROOT_URLCONF = "ticketing.urls"
WSGI_APPLICATION = "ticketing.wsgi.application"
ASGI_APPLICATION = "ticketing.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ticketing.context.site",
            ],
        },
    },
]

FORM_RENDERER = "lib.forms.PageRenderer"

# ---------------------------------------------------------------- data
# How long a statement may take, how long it may wait for a lock, and how long for a connection, in seconds; 0: for
# ever. `wsgi.py` and `manage.py` say what this process is. People wait for pages, nobody for a worker; a migration
# that waited long for a lock would keep all pages waiting behind it.
_timeouts = {
    "web": (env.int("WEB_STATEMENT_SECONDS", 20), env.int("WEB_LOCK_SECONDS", 5), 2),
    "worker": (env.int("WORKER_STATEMENT_SECONDS", 600), env.int("WORKER_LOCK_SECONDS", 60), 10),
    "command": (env.int("COMMAND_STATEMENT_SECONDS", 0), env.int("COMMAND_LOCK_SECONDS", 10), 10),
}
_statement_seconds, _lock_seconds, _connect_seconds = _timeouts[os.environ.get("MARQUEE_PROCESS", "worker")]
# A transaction that does nothing for so long is ended, with its locks: its process hangs or is lost.
IDLE_TRANSACTION_SECONDS = env.int("IDLE_TRANSACTION_SECONDS", 120)
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "marquee.sqlite3"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that tests may race from several threads and a worker of its own.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits for its turn from the first statement on, so that no read in a
        # transaction can be stale by the time of its write.
        "transaction_mode": "IMMEDIATE",
        "timeout": _lock_seconds or 3600,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
    }
else:
    _given = DATABASES["default"].get("OPTIONS", {})
    _limits = {
        "statement_timeout": _statement_seconds,
        "lock_timeout": _lock_seconds,
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS,
    }
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": _connect_seconds,
        # A server that has vanished without a word is noticed, too.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **_given,
        "options": " ".join([_given.get("options", ""), *(f"-c {name}={value}s" for name, value in _limits.items())]),
        "pool": {
            "min_size": 2,
            "max_size": env.int("DATABASE_POOL", 16),
            "timeout": _connect_seconds,
            # It tries again after ever longer pauses. Given up early, it tries at once for the next one who asks.
            "reconnect_timeout": 2,
        },
    }
    # So that nobody meets a connection that died with a restarted server.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
# `default` is shared by all processes. `pages` holds what many people see at once; without Redis
# each process has its own and what it holds may be PAGES_STALE_SECONDS old. Sessions are in the database:
# a cache may be lost, and may not bring back a session that was ended while it was away.
PAGES_STALE_SECONDS = 2
if REDIS_URL:
    _redis = {
        "BACKEND": "ticketing.redis_cache.FallbackRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
            "SERIALIZER": "ticketing.cache_serializers.SignedPickleSerializer",
        },
    }
    CACHES = {"default": _redis, "pages": {**_redis, "KEY_PREFIX": "pages"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "ticketing.database_cache.SignedDatabaseCache",
            "LOCATION": "cache",
            # A rate limit is forgotten with its row. Django drops a third of the rows beyond this, live or not.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        },
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
    }
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("events:home")
ACCOUNT_ADAPTER = "notifications.account_mail.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# Not ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE: only who signs up with an unknown address would be offered it.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# As long as `notifications.kinds.CODE_LIFETIME`: mail may take its time.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split("://")[0]
USERSESSIONS_TRACK_ACTIVITY = False
_FORMS = "accounts.sign_in_forms."
ACCOUNT_FORMS = {
    "login": f"{_FORMS}LoginForm",
    "signup": f"{_FORMS}SignupForm",
    "request_login_code": f"{_FORMS}RequestLoginCodeForm",
    "confirm_login_code": f"{_FORMS}ConfirmLoginCodeForm",
    "confirm_email_verification_code": f"{_FORMS}ConfirmEmailForm",
    "add_email": f"{_FORMS}AddEmailForm",
    "change_password": f"{_FORMS}ChangePasswordForm",
    "set_password": f"{_FORMS}SetPasswordForm",
    "reset_password": f"{_FORMS}ResetPasswordForm",
    "confirm_password_reset_code": f"{_FORMS}ConfirmPasswordResetCodeForm",
    "reset_password_from_key": f"{_FORMS}ResetPasswordKeyForm",
    "reauthenticate": f"{_FORMS}ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": f"{_FORMS}AuthenticateForm",
    "reauthenticate": f"{_FORMS}ReauthenticateByCodeForm",
    "activate_totp": f"{_FORMS}ActivateAppForm",
    "add_webauthn": f"{_FORMS}AddKeyForm",
    "edit_webauthn": f"{_FORMS}EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = SITE_NAME
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105
# A PEM private key signs API tokens (RS256); without one, a key derived from SECRET_KEY does (HS256).
HEADLESS_JWT_PRIVATE_KEY = env.str("JWT_PRIVATE_KEY", "", multiline=True)
HEADLESS_JWT_ALGORITHM = "RS256" if HEADLESS_JWT_PRIVATE_KEY else "HS256"
HEADLESS_JWT_PRIVATE_KEY = HEADLESS_JWT_PRIVATE_KEY or sha256(f"api tokens {SECRET_KEY}".encode()).hexdigest()
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 60 * 60
# How many API calls a minute each address may make without a token; 0 lifts the limit.
API_ANONYMOUS_PER_MINUTE = env.int("API_ANONYMOUS_PER_MINUTE", 300)
# Who has to use a second factor: all staff; platform admins, who may do everything everywhere. A theater may ask it of
# its own staff (`Theater.requires_mfa`).
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", False)
REQUIRE_ADMIN_MFA = env.bool("REQUIRE_ADMIN_MFA", not DEBUG)
# After so long the console asks staff to sign in again: without a look at it, and whatever they do.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 120)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)

# ---------------------------------------------------------------- words, money, time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("hi", _("Hindi"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "ticketing.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(DATA_DIR / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(DATA_DIR / "private")))
# After how many days the files of exports are deleted.
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files that no address leads to: a view reads them for whoever may.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ---------------------------------------------------------------- jobs
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL or "filesystem://")
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = DATA_DIR / "queue"
    for _folder in ("messages", "processed", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # After how many seconds a job of a worker that was killed goes to another: longer than any job may take.
        "visibility_timeout": 900,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
# Nothing that reaches the queue is run, only read.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Worker and scheduler wait for a broker that is away, however long: by default they end after a hundred tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "operations.scheduler:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 30
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "free lapsed holds": {"task": "bookings.tasks.free_lapsed_holds", "schedule": 60},
    "offer what is free to those who wait": {
        "task": "waiting_list.tasks.offer_to_waiting",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "ask gateways about open payments": {"task": "bookings.tasks.settle_open_payments", "schedule": 120},
    "go on with canceled shows": {"task": "show_changes.tasks.wake_silent_cancellations", "schedule": 60},
    "tell of lapsing holds": {
        "task": "mailings.tasks.remind_of_lapsing_holds",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "remind of visits": {
        "task": "mailings.tasks.remind_of_visits",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    # Each finds out by itself where it is evening, or the morning of the first.
    "send evening reminders": {
        "task": "mailings.tasks.send_digests",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "send monthly reports": {
        "task": "mailings.tasks.send_monthly_reports",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "end past shows": {"task": "events.tasks.end_past_shows", "schedule": 300},
    "resume exports": {"task": "reports.tasks.resume_exports", "schedule": 60, "options": {"expires": 60}},
    # As each minute begins, so that none is late; schedules live in `ReportSchedule`, where staff edit them.
    "start due reports": {"task": "reports.tasks.start_due_reports", "schedule": crontab(), "options": {"expires": 60}},
    "show that a worker is alive": {
        "task": "operations.tasks.show_worker_alive",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "prune what nobody needs": {
        "task": "operations.tasks.prune",
        "schedule": crontab(hour=2, minute=17),
        "options": {"expires": 3600},
    },
    "delete old exports": {"task": "reports.tasks.delete_old_exports", "schedule": 3600},
    # A sweep that nobody could run for half a minute is replaced by the next one.
    "send waiting notifications": {
        "task": "notifications.tasks.send_waiting",
        "schedule": 30,
        "options": {"expires": 30},
    },
}

# ---------------------------------------------------------------- retention
# After how many days a nightly job deletes what nobody needs; each app's `retention.py` says which rows.
KEEP_SESSION_DAYS = env.int("KEEP_SESSION_DAYS", 7)
KEEP_AUDIT_DAYS = env.int("KEEP_AUDIT_DAYS", 1095)
KEEP_MESSAGE_DAYS = env.int("KEEP_MESSAGE_DAYS", 180)
KEEP_LAPSED_BOOKING_DAYS = env.int("KEEP_LAPSED_BOOKING_DAYS", 90)
KEEP_WAITING_LIST_DAYS = env.int("KEEP_WAITING_LIST_DAYS", 90)
KEEP_GATEWAY_EVENT_DAYS = env.int("KEEP_GATEWAY_EVENT_DAYS", 400)
KEEP_REPORT_DAYS = env.int("KEEP_REPORT_DAYS", 400)
KEEP_UPLOAD_DAYS = env.int("KEEP_UPLOAD_DAYS", 30)
KEEP_INVITATION_DAYS = env.int("KEEP_INVITATION_DAYS", 90)

# ---------------------------------------------------------------- mail
if EMAIL_BACKEND := env.str("EMAIL_BACKEND", ""):
    # One of anymail's, with the provider's keys as a JSON object in ANYMAIL.
    ANYMAIL = env.json("ANYMAIL", {})
elif DEBUG and not env.str("EMAIL_URL", ""):
    # Shown at /dev/mail/ instead of being sent.
    EMAIL_BACKEND = "notifications.capture.CaptureBackend"
else:
    vars().update(env.email_url("EMAIL_URL", "smtp://localhost:25"))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <tickets@localhost>")
SERVER_EMAIL = env.str("SERVER_EMAIL", DEFAULT_FROM_EMAIL)
# How many e-mails a minute the mail server or provider may be given; 0: as many as there are.
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", 0)
# Rooms that are written to, by name: {"room": {"url": …, "city": slug, "theater": slug, "language": "en"}}.
CHAT_ROOMS = env.json("CHAT_ROOMS", {})
# Who asked for the evening reminder gets it after so many days without a visit or a booking.
DIGEST_AFTER_DAYS = env.int("DIGEST_AFTER_DAYS", 7)

# ---------------------------------------------------------------- booking
HOLD_MINUTES = env.int("HOLD_MINUTES", 10)
# Added once to a hold when its payment starts, so that nobody loses seats at the gateway.
HOLD_EXTENSION_MINUTES = env.int("HOLD_EXTENSION_MINUTES", 10)
# How long a place that came free is kept for the first on the waiting list, at most; near the sale's end less.
WAITING_LIST_OFFER_HOURS = env.int("WAITING_LIST_OFFER_HOURS", 12)
# How long before a show people are let in where its doors have no time of their own.
DOORS_HOURS = env.int("DOORS_HOURS", 2)
# The sandbox lets customers approve their own payments: outside development only where somebody asks for it.
PAYMENT_GATEWAYS = env.list("PAYMENT_GATEWAYS", default=["sandbox"] if DEBUG else [])
SANDBOX_WEBHOOK_SECRET = env.str("SANDBOX_WEBHOOK_SECRET", SECRET_KEY)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
if STRIPE_SECRET_KEY and "stripe" not in PAYMENT_GATEWAYS:
    PAYMENT_GATEWAYS = ["stripe", *[name for name in PAYMENT_GATEWAYS if name != "sandbox"]]
# Base64 of a 32-byte Ed25519 seed that signs ticket codes; derived from SECRET_KEY when empty.
TICKET_SIGNING_KEY = env.str("TICKET_SIGNING_KEY", "")
# Base64 of the public keys of earlier signing keys, whose tickets stay good.
TICKET_VERIFY_KEYS = env.list("TICKET_VERIFY_KEYS", default=[])
GUEST_LINK_DAYS = env.int("GUEST_LINK_DAYS", 180)

# ---------------------------------------------------------------- guarding
# How many proxies stand before the site: so many addresses at the end of X-Forwarded-For are theirs to tell
# (see `lib/client_address.py`).
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1) if env.bool("BEHIND_PROXY", False) else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", SITE_URL.startswith("https://"))
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if SITE_URL.startswith("https://") else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
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

# ---------------------------------------------------------------- the console
UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SYMBOL": "local_activity",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/favicon.svg")},
    ],
    "STYLES": [lambda _request: static("css/fonts.css"), lambda _request: static("css/console/look.css")],
    "SCRIPTS": [lambda _request: static("js/console/keyboard.js")],
    "SHOW_VIEW_ON_SITE": True,
    "DASHBOARD_CALLBACK": "reports.today.dashboard",
    "SIDEBAR": {"navigation": "console.menu.navigation"},
    "ACCOUNT": {"navigation": [{"title": _("Your account"), "link": reverse_lazy("accounts:profile")}]},
    "BORDER_RADIUS": "4px",
    # The site's paper and its accent, from light to dark.
    "COLORS": {
        "base": {
            "50": "oklch(98.2% .005 75)",
            "100": "oklch(96.3% .007 75)",
            "200": "oklch(92% .01 72)",
            "300": "oklch(86.5% .013 70)",
            "400": "oklch(72% .016 66)",
            "500": "oklch(55% .016 62)",
            "600": "oklch(44.5% .015 58)",
            "700": "oklch(37% .013 55)",
            "800": "oklch(27.5% .011 50)",
            "900": "oklch(20.5% .009 48)",
            "950": "oklch(14% .007 45)",
        },
        "primary": {
            "50": "oklch(97% .02 40)",
            "100": "oklch(93% .045 40)",
            "200": "oklch(87% .08 39)",
            "300": "oklch(79% .12 38)",
            "400": "oklch(71% .17 37)",
            "500": "oklch(63% .2 35)",
            "600": "oklch(53.5% .19 33)",
            "700": "oklch(47% .17 32)",
            "800": "oklch(40% .14 32)",
            "900": "oklch(34% .11 33)",
            "950": "oklch(24% .08 33)",
        },
    },
}

# ---------------------------------------------------------------- watching
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "text" if DEBUG else "json")
LOGGING = logs.configuration(level=LOG_LEVEL, style="json" if LOG_FORMAT == "json" else "text")
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
# It would read the session and the user for every page that needs neither.
DJANGO_STRUCTLOG_USER_ID_FIELD = None
# It would believe whatever header a client sends; `request_log.begin` names the client.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# Prometheus asks for /metrics with this bearer token; empty: there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Where several processes of one machine keep their figures for whichever of them is asked.
if env.str("PROMETHEUS_MULTIPROC_DIR", ""):
    Path(env.str("PROMETHEUS_MULTIPROC_DIR")).mkdir(parents=True, exist_ok=True)
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    logs.report_errors(
        dsn=SENTRY_DSN,
        environment=env.str("SENTRY_ENVIRONMENT", "production"),
        traces=env.float("SENTRY_TRACES", 0.0),
    )
