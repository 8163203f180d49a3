"""client.js by itself: what reaches the page, whatever the line does."""

from __future__ import annotations

import gzip

import pytest

from tests.journeys.client_play import CLIENT, Play, play

__all__ = ["play"]

pytestmark = pytest.mark.journey

LARGEST = 6 * 1024  # bytes, compressed as it is served: what a page may pay for being live


def test_it_is_small() -> None:
    assert len(gzip.compress(CLIENT.read_bytes(), 9)) <= LARGEST


def test_a_page_that_joins_nothing_opens_nothing_and_one_page_has_one_connection(
    play: Play,
) -> None:
    opened = play("""
      const other = makeWorld();
      const quiet = new Connection(other);
      await other.pass(600_000);
      other.look(true); other.look(false);
      return [other.sockets.length, quiet.state, world.sockets.length, world.sockets[0].address,
        connection() === connection()];
    """)
    assert opened == [0, "idle", 1, "ws://house.test/realtime/?room=book.42", True]


def test_rooms_of_one_turn_are_joined_in_one_frame(play: Play) -> None:
    said = play("""
      line.join("user.7", {});
      const socket = await open(joined(5));
      line.join("chapter.9", {});
      line.join("chapter.8", {}, { quiet: true });
      await world.pass(0);
      return socket.said;
    """)
    assert said == [
        {"do": "join", "rooms": [{"room": "book.42"}, {"room": "user.7"}]},
        {"do": "join", "rooms": [{"room": "chapter.9"}, {"room": "chapter.8", "quiet": True}]},
    ]


def test_who_leaves_twice_takes_nobody_else_along(play: Play) -> None:
    heard = play("""
      const socket = await open(joined(5));
      const other = {};
      line.join("book.42", other);
      await world.pass(0);
      socket.hear(joined(5));
      line.leave("book.42", other);
      line.leave("book.42", other);
      socket.hear(event(6));
      return heard;
    """)
    assert heard[-1] == [6, "e6"]


def test_events_reach_the_page_in_order_and_once(play: Play) -> None:
    heard = play("""
      const socket = await open(joined(5));
      socket.hear(event(6), event(7));
      socket.hear(event(7), event(5), event(8), event(8));
      return heard;
    """)
    assert heard == [["snapshot", {"at": 5}], [6, "e6"], [7, "e7"], [8, "e8"]]


def test_a_room_in_which_nothing_had_happened_gets_its_epoch_with_its_first_event(
    play: Play,
) -> None:
    heard, since = play("""
      const first = await open({ ...joined(0), epoch: "" });
      first.hear({ ...event(1), epoch: "A" }, event(2));
      first.end();
      await world.pass(3000);
      const second = await open(caught(3, 3));
      return [heard.map(([what]) => what), second.said[0].rooms[0].since];
    """)
    assert heard == ["snapshot", 1, 2, 3]
    assert since == {"epoch": "A", "offset": 2}


def test_what_first_happened_in_a_room_while_one_was_away_is_told(play: Play) -> None:
    heard, since = play("""
      (await open({ ...joined(0), epoch: "" })).end();
      await world.pass(3000);
      const second = await open(caught(2, 1, 2));
      return [heard.map(([what]) => what), second.said[0].rooms[0].since];
    """)
    assert heard == ["snapshot", 1, 2]
    assert since == {"epoch": "", "offset": 0}


def test_a_place_whose_epoch_one_does_not_know_is_no_place(play: Play) -> None:
    since = play("""
      const first = await open({ ...joined(0), epoch: "" });
      first.hear(event(1));
      first.end();
      await world.pass(3000);
      const second = await open();
      return second.said[0].rooms[0].since ?? null;
    """)
    assert since is None


def test_a_gap_is_filled_before_anything_after_it_is_told(play: Play) -> None:
    heard, said = play("""
      const socket = await open(joined(5));
      socket.hear(event(6), event(9), event(10));
      await world.pass(0);
      socket.hear(event(11));
      socket.hear(caught(11, 7, 8, 9, 10, 11), event(12));
      return [heard.slice(1), socket.said.slice(1)];
    """)
    assert [offset for offset, _ in heard] == [6, 7, 8, 9, 10, 11, 12]
    since = {"epoch": "A", "offset": 6}
    assert said == [{"do": "join", "rooms": [{"room": "book.42", "since": since}]}]


def test_what_claims_to_be_recovered_and_is_not_becomes_a_snapshot(play: Play) -> None:
    heard, asked = play("""
      const socket = await open(joined(5));
      socket.end();
      await world.pass(3000);
      const next = await open(caught(9, 6, 8, 9));
      await world.pass(0);
      next.hear(caught(9));
      await world.pass(0);
      next.hear(joined(9));
      return [heard, next.said.map(({ rooms }) => rooms[0].since ?? null)];
    """)
    assert heard == [["snapshot", {"at": 5}], [6, "e6"], ["snapshot", {"at": 9}]]
    assert asked == [{"epoch": "A", "offset": 5}, {"epoch": "A", "offset": 6}, None]


def test_after_a_cut_it_goes_on_where_it_was(play: Play) -> None:
    result = play("""
      const first = await open(joined(5));
      first.hear(event(6));
      first.end(1012);
      await world.pass(3000);
      const second = await open(caught(8, 7, 8), event(9));
      return { heard: heard.map(([what]) => what), since: second.said[0].rooms[0].since, states };
    """)
    assert result["heard"] == ["snapshot", 6, 7, 8, 9]
    assert result["since"] == {"epoch": "A", "offset": 6}
    assert result["states"] == ["idle", "connecting", "open", "reconnecting", "open"]


def test_another_epoch_brings_a_snapshot_and_counts_anew(play: Play) -> None:
    heard = play("""
      const socket = await open(joined(50));
      socket.hear({ is: "restarted", room: "book.42", epoch: "B" }, event(1), event(51));
      await world.pass(0);
      socket.hear({ ...joined(2), epoch: "B" }, event(3));
      return [heard, socket.said[1].rooms[0].since];
    """)
    assert heard == [
        [["snapshot", {"at": 50}], ["snapshot", {"at": 2}], [3, "e3"]],
        {"epoch": "A", "offset": 50},
    ]


def test_who_is_there_is_told_whole_and_then_by_changes(play: Play) -> None:
    heard = play("""
      const socket = await open(joined(5));
      const is = "presence", room = "book.42";
      socket.hear({ is, room, count: 2, people: [{ person: 1 }, { person: 2 }] });
      socket.hear({ is, room, count: 2, came: [{ person: 3 }], left: [{ person: 1 }] });
      socket.hear({ is, room, count: 1200 });
      return heard.slice(1);
    """)
    assert heard == [["presence", 2, [1, 2]], ["presence", 2, [2, 3]], ["presence", 1200, []]]


def test_a_room_that_one_may_not_hear_is_not_asked_for_again(play: Play) -> None:
    result = play("""
      line.join("desk.1", { gone: (why) => heard.push(why) });
      const socket = await open({ is: "refused", room: "desk.1", why: "not-allowed" }, joined(5));
      socket.hear({ is: "left", room: "book.42", why: "not-allowed" }, event(6));
      return { heard, state: line.state, said: line.say("book.42", "writing") };
    """)
    assert result["heard"] == ["not-allowed", ["snapshot", {"at": 5}], ["gone", "not-allowed"]]
    assert (result["state"], result["said"]) == ("idle", False)


def test_a_listener_that_fails_keeps_nothing_from_the_others(play: Play) -> None:
    heard = play("""
      globalThis.reportError = () => heard.push("reported");
      line.join("book.42", { event() { throw new Error("mine"); } });
      const socket = await open(joined(5), event(6));
      return heard;
    """)
    assert heard[0] == ["snapshot", {"at": 5}]
    assert "reported" in heard
    assert [6, "e6"] in heard
