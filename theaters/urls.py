from django.urls import path

from theaters import views

app_name = "theaters"
urlpatterns = [
    path("theaters/", views.TheaterListView.as_view(), name="list"),
    path("theaters/<slug:slug>/", views.TheaterDetailView.as_view(), name="detail"),
    path("team/<str:token>/", views.InvitationView.as_view(), name="invitation"),
    path("calendar/<slug:slug>.ics", views.TheaterCalendarView.as_view(), name="calendar"),
]
