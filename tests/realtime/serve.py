"""``python -m tests.realtime.serve PORT [LIMIT=VALUE…]``: the house as deployed, with rooms for tests.

Limits are keys of ``settings.REALTIME``; the names of hosts are those of PORT in the environment.
"""

from __future__ import annotations

import json
import os
import sys


def main(port: str, *limits: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    from django.conf import settings

    from esensi import server

    given = dict(limit.split("=", 1) for limit in limits)
    settings.REALTIME = {
        **getattr(settings, "REALTIME", {}),
        **{key: json.loads(value) for key, value in given.items()},
    }
    server.APPLICATION = "tests.realtime.serve:application"
    server.serve(server.bind("127.0.0.1", int(port)))


def __getattr__(name: str) -> object:
    """Give the application, once uvicorn asks for it."""
    if name != "application":
        raise AttributeError(name)
    from esensi.asgi import application
    from realtime import rooms
    from tests.realtime import stage_rooms

    for kind in stage_rooms.KINDS:
        if kind.name not in rooms.known_kinds():
            rooms.register(kind)
    return application


if __name__ == "__main__":
    main(*sys.argv[1:])
