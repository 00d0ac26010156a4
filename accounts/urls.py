from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("data/", views.DataView.as_view(), name="data"),
    path("data/export/", views.ExportView.as_view(), name="export"),
    path("data/erase/", views.EraseView.as_view(), name="erase"),
    # Before allauth's own at the same address, which forgets where the customer was going.
    path("2fa/webauthn/login/", views.PasskeySignInView.as_view(), name="passkey-sign-in"),
]
