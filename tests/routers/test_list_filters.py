"""Each filter of each list gives the rows that it means, of those that its reader may read."""

from collections.abc import Callable
from datetime import date

import httpx
import pytest
import time_machine
from sqlmodel import select

from app.auth.principal import Role
from app.models import Plan, PlanStatus
from app.queries.registry.agencies import get_agency
from tests.support.contract import OPERATIONS, Json, resolved
from tests.support.factories_plans import make_plan
from tests.support.reports import BETTER, COMPLETED, REASON, decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    INVESTMENT_CENTRE,
    PROVINCIAL_COMMITTEE,
)

Holds = Callable[[Json], bool]
CITED = {"number": "215/BC-SNgV", "issued_on": "2024-11-30", "url": None, "sha256": None}

ASSIGNMENTS: dict[str, Holds] = {
    "role=lead": lambda one: one["role"] == "lead",
    "status=awaiting_confirmation": lambda one: one["status"] == "awaiting_confirmation",
    "status=in_progress,awaiting_confirmation": lambda one: one["status"] != "not_started",
    "timeliness=due_soon": lambda one: one["timeliness"] == "due_soon",
    "timeliness=overdue,in_time": lambda one: one["timeliness"] in ("overdue", "in_time"),
    "overdue_days_from=20": lambda one: one["timeliness"] == "overdue",
    "original_timeliness=due_soon,overdue": lambda one: (
        one["original_timeliness"] in ("due_soon", "overdue")
    ),
    "refusal=pending": lambda one: one["refusal"] == "pending",
    "occurrence=2024": lambda one: one["occurrence"] == "2024",
    "ordinal=3.3": lambda one: one["task"]["ordinal"] == "3.3",
    "deadline_from=2025-12-31": lambda one: (one["deadline_on"] or "") >= "2025-12-31",
    "deadline_before=2025-12-31": lambda one: "" < (one["deadline_on"] or "") < "2025-12-31",
    "role=lead&occurrence=2024": lambda one: one["role"] == "lead" and one["occurrence"] == "2024",
}
SUBMISSIONS: dict[str, Holds] = {
    "status=submitted,returned": lambda one: one["status"] in ("submitted", "returned"),
    "status=expected": lambda one: one["status"] == "expected",
    "period=2024": lambda one: one["period"] == "2024",
    "ordinal=3.3": lambda one: one["task_ordinal"] == "3.3",
    "is_late=true": lambda one: one["is_late"] is True,
    "is_late=false": lambda one: one["is_late"] is False,
    "overdue_days_from=1": lambda one: (
        one["status"] == "expected" and one["due_on"] <= "2024-12-20"
    ),
    "due_from=2025-12-20": lambda one: one["due_on"] >= "2025-12-20",
    "due_before=2025-12-20": lambda one: one["due_on"] < "2025-12-20",
    "received_from=2024-12-21": lambda one: (one["received_on"] or "") >= "2024-12-21",
    "received_before=2024-12-21": lambda one: "" < (one["received_on"] or "") < "2024-12-21",
    "evidence=215/BC-SNgV": lambda one: "215" in str(one["content"] and one["content"]["evidence"]),
}
PLANS: dict[str, Holds] = {
    "status=issued": lambda one: one["status"] == "issued",
    "status=closed,draft": lambda one: one["status"] != "issued",
    "number=7/KH-UBND": lambda one: one["number"] == "7/KH-UBND",
    "coordinator=STTTT": lambda one: one["coordinator"]["code"] == INFORMATION,
    "issuer=SCT": lambda one: one["issuer"]["code"] == INDUSTRY_AND_TRADE,
    "issued_from=2024-05-20": lambda one: (one["issued_on"] or "") >= "2024-05-20",
    "issued_before=2024-05-20": lambda one: "" < (one["issued_on"] or "") < "2024-05-20",
}
TASKS: dict[str, Holds] = {
    "ordinal=3.10": lambda one: one["ordinal"] == "3.10",
    "agency=TTXTDT": lambda one: one["ordinal"] == "3.10",
    # It leads 3.5, and as a member of a collective the others.
    "agency=SGDDT&role=lead": lambda one: one["ordinal"] in {"1.1", "1.2", "3.5", "3.11", "5.1"},
    "role=coordinating": lambda one: any(a["role"] == "coordinating" for a in one["assignees"]),
}
AGENCIES: dict[str, Holds] = {
    "kind=press": lambda one: one["kind"] == "press",
    "kind=press,union": lambda one: one["kind"] in ("press", "union"),
    "q=xuc%20tien": lambda one: one["code"] == INVESTMENT_CENTRE,
    "parent=UBND-TINH": lambda one: (one["parent"] or {}).get("code") == PROVINCIAL_COMMITTEE,
}
COLLECTIVES: dict[str, Holds] = {
    "is_enumerable=false": lambda one: not one["is_enumerable"],
    "is_enumerable=true": lambda one: one["is_enumerable"],
}
MEMBERS: dict[str, Holds] = {"agency=SNGV": lambda one: one["agency"]["code"] == FOREIGN_AFFAIRS}
SUCCESSIONS: dict[str, Holds] = {
    "kind=split": lambda one: one["kind"] == "split",
    "kind=rename,split": lambda one: one["kind"] in ("rename", "split"),
    "effective_from=2025-07-01": lambda one: one["effective_on"] >= "2025-07-01",
    "effective_until=2025-07-01": lambda one: one["effective_on"] < "2025-07-01",
    "agency=STTTT": lambda one: INFORMATION in str([one["predecessor"], one["successor"]]),
}
ENTRIES: dict[str, Holds] = {
    "noun=submission": lambda one: one["noun"] == "submission",
    "action=submitted": lambda one: one["action"] == "submitted",
    "agency=SNGV": lambda one: one["agency"] == FOREIGN_AFFAIRS,
    "occurred_from=2024-12-20T17:00:00Z": lambda one: one["occurred_at"] >= "2024-12-20T17:00",
    "occurred_before=2024-12-21T00:00:00%2B07:00": lambda one: (
        one["occurred_at"] < "2024-12-20T17:00"
    ),
}
LISTS = {
    "/v1/assignments?agency=SNGV": ASSIGNMENTS,
    "/v1/plans/{plan}/assignments?agency=SNGV": ASSIGNMENTS,
    "/v1/submissions?agency=SNGV": SUBMISSIONS,
    "/v1/plans?": PLANS,
    "/v1/plans/{plan}/tasks?": TASKS,
    "/v1/agencies?include_ended=true": AGENCIES,
    "/v1/collectives?": COLLECTIVES,
    "/v1/collectives/SO-BAN-NGANH/members?": MEMBERS,
    "/v1/successions?": SUCCESSIONS,
    "/v1/audit-entries?": ENTRIES,
}


async def listed(http: httpx.AsyncClient, url: str) -> list[Json]:
    """All of a list."""
    found: list[Json] = []
    following: str | None = f"{url}&limit=200"
    while following is not None:
        answer = await http.get(following)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        following = answer.json()["next"]
    return found


async def tell(issued: Sample) -> None:
    """Reports in several states, filed in time and late, and plans besides the sample's."""
    with time_machine.travel("2024-12-18T02:00:00Z"):
        first = await file(issued, REPORT | {"evidence": [CITED]})
    with time_machine.travel("2024-12-21T02:00:00Z"):
        await decide(issued, first["id"], "send-back", **REASON)
        await file(issued, COMPLETED | {"evidence": [CITED]})
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        own = await listed(http, "/v1/submissions?agency=SNGV&period=2024&status=expected")
    for one, moment in zip(own, ("2024-12-21T02:00:00Z", "2024-12-19T02:00:00Z"), strict=False):
        url = f"/v1/assignments/{one['assignment_id']}/submissions/2024?submit=true"
        with time_machine.travel(moment):
            async with await issued.reporter(FOREIGN_AFFAIRS) as http:
                assert (await http.put(url, json=BETTER)).status_code == 200
    # Overdue by twenty days when the lists are read.
    (await issued.assignment(FOREIGN_AFFAIRS, "2.2", "2024")).deadline_on = date(2024, 12, 1)
    refused = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2025")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        await http.post(f"/v1/assignments/{refused.id}/refuse", json=REASON)
    province = await get_agency(issued.session, PROVINCIAL_COMMITTEE)
    (await get_agency(issued.session, INVESTMENT_CENTRE)).parent_id = province.id
    trade = await get_agency(issued.session, INDUSTRY_AND_TRADE)
    own_agency = await get_agency(issued.session, COMMITTEE_OFFICE)
    given = {"number": "7/KH-UBND", "issued_on": date(2023, 1, 31)}
    await make_plan(issued.session, trade, **given)
    await make_plan(
        issued.session, own_agency, status=PlanStatus.DRAFT, number=None, issued_on=None
    )


@pytest.mark.parametrize("url", LISTS)
async def test_each_filter_gives_the_rows_that_it_means(issued: Sample, url: str) -> None:
    await tell(issued)
    plan = next(p for p in await issued.session.exec(select(Plan)) if p.number == "MAU-01/KH-MAU")
    path = url.format(plan=plan.id)

    with time_machine.travel("2024-12-21T03:00:00Z"):
        async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
            every = await listed(http, path)
            narrowed = {query: await listed(http, f"{path}&{query}") for query in LISTS[url]}

    for query, holds in LISTS[url].items():
        assert narrowed[query] == [one for one in every if holds(one)], query
        assert 0 < len(narrowed[query]) < len(every), query


PLAIN = {"plan", "assignment", "task", "row_id", "task_group", "event", "to_agency", "subject"}
OTHERS = {"limit", "cursor", "sort", "fields", "expand", "updated_since", "as_of", "include_ended"}


@pytest.mark.parametrize(
    "query",
    [
        "status=nothing",
        "status=",
        "status=expected,",
        "status=expected,nothing",
        "status=expected&status=draft",
        "agency=%20",
        "plan=1",
        "plan_number=%00",
        "ordinal=%00",
        "evidence=%0A",
        "is_late=perhaps",
        "due_from=2024-13-01",
        "received_before=1734739200",
        "period=2024%20",
        "nothing=1",
    ],
)
async def test_a_value_that_cannot_be_is_refused(issued: Sample, query: str) -> None:
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        answer = await http.get(f"/v1/submissions?{query}")

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"?{query.partition('=')[0]}"]


async def test_lists_are_narrowed_to_plans_and_rows_by_id_and_by_number(issued: Sample) -> None:
    plan = await issued.the_plan()
    await make_plan(
        issued.session, await get_agency(issued.session, INDUSTRY_AND_TRADE), number="9/KH-UBND"
    )
    submission = await issued.submission(FOREIGN_AFFAIRS, "3.3", "once")
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        every = await listed(http, "/v1/submissions?agency=SNGV")
        of_plan = await listed(http, f"/v1/submissions?agency=SNGV&plan={plan.id}")
        of_number = await listed(http, "/v1/submissions?agency=SNGV&plan_number=MAU-01/KH-MAU")
        of_other = await listed(http, "/v1/submissions?plan_number=9/KH-UBND")
        of_one = await listed(http, f"/v1/submissions?assignment={assignment.id}&period=2024")
        of_task = await listed(http, f"/v1/submissions?task={assignment.task_id}&agency=SNGV")
        owed = await listed(http, "/v1/assignments?plan_number=MAU-01/KH-MAU&agency=SNGV")
        not_owed = await listed(http, "/v1/assignments?plan_number=9/KH-UBND")
        of_group = await listed(http, f"/v1/plans/{plan.id}/tasks?task_group={plan.id}")

    assert every == of_plan == of_number
    assert [one["id"] for one in of_one] == [str(submission.id)]
    assert {one["assignment_id"] for one in of_task} == {str(assignment.id)}
    assert {one["plan"]["id"] for one in owed} == {str(plan.id)}
    assert (of_other, not_owed, of_group) == ([], [], [])


async def test_what_is_being_written_is_found_by_no_filter(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    url = f"/v1/assignments/{filed['assignment_id']}/submissions/2024"
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        await http.put(url, json=BETTER | {"evidence": [CITED]})
        own = await listed(http, "/v1/submissions?evidence=215/BC-SNgV")
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        found = await listed(http, "/v1/submissions?evidence=215/BC-SNgV")

    assert (own, found) == ([], [])


async def test_another_agencys_draft_plan_shows_nowhere(issued: Sample) -> None:
    draft = await make_plan(
        issued.session,
        await get_agency(issued.session, INDUSTRY_AND_TRADE),
        status=PlanStatus.DRAFT,
        number="1/DT",
    )
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        for query in ("", "number=1/DT", "status=draft", "issuer=SCT", "sort=-updated_at"):
            assert str(draft.id) not in str(await listed(http, f"/v1/plans?{query}"))
        for path in ("tasks", "task-groups", "assignments", "reporting-regimes"):
            assert (await http.get(f"/v1/plans/{draft.id}/{path}")).status_code == 404


def test_every_filter_of_these_lists_is_tried() -> None:
    paths = {url.partition("?")[0].replace("{plan}", "{plan_id}"): f for url, f in LISTS.items()}
    paths["/v1/collectives/{code}/members"] = paths.pop("/v1/collectives/SO-BAN-NGANH/members")
    untried = {}
    for method, path, operation in OPERATIONS.values():
        if method == "get" and path in paths:
            names = {
                one["name"]
                for one in map(resolved, operation["parameters"])
                if one["in"] == "query"
            }
            tried = {pair.partition("=")[0] for query in paths[path] for pair in query.split("&")}
            untried[path] = names - tried - PLAIN - OTHERS - {"plan_number", "agency"}

    # By who and by which request is tried where entries are made; by other systems' ids as well.
    assert untried.pop("/v1/audit-entries") == {"client", "request_id"}
    # The filter by report request is tried where reports are asked for.
    assert untried.pop("/v1/submissions") == {"report_request", "external_ref"}
    # The filters by relation are tried where relations are made.
    assert untried.pop("/v1/plans") == {"related_to", "relation", "external_ref"}
    assert {
        path: left - {"external_ref"} for path, left in untried.items() if left - {"external_ref"}
    } == {}


async def test_what_has_no_day_is_neither_from_nor_before_any(issued: Sample) -> None:
    """Rows without a day are put in order as if theirs came after all others."""
    timeless = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    timeless.deadline_on = timeless.original_deadline_on = None
    await issued.session.commit()
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        unfiled = await listed(http, "/v1/submissions?status=expected")
        received = [
            await listed(http, f"/v1/submissions?{name}=2099-12-31")
            for name in ("received_from", "received_before")
        ]
        owed = await listed(http, "/v1/assignments?sort=deadline_on")
        last, due = [
            await listed(http, f"/v1/assignments?{name}=2099-12-31")
            for name in ("deadline_from", "deadline_before")
        ]

    assert unfiled
    assert received == [[], []]
    assert [one["id"] for one in owed if one["deadline_on"] is None] == [str(timeless.id)]
    assert last == []
    assert {one["id"] for one in due} == {one["id"] for one in owed} - {str(timeless.id)}
