"""A process with one channel layer, which does what it is told: one JSON line for each request, one
for each answer. `python -m tests.realtime.actor SPEC`; SPEC is JSON, see `stage.Spec`.

Requests that wait, such as `receive`, do not keep others from being answered.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import os
import sys
import time
from typing import Any

from tests.realtime.memory import kept, kept_by_layer


def make_layer(spec: dict[str, Any]) -> Any:
    for path in spec.get("path", []):
        sys.path.insert(0, path)
    import django
    from django.conf import settings

    settings.configure(
        DATABASES=spec.get("databases", {}),
        INSTALLED_APPS=spec.get("apps", []),
        USE_TZ=True,
        SECRET_KEY="actor",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        CHANNEL_LAYERS={"default": {"BACKEND": spec["backend"], "CONFIG": spec["config"]}},
    )
    django.setup()
    if spec.get("migrate"):
        from django.core.management import call_command

        for alias in spec["databases"]:
            call_command("migrate", database=alias, verbosity=0)
    module, name = spec["backend"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)(**spec["config"])


def encoded(value: Any) -> Any:
    """Make JSON of what layers carry: bytes are written as ``{"$bytes": base64}``."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: encoded(one) for key, one in value.items()}
    return [encoded(one) for one in value] if isinstance(value, list | tuple) else value


def decoded(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        return {key: decoded(one) for key, one in value.items()}
    return [decoded(one) for one in value] if isinstance(value, list) else value


class Actor:
    def __init__(self, layer: Any) -> None:
        self.layer = layer
        #: What was received for each channel that is being collected.
        self.collected: dict[str, list[Any]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.resumed = 0

    async def do_new_channel(self, prefix: str = "specific") -> str:
        channel: str = await self.layer.new_channel(prefix)
        return channel

    async def do_send(self, channel: str, message: Any) -> None:
        await self.layer.send(channel, decoded(message))

    async def do_receive(self, channel: str, wait: float = 5.0) -> Any:
        try:
            return encoded(await asyncio.wait_for(self.layer.receive(channel), wait))
        except TimeoutError:
            return None

    async def do_group_add(self, group: str, channel: str) -> None:
        await self.layer.group_add(group, channel)

    async def do_group_discard(self, group: str, channel: str) -> None:
        await self.layer.group_discard(group, channel)

    async def do_group_send(self, group: str, message: Any) -> None:
        await self.layer.group_send(group, decoded(message))

    async def do_flush(self) -> None:
        await self.layer.flush()

    async def do_collect(self, channel: str) -> None:
        """Receive whatever comes for a channel from now on."""
        self.collected[channel] = []
        self.tasks[channel] = asyncio.ensure_future(self._collect(channel))
        await asyncio.sleep(0)

    async def _collect(self, channel: str) -> None:
        while True:
            self.collected[channel].append(await self.layer.receive(channel))

    async def do_collected(self, channel: str) -> Any:
        return encoded(self.collected[channel])

    async def do_numbers(self, channel: str) -> list[int]:
        """Give the numbers of the messages that a channel has collected so far."""
        return [one["n"] for one in self.collected[channel]]

    async def do_stop(self, channel: str) -> None:
        task = self.tasks.pop(channel)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def do_burst(
        self, group: str, first: int, count: int, at_once: int = 1
    ) -> dict[str, Any]:
        """Send numbered messages to a group; give how many went, and what was raised."""
        numbers = iter(range(first, first + count))
        sent, errors = 0, []

        async def one() -> None:
            nonlocal sent
            for number in numbers:
                try:
                    await self.layer.group_send(group, {"type": "n", "n": number})
                    sent += 1
                except Exception as error:  # noqa: BLE001 - the test asserts which
                    errors.append(f"{number} {type(error).__name__}: {error}")

        await asyncio.gather(*(one() for _ in range(at_once)))
        return {"sent": sent, "errors": errors}

    async def do_stream(
        self, group: str, every: float, seconds: float, pad: int = 0
    ) -> dict[str, Any]:
        """Send numbered messages at a pace, each with ``pad`` bytes more; a message that fails is
        sent no more."""
        sent, failed, number, end = [], [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                message = {"type": "n", "n": number, "pad": "x" * pad}
                await self.layer.group_send(group, message)
                sent.append(number)
            except Exception as error:  # noqa: BLE001 - the test asserts which
                failed.append([number, type(error).__name__])
            number += 1
            await asyncio.sleep(every)
        return {"sent": sent, "failed": failed}

    async def do_cycle(self, count: int) -> None:
        """Connect and disconnect as consumers do."""
        for number in range(count):
            channel = await self.layer.new_channel()
            task = asyncio.ensure_future(self.layer.receive(channel))
            await asyncio.sleep(0)
            await self.layer.group_add(f"cycle.{number % 50}", channel)
            await self.layer.group_discard(f"cycle.{number % 50}", channel)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def do_watch_resumed(self) -> None:
        def count() -> None:
            self.resumed += 1

        await self.layer.on_resumed(count)

    async def do_resumed(self) -> int:
        return self.resumed

    async def do_counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.layer.counts()
        return counts

    async def do_memory(self) -> int:
        """Give the bytes that this process keeps in memory now."""
        return kept()

    async def do_let_go(self) -> None:
        """Forget what was collected for the test."""
        for got in self.collected.values():
            got.clear()

    async def do_kept(self) -> dict[str, int]:
        return kept_by_layer(self.layer)

    async def do_join(self, group: str, count: int) -> list[str]:
        """Have many consumers start at once, each with a channel in the group."""

        async def one() -> str:
            channel: str = await self.layer.new_channel()
            await self.do_collect(channel)
            await self.layer.group_add(group, channel)
            return channel

        return list(await asyncio.gather(*(one() for _ in range(count))))

    async def do_collected_counts(self) -> list[int]:
        return [len(got) for got in self.collected.values()]

    async def do_thread_sends(self, group: str, threads: int, count: int) -> None:
        """Send from several threads, each with a loop for every message."""
        await asyncio.gather(*(self.do_sync_sends(group, count) for _ in range(threads)))

    async def do_loops(self, count: int) -> None:
        """Let loops come and go that each hear: a channel, a group, a message to it."""

        async def one() -> None:
            channel = await self.layer.new_channel()
            await self.layer.group_add("loops", channel)
            for _ in range(5):
                await self.layer.group_send("loops", {"type": "n"})
            for _ in range(5):
                await asyncio.wait_for(self.layer.receive(channel), 10)

        def live() -> None:
            for _ in range(count):
                asyncio.run(one())

        await asyncio.to_thread(live)

    async def do_fork_send(self, group: str, number: int) -> int:
        """Send from a child process; give its exit status."""

        def child() -> int:
            pid = os.fork()
            if pid == 0:
                try:
                    asyncio.run(self.layer.group_send(group, {"type": "n", "n": number}))
                finally:
                    os._exit(0)
            return os.waitpid(pid, 0)[1]

        return await asyncio.to_thread(child)

    async def do_sweep(self) -> None:
        """Have the tables swept now, which happens every half minute else."""
        for endpoint in list(self.layer._endpoints.values()):
            await endpoint.sweeper.sweep_tables()

    async def do_sweep_boxes(self) -> int:
        """Have expired messages let go of; give how many channels hold something."""
        endpoints = list(self.layer._endpoints.values())
        for endpoint in endpoints:
            endpoint.boxes.sweep()
        return sum(len(endpoint.boxes) for endpoint in endpoints)

    async def do_shift_clock(self, seconds: float) -> None:
        """Set this process's wall clock forward, or back."""
        ours = time.time
        time.time = lambda: ours() + seconds

    async def do_close_all(self) -> None:
        from realtime.layer import close_all

        await asyncio.to_thread(close_all)

    async def do_close(self) -> None:
        await self.layer.close()

    async def do_sync_sends(self, group: str, count: int) -> None:
        """Send from code that is not asynchronous, in a thread with a loop for each message."""

        def send() -> None:
            for number in range(count):
                asyncio.run(self.layer.group_send(group, {"type": "n", "n": number}))

        await asyncio.to_thread(send)


async def main(actor: Actor, answers: Any) -> None:
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()

    async def answer(number: int, do: str, asked: dict[str, Any]) -> None:
        try:
            said: dict[str, Any] = {"value": await getattr(actor, f"do_{do}")(**asked)}
        except Exception as error:  # noqa: BLE001 - it is the answer
            said = {"error": f"{type(error).__module__}.{type(error).__name__}: {error}"}
        print(json.dumps({"number": number, **said}), file=answers, flush=True)

    print(json.dumps({"number": 0, "value": os.getpid()}), file=answers, flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        task = asyncio.ensure_future(answer(**request))
        running.add(task)
        task.add_done_callback(running.discard)
    os._exit(0)


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    asyncio.run(main(Actor(made), os.fdopen(int(sys.argv[2]), "w")))
