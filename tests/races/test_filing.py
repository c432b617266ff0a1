"""Reports that are filed at once: by single pushes, in batches, in packages."""

import asyncio
from typing import Any

from fastapi import FastAPI
from sqlmodel import col

from app.clock import local_day, utc_now
from app.domain.submissions import push as submission_pushes
from app.models import (
    Assignment,
    AuditEntry,
    Event,
    SubmissionAttempt,
)
from tests.support.batches import row, send, statuses
from tests.support.edxml_files import package
from tests.support.races import (
    address,
    by,
    count,
    principal,
    report_on,
    until_one_waits,
)
from tests.support.sample import REPORT
from tests.support.sample_facts import (
    APPOINT_OFFICERS,
    CULTURAL_FESTIVALS,
    FARM_PRODUCTS,
    MISSIONS_ABROAD,
    POLICY_COMMUNICATION,
    TEACH_THE_POLICIES,
    VIETNAMESE_LESSONS,
)


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

    async with service.state.sessionmaker() as session, by(service, "reporter") as http:
        reporter = await principal(session, "reporter")
        at = utc_now()
        case = await submission_pushes.lock_submission(
            session, reporter, report.assignment_id, report.period, day=local_day(at)
        )
        await submission_pushes.push_submission(session, reporter, case, REPORT, submit=True, at=at)
        batch = asyncio.create_task(send(http, row("3.12"), row("3.12", percent=90), row("3.13")))
        await until_one_waits(await session.connection())
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
