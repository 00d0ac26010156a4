"""Pages of the catalogue."""

from django.views.generic import TemplateView


class HomeView(TemplateView):
    template_name = "events/home.html"


class EventListView(TemplateView):
    template_name = "events/list.html"


class EventDetailView(TemplateView):
    template_name = "events/detail.html"


class ManifestView(TemplateView):
    template_name = "manifest.webmanifest"
    content_type = "application/manifest+json"
