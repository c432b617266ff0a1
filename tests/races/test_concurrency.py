"""Requests at once: the application with its own pool, on a database of its own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select

from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans import plans
from app.jobs.roll_forward import roll_forward
from app.models import (
    Assignment,
    Client,
    Event,
    Plan,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    Succession,
)
from app.queries.access.client_list import get_client_for_update
from app.queries.assignments.assignments import OPEN
from app.queries.locks import try_lock_idempotency_key
from app.queries.plans.plans import get_plan_for_update
from app.queries.registry.agencies import get_agency, get_agency_for_update
from app.queries.registry.collectives import get_collective_for_update
from app.queries.submissions.submissions import get_submission
from tests.support.patience import PATIENCE
from tests.support.races import (
    address,
    by,
    count,
    principal,
    report_on,
    until_one_waits,
)
from tests.support.sample import COMPLETION, COUNTED_IN, REPORT, draft_plan, principal_of
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    DEPARTMENTS,
    FARM_PRODUCTS,
    FINANCE,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INSPECTION,
    NATIONAL_BRAND,
    TEACH_THE_RESOLUTION,
)
from tests.support.transactions import work_as

OTHER_NUMBER = {**COMPLETION, "number": "MAU-02/KH-MAU"}


async def test_of_two_ratings_at_once_one_stands(service: FastAPI) -> None:
    async with service.state.sessionmaker() as session:
        plans = await session.exec(select(Plan).where(col(Plan.number) == COMPLETION["number"]))
        url = f"/v1/plans/{plans.one().id}/ratings/SNGV/2024"

    async with by(service, "first-coordinator") as one, by(service, "second-coordinator") as two:
        answers = await asyncio.gather(
            *(
                http.put(url, json={"grade": grade, "remark": "Đã xét.", "reason": "Xét lại."})
                for http, grade in ((one, "good"), (two, "excellent"))
            )
        )

    # The other one has not read what it would correct.
    assert sorted(one.status_code for one in answers) == [200, 428]


async def test_of_two_reviewers_at_once_one_decides(service: FastAPI) -> None:
    report = await report_on(service, INSPECTION)
    async with by(service, "reporter") as http:
        await http.put(address(report), json=REPORT)

    url = f"/v1/submissions/{report.id}"
    async with by(service, "first-coordinator") as one, by(service, "second-coordinator") as two:
        accepting, returning = await asyncio.gather(
            one.post(f"{url}/accept", json={"attempt": 1}),
            two.post(f"{url}/send-back", json={"attempt": 1, "reason": "Thiếu."}),
        )

    assert sorted([accepting.status_code, returning.status_code]) == [200, 409]
    winner = accepting if accepting.status_code == 200 else returning
    async with by(service, "first-coordinator") as http:
        assert (await http.get(url)).json()["status"] == winner.json()["status"]
    async with service.state.sessionmaker() as session:
        reviews = await session.exec(
            select(SubmissionReview)
            .join(SubmissionAttempt, col(SubmissionAttempt.id) == col(SubmissionReview.attempt_id))
            .where(col(SubmissionAttempt.submission_id) == report.id)
        )
        assert [review.decision for review in reviews] == [winner.json()["status"]]


async def test_of_two_that_issue_a_plan_at_once_one_issues_it(service: FastAPI) -> None:
    async with service.state.sessionmaker() as session:
        issuer = await session.exec(select(Client).where(col(Client.client_id) == "issuer"))
        client = issuer.one()
        plan = await draft_plan(session, client)
        await plans.update(
            PersonalAct(session, principal_of(client), utc_now()), plan, OTHER_NUMBER
        )
        await session.commit()

    async with by(service, "issuer") as http:
        answers = await asyncio.gather(*(http.post(f"/v1/plans/{plan.id}/issue") for _ in range(2)))

    assert sorted(one.status_code for one in answers) == [200, 409]
    made = next(one for one in answers if one.status_code == 200).json()
    of_it = col(Assignment.plan_id) == plan.id
    assert await count(service, Assignment, of_it) == made["assignments"] > 0
    issued = col(Event.type) == "tiendo.plan.issued", col(Event.plan_id) == plan.id
    assert await count(service, Event, *issued) == 1


FAIL_AT_COMMIT = (
    "create function fail_at_commit() returns trigger language plpgsql as"
    " $$ begin raise exception 'the commit fails'; end $$",
    "create constraint trigger fail_at_commit after insert on submission_attempt"
    " deferrable initially deferred for each row execute function fail_at_commit()",
)


@pytest.fixture
async def failing_commits(service: FastAPI) -> AsyncIterator[None]:
    """Filing goes well until its transaction is to be committed."""
    async with service.state.sessionmaker.begin() as session:
        connection = await session.connection()
        await work_as(connection, None)
        for statement in FAIL_AT_COMMIT:
            await connection.exec_driver_sql(statement)
    yield
    async with service.state.sessionmaker.begin() as session:
        connection = await session.connection()
        await work_as(connection, None)
        await connection.exec_driver_sql("drop function fail_at_commit() cascade")


@pytest.mark.usefixtures("failing_commits")
async def test_a_change_its_audit_entry_and_its_event_are_kept_together_or_not_at_all(
    service: FastAPI,
) -> None:
    report = await report_on(service, "2.5")
    # Requests are counted, whatever becomes of them.
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name not in COUNTED_IN]

    async def counts() -> list[int]:
        async with service.state.sessionmaker() as session:
            statements = [sa.select(sa.func.count()).select_from(table) for table in tables]
            connection = await session.connection()
            return [(await connection.execute(one)).scalar_one() for one in statements]

    before = await counts()
    async with by(service, "reporter") as http:
        answer = await http.put(address(report), json=REPORT)
        after = await http.get(address(report).partition("?")[0])

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert (after.json()["status"], after.json()["attempts"]) == ("expected", 0)
    assert await counts() == before


async def test_a_report_is_filed_while_the_plan_is_being_worked_on(service: FastAPI) -> None:
    report = await report_on(service, NATIONAL_BRAND)

    async with service.state.sessionmaker() as session:
        plan = (
            await session.exec(select(Plan).where(col(Plan.number) == COMPLETION["number"]))
        ).one()
        await get_plan_for_update(session, await principal(session, "issuer"), plan.id)
        async with by(service, "reporter") as http:
            answer = await asyncio.wait_for(http.put(address(report), json=REPORT), PATIENCE)

    assert answer.status_code == 200


async def test_a_report_is_filed_while_its_agency_is_being_corrected(service: FastAPI) -> None:
    report = await report_on(service, TEACH_THE_RESOLUTION, "once")

    async with service.state.sessionmaker() as session:
        await get_agency_for_update(session, FOREIGN_AFFAIRS)
        async with by(service, "reporter") as http:
            answer = await asyncio.wait_for(http.put(address(report), json=REPORT), PATIENCE)

    assert answer.status_code == 200


async def test_a_report_is_filed_while_its_client_is_being_changed(service: FastAPI) -> None:
    report = await report_on(service, FARM_PRODUCTS)

    async with service.state.sessionmaker() as session:
        await get_client_for_update(session, "reporter")
        async with by(service, "reporter") as http:
            answer = await asyncio.wait_for(http.put(address(report), json=REPORT), PATIENCE)

    assert answer.status_code == 200


async def test_an_assignee_is_added_while_its_collective_is_being_corrected(
    service: FastAPI,
) -> None:
    words = {"role": "lead", "source_text": "các sở, ban, ngành", "collective": DEPARTMENTS}
    async with by(service, "issuer") as http:
        plan = (await http.post("/v1/plans", json={"title": "Kế hoạch mẫu"})).json()
        given = {"ordinal": "1", "title": "Một nhiệm vụ", "time_frame_text": "Hằng năm"}
        task = (await http.post(f"/v1/plans/{plan['id']}/tasks", json=given)).json()

        async with service.state.sessionmaker() as session:
            await get_collective_for_update(session, DEPARTMENTS)
            adding = http.post(f"/v1/tasks/{task['id']}/assignees", json=words)
            answer = await asyncio.wait_for(adding, PATIENCE)

    assert answer.status_code == 201


async def test_two_corrections_of_an_agency_come_one_after_another(service: FastAPI) -> None:
    async with service.state.sessionmaker() as session:
        await get_agency_for_update(session, FOREIGN_AFFAIRS)
        async with service.state.sessionmaker() as other:
            await other.exec(sa.text("set local lock_timeout = '200ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                await get_agency_for_update(other, FOREIGN_AFFAIRS)


async def test_assignments_roll_forward_while_a_report_is_being_filed(service: FastAPI) -> None:
    report = await report_on(service, CULTURAL_DIPLOMACY, "once")

    async with service.state.sessionmaker() as session:
        reporter = await principal(session, "reporter")
        await get_submission(session, reporter, report.id, lock=True)
        # The next report on the very same assignment is made meanwhile.
        rolling = roll_forward(
            service.state.sessionmaker, at=datetime(2024, 12, 31, 17, tzinfo=UTC)
        )
        made = await asyncio.wait_for(rolling, PATIENCE)

    assert made > 0
    later = (
        col(Submission.assignment_id) == report.assignment_id,
        col(Submission.period) == "2026",
    )
    assert await count(service, Submission, *later) == 1


async def test_who_waits_for_an_assignment_holds_none_of_its_reports(service: FastAPI) -> None:
    report = await report_on(service, "3.2", "once")
    held = sa.text("select 1 from assignment where id = :id for no key update")
    free = sa.text("select 1 from submission where assignment_id = :id for update nowait")

    async with service.state.sessionmaker() as session, by(service, "reporter") as http:
        connection = await session.connection()
        await connection.execute(held, {"id": report.assignment_id})
        push = asyncio.create_task(http.put(address(report, "2025"), json=REPORT))
        await until_one_waits(connection)
        # Accepting a completed report waives later ones: were one held, each would wait for ever.
        try:
            rows = (await connection.execute(free, {"id": report.assignment_id})).all()
        finally:
            await session.rollback()
            answer = await push

    assert len(rows) >= 2
    assert answer.status_code == 200


async def test_one_key_at_once_makes_one_plan(service: FastAPI) -> None:
    title = "Một khóa, một kế hoạch"
    key = {"Idempotency-Key": "mot-khoa"}

    async with by(service, "issuer") as http:
        answers = await asyncio.gather(
            *(http.post("/v1/plans", json={"title": title}, headers=key) for _ in range(10))
        )
        late = await http.post("/v1/plans", json={"title": title}, headers=key)

    made = {one.json()["id"] for one in (*answers, late) if one.status_code == 201}
    waiting = [one.json()["code"] for one in answers if one.status_code != 201]
    assert len(made) == 1
    assert set(waiting) <= {"request_in_progress"}
    assert late.headers["idempotency-replayed"] == "true"
    assert await count(service, Plan, col(Plan.title) == title) == 1


async def test_while_the_first_is_worked_on_the_second_is_told(service: FastAPI) -> None:
    body = {"title": "Chưa xong"}
    async with service.state.sessionmaker.begin() as session, by(service, "issuer") as http:
        client = await principal(session, "issuer")
        assert await try_lock_idempotency_key(session, client.client_id, "dang-lam")

        answer = await http.post("/v1/plans", json=body, headers={"Idempotency-Key": "dang-lam"})

        assert (answer.status_code, answer.json()["code"]) == (409, "request_in_progress")


async def test_of_two_changes_at_once_of_what_both_read_one_is_made(service: FastAPI) -> None:
    async with by(service, "issuer") as http:
        made = await http.post("/v1/plans", json={"title": "Hai người cùng sửa"})
        path, read = made.headers["location"], {"If-Match": made.headers["etag"]}

        answers = await asyncio.gather(
            *(http.patch(path, json={"note": str(n)}, headers=read) for n in range(6))
        )

        assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
        kept = next(one.json()["note"] for one in answers if one.status_code == 200)
        assert (await http.get(path)).json()["note"] == kept


async def test_of_two_that_record_the_same_succession_at_once_one_records_it(
    service: FastAPI,
) -> None:
    body = {
        "kind": "merge",
        "effective_on": "2027-01-01",
        "basis": "01/QĐ-MAU",
        "items": [{"predecessor": "STP", "successor": HOME_AFFAIRS}],
    }
    async with by(service, "administrator") as http:
        answers = await asyncio.gather(*(http.post("/v1/successions", json=body) for _ in range(4)))

    assert sorted({one.status_code for one in answers} - {200, 409}) == [201]
    assert [one.status_code for one in answers].count(201) == 1
    recorded = col(Succession.effective_on) == date(2027, 1, 1)
    assert await count(service, Succession, recorded) == 1


async def test_two_that_settle_at_once_move_each_assignment_once(service: FastAPI) -> None:
    body = {
        "kind": "merge",
        "effective_on": "2026-01-01",
        "basis": "02/QĐ-MAU",
        "items": [{"predecessor": INDUSTRY_AND_TRADE, "successor": FINANCE}],
    }
    async with by(service, "administrator") as http:
        answers = await asyncio.gather(
            http.post("/v1/successions", json=body),
            roll_forward(service.state.sessionmaker, at=utc_now()),
            http.post("/v1/successions", json=body),
        )

    statuses = sorted(one.status_code for one in (answers[0], answers[2]))
    assert statuses[0] in (200, 201)
    async with service.state.sessionmaker() as session:
        ended = await get_agency(session, INDUSTRY_AND_TRADE)
    left_open = (col(Assignment.agency_id) == ended.id) & col(Assignment.status).in_(OPEN)
    assert (
        await count(service, Assignment, left_open, col(Assignment.merged_into_id).is_(None)) == 0
    )


async def test_of_one_request_asked_at_once_one_asks(service: FastAPI) -> None:
    async with service.state.sessionmaker() as session:
        plans_ = await session.exec(select(Plan.id).where(col(Plan.number) == COMPLETION["number"]))
        url = f"/v1/plans/{plans_.one()}/report-requests"
    body = {
        "kind": "ad_hoc",
        "answered_by": "assignment",
        "title": "Báo cáo nhanh",
        "number": "15/STTTT",
        "issued_on": "2025-03-10",
        "data_from": "2025-01-01",
        "data_to": "2025-12-31",
        "due_on": "2099-12-31",
        "agencies": [FOREIGN_AFFAIRS],
        "tasks": [CULTURAL_DIPLOMACY],
    }
    async with by(service, "issuer") as http:
        answers = await asyncio.gather(*(http.post(url, json=body) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert {answer.headers["location"] for answer in answers} == {
        f"/v1/report-requests/{answer.json()['id']}"
        for answer in answers
        if answer.status_code == 201
    }
    assert await count(service, Submission, col(Submission.period) == "adhoc-15-stttt-2025") == 1


async def test_of_one_draft_put_eight_times_at_once_one_is_made(service: FastAPI) -> None:
    async with by(service, "issuer") as http:
        puts = [
            http.put("/v1/plans?external_ref=vb:tam-lan", json={"title": "Một dự thảo"})
            for _ in range(8)
        ]
        answers = await asyncio.gather(*puts)

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
