"""The turns in which connections are used."""

import asyncio
import contextvars
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connections import HOLDER, Budget, Holder, Turn


async def take(budget: Budget, client: Hashable) -> Turn:
    """A turn of a new request of *client*."""
    HOLDER.set(Holder(client))
    return await budget.take()


def ask(budget: Budget, client: Hashable) -> "asyncio.Task[Turn]":
    """A new request of *client* that waits for a turn."""
    return asyncio.create_task(take(budget, client), context=contextvars.copy_context())


async def settle() -> None:
    """Let every task go on as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_two_clients_leave_something_for_a_third() -> None:
    budget = Budget(4, reserve=2)
    loud = [ask(budget, client) for client in ("a", "b") * 5]
    await settle()
    assert [one.done() for one in loud].count(True) == 4

    third = ask(budget, "c")
    await settle()
    assert third.done()
    # Its next one does not wait behind all that waited before: c holds less than they do.
    second = ask(budget, "c")
    await settle()
    assert not second.done()
    budget.give_back(third.result())
    await settle()
    assert second.done()
    for one in (*loud, third, second):
        one.cancel()


async def test_a_client_alone_may_use_all_but_the_reserve() -> None:
    budget = Budget(4, reserve=2)
    asked = [ask(budget, "a") for _ in range(6)]
    await settle()

    assert [one.done() for one in asked] == [True] * 4 + [False] * 2
    budget.give_back(asked[0].result())
    await settle()
    assert [one.done() for one in asked] == [True] * 5 + [False]
    asked[5].cancel()


async def test_a_request_that_holds_one_never_waits_for_another() -> None:
    budget = Budget(1, reserve=0)
    first = await take(budget, "a")
    second = await budget.take()
    waiting = ask(budget, "b")
    await settle()

    budget.give_back(second)
    await settle()
    assert not waiting.done()
    budget.give_back(first)
    await settle()
    assert waiting.done()


async def test_who_stops_waiting_takes_nothing_along() -> None:
    budget = Budget(1, reserve=0)
    first = ask(budget, "a")
    await settle()
    waiting, given_up, last = (ask(budget, "b") for _ in range(3))
    await settle()

    # One is cancelled while it waits, one in the moment in which it is given its turn.
    waiting.cancel()
    budget.give_back(first.result())
    given_up.cancel()
    await settle()
    assert (waiting.cancelled(), given_up.cancelled()) == (True, True)
    assert last.done()


@pytest.mark.parametrize("reserve", [0, 1, 2])
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=40))
def test_never_are_more_used_than_there_are_and_all_come_back(
    reserve: int, steps: list[tuple[str, int]]
) -> None:
    async def play() -> None:
        budget = Budget(3, reserve)
        asked: list[asyncio.Task[Turn]] = []
        for client, number in steps:
            asked.append(ask(budget, client))
            await settle()
            using = [one for one in asked if one.done() and not one.cancelled()]
            assert len(using) <= 3 + reserve
            if number < len(using):
                asked.remove(using[number])
                budget.give_back(using[number].result())
            elif number < len(asked) and not asked[number].done():
                asked.pop(number).cancel()
        while asked:
            await settle()
            one = next(one for one in asked if one.done())
            asked.remove(one)
            budget.give_back(one.result())
        free = [ask(budget, number) for number in range(3 + reserve)]
        await settle()
        assert all(one.done() for one in free)

    asyncio.run(play())
