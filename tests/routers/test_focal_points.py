"""The focal points that agencies name, over HTTP: the history, who may know it, and who may not."""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel import select

from app.auth.principal import Role
from app.logs import configure_logs
from app.models import Agency, AuditEntry, Event, FocalPoint
from app.queries.events import visible_events
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import (
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

DECEMBER = datetime(2024, 12, 10, 2, tzinfo=UTC)
TODAY = "2024-12-10"
CONTACT: dict[str, Any] = {
    "name": "Nguyễn Văn Mẫu",
    "position": "Chuyên viên",
    "email": "nguyen.mau@sngv.example",
    "phone": "0909 111 222",
}
SECRETS = ("Nguyễn Văn Mẫu", "nguyen.mau", "0909 111 222")


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    """A working day within the plan, on which its first assignments are open."""
    with time_machine.travel(DECEMBER, tick=True):
        yield


async def name(issued: Sample, agency: str = FOREIGN_AFFAIRS, **given: Any) -> httpx.Response:
    plan = await issued.the_plan()
    body = {"plan": str(plan.id), **CONTACT, **given}
    async with await issued.reporter(agency) as http:
        return await http.post("/v1/focal-points", json=body)


async def listed(
    issued: Sample, query: str = "", agency: str = FOREIGN_AFFAIRS
) -> list[dict[str, Any]]:
    async with await issued.reporter(agency) as http:
        answer = await http.get(f"/v1/focal-points?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_naming_another_one_ends_the_first_and_keeps_it(issued: Sample) -> None:
    first = (await name(issued, valid_from="2024-11-01")).json()
    second = (await name(issued, name="Trần Thị Thử", valid_from="2024-12-20")).json()

    items = await listed(issued)
    assert [(one["name"], one["valid_from"], one["valid_until"]) for one in items] == [
        ("Nguyễn Văn Mẫu", "2024-11-01", "2024-12-20"),
        ("Trần Thị Thử", "2024-12-20", None),
    ]
    assert (first["allowed_actions"], second["allowed_actions"]) == (["end"], ["end"])
    for day, found in (("2024-10-31", []), ("2024-12-19", [first["id"]]), (TODAY, [first["id"]]),
                       ("2024-12-20", [second["id"]])):  # fmt: skip
        assert [one["id"] for one in await listed(issued, f"as_of={day}")] == found


async def test_what_was_named_by_mistake_is_set_right_on_the_same_day(issued: Sample) -> None:
    wrong = (await name(issued, email="sai@sngv.example")).json()
    right = (await name(issued)).json()

    assert wrong["valid_from"] == right["valid_from"] == TODAY
    assert [one["id"] for one in await listed(issued, f"as_of={TODAY}")] == [right["id"]]
    assert [one["corrected_at"] is None for one in await listed(issued)] == [False, True]


async def test_who_has_held_is_not_made_never_to_have(issued: Sample) -> None:
    first = (await name(issued, valid_from="2024-11-01")).json()
    answer = await name(issued, valid_from="2024-10-01")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "another_has_held")
    assert [one["id"] for one in await listed(issued, "as_of=2024-11-15")] == [first["id"]]


async def test_ending_needs_nobody_after(issued: Sample) -> None:
    made = (await name(issued, valid_from="2024-12-01")).json()
    url = f"/v1/focal-points/{made['id']}/end"
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        empty = await http.post(url, json={"valid_until": "2024-12-01"})
        ended = await http.post(url, json={})
        again = await http.post(url, json={})
    async with await issued.by(INFORMATION, Role.REPORTER) as http:
        others = await http.post(url, json={})

    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (422, "#/valid_until")
    assert (ended.json()["valid_until"], ended.json()["allowed_actions"]) == (TODAY, [])
    assert (again.status_code, again.json()["code"]) == (409, "focal_point_ended")
    assert others.status_code == 403
    assert await listed(issued, f"as_of={TODAY}") == []


async def test_each_scope_and_level_has_its_own(issued: Sample) -> None:
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "1.2", "2024")
    answers = [
        await name(issued),
        await name(issued, level="head"),
        await name(issued, plan=None, assignment=str(assignment.id)),
    ]

    assert [one.status_code for one in answers] == [201] * 3
    assert len(await listed(issued, f"as_of={TODAY}")) == 3
    [one] = await listed(issued, f"assignment={assignment.id}&level=focal&agency=SNGV")
    assert one["assignment_id"] == str(assignment.id)
    assert answers[2].headers["Location"] == f"/v1/focal-points/{one['id']}"


@pytest.mark.parametrize(
    ("who", "role", "of_plan", "of_assignment"),
    [
        ("own", Role.REPORTER, True, True),
        (INFORMATION, Role.COORDINATOR, True, True),
        (PROVINCIAL_COMMITTEE, Role.ISSUER, True, True),
        ("lead", Role.REPORTER, False, True),
        ("stranger", Role.REPORTER, False, False),
        ("stranger", Role.COORDINATOR, False, False),
        ("stranger", Role.ISSUER, False, False),
        ("stranger", Role.ADMINISTRATOR, False, False),
    ],
)
async def test_contacts_are_known_to_those_who_work_with_them_alone(
    issued: Sample, who: str, role: Role, of_plan: bool, of_assignment: bool
) -> None:
    """SNGV leads task 3.3, another agency helps with it and names its contacts."""
    codes = {row.id: row.code for row in await issued.session.exec(select(Agency))}
    owed = {codes[row.agency_id]: row for row in await issued.assignments("3.3", "once")}
    others = sorted(set(owed) - {FOREIGN_AFFAIRS, INFORMATION})
    who = {"own": others[0], "lead": FOREIGN_AFFAIRS, "stranger": FATHERLAND_FRONT}.get(who, who)
    made = [
        (await name(issued, others[0])).json(),
        (await name(issued, others[0], plan=None, assignment=str(owed[others[0]].id))).json(),
    ]

    async with await issued.by(who, role) as http:
        listed = {one["id"] for one in (await http.get("/v1/focal-points")).json()["items"]}
        read = [await http.get(f"/v1/focal-points/{one['id']}") for one in made]
        ends = [await http.post(f"/v1/focal-points/{one['id']}/end", json={}) for one in made]

    for one, seen, answer, end in zip(made, (of_plan, of_assignment), read, ends, strict=True):
        assert (answer.status_code == 200, one["id"] in listed) == (seen, seen)
        assert seen or answer.status_code == 404
        assert end.status_code in ({200, 403} if seen else {404, 403})
        assert seen or CONTACT["email"] not in answer.text + end.text


@pytest.mark.parametrize("role", [Role.READER, Role.SUPERVISOR])
async def test_who_only_reads_is_not_let_in(issued: Sample, role: Role) -> None:
    made = (await name(issued)).json()
    async with await issued.by(FOREIGN_AFFAIRS, role) as http:
        answers = [
            await http.get("/v1/focal-points"),
            await http.get(f"/v1/focal-points/{made['id']}"),
        ]

    assert [one.status_code for one in answers] == [403, 403]


@pytest.mark.parametrize(
    ("agency", "changes", "status"),
    [
        (FOREIGN_AFFAIRS, {"level": "office"}, 403),
        (FATHERLAND_FRONT, {}, 403),
        (HEALTH, {"plan": None, "assignment": "{assignment}"}, 403),
        (FOREIGN_AFFAIRS, {"plan": "01900000-0000-7000-8000-00000000ffff"}, 422),
        (
            FOREIGN_AFFAIRS,
            {"plan": None, "assignment": "01900000-0000-7000-8000-00000000ffff"},
            422,
        ),
        (FOREIGN_AFFAIRS, {"plan": None}, 422),
        (FOREIGN_AFFAIRS, {"email": None, "phone": None}, 422),
        (FOREIGN_AFFAIRS, {"email": "a@b"}, 422),
        (FOREIGN_AFFAIRS, {"email": "x@sngv.example\nBcc: y@z.example"}, 422),
        (FOREIGN_AFFAIRS, {"email": "Tên <x@sngv.example>"}, 422),
        (FOREIGN_AFFAIRS, {"phone": "hỏi thư ký"}, 422),
        (FOREIGN_AFFAIRS, {"valid_from": "1900-01-01", "name": ""}, 422),
    ],
)
async def test_what_is_not_theirs_or_no_contact_is_refused_and_not_echoed(
    issued: Sample, agency: str, changes: dict[str, Any], status: int
) -> None:
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "1.2", "2024")
    changes = {
        key: str(assignment.id) if value == "{assignment}" else value
        for key, value in changes.items()
    }
    before = await issued.rows(FocalPoint)
    answer = await name(issued, agency, **changes)

    assert answer.status_code == status, answer.text
    assert await issued.rows(FocalPoint) == before
    for value in (*SECRETS, "Bcc", "thư ký", "Tên <"):
        assert value not in answer.text


async def test_the_office_is_named_by_who_owns_the_plan(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        body = {"plan": str(plan.id), "level": "office", **CONTACT}
        answer = await http.post("/v1/focal-points", json=body)

    assert answer.status_code == 201


async def test_contacts_stand_in_no_event_audit_entry_or_log(
    issued: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logs(issued.api.settings.model_copy(update={"log_level": "debug"}))
        made = (await name(issued)).json()
        await name(issued, name=SECRETS[0], email="@", phone=SECRETS[2])
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            await http.post(f"/v1/focal-points/{made['id']}/end", json={})
    configure_logs(issued.api.settings)
    entries, events = await issued.noted("focal_point", made["id"])
    told = str([one.detail for one in await issued.session.exec(select(AuditEntry))])
    told += str([one.data for one in await issued.session.exec(select(Event))])

    assert [one.action for one in entries] == ["named", "ended"]
    assert [one.type for one in events] == [
        "tiendo.focal_point.named", "tiendo.focal_point.ended",
    ]  # fmt: skip
    for secret in SECRETS:
        assert secret not in told
        assert secret not in written.getvalue()


@pytest.mark.parametrize(
    ("agency", "role", "hears"),
    [
        (FOREIGN_AFFAIRS, Role.REPORTER, True),
        (INFORMATION, Role.COORDINATOR, True),
        (HEALTH, Role.REPORTER, False),
        (HEALTH, Role.SUPERVISOR, False),
    ],
)
async def test_that_one_was_named_is_told_to_the_same(
    issued: Sample, agency: str, role: Role, hears: bool
) -> None:
    made = (await name(issued)).json()
    feed = select(Event).where(Event.row_id == made["id"])
    [event] = await issued.session.exec(feed)
    client = await issued.client(agency, role)
    rows = await issued.session.exec(
        visible_events(principal_of(client)).where(Event.id == event.id)
    )
    assert (len(list(rows)) == 1) == hears
    assert date.fromisoformat(event.data["valid_from"]) == date(2024, 12, 10)
