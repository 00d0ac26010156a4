"""Apps, middleware, addresses and templates."""

from ticketing.settings.base import BASE_DIR, DEBUG
from ticketing.settings.security import CORS_ALLOWED_ORIGINS

# Each app imports only those above it; `pyproject.toml` enforces it.
OWN_APPS = [
    "lib",
    "operations",
    "accounts",
    "console",
    "notifications",
    "theaters",
    "legal",
    "events",
    "waiting_room",
    "payments",
    "bookings",
    "fiscal",
    "waiting_list",
    "follows",
    "box_office",
    "door",
    "show_changes",
    "mailings",
    "wallets",
    "inquiries",
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
    # First: the others read the client address that it sets.
    "lib.client_address.ClientAddressMiddleware",
    "ticketing.health.probe_middleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    # Before all that ask for the host.
    "ticketing.domains.DomainMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    # Before everything else that costs time. Inside those above, which decide by the request's own headers.
    "waiting_room.middleware.WaitingRoomMiddleware",
    "ticketing.shared_pages.SharedPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ticketing.compression.TextGZipMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "ticketing.unavailable.SessionMiddleware",
    "ticketing.private_pages.PrivatePagesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "ticketing.languages.OfferedLanguageMiddleware",
    "lib.moments.ClockMiddleware",
    "lib.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "door.clear_site_data.ClearSiteDataMiddleware",
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
