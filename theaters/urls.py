from django.urls import path

from theaters import brand_files, views

app_name = "theaters"
urlpatterns = [
    path("team/<str:token>/", views.InvitationView.as_view(), name="invitation"),
    path("brands/<slug:slug>-<slug:version>.css", brand_files.StyleView.as_view(), name="brand-style"),
    path("brands/<slug:slug>-<slug:version>-<int:size>.png", brand_files.IconView.as_view(), name="brand-icon"),
]
