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
from app.reading import Sql, fetch

NO_SUCH_REPORT = Text("Không có báo cáo tổng hợp này.", "There is no such consolidated report.")
LATER = """exists (
  select from consolidated_report later where later.previous_id = consolidated_report.id)"""
"""SQL of the condition that a later version has taken a report's place."""
SUPERSEDED: sa.ColumnElement[bool] = sa.literal_column(LATER, sa.Boolean)
REPORTS = Listing(
    conditions={
        "plan": (
            "(consolidated_report.plan_id = :plan"
            " or :plan = any(consolidated_report.with_plan_ids))"
        ),
        "agency": "consolidated_report.own_id = :agency",
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
    """The canonical text of a report's content."""
    row = await session.get_one(ConsolidatedContent, report.id)
    return row.content


CONTENT = sa.text("""
select convert_to(content, 'UTF8') from consolidated_content where consolidated_report_id = :id
""")


async def content_bytes(sql: Sql, report_id: uuid.UUID) -> bytes:
    """The canonical text as the bytes over which the hash was made: never decoded, for the longest
    are of tens of megabytes."""
    [row] = await fetch(sql, CONTENT, {"id": report_id})
    return bytes(row[0])


GAPS = sa.text("""
select encode(sha256(convert_to(content, 'UTF8')), 'hex') as sha256,
  cast(cast(content as json) -> 'gaps' as text) as gaps
from consolidated_content where consolidated_report_id = :id
""")


class FrozenGaps(NamedTuple):
    """The hash of what is stored, and the JSON text of what was missing when it was frozen."""

    sha256: str
    gaps: str


async def frozen_gaps(sql: Sql, report_id: uuid.UUID) -> FrozenGaps:
    """Read by the database, which holds nobody up: a content may have tens of megabytes."""
    [row] = await fetch(sql, GAPS, {"id": report_id})
    return FrozenGaps(*row)


async def plans_of(session: AsyncSession, report: ConsolidatedReport) -> list[Plan]:
    """The plans that a report covers, its own first, the others as they were named."""
    wanted = [report.plan_id, *report.with_plan_ids]
    rows = await session.exec(select(Plan).where(col(Plan.id).in_(wanted)))
    found = {plan.id: plan for plan in rows}
    return [found[one] for one in wanted]


async def last_signed(session: AsyncSession, plan_id: uuid.UUID) -> ConsolidatedReport | None:
    """The plan's report of all agencies that was signed last; None while none was."""
    rows = await session.exec(
        select(ConsolidatedReport)
        .where(
            col(ConsolidatedReport.plan_id) == plan_id,
            col(ConsolidatedReport.own_id).is_(None),
            col(ConsolidatedReport.number).is_not(None),
        )
        .order_by(
            col(ConsolidatedReport.signed_on).desc(), col(ConsolidatedReport.signed_at).desc()
        )
        .limit(1)
    )
    return rows.one_or_none()


async def find_first(
    session: AsyncSession, plan_id: uuid.UUID, period: str, own_id: uuid.UUID | None
) -> uuid.UUID | None:
    """The first version of the report of a plan's period, or of an agency's own; None for none.

    Reports over several plans are others, of which there may be many.
    """
    rows = await session.exec(
        select(ConsolidatedReport.id).where(
            col(ConsolidatedReport.plan_id) == plan_id,
            col(ConsolidatedReport.period) == period,
            col(ConsolidatedReport.kind) == "periodic",
            col(ConsolidatedReport.version) == 1,
            col(ConsolidatedReport.own_id).is_not_distinct_from(own_id),
            sa.func.cardinality(ConsolidatedReport.with_plan_ids) == 0,
        )
    )
    return rows.one_or_none()
