"""Run a program of ours on something hostile, with bounds that it cannot take off again.

As a program of its own this file is what sets them: its arguments are bytes of address space, seconds of
processor time, the program's file and its arguments. Whoever starts one asks ``bounded_command`` for the
words.
"""

from __future__ import annotations

import sys
from pathlib import Path


def bounded_command(program: Path, *words: str, memory: int, seconds: int) -> list[str]:
    """Give the command that runs ``program`` with ``words``, within ``memory`` bytes of address space and
    ``seconds`` of processor time. It sees neither the environment of Python nor the project (``-I``).

    Beyond the memory it gets ``MemoryError`` or ends; beyond the time the kernel ends it (SIGXCPU). Its
    caller still needs a clock of its own: a program that sleeps takes no processor time.
    """
    return [sys.executable, "-I", __file__, str(memory), str(seconds), str(program), *words]


def main(arguments: list[str]) -> None:
    """Set the bounds, then be the program."""
    memory, seconds = (int(each) for each in arguments[:2])
    _limit(memory, seconds)
    import runpy  # after the limits hold

    sys.argv = arguments[2:]
    runpy.run_path(arguments[2], run_name="__main__")


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return  # not a Unix; the caller's clock still holds
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The second is for a kernel that would send SIGKILL at once, and not say by SIGXCPU what it was.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nothing of it is left on the disk


if __name__ == "__main__":
    main(sys.argv[1:])
