from django.urls import path

from fiscal import views

app_name = "fiscal"
urlpatterns = [path("bookings/<str:code>/receipts.pdf", views.ReceiptsView.as_view(), name="receipts")]
