from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.cache import cache_page

from events import views
from events.sitemaps import SITEMAPS

app_name = "events"
_for_an_hour = cache_page(3600, cache="pages")

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("events/", views.EventListView.as_view(), name="list"),
    path("events/<slug:slug>/", views.EventDetailView.as_view(), name="detail"),
    path("manifest.webmanifest", views.ManifestView.as_view(), name="manifest"),
    path("robots.txt", views.RobotsView.as_view(), name="robots"),
    path(
        "sitemap.xml",
        _for_an_hour(index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "events:sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", _for_an_hour(sitemap), {"sitemaps": SITEMAPS}, name="sitemap-section"),
]
