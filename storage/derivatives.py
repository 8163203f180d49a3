"""What is made of a stored picture for pages: smaller widths, AVIF, a JPEG, a placeholder.

Each picture is worked on in a process of its own with a bound on memory and time; what goes beyond it
ends that process and nothing else, and pages go on showing the picture itself.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.utils import timezone

from storage import keys
from storage.backends import public
from storage.bounded import bounded_command
from storage.models import Picture
from storage.pool import give_connection_back

#: Part of every key, so that derivatives get new keys when the way of making them changes.
RECIPE: Final = 1
#: Bytes of address space. The largest picture that the house stores, 1600 × 2400, takes 180 MB of
#: memory while it is encoded, and half as much again in addresses.
MEMORY: Final = 384 * 1024 * 1024
#: Of processor time: the largest picture takes ten on one shared processor.
SECONDS: Final = 90
#: By the clock, since many instances share a processor.
LONGEST: Final = 4 * SECONDS
LARGEST_MASTER: Final = 40 * 1024 * 1024  # bytes
#: Seconds between two looks at a process that works.
LOOK_EVERY: Final = 0.02

LARGEST_SIDE: Final = 65_535  # pixels: what AVIF can hold

_SIZES: Final = ("width", "height")
_PLACEHOLDER: Final = re.compile(r"(?:data:image/webp;base64,[A-Za-z0-9+/=]{1,1000})?")
_PROGRAM: Final = Path(__file__).with_name("derive_picture.py")


class Plan(NamedTuple):
    """What to make: ``widths`` in pixels as AVIF and, where ``webp``, as WebP; ``jpeg`` is the width of
    the one JPEG, 0 for none. ``memory`` in bytes and ``seconds`` bound the process."""

    widths: tuple[int, ...]
    webp: bool = True
    jpeg: int = 0
    memory: int = MEMORY
    seconds: int = SECONDS


class CannotDerive(Exception):
    """A picture that nothing can be made of: broken, or beyond the bounds. It stays as it is."""

    def __init__(self, key: str, why: str) -> None:
        self.key, self.why = key, why
        super().__init__(f"Nothing could be made of {key}: {why}")


class Stopped(Exception):
    """The process is to stop; the picture's turn comes again."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was stopped; it is begun again.")


def derive(
    key: str,
    plan: Plan,
    *,
    again: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
) -> Picture:
    """Make the derivatives of a stored picture and give what is known of it.

    What was made before is left as it is, unless ``again``. Raises ``FileNotFoundError`` for a picture
    that is not there, ``CannotDerive`` (remembered, so that it is not tried for ever), ``Stopped``, and
    what the storage raises.
    """
    known = Picture.objects.filter(key=key, recipe=RECIPE).first()
    if known is not None and not again:
        if known.failure:
            raise CannotDerive(key, known.failure)
        return known
    give_connection_back()
    place = public()
    master = place.read(key, limit=LARGEST_MASTER)
    with tempfile.TemporaryDirectory(prefix="esensi-picture-") as name:
        folder = Path(name)
        (folder / "master").write_bytes(master)
        try:
            facts = _run(key, folder, plan, should_stop)
        except CannotDerive as error:
            _remember(key, {"failure": error.why})
            raise
        for kind, widths in facts["made"].items():
            for width in widths:
                place.put(derived_key(key, width, kind), (folder / f"{width}.{kind}").read_bytes())
    return _remember(key, facts)


def derived_key(key: str, width: int, ending: str) -> str:
    """Give the key of a derivative: ``pictures/9f86…-480-r1.avif`` of ``pictures/9f86….webp``."""
    stem = key.rpartition(".")[0].removesuffix("-640")  # a cover's master is one of its widths
    return keys.require_key(f"{stem}-{width}-r{RECIPE}.{ending}")


def derived_keys(picture: Picture) -> list[str]:
    """Give the keys of all derivatives of a picture."""
    return [
        derived_key(picture.key, width, kind)
        for kind, widths in picture.made.items()
        for width in widths
    ]


def _run(key: str, folder: Path, plan: Plan, should_stop: Callable[[], bool]) -> dict[str, Any]:
    told = json.dumps(plan._asdict())
    words = bounded_command(_PROGRAM, str(folder), told, memory=plan.memory, seconds=plan.seconds)
    with open(folder / "said", "w+b") as said:
        # Our own program; of the picture it gets the bytes alone, and of the environment nothing.
        process = subprocess.Popen(  # noqa: S603
            words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env={}
        )
        try:
            _wait(key, process, should_stop)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        said.seek(max(0, os.fstat(said.fileno()).st_size - 300))
        words_said = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if process.returncode != 0:
        raise CannotDerive(key, _why(process.returncode, words_said))
    return _checked(key, json.loads((folder / "facts.json").read_bytes()), plan)


def _checked(key: str, facts: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Give what the process says, if it is of the form that pages rely on: a picture that took the
    process over may have written it."""
    made: dict[str, list[int]] = facts["made"]
    widths = [width for each in made.values() for width in each]
    is_sound = (
        set(facts) == {"width", "height", "made", "placeholder"}
        and set(made) <= {"avif", "webp", "jpg"}
        and len(widths) <= 3 * len(plan.widths)
        and all(type(each) is int and 0 < each <= LARGEST_SIDE for each in widths)
        and all(type(facts[each]) is int and 0 < facts[each] <= LARGEST_SIDE for each in _SIZES)
        and _PLACEHOLDER.fullmatch(facts["placeholder"])
    )
    if not is_sound:
        raise CannotDerive(key, "its process said what it never says")
    return facts


def _wait(key: str, process: subprocess.Popen[bytes], should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST
    while process.poll() is None:
        if should_stop():
            raise Stopped(key)
        if time.monotonic() > until:
            raise CannotDerive(key, f"it took longer than {LONGEST} seconds")
        time.sleep(LOOK_EVERY)


def _why(code: int, said: str) -> str:
    if code < 0:
        return f"its process was ended by signal {-code}, beyond its memory or time"
    return (said or f"its process ended with {code}")[:200]


def _remember(key: str, facts: dict[str, Any]) -> Picture:
    values = {"width": 0, "height": 0, "made": {}, "placeholder": "", "failure": ""}
    picture, _created = Picture.objects.update_or_create(
        key=key, defaults={**values, **facts, "recipe": RECIPE, "made_at": timezone.now()}
    )
    return picture
