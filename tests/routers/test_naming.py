"""Nobody names a body without authority over it: every operation that names one."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Plan
from tests.support.clients import Api
from tests.support.contract import CONTRACT, OPERATIONS, Json, resolved
from tests.support.factories import make_agency, make_client
from tests.support.issuing import complete
from tests.support.sample import Sample

REF = "^[A-Za-z0-9.-]{1,64}$"
IN_ITS_NAME = "one's own, or one for which the client may act"
OF_THE_PLAN = "whoever keeps the plan, which is issued in the name of its issuer"
BY_POWER = "whoever has that power over the plan, by `WHO_MAY`"
BY_ADMINISTRATORS = "administrators"
NAMED = {
    "createPlan.issuer": IN_ITS_NAME,
    "putPlan.issuer": IN_ITS_NAME,
    "updatePlan.issuer": IN_ITS_NAME,
    **{
        f"{name}.{field}": OF_THE_PLAN
        for name in ("createPlan", "putPlan", "updatePlan")
        for field in ("coordinator", "overseers", "recipients")
    },
    "correctPlan.overseers": BY_POWER,
    "correctPlan.recipients": BY_POWER,
    "setReportingRegime.receiver": BY_POWER,
    "addAssignee.agency": OF_THE_PLAN,
    "updateAssignee.agency": OF_THE_PLAN,
    "draftAmendment.items.agency": BY_POWER,
    "draftAmendment.items.assignees.agency": BY_POWER,
    "reviseAmendment.items.agency": BY_POWER,
    "reviseAmendment.items.assignees.agency": BY_POWER,
    "registerActionPlan.agency": BY_POWER,
    "requestReports.agencies": BY_POWER,
    "enterSubmissions.items.agency": BY_POWER,
    "pushSubmissions.items.agency": IN_ITS_NAME,
    "decideHandover.successors": BY_POWER,
    "decideHandovers.from_agency": BY_POWER,
    "decideHandovers.successors": BY_POWER,
    "substituteCollective.stand_in_agencies": BY_POWER,
    "sendReminder.agency": BY_POWER,
    "rateAgencies.items.agency": BY_POWER,
    "createAgency.parent": BY_ADMINISTRATORS,
    "updateAgency.parent": BY_ADMINISTRATORS,
    "addCollectiveMember.agency": BY_ADMINISTRATORS,
    "recordSuccessions.items.predecessor": BY_ADMINISTRATORS,
    "recordSuccessions.items.successor": BY_ADMINISTRATORS,
    "createClient.agency": BY_ADMINISTRATORS,
    "createClient.acts_for": BY_ADMINISTRATORS,
    "updateClient.acts_for": BY_ADMINISTRATORS,
}
"""Every member of a body that names an agency, and by which authority it is named."""


def named_in(schema: Json, place: str, above: frozenset[str] = frozenset()) -> Iterator[str]:
    """The places in a body at which an agency stands."""
    name = schema.get("$ref", "")
    if name and name in above:
        return
    schema, above = resolved(schema, CONTRACT), above | {name}
    for kind in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(kind, ()):
            yield from named_in(one, place, above)
    if "items" in schema:
        yield from named_in(schema["items"], place, above)
    for member, of_it in schema.get("properties", {}).items():
        yield from named_in(of_it, f"{place}.{member}", above)
    if schema.get("pattern") == REF:
        yield place


def test_every_operation_that_names_a_body_is_in_the_table() -> None:
    found = {
        place
        for name, (_, _, operation) in OPERATIONS.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for place in named_in(content["schema"], name)
    }

    assert found == set(NAMED)


@pytest.fixture
async def committee(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UBND")


@pytest.mark.parametrize("name", [key for key in NAMED if NAMED[key] == IN_ITS_NAME][:3])
@pytest.mark.parametrize("may_act", [False, True])
async def test_a_plan_is_drafted_in_the_name_of_those_for_whom_the_client_may_act(
    api: Api, session: AsyncSession, committee: Agency, name: str, may_act: bool
) -> None:
    agency = await make_agency(session, code="SO")
    client = await make_client(
        session, agency, [Role.ISSUER], acts_for=[committee] if may_act else []
    )
    async with api.by(client) as http:
        body: dict[str, Any] = {"title": "Kế hoạch", "issuer": "UBND", "number": "1/KH-UBND"}
        if name.startswith("create"):
            answer = await http.post("/v1/plans", json=body)
        elif name.startswith("put"):
            answer = await http.put("/v1/plans?external_ref=vb:1", json=body)
        else:
            made = await http.post("/v1/plans", json={"title": "Kế hoạch"})
            answer = await http.patch(made.headers["location"], json=body)

    found = (await session.exec(select(Plan).where(col(Plan.issuer_id) == committee.id))).all()
    assert answer.status_code == (403 if not may_act else 200 if name[0] == "u" else 201)
    assert len(found) == may_act


async def test_a_plan_is_not_issued_in_the_name_of_another_body(drafted: Sample) -> None:
    plan = await complete(drafted)
    plan.issuer_id = (await make_agency(drafted.session, code="KHAC")).id
    await drafted.session.commit()
    async with await drafted.issuer() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/issue")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
