"""What PostgreSQL writes before it gives up becomes one sentence with a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from esensi import postgres_errors
from esensi.postgres_errors import CreationFailed, NoSpace, NotPermitted, StartFailed, diagnose

DATA = Path("/srv/clone/.local/postgres/data")


@pytest.mark.parametrize(
    ("output", "kind", "reason"),
    [
        (
            'initdb: error: could not write to file "pg_wal/xlogtemp.9": No space left on device\n'
            'initdb: removing contents of data directory "/x"\n',
            NoSpace,
            "No space left on device",
        ),
        (
            "FATAL:  could not resize shared memory segment: No space left on device",
            NoSpace,
            "could not resize shared memory segment",
        ),
        (
            'FATAL:  could not open file "postmaster.pid": Permission denied',
            NotPermitted,
            "postmaster.pid",
        ),
        ("[Errno 30] Read-only file system: '/x'", NotPermitted, "Read-only file system"),
        (
            "2026-01-01 00:00:00 UTC [7] LOG:  starting\n"
            "2026-01-01 00:00:00 UTC [7] PANIC:  could not locate a valid checkpoint record\n"
            "2026-01-01 00:00:00 UTC [6] LOG:  startup process was terminated\n",
            StartFailed,
            "(could not locate a valid checkpoint record)",
        ),
        ("Segmentation fault.\n", StartFailed, "(Segmentation fault)"),
        ("", StartFailed, "(it ended without a word)"),
    ],
)
def test_the_reason_is_read_from_what_was_written(
    output: str, kind: type[Exception], reason: str
) -> None:
    error = diagnose(output, DATA, otherwise=StartFailed)
    assert type(error) is kind
    assert reason in str(error)
    assert str(DATA) in str(error)


@pytest.mark.parametrize(
    "error",
    [
        postgres_errors.UnknownChoice("mysql"),
        postgres_errors.ServerMissing([]),
        postgres_errors.ServerMissing(["/usr/bin: version 13"]),
        postgres_errors.NoServerAccount(("postgres", "nobody"), DATA),
        postgres_errors.OtherMajorVersion(DATA, 15, [18, 17, 18]),
        postgres_errors.OtherMajorVersion(DATA, 15, []),
        postgres_errors.BrokenData(DATA, "PG_VERSION is missing"),
        postgres_errors.OwnedByAnother(DATA, "ana", "postgres"),
        postgres_errors.DataOutOfReach(DATA, Path("/srv"), "postgres"),
        postgres_errors.ForeignServer(DATA, 7),
        postgres_errors.SocketTaken(DATA),
        postgres_errors.TooSlow("The start", 90.0, DATA),
        CreationFailed(DATA, "initdb fell over"),
        NoSpace(DATA, "full"),
        NotPermitted(DATA, "closed"),
        StartFailed(DATA, "no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_is_one_sentence_that_ends(error: postgres_errors.PostgresError) -> None:
    sentence = str(error)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ": " in sentence, "what is wrong, a colon, and what to do"
