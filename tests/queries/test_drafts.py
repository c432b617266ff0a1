"""Drafts are read by their own agency alone, also where a query forgets to ask for them so."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from app.models import AgencyReport, AgencyReportDraft, SubmissionDraft, SubmissionStatus
from app.queries.registry.agencies import get_agency
from app.queries.row_security import ALLOW, reach_all
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FINANCE, FOREIGN_AFFAIRS
from tests.support.submission_drafts import draft_of
from tests.support.transactions import work_as

SECRET = "chim hoàng yến trong bản soạn"
DRAFT = REPORT | {"results": SECRET}
TABLES = (SubmissionDraft, AgencyReportDraft)
ASSESSMENT = {
    "situation": SECRET,
    "results": "",
    "shortcomings": "",
    "causes": "",
    "difficulties": "",
    "proposals": "",
    "next_period": "",
}


@pytest.fixture
async def drafted(issued: Sample) -> Sample:
    """The sample, where SNGV writes a submission and a report of its own."""
    row = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    plan = await issued.the_plan()
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        one = f"/v1/assignments/{row.assignment_id}/submissions/{row.period}"
        assert (await http.put(one, json=DRAFT)).is_success
        whole = f"/v1/plans/{plan.id}/agency-reports/{FOREIGN_AFFAIRS}/{row.period}"
        assert (await http.put(whole, json=ASSESSMENT)).is_success
    return issued


async def seen(session: AsyncSession, agencies: str) -> int:
    """The number of drafts that there are for who says to be these agencies."""
    connection = await session.connection()
    await connection.execute(ALLOW, {"agencies": agencies})
    counts = [await connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in TABLES]
    return sum(count or 0 for count in counts)


@pytest.mark.parametrize("role", DatabaseRole)
async def test_a_query_without_a_condition_reads_no_draft(
    drafted: Sample, role: DatabaseRole
) -> None:
    await work_as(drafted.session, role)
    own = await get_agency(drafted.session, FOREIGN_AFFAIRS)
    other = await get_agency(drafted.session, FINANCE)

    assert await seen(drafted.session, "") == 0
    assert await seen(drafted.session, str(other.id)) == 0
    assert await seen(drafted.session, str(own.id)) == 2
    assert await seen(drafted.session, f"{other.id},{own.id}") == 2


async def test_nobody_writes_or_takes_a_draft_of_another(drafted: Sample) -> None:
    other, own = (
        await get_agency(drafted.session, FINANCE),
        await get_agency(drafted.session, FOREIGN_AFFAIRS),
    )
    row = await drafted.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    connection = await drafted.session.connection()
    await connection.execute(ALLOW, {"agencies": str(other.id)})

    deleted = await connection.execute(sa.delete(SubmissionDraft))
    changed = await connection.execute(sa.update(SubmissionDraft).values(agency_id=other.id))

    assert (deleted.rowcount, changed.rowcount) == (0, 0)
    draft = await draft_of(drafted.session, row.id)
    assert draft is not None
    assert draft.agency_id == own.id
    drafted.session.expunge(draft)
    await connection.execute(ALLOW, {"agencies": str(own.id)})
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        await connection.execute(sa.update(SubmissionDraft).values(agency_id=other.id))


async def test_what_may_reach_all_drafts_may_so_only_for_a_while(drafted: Sample) -> None:
    own = await get_agency(drafted.session, FOREIGN_AFFAIRS)
    connection = await drafted.session.connection()
    await connection.execute(ALLOW, {"agencies": str(own.id)})

    async with reach_all(drafted.session):
        within = await connection.scalar(sa.text("select current_setting('tiendo.agencies')"))
    after = await connection.scalar(sa.text("select current_setting('tiendo.agencies')"))

    assert (within, after) == ("*", str(own.id))


async def test_a_draft_ends_where_its_submission_is_filed_or_waived(drafted: Sample) -> None:
    row = await drafted.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    report = (await drafted.session.exec(select(AgencyReport))).one()
    report.status, report.waived_reason = SubmissionStatus.WAIVED, "Miễn."
    row.status, row.waived_reason = SubmissionStatus.WAIVED, "Miễn."
    report.waived_on = row.waived_on = row.due_on
    await drafted.session.flush()

    async with reach_all(drafted.session):
        for table in TABLES:
            assert await drafted.rows(table) == 0


async def traces(drafted: Sample, submission_id: UUID, plan_id: UUID, agency: str) -> Any:
    """All that a coordinator, a supervisor and an issuer read of an agency's submissions."""
    found: list[Any] = []
    paths = (
        f"/v1/submissions/{submission_id}",
        f"/v1/submissions?agency={agency}&sort=updated_at&limit=200",
        f"/v1/submissions?agency={agency}&status=draft",
        f"/v1/plans/{plan_id}/agency-reports?agency={agency}",
        f"/v1/plans/{plan_id}/agency-reports/{agency}/2024",
        f"/v1/agencies/{agency}/workload",
        "/v1/events?limit=200&after=now",
        f"/v1/plans/{plan_id}/reporting-statistics?by=agency",
    )
    async with await drafted.coordinator() as http:
        for path in paths:
            answer = await http.get(path)
            body = answer.json()
            if isinstance(body, dict):
                for passing in ("next", "cursor"):
                    body.pop(passing, None)
            found.append((path, answer.status_code, answer.headers.get("etag"), body))
    return found


async def test_drafts_leave_no_trace_for_others(issued: Sample) -> None:
    row = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    plan = await issued.the_plan()
    asked = row.id, plan.id, FOREIGN_AFFAIRS
    before = await traces(issued, *asked)

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        one = f"/v1/assignments/{row.assignment_id}/submissions/{row.period}"
        whole = f"/v1/plans/{plan.id}/agency-reports/{FOREIGN_AFFAIRS}/{row.period}"
        drafts = [await http.put(one, json=DRAFT), await http.put(whole, json=ASSESSMENT)]
        mine = (await http.get("/v1/submissions?status=draft")).json()["items"]
        expected = (await http.get("/v1/submissions?status=expected&limit=200")).json()["items"]

    assert [one.json()["status"] for one in drafts] == ["draft", "draft"]
    assert [one["id"] for one in mine] == [str(row.id)]
    assert str(row.id) not in {one["id"] for one in expected}
    assert await traces(issued, *asked) == before
    assert SECRET not in str(before)


async def test_a_draft_is_guarded_by_its_own_state(drafted: Sample) -> None:
    row = await drafted.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    url = f"/v1/assignments/{row.assignment_id}/submissions/{row.period}"
    async with await drafted.reporter(FOREIGN_AFFAIRS) as http:
        read = (await http.get(url)).headers["etag"]
        changed = await http.put(url, json=DRAFT | {"percent": 50}, headers={"If-Match": read})
        stale = await http.put(url, json=DRAFT | {"percent": 60}, headers={"If-Match": read})
        tag = changed.headers["etag"]
        again = await http.put(url, json=DRAFT | {"percent": 70}, headers={"If-Match": tag})
        filed = await http.post(
            f"/v1/submissions/{row.id}/submit", headers={"If-Match": again.headers["etag"]}
        )
        taken = await http.post(
            f"/v1/submissions/{row.id}/withdraw", headers={"If-Match": filed.headers["etag"]}
        )
        last = await http.put(url, json=DRAFT, headers={"If-Match": taken.headers["etag"]})

    codes = [one.status_code for one in (changed, stale, again, filed, taken, last)]
    assert codes == [200, 412, 200, 200, 200, 200]
