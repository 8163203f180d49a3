"""How many mails strangers can have sent to an address."""

from __future__ import annotations

from datetime import datetime, timedelta

from sites.accounts import limits
from sites.accounts.models.user import normalise_email

#: allauth's mails that anybody can ask for, who knows an address → what they are counted as. Those to
#: addresses with and without an account count alike, and by that tell nobody which is which.
ASKED_FOR = {
    "account/email/email_confirmation_signup": "verify",
    "account/email/email_confirmation": "verify",
    "account/email/account_already_exists": "verify",
    "account/email/password_reset_key": "reset",
    "account/email/unknown_account": "reset",
}
#: Of each kind for each address. A person asks again once or twice when a mail is slow; further ones
#: would say the same, and a flood of them would make the house a nuisance.
MOST_MAILS, WINDOW = 4, timedelta(hours=1)


def may_write_to(email: str, template: str, *, now: datetime) -> bool:
    """Count a mail that is about to be sent; no where enough of them are under way already.

    Nobody is told: the page says, as always, that a mail is on its way. Notices of what has changed
    in an account are never held back.
    """
    kind = ASKED_FOR.get(template)
    if kind is None:
        return True
    key = f"mail {kind}: {normalise_email(email)}"
    return limits.take(key, MOST_MAILS, WINDOW, now) is None
