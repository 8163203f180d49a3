"""Hundreds of commands that share the local server, some of them killed."""

from __future__ import annotations

import random
import threading

import pytest

from tests.esensi.local_server import Checkout, sql

USERS = 8  # At once; more only wait for one another on a laptop.
ROUNDS = 40


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_hundreds_of_users_come_go_and_are_killed_and_none_is_cut_off(launched: Checkout) -> None:
    failures: list[BaseException] = []

    def come_and_go(chance: random.Random) -> None:
        try:
            for _ in range(ROUNDS):
                user = launched.join()
                for _ in range(chance.randrange(4)):
                    assert sql(user.url, "SELECT 1") == [(1,)]
                user.kill() if chance.random() < 0.3 else user.leave()
        except BaseException as failure:  # noqa: BLE001  Handed to the test's own thread.
            failures.append(failure)

    threads = [
        threading.Thread(target=come_and_go, args=[random.Random(seed)]) for seed in range(USERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    launched.wait_until_stopped()
