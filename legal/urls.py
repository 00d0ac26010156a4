from django.urls import path, register_converter

from legal import newsletter_views, views
from legal.models import LegalVersion


class LegalKindConverter:
    regex = "|".join(LegalVersion.Kind.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LegalKindConverter, "legal_kind")

app_name = "legal"
urlpatterns = [
    path("accounts/newsletters/", newsletter_views.NewslettersView.as_view(), name="newsletters"),
    path("newsletter/confirm/<str:token>/", newsletter_views.ConfirmView.as_view(), name="newsletter-confirm"),
    path("newsletter/leave/<str:token>/", newsletter_views.LeaveView.as_view(), name="newsletter-leave"),
    path("cookies/", views.CookiesView.as_view(), name="cookies"),
    path("<legal_kind:kind>/", views.LegalPageView.as_view(), name="site-page"),
    path("<legal_kind:kind>/<int:number>/", views.LegalVersionView.as_view(), name="site-version"),
    path("theaters/<slug:slug>/<legal_kind:kind>/", views.LegalPageView.as_view(), name="page"),
    path("theaters/<slug:slug>/<legal_kind:kind>/<int:number>/", views.LegalVersionView.as_view(), name="version"),
]
