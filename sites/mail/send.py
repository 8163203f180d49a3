"""Send a mail once what it tells of is committed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from sites.mail.letter import write_letter

logger = logging.getLogger(__name__)


def send_mail(
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str = "",
    *,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send ``mail/<template>.html`` to one address, after the transaction that runs now.

    ``language`` is the recipient's; nothing means the language that is active here; ``headers`` stand
    beside the usual ones. A mail server
    that fails is written to the log, without the address: whatever the mail was about is done, and
    the recipient can ask for another one. Raises Django's ``TemplateDoesNotExist`` at once.
    """
    letter = write_letter(template, context, language)
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[to])
    message.attach_alternative(letter.html, "text/html")
    # No automatic answers to what nobody reads (RFC 3834).
    message.extra_headers |= {"Auto-Submitted": "auto-generated", **(headers or {})}
    # Robust: whatever the mail was about is done, and what else waits for the commit goes on.
    transaction.on_commit(lambda: _hand_over(message, template), robust=True)


def _hand_over(message: EmailMultiAlternatives, template: str) -> None:
    try:
        message.send()
    except OSError as error:  # SMTPException is one, and so is a timeout.
        logger.error("The mail %r could not be sent: %s.", template, type(error).__name__)
