"""Pages of the theaters."""

from django.views.generic import TemplateView


class TheaterListView(TemplateView):
    template_name = "theaters/list.html"


class TheaterDetailView(TemplateView):
    template_name = "theaters/detail.html"
