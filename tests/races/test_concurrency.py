"""What happens at once: the application with its own pool, on a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.config import Settings
from app.domain.plans import plans
from app.domain.submissions import push as submission_pushes
from app.jobs.roll_forward import roll_forward
from app.models import (
    Agency,
    Assignment,
    AuditEntry,
    Client,
    Event,
    Plan,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    Succession,
    Task,
)
from app.queries.assignments.assignments import OPEN
from app.queries.locks import try_lock_idempotency_key
from app.queries.plans.plans import get_plan_for_update
from app.queries.registry.agencies import get_agency, get_agency_for_update
from app.queries.registry.collectives import get_collective_for_update
from app.queries.submissions.submissions import get_submission
from tests.support.batches import row, send, statuses
from tests.support.clients import serving
from tests.support.edxml_files import package
from tests.support.factories import make_client
from tests.support.sample import COMPLETION, REPORT, draft_plan, issued_database, principal_of
from tests.support.sample_facts import (
    APPOINT_OFFICERS,
    COMMITTEE_OFFICE,
    CULTURAL_DIPLOMACY,
    CULTURAL_FESTIVALS,
    DEPARTMENTS,
    FARM_PRODUCTS,
    FINANCE,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    INSPECTION,
    MISSIONS_ABROAD,
    NATIONAL_BRAND,
    POLICY_COMMUNICATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_POLICIES,
    TEACH_THE_RESOLUTION,
    VIETNAMESE_LESSONS,
)

CLIENTS = {
    "reporter": (FOREIGN_AFFAIRS, Role.REPORTER),
    "first-coordinator": (INFORMATION, Role.COORDINATOR),
    "second-coordinator": (INFORMATION, Role.COORDINATOR),
    "issuer": (PROVINCIAL_COMMITTEE, Role.ISSUER),
    "administrator": (COMMITTEE_OFFICE, Role.ADMINISTRATOR),
}
OTHER_NUMBER = {**COMPLETION, "number": "MAU-02/KH-MAU"}
PATIENCE = 10.0


async def make_clients(session: AsyncSession) -> None:
    for client_id, (code, role) in CLIENTS.items():
        await make_client(session, await get_agency(session, code), [role], client_id=client_id)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of these tests' own, with the issued plan."""
    with issued_database(make_clients) as url:
        yield url


@pytest.fixture
async def service(url: str, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application as it serves: with its own engine and pool."""
    async with serving(settings, url) as app:
        yield app


def by(service: FastAPI, client_id: str) -> httpx.AsyncClient:
    token, _ = service.state.token_keys.issue(
        client_id, frozenset({CLIENTS[client_id][1]}), at=utc_now()
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url=service.state.settings.base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )


async def principal(session: AsyncSession, client_id: str) -> Principal:
    client = await session.exec(select(Client).where(col(Client.client_id) == client_id))
    return principal_of(client.one())


async def report_on(service: FastAPI, ordinal: str, occurrence: str = "2024") -> Submission:
    """What SNGV is expected to report on a task for 2024; each test takes a task of its own."""
    async with service.state.sessionmaker() as session:
        rows = await session.exec(
            select(Submission)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .join(Task, col(Task.id) == col(Assignment.task_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .join(Plan, col(Plan.id) == col(Assignment.plan_id))
            .where(
                col(Plan.number) == COMPLETION["number"],
                col(Agency.code) == FOREIGN_AFFAIRS,
                col(Task.ordinal) == ordinal,
                col(Assignment.occurrence) == occurrence,
                col(Submission.period) == "2024",
            )
        )
        found: Submission = rows.one()
        return found


def address(report: Submission, period: str = "2024") -> str:
    return f"/v1/assignments/{report.assignment_id}/submissions/{period}?submit=true"


async def count(service: FastAPI, table: type[SQLModel], *where: Any) -> int:
    async with service.state.sessionmaker() as session:
        rows = await session.exec(select(sa.func.count()).select_from(table).where(*where))
        return int(rows.one())


async def test_the_same_push_a_hundred_times_at_once_is_one_filing(service: FastAPI) -> None:
    report = await report_on(service, TEACH_THE_POLICIES)

    async with by(service, "reporter") as http:
        answers = await asyncio.gather(
            *(http.put(address(report), json=REPORT) for _ in range(100))
        )

    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert answers[0].json()["attempts"] == 1
    of_it = col(SubmissionAttempt.submission_id) == report.id
    assert await count(service, SubmissionAttempt, of_it) == 1
    assert await count(service, AuditEntry, col(AuditEntry.row_id) == report.id) == 1
    told = col(Event.row_id) == report.id, col(Event.type) == "tiendo.submission.submitted"
    assert await count(service, Event, *told) == 1


async def test_different_pushes_at_once_file_one_of_them(service: FastAPI) -> None:
    report = await report_on(service, POLICY_COMMUNICATION)

    async with by(service, "reporter") as http:
        answers = await asyncio.gather(
            *(http.put(address(report), json=REPORT | {"percent": n}) for n in range(10))
        )

    assert sorted(one.status_code for one in answers) == [200] + [409] * 9
    of_it = col(SubmissionAttempt.submission_id) == report.id
    assert await count(service, SubmissionAttempt, of_it) == 1


async def test_corrections_at_once_are_numbered_one_after_another(service: FastAPI) -> None:
    report = await report_on(service, TEACH_THE_POLICIES)
    async with service.state.sessionmaker() as session:
        task_id = (await session.get_one(Assignment, report.assignment_id)).task_id
    body = {"name": "Số lớp tập huấn", "unit": "lớp"}
    async with by(service, "first-coordinator") as http:
        made = await http.post(f"/v1/tasks/{task_id}/indicators", json=body)
    url = f"/v1/assignments/{report.assignment_id}/indicator-values/{made.json()['id']}/2024"

    async with by(service, "reporter") as http:
        answers = await asyncio.gather(
            *(http.put(url, json={"value": f"{n}.5"}) for n in range(10))
        )

    assert sorted(one.json()["number"] for one in answers) == list(range(1, 11))


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
            one.post(f"{url}/accept"), two.post(f"{url}/send-back", json={"reason": "Thiếu."})
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
        await plans.update(session, principal_of(client), plan, OTHER_NUMBER, at=utc_now())
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
        for statement in FAIL_AT_COMMIT:
            await connection.exec_driver_sql(statement)
    yield
    async with service.state.sessionmaker.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("drop function fail_at_commit() cascade")


@pytest.mark.usefixtures("failing_commits")
async def test_a_change_its_audit_entry_and_its_event_are_kept_together_or_not_at_all(
    service: FastAPI,
) -> None:
    report = await report_on(service, "2.5")
    # Requests are counted, whatever becomes of them.
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name != "allowance"]

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
    waiting = sa.text("select count(*) from pg_locks where not granted")
    free = sa.text("select 1 from submission where assignment_id = :id for update nowait")

    async with service.state.sessionmaker() as session, by(service, "reporter") as http:
        connection = await session.connection()
        await connection.execute(held, {"id": report.assignment_id})
        push = asyncio.create_task(http.put(address(report, "2025"), json=REPORT))
        while (await connection.execute(waiting)).scalar_one() == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
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


def submission_id(id_: str) -> Any:
    return col(SubmissionAttempt.submission_id) == id_


async def test_two_batches_at_once_file_each_row_once(service: FastAPI) -> None:
    rows = [
        row(task, period=year)
        for task in (FARM_PRODUCTS, "3.9", CULTURAL_FESTIVALS)
        for year in ("2024", "2025")
    ]

    async with by(service, "reporter") as http:
        # The other way round, and yet neither waits for the other for ever.
        answers = await asyncio.gather(*(send(http, *rows[::way]) for way in (1, -1, 1, -1)))

    assert sorted(answer["counts"]["created"] for answer in answers) == [0, 0, 0, 6]
    assert sorted(answer["counts"]["unchanged"] for answer in answers) == [0, 6, 6, 6]
    for item in answers[0]["items"]:
        id_ = item["result"]["id"]
        assert item["result"]["attempts"] == 1
        assert await count(service, SubmissionAttempt, submission_id(id_)) == 1
        told = col(Event.subject).endswith(id_), col(Event.type) == "tiendo.submission.submitted"
        assert await count(service, Event, *told) == 1


async def test_a_batch_beside_single_pushes_of_its_rows_files_each_once(service: FastAPI) -> None:
    tasks = (APPOINT_OFFICERS, "5.2", MISSIONS_ABROAD, "5.4", "5.5")
    reports = [await report_on(service, task) for task in tasks]

    async with by(service, "reporter") as http:
        singles = [http.put(address(one), json=REPORT) for one in reports * 3]
        batches = [send(http, *map(row, tasks[::way])) for way in (1, -1, 1)]
        pushed = asyncio.gather(*singles)
        answers = await asyncio.gather(*batches)
        answered = await pushed

    assert {one.status_code for one in answered} == {200}
    assert {answer["counts"]["rejected"] for answer in answers} == {0}
    for report in reports:
        assert await count(service, SubmissionAttempt, submission_id(str(report.id))) == 1
        assert await count(service, AuditEntry, col(AuditEntry.row_id) == report.id) == 1


async def test_a_batch_that_waits_sees_what_was_filed_meanwhile(service: FastAPI) -> None:
    report = await report_on(service, "3.12")
    waiting = sa.text("select count(*) from pg_locks where not granted")

    async with service.state.sessionmaker() as session, by(service, "reporter") as http:
        reporter = await principal(session, "reporter")
        case = await submission_pushes.lock_submission(
            session, reporter, report.assignment_id, report.period
        )
        await submission_pushes.push_submission(
            session, reporter, case, REPORT, submit=True, at=utc_now()
        )
        batch = asyncio.create_task(send(http, row("3.12"), row("3.12", percent=90), row("3.13")))
        connection = await session.connection()
        while (await connection.execute(waiting)).scalar_one() == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await session.commit()
        answer = await batch

    assert statuses(answer) == ["unchanged", "rejected", "created"]


async def test_the_same_package_sent_at_once_is_one_document(service: FastAPI) -> None:
    async with by(service, "reporter") as http:
        http.headers["Content-Type"] = "application/xml"
        posts = (http.post("/v1/documents", content=package()) for _ in range(5))
        answers = await asyncio.gather(*posts)

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


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


async def test_what_is_shared_pushed_and_sent_in_a_batch_at_once_is_filed_once(
    service: FastAPI,
) -> None:
    reports = [
        await report_on(service, VIETNAMESE_LESSONS),
        await report_on(service, MISSIONS_ABROAD),
    ]
    rows = [{"assignment_id": str(one.assignment_id), "period": "2024"} for one in reports]

    async with by(service, "reporter") as http:

        def share(assignments: list[dict[str, str]]) -> Any:
            body = {"content": REPORT, "for": assignments, "submit": True}
            return http.post("/v1/submissions/shared", json=body)

        batch = [{**one, "submit": True, **REPORT} for one in rows]
        *answers, verdicts = await asyncio.gather(
            share(rows),
            http.put(address(reports[0]), json=REPORT),
            share(rows[::-1]),
            http.put(address(reports[1]), json=REPORT),
            share(rows[1:]),
            send(http, *batch[::-1]),
        )

    assert {one.status_code for one in answers} == {200}
    assert set(statuses(verdicts)) <= {"created", "unchanged"}
    for report in reports:
        of_it = col(SubmissionAttempt.submission_id) == report.id
        assert await count(service, SubmissionAttempt, of_it) == 1
