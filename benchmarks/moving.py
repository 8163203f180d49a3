"""Is `migrate_media` at least as fast as `aws s3 sync`, to the same endpoint?"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import REPEATS, Figure, Row, ratio, take_turns
from benchmarks.servers import ROOT, environment
from storage.keys import content_key
from storage.s3 import PublicBucket
from tests.storage.endpoint import Buckets, running_endpoint

FILES = 1_000
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"  # no database is asked
#: Bytes: a cover in one width, and a picture in a text.
SMALLEST, LARGEST = 4_000, 60_000


def rows(repeats: int = REPEATS) -> list[Row]:
    """Each turn copies the same files into new buckets, the start of both programs included."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")  # boto's settings
    with (
        tempfile.TemporaryDirectory() as name,
        running_endpoint(Path(name)) as endpoint,
    ):
        folder = Path(name) / "media"
        size = _fill(folder)
        samples = take_turns(
            {
                "ours": lambda: _ours(folder, _used(endpoint.new_buckets())),
                "peer": lambda: _peer(folder, _used(endpoint.new_buckets())),
            },
            repeats,
        )
    times = ratio(samples["ours"], samples["peer"])
    rates = {
        name: Figure.of([FILES / each for each in taken], "files/s")
        for name, taken in samples.items()
    }
    megabytes = size / 1e6
    what = f"{FILES} files, {megabytes:.0f} MB, from a folder into a bucket"
    return [
        Row(f"{what}: migrate_media, aws s3 sync", rates["ours"], rates["peer"]),
        Row("time of migrate_media, in times of aws s3 sync", times, None, "≤ 1 ×", times.low <= 1),
    ]


def _fill(folder: Path) -> int:
    chance = random.Random(1)
    (folder / "pictures").mkdir(parents=True)
    size = 0
    for _ in range(FILES):
        content = chance.randbytes(chance.randrange(SMALLEST, LARGEST))
        size += len(content)
        (folder / content_key("pictures", content, "image/webp")).write_bytes(content)
    return size


def _used(buckets: Buckets) -> Buckets:
    """Write a first file: the endpoint makes room for a new bucket only then, which now and then takes a
    second."""
    bucket = PublicBucket(**buckets.public._asdict())
    key = content_key("pictures", b"the first", "image/webp")
    bucket.put(key, b"the first")
    bucket.delete(key)
    return buckets


def _ours(folder: Path, buckets: Buckets) -> float:
    variables = folder.with_name("bucket.env")
    variables.write_text("".join(f"{k}={v}\n" for k, v in buckets.variables.items()))
    words = ("migrate_media", "--from", f"folder:{folder}", "--to", f"variables:{variables}")
    return _run([sys.executable, "manage.py", *words], environment(NOWHERE, 8000))


def _peer(folder: Path, buckets: Buckets) -> float:
    access = buckets.public
    # The console script, and as its users run it: ten requests at once.
    program = Path(sys.executable).with_name("aws")
    words = ["s3", "sync", str(folder), f"s3://{access.name}", "--endpoint-url", access.endpoint]
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "AWS_ACCESS_KEY_ID": access.access_key,
        "AWS_SECRET_ACCESS_KEY": access.secret_key,
        "AWS_DEFAULT_REGION": access.region,
    }
    return _run([str(program), *words, "--only-show-errors"], env)


def _run(words: list[str], env: dict[str, str]) -> float:
    """Give the seconds that a program took."""
    begun = time.perf_counter()
    done = subprocess.run(
        words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begun
