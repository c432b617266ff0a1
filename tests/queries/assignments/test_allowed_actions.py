"""A list of assignments names, in SQL, the actions that the table of authority gives its caller."""

import itertools
import json
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.domain.assignments.states import ALLOWED, AT_WORK
from app.domain.authority import Power, may
from app.models import Agency, Assignment, AssignmentStatus, Plan, PlanStatus, Refusal, Submission
from app.models import AssignmentActionKind as Kind
from app.models.base import new_id
from app.queries.assignments.assignments import OPEN, UNFINISHED
from app.queries.assignments.assignments_json import (
    ASSIGNMENTS,
    Viewpoint,
    list_assignments_json,
)
from app.queries.lists import PageRequest
from tests.support.days import today
from tests.support.factories import make_agency
from tests.support.factories_plans import (
    make_assignment,
    make_plan,
    make_submission,
    make_task,
)

PARTS = ("owner", "issuer", "coordinator", "assigned", "other")
ACTING = (Role.ISSUER, Role.COORDINATOR, Role.REPORTER)
ROLES = [frozenset({role}) for role in Role]
ROLES += [frozenset(pair) for pair in itertools.combinations(ACTING, 2)]
S = AssignmentStatus


class World(NamedTuple):
    """A plan whose parts are played by different agencies, and assignments in every state."""

    plan: Plan
    agencies: dict[str, Agency]
    assignments: list[Assignment]


@pytest.fixture
async def world(session: AsyncSession) -> World:
    agencies = {part: await make_agency(session) for part in PARTS}
    plan = await make_plan(
        session,
        agencies["owner"],
        issuer_id=agencies["issuer"].id,
        coordinator_id=agencies["coordinator"].id,
    )
    given: list[dict[str, Any]] = [
        {"status": S.NOT_STARTED},
        {"status": S.IN_PROGRESS},
        {"status": S.AWAITING_CONFIRMATION, "reported_on": today()},
        {"status": S.COMPLETED, "completed_on": today(), "reported_on": today()},
        {"status": S.NOT_APPLICABLE},
        {"status": S.SUSPENDED},
        {"status": S.REVOKED},
        {"refusal": Refusal.PENDING},
        {"refusal": Refusal.REJECTED},
        {"refusal": Refusal.PENDING, "status": S.REVOKED},
        {"deadline_on": None, "original_deadline_on": None},
        {"awaits_handover": True},
        {"awaits_handover": True, "status": S.IN_PROGRESS},
    ]
    assignments = []
    # The assignments of the plan's own agencies are theirs to work on, and not theirs to decide on.
    for part, one in itertools.product(("assigned", "issuer", "coordinator"), given):
        task = await make_task(session, plan)
        assignments.append(await make_assignment(session, task, agencies[part], **one))
    reported = await make_assignment(session, await make_task(session, plan), agencies["assigned"])
    assert isinstance(await make_submission(session, reported, attempts=1), Submission)
    return World(plan, agencies, [*assignments, reported])


def expected(principal: Principal, world: World, row: Assignment) -> list[str]:
    """By the table of authority and the table of states, as the verbs check them."""
    if world.plan.status != PlanStatus.ISSUED:
        return []

    def has(power: Power) -> bool:
        return may(principal, power, world.plan, concerned=(row.agency_id,))

    stays = not row.awaits_handover
    is_reported_on = row is world.assignments[-1]
    is_refused = row.refusal == Refusal.PENDING and row.agency_id != principal.agency_id
    changes = has(Power.CHANGE_ASSIGNMENT)
    actions = {
        "report": has(Power.REPORT) and stays and row.status in OPEN,
        "ask_extension": has(Power.ASK_EXTENSION)
        and stays
        and row.status in AT_WORK
        and row.deadline_on is not None,
        "refuse": has(Power.REFUSE_ASSIGNMENT)
        and stays
        and row.status in ALLOWED[Kind.REFUSED]
        and row.refusal is None
        and not is_reported_on,
        "accept_refusal": changes and is_refused and row.status in ALLOWED[Kind.REFUSAL_ACCEPTED],
        "reject_refusal": changes and is_refused and row.status in ALLOWED[Kind.REFUSAL_REJECTED],
        "move_deadline": changes and row.status in UNFINISHED,
        "suspend": changes and row.status in ALLOWED[Kind.SUSPENDED],
        "resume": changes and row.status in ALLOWED[Kind.RESUMED],
        "revoke": changes and row.status in ALLOWED[Kind.REVOKED],
        "reopen": has(Power.REOPEN_ASSIGNMENT) and row.status in ALLOWED[Kind.REOPENED],
    }
    return [action for action, is_allowed in actions.items() if is_allowed]


async def listed(session: AsyncSession, principal: Principal, day: date) -> dict[str, list[str]]:
    """The actions by SQL, by the id of the assignment."""
    view = Viewpoint.of(principal, day, today=today(), due_soon_days=30)
    asked = PageRequest({}, ASSIGNMENTS.default, None, 1000)
    found = await list_assignments_json(session, view, asked)
    bodies = [json.loads(row.body) for row in found.rows]
    return {body["id"]: body["allowed_actions"] for body in bodies}


@pytest.mark.parametrize("status", [PlanStatus.ISSUED, PlanStatus.CLOSED])
async def test_a_list_names_the_actions_that_the_tables_allow(
    session: AsyncSession, world: World, status: PlanStatus
) -> None:
    world.plan.status = status
    world.plan.closed_at = utc_now() if status == PlanStatus.CLOSED else None
    await session.commit()
    seen = set()

    for agency, roles in itertools.product(world.agencies.values(), ROLES):
        principal = Principal(new_id(), agency.id, roles)
        shown = await listed(session, principal, today())

        assert shown == {str(row.id): expected(principal, world, row) for row in world.assignments}
        seen |= {action for actions in shown.values() for action in actions}

    # Every action is allowed to somebody: nothing is compared with nothing.
    assert len(seen) == (10 if status == PlanStatus.ISSUED else 0)


async def test_on_a_past_day_the_list_names_no_action(session: AsyncSession, world: World) -> None:
    principal = Principal(new_id(), world.agencies["issuer"].id, frozenset(Role))

    shown = await listed(session, principal, today() - timedelta(days=1))

    assert shown
    assert not any(shown.values())
