from django.urls import path

from waiting_list import views

app_name = "waiting_list"
urlpatterns = [
    path("shows/<str:code>/waiting-list/", views.JoinView.as_view(), name="join"),
    path("waiting-list/<str:token>/", views.EntryView.as_view(), name="entry"),
]
