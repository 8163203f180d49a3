"""How long and how much: every limit of this package, with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

#: Seconds until a connection to the bucket stands. Three lost packets are resent within them.
CONNECT_SECONDS: Final = 2.0
#: Seconds that the bucket may say nothing. Large objects begin to arrive within one.
READ_SECONDS: Final = 7.0
#: The first try and one more: what fails twice within seconds fails for the visitor, too.
ATTEMPTS: Final = 2
#: Seconds of one whole operation on one object, retry and body included; with them no request waits
#: for files longer than for anything else (the server's own limit of a minute).
DEADLINE: Final = 20.0
#: Of a file that is passed on or moved, whose body may take its time; a slow reader is no fault.
LONG_DEADLINE: Final = 300.0
#: Connections to the bucket in one process: requests at once, the background's, and one of reserve.
CONNECTIONS: Final = 12

PIECE: Final = 256 * 1024  # bytes that are read, hashed, and passed on at a time
#: Bytes of a file that is read as a whole, unless the caller asks for fewer.
LARGEST_READ: Final = 64 * 1024 * 1024
#: Bytes of an opened file in memory; larger ones wait on the disk.
IN_MEMORY: Final = 4 * 1024 * 1024

#: How long an object may lie unused before a sweep takes it for an orphan. Between the storing of a
#: file and the commit of the row that names it lie minutes at most.
ORPHAN_AGE: Final = timedelta(days=7)
#: An object that is stored anew is written anew from this age on, so that no sweep takes it in
#: the moment it is wanted again.
REFRESH_AGE: Final = timedelta(days=3)

#: A year: keys are made from content, so that what they name never changes.
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
PRIVATE_CACHE_CONTROL: Final = "private, no-store"
#: How long a link to a private file is good for: until a slow connection has begun to load.
LINK_AGE: Final = timedelta(minutes=10)
