"""The content security policy: a strict one for customers, Unfold's own for the console.

Each is written once. django-csp would copy and write it twice for each answer: 0.15 ms of CPU, a tenth of a page
that is in memory otherwise.
"""

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

# Set by django-csp's decorators on the answers of views with a policy of their own.
_OF_VIEWS = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class ContentPolicyMiddleware(CSPMiddleware):
    @cached_property
    def _console(self) -> tuple[str, str]:
        return reverse("admin:index"), build_policy(replace=settings.CONSOLE_SECURITY_POLICY)

    @cached_property
    def _site(self) -> str:
        return build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Django's own error pages for developers have styles of their own.
        is_debug_page = settings.DEBUG and response.status_code in {404, 500}
        if is_debug_page or any(hasattr(response, name) for name in _OF_VIEWS):
            return super().process_response(request, response)
        address, policy = self._console
        response.headers.setdefault(HEADER, policy if request.path_info.startswith(address) else self._site)
        return response
