from django.urls import path

from bookings import sandbox_views, webhooks
from bookings.views import show

app_name = "bookings"
urlpatterns = [
    path("webhooks/<str:gateway>/", webhooks.receive_webhook, name="webhook"),
    path("pay/sandbox/<uuid:key>/", sandbox_views.SandboxView.as_view(), name="sandbox"),
    path("shows/words.js", show.WordsView.as_view(), name="words"),
    path("shows/<str:code>/", show.ShowView.as_view(), name="show"),
    path("shows/<str:code>/plan.json", show.PlanView.as_view(), name="plan"),
    path("shows/<str:code>/best/", show.BestSeatsView.as_view(), name="best"),
    path("shows/<str:code>/hold/", show.HoldView.as_view(), name="hold"),
    path("bookings/<str:code>/release/", show.ReleaseView.as_view(), name="release"),
]
