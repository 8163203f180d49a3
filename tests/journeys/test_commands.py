"""Commands of a house run one after another in one process, and one that fails fails its journey."""

from __future__ import annotations

import os

import pytest

from tests.journeys.commands import Commands


def test_a_command_says_what_it_said_and_one_that_fails_is_told() -> None:
    commands = Commands(os.environ)
    try:
        assert commands.run("shell", "-v", "0", "-c", "print('Laut')") == "Laut\n"
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            commands.run("shell", "-v", "0", "-c", "1 / 0")
        with pytest.raises(AssertionError, match="Unknown command"):
            commands.run("no_such_command")
        assert commands.run("shell", "-v", "0", "-c", "print('Langit')") == "Langit\n"
    finally:
        commands.end()
