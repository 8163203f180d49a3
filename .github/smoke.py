"""Ask all five hosts of an environment whether they serve: `python3 .github/smoke.py production`.

Needs nothing but Python, like the runner it is for. Ends with 1 and a line for each host that does not
answer as it should. SMOKE_BASIC_AUTH is name:password for development.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sites import hosts

#: A desk sends those who have not signed in to the door.
EXPECTED = {"main": 200, "chapter": 200, "publish": 302, "internal": 302, "auth": 302}
#: Seconds for all of it: a stopped machine starts in a few.
PATIENCE = 90.0
#: What a page of ours has, and an error page of an edge has not.
OURS = "content-security-policy"


def ask(name: str, at: str, scheme: str) -> tuple[int, bool]:
    """Give the status of the host's first page, and whether the page is ours."""
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(at or name, timeout=15)
    headers = {"Host": name, "User-Agent": "esensi-smoke"}
    if words := os.environ.get("SMOKE_BASIC_AUTH"):
        headers["Authorization"] = "Basic " + base64.b64encode(words.encode()).decode()
    if at:
        headers["X-Forwarded-Proto"] = "https"  # in place of the edge
    try:
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, bool(answer.headers.get(OURS))
    finally:
        connection.close()


def fault(key: str, name: str, at: str, scheme: str) -> str:
    """Say what is wrong with a host; nothing where it serves."""
    try:
        status, ours = ask(name, at, scheme)
    except OSError as error:
        return f"{name} does not answer: {error}"
    if status != EXPECTED[key]:
        return f"{name} answers {status}, and not {EXPECTED[key]}."
    return "" if ours else f"{name} answers, and the page is not ours."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", choices=("production", "development"))
    parser.add_argument("--domain", default="esensi.online")
    parser.add_argument("--at", default="", help="host:port to ask instead of the public names")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds")
    given = parser.parse_args()
    names = hosts.names(given.environment, given.domain, 443)
    end = time.monotonic() + given.patience
    scheme = "http" if given.at else names.scheme
    while True:
        faults = [fault(key, name, given.at, scheme) for key, name in names.domains.items()]
        faults = list(filter(None, faults))
        if not faults or time.monotonic() > end:
            break
        time.sleep(min(5.0, given.patience / 10))
    told = "\n".join(faults) or f"All five hosts of {given.environment} serve."
    sys.stdout.write(f"{told}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
