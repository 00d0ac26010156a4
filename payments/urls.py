from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [path("pay/sandbox/<uuid:key>/", views.SandboxView.as_view(), name="sandbox")]
