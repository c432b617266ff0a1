"""The calendar over HTTP: who corrects it, what is kept, and which due days follow."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlmodel import col, select, update

from app.auth.principal import Role
from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.public_holidays import holidays_of_years
from app.jobs.seed_calendar import seed_calendar
from app.models import (
    AuditEntry,
    CalendarDay,
    DueKind,
    Event,
    ReportingRegime,
    Submission,
    SubmissionStatus,
)
from tests.support.sample import Sample
from tests.support.sample_facts import COMMITTEE_OFFICE
from tests.support.submission_drafts import write_draft

NOVEMBER = datetime(2024, 11, 4, 2, tzinfo=UTC)
HOLIDAY: dict[str, Any] = {"kind": "holiday", "name": "Nghỉ bù", "basis": "12/TB-BNV"}
WORKED: dict[str, Any] = {"kind": "working_day", "name": "Làm bù"}


@pytest.fixture
def november_2024() -> Iterator[None]:
    """Five weeks before the reports of 2024 close."""
    with time_machine.travel(NOVEMBER, tick=True):
        yield


@pytest.fixture
async def counted(issued: Sample) -> Sample:
    """The plan whose reports are due three working days after their window: 2024 on 18/12."""
    await seed_days(issued.session, holidays_of_years(2024, 2026), at=NOVEMBER)
    await issued.session.exec(update(ReportingRegime).values(due_kind=DueKind.WORKING_DAYS_AFTER))
    await issued.session.exec(
        update(Submission).where(col(Submission.period) == "2024").values(due_on=date(2024, 12, 18))
    )
    await issued.session.commit()
    return issued


async def put(
    world: Sample, day: str, body: dict[str, Any], *, dry_run: bool = False, **headers: str
) -> Any:
    async with await world.by(COMMITTEE_OFFICE, Role.ADMINISTRATOR) as http:
        url, query = f"/v1/calendar-days/{day}", {"dry_run": dry_run}
        return await http.put(url, json=body, headers=headers, params=query)


def about_days(table: type[AuditEntry] | type[Event]) -> list[Any]:
    return [col(table.noun) == "calendar_day"]


async def due_days(world: Sample, period: str = "2024") -> set[date]:
    rows = await world.session.exec(
        select(col(Submission.due_on)).where(col(Submission.period) == period).distinct()
    )
    return set(rows)


async def test_a_day_is_entered_read_and_corrected(sample: Sample) -> None:
    made = await put(sample, "2026-01-02", HOLIDAY)
    again = await put(sample, "2026-01-02", HOLIDAY)
    changed = await put(sample, "2026-01-02", WORKED)

    async with await sample.by(COMMITTEE_OFFICE, Role.READER) as http:
        one = await http.get("/v1/calendar-days/2026-01-02")
        none = await http.get("/v1/calendar-days/2026-01-05")
        listed = await http.get("/v1/calendar-days?from=2026-01-01&to=2026-01-02")
        before = await http.get("/v1/calendar-days?to=2026-01-01")
    assert [answer.status_code for answer in (made, again, changed, none)] == [201, 200, 200, 404]
    assert again.json() == made.json()
    assert one.json().items() <= changed.json().items()
    assert one.json() == listed.json()["items"][0]
    assert (one.json()["kind"], one.json()["basis"]) == ("working_day", None)
    assert before.json()["items"] == []
    [row] = await sample.session.exec(select(CalendarDay))
    entries, events = await sample.noted("calendar_day", row.id)
    assert [entry.action for entry in entries] == ["entered", "corrected"]
    assert entries[1].detail["name_before"] == "Nghỉ bù"
    assert [event.type.rpartition(".")[2] for event in events] == ["entered", "corrected"]


async def test_what_was_said_is_changed_only_as_it_was_read(sample: Sample) -> None:
    tag = (await put(sample, "2026-01-02", HOLIDAY)).headers["etag"]
    client = await sample.client(COMMITTEE_OFFICE, Role.ADMINISTRATOR)
    headers = {"Authorization": f"Bearer {sample.api.token(client)}"}

    async with sample.api.with_headers(headers) as http:
        url = "/v1/calendar-days/2026-01-02"
        blind = await http.put(url, json=WORKED)
        first = await http.put(url, json=WORKED, headers={"If-Match": tag})
        second = await http.put(url, json=HOLIDAY, headers={"If-Match": tag})

    assert [one.status_code for one in (blind, first, second)] == [428, 200, 412]


async def test_a_year_that_no_plan_can_have_is_refused(sample: Sample) -> None:
    answer = await put(sample, "1866-10-14", HOLIDAY)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "year_out_of_range"


async def test_seeding_leaves_what_officials_said(sample: Sample) -> None:
    await put(sample, "2026-08-31", WORKED)
    made = await seed_days(sample.session, holidays_of_years(2026, 2026), at=NOVEMBER)
    again = await seed_days(sample.session, holidays_of_years(2026, 2026), at=NOVEMBER)

    async with await sample.by(COMMITTEE_OFFICE, Role.READER) as http:
        said = (await http.get("/v1/calendar-days/2026-08-31")).json()
        swapped = (await http.get("/v1/calendar-days/2026-08-22")).json()
    assert (made, again) == (len(list(holidays_of_years(2026, 2026))) - 1, 0)
    assert (said["kind"], said["is_seeded"]) == ("working_day", False)
    assert (swapped["kind"], swapped["is_seeded"]) == ("working_day", True)


async def test_the_worker_seeds_this_year_and_the_next_where_nobody_entered_any(
    sample: Sample,
) -> None:
    sessions = sample.api.app.state.sessionmaker
    await put(sample, "2025-06-02", HOLIDAY)

    made = await seed_calendar(sessions, at=NOVEMBER)
    again = await seed_calendar(sessions, at=NOVEMBER)
    next_year = await seed_calendar(sessions, at=NOVEMBER.replace(year=2025))

    assert (made, again) == (len(list(holidays_of_years(2024, 2024))), 0)
    assert next_year == len(list(holidays_of_years(2026, 2026)))
    seeded = await sample.session.exec(
        select(col(CalendarDay.day)).where(col(CalendarDay.is_seeded))
    )
    assert {day.year for day in seeded} == {2024, 2026}


@pytest.mark.usefixtures("november_2024")
async def test_what_is_not_due_follows_a_correction(counted: Sample) -> None:
    of_2024 = select(Submission).where(col(Submission.period) == "2024")
    begun, filed, moved = await counted.session.exec(of_2024.limit(3))
    await write_draft(counted.session, begun, {"results": "…"})
    filed.status, filed.attempts = SubmissionStatus.SUBMITTED, 1
    filed.received_on = date(2024, 11, 1)
    # Somebody gave this one more time: that was no count.
    moved.due_on = date(2024, 12, 25)
    ids = {name: row.id for name, row in (("begun", begun), ("filed", filed), ("moved", moved))}
    await counted.session.commit()
    year_after = await due_days(counted, "2025")

    seen = await put(counted, "2024-12-17", HOLIDAY, dry_run=True)
    unmoved = await due_days(counted)
    answer = await put(counted, "2024-12-17", HOLIDAY)

    assert (seen.status_code, answer.status_code) == (200, 201)
    assert date(2024, 12, 19) not in unmoved
    effects = answer.json()["submission_effects"]
    assert seen.json()["submission_effects"] == effects
    assert effects["moves"] > len(effects["items"]) == 200
    assert {(one["due_on_before"], one["due_on"]) for one in effects["items"]} == {
        ("2024-12-18", "2024-12-19")
    }
    rows = await counted.session.exec(of_2024.execution_options(populate_existing=True))
    due = {row.id: row.due_on for row in rows}
    assert due.pop(ids["filed"]) == date(2024, 12, 18)
    assert due.pop(ids["moved"]) == date(2024, 12, 25)
    assert set(due.values()) == {date(2024, 12, 19)}
    assert await due_days(counted, "2025") == year_after
    entries, events = await counted.noted("submission", ids["begun"])
    assert entries[-1].action == "rescheduled"
    assert events[-1].data == {
        "period": "2024",
        "due_on_before": "2024-12-18",
        "due_on": "2024-12-19",
    }


async def test_what_was_due_stays_as_it_was(counted: Sample) -> None:
    with time_machine.travel(datetime(2024, 12, 20, 2, tzinfo=UTC), tick=True):
        await put(counted, "2024-12-17", HOLIDAY)

    assert await due_days(counted) == {date(2024, 12, 18)}


@pytest.mark.usefixtures("november_2024")
async def test_a_correction_never_makes_anything_due_in_the_past(counted: Sample) -> None:
    with time_machine.travel(datetime(2024, 12, 18, 2, tzinfo=UTC), tick=True):
        # 14/12 is a Saturday; worked after all, the third working day is the 17th: it has passed.
        await put(counted, "2024-12-15", WORKED)

    assert await due_days(counted) == {date(2024, 12, 18)}


async def test_seeding_is_told_and_audited(sample: Sample) -> None:
    await seed_days(sample.session, holidays_of_years(2026, 2026), at=NOVEMBER)

    ours = (await sample.session.exec(select(AuditEntry).where(*about_days(AuditEntry)))).all()
    told = (await sample.session.exec(select(Event).where(*about_days(Event)))).all()
    assert {(one.action, one.client_id) for one in ours} == {("seeded", None)}
    assert len(told) == len(ours) == len(list(holidays_of_years(2026, 2026)))
