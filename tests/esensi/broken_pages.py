"""Pages of a host that break in every way that could tell about somebody; for tests of the log."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from sites.accounts.models import User
from sites.main import urls as main


def secret(request: HttpRequest, key: str) -> HttpResponse:
    """A page whose address carries a secret, and that asks the database twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT pg_sleep(0.01)")
    str(request.user)
    return render(request, "errors/404.html")


def taken(request: HttpRequest, key: str) -> HttpResponse:
    """A second account of the same address: PostgreSQL repeats it in its error."""
    with transaction.atomic():
        User.objects.create(email=request.POST["email"], name="Twin of Puspita Wardhani")
    return HttpResponse()


def mistaken(request: HttpRequest, key: str) -> HttpResponse:
    """A fault of the program, with secrets in its variables."""
    password = request.POST["password"]
    try:
        raise KeyError(request.POST["email"])
    except KeyError as error:
        raise AttributeError("'NoneType' object has no attribute 'slug'") from error
    return HttpResponse(password)


urlpatterns = [
    *main.urlpatterns,
    path("secret/<str:key>/", secret),
    path("taken/<str:key>/", taken),
    path("mistaken/<str:key>/", mistaken),
]


def asking_who(get_response: Any) -> Any:
    """A middleware that asks who it is before a page breaks, as pages do."""

    def ask(request: HttpRequest) -> HttpResponse:
        str(request.user)
        return get_response(request)

    return ask
