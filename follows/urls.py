from django.urls import path

from follows.views import ConfirmView, FollowView, GuestView, OpeningCalendarView, StopView

app_name = "follows"
urlpatterns = [
    path("follow/events/<slug:name>/", FollowView.as_view(kind="event"), name="event"),
    path("follow/theaters/<slug:name>/", FollowView.as_view(kind="theater"), name="theater"),
    path("follow/labels/<slug:name>/", FollowView.as_view(kind="label"), name="label"),
    path("follow/shows/<str:name>/opening.ics", OpeningCalendarView.as_view(), name="opening-calendar"),
    path("follow/shows/<str:name>/", FollowView.as_view(kind="show"), name="show"),
    path("follow/people/<path:name>/", FollowView.as_view(kind="person"), name="person"),
    path("follow/confirm/<str:token>/", ConfirmView.as_view(), name="confirm"),
    path("following/<str:token>/", GuestView.as_view(), name="guest"),
    path("follow/stop/<str:token>/", StopView.as_view(), name="stop"),
]
