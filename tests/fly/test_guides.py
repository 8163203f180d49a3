"""Every command of the documentation that a laptop can run is run: those of the guide to many machines in
its order, as it has them; the others one by one, here or in the test that is named beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.fly.files import ROOT
from tests.fly.guides import PATIENCE, Answer, Laptop, has_curl, laptop, local_commands, steps
from tests.storage.conftest import _buckets_of_all, buckets, endpoint
from tests.storage.endpoint import Buckets
from tests.waiting import answers, until

__all__ = ["_buckets_of_all", "buckets", "endpoint"]

GUIDE = ROOT / "docs" / "devops" / "auto-scaling-guide.md"
IN_ORDER = steps(GUIDE, "On a laptop, in order")

#: Run in this process, each on a house without books; with what has to be filled in.
ONE_BY_ONE = {
    "manage.py doctor": "",
    "manage.py doctor --machines 10": "",
    "manage.py doctor --machines 20": "",
    "manage.py doctor --only region": "",
    "manage.py doctor --only listen": "",
    "manage.py realtime_status": "",
    "manage.py sync_sites": "",
    "manage.py sync_sites --dry-run": "",
    "manage.py new_epochs": "",
    "manage.py prune_streams": "",
    "manage.py index_books": "",
    "manage.py rebuild_pictures": "",
    "manage.py sweep_storage": "",
    "manage.py sweep_uploads": "",
    "manage.py domains --ipv4 <from fly ips list> --ipv6 <from fly ips list> --cname <from fly certs setup>": (
        "manage.py domains --ipv4 203.0.113.7 --ipv6 2001:db8::7 --cname x1.fly.dev"
    ),
}
#: Run in a process of their own, on the guide's laptop.
BESIDE = ("manage.py release --check", "manage.py release")
#: Run by another test: its file, and a word by which one sees it there.
ELSEWHERE = {
    "make run": ("tests/fly/test_guides.py", "IN_ORDER"),
    "make run PORT=9000": ("tests/esensi/test_up.py", '"PORT"'),
    "make backup": ("tests/esensi/test_backups.py", '"backup"'),
    "make restore FILE=.local/backups/2026-11-23-210000.dump": (
        "tests/esensi/test_backups.py",
        '"restore"',
    ),
    "make fleet": ("tests/fly/test_guides.py", "the_page_of_the_fleet"),
    "make check": ("tests/test_ci.py", ".ci/run"),
    "manage.py realtime_status --link MACHINE": (
        "tests/realtime/management/test_realtime_status.py",
        "--link",
    ),
    "manage.py storage_check": ("tests/storage/test_checking.py", '"storage_check"'),
    "manage.py storage_check --write-cors": ("tests/storage/test_checking.py", "--write-cors"),
    "manage.py migrate_media --from folder --to tigris --verify": (
        "tests/storage/test_moving.py",
        "verify",
    ),
    "manage.py migrate_media --from folder --to tigris --delete-source <count>": (
        "tests/storage/test_moving.py",
        "--delete-source",
    ),
    "manage.py migrate_media": ("tests/storage/test_moving.py", "migrate_media"),
    "manage.py work": ("tests/esensi/test_work.py", "work"),
    "manage.py domains --check": ("tests/esensi/domains/test_domains.py", "authority"),
    "manage.py domains --check --ipv4 … --ipv6 … --cname …": (
        "tests/esensi/domains/test_domains.py",
        "authority",
    ),
}
#: Not run by any test, with the reason.
NOT_RUN = {
    "make venv": "it would build anew what the tests run in",
    "make soak": "it is tests, an hour of them",
    "make bench": "minutes on a machine that does nothing else",
    "make screens": "it writes the pictures of docs/screens",
    "make messages": "it writes the catalogue; its check is run by tests/test_translations.py",
    "-m tests.live_screens": "it writes the pictures of docs/live",
    "-m tests.talk_screens": "it writes the pictures of docs/talk",
    "curl http://localhost:9091/metrics": "the guide's own line asks the same",
    "curl -u ratih:three-words-and-9 https://main-dev.esensi.online/": "it needs the deployed house",
    "curl -c jar -b jar": "it is a part of the line before",
}


def is_known(command: str) -> bool:
    if command.startswith("-m benchmarks"):
        return True  # minutes each; that there are such questions is the next test's matter
    if re.fullmatch(r"-m tests\.\w+_screens", command):
        return True  # they write pictures of the documentation
    if command.startswith("manage.py fleet "):
        return command.split()[2] in (ROOT / "tests/esensi/fleet/test_control.py").read_text()
    in_guide = [re.sub(r"^\.venv/bin/python ", "", line) for line in IN_ORDER]
    tables = (ONE_BY_ONE, BESIDE, ELSEWHERE, NOT_RUN, in_guide, BUCKET_FILE)
    return any(command in table for table in tables)


#: What the guide says in its list as well, in other places than its steps.
BUCKET_FILE = ("manage.py storage_check --place variables:bucket.env",)


def test_every_local_command_is_run_or_says_why_not() -> None:
    found = local_commands()
    unknown = {command: page for command, page in found.items() if not is_known(command)}
    assert not unknown, "Run it here, or name the test that does."
    listed = {*ONE_BY_ONE, *BESIDE, *ELSEWHERE, *NOT_RUN}
    assert not {each for each in listed - set(found) if each != "make run"}, "No page names these."


def test_those_that_others_run_are_run_there() -> None:
    for command, (file, word) in ELSEWHERE.items():
        assert word in (ROOT / file).read_text(), f"{command}: {file} has no {word}"


def test_questions_of_benchmarks_that_are_named_exist() -> None:
    from benchmarks.__main__ import QUESTIONS

    for command in local_commands():
        if command.startswith("-m benchmarks"):
            assert set(command.split()[2:]) <= set(QUESTIONS), command


def failures(said: str) -> list[str]:
    """What the doctor found but for what is a matter of this machine: how busy it is, and how many
    connections its PostgreSQL has, which is not built for twenty machines."""
    failed = [line for line in said.splitlines() if line.startswith("FAIL")]
    return [line for line in failed if not line.startswith(("FAIL region", "FAIL connections"))]


def run_here(command: str) -> str:
    told = StringIO()
    # The doctor ends non-zero for what ``failures`` lets pass.
    with suppress(CommandError) if "doctor" in command else nullcontext():
        call_command(*command.split()[1:], stdout=told, stderr=told)
    return told.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", ONE_BY_ONE)
def test_a_command_runs(command: str) -> None:
    said = run_here(ONE_BY_ONE[command] or command)
    assert said
    assert failures(said) == []


@pytest.fixture(scope="module")
def own_laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop(tmp_path_factory.mktemp("laptop")) as made:
        yield made


def write_variables(path: Path, bucket: Buckets) -> None:
    """What the guide asks for beside its commands: the bucket's variables in a file."""
    path.write_text("".join(f"{name}={value}\n" for name, value in bucket.variables.items()))


#: What a line of the guide says when all is well.
SAYS = {
    "readyz": r"(?m)^Ready\.",
    "books/": r"(?s)<!doctype html>.*</html>",
    "metrics": r"(?m)^http_requests_total\{.*site=\"main\".*\} [1-9]",
    "doctor": r"(?m)^OK +database",
    "realtime_status": r"(?m)^machine .*\bstate\b(?s:.*)\bserving\b",
    "work --list": r"(?m)^books\.derive_picture",
    "--write-cors": r"(?m)^OK",
    "--dry-run": r"[1-9]\d* ",
    "--verify": r"[1-9]\d* ",
    "backup": r"before\.dump",
}


def check(line: str, answer: Answer) -> None:
    assert failures(answer.said) == [], line
    assert answer.code == 0 or "doctor" in line, f"{line}\n{answer.said}"
    for part, says in SAYS.items():
        if part in line:
            assert re.search(says, answer.said), f"{line}\n{answer.said}"


@pytest.mark.timeout(400)  # some fifteen processes, one after another
def test_the_guide_is_followed_in_its_order(own_laptop: Laptop, buckets: Buckets) -> None:
    first, *others = IN_ORDER
    write_variables(own_laptop.folder / "bucket.env", buckets)
    log = own_laptop.leave_running(first)
    until(lambda: answers(own_laptop.port), PATIENCE, what="the first terminal's house")
    # It is an instance some seconds later; where there is curl, its lines take as long.
    status = ".venv/bin/python manage.py realtime_status"
    until(lambda: "serving" in own_laptop.run(status).said, PATIENCE, what="an instance")
    for line in others:
        if line == "make fleet":
            continue  # below, since it takes a minute
        if line.startswith("curl"):
            if has_curl():
                check(line, own_laptop.run_until_well(line))
            continue
        check(line, own_laptop.run(line))
    assert (own_laptop.folder / "before.dump").stat().st_size > 10_000
    check_log(log.read_text())
    for command in BESIDE:
        answer = own_laptop.run(f".venv/bin/python {command}")
        assert answer.code == 0, answer.said
        assert "LISTEN is heard over the direct connection." in answer.said


def check_log(log: str) -> None:
    """A line for each request stands in the first terminal, as the guide says."""
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in log.splitlines() if line.startswith("{")
    ]
    requests = [line for line in lines if line["logger"] == "esensi.requests"]
    if has_curl():
        assert {"/readyz", "/books/"} <= {line["route"] for line in requests}
    assert all(line["user"] is None for line in requests)
    assert not [line for line in lines if line["level"] == "ERROR"]


@pytest.mark.soak
@pytest.mark.timeout(900)  # three instances, and a deploy of each
def test_the_page_of_the_fleet_is_followed_in_its_order(own_laptop: Laptop) -> None:
    page = (ROOT / "docs" / "devops" / "fleet.md").read_text()
    first, *others = re.findall(r"```sh\n(.*?)```", page, re.S)
    log = own_laptop.leave_running(first.strip())
    lines = [line for block in others for line in block.splitlines()]
    assert len(lines) >= 7
    for line in lines:
        if "status" in line:
            answer = own_laptop.run_until_well(line)
        else:
            answer = own_laptop.run(line, seconds=300)
        assert answer.code == 0, f"{line}\n{answer.said}\n{log.read_text()[-3000:]}"
