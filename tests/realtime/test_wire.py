"""Any message goes through the text of a NOTIFY and comes out the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.wire import (
    MOST_BYTES,
    ROOM,
    Kind,
    frame,
    pack,
    parts,
    payload,
    read,
    to_bytes,
    to_text,
    unpack,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(st.binary(max_size=500))
def test_bytes_become_text_without_nul_and_come_back(data: bytes) -> None:
    text = to_text(data)
    assert b"\x00" not in text
    text.decode()  # is UTF-8
    assert to_bytes(text) == data


@given(st.dictionaries(st.text(max_size=20), VALUES, max_size=8))
def test_a_message_comes_out_as_it_went_in(message: dict[str, object]) -> None:
    assert unpack(pack(message)) == message


@given(
    st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=200)), max_size=20),
    st.integers(0, 2**40),
)
def test_frames_of_a_payload_come_out_in_order(
    frames: list[tuple[str, bytes]], number: int
) -> None:
    texts = [frame(Kind.GROUP, name, body) for name, body in frames]
    heard = read(payload("abcdef012345", number, texts))
    assert (heard.sender, heard.number) == ("abcdef012345", number)
    assert [(name, body) for _kind, name, body in heard.frames] == frames


@given(st.integers(1, 300), st.integers(0, 2**48))
def test_what_fills_the_room_fits_postgresql(count: int, number: int) -> None:
    texts = [b"\xc4\x80" * (ROOM // 2 // count)] * count
    assert sum(map(len, texts)) <= ROOM
    assert len(payload("f" * 12, number, texts)) <= MOST_BYTES


@pytest.mark.parametrize("text", [b"", b"x", b"\xc4\x81", "☃".encode(), b"\xdc", b"\x93\x01\x02"])
def test_what_is_none_of_ours_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(text)


@given(st.binary(min_size=1, max_size=40), st.integers(ROOM, 4 * ROOM))
def test_parts_of_a_long_frame_are_the_frame(piece: bytes, size: int) -> None:
    body = (piece * size)[:size]
    text = frame(Kind.GROUP, "room", body)
    found = parts(text)
    assert all(len(part) <= ROOM for part in found)
    heard = [read(payload("s", 1, [part])).frames[0] for part in found]
    assert [(one[0], one[1], one[2]) for one in heard] == [
        (Kind.PART, position, len(found)) for position in range(len(found))
    ]
    assert unpack(b"".join(one[3] for one in heard)) == [Kind.GROUP, "room", body]


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(TypeError):
        pack({"at": object()})
