from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.cache import cache_page

from events.catalogue.sitemaps import SITEMAPS
from events.views import catalogue, link_pictures, theaters
from events.views.remembered_events import RememberedEventsView
from events.views.subscriptions import CalendarView, FeedView

app_name = "events"
_for_an_hour = cache_page(3600, cache="pages")

urlpatterns = [
    path("", catalogue.HomeView.as_view(), name="home"),
    path("nearest-city/", catalogue.NearestCityView.as_view(), name="nearest-city"),
    path(
        "recently-viewed/", RememberedEventsView.as_view(remembered="recently-viewed", most=8), name="recently-viewed"
    ),
    path("favorites/", RememberedEventsView.as_view(remembered="favorites", most=24), name="favorites"),
    path("events/", catalogue.EventListView.as_view(), name="list"),
    path("suggestions/", catalogue.SuggestionsView.as_view(), name="suggestions"),
    path("events/<slug:slug>/", catalogue.EventDetailView.as_view(), name="detail"),
    path("theaters/", theaters.TheaterListView.as_view(), name="theaters"),
    path("theaters/<slug:slug>/", theaters.TheaterDetailView.as_view(), name="theater"),
    path("calendar/<slug:slug>.ics", CalendarView.as_view(kind="theater"), name="theater-calendar"),
    path("calendar/cities/<slug:slug>.ics", CalendarView.as_view(kind="city"), name="city-calendar"),
    path("calendar/labels/<slug:slug>.ics", CalendarView.as_view(kind="label"), name="label-calendar"),
    path("feeds/theaters/<slug:slug>.xml", FeedView.as_view(kind="theater"), name="theater-feed"),
    path("feeds/cities/<slug:slug>.xml", FeedView.as_view(kind="city"), name="city-feed"),
    path("feeds/labels/<slug:slug>.xml", FeedView.as_view(kind="label"), name="label-feed"),
    path(
        "pictures/site/<slug:language>/<slug:version>.jpg", link_pictures.SitePictureView.as_view(), name="site-picture"
    ),
    path(
        "pictures/events/<slug:slug>/<slug:language>.jpg",
        link_pictures.EventPictureView.as_view(),
        name="latest-event-picture",
    ),
    path(
        "pictures/events/<slug:slug>/<slug:language>/<slug:version>.jpg",
        link_pictures.EventPictureView.as_view(),
        name="event-picture",
    ),
    path(
        "pictures/theaters/<slug:slug>/<slug:language>/<slug:version>.jpg",
        link_pictures.TheaterPictureView.as_view(),
        name="theater-picture",
    ),
    path("manifest.webmanifest", catalogue.ManifestView.as_view(), name="manifest"),
    path("robots.txt", catalogue.RobotsView.as_view(), name="robots"),
    path(
        "sitemap.xml",
        _for_an_hour(index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "events:sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", _for_an_hour(sitemap), {"sitemaps": SITEMAPS}, name="sitemap-section"),
]
