"""The agency reports that report requests ask for: those that were not filed."""

import uuid
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AgencyReport
from app.queries.submissions.submissions import UNFILED


async def lock_unfiled_reports(session: AsyncSession, request_id: uuid.UUID) -> list[AgencyReport]:
    """Lock the request's reports that were not filed, in the order of ids."""
    rows = await session.exec(
        select(AgencyReport)
        .where(
            col(AgencyReport.report_request_id) == request_id,
            col(AgencyReport.status).in_(UNFILED),
        )
        .order_by(col(AgencyReport.id))
        .with_for_update(key_share=True)
    )
    return list(rows)


async def lock_reports_of_ended(
    session: AsyncSession, day: date
) -> list[tuple[AgencyReport, date | None]]:
    """Lock the reports that requests ask of agencies which had ended by *day* without filing, each
    with the day on which its agency ended."""
    rows = await session.exec(
        select(AgencyReport, col(Agency.valid_until))
        .join(Agency, col(Agency.id) == col(AgencyReport.agency_id))
        .where(
            col(AgencyReport.report_request_id).is_not(None),
            col(AgencyReport.status).in_(UNFILED),
            col(Agency.valid_until) <= day,
        )
        .order_by(col(AgencyReport.id))
        .with_for_update(of=AgencyReport, key_share=True)
    )
    return list(rows)


async def has_report(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, period: str
) -> bool:
    """True if the agency has an agency report for the period."""
    rows = await session.exec(
        select(AgencyReport.id).where(
            col(AgencyReport.plan_id) == plan_id,
            col(AgencyReport.agency_id) == agency_id,
            col(AgencyReport.period) == period,
        )
    )
    return rows.one_or_none() is not None
