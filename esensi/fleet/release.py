"""The release command: run once before a version comes, on what it will run on; what fails there stops
the deploy."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import sys

from esensi.fleet.machine import ROOT, Recipe


class ReleaseFailed(Exception):
    """The release command did not end with 0 in time; with the end of what it said."""


async def run(recipe: Recipe, *, version: int) -> str:
    """Run it without a shell, as Fly does; give what it said. Raises ``ReleaseFailed``."""
    deploy = recipe.app.deploy
    if not deploy.release_command:
        return ""
    given = {"RELEASE_COMMAND": "1", "FLY_MACHINE_VERSION": str(version)}
    return await run_command(
        recipe, shlex.split(deploy.release_command), given, deploy.release_timeout
    )


async def run_command(
    recipe: Recipe, words: list[str], given: dict[str, str], patience: float
) -> str:
    """Run a command of the program with what machines have; give what it said. Raises
    ``ReleaseFailed``."""
    program = sys.executable if words[0] == "python" else words[0]
    process = await asyncio.create_subprocess_exec(
        program,
        *words[1:],
        cwd=ROOT,
        env={**recipe.environment, **given},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience):
            said, _ = await process.communicate()
    except TimeoutError:
        raise ReleaseFailed(f"{shlex.join(words)} did not end within {patience:g} s.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    text = said.decode(errors="replace")
    if process.returncode:
        raise ReleaseFailed(f"{shlex.join(words)} ended with {process.returncode}:\n{text[-2000:]}")
    return text
