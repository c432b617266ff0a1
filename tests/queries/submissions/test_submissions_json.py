"""The JSON that PostgreSQL makes of a submission equals a push's answer, whoever asks: the members,
and the actions that the table of authority and the table of states allow."""

import itertools
import json
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.models import (
    Agency,
    Client,
    Plan,
    PlanStatus,
    Submission,
    SubmissionAttempt,
    SubmissionStatus,
)
from app.models.base import new_id
from app.queries.lists import PageRequest
from app.queries.submissions.case_rows import SubmissionKey
from app.queries.submissions.cases import submission_cases
from app.queries.submissions.submissions import SUBMISSIONS
from app.queries.submissions.submissions_json import (
    get_submission_json,
    list_submissions_json,
)
from app.views.submissions import filed_submission_out, submission_texts
from tests.queries.assignments.test_allowed_actions import PARTS, ROLES
from tests.support.days import today
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import (
    make_assignment,
    make_plan,
    make_submission,
    make_task,
)
from tests.support.submission_drafts import write_draft

S = SubmissionStatus
CONTENT: dict[str, Any] = {
    "outcome": "in_progress",
    "percent": 40,
    "results": 'Đã tổ chức "02 lớp"\n\t\\ 100 % \x7f \x01 😀',
    "difficulties": "",
    "proposals": "",
    "not_applicable_reason": None,
    "evidence": [],
}
EVIDENCE = {"number": "215/BC", "issued_on": "2024-11-30", "url": "https://a.vn/%s", "sha256": None}
RICH: dict[str, Any] = {
    **CONTENT,
    "evidence": [EVIDENCE, {**EVIDENCE, "number": "9/BC", "url": None, "sha256": "0" * 64}],
    "answers": [{"question": "b", "text": "Có."}, {"question": "a", "text": '"'}],
    "late_reason": "Chờ số liệu.",
    "document": EVIDENCE,
    "correction_reason": "Sai số.",
}


class World(NamedTuple):
    """A plan whose parts are played by different agencies, with submissions in every state."""

    plan: Plan
    agencies: dict[str, Agency]
    clients: dict[str, Client]
    owed: dict[UUID, SubmissionKey]


@pytest.fixture
async def world(session: AsyncSession) -> World:
    agencies = {part: await make_agency(session) for part in PARTS}
    clients = {part: await make_client(session, agency) for part, agency in agencies.items()}
    plan = await make_plan(
        session,
        agencies["owner"],
        issuer_id=agencies["issuer"].id,
        coordinator_id=agencies["coordinator"].id,
    )
    filed = {"attempts": 1, "received_on": date(2024, 12, 1)}
    late = {**filed, "received_on": date(2024, 12, 21)}
    # Each: of the assignment, of the submission, of its attempt, and the draft.
    states: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], Any]] = [
        ({}, {}, {}, None),
        ({}, {}, {}, CONTENT),
        ({"awaits_handover": True}, {}, {}, RICH),
        ({"status": "suspended"}, {}, {}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {}, None),
        ({}, {"status": S.SUBMITTED, **late}, {"content": RICH}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {"agency": "other"}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {"agency": "coordinator"}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {"agency": "issuer"}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {"entered_by": "coordinator"}, None),
        ({}, {"status": S.SUBMITTED, **filed}, {"client": "coordinator"}, None),
        ({}, {"status": S.RETURNED, **filed}, {}, None),
        ({}, {"status": S.RETURNED, **filed}, {}, RICH),
        ({"status": "completed"}, {"status": S.ACCEPTED, **filed}, {}, None),
        ({"status": "not_applicable"}, {"status": S.ACCEPTED, **filed}, {}, CONTENT),
        ({"status": "revoked"}, {"status": S.ACCEPTED, **filed}, {}, None),
        ({}, {"status": S.WAIVED, "waived_reason": 'Đã "xong".', "waived_on": today()}, {}, None),
    ]
    owed = {}
    for part, (of_assignment, given, attempt, draft) in itertools.product(
        ("assigned", "issuer", "coordinator"), states
    ):
        days = {"completed_on": today(), "reported_on": today()}
        more = days if of_assignment.get("status") == "completed" else {}
        task = await make_task(session, plan)
        assignment = await make_assignment(session, task, agencies[part], **of_assignment, **more)
        submission = await make_submission(session, assignment, **given)
        if submission.attempts:
            session.add(_attempt(submission, agencies, clients, part, **attempt))
        if draft is not None:
            await write_draft(session, submission, draft, agencies["other"].id)
        owed[submission.id] = SubmissionKey(agencies[part].id, assignment.id, submission.period)
    await session.commit()
    return World(plan, agencies, clients, owed)


def _attempt(
    submission: Submission,
    agencies: dict[str, Agency],
    clients: dict[str, Client],
    part: str,
    *,
    agency: str | None = None,
    client: str | None = None,
    entered_by: str | None = None,
    content: dict[str, Any] = CONTENT,
) -> SubmissionAttempt:
    return SubmissionAttempt(
        submission_id=submission.id,
        number=1,
        content=content,
        submitted_at=submission.updated_at,
        received_on=submission.received_on or today(),
        agency_id=agencies[agency or part].id,
        client_id=clients[client or entered_by or agency or part].id,
        entered_by_id=agencies[entered_by].id if entered_by else None,
    )


async def read(session: AsyncSession, principal: Principal, day: date) -> dict[UUID, str]:
    """The JSON that PostgreSQL makes, by the id of the submission."""
    asked = PageRequest({}, SUBMISSIONS.default, None, 1000)
    is_past = day < today()
    found = await list_submissions_json(session, principal, asked, day=day, is_past=is_past)
    texts = await submission_texts(session, principal, found.rows)
    return {row.id: text for row, text in zip(found.rows, texts, strict=True)}


async def held(session: AsyncSession, principal: Principal, world: World) -> dict[UUID, str]:
    """The same as a push shapes it."""
    cases = await submission_cases(
        session, world.owed.values(), day=today(), lock=False, answered=True
    )
    for case in cases.values():
        # A push holds submissions of its own agency alone: it has the draft of no other one.
        if case.assignment.agency_id != principal.agency_id:
            case.submission.drop_draft()
    shaped = [await filed_submission_out(session, principal, case) for case in cases.values()]
    return {one.id: one.model_dump_json() for one in shaped}


@pytest.mark.parametrize("status", [PlanStatus.ISSUED, PlanStatus.CLOSED])
async def test_a_submission_is_read_as_a_push_answers_it(
    session: AsyncSession, world: World, status: PlanStatus
) -> None:
    world.plan.status = status
    world.plan.closed_at = world.plan.updated_at if status == PlanStatus.CLOSED else None
    await session.commit()
    seen = set()

    for (part, agency), roles in itertools.product(world.agencies.items(), ROLES):
        principal = Principal(world.clients[part].id, agency.id, roles)
        shown = await read(session, principal, today())
        expected = await held(session, principal, world)

        assert shown == {one: expected[one] for one in shown}
        if principal.reads_all_submissions:
            assert shown.keys() == world.owed.keys()
        seen |= {action for one in shown.values() for action in json.loads(one)["allowed_actions"]}

    # Every action is allowed to somebody: nothing is compared with nothing.
    wanted = {"write", "submit", "withdraw", "accept", "send_back", "waive"}
    assert seen == (
        wanted if status == PlanStatus.ISSUED else wanted - {"write", "submit", "waive"}
    )


async def test_a_submission_by_its_key_has_the_state_that_a_push_finds(
    session: AsyncSession, world: World
) -> None:
    for submission_id, key in world.owed.items():
        principal = Principal(new_id(), key.agency_id, frozenset({Role.REPORTER}))
        found = await submission_cases(session, [key], day=today(), lock=False, answered=True)

        row = await get_submission_json(session, principal, day=today(), ids=[submission_id])

        assert row.xmin == found[key].submission.xmin


async def test_on_a_past_day_nothing_may_be_done(session: AsyncSession, world: World) -> None:
    principal = Principal(new_id(), world.agencies["assigned"].id, frozenset(Role))

    shown = [
        json.loads(one)
        for one in (await read(session, principal, today() - timedelta(days=1))).values()
    ]

    assert shown
    assert not any(one["allowed_actions"] or one["is_draft"] for one in shown)
