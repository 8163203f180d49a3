"""An actor with two layers, which are configured differently."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from typing import Any

from tests.realtime.actor import Actor, main, make_layer


class TwoLayersActor(Actor):
    async def do_second_layer(self, **config: Any) -> dict[str, str]:
        """Make another layer of the same class beside this one; give a channel of each, both in the
        group "both" of its own layer."""
        given = {"conninfo": self.layer._conninfo, **config}
        self.second = type(self.layer)(**given)
        channels = [await layer.new_channel() for layer in (self.layer, self.second)]
        for layer, channel in zip((self.layer, self.second), channels, strict=True):
            await layer.group_add("both", channel)
        return {"first": channels[0], "second": channels[1]}

    async def do_of_two_layers(
        self, first: str, second: str, group: str, count: int
    ) -> list[list[int]]:
        """Say ``count`` messages over the second; give the numbers that each channel got."""
        for number in range(count):
            await self.second.group_send(group, {"type": "n", "n": 1000 + number})
        got: list[list[int]] = []
        for layer, channel in ((self.layer, first), (self.second, second)):
            got.append([])
            with contextlib.suppress(TimeoutError):
                while True:
                    message = await asyncio.wait_for(layer.receive(channel), 0.5)
                    got[-1].append(message["n"])
        return got


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    asyncio.run(main(TwoLayersActor(made), os.fdopen(int(sys.argv[2]), "w")))
