"""The demo accounts: one for each role. Cheap to import: names and nothing else."""

from __future__ import annotations

from typing import Final, NamedTuple

#: Known to everybody, and so for the local environment alone.
DEMO_PASSWORD: Final = "esensi-demo"  # noqa: S105 - printed at every `make run`

SUPERUSER: Final = "superuser"  # no group: Django's own flag


class DemoAccount(NamedTuple):
    role: str
    email: str
    name: str


DEMO_ACCOUNTS: Final = (
    DemoAccount("reader", "reader@esensi.example", "Rani Kusumawati"),
    DemoAccount("author", "author@esensi.example", "Toba Siregar"),
    DemoAccount("editor", "editor@esensi.example", "Wulan Hapsari"),
    DemoAccount("support", "support@esensi.example", "Bima Ardana"),
    DemoAccount("moderator", "moderator@esensi.example", "Citra Manullang"),
    DemoAccount("manager", "manager@esensi.example", "Hendra Wibisana"),
    DemoAccount("operator", "operator@esensi.example", "Oka Mahendra"),
    DemoAccount(SUPERUSER, "superuser@esensi.example", "Sinta Rukmana"),
)

#: Whose name the author's account stands behind.
AUTHOR_SLUG: Final = "toba-siregar"


def email_of(role: str) -> str:
    """Give the address of the role's account."""
    return next(account.email for account in DEMO_ACCOUNTS if account.role == role)
