"""A reporting regime that changes while reports on the plan are filed: each holds its rows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.config import Settings
from app.domain.acts import PersonalAct
from app.domain.regimes import regimes
from app.jobs.roll_forward import roll_forward
from app.models import (
    Agency,
    Assignment,
    ReportingRegime,
    Submission,
    SubmissionStatus,
)
from app.queries.locks import lock_handovers
from app.queries.plans.plans import get_plan_for_update
from tests.support.clients import serving
from tests.support.races import by, principal
from tests.support.sample import REPORT
from tests.support.sample_facts import FOREIGN_AFFAIRS


@pytest.fixture
async def service(url: str, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application with its own engine and pool, its plan known to the end of next year."""
    async with serving(settings, url) as app:
        await roll_forward(app.state.sessionmaker, at=utc_now())
        yield app


async def coming_reports(service: FastAPI) -> tuple[Any, str, list[Submission]]:
    """The plan, its next year, and what SNGV is expected to report for it."""
    year = str(local_day(utc_now()).year + 1)
    async with service.state.sessionmaker() as session:
        rows = await session.exec(
            select(Submission, Assignment.plan_id)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .where(col(Agency.code) == FOREIGN_AFFAIRS, col(Submission.period) == year)
        )
        found = list(rows)
    return found[0][1], year, [row for row, _ in found]


async def attach(service: FastAPI, plan_id: Any, given: dict[str, Any]) -> ReportingRegime:
    async with service.state.sessionmaker.begin() as session:
        issuer: Principal = await principal(session, "issuer")
        await lock_handovers(session)
        plan = await get_plan_for_update(session, issuer, plan_id)
        return await regimes.set_regime(PersonalAct(session, issuer, utc_now()), plan, given)


async def test_what_is_filed_while_the_regime_changes_is_filed_or_no_more_asked_for(
    service: FastAPI,
) -> None:
    plan_id, year, reports = await coming_reports(service)
    monthly = {"preset": "decree_09_month", "effective_from": reports[0].data_from}

    async with by(service, "reporter") as http:
        done: list[Any] = await asyncio.gather(
            attach(service, plan_id, monthly),
            *(
                http.put(f"/v1/assignments/{one.assignment_id}/submissions/{year}", json=REPORT)
                for one in reports
            ),
        )

    answers = done[1:]
    async with service.state.sessionmaker() as session:
        rows = await session.exec(
            select(Submission).where(col(Submission.id).in_([one.id for one in reports]))
        )
        status = {row.assignment_id: (row.status, row.is_superseded) for row in rows}
    assert {one.status_code for one in answers} <= {200, 409}
    for report, answer in zip(reports, answers, strict=True):
        waived = (SubmissionStatus.WAIVED, True), (SubmissionStatus.EXPECTED, False)
        assert status[report.assignment_id] == waived[answer.status_code == 200]


async def test_of_regimes_set_at_once_for_a_day_one_holds(service: FastAPI) -> None:
    plan_id, _, reports = await coming_reports(service)
    day = reports[0].data_from + timedelta(days=400)
    choices = ("decree_09_month", "decree_09_quarter", "decree_09_half_year")

    await asyncio.gather(
        *(attach(service, plan_id, {"preset": one, "effective_from": day}) for one in choices)
    )

    async with service.state.sessionmaker() as session:
        of_day = select(ReportingRegime).where(col(ReportingRegime.effective_from) == day)
        rows = list(await session.exec(of_day))
    assert sorted(str(row.preset) for row in rows) == sorted(choices)
    assert sum(row.replaced_at is None for row in rows) == 1
