"""Drafts of agency reports, which their agency alone reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import AgencyReport, AgencyReportAttempt
from app.queries.row_security import reach_all
from app.reading import read_json

OWN = sa.text("""
select content, state from report_drafts_of(array[cast(:mine as uuid)])
 where agency_report_id = :report
""")
SAVE = sa.text("""
insert into agency_report_draft (agency_report_id, agency_id, content, updated_at)
values (:report, :agency, cast(:content as jsonb), :at)
on conflict (agency_report_id) do update
   set content = excluded.content, updated_at = excluded.updated_at
""")


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """An agency's draft of its report; `state` is the transaction that wrote the draft last."""

    content: dict[str, Any]
    state: int


@dataclass(frozen=True, slots=True)
class ReportState:
    """The transactions that wrote a report and the caller's own draft of it last."""

    xmin: str


async def own_draft(
    session: AsyncSession, principal: Principal, report: AgencyReport
) -> ReportDraft | None:
    """The draft of the caller's agency; from here on its transaction may write one."""
    given = {"mine": principal.agency_id, "report": report.id}
    for content, state in await (await session.connection()).execute(OWN, given):
        return ReportDraft(read_json(content), state)
    return None


async def state_of(
    session: AsyncSession, principal: Principal, report: AgencyReport
) -> ReportState:
    """The state of a report as the caller read it."""
    draft = await own_draft(session, principal, report)
    parts = [report.xmin] if draft is None else [report.xmin, draft.state]
    return ReportState(".".join(str(part) for part in parts))


async def save_draft(
    session: AsyncSession, report: AgencyReport, content: dict[str, Any], *, at: datetime
) -> None:
    """Store the draft of the report's agency, whose own draft was read in this transaction."""
    given = {
        "report": report.id,
        "agency": report.agency_id,
        "content": to_json(content).decode(),
        "at": at,
    }
    await (await session.connection()).execute(SAVE, given)


async def begin_again(
    session: AsyncSession, report: AgencyReport, attempt: AgencyReportAttempt, *, at: datetime
) -> None:
    """Make an attempt that was sent back or withdrawn the draft of its report."""
    await session.flush()
    async with reach_all(session):
        await save_draft(session, report, attempt.content, at=at)
