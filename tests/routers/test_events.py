import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

import app
from app.auth.principal import Role
from app.clock import utc_now
from app.domain.event_types import EVENT_TYPES, every_type, matching
from app.domain.records import Subject, record
from app.errors import InvalidError
from app.models import (
    AssignmentActionKind,
    AssignmentStatus,
    Client,
    OperationStatus,
    PlanStatus,
)
from tests.support.clients import Api
from tests.support.contract import CONTRACT
from tests.support.factories import make_agency, make_client
from tests.support.factories_events import make_event
from tests.support.factories_plans import make_plan

ROOT = Path(app.__file__).parent
Json = dict[str, Any]


async def ask(api: Api, client: Client, query: str = "", status: int = 200) -> Json:
    async with api.by(client) as http:
        answer = await http.get(f"/v1/events?{query}")
    assert answer.status_code == status, answer.text
    page: Json = answer.json()
    return page


async def test_an_event_is_a_cloud_event(api: Api, session: AsyncSession, reader: Client) -> None:
    agency = await make_agency(session)
    plan = await make_plan(session, agency)
    about = {"type": "tiendo.plan.issued", "noun": "plan", "row_id": plan.id, "plan_id": plan.id}
    address = f"/v1/plans/{plan.id}"
    event = await make_event(session, agency, subject=address, data={"assignments": 3}, **about)

    page = await ask(api, reader)

    assert page["items"] == [
        {
            "specversion": "1.0",
            "id": str(event.id),
            "source": api.settings.base_url,
            "type": "tiendo.plan.issued",
            "subject": address,
            "time": "2026-03-01T01:30:00Z",
            "datacontenttype": "application/json",
            "planid": str(plan.id),
            "agencyid": str(agency.id),
            "data": {"assignments": 3},
        }
    ]
    assert page["next"] is None
    async with api.by(reader) as http:
        assert (await http.get(address)).json()["id"] == str(plan.id)


async def test_pages_follow_each_other_to_the_end_and_go_on_from_there(
    api: Api, session: AsyncSession, reader: Client
) -> None:
    agency = await make_agency(session)
    made = [str((await make_event(session, agency)).id) for _ in range(5)]
    pages, url = [], "/v1/events?limit=2"
    async with api.by(reader) as http:
        while url:
            pages.append((await http.get(url)).json())
            url = pages[-1]["next"]
        after = pages[-1]["cursor"]
        again = (await http.get(f"/v1/events?limit=2&after={after}")).json()

    assert [[one["id"] for one in page["items"]] for page in pages] == [
        made[:2],
        made[2:4],
        made[4:],
    ]
    assert (again["items"], again["next"]) == ([], None)


async def test_a_limit_that_is_just_met_is_the_end(
    api: Api, session: AsyncSession, reader: Client
) -> None:
    agency = await make_agency(session)
    for _ in range(2):
        await make_event(session, agency)

    assert (await ask(api, reader, "limit=2"))["next"] is None
    assert (await ask(api, reader, "limit=1"))["next"] is not None


async def test_only_what_the_caller_may_see_is_told(
    api: Api, session: AsyncSession, reader: Client
) -> None:
    owner = await make_agency(session)
    draft = await make_plan(session, owner, status=PlanStatus.DRAFT)
    about = {"type": "tiendo.plan.changed", "noun": "plan", "row_id": draft.id}
    event = await make_event(session, owner, plan_id=draft.id, **about)
    insider = await make_client(session, owner, [Role.READER])

    assert (await ask(api, reader))["items"] == []
    assert [one["id"] for one in (await ask(api, insider))["items"]] == [str(event.id)]


async def test_the_feed_is_narrowed_by_every_filter(
    api: Api, session: AsyncSession, reader: Client
) -> None:
    agency, other = await make_agency(session, code="MOT"), await make_agency(session, code="HAI")
    plan = await make_plan(session, agency)
    late = datetime(2026, 3, 2, tzinfo=UTC)
    events = {
        "changed": await make_event(session, agency),
        "renamed": await make_event(session, agency, type="tiendo.agency.renamed"),
        "of another": await make_event(session, other),
        "later": await make_event(session, agency, occurred_at=late),
        "plan": await make_event(
            session, agency, type="tiendo.plan.issued", noun="plan", plan_id=plan.id
        ),
    }
    names = {str(event.id): name for name, event in events.items()}
    found = {}
    for query in (
        "type=tiendo.agency.renamed",
        "type=tiendo.agency.*",
        "type=tiendo.*",
        f"plan={plan.id}",
        "agency=HAI",
        f"agency={other.id}",
        f"subject={events['later'].subject}",
        "since=2026-03-02T07:00:00%2B07:00",
        "since=2026-03-02T00:00:00.000001Z",
        "agency=MOT&type=tiendo.agency.changed&since=2026-03-02T00:00:00Z",
    ):
        found[query] = {names[one["id"]] for one in (await ask(api, reader, query))["items"]}

    assert list(found.values()) == [
        {"renamed"},
        {"changed", "renamed", "of another", "later"},
        set(events),
        {"plan"},
        {"of another"},
        {"of another"},
        {"later"},
        {"later"},
        set(),
        {"later"},
    ]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("after=x", 422, "?after"),
        ("after=WyJhIiwiMSIsIjEiXQ", 422, "?after"),
        ("limit=0", 422, "?limit"),
        ("limit=201", 422, "?limit"),
        ("cursor=x", 422, "?cursor"),
        ("type=plan.issued", 422, "?type"),
        ("type=tiendo.plan.isued", 422, "?type"),
        ("type=tiendo.plans.*", 422, "?type"),
        ("plan=46", 422, "?plan"),
        ("subject=plans", 422, "?subject"),
        ("since=2026-03-01", 422, "?since"),
        ("since=1767200400", 422, "?since"),
        ("since=2026-03-01T00:00:00", 422, "?since"),
        ("since=2026-13-01T00:00:00Z", 422, "?since"),
    ],
)
async def test_what_is_not_in_the_contract_is_refused_by_name(
    api: Api, reader: Client, query: str, status: int, pointer: str
) -> None:
    answer = await ask(api, reader, query, status)

    assert [fault["pointer"] for fault in answer["errors"]] == [pointer]


async def test_an_unknown_agency_is_refused(api: Api, reader: Client) -> None:
    assert (await ask(api, reader, "agency=KHONG-CO", 404))["code"] == "not_found"


async def test_a_cursor_holds_for_the_filters_that_it_was_made_with(
    api: Api, session: AsyncSession, reader: Client
) -> None:
    cursor = (await ask(api, reader, "type=tiendo.plan.*"))["cursor"]

    same = await ask(api, reader, f"type=tiendo.plan.*&limit=7&after={cursor}")
    other = await ask(api, reader, f"type=tiendo.task.*&after={cursor}", 422)

    assert same["items"] == []
    assert other["errors"][0]["code"] == "invalid_cursor"


async def test_the_contract_lists_every_type_of_event() -> None:
    description = CONTRACT["info"]["description"]

    listed = [line.split("`")[1] for line in description.splitlines() if "| `tiendo." in line]

    assert listed == every_type()
    assert len(listed) > 30


async def test_a_type_that_is_not_listed_cannot_be_recorded(session: AsyncSession) -> None:
    with pytest.raises(LookupError):
        record(session, None, "exploded", Subject("plan", uuid4()), at=utc_now())


def test_a_pattern_means_one_type_or_all_of_a_noun_or_all() -> None:
    assert matching("tiendo.plan.issued") == ["tiendo.plan.issued"]
    assert {name.split(".")[1] for name in matching("tiendo.task.*")} == {"task"}
    assert matching("tiendo.*") == every_type()
    for pattern in ("tiendo", "tiendo.plan", "tiendo.pla*", "*", "tiendo.plan.issued.*"):
        with pytest.raises(InvalidError):
            matching(pattern)


def test_every_type_in_the_contract_is_told_of_somewhere() -> None:
    words = {
        node.value
        for path in [*(ROOT / "domain").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]
        if path.name != "events.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    states = {*AssignmentStatus, *AssignmentActionKind, *OperationStatus}

    listed = {action for actions in EVENT_TYPES.values() for action in actions}

    assert {action for action in listed if action not in words | states} == set()
