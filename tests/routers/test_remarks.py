"""Remarks over HTTP: who makes them, who reads and answers them; nothing filed is changed."""

from typing import Any
from uuid import uuid4

import pytest

from app.auth.principal import Role
from app.models import Event, PlanParty, PlanPartyRole
from app.queries.events import visible_events
from app.queries.registry.agencies import get_agency
from app.schemas.remarks import RemarkOut
from tests.support.reports import file
from tests.support.sample import REPORT, Sample, principal_of
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

TEXT = "Đề nghị bổ sung số liệu về kinh phí."
ANSWER = {"text": "Đã bổ sung trong báo cáo."}
REASON = {"reason": "Nhầm kỳ báo cáo."}


@pytest.fixture
async def overseen(issued: Sample) -> Sample:
    """The sample's plan, overseen by the Fatherland Front."""
    plan, agency = await issued.the_plan(), await get_agency(issued.session, FATHERLAND_FRONT)
    issued.session.add(PlanParty(plan_id=plan.id, agency_id=agency.id, role=PlanPartyRole.OVERSEER))
    await issued.session.commit()
    return issued


async def rows(world: Sample) -> dict[str, str]:
    """One row of each kind that may be remarked on."""
    assignment = await world.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    submission = await world.submission(FOREIGN_AFFAIRS, "3.3", "once")
    return {
        "plan": str(assignment.plan_id),
        "task": str(assignment.task_id),
        "assignment": str(assignment.id),
        "submission": str(submission.id),
    }


async def remark(
    world: Sample,
    noun: str = "assignment",
    *,
    agency: str = COMMITTEE_OFFICE,
    role: Role = Role.SUPERVISOR,
) -> dict[str, Any]:
    about = {"noun": noun, "id": (await rows(world))[noun]}
    async with await world.by(agency, role) as http:
        answer = await http.post("/v1/remarks", json={"about": about, "text": TEXT})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/remarks/{answer.json()['id']}"
    RemarkOut.model_validate_json(answer.content)
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize("noun", ["plan", "task", "assignment", "submission"])
async def test_a_supervisor_remarks_on_what_it_reads(issued: Sample, noun: str) -> None:
    made = await remark(issued, noun)

    assert made["about"] == {"noun": noun, "id": (await rows(issued))[noun]}
    concerned = made["agency"] and made["agency"]["code"]
    assert concerned == (FOREIGN_AFFAIRS if noun in ("assignment", "submission") else None)
    assert (made["author"]["code"], made["state"], made["text"]) == (COMMITTEE_OFFICE, "open", TEXT)
    assert made["allowed_actions"] == ["withdraw"]


async def test_a_remark_changes_no_report(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await remark(issued, "submission")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        after = (await http.get(f"/v1/submissions/{filed['id']}")).json()

    assert after == filed


async def test_only_supervisors_and_the_plans_overseers_remark(overseen: Sample) -> None:
    known = await rows(overseen)

    async def made(agency: str, role: Role, noun: str = "plan") -> tuple[int, str | None]:
        body = {"about": {"noun": noun, "id": known[noun]}, "text": TEXT}
        async with await overseen.by(agency, role) as http:
            answer = await http.post("/v1/remarks", json=body)
        return answer.status_code, answer.json().get("code")

    assert await made(FATHERLAND_FRONT, Role.READER) == (201, None)
    assert await made(FATHERLAND_FRONT, Role.READER, "assignment") == (201, None)
    # A row that it may not read is not there for it.
    assert await made(FATHERLAND_FRONT, Role.READER, "submission") == (422, "invalid")
    assert await made(FATHERLAND_FRONT, Role.REPORTER, "submission") == (422, "invalid")
    assert await made(FOREIGN_AFFAIRS, Role.REPORTER) == (403, "permission_denied")
    assert await made(INFORMATION, Role.COORDINATOR) == (403, "permission_denied")
    assert await made(PROVINCIAL_COMMITTEE, Role.ISSUER) == (403, "permission_denied")


@pytest.mark.parametrize("noun", ["plan", "task", "assignment", "submission"])
async def test_what_is_not_there_is_a_fault_of_the_body(issued: Sample, noun: str) -> None:
    body = {"about": {"noun": noun, "id": str(uuid4())}, "text": TEXT}
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        answer = await http.post("/v1/remarks", json=body)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (
        422,
        "#/about/id",
        f"unknown_{noun}",
    )


async def test_nobody_remarks_on_a_draft(drafted: Sample) -> None:
    about = {"noun": "plan", "id": str((await drafted.the_plan()).id)}
    answers = []
    for agency in (PROVINCIAL_COMMITTEE, COMMITTEE_OFFICE):
        async with await drafted.by(agency, Role.SUPERVISOR) as http:
            answers.append(await http.post("/v1/remarks", json={"about": about, "text": TEXT}))

    assert [one.json()["code"] for one in answers] == ["wrong_plan_state", "invalid"]


async def test_a_remark_is_read_by_whom_it_concerns_and_who_follows_up(overseen: Sample) -> None:
    on_assignment = await remark(overseen, agency=FATHERLAND_FRONT, role=Role.READER)
    on_plan = await remark(overseen, "plan")

    async def seen(agency: str, role: Role) -> set[str]:
        async with await overseen.by(agency, role) as http:
            listed = (await http.get("/v1/remarks")).json()["items"]
            for one in (on_assignment, on_plan):
                status = (await http.get(f"/v1/remarks/{one['id']}")).status_code
                assert status == (200 if one["id"] in {i["id"] for i in listed} else 404)
        found = {"assignment" if item["id"] == on_assignment["id"] else "plan" for item in listed}
        viewer = principal_of(await overseen.client(agency, role))
        events = visible_events(viewer).where(Event.noun == "remark")
        told = {str(event.row_id) for event in await overseen.session.exec(events)}
        assert told == {item["id"] for item in listed}
        return found

    assert await seen(COMMITTEE_OFFICE, Role.SUPERVISOR) == {"assignment", "plan"}
    assert await seen(INFORMATION, Role.COORDINATOR) == {"assignment", "plan"}
    assert await seen(PROVINCIAL_COMMITTEE, Role.ISSUER) == {"assignment", "plan"}
    assert await seen(FOREIGN_AFFAIRS, Role.REPORTER) == {"assignment"}
    assert await seen(FATHERLAND_FRONT, Role.READER) == {"assignment"}
    assert await seen(FOREIGN_AFFAIRS, Role.READER) == set()
    assert await seen(INDUSTRY_AND_TRADE, Role.REPORTER) == set()
    assert await seen(HOME_AFFAIRS, Role.ISSUER) == set()


async def test_a_remark_is_answered_once_by_whom_it_concerns(issued: Sample) -> None:
    made = await remark(issued)
    url = f"/v1/remarks/{made['id']}"
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        by_author = await http.post(f"{url}/answer", json=ANSWER)
    async with await issued.reporter(INDUSTRY_AND_TRADE) as http:
        by_stranger = await http.post(f"{url}/answer", json=ANSWER)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        before = (await http.get(url)).json()
        answered = await http.post(f"{url}/answer", json=ANSWER)
        again = await http.post(f"{url}/answer", json=ANSWER)
        by_concerned = await http.post(f"{url}/withdraw", json=REASON)

    assert before["allowed_actions"] == ["answer"]
    assert [by_author.status_code, by_stranger.status_code, by_concerned.status_code] == [
        403,
        404,
        403,
    ]
    answer = answered.json()
    assert (answer["state"], answer["answer"]["text"]) == ("answered", ANSWER["text"])
    assert answer["answer"]["agency"]["code"] == FOREIGN_AFFAIRS
    assert (answer["text"], answer["allowed_actions"]) == (TEXT, [])
    assert (again.status_code, again.json()["code"]) == (409, "wrong_remark_state")
    entries, _ = await issued.noted("remark", made["id"])
    assert [entry.action for entry in entries] == ["made", "answered"]
    assert TEXT not in str([entry.detail for entry in entries])


@pytest.mark.parametrize(
    ("agency", "role"), [(INFORMATION, Role.COORDINATOR), (PROVINCIAL_COMMITTEE, Role.ISSUER)]
)
async def test_who_follows_the_plan_up_answers_too(issued: Sample, agency: str, role: Role) -> None:
    made = await remark(issued, "plan")
    async with await issued.by(agency, role) as http:
        answer = await http.post(f"/v1/remarks/{made['id']}/answer", json=ANSWER)

    assert answer.json()["answer"]["agency"]["code"] == agency


async def test_its_author_withdraws_it_and_it_stays(issued: Sample) -> None:
    made = await remark(issued)
    url = f"/v1/remarks/{made['id']}"
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        withdrawn = (await http.post(f"{url}/withdraw", json=REASON)).json()
        again = await http.post(f"{url}/withdraw", json=REASON)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        too_late = await http.post(f"{url}/answer", json=ANSWER)
        read = (await http.get(url)).json()

    assert (withdrawn["state"], withdrawn["withdrawn_reason"]) == ("withdrawn", REASON["reason"])
    assert (read["text"], read["state"], read["allowed_actions"]) == (TEXT, "withdrawn", [])
    assert [one.json()["code"] for one in (again, too_late)] == ["wrong_remark_state"] * 2


async def test_remarks_are_narrowed(issued: Sample) -> None:
    known = await rows(issued)
    made = [await remark(issued, noun) for noun in known]
    async with await issued.by(FOREIGN_AFFAIRS, Role.REPORTER) as http:
        await http.post(f"/v1/remarks/{made[2]['id']}/answer", json=ANSWER)
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        await http.post(f"/v1/remarks/{made[0]['id']}/withdraw", json=REASON)

        async def found(query: str) -> list[int]:
            items = (await http.get(f"/v1/remarks?{query}")).json()["items"]
            ids = [one["id"] for one in made]
            return sorted(ids.index(item["id"]) for item in items)

        assert await found(f"plan={known['plan']}") == [0, 1, 2, 3]
        assert await found(f"plan={uuid4()}") == []
        for number, noun in enumerate(("task", "assignment", "submission"), start=1):
            assert await found(f"{noun}={known[noun]}") == [number]
        assert await found("agency=SNGV") == [2, 3]
        assert await found("author=VPUB") == [0, 1, 2, 3]
        assert await found("author=SNGV") == []
        assert await found("state=open") == [1, 3]
        assert await found("state=answered,withdrawn") == [0, 2]
        assert await found("sort=-updated_at&limit=1") == [0]
