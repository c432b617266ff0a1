"""The visible rows of each noun: for every role and every part that an agency has in them."""

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal, Role
from app.clock import utc_now
from app.models import (
    Agency,
    Amendment,
    AmendmentKind,
    AssigneeRole,
    Assignment,
    ContactLevel,
    Extension,
    FocalPoint,
    Grade,
    ItemKind,
    Plan,
    PlanStatus,
    Rating,
    RatingVersion,
    Receiver,
    Remark,
    Reminder,
    ReminderItem,
    ReminderTrigger,
    Submission,
    SubmissionAttempt,
)
from app.models.base import new_id
from app.queries.amendments.amendments import AMENDMENTS, page_of_amendments
from app.queries.assignments.assignments import visible_assignments
from app.queries.assignments.extensions import visible_extensions
from app.queries.assignments.focal_points import sees_focal_points
from app.queries.evaluation.ratings import visible_ratings
from app.queries.evaluation.remarks import visible_remarks
from app.queries.lists import PageRequest
from app.queries.plans.plans import visible_plans
from app.queries.reminders.reminders import sees_reminders
from app.queries.row_security import reach_all, read_as
from app.queries.submissions.submissions import visible_submissions
from tests.support.days import today
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import (
    make_assignment,
    make_plan,
    make_submission,
    make_task,
)

# The coordinating agency owes what the other rows are about; the former one owed it before.
PARTS = ("owner", "issuer", "coordinator", "lead", "coordinating", "former", "author", "other")
EVERY = frozenset(PARTS)
Readers = dict[Role, frozenset[str]]


def readers(*parts: str, by: Callable[[Role], bool] = lambda _: True, all_by: Any = ()) -> Readers:
    """Agencies with these parts, in roles that *by* admits; every agency in the roles *all_by*."""
    return {
        role: EVERY if role in all_by else frozenset(parts) if by(role) else frozenset()
        for role in Role
    }


def has(permission: Permission) -> Callable[[Role], bool]:
    return lambda role: Principal(new_id(), new_id(), frozenset({role})).may(permission)


WIDE = (Role.ISSUER, Role.SUPERVISOR)
FOLLOWING = ("coordinator", "issuer", "owner")
READS = has(Permission.SUBMISSION_READ)
EXPECTED: dict[str, Readers] = {
    "issued plan": readers(*PARTS),
    "draft plan": readers("owner"),
    "assignment": readers(*PARTS),
    "submission": readers("coordinating", "lead", "coordinator", "former", all_by=WIDE),
    "extension": readers("coordinating", "lead", "coordinator", "former", all_by=WIDE),
    "rating": readers("coordinating", "coordinator", by=READS, all_by=WIDE),
    "focal point": readers("coordinating", "lead", *FOLLOWING, by=has(Permission.FOCAL_POINT_READ)),
    "reminder": readers("coordinating", "coordinator", all_by=WIDE),
    "draft amendment": readers("owner", "issuer"),
    "remark": readers("author", all_by=(Role.SUPERVISOR,))
    | {
        role: frozenset({"author", "coordinating", *FOLLOWING})
        for role in Role
        if READS(role) and role != Role.SUPERVISOR
    },
}


class World(NamedTuple):
    """One row of each noun, by its name in `EXPECTED`."""

    agencies: dict[str, Agency]
    rows: dict[str, Any]


@pytest.fixture
async def world(session: AsyncSession) -> World:
    agencies = {part: await make_agency(session) for part in PARTS}
    own: dict[str, Any] = {
        "issuer_id": agencies["issuer"].id,
        "coordinator_id": agencies["coordinator"].id,
    }
    plan = await make_plan(session, agencies["owner"], **own)
    draft = await make_plan(session, agencies["owner"], status=PlanStatus.DRAFT, **own)
    task = await make_task(session, plan)
    await make_assignment(session, task, agencies["lead"])
    assignment = await make_assignment(
        session, task, agencies["coordinating"], role=AssigneeRole.COORDINATING
    )
    submission = await make_submission(session, assignment)
    client = await make_client(session, agencies["former"])
    signed: dict[str, Any] = {"agency_id": agencies["former"].id, "client_id": client.id}
    amendment = Amendment(
        plan_id=plan.id, kind=AmendmentKind.CORRECTION, reason="Sửa lỗi", **signed
    )
    rows: dict[str, Any] = {
        "issued plan": plan,
        "draft plan": draft,
        "assignment": assignment,
        "submission": submission,
        "draft amendment": amendment,
    }
    rows |= _about(plan, assignment, agencies, signed)
    session.add_all(rows.values())
    async with reach_all(session):
        await session.flush()
    session.add(_attempt(submission, signed))
    session.add(_version(rows["rating"], signed))
    session.add(
        ReminderItem(
            reminder_id=rows["reminder"].id,
            number=1,
            kind=ItemKind.ASSIGNMENT,
            plan_id=plan.id,
            assignment_id=assignment.id,
        )
    )
    await session.commit()
    return World(agencies, rows)


def _about(
    plan: Plan, assignment: Assignment, agencies: dict[str, Agency], signed: dict[str, Any]
) -> dict[str, SQLModel]:
    owing_id = agencies["coordinating"].id
    return {
        "extension": Extension(
            assignment_id=assignment.id,
            number=1,
            old_deadline_on=date(2024, 12, 31),
            wanted_deadline_on=date(2025, 12, 31),
            reason="Chậm",
            basis="1/BC",
            asked_at=utc_now(),
            asked_on=today(),
            **signed,
        ),
        "rating": Rating(plan_id=plan.id, agency_id=owing_id, year=2024),
        "focal point": FocalPoint(
            agency_id=owing_id,
            plan_id=plan.id,
            assignment_id=assignment.id,
            level=ContactLevel.FOCAL,
            name="Văn thư",
            email="van-thu@example.vn",
            valid_from=today(),
        ),
        "reminder": Reminder(
            on_day=today(),
            trigger=ReminderTrigger.RULE,
            agency_id=owing_id,
            receiver=Receiver.CLIENTS,
            receiver_key="clients",
            assignments=1,
            submissions=0,
            agency_reports=0,
            missing=0,
        ),
        "remark": Remark(
            plan_id=plan.id,
            assignment_id=assignment.id,
            agency_id=owing_id,
            text="Chậm",
            made_at=utc_now(),
            author_id=agencies["author"].id,
            client_id=signed["client_id"],
        ),
    }


def _attempt(submission: Submission, signed: dict[str, Any]) -> SubmissionAttempt:
    return SubmissionAttempt(
        submission_id=submission.id,
        number=1,
        content={"outcome": "in_progress", "evidence": []},
        submitted_at=utc_now(),
        received_on=today(),
        **signed,
    )


def _version(rating: Rating, signed: dict[str, Any]) -> RatingVersion:
    return RatingVersion(
        rating_id=rating.id,
        number=1,
        grade=Grade.GOOD,
        remark="Tốt",
        given_at=utc_now(),
        given_on=today(),
        **signed,
    )


async def visible(session: AsyncSession, principal: Principal, noun: str, row: Any) -> bool:
    """True if the statement that the queries of this noun start from answers the row."""
    if noun == "draft amendment":
        asked = PageRequest({"plan": row.plan_id}, AMENDMENTS.default, None, 10)
        found, _ = await page_of_amendments(session, principal, asked)
        return bool(found)
    statements: dict[str, Any] = {
        "issued plan": visible_plans,
        "draft plan": visible_plans,
        "assignment": visible_assignments,
        "submission": visible_submissions,
        "extension": visible_extensions,
        "rating": visible_ratings,
        "remark": visible_remarks,
        "focal point": lambda one: select(FocalPoint).where(sees_focal_points(one)),
        "reminder": lambda one: select(Reminder).where(sees_reminders(one)),
    }
    # Row security asks for which agency it is; without the condition it would say who may as well.
    await read_as(session, principal.agency_id)
    statement = statements[noun](principal).where(col(type(row).id) == row.id)
    named = {"mine": principal.agency_id} if noun in ("submission", "extension") else {}
    return bool((await session.exec(statement, params=named)).all())


async def test_each_reads_the_rows_that_are_theirs_to_read(
    session: AsyncSession, world: World
) -> None:
    assert set(EXPECTED) == set(world.rows)

    for noun, (part, agency), role in itertools.product(EXPECTED, world.agencies.items(), Role):
        principal = Principal(new_id(), agency.id, frozenset({role}))
        is_expected = part in EXPECTED[noun][role]

        is_visible = await visible(session, principal, noun, world.rows[noun])

        assert is_visible == is_expected, (noun, part, role)
