"""The words between a page and the server, and the page that says them to people."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from realtime import frames, models, protocol
from realtime.frames import Frame, Join, JoinRoom, Leave, MalformedFrame, Ping, Say, Since, parse
from realtime.protocol import Close, Why
from realtime.reading import Stored

PAGE = (Path(__file__).resolve().parents[2] / "docs/realtime/protocol.md").read_text()

MESSAGES: list[protocol.Message] = [
    protocol.welcome("3f", "9b", signed_in=True),
    protocol.recovered(
        "book.1", "6f", 3, [protocol.event("book.1", "6f", Stored(3, "x_done", "…", {}))]
    ),
    protocol.joined("book.1", "6f", 3, {"a": 1}),
    protocol.refused("book.1", Why.UNKNOWN),
    protocol.event("book.1", "6f", Stored(4, "x_done", "2026-03-01T09:30:00+00:00", {"n": 12})),
    protocol.event("book.1", "6f", Stored(1, "x_done", "2026-03-01T09:30:00+00:00", {"n": 12})),
    protocol.transient("book.1", "writing", {}),
    protocol.presence("book.1", 2, people=[{}, {}]),
    protocol.presence("book.1", 2, came=[{}], left=[{}]),
    protocol.left("book.1", Why.NOT_ALLOWED),
    protocol.restarted("book.1", "a4"),
    protocol.pong(1),
    protocol.error(Why.MALFORMED),
    protocol.error(Why.NOT_SAYABLE, 4),
]


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"do":"ping","n":1}', Ping(1)),
        ('{"do":"leave","rooms":["book.1","user.7"]}', Leave(("book.1", "user.7"))),
        (
            '{"do":"join","rooms":[{"room":"book.1","quiet":true},'
            '{"room":"user.7","since":{"epoch":"6f","offset":17}}]}',
            Join((JoinRoom("book.1", quiet=True), JoinRoom("user.7", Since("6f", 17)))),
        ),
        (
            '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":"","offset":0}}]}',
            Join((JoinRoom("book.1", Since("", 0)),)),
        ),
        (
            '{"do":"say","room":"chapter.9","kind":"writing"}',
            Say("chapter.9", "writing", {}, None),
        ),
        (
            '{"do":"say","room":"chapter.9","kind":"writing","data":{"a":[1]},"n":4}',
            Say("chapter.9", "writing", {"a": [1]}, 4),
        ),
    ],
)
def test_each_frame_is_read(text: str, frame: Frame) -> None:
    assert parse(text) == frame


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ping",
        "1",
        "null",
        "[]",
        "{}",
        '{"do":null}',
        '{"do":["ping"]}',
        '{"do":"dance"}',
        '{"do":"ping"}',
        '{"do":"ping","n":-1}',
        '{"do":"ping","n":true}',
        '{"do":"ping","n":1.5}',
        '{"do":"ping","n":9007199254740992}',
        '{"do":"ping","n":1,"user":7}',
        '{"do":"leave"}',
        '{"do":"leave","rooms":[]}',
        '{"do":"leave","rooms":"book.1"}',
        '{"do":"leave","rooms":[1]}',
        '{"do":"leave","rooms":[""]}',
        '{"do":"leave","rooms":["book.\\u0000"]}',
        '{"do":"leave","rooms":["book.\\ud800"]}',
        '{"do":"leave","rooms":["buku.\\u00e9"]}',
        '{"do":"leave","rooms":["' + "a" * 81 + '"]}',
        '{"do":"join","rooms":["book.1"]}',
        '{"do":"join","rooms":[{}]}',
        '{"do":"join","rooms":[{"room":"book.1","user":7}]}',
        '{"do":"join","rooms":[{"room":"book.1","quiet":1}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":17}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":"6f"}}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":6,"offset":1}}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":0,"offset":1}}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":null,"offset":1}}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":"6f","offset":"1"}}]}',
        '{"do":"join","rooms":[{"room":"book.1","since":{"epoch":"6f","offset":9223372036854775808}}]}',
        '{"do":"say","room":"book.1"}',
        '{"do":"say","room":"book.1","kind":"x","data":[]}',
        '{"do":"say","room":"book.1","kind":"x","user":7}',
        '{"do":"say","room":"book.1","kind":"' + "x" * 41 + '"}',
        "[" * 100_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(MalformedFrame):
        parse(text)


@given(
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
        lambda inner: (
            some.lists(inner, max_size=4)
            | some.dictionaries(
                some.sampled_from(["do", "rooms", "room", "since", "epoch", "offset", "n", "kind"]),
                inner | some.sampled_from(["join", "leave", "say", "ping"]),
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_does_anything_but_parse_or_be_refused(value: Any) -> None:
    try:
        frame = parse(json.dumps(value))
    except MalformedFrame:
        return
    assert isinstance(frame, Join | Leave | Say | Ping)


def test_messages_travel_in_one_array() -> None:
    encoded = [protocol.encode(message) for message in MESSAGES]
    assert json.loads(protocol.frame(encoded)) == MESSAGES
    assert "\n" not in protocol.frame(encoded)  # server-sent events end at one


def test_the_page_knows_every_message_and_no_other() -> None:
    written = dict(_sections("What the server sends"))
    assert set(written) == {message["is"] for message in MESSAGES}
    for message in MESSAGES:
        shown = [example for example in _examples(written[message["is"]]) if "is" in example]
        assert any(set(example) == set(message) for example in shown), message


def test_the_page_knows_every_frame_and_no_other() -> None:
    written = dict(_sections("What a client sends"))
    assert set(written) == set(frames._FRAMES)
    for text in written.values():
        for example in _examples(text):
            parse(json.dumps(example))


def test_the_page_knows_every_reason_and_every_code() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert set(rows) == {why.value for why in Why}
    codes = re.findall(r"^\| (4\d\d\d) \|", PAGE, re.MULTILINE)
    assert sorted(map(int, codes)) == sorted(code for code in Close if code >= 4000)
    assert f"| {int(Close.RESTARTING)} |" in PAGE


def test_who_comes_back_is_told_by_the_code() -> None:
    stay_away = {Close.MALFORMED, Close.TOO_LARGE, Close.TOO_FAST}
    for code in set(Close) - {Close.RESTARTING}:
        assert code in (protocol.STAY_AWAY if code in stay_away else protocol.COME_BACK)


def test_the_page_has_the_addresses_and_the_lengths() -> None:
    for path in (protocol.PATH, protocol.EVENTS_PATH, protocol.SAY_PATH):
        assert path in PAGE
    assert f"At most {protocol.LONGEST_ROOM} printable ASCII characters." in PAGE
    assert protocol.LONGEST_ROOM == models.LONGEST_ROOM
    assert frames.LONGEST_EPOCH >= models.EPOCH_LENGTH


def test_nothing_that_a_client_sends_names_a_person() -> None:
    for frame in (JoinRoom, Since, Join, Leave, Say, Ping):
        names = set(inspect.signature(frame).parameters)
        assert not names & {"user", "user_id", "session", "connection"}


def _sections(title: str) -> list[tuple[str, str]]:
    (part,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    return [
        (name, text) for name, _, text in (one.partition("\n") for one in part.split("### ")[1:])
    ]


def _examples(text: str) -> list[dict[str, Any]]:
    """The JSON of a section, whose `…` stand for more of the same."""
    found = []
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        clean = block.replace("{…}", "{}").replace(", …", "").replace("\n ", " ")
        found += [json.loads(line) for line in clean.splitlines()]
    return found
