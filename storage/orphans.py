"""Files that nothing names any more. They are listed, and deleted on request alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Final, NamedTuple

from storage import keys, limits
from storage.backends import Files, Listed
from storage.derivatives import derived_keys
from storage.fallback import Fallback
from storage.folder import Folder
from storage.in_use import modules
from storage.models import Picture, Upload

#: Of a file that a killed process left half written.
UNFINISHED_AGE: Final = timedelta(days=1)


class Used(NamedTuple):
    """The keys in use, and the beginnings of those that are left alone."""

    keys: frozenset[str]
    prefixes: tuple[str, ...]

    def has(self, key: str) -> bool:
        """Whether a file is in use, or left alone."""
        return key in self.keys or key.startswith(self.prefixes)


def used_now() -> Used:
    """Ask everybody who keeps keys. Derivatives are in use while their picture is."""
    found: set[str] = set(Upload.objects.values_list("key", flat=True))
    for result in Upload.objects.exclude(result={}).values_list("result", flat=True):
        found.update(_keys_in(result))
    prefixes = [f"{keys.INCOMING}/"]  # `manage.py sweep_uploads` clears these away
    for name in modules():
        module = import_module(name)
        found.update(module.used_keys())
        prefixes += module.used_prefixes()
    for picture in Picture.objects.iterator():
        if picture.key in found:
            found.update(derived_keys(picture))
    return Used(frozenset(found), tuple(prefixes))


def orphans(
    place: Files, used: Used, *, now: datetime, age: timedelta = limits.ORPHAN_AGE
) -> Iterator[Listed]:
    """Give the files of a place that nothing names and that are older than ``age``: a younger one may
    have been stored for something that is about to be committed."""
    for listed in place.list_keys():
        if not used.has(listed.key) and listed.modified < now - age:
            yield listed


def delete_orphan(place: Files, listed: Listed) -> bool:
    """Delete a file that was listed as an orphan, unless it was written anew since."""
    try:
        if place.facts(listed.key).modified > listed.modified:
            return False
    except FileNotFoundError:
        return False
    place.delete(listed.key)
    Picture.objects.filter(key=listed.key).delete()
    return True


def sweep_unfinished(place: Files, *, now: datetime) -> int:
    """Delete what killed processes left half written in a folder; how many."""
    folder = place.folder if isinstance(place, Fallback) else place
    if not isinstance(folder, Folder):
        return 0
    count = 0
    for path in list(folder.unfinished(before=now - UNFINISHED_AGE)):
        path.unlink(missing_ok=True)
        count += 1
    return count


def _keys_in(value: object) -> Iterator[str]:
    """Give all words in an upload's result: the keys are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _keys_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys_in(each)
