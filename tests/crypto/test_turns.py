"""Who gets a slot next, and who is turned away."""

from __future__ import annotations

import asyncio

import pytest

from vestibule.crypto.turns import Turns
from vestibule.domain.errors import Busy


async def settle() -> None:
    """Lets every task run until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def queue_up(turns: Turns, realms: str, served: list[str]) -> list[asyncio.Task[None]]:
    """One caller for each letter, in that order; each notes itself when its turn has come."""

    async def call(realm: str) -> None:
        await turns.take(realm)
        served.append(realm)

    tasks = [asyncio.create_task(call(realm)) for realm in realms]
    await settle()
    return tasks


async def test_a_free_slot_is_given_at_once() -> None:
    served: list[str] = []
    await queue_up(Turns(slots=2, queue=0), "ab", served)
    assert served == ["a", "b"]


async def test_realms_take_turns() -> None:
    turns, served = Turns(slots=1, queue=20), list[str]()
    await queue_up(turns, "aaaaabbc", served)
    for _ in range(7):
        turns.give()
        await settle()
    assert "".join(served) == "a" + "abcabaa"


async def test_a_slot_that_nobody_waits_for_becomes_free() -> None:
    turns, served = Turns(slots=1, queue=0), list[str]()
    await queue_up(turns, "a", served)
    turns.give()
    await queue_up(turns, "b", served)
    assert served == ["a", "b"]


async def test_beyond_the_queue_callers_are_turned_away() -> None:
    turns = Turns(slots=1, queue=4)
    await queue_up(turns, "abcde", [])
    with pytest.raises(Busy) as busy:
        await turns.take("f")
    assert busy.value.retry_after_seconds


async def test_one_realm_waits_in_half_of_the_queue_only() -> None:
    turns, served = Turns(slots=1, queue=4), list[str]()
    await queue_up(turns, "aaa", served)
    with pytest.raises(Busy):
        await turns.take("a")
    await queue_up(turns, "b", served)
    turns.give()
    turns.give()
    await settle()
    assert served == ["a", "a", "b"]


async def test_a_caller_who_leaves_makes_room_in_the_queue() -> None:
    turns, served = Turns(slots=1, queue=2), list[str]()
    _, waiting = await queue_up(turns, "aa", served)
    waiting.cancel()
    await settle()
    await queue_up(turns, "a", served)
    turns.give()
    await settle()
    assert served == ["a", "a"]


async def test_a_slot_given_to_a_caller_who_just_left_goes_to_the_next() -> None:
    turns, served = Turns(slots=1, queue=4), list[str]()
    _, leaving, _ = await queue_up(turns, "aab", served)
    turns.give()
    leaving.cancel()
    await settle()
    assert served == ["a", "b"]


async def test_a_caller_who_left_without_yet_knowing_it_is_passed_over() -> None:
    turns, served = Turns(slots=1, queue=4), list[str]()
    _, leaving, _ = await queue_up(turns, "aab", served)
    leaving.cancel()
    turns.give()
    await settle()
    assert served == ["a", "b"]


async def test_no_slot_is_lost_however_many_leave() -> None:
    turns, served = Turns(slots=2, queue=100), list[str]()
    tasks = await queue_up(turns, "a" * 40, served)
    for number, task in enumerate(tasks[2:]):
        task.cancel()
        if number == 7:
            turns.give()
            turns.give()
    await settle()
    await queue_up(turns, "bc", served)
    assert served[-2:] == ["b", "c"]


async def test_after_closing_nobody_is_served() -> None:
    turns = Turns(slots=1, queue=4)
    _, waiting, leaving = await queue_up(turns, "abc", [])
    leaving.cancel()
    turns.close()
    await settle()
    assert isinstance(waiting.exception(), Busy)
    assert leaving.cancelled()
    with pytest.raises(Busy):
        await turns.take("a")
