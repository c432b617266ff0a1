import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.auth.principal import Role
from app.models import Agency, SubmissionAttempt
from tests.support.factories import make_client
from tests.support.reports import BETTER, REASON, decide, file, key, shown
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    POLICY_COMMUNICATION,
    PROVINCIAL_COMMITTEE,
    REVIEW_THE_DECREE,
)


async def test_nobody_decides_on_a_report_of_their_own_agency(issued: Sample) -> None:
    url = await key(issued, INFORMATION, REVIEW_THE_DECREE)
    async with await issued.by(INFORMATION, Role.REPORTER, Role.COORDINATOR) as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
        own = [
            await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1}),
            await http.post(
                f"/v1/submissions/{filed['id']}/send-back", json=REASON | {"attempt": 1}
            ),
        ]
        waiving = await http.post(f"/v1/submissions/{filed['id']}/waive", json=REASON)
    async with await issued.by(FINANCE, Role.ISSUER) as http:
        other_issuer = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})
    async with await issued.issuer() as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        accepted = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})

    assert [(one.status_code, one.json()["code"]) for one in own] == [(403, "own_report")] * 2
    assert filed["allowed_actions"] == ["withdraw"]
    assert [waiving.status_code, other_issuer.status_code] == [403, 403]
    assert seen["allowed_actions"] == ["accept", "send_back"]
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")


async def test_an_issuer_that_coordinates_does_not_review_its_own_reports(issued: Sample) -> None:
    plan = await issued.the_plan()
    assert plan.coordinator_id
    plan.issuer_id = plan.coordinator_id
    await issued.session.commit()
    url = await key(issued, INFORMATION, REVIEW_THE_DECREE)
    async with await issued.reporter(INFORMATION) as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
    later = await issued.submission(INFORMATION, POLICY_COMMUNICATION, "2024")

    async with await issued.by(INFORMATION, Role.ISSUER, Role.COORDINATOR) as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        accepting = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})
        waiving = await http.post(f"/v1/submissions/{later.id}/waive", json=REASON)

    assert seen["allowed_actions"] == []
    assert [accepting.status_code, waiving.status_code] == [403, 403]


async def test_the_issuer_reviews_nobody_elses_reports(issued: Sample) -> None:
    filed = await file(issued, REPORT)

    async with await issued.issuer() as http:
        answer = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_a_system_does_not_accept_what_it_filed_for_another_agency(issued: Sample) -> None:
    roles = (Role.REPORTER, Role.COORDINATOR)
    served = (FOREIGN_AFFAIRS, INFORMATION)
    url = await key(issued)
    async with await issued.by(
        COMMITTEE_OFFICE, *roles, acts_for=served, **{"Acting-Agency": FOREIGN_AFFAIRS}
    ) as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
    async with await issued.by(
        COMMITTEE_OFFICE, *roles, acts_for=served, **{"Acting-Agency": INFORMATION}
    ) as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        refused = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})
    accepted = await decide(issued, filed["id"], "accept")

    assert (refused.status_code, refused.json()["code"]) == (403, "own_report")
    assert seen["allowed_actions"] == []
    assert accepted["status"] == "accepted"
    client = await issued.client(COMMITTEE_OFFICE, *roles, acts_for=served)
    [attempt] = await issued.session.exec(select(SubmissionAttempt))
    entries, _ = await issued.noted("submission", filed["id"])
    assert attempt.client_id == entries[0].client_id == client.id
    assert attempt.agency_id == entries[0].agency_id != client.agency_id


async def test_only_the_agency_that_owes_a_task_reports_on_it(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter(INFORMATION) as http:
        seen = await http.put(url, json=REPORT)
    async with await issued.reporter(FINANCE) as http:
        unseen = await http.put(url, json=REPORT)

    assert (seen.status_code, unseen.status_code) == (403, 404)


async def test_who_reads_a_filed_report(issued: Sample) -> None:
    # SNGV leads 3.3, SCT coordinates it.
    filed = await file(issued, REPORT, INDUSTRY_AND_TRADE)
    answers = {}
    for agency, role in (
        (INDUSTRY_AND_TRADE, Role.REPORTER),
        (FOREIGN_AFFAIRS, Role.REPORTER),
        (INFORMATION, Role.COORDINATOR),
        (PROVINCIAL_COMMITTEE, Role.ISSUER),
        (FATHERLAND_FRONT, Role.SUPERVISOR),
        (FINANCE, Role.REPORTER),
        (FINANCE, Role.COORDINATOR),
        (INDUSTRY_AND_TRADE, Role.READER),
        (INDUSTRY_AND_TRADE, Role.ADMINISTRATOR),
    ):
        async with await issued.by(agency, role) as http:
            one = await http.get(f"/v1/submissions/{filed['id']}")
            attempts = await http.get(f"/v1/submissions/{filed['id']}/attempts")
            of_period = await http.get(await key(issued, INDUSTRY_AND_TRADE))
        assert one.status_code == attempts.status_code == of_period.status_code
        if one.status_code == 200:
            assert one.json()["content"] == shown(REPORT)
            assert of_period.json() == one.json()
        answers[agency, str(role)] = one.status_code

    assert answers == {
        (INDUSTRY_AND_TRADE, "reporter"): 200,
        (FOREIGN_AFFAIRS, "reporter"): 200,
        (INFORMATION, "coordinator"): 200,
        (PROVINCIAL_COMMITTEE, "issuer"): 200,
        (FATHERLAND_FRONT, "supervisor"): 200,
        (FINANCE, "reporter"): 404,
        (FINANCE, "coordinator"): 404,
        (INDUSTRY_AND_TRADE, "reader"): 403,
        (INDUSTRY_AND_TRADE, "administrator"): 403,
    }


async def test_a_drafts_words_are_its_own_agencys_alone(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        await http.put(url, json=REPORT)
    async with await issued.coordinator() as http:
        unfiled = (await http.get(url)).json()
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        written = (await http.put(url, json=BETTER)).json()
    async with await issued.coordinator() as http:
        seen = (await http.get(url)).json()
        listed = (await http.get(f"/v1/submissions?assignment={filed['assignment_id']}")).json()

    assert (unfiled["status"], unfiled["content"], unfiled["is_draft"]) == ("expected", None, False)
    assert (written["content"], written["is_draft"]) == (shown(BETTER), True)
    assert (seen["content"], seen["is_draft"], seen["status"]) == (shown(REPORT), False, "returned")
    assert listed["items"][0] == seen


MEMBERS = """
select a.agency_id, b.agency_id, b.id
  from assignment a
  join assignee named on named.id = a.assignee_id and named.collective_id is not null
  join assignment b on b.task_id = a.task_id and b.occurrence = a.occurrence and b.id <> a.id
  join submission on submission.assignment_id = b.id
 where a.role = 'lead' and b.role = 'lead' order by a.id, b.id limit 1
"""


@pytest.mark.parametrize("of_collective", [True, False])
async def test_members_of_a_leading_collective_are_not_one_anothers_lead(
    issued: Sample, of_collective: bool
) -> None:
    """Leads that the plan names one by one lead the task together."""
    connection = await issued.session.connection()
    [(reader, owner, assignment_id)] = await connection.execute(sa.text(MEMBERS))
    if not of_collective:
        await connection.execute(sa.text("update assignee set collective_id = null"))
    await issued.session.commit()
    found = {}
    for agency_id in (reader, owner):
        agency = await issued.session.get_one(Agency, agency_id)
        client = await make_client(issued.session, agency, [Role.REPORTER])
        async with issued.api.by(client) as http:
            page = await http.get("/v1/submissions", params={"assignment": str(assignment_id)})
            found[agency_id] = [one["id"] for one in page.json()["items"]]
    of_owner, of_reader = found[owner], found[reader]
    assert of_owner
    assert of_reader == ([] if of_collective else of_owner)
