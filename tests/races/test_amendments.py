"""Amendments at once: one after another, and beside reports that are filed meanwhile."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI
from sqlmodel import col, select

from app.models import Amendment, AmendmentState, Assignment, AssignmentStatus, Plan, Task
from tests.support.races import address, by, count, report_on
from tests.support.sample import COMPLETION, REPORT
from tests.support.sample_facts import APPOINT_OFFICERS


async def drafted(
    service: FastAPI, http: httpx.AsyncClient, ordinal: str, change: str, **words: Any
) -> str:
    """An amendment that does one thing to a task of the sample."""
    async with service.state.sessionmaker() as session:
        of_it = col(Plan.number) == COMPLETION["number"], col(Task.ordinal) == ordinal
        rows = await session.exec(
            select(Task).join(Plan, col(Plan.id) == col(Task.plan_id)).where(*of_it)
        )
        task = rows.one()
    item = {"change": change, "task": str(task.id), **words}
    body = {"reason": "Sửa đổi.", "basis": "1/QĐ-UBND ngày 1/9/2024", "items": [item]}
    answer = await http.post(f"/v1/plans/{task.plan_id}/amendments", json=body)
    assert answer.status_code == 201, answer.text
    return f"/v1/amendments/{answer.json()['id']}/issue"


async def test_of_two_that_amend_one_task_at_once_one_does(service: FastAPI) -> None:
    async with by(service, "issuer") as http:
        urls = [
            await drafted(service, http, APPOINT_OFFICERS, "change", title=str(n)) for n in range(3)
        ]
        answers = await asyncio.gather(*(http.post(url) for url in urls for _ in range(2)))

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409, 409, 409]
    codes = {one.json()["code"] for one in answers if one.status_code == 409}
    assert codes <= {"amendment_outdated", "amendment_not_draft"}
    assert await count(service, Amendment, col(Amendment.state) == AmendmentState.ISSUED) == 1


async def test_a_report_that_is_filed_meanwhile_is_filed_or_refused(service: FastAPI) -> None:
    report = await report_on(service, "5.2")
    async with by(service, "issuer") as http, by(service, "reporter") as reporter:
        url = await drafted(service, http, "5.2", "drop")
        issued, filed = await asyncio.gather(
            http.post(url), reporter.put(address(report), json=REPORT)
        )

    assert issued.status_code == 200, issued.text
    assert filed.status_code in (200, 409), filed.text
    async with service.state.sessionmaker() as session:
        owed = await session.get_one(Assignment, report.assignment_id)
        assert owed.status == AssignmentStatus.REVOKED
