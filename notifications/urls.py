from django.urls import path

from notifications import views, webhooks

app_name = "notifications"
urlpatterns = [
    path("accounts/messages/", views.PreferencesView.as_view(), name="preferences"),
    path("accounts/messages/stop/<str:token>/", views.UnsubscribeView.as_view(), name="unsubscribe"),
    path("webhooks/mail/<slug:provider>/", webhooks.provider_events, name="provider-events"),
]
