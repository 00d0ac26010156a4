"""The counter listens to shows that go on sale: it keeps places in them."""

from django.apps import AppConfig


class BoxOfficeConfig(AppConfig):
    name = "box_office"

    def ready(self) -> None:
        from box_office import house_series
        from box_office.places_of_words import register_places
        from events.signals import sales_opened

        sales_opened.connect(house_series.keep_in_opened, dispatch_uid="keep places of series")
        register_places()
