"""client.js by itself: how its line is opened, lost, given up and taken up again."""

from __future__ import annotations

import pytest

from tests.journeys.client_play import Play, play

__all__ = ["play"]

pytestmark = pytest.mark.journey


def test_waits_are_drawn_between_nothing_and_a_bound_that_doubles(play: Play) -> None:
    opened = play(
        """
      await open(joined(5));
      const at = [];
      for (let n = 0; n < 7; n++) {
        const before = world.sockets.length + world.streams.length;
        const from = world.now;
        world.sockets.at(-1).end();
        while (world.sockets.length + world.streams.length === before) await world.pass(50);
        at.push(world.now - from);
        if (world.streams.length) break;
      }
      return at;
    """,
        chance=[0.5, 1, 0],  # of 3, 6 and 12 seconds
    )
    # The third that fails in a row is given up for a stream at once.
    assert opened == [1500, 6000, 50, 0]


def test_the_bound_has_an_end_and_success_begins_anew(play: Play) -> None:
    waits = play("""
      const other = makeWorld();
      other.EventSource = undefined;
      const lost = new Connection(other);
      lost.join("book.42", {});
      const waits = [];
      const fail = async () => {
        const before = other.sockets.length, from = other.now;
        other.sockets.at(-1).end();
        while (other.sockets.length === before) await other.pass(50);
        waits.push(other.now - from);
      };
      for (let n = 0; n < 6; n++) await fail();
      other.sockets.at(-1).hear(welcome);
      await other.pass(0);
      other.sockets.at(-1).hear(joined(1));
      await fail();
      return waits;
    """)
    assert waits == [3000, 6000, 12000, 24000, 30000, 30000, 3000]


@pytest.mark.parametrize(
    ("code", "back"),
    [
        *((code, True) for code in (1000, 1001, 1006, 1011, 1012, 4000, 4001, 4008, 4029, 4399)),
        *((code, False) for code in (1009, 4400, 4413, 4429, 4999)),
    ],
)
def test_the_number_says_whether_to_come_back(play: Play, code: int, back: bool) -> None:
    sockets, state, heard = play(f"""
      (await open(joined(5))).end({code});
      await world.pass(600_000);
      world.look(true); world.look(false);
      return [world.sockets.length > 1, line.state, heard.at(-1)];
    """)
    assert sockets is back
    if not back:
        assert (state, heard) == ("closed", ["gone", "closed"])


def test_where_no_socket_opens_the_rooms_come_by_a_stream(play: Play) -> None:
    result = play("""
      world.sockets[0].end();
      await world.pass(0);
      const stream = world.streams[0];
      stream.hear(welcome, joined(5), event(6));
      const sent = line.say("book.42", "writing", { a: 1 });
      return { address: stream.address, state: line.state, heard, sent, posted: world.posted };
    """)
    assert result["address"] == (
        "http://house.test/realtime/events/?join=%5B%7B%22room%22%3A%22book.42%22%7D%5D"
    )
    assert (result["state"], result["sent"]) == ("open", True)
    assert result["heard"] == [["snapshot", {"at": 5}], [6, "e6"]]
    posted = result["posted"][0]
    assert posted["address"] == "/realtime/say/"
    assert posted["body"] == '{"do":"say","room":"book.42","kind":"writing","data":{"a":1}}'


def test_a_proxy_that_swallows_the_handshake_and_a_browser_that_refuses_it_end_in_a_stream(
    play: Play,
) -> None:
    swallowed, refused = play("""
      await world.pass(8000);
      const swallowed = [world.sockets[0].closed, world.streams.length];
      const other = makeWorld();
      other.WebSocket.throws = true;
      new Connection(other).join("a.1", {});
      await other.pass(0);
      return [swallowed, other.streams.length];
    """)
    assert swallowed == [True, 1]
    assert refused == 1


def test_a_stream_gives_way_to_a_socket_that_opens_again_without_a_gap(play: Play) -> None:
    result = play("""
      world.sockets[0].end();
      await world.pass(0);
      const stream = world.streams[0];
      stream.hear(welcome, joined(5));
      for (let n = 0; n < 10; n++) { await world.pass(30_000); stream.hear(); }
      const early = world.sockets.length;
      world.sockets[1].end();
      for (let n = 0; n < 10; n++) { await world.pass(30_000); stream.hear(); }
      stream.hear(event(6));
      const third = await open();
      stream.hear(event(7));
      third.hear(caught(8, 7, 8));
      return { early, closed: stream.closed, since: third.said[0].rooms[0].since, heard, states };
    """)
    assert result["early"] == 2  # tried once, beside the stream that served on
    assert result["closed"]
    assert result["since"] == {"epoch": "A", "offset": 6}
    assert [what for what, _ in result["heard"]] == ["snapshot", 6, 7, 8]
    assert result["states"] == ["idle", "connecting", "open"]


def test_a_lost_stream_comes_back_with_its_positions_and_another_room_opens_it_anew(
    play: Play,
) -> None:
    joins = play("""
      world.sockets[0].end();
      await world.pass(0);
      world.streams[0].hear(welcome, joined(5));
      world.streams[0].end();
      await world.pass(3000);
      world.streams[1].hear(welcome, caught(6, 6));
      line.join("user.7", {});
      await world.pass(0);
      const join = ({ address }) => JSON.parse(new URL(address).searchParams.get("join"));
      return world.streams.map(join);
    """)
    assert joins[1] == [{"room": "book.42", "since": {"epoch": "A", "offset": 5}}]
    assert joins[2] == [
        {"room": "book.42", "since": {"epoch": "A", "offset": 6}},
        {"room": "user.7"},
    ]


def test_a_stream_ends_with_a_code_as_well(play: Play) -> None:
    state = play("""
      world.sockets[0].end();
      await world.pass(0);
      world.streams[0].hear(welcome);
      world.streams[0].dispatchEvent(new MessageEvent("close", { data: '{"code":4429}' }));
      return line.state;
    """)
    assert state == "closed"


def test_a_tab_hidden_for_five_minutes_closes_its_socket_and_goes_on_when_it_is_looked_at(
    play: Play,
) -> None:
    result = play("""
      const first = await open(joined(5));
      world.look(true);
      for (let n = 0; n < 9; n++) { await world.pass(30_000); first.hear(); }
      const before = first.closed;
      first.hear(event(6));
      await world.pass(30_000);
      const asleep = [first.closed, line.state];
      await world.pass(3_600_000);
      const slept = world.sockets.length;
      world.look(false);
      const second = await open(caught(8, 7, 8));
      return { before, asleep, slept, since: second.said[0].rooms[0].since, heard: heard.map(([w]) => w) };
    """)
    assert result["before"] is False
    assert result["asleep"] == [True, "asleep"]
    assert result["slept"] == 1
    assert result["since"] == {"epoch": "A", "offset": 6}
    assert result["heard"] == ["snapshot", 6, 7, 8]


def test_a_short_look_away_changes_nothing(play: Play) -> None:
    sockets, state = play("""
      const socket = await open(joined(5));
      world.look(true);
      await world.pass(20_000);
      world.look(false);
      socket.hear({ is: "pong", n: 1 });
      for (let n = 0; n < 20; n++) { await world.pass(25_000); socket.hear(); }
      return [world.sockets.length, line.state];
    """)
    assert (sockets, state) == (1, "open")


def test_a_server_that_says_nothing_is_asked_and_left_if_it_does_not_answer(play: Play) -> None:
    said, alive, state = play("""
      const socket = await open(joined(5));
      await world.pass(30_000);
      const said = socket.said.at(-1);
      socket.hear({ is: "pong", n: 1 });
      await world.pass(29_000);
      const alive = line.state;
      await world.pass(11_500);
      return [said, alive, line.state];
    """)
    assert said == {"do": "ping", "n": 1}
    assert (alive, state) == ("open", "reconnecting")


def test_without_a_network_it_says_so_and_comes_back_when_there_is_one(play: Play) -> None:
    states = play("""
      const socket = await open(joined(5));
      world.isOnline = false;
      world.window.dispatchEvent(new Event("offline"));
      await world.pass(10_000);
      world.isOnline = true;
      world.window.dispatchEvent(new Event("online"));
      await open(caught(5));
      return states;
    """)
    assert states == ["idle", "connecting", "open", "offline", "reconnecting", "open"]
