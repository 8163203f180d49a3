"""Ask every door of one environment and print the answers as JSON; run by test_doors.py."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys
from typing import Any

import django

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
#: What a header says that a client has begun and an edge has gone on with.
DISGUISES = ("https,http", "https, https", "https,", " https ,http", "http,https")


def http_scope(host: str, path: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    """Describe one request as an ASGI server would."""
    raw_path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw_path,
        "raw_path": raw_path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (key.replace("_", "-").encode(), value.encode("latin-1"))
            for key, value in ({"host": host} | headers).items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "extensions": {},
    }


def password() -> dict[str, str]:
    """What opens the door of development, as a header."""
    from django.conf import settings

    pairs = [f"{one.name}:{one.password}" for one in settings.BASIC_AUTH]
    words = [base64.b64encode(pair.encode()).decode() for pair in pairs]
    return {"authorization": f"Basic {words[0]}"} if words else {}


async def ask(
    app: Any, host: str, path: str = "/", *, method: str = "GET", body: bytes = b"", **headers: str
) -> dict[str, Any]:
    """Make one HTTP request; the answer with its cookies apart from its other headers."""
    from django.conf import settings

    sent = {"x_forwarded_proto": settings.HOST_NAMES.scheme, "content_length": str(len(body))}
    sent |= password()
    if body:
        sent["content_type"] = "application/x-www-form-urlencoded"
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    await events.put({"type": "http.request", "body": body, "more_body": False})
    answer: dict[str, Any] = {"body": b"", "cookies": [], "headers": {}}

    async def send(message: Any) -> None:
        answer["body"] += message.get("body", b"")
        answer["status"] = message.get("status", answer.get("status"))
        for key, value in message.get("headers", ()):
            name = key.decode().lower()
            if name == "set-cookie" and value.startswith(
                f"{settings.HOST_NAMES.cookie}-door=".encode()
            ):
                answer["door"] = value.decode()
            elif name == "set-cookie":
                answer["cookies"].append(value.decode())
            else:
                answer["headers"][name] = value.decode()

    await app(http_scope(host, path, method, sent | headers), events.get, send)
    answer["body"] = answer["body"].decode("utf-8", "replace")
    return answer


async def shake(app: Any, headers: dict[str, str]) -> int:
    """Try one WebSocket handshake; its status."""
    from django.conf import settings

    headers = {"x-forwarded-proto": settings.HOST_NAMES.scheme} | password() | headers
    scope = {
        "type": "websocket",
        "path": "/ws/",
        "query_string": b"",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        "extensions": {"websocket.http.response": {}},
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def forms(app: Any, domains: dict[str, str], scheme: str, user: Any) -> dict[str, Any]:
    """Post the two forms that write cookies, with the token that their page carries."""
    from django.conf import settings

    answers: dict[str, Any] = {"language": {}}
    page = await ask(app, domains["auth"], "/sign-in/")
    csrf = next(c for c in page["cookies"] if c.startswith(settings.CSRF_COOKIE_NAME + "="))
    value = csrf.partition("=")[2].partition(";")[0]
    sent = {"cookie": f"{settings.CSRF_COOKIE_NAME}={value}"}
    for key, domain in domains.items():
        body = f"language=id&next=/&csrfmiddlewaretoken={value}".encode()
        answers["language"][key] = await ask(
            app,
            domain,
            "/language/",
            method="POST",
            body=body,
            origin=f"{scheme}://{domain}",
            **sent,
        )
    body = (
        f"username={user.email}&password=correct-horse-staple&csrfmiddlewaretoken={value}".encode()
    )
    answers["sign_in"] = await ask(
        app,
        domains["auth"],
        "/sign-in/",
        method="POST",
        body=body,
        origin=f"{scheme}://{domains['auth']}",
        **sent,
    )
    return answers


async def names_and_pages(app: Any, domains: dict[str, str], parent: str) -> dict[str, Any]:
    target = "/books/?q=laut&page=2"
    port = domains["main"].partition(":")[2]
    suffix = f":{port}" if port else ""
    return {
        "hosts": {key: await ask(app, domain) for key, domain in domains.items()},
        "robots": {key: await ask(app, domain, "/robots.txt") for key, domain in domains.items()},
        "unmapped": {
            n: await ask(app, n)
            for n in (f"blog.{parent}{suffix}", f"a.b.{parent}{suffix}", f"{parent}:1")
        },
        "unknown": {
            n: await ask(app, n)
            for n in ("evil.example", f"{parent}.evil.example", "127.0.0.1", "", "a b")
        },
        "www": {
            m: await ask(app, f"www.{domains['main']}", target, method=m) for m in ("GET", "POST")
        },
        "www_outside": await ask(app, f"www.{domains['main']}", "//evil.example/"),
        "plain": await ask(app, domains["main"], x_forwarded_proto="http"),
        "disguised": {
            proto: await ask(app, domains["main"], x_forwarded_proto=proto, authorization="")
            for proto in DISGUISES
        },
        "health": await ask(app, "172.19.0.2:8000", "/healthz", x_forwarded_proto="http"),
    }


async def probe_sockets(
    app: Any, domains: dict[str, str], scheme: str, parent: str
) -> dict[str, int]:
    own, origin = domains["chapter"], f"{scheme}://{domains['chapter']}"
    return {
        "own page": await shake(app, {"host": own, "origin": origin}),
        "foreign page": await shake(app, {"host": own, "origin": "https://evil.example"}),
        "no origin": await shake(app, {"host": own}),
        "other port": await shake(app, {"host": own, "origin": f"{scheme}://{parent}:1"}),
        "name of no host": await shake(app, {"host": f"blog.{parent}", "origin": origin}),
        "unknown name": await shake(app, {"host": "evil.example", "origin": origin}),
        "no name": await shake(app, {"origin": origin}),
    }


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    from esensi.asgi import application
    from sites.accounts.actions import create_user
    from sites.accounts.models import User
    from sites.links import host_url

    names = settings.HOST_NAMES
    if settings.ESENSI_ENV != "local" and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        # Once for both. Django's storage writes the same names as ours, and compresses nothing.
        plain = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
        with override_settings(STORAGES=plain):
            call_command("collectstatic", interactive=False, verbosity=0)
    call_command("sync_sites", stdout=io.StringIO())
    User.objects.filter(email="probe@esensi.example").delete()
    user = create_user("probe@esensi.example", password="correct-horse-staple")

    async def everything() -> dict[str, Any]:
        answers = await names_and_pages(application, names.domains, names.parent)
        answers |= await forms(application, names.domains, names.scheme, user)
        answers["sockets"] = await probe_sockets(
            application, names.domains, names.scheme, names.parent
        )
        return answers

    answers = asyncio.run(everything())
    answers["links"] = {
        "read": host_url("chapter", "read", "laut", 3),
        "sign_in": host_url("auth", "sign_in"),
    }
    user.delete()
    sys.stdout.write(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
