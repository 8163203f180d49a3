"""What can go wrong with the layer: each says what, which, and what to do next."""

from __future__ import annotations

import copy


class RealtimeError(Exception):
    """The base of everything that this package raises."""


class NotConnected(RealtimeError, ConnectionError):
    """PostgreSQL could not be reached, or the connection was lost while a message was on its way:
    whether it was delivered is unknown, and it is not sent again (at most once)."""


class PooledByTransaction(RealtimeError):
    """The connection goes through a pooler that changes the server connection after every
    transaction, so that LISTEN hears nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The channel layer's connection is pooled by transaction, and LISTEN hears nothing "
            "through such a pool. Give DIRECT_DATABASE_URL (the layer's conninfo), an address of "
            "PostgreSQL itself."
        )


class WrongEncoding(RealtimeError):
    """The database stores another encoding than UTF-8."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"The channel layer needs a database in UTF8; this one is in {encoding}. Create the "
            "database with ENCODING 'UTF8'."
        )


class TablesMissing(RealtimeError):
    """The migrations of this package were not run."""

    def __init__(self) -> None:
        super().__init__(
            'The channel layer\'s tables are missing. Add "realtime" to INSTALLED_APPS and run '
            "`manage.py migrate`."
        )


class ForeignChannel(RealtimeError, TypeError):
    """A channel of one process (with a ``!``) that this layer did not name."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"{channel!r} is not a channel of this layer: names with a “!” come from new_channel()."
        )


def again(error: BaseException) -> BaseException:
    """Give the same error once more: one that several callers are told is an object for each, since
    raising writes into it."""
    return type(error)(*error.args) if isinstance(error, NotConnected) else copy.copy(error)
