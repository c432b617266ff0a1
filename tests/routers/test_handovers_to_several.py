"""The assignments of an ended agency are divided between several successors."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import local_day, utc_now
from app.jobs.roll_forward import roll_forward
from app.models import (
    Assignment,
    AssignmentAction,
    AssignmentActionKind,
    AssignmentStatus,
    Submission,
    SubmissionStatus,
)
from app.queries.registry.agencies import get_agency
from tests.support.factories import make_client
from tests.support.handovers import (
    ADMINISTRATOR,
    DECISION,
    ISSUER,
    decide,
    listed,
)
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    CULTURE,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
    SCIENCE,
)


async def owed_by_none_of(world: Sample, agencies: set[str]) -> dict[str, Any]:
    """A yearly assignment that waits, of a task that none of these agencies owes already."""
    for case in await listed(world, "agency=STTTT&subject=assignment"):
        if case["assignment"]["occurrence"] != "2025":
            continue
        url = f"/v1/assignments?task={case['assignment']['task']['id']}&limit=200"
        async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
            rows = (await http.get(url)).json()["items"]
        if agencies.isdisjoint(one["agency"]["code"] for one in rows):
            return case
    raise AssertionError(agencies)


async def test_each_of_several_successors_gets_a_part_of_its_own(ended: Sample) -> None:
    yearly = await owed_by_none_of(ended, {SCIENCE, CULTURE})
    whole, task = yearly["assignment"]["id"], yearly["assignment"]["task"]["id"]
    both = DECISION | {"successors": [SCIENCE, CULTURE]}

    first = await decide(ended, ADMINISTRATOR, f"{yearly['id']}/decide", **both)
    await roll_forward(ended.api.app.state.sessionmaker, at=datetime(2027, 3, 1, 2, tzinfo=UTC))

    async with await ended.by(COMMITTEE_OFFICE, Role.READER) as http:
        taken = (await http.get(f"/v1/handovers?assignment={whole}")).json()["items"]
        split = (await http.get(f"/v1/assignments/{whole}")).json()
        rows = (await http.get(f"/v1/assignments?task={task}&limit=200")).json()["items"]
    assert (first["state"], first["to_agency"]["code"]) == ("decided", SCIENCE)
    assert {(one["to_agency"]["code"], one["state"]) for one in taken} == {
        (SCIENCE, "decided"), (CULTURE, "decided"),
    }  # fmt: skip
    assert (split["status"], split["agency"]["code"], split["allowed_actions"]) == (
        "split", INFORMATION, [],
    )  # fmt: skip
    owing = {
        occurrence: {
            one["agency"]["code"]
            for one in rows
            if (one["occurrence"], one["status"]) == (occurrence, "not_started")
        }
        for occurrence in ("2025", "2028")
    }
    assert owing["2025"] >= {SCIENCE, CULTURE}
    assert owing["2028"] >= {SCIENCE, CULTURE}
    _, told = await ended.noted("assignment", whole)
    assert told[-1].type == "tiendo.assignment.split"
    part = next(one for one in rows if one["split_from_id"] == whole)
    expected = await ended.session.exec(
        select(Submission).where(col(Submission.assignment_id) == UUID(part["id"]))
    )
    assert {one.status for one in expected} == {SubmissionStatus.EXPECTED}
    left = await ended.session.exec(
        select(Submission).where(
            col(Submission.assignment_id) == UUID(whole), col(Submission.attempts) == 0
        )
    )
    assert {one.status for one in left} == {SubmissionStatus.WAIVED}


async def test_a_suspended_assignment_that_is_split_stays_suspended_and_resumes_as_it_was(
    ended: Sample,
) -> None:
    yearly = await owed_by_none_of(ended, {SCIENCE, CULTURE})
    whole = await ended.session.get_one(Assignment, UUID(yearly["assignment"]["id"]))
    committee = await get_agency(ended.session, PROVINCIAL_COMMITTEE)
    issuer = await make_client(ended.session, committee, [Role.ISSUER])
    whole.status, whole.changed_on = AssignmentStatus.SUSPENDED, local_day(utc_now())
    ended.session.add(
        AssignmentAction(
            assignment_id=whole.id,
            number=1,
            action=AssignmentActionKind.SUSPENDED,
            from_status=AssignmentStatus.IN_PROGRESS,
            to_status=AssignmentStatus.SUSPENDED,
            reason="Chưa bố trí được kinh phí.",
            basis="2/QĐ-UBND",
            done_at=utc_now(),
            done_on=date(2025, 2, 1),
            agency_id=issuer.agency_id,
            client_id=issuer.id,
        )
    )
    await ended.session.commit()

    await decide(
        ended,
        ADMINISTRATOR,
        f"{yearly['id']}/decide",
        **DECISION | {"successors": [SCIENCE, CULTURE]},
    )
    async with await ended.by(*ISSUER) as http:
        url = f"/v1/assignments?task={yearly['assignment']['task']['id']}&limit=200"
        listed = (await http.get(url)).json()["items"]
        parts = [one for one in listed if one["split_from_id"] == str(whole.id)]
        resumed = await http.post(
            f"/v1/assignments/{parts[0]['id']}/resume",
            json={"reason": "Đã bố trí kinh phí.", "basis": "3/QĐ-UBND"},
        )

    assert {one["agency"]["code"]: one["status"] for one in parts} == {
        SCIENCE: "suspended",
        CULTURE: "suspended",
    }
    assert (resumed.status_code, resumed.json()["status"]) == (200, "in_progress")


@pytest.mark.parametrize(
    ("subject", "successors", "pointer", "code"),
    [
        ("coordination", [CULTURE, SCIENCE], "#/successors", "one_alone"),
        ("assignment", [CULTURE, CULTURE], "#/successors/1", "named_twice"),
        ("assignment", [CULTURE, INDUSTRY_AND_TRADE], "#/successors/1", "not_a_candidate"),
        ("assignment", [], "#/successors", "too_short"),
    ],
)
async def test_what_cannot_be_split_is_refused(
    ended: Sample, subject: str, successors: list[str], pointer: str, code: str
) -> None:
    [case, *_] = await listed(ended, f"agency=STTTT&subject={subject}")
    given = DECISION | {"successors": successors}

    answer = await decide(ended, ADMINISTRATOR, f"{case['id']}/decide", 422, **given)

    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [(pointer, code)]
