from django.urls import path

from theaters import views

app_name = "theaters"
urlpatterns = [path("team/<str:token>/", views.InvitationView.as_view(), name="invitation")]
