"""An item that fails among many is logged and reported at the end, and the others are done."""

from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.jobs.each import SomeFailedError, do_each

IDS = [UUID(int=n) for n in range(4)]


async def test_what_fails_stops_nothing_else_and_is_named() -> None:
    done = []

    async def work(one: UUID) -> int:
        if one == IDS[1]:
            raise ValueError
        done.append(one)
        return one.int

    with capture_logs() as logs, pytest.raises(SomeFailedError, match="roll_failed: 1 of 4"):
        await do_each(IDS, work, noun="plan", failure="roll_failed")

    assert done == [IDS[0], *IDS[2:]]
    assert [(log["event"], log["plan_id"]) for log in logs] == [("roll_failed", str(IDS[1]))]
    assert await do_each(IDS[2:], work, noun="plan", failure="roll_failed") == 5
