"""Every command that the operator's pages name exists and takes these words; test_guides.py runs them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.fly.files import ROOT

PAGES = sorted((ROOT / "docs" / "devops").glob("*.md"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))
#: What flyctl knows of what we use (Fly's command reference).
FLY = {
    *("apps create", "auth login", "certs add", "certs check", "certs setup", "checks list"),
    *(
        "config validate",
        "deploy",
        "ips list",
        "logs",
        "mpg attach",
        "mpg backup list",
        "mpg create",
    ),
    *("mpg restore", "releases", "scale count", "secrets set", "ssh console", "status"),
    *("storage create", "storage update", "tokens create deploy", "machine stop", "machine list"),
    *("proxy", "mpg proxy", "scale vm", "scale memory", "scale show"),
    "volumes destroy",
}
#: Words behind which a number stands.
NUMBERS = ("--machines", "--delete-source")


def commands(path: Path) -> list[str]:
    """Every command in a block of shell or between back quotes."""
    text = path.read_text().replace("\\\n", " ")
    blocks = [
        line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()
    ]
    quoted = re.findall(r"`((?:manage\.py|make|fly|flyctl|python manage\.py) [^`]+)`", text)
    return [line.strip() for line in [*blocks, *quoted] if line.strip() and line[0] != "#"]


ALL = [(path.name, line) for path in PAGES for line in commands(path)]


def words(line: str) -> list[str]:
    """What a shell makes of a line, with something in the place of what one has to fill in."""
    line = re.sub(r"<[^>]*>|…", "x", line)
    return [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]


def managed() -> list[tuple[str, list[str]]]:
    """Commands of manage.py, also those inside of `fly ssh console -C`."""
    found = []
    for page, line in ALL:
        for inner in [line, *re.findall(r'-C "([^"]+)"', line)]:
            given = words(inner)
            if "manage.py" in given[:2]:
                found.append((page, given[given.index("manage.py") + 1 :]))
    return found


def test_there_are_commands_on_every_page_of_the_operator() -> None:
    assert {page for page, _line in ALL} >= {
        "README.md",
        "deployment-guide.md",
        "dev-deployment-with-auth.md",
    }


@pytest.mark.parametrize(("page", "given"), managed(), ids=lambda value: str(value))
def test_commands_of_manage_py_exist_and_take_these_words(page: str, given: list[str]) -> None:
    name, *rest = given
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    rest = [
        "1" if word == "x" and index and rest[index - 1] in NUMBERS else word
        for index, word in enumerate(rest)
    ]
    command.create_parser("manage.py", name).parse_args(rest)


@pytest.mark.parametrize(("page", "line"), ALL, ids=lambda value: str(value)[:60])
def test_other_commands_are_known(page: str, line: str) -> None:
    given = words(line)
    if given and given[0] in ("fly", "flyctl"):
        plain = [word for word in given[1:4] if re.fullmatch(r"[a-z]+", word) and word != "x"]
        assert any(" ".join(plain[:length]) in FLY for length in (1, 2, 3)), line
        assert "-f" not in given, "flyctl's logs follow by themselves"
    if given and given[0] == "make":
        assert given[1] in TARGETS, line


def test_the_pages_name_the_settings_that_have_to_be_set() -> None:
    from esensi.env import VARIABLES

    guides = "".join(path.read_text() for path in PAGES)
    for variable in VARIABLES:
        if variable.required_in:
            assert variable.name in guides, variable.name
