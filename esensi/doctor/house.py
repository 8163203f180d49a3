"""The house itself: secrets, names, cookies, mail, realtime, files."""

from __future__ import annotations

import asyncio
import io
import secrets
import smtplib
from typing import Any, Final

from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.sites.models import Site
from django.core.mail import get_connection
from django.core.management import CommandError, call_command, get_commands

from esensi.doctor.examination import NotHere, Unwell
from esensi.env import LOCAL_SECRET_KEY

#: Seconds for a message to come back.
PATIENCE: Final = 5.0


def secret_values() -> str:
    """Are the secrets the environment's own?"""
    if settings.ESENSI_ENV == "local":
        raise NotHere("A laptop signs with a key that everybody knows.")
    if settings.SECRET_KEY == LOCAL_SECRET_KEY:
        raise Unwell(
            "SECRET_KEY is the one of laptops.",
            "Set another: `fly secrets set SECRET_KEY=$(openssl rand -base64 48)`.",
        )
    if settings.SECRET_KEY in settings.SECRET_KEY_FALLBACKS:
        raise Unwell(
            "SECRET_KEY is among its own fallbacks.", "Take it out of SECRET_KEY_FALLBACKS."
        )
    if settings.ESENSI_ENV == "development" and not settings.BASIC_AUTH:
        raise Unwell("Nobody is asked for a password.", "Set BASIC_AUTH.")
    return "They are the environment's own."


def names() -> str:
    """Does the Site table say what the environment says?"""
    wanted = dict(settings.HOST_NAMES.domains)
    found = dict(Site.objects.values_list("name", "domain"))
    if found != wanted:
        wrong = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
        raise Unwell(
            f"The Site rows of {', '.join(wrong)} are not true.", "Run `manage.py sync_sites`."
        )
    return f"{len(wanted)} hosts below {settings.HOST_NAMES.parent}."


def cookies() -> str:
    """Do cookies reach all five hosts, and no other way than by TLS?"""
    parent = settings.HOST_NAMES.parent
    outside = [
        domain
        for domain in settings.HOST_NAMES.domains.values()
        if not f".{domain.partition(':')[0]}".endswith(f".{parent}")
    ]
    if parent != settings.SESSION_COOKIE_DOMAIN or outside:
        raise Unwell(
            f"The cookies' domain is {settings.SESSION_COOKIE_DOMAIN}, which is not above "
            f"{', '.join(outside) or 'all hosts'}.",
            "Set ESENSI_DOMAIN to the domain that is above all five hosts.",
        )
    if settings.HOST_NAMES.secure and not settings.SESSION_COOKIE_SECURE:
        raise Unwell("Cookies travel without TLS.", "Leave SESSION_COOKIE_SECURE as it is set.")
    return f"{settings.SESSION_COOKIE_NAME} on {parent}."


def mail() -> str:
    """Does the mail server take a connection, and the password?"""
    if settings.ESENSI_ENV == "local" and not getattr(settings, "EMAIL_HOST_USER", ""):
        raise NotHere("Mails are kept in a folder.")
    try:
        with get_connection(fail_silently=False):
            pass
    except smtplib.SMTPAuthenticationError as error:
        raise Unwell(
            f"The mail server refuses the password ({error.smtp_code}).", "Correct EMAIL_URL."
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unwell(
            f"The mail server does not answer ({error}).", "Correct EMAIL_URL, or its port."
        ) from error
    return "The mail server takes a connection."


def realtime() -> str:
    """Does a message come back through the channel layer?"""
    taken = asyncio.run(_round_trip())
    return f"A message came back in {taken * 1000:.1f} ms."


async def _round_trip() -> float:
    layer: Any = get_channel_layer()
    word = secrets.token_hex(8)
    loop = asyncio.get_running_loop()
    try:
        channel = await layer.new_channel("doctor")
        group = f"doctor.{word}"
        await layer.group_add(group, channel)
        started = loop.time()
        await layer.group_send(group, {"type": "doctor", "word": word})
        async with asyncio.timeout(PATIENCE):
            while (await layer.receive(channel)).get("word") != word:
                pass
        return loop.time() - started
    except TimeoutError as error:
        raise Unwell(
            f"No message came back within {PATIENCE:g} s.",
            "See what `heard` says: realtime needs LISTEN over the direct address.",
        ) from error
    finally:
        if hasattr(layer, "close"):
            await layer.close()


def files() -> str:
    """Can files be written, read, linked to and deleted?"""
    if "storage_check" not in get_commands():
        raise NotHere("There is no storage_check.")
    told = io.StringIO()
    try:
        call_command("storage_check", stdout=told, stderr=told)
    except CommandError as error:
        raise Unwell(
            str(error), "`manage.py storage_check` says which step failed, and its cure."
        ) from error
    return "Every step of storage_check went well."
