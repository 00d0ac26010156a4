from django.urls import path

from waiting_room import views

app_name = "waiting_room"
urlpatterns = [
    path("shows/<str:code>/line/", views.LineView.as_view(), name="line"),
    path("shows/<str:code>/line/turn.json", views.TurnView.as_view(), name="turn"),
]
