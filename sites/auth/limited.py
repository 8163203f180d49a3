"""Which forms of the one door are limited, by what, how often, and why so often.

Every form that is sent to the auth host is counted by at least one rule; ``attempts.py`` applies
them. Decision 0007 weighs them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest

from sites.accounts.models import User
from sites.accounts.models.user import normalise_email
from sites.accounts.network import network_of
from sites.auth.known_browsers import browser_of

Who = Callable[[HttpRequest], str | None]

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
#: allauth's place in the session for who has given a password and owes the second factor.
_PENDING = "account_login"


@dataclass(frozen=True)
class Rule:
    """At most ``limit`` attempts in ``window``, counted for each ``who``; a rule whose ``who`` gives
    nothing does not apply. With ``failures_only`` an attempt that succeeded is given back."""

    name: str
    who: Who
    limit: int
    window: timedelta
    failures_only: bool = False


def by_network(request: HttpRequest) -> str | None:
    return network_of(request)


def typed_address(request: HttpRequest) -> str | None:
    """The e-mail address in the form, whether or not it has an account: nobody learns which."""
    typed = request.POST.get("username") or request.POST.get("login") or request.POST.get("email")
    return normalise_email(typed) if typed else None


def by_account_of_strange_browsers(request: HttpRequest) -> str | None:
    """The account, unless it has been entered from this browser before."""
    address = typed_address(request)
    return address if address and not browser_of(request, address) else None


def by_account_and_network_of_strange_browsers(request: HttpRequest) -> str | None:
    address = by_account_of_strange_browsers(request)
    return f"{address} {network_of(request)}" if address else None


def by_network_of_strange_browsers(request: HttpRequest) -> str | None:
    """The network, unless the browser has entered the account before: telephone companies put a
    whole town behind one address, and a neighbour's guesses must lock nobody out."""
    return None if by_known_browser(request) else network_of(request)


def by_known_browser(request: HttpRequest) -> str | None:
    address = typed_address(request)
    return browser_of(request, address) if address else None


def by_person(request: HttpRequest) -> str | None:
    """Who is signed in, or who has given a password and owes a second factor."""
    if isinstance(request.user, User):
        return str(request.user.pk)
    pending = request.session.get(_PENDING)
    return f"pending {pending.get('user_pk')}" if isinstance(pending, dict) else None


def by_person_or_network(request: HttpRequest) -> str | None:
    return by_person(request) or network_of(request)


#: Wrong passwords. A network may be a school: 50 in a quarter of an hour annoy nobody there, and are
#: 5,000 a day for who tries one password on many accounts. A person mistypes two or three times; five
#: for one account from one network leave a margin. From all strange browsers together 20 an hour: the
#: 20,000 most common passwords are no one's here, and beyond them that is a wait of years. A browser that has
#: entered the account before has a count of its own, so nobody can lock its owner out.
SIGN_IN = (
    Rule("sign-in network", by_network_of_strange_browsers, 50, QUARTER, failures_only=True),
    Rule(
        "sign-in pair", by_account_and_network_of_strange_browsers, 5, QUARTER, failures_only=True
    ),
    Rule("sign-in account", by_account_of_strange_browsers, 20, HOUR, failures_only=True),
    Rule("sign-in browser", by_known_browser, 10, QUARTER, failures_only=True),
)
#: A passkey cannot be guessed; each attempt costs a signature to check. (One that fails redirects, too.)
PASSKEY = (Rule("passkey", by_network, 60, QUARTER),)
#: Six digits, three of which are right at any moment: ten tries an hour find one in four years.
#: Only who knows the password can use them up, and a reset takes the password away from them.
SECOND_FACTOR = (
    Rule("code network", by_network, 50, QUARTER, failures_only=True),
    Rule("code", by_person_or_network, 10, HOUR, failures_only=True),
)
#: Somebody at an open session who does not know the password; its owner mistypes less often.
CONFIRM = (Rule("confirm", by_person_or_network, 10, QUARTER, failures_only=True),)
#: A class may sign up together; each makes a hash and a mail.
SIGN_UP = (Rule("sign-up", by_network, 30, HOUR),)
#: Each sends a mail, which has a limit of its own for its addressee (``mail_limits.py``).
RESET = (Rule("reset", by_network, 30, HOUR),)
#: Links from mails are too long to be guessed; this bounds what each try costs.
LINK = (Rule("link", by_network, 60, HOUR),)
#: Changes of one's own account that send mails or make hashes.
OWN = (Rule("own account", by_person_or_network, 30, HOUR),)
#: Everything that is held about somebody, read anew each time; and the end of an account.
DATA = (Rule("data", by_person_or_network, 10, HOUR),)
#: Everything else, such as the language or signing out: faster than any hand.
USUAL = (Rule("any", by_person_or_network, 120, QUARTER),)

RULES: dict[str, tuple[Rule, ...]] = {
    "sign_in": SIGN_IN,
    "account_login": SIGN_IN,
    "mfa_login_webauthn": PASSKEY,
    "mfa_authenticate": SECOND_FACTOR,
    "mfa_reauthenticate": SECOND_FACTOR,
    "mfa_activate_totp": SECOND_FACTOR,
    "account_reauthenticate": CONFIRM,
    "mfa_reauthenticate_webauthn": PASSKEY,
    "account_change_password": CONFIRM,
    "sign_up": SIGN_UP,
    "account_signup": SIGN_UP,
    "account_reset_password": RESET,
    "account_reset_password_from_key": LINK,
    "account_confirm_email": LINK,
    "account_email": OWN,
    "account_set_password": OWN,
    "mfa_add_webauthn": OWN,
    "data_export": DATA,
    "data_erase": DATA,
    "mfa_generate_recovery_codes": OWN,
}


def rules_for(name: str | None) -> tuple[Rule, ...]:
    """Give the rules of the form with this URL name."""
    return RULES.get(name or "", USUAL)
