"""``python -m benchmarks.comments_load``, with facts as JSON on the first line of its input: readers who
have one chapter open, some of whom comment, from a process of its own. It says a line of JSON when all
are there, waits for a line, lets them talk, and says a line with what was heard."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from benchmarks.socket_load import Crowd

#: Every how many readers one is asked how long it took.
ASKED = 10
#: Seconds between two readers who open the page of comments meanwhile.
PAGE_EVERY = 0.5
#: A token of the form's length; the cookie and the form have the same.
TOKEN = "a" * 32
_HEARD = re.compile(
    rb'"offset":(\d+),"kind":"comment_written".*?"comment":(\d+).*?"text":"sent ([0-9.]+)'
)


class Readers(Crowd):
    """``facts``: as a crowd's, with ``path`` (the chapter's page), ``host``, ``csrf`` (the cookie's
    name), ``each_second`` and ``seconds``."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        self.heard: list[list[tuple[int, int]]] = [[] for _ in range(facts["number"])]
        self.pages: list[float] = []
        self.posted = 0
        self.refused: list[int] = []

    def hear(self, number: int, text: bytes) -> None:
        if not self.is_counting:
            return super().hear(number, text)
        now = time.time()
        for offset, comment, sent in _HEARD.findall(text):
            self.heard[number].append((int(offset), int(comment)))
            if number % ASKED == 0:
                self.latencies.append(now - float(sent))
        return None

    async def talk(self) -> dict[str, Any]:
        """Comment at an even pace, each time somebody else; meanwhile open the list now and then."""
        self.is_counting = True
        each, seconds = self.facts["each_second"], self.facts["seconds"]
        began = time.monotonic()
        under_way = [asyncio.create_task(self._leaf_through(began + seconds))]
        for number in range(each * seconds):
            await asyncio.sleep(max(0.0, began + number / each - time.monotonic()))
            under_way.append(asyncio.create_task(self._comment(number)))
        await asyncio.gather(*under_way)
        expected = self.posted
        await self.until(lambda: all(len(one) >= expected for one in self.heard), 60)
        self.delivered = sum(len(one) for one in self.heard)
        return self.found(
            expected * len(self.heard),
            posted=self.posted,
            refused=self.refused,
            once_and_in_order=all(in_order(one, expected) for one in self.heard),
            alike=len({tuple(one) for one in self.heard}) == 1,
            page_p95=sorted(self.pages)[int(len(self.pages) * 0.95)] * 1000 if self.pages else 0.0,
        )

    async def _comment(self, number: int) -> None:
        fields = {
            "text": f"sent {time.time():.6f}: the salt is a character of its own, and so on. " * 2,
            "paragraph": "p-aaaaaaab" if number % 3 else "",
            "csrfmiddlewaretoken": TOKEN,
        }
        _pk, key = self.facts["sessions"][number % len(self.facts["sessions"])]
        status = await self._ask("POST", self.facts["path"], key, urlencode(fields))
        if status == 204:
            self.posted += 1
        else:
            self.refused.append(status)

    async def _leaf_through(self, until: float) -> None:
        while time.monotonic() < until:
            begun = time.monotonic()
            status = await self._ask("GET", f"{self.facts['path']}?part=list", "", "")
            assert status == 200, status
            self.pages.append(time.monotonic() - begun)
            await asyncio.sleep(PAGE_EVERY)

    async def _ask(self, method: str, path: str, key: str, body: str) -> int:
        """Ask on a connection of its own; the answer's status, when all of it has come."""
        host, facts = self.facts["host"], self.facts
        cookies = f"{facts['cookie']}={key}; {facts['csrf']}={TOKEN}" if key else "none=1"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            f"Origin: http://{host}",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        reader, writer = await asyncio.open_connection("127.0.0.1", facts["port"])
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1])


def in_order(heard: Sequence[tuple[int, int]], expected: int) -> bool:
    """Was each comment heard once, with the offsets that follow one another?"""
    offsets = [offset for offset, _comment in heard]
    comments = {comment for _offset, comment in heard}
    gapless = all(later == one + 1 for one, later in itertools.pairwise(offsets))
    return len(heard) == len(comments) == expected and gapless


async def main() -> None:
    readers = Readers(json.loads(sys.stdin.readline()))
    begun = time.monotonic()
    await readers.open()
    print(json.dumps({"opened_in": time.monotonic() - begun}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await readers.talk()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
