"""Relations between plans, and agencies with an action plan of their own, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Handover, HandoverState, HandoverSubject, PlanStatus
from app.schemas.action_plans import ActionPlansOut
from app.schemas.plans import PlanOut
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client, make_succession
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.sample import Sample
from tests.support.sample_facts import FINANCE, FOREIGN_AFFAIRS, HOME_AFFAIRS

TODAY = datetime(2024, 9, 2, 2, tzinfo=UTC)
THEIRS: dict[str, Any] = {
    "number": "15/KH-SNGV",
    "issued_on": "2024-06-28",
    "title": "Kế hoạch hành động của ngành ngoại vụ",
}


@pytest.fixture(autouse=True)
def autumn_2024() -> Iterator[None]:
    """A day in the year of the plan's issue."""
    with time_machine.travel(TODAY, tick=True):
        yield


async def relate(
    http: httpx.AsyncClient, plan_id: object, *given: dict[str, Any]
) -> httpx.Response:
    return await http.patch(f"/v1/plans/{plan_id}", json={"relations": given})


async def test_a_draft_says_what_it_is_to_others_and_says_it_anew(
    session: AsyncSession, api: Api
) -> None:
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ISSUER])
    former = await make_plan(session, agency)
    plan = await make_plan(session, agency, status=PlanStatus.DRAFT)
    follows = {"relation": "follows", "reference": "12/KH-UBND ngày 15/01/2020"}
    replaces = {"relation": "replaces", "plan": str(former.id)}
    async with api.by(client) as http:
        await relate(http, plan.id, follows)
        answer = await relate(http, plan.id, replaces, replaces)
        found = (await http.get(f"/v1/plans?related_to={former.id}&relation=replaces")).json()
        others = [
            (await http.get(f"/v1/plans?related_to={former.id}&relation=follows")).json(),
            (await http.get("/v1/plans?relation=follows")).json(),
        ]

    said = PlanOut.model_validate_json(answer.content).relations
    assert [(one.relation, one.plan_id, one.number) for one in said] == [
        ("replaces", former.id, former.number)
    ]
    assert [item["id"] for item in found["items"]] == [str(plan.id)]
    assert [one["items"] for one in others] == [[], []]


async def test_an_issued_plan_gets_more_relations_and_loses_none(
    session: AsyncSession, api: Api
) -> None:
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ISSUER])
    stranger = await make_client(session, await make_agency(session), [Role.ISSUER])
    first, second = [await make_plan(session, agency) for _ in range(2)]
    closed = await make_plan(
        session, agency, status=PlanStatus.CLOSED, closed_at=datetime(2024, 8, 1, tzinfo=UTC)
    )
    amends = {"relation": "amends", "plan": str(second.id)}
    async with api.by(client) as http:
        added = await relate(http, first.id, amends)
        fewer = await relate(http, first.id)
        back = await relate(http, second.id, {"relation": "amends", "plan": str(first.id)})
        itself = await relate(http, second.id, {"relation": "amends", "plan": str(second.id)})
        ended = await relate(http, closed.id, amends)
    async with api.by(stranger) as http:
        not_theirs = await relate(http, second.id, {"relation": "follows", "plan": str(first.id)})

    assert added.status_code == 200
    assert [one.json()["errors"][0]["code"] for one in (fewer, back, itself)] == [
        "relation_missing",
        "cycle",
        "unknown_plan",
    ]
    assert (ended.status_code, not_theirs.status_code) == (409, 403)


async def test_a_draft_is_nobodys_other_plan(session: AsyncSession, api: Api) -> None:
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ISSUER])
    draft = await make_plan(session, agency, status=PlanStatus.DRAFT)
    plan = await make_plan(session, agency)
    async with api.by(client) as http:
        answer = await relate(http, plan.id, {"relation": "follows", "plan": str(draft.id)})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_plan")


async def test_who_has_an_action_plan_and_the_percentage_is_one_request(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}/action-plans"
    async with await issued.by(FOREIGN_AFFAIRS, Role.REPORTER) as http:
        own = await http.post(url, json=THEIRS)
        again = await http.post(url, json=THEIRS)
        another = await http.post(url, json={**THEIRS, "agency": HOME_AFFAIRS})
    async with await issued.coordinator() as http:
        sent = {**THEIRS, "agency": HOME_AFFAIRS, "number": "9/KH-SNV", "issued_on": "2024-07-15"}
        theirs = await http.post(url, json=sent)
        future = await http.post(url, json={**sent, "issued_on": "2024-09-03"})
        answer = await http.get(f"{url}?limit=200")
        having = (await http.get(f"{url}?state=issued&limit=1")).json()
        rest = (await http.get(having["next"])).json()
        earlier = (await http.get(f"{url}?as_of=2024-07-01&state=issued")).json()
        related = (await http.get(f"/v1/plans?related_to={plan.id}&relation=implements")).json()

    assert [one.status_code for one in (own, again, another, theirs, future)] == [
        201, 409, 403, 201, 422,
    ]  # fmt: skip
    assert own.json()["status"] == "issued"
    found = ActionPlansOut.model_validate_json(answer.content)
    assert (found.issued.numerator, found.issued.base) == (2, len(found.items))
    assert found.issued.percent == round(200 / len(found.items), 2)
    by_code = {item.agency.code: item for item in found.items}
    assert (by_code[FOREIGN_AFFAIRS].state, by_code[FOREIGN_AFFAIRS].number) == (
        "issued",
        THEIRS["number"],
    )
    assert (by_code[FINANCE].state, by_code[FINANCE].plan_id) == ("missing", None)
    assert [one["agency"]["code"] for one in (*having["items"], *rest["items"])] == [
        FOREIGN_AFFAIRS,
        HOME_AFFAIRS,
    ]
    assert rest["next"] is None
    assert [one["agency"]["code"] for one in earlier["items"]] == [FOREIGN_AFFAIRS]
    assert earlier["issued"]["numerator"] == 1
    assert len(related["items"]) == 2


async def test_the_predecessors_action_plan_counts_where_the_successor_has_none(
    session: AsyncSession, api: Api
) -> None:
    province = await make_agency(session)
    former = await make_agency(session, valid_until=date(2024, 8, 1))
    heir = await make_agency(session, code="THUA-KE")
    await make_succession(session, former, heir, effective_on=date(2024, 8, 1))
    plan = await make_plan(session, province)
    task = await make_task(session, plan)
    await make_assignment(session, task, heir)
    reader = await make_client(session, province, [Role.ISSUER])
    theirs = await make_plan(session, former, issued_on=date(2024, 6, 1))
    url = f"/v1/plans/{plan.id}/action-plans"
    theirs.owner_id = heir.id
    session.add(
        Handover(
            subject=HandoverSubject.OWNERSHIP,
            plan_id=theirs.id,
            from_agency_id=former.id,
            to_agency_id=heir.id,
            effective_on=date(2024, 8, 1),
            state=HandoverState.DECIDED,
            decided_at=TODAY,
            decided_by_id=reader.id,
            decided_for_id=province.id,
            reason="Hợp nhất.",
        )
    )
    await session.commit()
    async with api.by(await make_client(session, heir, [Role.ISSUER])) as http:
        await relate(http, theirs.id, {"relation": "implements", "plan": str(plan.id)})
        before = (await http.get(f"{url}?as_of=2024-07-31")).json()["items"]
        inherited = (await http.get(url)).json()["items"]
        await http.post(url, json={**THEIRS, "issued_on": "2024-05-28"})
        own = (await http.get(url)).json()

    assert [one["state"] for one in before] == ["missing"]
    assert [(one["number"], one["is_inherited"]) for one in inherited] == [(theirs.number, True)]
    assert [(one["number"], one["is_inherited"]) for one in own["items"]] == [
        (THEIRS["number"], False)
    ]
    assert own["issued"] == {"numerator": 1, "base": 1, "percent": 100.0}
