"""Members of a collective that leads a task, where the plan lets them read each other."""

from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.auth.principal import Role
from app.models import Agency
from tests.support.factories import make_client
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE

MEMBERS = sa.text("""
select a.agency_id, b.agency_id, s.assignment_id, s.period
  from assignment a
  join assignee named on named.id = a.assignee_id and named.collective_id is not null
  join assignment b on b.assignee_id = a.assignee_id and b.occurrence = a.occurrence
   and b.id <> a.id
  join submission s on s.assignment_id = b.id
 where a.role = 'lead' and b.role = 'lead' order by a.id, b.id, s.period limit 1
""")
WHY = {"reason": "Các đơn vị cùng rút kinh nghiệm cách làm.", "basis": "15/TB-UBND"}


async def by(issued: Sample, agency_id: UUID) -> httpx.AsyncClient:
    """Requests of a new system of that agency."""
    agency = await issued.session.get_one(Agency, agency_id)
    return issued.api.by(await make_client(issued.session, agency, [Role.REPORTER]))


async def set_sharing(issued: Sample, verb: str = "share", **body: Any) -> httpx.Response:
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        return await http.post(f"/v1/plans/{plan.id}/{verb}-submissions", json=body or WHY)


async def test_members_read_what_was_filed_while_the_plan_lets_them(issued: Sample) -> None:
    connection = await issued.session.connection()
    [(reader, owner, assignment_id, period)] = await connection.execute(MEMBERS)
    url = f"/v1/assignments/{assignment_id}/submissions/{period}"
    found: list[list[str | None]] = []

    async with await by(issued, owner) as own, await by(issued, reader) as other:

        async def look() -> None:
            """Note the other member's view of it, by itself and in a list."""
            one = await other.get(url)
            page = await other.get("/v1/submissions", params={"assignment": str(assignment_id)})
            words = one.json()["content"]["results"] if one.status_code == 200 else None
            found.append([words, *(row["content"]["results"] for row in page.json()["items"])])

        await set_sharing(issued)
        await own.put(url, json=REPORT)
        await look()
        filed = await own.put(f"{url}?submit=true", json=REPORT)
        assert filed.status_code in (200, 201), filed.text
        await look()
        again = await set_sharing(issued)
        await set_sharing(issued, "unshare")
        await look()
        still = await own.get(url)

    words = REPORT["results"]
    # A draft is nobody's but its agency's.
    assert found == [[None], [words, words], [None]]
    assert again.json()["submissions_are_shared"] is True
    assert still.status_code == 200
    plan = await issued.the_plan()
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        kept = (await http.get(f"/v1/plans/{plan.id}/actions")).json()["items"]
    assert [(one["action"], one["reason"]) for one in kept] == [
        ("submissions_shared", WHY["reason"]),
        ("submissions_unshared", WHY["reason"]),
    ]


async def test_nobody_but_coordinator_and_issuer_shares_them(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}/share-submissions"
    async with await issued.by(INDUSTRY_AND_TRADE, Role.ISSUER, Role.COORDINATOR) as http:
        foreign = await http.post(url, json=WHY)
    async with await issued.by(FOREIGN_AFFAIRS, Role.REPORTER) as http:
        reporter = await http.post(url, json=WHY)
    async with await issued.issuer() as http:
        issuer = await http.post(url, json=WHY)
        without = await http.post(url, json={"reason": " "})

    assert [foreign.status_code, reporter.status_code] == [403, 403]
    assert (issuer.status_code, without.status_code) == (200, 422)
    assert issuer.json()["submissions_are_shared"] is True
