"""Reminding by hand, over HTTP, and reading what was reminded."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import docx
import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.auth.principal import Role
from app.documents.edxml.package import DocumentType, EdxmlDocument
from app.documents.edxml.reader import read_package
from app.models import AgencyReport, ContactLevel, Event, Reminder, ReminderItem
from app.queries.events import visible_events
from app.queries.registry.agencies import get_agency
from tests.support.reminders import name_contact, reminders_of
from tests.support.report_requests import asked, faults
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import (
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_POLICIES,
)
from tests.support.transactions import work_as

NOW = datetime(2024, 12, 10, 2, tzinfo=UTC)
BY_HAND: dict[str, Any] = {
    "agency": FOREIGN_AFFAIRS,
    "reason": "Chưa có báo cáo năm.",
    "basis": "15/TB-UBND ngày 10/12/2024",
}
RULE = {"days": [-5, 3, -5], "every_days": None, "head_from": 3, "office_from": None}


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    """Three weeks before most of the year's assignments are due."""
    with time_machine.travel(NOW, tick=True):
        yield


async def remind(
    issued: Sample, who: str = INFORMATION, role: Role = Role.COORDINATOR, **changes: Any
) -> httpx.Response:
    if "plan" not in changes:
        changes["plan"] = str((await issued.the_plan()).id)
    async with await issued.by(who, role) as http:
        return await http.post("/v1/reminders", json={**BY_HAND, **changes})


async def items_of(issued: Sample, reminder_id: str) -> list[dict[str, Any]]:
    async with await issued.issuer() as http:
        answer = await http.get(f"/v1/reminders/{reminder_id}/items?limit=200")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_person_urges_with_reason_and_document(issued: Sample) -> None:
    agency, plan = await get_agency(issued.session, FOREIGN_AFFAIRS), await issued.the_plan()
    for level in (ContactLevel.FOCAL, ContactLevel.HEAD):
        await name_contact(issued.session, agency, plan, level=level)
    answer = await remind(issued)

    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/reminders/{made['id']}"
    assert made | {
        "trigger": "person", "receiver": "clients", "on_day": "2024-12-10", "number": 1,
        "reason": BY_HAND["reason"], "basis": BY_HAND["basis"], "mail_state": None, "steps": [],
    } == made  # fmt: skip
    assert (made["agency"]["code"], made["by"]["code"]) == (FOREIGN_AFFAIRS, INFORMATION)
    items = await items_of(issued, made["id"])
    assert {one["due_on"] for one in items} <= {"2024-12-31"} | {
        f"2024-12-{n}" for n in range(10, 31)
    }
    assert made["assignments"] + made["submissions"] == len(items) > 1
    assert [row.receiver for row in await reminders_of(issued.session)] == [
        "clients", "focal", "head",
    ]  # fmt: skip
    entries, events = await issued.noted("reminder", made["id"])
    assert [one.action for one in entries] == ["sent"]
    assert events[0].data["also_to"] == ["focal", "head"]
    assert events[0].data["number"] == 1
    assert BY_HAND["reason"] not in str(events[0].data)


async def test_once_a_day_and_counted(issued: Sample) -> None:
    answers = [
        await remind(issued),
        await remind(issued, reason="Lần nữa."),
        await remind(issued, agency=HEALTH),
    ]
    with time_machine.travel(NOW + timedelta(days=1), tick=True):
        answers.append(await remind(issued))

    assert [one.status_code for one in answers] == [201, 409, 201, 201]
    assert answers[1].json()["code"] == "reminded_today"
    assert [answers[n].json()["number"] for n in (0, 2, 3)] == [1, 1, 2]


async def test_what_is_named_is_urged_alone(issued: Sample) -> None:
    assignment = await issued.assignment(FOREIGN_AFFAIRS, TEACH_THE_POLICIES, "2024")
    report = await issued.submission(FOREIGN_AFFAIRS, TEACH_THE_POLICIES, "2024")
    made = (
        await remind(issued, assignments=[str(assignment.id)] * 2, submissions=[str(report.id)])
    ).json()

    items = await items_of(issued, made["id"])
    assert (made["assignments"], made["submissions"]) == (1, 1)
    assert [(one["assignment_id"], one["submission_id"]) for one in items] == [
        (str(assignment.id), None), (str(assignment.id), str(report.id)),
    ]  # fmt: skip
    assert (items[0]["days_left"], items[0]["step"]) == (21, None)
    assert items[1]["period"] == "2024"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"assignments": ["{other}"]}, "#/assignments/0", "nothing_to_urge"),
        ({"submissions": ["{other}"]}, "#/submissions/0", "nothing_to_urge"),
        ({"agency": FATHERLAND_FRONT}, "#/agency", "nothing_to_urge"),
        ({"agency": "KHONG-CO"}, "#/agency", "unknown_agency"),
        ({"plan": "01900000-0000-7000-8000-00000000ffff"}, "#/plan", "unknown_plan"),
        ({"reason": ""}, "#/reason", "string_too_short"),
        ({"basis": None}, "#/basis", "string_type"),
    ],
)
async def test_what_cannot_be_reminded_is_refused(
    issued: Sample, changes: dict[str, Any], pointer: str, code: str
) -> None:
    other = await issued.assignment(HEALTH, TEACH_THE_POLICIES, "2024")
    changes = {
        key: [str(other.id)] if value == ["{other}"] else value for key, value in changes.items()
    }
    await issued.coordinator()
    before = await issued.rows_of_all_tables()
    answer = await remind(issued, **changes)

    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, pointer, code)
    assert await issued.rows_of_all_tables() == before


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        (INFORMATION, Role.COORDINATOR, 201),
        (PROVINCIAL_COMMITTEE, Role.ISSUER, 201),
        (HEALTH, Role.COORDINATOR, 403),
        (HEALTH, Role.ISSUER, 403),
        (INFORMATION, Role.REPORTER, 403),
    ],
)
async def test_who_follows_the_plan_up_reminds(
    issued: Sample, who: str, role: Role, status: int
) -> None:
    plan = await issued.the_plan()
    assert (await remind(issued, who, role)).status_code == status
    async with await issued.by(who, role) as http:
        answer = await http.put(f"/v1/plans/{plan.id}/reminder-rules", json=RULE)
    assert answer.status_code == (200 if status == 201 else 403)


@pytest.mark.parametrize(
    ("who", "role", "sees"),
    [
        (FOREIGN_AFFAIRS, Role.READER, True),
        (INFORMATION, Role.COORDINATOR, True),
        (HEALTH, Role.SUPERVISOR, True),
        (HEALTH, Role.ISSUER, True),
        (HEALTH, Role.REPORTER, False),
        (HEALTH, Role.ADMINISTRATOR, False),
    ],
)
async def test_who_is_reminded_and_who_follows_it_up_see_it(
    issued: Sample, who: str, role: Role, sees: bool
) -> None:
    made = (await remind(issued)).json()
    url = f"/v1/reminders/{made['id']}"
    async with await issued.by(who, role) as http:
        answers = [await http.get(f"{url}{path}") for path in ("", "/items", "/edxml")]
        items = (await http.get("/v1/reminders")).json()["items"]
    heard = await issued.session.exec(
        visible_events(principal_of(await issued.client(who, role))).where(
            Event.row_id == made["id"]
        )
    )

    assert [one.status_code for one in answers] == [200 if sees else 404] * 3
    assert [one["id"] for one in items] == ([made["id"]] if sees else [])
    assert len(list(heard)) == sees


async def test_lists_are_narrowed_by_what_callers_know(issued: Sample) -> None:
    made = (await remind(issued)).json()
    await remind(issued, agency=HEALTH)
    assignment = (await items_of(issued, made["id"]))[0]["assignment_id"]
    found = {}
    async with await issued.issuer() as http:
        for query in (
            "agency=SNGV", f"plan={made['plan_id']}", f"assignment={assignment}", "trigger=person",
            "trigger=rule", "receiver=clients,office", "receiver=head", "on_from=2024-12-10",
            "on_before=2024-12-10",
        ):  # fmt: skip
            found[query] = len((await http.get(f"/v1/reminders?{query}")).json()["items"])

    assert list(found.values()) == [1, 2, 1, 2, 0, 2, 0, 2, 0]


async def test_a_reminder_is_a_letter_for_the_clerk_to_send(issued: Sample) -> None:
    made = (await remind(issued)).json()
    async with await issued.coordinator() as http:
        answer = await http.get(f"/v1/reminders/{made['id']}/edxml")
        again = await http.get(f"/v1/reminders/{made['id']}/edxml")

    package = read_package(answer.content).package
    assert isinstance(package, EdxmlDocument)
    letter = docx.Document(BytesIO(package.attachments[1].content))
    left, _ = (cell.text.split("\n") for cell in letter.tables[0].rows[0].cells)
    assert left[-1].startswith("V/v nhắc việc thực hiện Kế hoạch số")
    assert "BÁO CÁO" not in [one.text for one in letter.paragraphs]
    assert [one.text for one in letter.paragraphs if one.text][-1] == "Trân trọng./."
    text = package.attachments[0].content.decode()
    items = await items_of(issued, made["id"])
    assert answer.content == again.content
    assert answer.headers["content-type"] == "application/xml"
    assert (package.type, package.steering) == (DocumentType(2, 18, "Công văn"), 2)
    assert (package.sender.organ_id, package.recipients[0].organ_id) == (
        INFORMATION,
        FOREIGN_AFFAIRS,
    )
    assert package.subject.startswith(
        "V/v nhắc việc thực hiện Kế hoạch số MAU-01/KH-MAU ngày 20/5/2024 của "
    )
    assert package.due_on is not None
    assert package.due_on.isoformat() == min(one["due_on"] for one in items)
    assert package.task_codes == ()
    assert BY_HAND["reason"] in text
    assert BY_HAND["basis"] in text
    assert all(f"[mã {one['assignment_id']}]" in text for one in items)


async def test_what_an_agency_was_asked_and_has_not_named_is_urged_until_it_is_there(
    issued: Sample,
) -> None:
    told = await asked(issued, answered_by="agency", number="21/STTTT", due_on="2024-12-20")
    report = await issued.session.exec(select(AgencyReport))
    report_id = str(report.one().id)
    made = (
        await remind(issued, agency_reports=[report_id], missing=["action_plan", "focal_point"])
    ).json()

    async with await issued.coordinator() as http:
        letter = await http.get(f"/v1/reminders/{made['id']}/edxml")
    package = read_package(letter.content).package
    assert isinstance(package, EdxmlDocument)
    text = package.attachments[0].content.decode()
    items = await items_of(issued, made["id"])
    assert (made["assignments"], made["submissions"]) == (0, 0)
    assert (made["agency_reports"], made["missing"]) == (1, 2)
    assert [(one["kind"], one["agency_report_id"], one["period"]) for one in items] == [
        ("agency_report", report_id, told["period"]),
        ("action_plan", None, None),
        ("focal_point", None, None),
    ]
    assert {one["agency"]["code"] for one in items} == {FOREIGN_AFFAIRS}
    assert [one["task"] for one in items] == [None] * 3
    assert "01 báo cáo, 02 nội dung khác sắp đến hạn" in text
    assert (
        "1. Báo cáo theo yêu cầu tại Văn bản số 21/STTTT ngày 07/6/2024; hạn 20/12/2024, còn 10"
        " ngày.\r\n2. Chưa gửi kế hoạch thực hiện của cơ quan.\r\n"
        "3. Chưa cử đầu mối thực hiện kế hoạch."
    ) in text


async def test_what_is_there_or_is_nobodys_to_name_is_not_missing(issued: Sample) -> None:
    agency, plan = await get_agency(issued.session, FOREIGN_AFFAIRS), await issued.the_plan()
    await name_contact(issued.session, agency, plan, level=ContactLevel.FOCAL)
    async with await issued.by(FOREIGN_AFFAIRS, Role.REPORTER) as http:
        own = {"title": "Kế hoạch riêng", "number": "9/KH-SNgV", "issued_on": "2024-06-20"}
        registered = await http.post(f"/v1/plans/{plan.id}/action-plans", json=own)

    about: dict[str, Any] = {"plan": str(plan.id)}
    answers = [
        await remind(issued, missing=["focal_point"], **about),
        await remind(issued, missing=["action_plan"], **about),
        # The committee owes nothing in the plan.
        await remind(issued, agency=PROVINCIAL_COMMITTEE, missing=["focal_point"], **about),
        await remind(issued, missing=["deadline"], **about),
    ]

    assert registered.status_code == 201, registered.text
    assert [one.status_code for one in answers] == [422] * 4
    assert [faults(one)[0] for one in answers] == [
        ("#/missing/0", "nothing_to_urge"),
        ("#/missing/0", "nothing_to_urge"),
        ("#/missing/0", "nothing_to_urge"),
        ("#/missing/0", "literal_error"),
    ]


async def test_a_plans_ladder_is_read_and_set(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}/reminder-rules"
    async with await issued.coordinator() as http:
        usual = await http.get(url)
        unread = await http.put(url, json=RULE, headers={"If-Match": ""})
        given = await http.put(url, json=RULE, headers={"If-Match": usual.headers["ETag"]})
        stale = await http.put(url, json=RULE, headers={"If-Match": usual.headers["ETag"]})
        again = await http.get(url)
        bad = [
            await http.put(url, json=RULE | changes)
            for changes in ({"days": list(range(21))}, {"every_days": 0}, {"days": [-400]})
        ]

    assert usual.json() == {
        "plan_id": str(plan.id), "is_default": True, "days": [-30, -7, -1, 1, 7],
        "every_days": 30, "head_from": 7, "office_from": 30,
    }  # fmt: skip
    assert again.json() == given.json() == {
        "plan_id": str(plan.id), "is_default": False, "days": [-5, 3],
        "every_days": None, "head_from": 3, "office_from": None,
    }  # fmt: skip
    assert (given.status_code, stale.status_code, unread.status_code) == (200, 412, 422)
    assert [one.status_code for one in bad] == [422] * 3
    entries, _ = await issued.noted("plan", plan.id)
    assert entries[-1].action == "reminder_rule_set"
    assert entries[-1].detail["days"] == [-5, 3]


async def test_what_was_reminded_is_kept(issued: Sample) -> None:
    await remind(issued)
    for statement in (sa.delete(ReminderItem), sa.update(ReminderItem).values(step=1)):
        await work_as(issued.session, None)
        with pytest.raises(IntegrityError):
            async with issued.session.begin_nested():
                await issued.session.exec(statement)
    assert len(list(await issued.session.exec(select(Reminder)))) == 1


async def test_a_draft_and_a_closed_plan_are_not_reminded(issued: Sample) -> None:
    plan = await issued.the_plan()
    plan.status, plan.closed_at = type(plan.status).CLOSED, NOW
    await issued.session.commit()
    answer = await remind(issued)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")
