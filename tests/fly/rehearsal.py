"""Carries the Dockerfile out in bare Debian roots made by debootstrap, where Docker cannot run.

For root alone. A root's mounts live in a namespace of their own and end with the command.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.fly.dockerfile import Stage
from tests.fly.files import ROOT
from tests.fly.test_image import ignored

#: Megabytes of debian:12-slim, unpacked, as Debian publishes it; debootstrap's smallest root has
#: documentation and lists beside.
SLIM: Final = 75
#: Seconds; packages are fetched.
STEP_LIMIT: Final = 900
#: What this machine needs to reach package registries, and the image must not know; folders of the
#: machine are not inside it.
REGISTRIES: Final = tuple(
    name for name, value in os.environ.items() if name.startswith("PIP_") and value[:1] != "/"
)
CERTIFICATES: Final = "certificates-of-the-rehearsal.crt"
_ENTER: Final = """
set -e
root=$1; shift
mount --make-rprivate /
mount --bind $root $root
mount -t proc proc $root/proc
mount -t tmpfs tmpfs $root/tmp
mount -t tmpfs tmpfs $root/dev
mkdir $root/dev/shm; mount -t tmpfs tmpfs $root/dev/shm
for one in null zero full random urandom; do
    touch $root/dev/$one; mount --bind /dev/$one $root/dev/$one
done
if [ "$READ_ONLY" ]; then mount -o remount,bind,ro $root; fi
unset READ_ONLY
exec chroot $ACCOUNT $root env -i "$@"
"""


def missing() -> str:
    """Say why there can be no rehearsal here; nothing where there can."""
    if os.geteuid() != 0:
        return "Only root can make a bare Debian: the image was not rehearsed."
    if not shutil.which("debootstrap"):
        return "There is no debootstrap here: the image was not rehearsed."
    return ""


def base(folder: Path) -> Path:
    """Make the smallest Debian 12 there is."""
    root = folder / "debian"
    words = ["debootstrap", "--variant=minbase", "bookworm", str(root)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=STEP_LIMIT)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        shutil.copy(certificates, root / CERTIFICATES)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    return root


def words_to_enter(
    root: Path,
    command: list[str],
    env: Mapping[str, str],
    *,
    account: str = "",
    read_only: bool = False,
) -> list[str]:
    """Give the words that run ``command`` inside ``root``, as ``account`` where one is named."""
    outer = {
        "ACCOUNT": f"--userspec={account}" if account else "",
        "READ_ONLY": "1" if read_only else "",
    }
    pairs = [f"{name}={value}" for name, value in env.items()]
    return [
        *("env", *[f"{name}={value}" for name, value in outer.items()]),
        *("unshare", "-m", "-p", "-f", "--kill-child", "bash", "-c", _ENTER, "bash", str(root)),
        *(*pairs, *command),
    ]


def carry_out(stage: Stage, root: Path, built: Path | None = None) -> None:
    """Carry the steps of one stage out in ``root``; ``built`` is the root of the stage before."""
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    env |= {name: os.environ[name] for name in REGISTRIES}
    env |= {"DEBIAN_FRONTEND": "noninteractive"}
    if (root / CERTIFICATES).exists():
        env |= {"PIP_CERT": f"/{CERTIFICATES}"}
    folder = "/"
    for instruction, words in stage.steps:
        if instruction == "WORKDIR":
            folder = words
            (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif instruction == "COPY":
            _copy(words, root, built)
        elif instruction == "RUN":
            shell = ["/bin/sh", "-c", f"cd {shlex.quote(folder)} && {words}"]
            subprocess.run(
                words_to_enter(root, shell, env),
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=STEP_LIMIT,
            )


def _copy(words: str, root: Path, built: Path | None) -> None:
    source, target = words.removeprefix("--from=build ").split()
    to = root / target.lstrip("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    if words.startswith("--from=build "):
        assert built is not None
        subprocess.run(["cp", "-a", str(built / source.lstrip("/")), str(to)], check=True)
        return
    listed = subprocess.run(
        ["git", "ls-files", source], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for path in filter(None, listed):
        if not ignored(path):
            inside = to / Path(path).relative_to(source) if path != source else to
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, inside)


def megabytes(*paths: Path) -> float:
    """Give what files hold, without what blocks waste."""
    known = [str(path) for path in paths if path.exists()]
    told = subprocess.run(["du", "-sbc", *known], capture_output=True, text=True, check=True).stdout
    return int(told.splitlines()[-1].split()[0]) / 1e6
