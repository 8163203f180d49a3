"""Addresses for direct uploads; a host that takes files includes them."""

from django.urls import path

from storage import views

urlpatterns = [
    path("uploads/", views.begin, name="begin_upload"),
    path("uploads/<uuid:upload>/finish/", views.finish, name="finish_upload"),
    path("uploads/<uuid:upload>/cancel/", views.cancel, name="cancel_upload"),
]
