"""No operation asks the database more often than `tests/http/round_trips.txt` says.

The table has a line for each operation: round trips, statements, its name; the dearest first. A
round trip more than four is a step that the operation's rules need. `make answers` writes it anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from app.config import Settings
from tests.http.test_openapi_examples import READS
from tests.support.answers import loaded_then
from tests.support.contract import OPERATIONS
from tests.support.example_stories import STORIES
from tests.support.example_world import READERS, Loaded
from tests.support.round_trips import Count, counting_world
from tests.support.special_stories import SPECIAL
from tests.support.transactions import Engines

ASKED_AT = "2026-12-14T03:00:00+00:00"
"""A working day on which everything of the year is owed: on days off fewer reminders are looked
for."""
WRITES = os.environ.get("TIENDO_ANSWERS") == "write"
"""Set by `make answers`."""
TABLE = Path(__file__).with_name("round_trips.txt")


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> Iterator[Loaded]:
    with loaded_then(settings) as loaded:
        yield loaded


async def count(
    loaded: Loaded, settings: Settings, engines: Engines
) -> tuple[dict[str, Count], set[str]]:
    """The statements of each operation: of a read at the second time, of a change by its story; and
    the operations that asked for rows of no ids."""
    with time_machine.travel(ASKED_AT, tick=True):
        return await _count(loaded, settings, engines)


async def _count(
    loaded: Loaded, settings: Settings, engines: Engines
) -> tuple[dict[str, Count], set[str]]:
    counts: dict[str, Count] = {}
    idle: set[str] = set()
    async with counting_world(loaded, settings, engines) as world:
        for name in [*READS, *READS]:
            await world.ask(READERS.get(name, "sample-supervisor"), name)
        counts |= world.counts
        idle |= world.idle
    for story in STORIES.values():
        async with counting_world(loaded, settings, engines) as world:
            for client_id, name in story:
                await world.ask(client_id, name)
            counts |= world.counts
            idle |= world.idle
    for special in SPECIAL.values():
        async with counting_world(loaded, settings, engines) as world:
            await special(world)
            counts |= world.counts
            idle |= world.idle
    return counts, idle


async def test_no_operation_asks_more_often_than_is_known(
    loaded: Loaded, settings: Settings, engines: Engines
) -> None:
    counts, idle = await count(loaded, settings, engines)

    rows = sorted(counts.items(), key=lambda row: (-row[1].round_trips, -row[1].statements, row[0]))
    found = "".join(f"{trips:3} {own:3} {name}\n" for name, (trips, own) in rows)
    if WRITES:
        TABLE.write_text(found)
    assert counts.keys() == OPERATIONS.keys()
    assert found == TABLE.read_text(), "`make answers` writes it anew"
    assert sorted(idle) == []
