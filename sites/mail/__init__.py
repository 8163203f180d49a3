"""Mails of the house: one template each, sent as text and as HTML in the recipient's language.

``send_mail(to, template, context, language)`` is all that the rest of the house needs. It may be
called from anywhere above ``sites.links``.
"""

from sites.mail.letter import Letter, write_letter
from sites.mail.send import send_mail

__all__ = ["Letter", "send_mail", "write_letter"]
