from django.urls import path

from wallets.views import add, service

app_name = "wallets"
_REGISTRATIONS = "wallet/apple/v1/devices/<str:device>/registrations/<str:pass_type>"
urlpatterns = [
    path("bookings/<str:code>/wallet/apple/", add.AppleView.as_view(), name="apple"),
    path("bookings/<str:code>/wallet/google/", add.GoogleView.as_view(), name="google"),
    path("tickets/<str:token>/wallet/apple/", add.AppleView.as_view(), name="apple-ticket"),
    path("tickets/<str:token>/wallet/google/", add.GoogleView.as_view(), name="google-ticket"),
    path(f"{_REGISTRATIONS}/<str:serial>", service.RegistrationView.as_view(), name="registration"),
    path(_REGISTRATIONS, service.ChangedView.as_view(), name="changed"),
    path("wallet/apple/v1/passes/<str:pass_type>/<str:serial>", service.LatestView.as_view(), name="latest"),
    path("wallet/apple/v1/log", service.LogView.as_view(), name="log"),
]
