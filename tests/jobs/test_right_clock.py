"""Acts that can't be undone wait while this machine's clock is wrong."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import func, select

from app.clock import utc_now
from app.jobs.daily import daily
from app.jobs.loops import LoopContext
from app.jobs.right_clock import work_by_right_clock
from app.models import CalendarDay, Event
from app.queries.clocks import clock_lead, wrong_clock
from tests.support import databases
from tests.support.patience import PATIENCE
from tests.support.runs import ROOT
from tests.support.webhook_processes import worker
from tests.support.webhooks import World

AHEAD = timedelta(days=200)
TRAVELLED = """
import datetime, runpy, sys, time_machine
from tests.support.patience import PATIENCE
with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days={days})):
    sys.argv = ["tiendo", *{words!r}]
    runpy.run_module("app.cli", run_name="__main__")
"""
"""Runs a command of ours where every clock of Python is off; that of the database is not."""


def travelled(days: int, *words: str) -> list[str]:
    return [sys.executable, "-c", TRAVELLED.format(days=days, words=list(words))]


async def counted(here: World, table: type) -> int:
    async with here.sessions() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


@pytest.mark.parametrize("days", [200, -200])
async def test_a_worker_whose_clock_is_wrong_says_so_once_and_does_nothing(
    here: World, tmp_path: Path, days: int
) -> None:
    await here.tell(2)
    log = tmp_path / "worker.log"

    with worker(here, log, command=travelled(days, "worker")) as process:
        async with asyncio.timeout(PATIENCE):
            while "clock_wrong" not in log.read_text():
                assert process.poll() is None, log.read_text()
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        process.terminate()
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0

    said = log.read_text()
    assert said.count("clock_wrong") == 1
    assert ("nhanh hơn" if days > 0 else "chậm hơn") in said
    assert ("ahead of" if days > 0 else "behind") in said
    # Neither was the feed emptied nor a calendar of another year entered.
    assert await counted(here, Event) == 2
    assert await counted(here, CalendarDay) == 0


async def test_loops_end_while_the_clock_is_wrong_and_go_on_once_it_is_right(here: World) -> None:
    work = LoopContext(here.settings, here.sessions, asyncio.Event())
    begun: asyncio.Queue[timedelta] = asyncio.Queue()
    ended = asyncio.Event()

    async def loop(inner: LoopContext) -> None:
        async with inner.sessions() as session:
            begun.put_nowait(await clock_lead(session))
        await inner.stop.wait()
        ended.set()

    running = asyncio.create_task(work_by_right_clock(work, [loop], pause=0.01))
    async with asyncio.timeout(PATIENCE):
        leads = [await begun.get()]
        with time_machine.travel(utc_now() + timedelta(seconds=70)):
            await ended.wait()
            await asyncio.sleep(0.1)
            assert begun.empty()
        leads.append(await begun.get())
        work.stop.set()
        await running

    assert all(abs(one) < timedelta(seconds=60) for one in leads)


async def test_a_day_that_begins_by_a_clock_just_set_wrong_is_not_worked_off(here: World) -> None:
    work = LoopContext(here.settings, here.sessions, asyncio.Event())
    await here.tell(2)
    with time_machine.travel(utc_now() + AHEAD):
        working = asyncio.create_task(daily(work))
        await asyncio.sleep(1)
        work.stop.set()
        await working

    assert await counted(here, Event) == 2
    assert await counted(here, CalendarDay) == 0


@pytest.mark.parametrize("days", [200, -200])
def test_a_command_refuses_to_work_by_a_wrong_clock(
    own_database_url: str, tmp_path: Path, days: int
) -> None:
    done = subprocess.run(
        travelled(days, "calendar", "seed"),
        cwd=ROOT, env=databases.environment(own_database_url, tmp_path / "secrets"),
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    vi, en = done.stderr.splitlines()
    assert vi.startswith("Đồng hồ của máy này")
    assert en.startswith("The clock of this machine")


async def test_the_sentence_says_how_far_the_clock_is_off() -> None:
    ahead, behind = wrong_clock(timedelta(seconds=75)), wrong_clock(timedelta(seconds=-75))

    assert "nhanh hơn đồng hồ của cơ sở dữ liệu 75 giây" in ahead.vi
    assert "75 seconds behind" in behind.en
