"""Reading consolidated reports. Every statement starts from those that the principal may see."""

import uuid
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.errors import Text
from app.models import ConsolidatedContent, ConsolidatedReport, Plan
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.plans.plans import sees_plan
from app.queries.rows import one_of

NO_SUCH_REPORT = Text("Không có báo cáo tổng hợp này.", "There is no such consolidated report.")
LATER = """exists (
  select from consolidated_report later where later.previous_id = consolidated_report.id)"""
"""SQL of the condition that a later version has taken a report's place."""
SUPERSEDED: sa.ColumnElement[bool] = sa.literal_column(LATER, sa.Boolean)
REPORTS = Listing(
    conditions={
        "plan": "consolidated_report.plan_id = :plan",
        "kind": "consolidated_report.kind = :kind",
        "period": "consolidated_report.period = :period",
        "is_signed": "(consolidated_report.number is not null) = :is_signed",
        "is_latest": f"(not {LATER}) = :is_latest",
        "updated_since": "consolidated_report.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("consolidated_report.id", "uuid"),),
        "updated_at": (SortPart("consolidated_report.updated_at", "timestamptz"), ID),
    },
)


class ReportCase(NamedTuple):
    """A report, its plan, and if a later version has taken its place."""

    report: ConsolidatedReport
    plan: Plan
    is_superseded: bool


def sees_report(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition on `ConsolidatedReport` that the principal may read it.

    One that was signed is read by all who read submissions. Until then it is its author's, that of
    the plan's coordinator, issuer and owner, and that of those who read every filing by role.
    """
    if not principal.may(Permission.SUBMISSION_READ):
        return sa.false()
    if principal.reads_all_submissions:
        return sa.true()
    mine = principal.agency_id
    follows = select(Plan.id).where(
        col(Plan.id) == col(ConsolidatedReport.plan_id),
        sa.or_(
            col(Plan.coordinator_id) == mine,
            col(Plan.issuer_id) == mine,
            col(Plan.owner_id) == mine,
        ),
    )
    return sa.or_(
        col(ConsolidatedReport.number).is_not(None),
        col(ConsolidatedReport.agency_id) == mine,
        follows.correlate(ConsolidatedReport).exists(),
    )


def _cases(principal: Principal) -> Any:
    return (
        select(ConsolidatedReport, Plan, SUPERSEDED)
        .join(Plan, col(Plan.id) == col(ConsolidatedReport.plan_id))
        .where(sees_plan(principal), sees_report(principal))
    )


async def page_of_reports(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[ReportCase]:
    """A page of visible reports, and the key after which the next page begins."""
    return await read_page(session, _cases(principal), REPORTS, asked, ReportCase)


async def get_report(
    session: AsyncSession, principal: Principal, report_id: uuid.UUID, *, is_fresh: bool = False
) -> ReportCase:
    """One visible report, read anew with *is_fresh*. Raises `NotFoundError`."""
    statement = _cases(principal).where(col(ConsolidatedReport.id) == report_id)
    if is_fresh:
        statement = statement.execution_options(populate_existing=True)
    return ReportCase(*await one_of(session, statement, NO_SUCH_REPORT))


async def content_of(session: AsyncSession, report: ConsolidatedReport) -> str:
    """The canonical text of what a report holds."""
    row = await session.get_one(ConsolidatedContent, report.id)
    return row.content


async def find_first(session: AsyncSession, plan_id: uuid.UUID, period: str) -> uuid.UUID | None:
    """The first version of the report of a plan's period, or None."""
    rows = await session.exec(
        select(ConsolidatedReport.id).where(
            col(ConsolidatedReport.plan_id) == plan_id,
            col(ConsolidatedReport.period) == period,
            col(ConsolidatedReport.kind) == "periodic",
            col(ConsolidatedReport.version) == 1,
        )
    )
    return rows.one_or_none()
