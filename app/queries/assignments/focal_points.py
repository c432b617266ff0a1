"""Reading focal points. Every statement starts from what the principal may see."""

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Permission, Principal
from app.errors import Text
from app.models import Assignee, AssigneeRole, Assignment, ContactLevel, FocalPoint, Plan
from app.queries.grounds import on_grounds
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.registry.agencies import holds_on
from app.queries.row_security import reach, read_as
from app.queries.rows import is_any_found, one_of

NO_SUCH_FOCAL_POINT = Text("Không có đầu mối này.", "There is no such focal point.")

FOCAL_POINTS = Listing(
    conditions={
        "agency": "focal_point.agency_id = :agency",
        "plan": "focal_point.plan_id = :plan",
        "assignment": "focal_point.assignment_id = :assignment",
        "level": "focal_point.level = any(:level)",
        "day": "focal_point.corrected_at is null and focal_point.valid_from <= :day"
        " and (focal_point.valid_until is null or focal_point.valid_until > :day)",
        "updated_since": "focal_point.updated_at >= :updated_since",
    },
    orders={
        "valid_from": (
            SortPart("focal_point.valid_from", "date"),
            ID := SortPart("focal_point.id", "uuid"),
        ),
        "id": (ID,),
    },
    selective=frozenset({"plan", "assignment"}),
)

GROUNDS = on_grounds(
    FOCAL_POINTS,
    col(FocalPoint.id),
    "select id from focal_point where agency_id = :mine",
    """select contact.id from plan join focal_point contact on contact.plan_id = plan.id
    where :mine in (plan.coordinator_id, plan.issuer_id, plan.owner_id)""",
    """select contact.id from assignment lead
    join assignment owed on owed.task_id = lead.task_id and owed.occurrence = lead.occurrence
    join focal_point contact on contact.assignment_id = owed.id
    where lead.agency_id = :mine and lead.role = 'lead'""",
)


def sees_focal_points(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition that the caller sees a focal point.

    Its own agency does, the plan's coordinator, issuer and owner, and for one assignment the lead
    of the same task.
    """
    if not principal.may(Permission.FOCAL_POINT_READ):
        return sa.false()
    mine = principal.agency_id
    owed, lead = aliased(Assignment), aliased(Assignment)
    leads = (
        select(col(lead.id))
        .join(
            owed,
            sa.and_(
                col(owed.task_id) == col(lead.task_id), col(owed.occurrence) == col(lead.occurrence)
            ),
        )
        .where(
            col(owed.id) == col(FocalPoint.assignment_id),
            col(lead.agency_id) == mine,
            col(lead.role) == AssigneeRole.LEAD,
            # The members of a collective that leads a task are not one another's lead.
            sa.or_(
                col(owed.role) != AssigneeRole.LEAD,
                col(lead.assignee_id).in_(
                    select(Assignee.id).where(col(Assignee.collective_id).is_(None))
                ),
            ),
        )
    )
    follows = select(Plan.id).where(
        col(Plan.id) == col(FocalPoint.plan_id),
        sa.or_(
            col(Plan.coordinator_id) == mine,
            col(Plan.issuer_id) == mine,
            col(Plan.owner_id) == mine,
        ),
    )
    grounds = map(is_any_found, (follows, leads))
    return sa.or_(col(FocalPoint.agency_id) == mine, *grounds)


def _one(principal: Principal, focal_point_id: uuid.UUID) -> SelectOfScalar[FocalPoint]:
    return select(FocalPoint).where(
        sees_focal_points(principal), col(FocalPoint.id) == focal_point_id
    )


async def get_focal_point(
    session: AsyncSession, principal: Principal, focal_point_id: uuid.UUID, *, lock: bool = False
) -> FocalPoint:
    """One visible focal point; with *lock* it is locked until the transaction ends."""
    await read_as(session, principal.agency_id)
    statement = _one(principal, focal_point_id)
    if lock:
        held = statement.with_for_update(of=FocalPoint, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return await one_of(session, statement, NO_SUCH_FOCAL_POINT)


async def page_of_focal_points(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[FocalPoint]:
    """The visible focal points that are asked for, and where the next page goes on."""
    await read_as(session, principal.agency_id)
    few = await GROUNDS.among_few(session, principal, asked)
    sees = sees_focal_points(principal)
    return await read_rows(session, FocalPoint, FOCAL_POINTS, asked, sees, few)


async def unended_focal_points(
    session: AsyncSession,
    *,
    agency_id: uuid.UUID,
    scope_id: uuid.UUID,
    level: ContactLevel,
    day: date,
) -> list[FocalPoint]:
    """The agency's focal points of a plan or an assignment that would hold on *day* or later.

    From here on its transaction may write them.
    """
    await read_as(session, agency_id)
    rows = await session.exec(
        select(FocalPoint)
        .where(
            col(FocalPoint.agency_id) == agency_id,
            sa.func.coalesce(FocalPoint.assignment_id, FocalPoint.plan_id) == scope_id,
            col(FocalPoint.level) == level,
            col(FocalPoint.corrected_at).is_(None),
            sa.or_(col(FocalPoint.valid_until).is_(None), col(FocalPoint.valid_until) > day),
        )
        .order_by(col(FocalPoint.valid_from))
        .with_for_update(key_share=True)
    )
    return list(rows)


async def focal_point_on(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, *, day: date
) -> FocalPoint | None:
    """The focal point that an agency has for a whole plan on a day."""
    statement = select(FocalPoint).where(
        col(FocalPoint.plan_id) == plan_id,
        col(FocalPoint.agency_id) == agency_id,
        col(FocalPoint.assignment_id).is_(None),
        col(FocalPoint.level) == ContactLevel.FOCAL,
        col(FocalPoint.corrected_at).is_(None),
        holds_on(FocalPoint, day),
    )
    async with reach(session, agency_id):
        return (await session.exec(statement)).one_or_none()


async def has_assignments_in(
    session: AsyncSession, agency_id: uuid.UUID, plan_id: uuid.UUID
) -> bool:
    """True if an agency has, or had, an assignment in a plan."""
    found = select(Assignment.id).where(
        col(Assignment.plan_id) == plan_id, col(Assignment.agency_id) == agency_id
    )
    return bool((await session.exec(select(found.exists()))).one())
