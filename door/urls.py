from django.urls import path

from door import views

app_name = "door"
urlpatterns = [
    path("door/", views.ChooseView.as_view(), name="choose"),
    path("door/gate/", views.GateView.as_view(), name="gate"),
    path("door/worker.js", views.WorkerView.as_view(), name="worker"),
    path("door/manifest.webmanifest", views.ManifestView.as_view(), name="manifest"),
    path("door/list/", views.TicketListView.as_view(), name="list"),
    path("door/decisions/", views.DecisionsView.as_view(), name="decisions"),
    path("door/gate/undo/", views.UndoView.as_view(), name="undo"),
    path("door/gate/count/", views.CountView.as_view(), name="count"),
    path("door/gate/count/undo/", views.UndoCountView.as_view(), name="undo_count"),
    path("door/house/", views.HouseView.as_view(), name="house"),
]
