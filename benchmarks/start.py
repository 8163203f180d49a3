"""How long from the start of the process to the first page, against a bare Django on uvicorn?"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import REPEATS, Figure, Row, at_most, ratio, take_turns
from benchmarks.servers import deployed_environment, environment, manage, running, wait_for_200
from esensi import postgres
from tests.waiting import free_port

LIMIT = 2.5
#: The ratio of the last measurement on a quiet machine that was found good, and what it may grow by
#: unseen. Whoever adds to the start with good reason writes the new one here, and the reason beside it.
KNOWN, GROWTH = 2.08, 1.25
#: Names of buckets, as Fly sets them; the first page asks neither.
BUCKETS = {
    "FILES_BACKEND": "auto",
    "AWS_ENDPOINT_URL_S3": "https://files.invalid",
    "BUCKET_NAME": "private",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "for-benchmarks-only",
    "PUBLIC_BUCKET_NAME": "public",
    "PUBLIC_FILES_URL": "https://pictures.invalid/",
}
BARE = """
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="bare" * 20, MIDDLEWARE=[])
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("bare"))]
from django.core.asgi import get_asgi_application
application = get_asgi_application()
"""


def rows(repeats: int = REPEATS) -> list[Row]:
    """Start both by turns and compare: ours as it is deployed, with its server, its settings and
    collected files. The database stands already, as it does for a new instance."""
    with tempfile.TemporaryDirectory() as folder, postgres.throwaway() as database:
        (Path(folder) / "bare.py").write_text(BARE)
        port, bare_port = free_port(), free_port()
        env = deployed_environment(database, port, Path(folder) / "static") | BUCKETS
        _prepare(database, env)

        def ours() -> float:
            return _start([sys.executable, "-m", "esensi.server"], env, port, "esensi.online")

        def bare() -> float:
            words = [sys.executable, "-m", "uvicorn", "--log-level", "error"]
            words += ["--port", str(bare_port), "--app-dir", folder, "bare:application"]
            return _start(words, environment(database, bare_port), bare_port, "localhost")

        ours()  # once without counting, for the bytecode
        bare()
        samples = take_turns({"ours": ours, "bare": bare}, repeats)
    compared = ratio(samples["ours"], samples["bare"])
    return [
        Row(
            "process start to first page",
            Figure.of(samples["ours"], "s"),
            Figure.of(samples["bare"], "s"),
            "≤ 0.5 s (goal)",
        ),
        Row(
            "the same, against bare Django",
            compared,
            None,
            f"≤ {LIMIT} ×",
            at_most(compared, LIMIT),
        ),
        grown(compared),
    ]


def grown(compared: Figure) -> Row:
    """The ratio against the one that is known: `make bench` fails where it has grown by a quarter."""
    growth = Figure(compared.median / KNOWN, compared.low / KNOWN, compared.high / KNOWN, "×")
    return Row(
        f"that ratio, against {KNOWN} × of before",
        growth,
        None,
        f"≤ {GROWTH} ×",
        at_most(growth, GROWTH),
    )


def _prepare(database: str, env: dict[str, str]) -> None:
    for words in (
        ("migrate", "--verbosity", "0"),
        ("sync_sites",),
        ("collectstatic", "--no-input"),
    ):
        manage(database, *words, env=env)


def _start(words: list[str], env: dict[str, str], port: int, host: str) -> float:
    begun = time.perf_counter()
    with running(words, env) as process:
        return wait_for_200(port, host, "/", process) - begun
