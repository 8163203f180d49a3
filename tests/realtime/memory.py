"""The memory that a process of a test keeps."""

from __future__ import annotations

import ctypes
import gc
import resource
from typing import Any


def kept() -> int:
    """Give the bytes that this process keeps in memory (proc(5), statm), without what could be let go:
    cycles that wait for the collector, and what the allocator holds back for the next time."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own
    if trim is not None:
        trim(0)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def kept_by_layer(layer: Any) -> dict[str, int]:
    """Give what a channel layer keeps of messages: all 0 where everything has arrived."""
    endpoints = list(getattr(layer, "_endpoints", {}).values())
    hearings = [one.hearing for one in endpoints]
    return {
        "unread": sum(len(box.items) for one in endpoints for box in one.boxes._boxes.values()),
        "unsent": sum(len(one.sender._waiting) for one in endpoints),
        "held": sum(len(one._held) for one in hearings),
        "in parts": sum(len(one._parts) for one in hearings),
        "tasks": sum(len(one._tasks) for one in [*endpoints, *hearings]),
    }
