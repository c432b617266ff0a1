"""A batch beside the same pushes one by one, and beside a database that refuses one of them."""

import uuid
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.config import DatabaseRole, Settings
from app.domain.submissions import storing
from app.models import AssignmentStatus, AuditEntry, Event, SubmissionAttempt
from app.queries.row_security import ALLOW, EVERY
from tests.support.batches import Json, push, refusals, row, statuses
from tests.support.reports import COMPLETED, NOT_APPLICABLE
from tests.support.sample import REPORT, Sample, opened
from tests.support.sample_facts import FOREIGN_AFFAIRS
from tests.support.transactions import Engines, work_as

# The rows that pushes leave behind, without ids and moments; the order is that of writing.
LEFT = (
    "select submission_id, content, drafted_by_id from submission_draft order by 1",
    """select assignment_id, period, status, attempts, received_on from submission
        where status <> 'expected' order by 1, 2""",
    "select id, status, reported_on, completed_on, changed_on from assignment order by 1",
    "select assignment_id, since, until, status, reported_on from assignment_state order by 1, 2",
    """select submission_id, number, content, received_on, agency_id, client_id
         from submission_attempt order by 1, 2""",
    """select client_id, agency_id, action, noun, row_id, detail from audit_entry
        order by occurred_at, id""",
    "select type, subject, noun, row_id, plan_id, agency_id, data from event order by sequence",
)
CONTENTS = (REPORT, REPORT | {"percent": 60}, COMPLETED, NOT_APPLICABLE)
# Task and period, with the task and the occurrence that report for it.
TASKS = {
    ("3.3", "2024"): ("3.3", "once"),
    ("3.3", "2025"): ("3.3", "once"),
    ("1.2", "2024"): ("1.2", "2024"),
    ("2.2", "2024"): ("2.2", "2024"),
}
NOBODY = uuid.UUID(int=9)
Pushed = tuple[tuple[str, str], Json, bool]
EVENTS = col(Event.type) == "tiendo.submission.submitted"
PUSHES = st.lists(
    st.tuples(st.sampled_from([*TASKS, ("9.9", "2024")]), st.sampled_from(CONTENTS), st.booleans()),
    min_size=1,
    max_size=12,
)


async def left(connection: AsyncConnection) -> list[list[Any]]:
    await connection.execute(ALLOW, {"agencies": EVERY})
    return [[tuple(one) for one in await connection.execute(sa.text(query))] for query in LEFT]


FIRST_PARTS = st.sampled_from([1, 2, storing.FIRST_PART])
"""So many assignments are stored at first; each further part is as large."""


def told(answer: Json) -> Json:
    """The members that the answer to a single push and to a row share."""
    alike = ("id", "period", "status", "attempts", "received_on", "is_late", "code", "detail")
    return {name: answer[name] for name in alike if name in answer}


async def one_by_one(issued: Sample, rows: list[Json]) -> list[Json]:
    """Each row as a single push."""
    answers = []
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        for one in rows:
            url = f"/v1/assignments/{one['assignment_id']}/submissions/{one['period']}"
            content = {name: one[name] for name in REPORT}
            answers.append(await http.put(url, json=content, params={"submit": one["submit"]}))
    return [told(answer.json()) for answer in answers]


async def compare(engines: Engines, url: str, settings: Settings, pushes: list[Pushed]) -> None:
    async with opened(engines, url, settings) as issued:
        connection = issued.connection
        ids = {
            task: (await issued.assignment(FOREIGN_AFFAIRS, *task)).id for task in TASKS.values()
        }
        # One task has a report that waits, and one takes none: pushes find different states.
        await push(issued, row("2.2", **COMPLETED))
        suspended = await issued.assignment(FOREIGN_AFFAIRS, *TASKS["1.2", "2024"])
        suspended.status = AssignmentStatus.SUSPENDED
        await issued.session.commit()
        rows = [
            {
                "assignment_id": str(ids.get(TASKS.get(key, ("", "")), NOBODY)),
                "period": key[1],
                "submit": submit,
                **content,
            }
            for key, content, submit in pushes
        ]

        async with connection.begin_nested() as savepoint:
            answers = await one_by_one(issued, rows)
            wanted = await left(connection)
            await savepoint.rollback()
        of_reports = col(AuditEntry.noun) == "submission"
        noted = await issued.rows(AuditEntry, of_reports)
        answer = await push(issued, *rows)

        assert [told(one["result"] or one["problem"]) for one in answer["items"]] == answers
        assert await left(connection) == wanted
        counts = answer["counts"]
        told_of = await issued.rows(AuditEntry, of_reports) - noted
        assert told_of == counts["created"] + counts["changed"]
        assert counts["rejected"] == len(refusals(answer))


@pytest.mark.anyio
@hypothesis(max_examples=20, deadline=None)
@given(pushes=PUSHES, first_part=FIRST_PARTS)
async def test_a_batch_is_the_same_pushes_one_by_one(
    engines: Engines, issued_url: str, settings: Settings, pushes: list[Pushed], first_part: int
) -> None:
    with (
        time_machine.travel("2024-12-09T02:00:00Z"),
        mock.patch.multiple(storing, FIRST_PART=first_part, GROWTH=1),
    ):
        await compare(engines, issued_url, settings, pushes)


PLANTED = (
    """create function refuse_one() returns trigger language plpgsql as $$
       begin
         if new.submission_id = '{id}' then {refusal} end if;
         return new;
       end $$""",
    "create trigger refuse_one before insert on submission_attempt"
    " for each row execute function refuse_one()",
)
PLANTS = {
    "raise exception 'planted';": (500, "internal_error"),
    "raise check_violation using constraint = 'planted';": (409, "conflict"),
    "new.number := 1 / (new.number - 1);": (500, "internal_error"),
}


async def plant(issued: Sample, refusal: str) -> None:
    """A database that refuses SNGV's report on task 2.4, which our rules let pass."""
    submission = await issued.submission(FOREIGN_AFFAIRS, "2.4", "2024")
    await work_as(issued.session, None)
    for statement in PLANTED:
        await issued.connection.exec_driver_sql(
            statement.replace("{id}", str(submission.id)).replace("{refusal}", refusal)
        )
    await work_as(issued.session, DatabaseRole.SERVICE)


@pytest.mark.parametrize("first_part", [1, 2, storing.FIRST_PART])
@pytest.mark.parametrize("refusal", PLANTS)
async def test_what_the_database_refuses_hides_no_other_row(
    issued: Sample, refusal: str, first_part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "FIRST_PART", first_part)
    monkeypatch.setattr(storing, "GROWTH", 1)
    await plant(issued, refusal)
    tasks = ["1.2", "2.2", "2.4", "2.5", "3.1", "3.5", "3.6"]

    answer = await push(issued, *map(row, tasks), row("2.4", submit=False), row("9.9"))

    assert refusals(answer) == [(2, *PLANTS[refusal]), (7, *PLANTS[refusal]), (8, 404, "not_found")]
    assert (answer["applied"], answer["counts"]["created"]) == (True, 6)
    assert "planted" not in str(answer)
    assert await issued.rows(SubmissionAttempt) == await issued.rows(Event, EVENTS) == 6
    assert (await issued.submission(FOREIGN_AFFAIRS, "2.4", "2024")).status == "expected"
    assert (await issued.assignment(FOREIGN_AFFAIRS, "2.4", "2024")).status == "not_started"


async def test_of_all_or_nothing_nothing_is_kept_when_the_database_refuses_a_row(
    issued: Sample,
) -> None:
    await plant(issued, "raise exception 'planted';")
    before = await left(issued.connection)

    answer = await push(issued, row("1.2"), row("2.4"), row("2.2"), atomic=True)

    assert (answer["applied"], statuses(answer)) == (False, ["created", "rejected", "created"])
    assert await left(issued.connection) == before


async def test_what_concerns_no_single_row_leaves_nothing_behind(issued: Sample) -> None:
    await plant(issued, "raise deadlock_detected;")
    before = await left(issued.connection)

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        body = {"items": [row("1.2"), row("2.4")]}
        answer = await http.post("/v1/submissions/batch", json=body)

    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert await left(issued.connection) == before
