"""Bring the files of one place to another: in parallel, checked, and begun again where it was stopped.

Both places list their files in the same order, so one walk along both tells what is missing. Nothing
else is remembered: a file is there as a whole or not at all, and whoever starts again goes on.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any, Final, NamedTuple, cast

from storage import keys, limits
from storage.backends import Files, Listed, pieces_of
from storage.errors import BadKey, StorageError
from storage.folder import Folder
from storage.s3 import BucketFiles

#: Files at once: as many as there are connections to a bucket (``limits.CONNECTIONS``).
WORKERS: Final = limits.CONNECTIONS
#: Files that wait for a worker: enough that none is idle, and few in memory.
WAITING: Final = 4 * WORKERS
#: Names of failed files that are kept to be told.
TOLD: Final = 20


class Difference(NamedTuple):
    """A file of the source, and whether the target has it already."""

    listed: Listed
    is_there: bool


class ChangedOnTheWay(StorageError):
    """What arrived is not what was sent."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} arrived otherwise than it was sent.")


class Outcome:
    """What became of the files: how many are moved, were there, and failed."""

    def __init__(self) -> None:
        self.moved = self.there = self.failed = 0
        self.bytes = 0
        self.failures: list[str] = []
        self._counting = threading.Lock()

    def fail(self, key: str, error: Exception) -> None:
        with self._counting:
            self.failed += 1
            if len(self.failures) < TOLD:
                self.failures.append(f"{key}: {error}")

    def count(self, listed: Listed, progress: Callable[[int], None]) -> None:
        """One more file is moved."""
        with self._counting:
            self.moved += 1
            self.bytes += listed.size
            progress(listed.size)


def differences(source: Files, target: Files) -> Iterator[Difference]:
    """Walk along both places; memory does not grow with the number of files.

    What is still on its way into the house stays: it is gone in a day. A file of the same key and
    another size counts as not there.
    """
    there: Iterator[Listed] | None = None
    other: Listed | None = None
    for listed in _settled(source):
        if there is None:  # a source without files asks the target nothing
            there = _settled(target)
            other = next(there, None)
        while other is not None and other.key < listed.key:
            other = next(there, None)
        same = other is not None and (other.key, other.size) == (listed.key, listed.size)
        yield Difference(listed, same)


def _settled(place: Files) -> Iterator[Listed]:
    return (each for each in place.list_keys() if not each.key.startswith(f"{keys.INCOMING}/"))


def move(
    source: Files,
    target: Files,
    *,
    workers: int = WORKERS,
    progress: Callable[[int], None] = lambda _size: None,
) -> Outcome:
    """Copy what the target lacks. A file that fails is told of and left for the next run; whatever
    was copied has been compared with what was read. Raises what listing raises."""
    outcome = Outcome()
    room = threading.BoundedSemaphore(WAITING)

    def one(listed: Listed) -> None:
        try:
            copy(source, target, listed.key)
        except (StorageError, BadKey, OSError) as error:
            outcome.fail(listed.key, error)
        else:
            outcome.count(listed, progress)

    with ThreadPoolExecutor(workers, thread_name_prefix="move") as pool:
        futures: deque[Future[None]] = deque()
        try:
            for listed, is_there in differences(source, target):
                if is_there:
                    outcome.there += 1
                    continue
                if len(futures) >= WAITING:
                    futures.popleft().result()  # raises what is no fault of a file
                room.acquire()
                future = pool.submit(one, listed)
                future.add_done_callback(lambda _done: room.release())
                futures.append(future)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for future in futures:
        future.result()
    return outcome


def copy(source: Files, target: Files, key: str) -> None:
    """Copy one file, over whatever is there. Raises ``ChangedOnTheWay``, ``FileNotFoundError`` where it
    was deleted meanwhile, and what places raise."""
    keys.require_key(key)
    md5 = hashlib.md5(usedforsecurity=False)
    with tempfile.SpooledTemporaryFile(limits.IN_MEMORY) as content:
        for piece in source.pieces(key, seconds=limits.LONG_DEADLINE):
            md5.update(piece)
            content.write(piece)
        content.seek(0)
        if isinstance(target, BucketFiles):
            _into_bucket(target, key, cast("IO[bytes]", content), md5.digest())
        else:
            _into_folder(cast(Folder, target), key, cast("IO[bytes]", content))
            content.seek(0)
            if target.checksum(key) != keys.digest(pieces_of(cast("IO[bytes]", content))):
                target.delete(key)
                raise ChangedOnTheWay(key)


def _into_bucket(target: BucketFiles, key: str, content: IO[bytes], md5: bytes) -> None:
    size = content.seek(0, 2)
    content.seek(0)
    # The service refuses what does not have this MD5 (S3, PutObject), so nothing is read back.
    with target._told(f"put {key}"):
        answer: dict[str, Any] = target.bucket.client.put_object(
            Bucket=target.access.name,
            Key=key,
            # A small file as bytes: for what is read from a file, boto3 first asks whether it may come
            # (Expect: 100-continue), which is a way there and back for each.
            Body=content.read() if size <= limits.IN_MEMORY else content,
            ContentType=keys.type_of(key),
            CacheControl=target.bucket.object_parameters["CacheControl"],
            ContentMD5=base64.b64encode(md5).decode(),
        )
    tag = str(answer.get("ETag", "")).strip('"')
    if len(tag) == 32 and tag != md5.hex():
        raise ChangedOnTheWay(key)


def _into_folder(target: Folder, key: str, content: IO[bytes]) -> None:
    part = target.begin(key)
    try:
        with open(part, "wb") as file:
            while piece := content.read(limits.PIECE):
                file.write(piece)
        target.commit(part, target.path(key))
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def verify(
    source: Files,
    target: Files,
    *,
    workers: int = WORKERS,
    progress: Callable[[int], None] = lambda _size: None,
) -> Outcome:
    """Read every file of the source in both places and compare; ``there`` counts what is equal."""
    outcome = Outcome()

    def compare(listed: Listed) -> None:
        try:
            if source.checksum(listed.key) != target.checksum(listed.key):
                raise ChangedOnTheWay(listed.key)
        except (StorageError, BadKey, OSError) as error:
            outcome.fail(listed.key, error)
        else:
            outcome.there += 1
            outcome.bytes += listed.size
        progress(listed.size)

    with ThreadPoolExecutor(workers, thread_name_prefix="verify") as pool:
        for batch in _batches(_settled(source), WAITING):
            list(pool.map(compare, batch))
    return outcome


def delete_source(
    source: Files, target: Files, *, progress: Callable[[int], None] = lambda _size: None
) -> Outcome:
    """Delete every file of the source that the target has in the same bytes; ``moved`` counts them."""
    outcome = Outcome()
    for listed in list(_settled(source)):
        try:
            if source.checksum(listed.key) != target.checksum(listed.key):
                raise ChangedOnTheWay(listed.key)
            source.delete(listed.key)
        except (StorageError, BadKey, OSError) as error:
            outcome.fail(listed.key, error)
        else:
            outcome.moved += 1
            outcome.bytes += listed.size
        progress(listed.size)
    return outcome


def _batches(several: Iterator[Listed], size: int) -> Iterator[list[Listed]]:
    batch: list[Listed] = []
    for each in several:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
