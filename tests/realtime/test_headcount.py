"""What those in a room are told of who comes and goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from realtime.headcount import LINGER, Change, Headcount, Present


def present(*people: int, visitors: int = 0) -> Present:
    return Present(frozenset(people), len(people), visitors)


def test_state_comes_first_then_what_changed() -> None:
    room = Headcount()
    assert room.update(present(7, visitors=2), 0.0) == Change(3, is_state=True)
    assert room.people == (7,)
    assert room.update(present(7, 9, visitors=2), 1.0) == Change(4, came=(9,))
    assert room.update(present(7, 9, visitors=2), 2.0) is None


def test_a_page_that_is_loaded_again_is_nothing_to_tell() -> None:
    room = Headcount()
    room.update(present(7, 9), 0.0)
    assert room.update(present(9), 10.0) is None
    assert room.count == 2
    assert room.due() == 10.0 + LINGER
    assert room.update(present(7, 9), 12.0) is None
    assert room.due() is None
    # Gone for good, from the moment of going, not from the last look.
    assert room.update(present(9), 20.0) is None
    assert room.update(present(9), 22.0) is None
    assert room.again(20.0 + LINGER) == Change(1, left=(7,))
    assert room.due() is None


def test_visitors_are_counted_as_patiently() -> None:
    room = Headcount()
    room.update(present(visitors=5), 0.0)
    assert room.update(present(visitors=3), 1.0) is None
    assert room.update(present(visitors=5), 2.0) is None
    assert room.update(present(visitors=6), 3.0) == Change(6)
    assert room.update(present(visitors=2), 4.0) is None
    assert room.again(4.0 + LINGER) == Change(2)


def test_who_was_with_a_dead_instance_is_gone_at_once() -> None:
    room = Headcount()
    room.update(present(7, 9, visitors=3), 0.0)
    assert room.update(present(9, visitors=1), 1.0, at_once=True) == Change(2, left=(7,))
    assert room.due() is None


def test_a_crowd_is_a_number_and_becomes_people_again() -> None:
    room = Headcount()
    room.update(present(1, 2), 0.0)
    assert room.update(Present(None, 60), 1.0) == Change(60, is_state=True)
    assert room.people == ()
    assert room.update(Present(None, 61), 2.0) == Change(61)
    assert room.update(Present(None, 55), 3.0) is None
    assert room.again(3.0 + LINGER) == Change(55)
    assert room.update(present(1, 2), 20.0) == Change(2, is_state=True)
    assert room.people == (1, 2)


looks = st.lists(
    st.tuples(
        st.one_of(st.none(), st.frozensets(st.integers(1, 6))),
        st.integers(0, 4),
        st.floats(0.1, 5.0),
        st.booleans(),
    ),
    max_size=30,
)


@given(looks)
def test_who_follows_the_changes_knows_the_state(
    seen: list[tuple[frozenset[int] | None, int, float, bool]],
) -> None:
    """Zulip's rule: the state, and every change after it, make the state."""
    room, now, told, count = Headcount(), 0.0, set[int](), 0
    for people, visitors, later, at_once in seen:
        now += later
        number = 60 if people is None else len(people)
        before = set(room.people)
        change = room.update(Present(people, number, visitors), now, at_once=at_once)
        if change and change.is_state:
            told = set(room.people)
        elif change:
            assert not set(change.came) & before
            assert set(change.left) <= before
            told = (told | set(change.came)) - set(change.left)
        count = change.count if change else count
        assert told == set(room.people)
        assert count == room.count
        # Whoever is there is shown; whoever is not is shown for no longer than they may linger.
        assert people is None or people <= told
    while (due := room.due()) is not None:
        room.again(due + 0.001)
        assert (room.due() or due + 1.0) > due
    last = seen[-1] if seen else (frozenset(), 0, 0.0, False)
    assert set(room.people) == (last[0] or set())
    assert room.due() is None
