from django.urls import URLPattern

app_name = "theaters"
urlpatterns: list[URLPattern] = []
