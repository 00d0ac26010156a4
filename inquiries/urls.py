from django.urls import path

from inquiries import views

app_name = "inquiries"
urlpatterns = [
    path("shows/<str:code>/groups/", views.AskView.as_view(), name="ask"),
    path("groups/<str:token>/", views.InquiryView.as_view(), name="inquiry"),
]
