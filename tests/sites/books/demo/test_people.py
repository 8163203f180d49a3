from __future__ import annotations

from sites.accounts.roles import PERMISSIONS, READER
from sites.books.demo.people import DEMO_ACCOUNTS, SUPERUSER, email_of


def test_each_role_has_one_account() -> None:
    roles = [account.role for account in DEMO_ACCOUNTS]
    assert sorted(roles) == sorted([READER, *PERMISSIONS, SUPERUSER])


def test_addresses_name_the_role() -> None:
    for account in DEMO_ACCOUNTS:
        assert email_of(account.role) == f"{account.role}@esensi.example"
