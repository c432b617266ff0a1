"""Focal points that agencies name for a plan or an assignment; no record holds their contact data.

QĐ 42/2014/QĐ-TTg and the plan itself ask each agency to name its focal point (phân công đầu mối)
and the leader who answers for it.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.plans.plans import require_issued
from app.domain.records import Subject
from app.domain.references import assignment_named, plan_named
from app.domain.registry.lifetimes import Validity, require_a_day, require_within_life
from app.errors import (
    ConflictError,
    InvalidError,
    PermissionDeniedError,
    Text,
    invalid_at,
)
from app.models import Agency, Assignment, ContactLevel, FocalPoint, Plan
from app.official_words import day_words
from app.queries.assignments import focal_points as queries


class FocalPointStateError(ConflictError):
    """The focal point has ended already."""

    code = "focal_point_ended"
    title = Text("Đầu mối đã kết thúc", "The focal point has ended")
    detail = Text("Đầu mối này đã kết thúc.", "This focal point has ended already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFocalPoint:
    """A person or desk to be reached from `valid_from` (inclusive) on; None: from today."""

    level: ContactLevel
    name: str
    position: str | None
    email: str | None
    phone: str | None
    valid_from: date | None


async def find_scope(
    session: AsyncSession, principal: Principal, *, plan_id: UUID | None, assignment_id: UUID | None
) -> tuple[Plan, Assignment | None]:
    """The plan, and the assignment if one is given, for which a focal point is named."""
    if assignment_id is None:
        return await plan_named(session, principal, plan_id or UUID(int=0), pointer="#/plan"), None
    assignment = await assignment_named(session, principal, assignment_id, pointer="#/assignment")
    plan = await plan_named(session, principal, assignment.plan_id, pointer="#/assignment")
    return plan, assignment


async def name_focal_point(
    act: PersonalAct, plan: Plan, assignment: Assignment | None, contact: NewFocalPoint
) -> FocalPoint:
    """Name a focal point of the caller's agency; the one before it ends on the day before.

    One that was named for the same day or a later one was a slip and never comes to hold. One that
    has held already is not undone: raises `InvalidError`.
    """
    session = act.session
    require_issued(plan)
    agency = await session.get_one(Agency, act.principal.agency_id)
    await _require_part(session, agency, plan, assignment, contact.level)
    begins = contact.valid_from or local_day(act.at)
    require_within_life(agency, Validity(begins, None), field="valid_from")
    scope_id = plan.id if assignment is None else assignment.id
    for earlier in await queries.unended_focal_points(
        session, agency_id=agency.id, scope_id=scope_id, level=contact.level, day=begins
    ):
        if earlier.valid_from < begins:
            earlier.valid_until = begins
        elif earlier.valid_from < local_day(act.at):
            raise _has_held(earlier.valid_from)
        else:
            earlier.corrected_at = act.at
    # Flushed first: the exclusion constraint would see both rows hold at once.
    await session.flush()
    row = FocalPoint(
        agency_id=agency.id,
        plan_id=plan.id,
        assignment_id=None if assignment is None else assignment.id,
        level=contact.level,
        name=contact.name,
        position=contact.position,
        email=contact.email,
        phone=contact.phone,
        valid_from=begins,
    )
    session.add(row)
    act.note(
        "named",
        subject(row),
        level=row.level,
        assignment_id=assignment and str(assignment.id),
        valid_from=begins.isoformat(),
    )
    await session.flush()
    return row


async def end_focal_point(act: PersonalAct, row: FocalPoint, *, valid_until: date | None) -> None:
    """End a focal point: *valid_until* is the first day without it; None: today."""
    _require_own(act.principal, row)
    if row.corrected_at is not None or row.valid_until is not None:
        raise FocalPointStateError()
    ends = valid_until or local_day(act.at)
    if valid_until is None and ends <= row.valid_from:
        row.corrected_at = act.at
    else:
        require_a_day(Validity(row.valid_from, ends))
        row.valid_until = ends
    act.note("ended", subject(row), valid_until=ends.isoformat())
    await act.session.flush()


def subject(row: FocalPoint) -> Subject:
    """The focal point as the subject of records: its own agency's matter."""
    return Subject("focal_point", row.id, row.plan_id, row.agency_id)


def allowed_actions(principal: Principal, row: FocalPoint) -> list[str]:
    """The actions that the caller may take with the focal point now."""
    holds = row.corrected_at is None and row.valid_until is None
    own = principal.agency_id == row.agency_id and principal.may(Permission.FOCAL_POINT_WRITE)
    return ["end"] if holds and own else []


def _has_held(since: date) -> InvalidError:
    return invalid_at(
        "#/valid_from",
        "another_has_held",
        Text(
            f"Từ {day_words(since)} đã có đầu mối khác; hãy cử từ một ngày sau đó.",
            f"Another one has held since {since}: name from a later day on.",
        ),
    )


def _require_own(principal: Principal, row: FocalPoint) -> None:
    if principal.agency_id != row.agency_id:
        raise PermissionDeniedError(
            Text(
                "Chỉ chính cơ quan đó mới đổi đầu mối của mình.",
                "Only the agency itself changes its focal points.",
            )
        )


async def _require_part(
    session: AsyncSession,
    agency: Agency,
    plan: Plan,
    assignment: Assignment | None,
    level: ContactLevel,
) -> None:
    """The plan's issuer or owner names the office; the agencies that owe name the other levels."""
    if level == ContactLevel.OFFICE:
        has_part = assignment is None and agency.id in (plan.issuer_id, plan.owner_id)
    elif assignment is not None:
        has_part = assignment.agency_id == agency.id
    else:
        has_part = await queries.has_assignments_in(session, agency.id, plan.id)
    if not has_part:
        raise PermissionDeniedError(
            Text(
                "Cơ quan chỉ cử đầu mối cho nhiệm vụ của mình; đầu mối của Văn phòng do cơ quan"
                " ban hành kế hoạch cử.",
                "An agency names focal points for what it owes; the office's is named by the"
                " plan's issuer.",
            )
        )
