"""All addresses; each app has its own `urls.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from lib import bearer_links
from ticketing import media
from ticketing.api import api

handler400 = "ticketing.bad_input.refuse"
handler500 = "ticketing.unavailable.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("events.urls")),
    path("", include("theaters.urls")),
    path("", include("legal.urls")),
    path("", include("waiting_room.urls")),
    path("", include("waiting_list.urls")),
    path("", include("follows.urls")),
    path("", include("inquiries.urls")),
    path("", include("payments.urls")),
    path("", include("bookings.urls")),
    path("", include("wallets.urls")),
    path("", include("fiscal.urls")),
    path("", include("door.urls")),
    path("", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("media/<path:name>", media.serve_picture),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/mail/", include("notifications.development")))

bearer_links.learn(urlpatterns)
