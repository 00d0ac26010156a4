"""Pages about one person's bookings: kept by no cache."""

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View


@method_decorator(never_cache, name="dispatch")
class PrivateView(View):
    """Answer with `Cache-Control: private, no-store`, so that going back asks again how things stand."""
