import base64
import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, AssigneeRole, AssignmentStatus, Client, Plan, PlanStatus
from app.schemas.statistics import AllStatisticsOut, PlanStatisticsOut, TrendOut
from tests.support.clients import Api
from tests.support.days import today, tomorrow
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_group, make_plan, make_task
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION

COMPLETED = {
    "status": AssignmentStatus.COMPLETED,
    "reported_on": date(2024, 11, 30),
    "completed_on": date(2024, 11, 30),
    "changed_on": date(2024, 12, 5),
}


async def get(api: Api, client: Client, url: str, **query: Any) -> httpx.Response:
    async with api.by(client) as http:
        return await http.get(url, params=query or None)


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code=INFORMATION, name='Sở "Thông tin" & Truyền thông'),
        await make_agency(session, code=FOREIGN_AFFAIRS, name="Sở Ngoại vụ"),
    ]


@pytest.fixture
async def plan(session: AsyncSession, agencies: list[Agency]) -> Plan:
    """Two tasks: one completed in time, two assignments of the other overdue since 2025."""
    plan = await make_plan(session, agencies[0], number="46/KH-UBND")
    group = await make_group(session, plan, ordinal="1")
    first = await make_task(session, plan, group, ordinal="1.1")
    second = await make_task(session, plan, group, ordinal="1.2")
    await make_assignment(session, first, agencies[0], **COMPLETED)
    for agency, role in zip(agencies, AssigneeRole, strict=True):
        await make_assignment(session, second, agency, role=role, occurrence="2024")
    return plan


async def test_a_plans_figures_are_what_their_schema_says(
    api: Api, reader: Client, plan: Plan
) -> None:
    for by in ("agency", "group", "task", "period"):
        response = await get(api, reader, f"/v1/plans/{plan.id}/statistics", by=by, role="all")

        answer = PlanStatisticsOut.model_validate_json(response.content, strict=True)
        assert answer.model_dump(mode="json") == response.json()
        assert answer.as_of == today()
        assert (answer.plan_id, answer.by) == (plan.id, by)


async def test_deadlines_over_all_plans_are_those_of_the_plan_and_only_when_asked_for(
    api: Api, reader: Client, plan: Plan
) -> None:
    of_plan = (await get(api, reader, f"/v1/plans/{plan.id}/statistics", role="all")).json()
    asked = {"role": "all", "deadlines": "true"}
    for by in ("plan", "agency", "period"):
        answer = await get(api, reader, "/v1/statistics", by=by, **asked)
        found = AllStatisticsOut.model_validate_json(answer.content, strict=True).deadlines
        without = (await get(api, reader, "/v1/statistics", by=by)).json()

        assert found is not None
        assert found.total.model_dump(mode="json") == of_plan["deadlines"]
        assert without["deadlines"] is None
        if by == "agency":
            parts = {one["key"]: one["deadlines"] for one in of_plan["groups"]}
            assert {
                one.key: one.model_dump(mode="json", exclude={"key"}) for one in found.groups
            } == parts


async def test_the_counts_of_all_groups_add_up_to_the_total(
    api: Api, reader: Client, plan: Plan
) -> None:
    def leaves(node: Any) -> list[int]:
        if isinstance(node, dict):
            return [n for name in sorted(node) if name != "rates" for n in leaves(node[name])]
        return [] if node is None else [node]

    for by in ("agency", "group", "task", "period"):
        answer = (
            await get(api, reader, f"/v1/plans/{plan.id}/statistics", by=by, role="all")
        ).json()

        groups = [leaves(group["statistics"]) for group in answer["groups"]]
        assert leaves(answer["total"]) == [sum(column) for column in zip(*groups, strict=True)]


async def test_figures_are_by_agency_unless_it_is_said_otherwise(
    api: Api, reader: Client, plan: Plan
) -> None:
    answer = (await get(api, reader, f"/v1/plans/{plan.id}/statistics", role="all")).json()

    assert [(group["code"], group["label"]) for group in answer["groups"]] == [
        (FOREIGN_AFFAIRS, "Sở Ngoại vụ"),
        (INFORMATION, 'Sở "Thông tin" & Truyền thông'),
    ]
    found = answer["total"]["by_current_deadline"]
    assert found["completed"] == {"total": 1, "on_time": 1, "late": 0, "no_deadline": 0}
    assert found["rates"]["completed_of_due"] == {"numerator": 1, "base": 3, "percent": 33.33}


async def test_figures_of_a_past_day_know_nothing_of_what_came_later(
    api: Api, reader: Client, plan: Plan
) -> None:
    url = f"/v1/plans/{plan.id}/statistics"
    totals = {}
    for day in ("2024-05-19", "2024-12-04", "2024-12-05", "2024-12-31", "2025-01-01"):
        found = (await get(api, reader, url, as_of=day, role="all")).json()["total"][
            "by_current_deadline"
        ]
        totals[day] = (
            found["total"],
            found["completed"]["total"],
            found["not_completed"]["overdue"]["total"],
        )

    assert totals == {
        "2024-05-19": (0, 0, 0),
        "2024-12-04": (2, 0, 0),
        "2024-12-05": (3, 1, 0),
        "2024-12-31": (3, 1, 0),
        "2025-01-01": (3, 1, 2),
    }


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, [INFORMATION]),
        ({"role": "coordinating"}, [FOREIGN_AFFAIRS]),
        ({"role": "all"}, [FOREIGN_AFFAIRS, INFORMATION]),
    ],
)
async def test_figures_are_of_leads_unless_it_is_said_otherwise(
    api: Api, reader: Client, plan: Plan, query: dict[str, str], codes: list[str]
) -> None:
    for url in (f"/v1/plans/{plan.id}/statistics", "/v1/statistics"):
        answer = (await get(api, reader, url, by="agency", **query)).json()

        assert answer["role"] == query.get("role", "lead")
        assert [group["code"] for group in answer["groups"]] == codes


async def test_a_plans_figures_may_be_of_one_year(api: Api, reader: Client, plan: Plan) -> None:
    url = f"/v1/plans/{plan.id}/statistics"
    answers = [(await get(api, reader, url, period=one)).json() for one in ("2024", "once")]

    assert [answer["period"] for answer in answers] == ["2024", "once"]
    totals = [answer["total"]["by_current_deadline"] for answer in answers]
    assert [(one["total"], one["completed"]["total"]) for one in totals] == [(1, 0), (1, 1)]


async def test_next_years_assignments_are_upcoming_until_the_year_begins(
    api: Api, reader: Client, session: AsyncSession, plan: Plan
) -> None:
    task = await make_task(session, plan)
    days = {"starts_on": date(2025, 1, 1), "deadline_on": date(2025, 12, 31)}
    await make_assignment(session, task, await make_agency(session), occurrence="2025", **days)

    for url in (f"/v1/plans/{plan.id}/statistics", "/v1/statistics"):
        for day, begun, ahead in (("2024-12-31", 2, 1), ("2025-01-01", 3, 0)):
            answer = (await get(api, reader, url, as_of=day, by="period")).json()
            found = answer["total"]["by_current_deadline"]
            assert (found["total"], found["upcoming"]) == (begun, ahead)


async def test_periods_are_named_for_people(api: Api, reader: Client, plan: Plan) -> None:
    answer = (await get(api, reader, f"/v1/plans/{plan.id}/statistics", by="period")).json()

    names = [(group["key"], group["code"], group["label"]) for group in answer["groups"]]
    assert names == [("2024", "2024", "Năm 2024"), ("once", "once", "Một lần")]


async def test_a_draft_is_found_by_its_own_agency_alone(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency]
) -> None:
    draft = await make_plan(session, agencies[0], status=PlanStatus.DRAFT)
    own = await make_client(session, agencies[0], [Role.READER])

    assert await status_of(api, own, draft.id) == 200
    assert await status_of(api, reader, draft.id) == 404
    assert await status_of(api, reader, uuid4()) == 404


async def status_of(api: Api, client: Client, plan_id: UUID) -> int:
    return (await get(api, client, f"/v1/plans/{plan_id}/statistics")).status_code


@pytest.mark.parametrize("url", ["/v1/plans/{}/statistics", "/v1/statistics"])
async def test_a_day_that_has_not_come_is_refused(
    api: Api, reader: Client, plan: Plan, url: str
) -> None:
    response = await get(api, reader, url.format(plan.id), as_of=str(tomorrow()))

    assert (response.status_code, response.json()["code"]) == (422, "day_in_future")
    assert response.json()["errors"][0]["pointer"] == "?as_of"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"by": "plan"}, "string_pattern_mismatch"),
        ({"by": "agencies"}, "string_pattern_mismatch"),
        ({"as_of": "31/12/2024"}, "date_parsing"),
        ({"role": "owner"}, "literal_error"),
        ({"day": "2024-12-31"}, "unknown_parameter"),
    ],
)
async def test_parameters_that_mean_nothing_are_refused(
    api: Api, reader: Client, plan: Plan, query: dict[str, str], code: str
) -> None:
    response = await get(api, reader, f"/v1/plans/{plan.id}/statistics", **query)

    assert response.status_code == 422
    errors = [(error["pointer"], error["code"]) for error in response.json()["errors"]]
    assert errors == [(f"?{name}", code) for name in query]


async def test_figures_over_all_plans_are_by_plan_in_the_order_of_issue(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    earlier = await make_plan(session, agencies[1], number="1/KH", issued_on=date(2024, 1, 2))
    await make_assignment(session, await make_task(session, earlier), agencies[0])
    await make_plan(session, agencies[1], status=PlanStatus.DRAFT)

    response = await get(api, reader, "/v1/statistics", role="all")

    answer = AllStatisticsOut.model_validate_json(response.content, strict=True)
    assert answer.model_dump(mode="json") == response.json()
    assert [group.code for group in answer.groups] == ["1/KH", "46/KH-UBND"]
    assert [group.key for group in answer.groups] == [str(earlier.id), str(plan.id)]
    assert answer.total.by_current_deadline.total == 4


async def test_figures_over_all_plans_by_agency_join_what_it_owes_in_each(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    other = await make_plan(session, agencies[1])
    await make_assignment(session, await make_task(session, other), agencies[0])

    answer = (
        await get(api, reader, "/v1/statistics", by="agency", as_of="2024-12-31", role="all")
    ).json()

    totals = {g["code"]: g["statistics"]["by_current_deadline"]["total"] for g in answer["groups"]}
    assert totals == {FOREIGN_AFFAIRS: 1, INFORMATION: 3}


async def test_figures_by_plan_come_in_pages_and_their_total_is_of_all(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    for number in (1, 2):
        other = await make_plan(session, agencies[1], number=f"{number}/KH")
        await make_assignment(session, await make_task(session, other), agencies[1])
    answers = [(await get(api, reader, "/v1/statistics", limit=1, role="all")).json()]
    while answers[-1]["next"]:
        answers.append((await get(api, reader, answers[-1]["next"])).json())

    codes = [[group["code"] for group in answer["groups"]] for answer in answers]
    assert codes == [["46/KH-UBND"], ["1/KH"], ["2/KH"]]
    totals = {answer["total"]["by_current_deadline"]["total"] for answer in answers}
    assert totals == {5}


@pytest.mark.parametrize("key", [["x", str(uuid4())], ["2024-05-20", "x"], ["2024-05-20"]])
async def test_a_key_that_was_written_by_hand_is_refused(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, key: list[str]
) -> None:
    other = await make_plan(session, await make_agency(session))
    await make_assignment(session, await make_task(session, other), await make_agency(session))
    url = httpx.URL((await get(api, reader, "/v1/statistics", limit=1)).json()["next"])
    filters, *_ = json.loads(base64.urlsafe_b64decode(url.params["cursor"] + "=="))
    forged = base64.urlsafe_b64encode(json.dumps([filters, *key]).encode()).decode().rstrip("=")

    response = await get(api, reader, "/v1/statistics", limit=1, cursor=forged)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ({"by": "period"}, {"2024": 2, "once": 1}),
        ({"by": "period", "agency": FOREIGN_AFFAIRS}, {"2024": 1}),
        ({"by": "agency", "period": "once"}, {INFORMATION: 1}),
        ({"by": "agency", "period": "1999"}, {}),
        ({"by": "plan", "agency": INFORMATION}, {"46/KH-UBND": 2}),
        ({"by": "plan", "agency": INFORMATION, "role": "coordinating"}, {}),
    ],
)
async def test_figures_are_of_the_agency_and_the_period_that_are_asked_for(
    api: Api, reader: Client, plan: Plan, query: dict[str, str], counted: dict[str, int]
) -> None:
    answer = (await get(api, reader, "/v1/statistics", **{"role": "all"} | query)).json()

    totals = {g["code"]: g["statistics"]["by_current_deadline"]["total"] for g in answer["groups"]}
    assert totals == counted
    assert answer["total"]["by_current_deadline"]["total"] == sum(counted.values())


async def test_an_agency_that_is_not_there_has_no_figures(api: Api, reader: Client) -> None:
    for url in ("/v1/statistics", "/v1/statistics/trend"):
        assert (await get(api, reader, url, agency="KHONG-CO")).status_code == 404


async def test_a_trend_is_the_figures_of_one_day_after_another(
    api: Api, reader: Client, plan: Plan
) -> None:
    query = {"from": "2024-05-01", "to": "2025-01-15", "step": "quarter"}
    for more in ({}, {"agency": INFORMATION}, {"plan": str(plan.id)}, {"role": "lead"}):
        response = await get(api, reader, "/v1/statistics/trend", **query, **more)

        answer = TrendOut.model_validate_json(response.content, strict=True)
        days = ["2024-06-30", "2024-09-30", "2024-12-31", "2025-01-15"]
        assert [str(point.as_of) for point in answer.points] == days
        for point in response.json()["points"]:
            only = {name: value for name, value in more.items() if name != "plan"}
            same = await get(api, reader, "/v1/statistics", as_of=point["as_of"], **only)
            assert point["statistics"] == same.json()["total"]


async def test_a_trend_ends_today_and_begins_with_the_year(api: Api, reader: Client) -> None:
    points = (await get(api, reader, "/v1/statistics/trend", step="year")).json()["points"]

    assert [point["as_of"] for point in points] == [str(today())]


@pytest.mark.parametrize(
    ("query", "code", "fault"),
    [
        ({"from": "2024-02-01", "to": "2024-01-01"}, "invalid", "from_after_to"),
        ({"from": "2019-01-01", "to": "2024-01-31"}, "invalid", "too_many_days"),
    ],
)
async def test_a_trend_that_cannot_be_is_refused(
    api: Api, reader: Client, query: dict[str, str], code: str, fault: str
) -> None:
    response = await get(api, reader, "/v1/statistics/trend", **query)

    assert (response.status_code, response.json()["code"]) == (422, code)
    assert response.json()["errors"][0]["code"] == fault


async def test_a_trend_to_a_day_to_come_is_refused(api: Api, reader: Client) -> None:
    response = await get(api, reader, "/v1/statistics/trend", to=str(tomorrow()))

    assert (response.status_code, response.json()["code"]) == (422, "day_in_future")
    assert response.json()["errors"][0]["code"] == "day_in_future"


async def test_the_trend_of_a_draft_is_its_own_agencys(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency]
) -> None:
    draft = await make_plan(session, agencies[0], status=PlanStatus.DRAFT)
    own = await make_client(session, agencies[0], [Role.READER])

    url = f"/v1/statistics/trend?plan={draft.id}"
    assert (await get(api, own, url)).status_code == 200
    assert (await get(api, reader, url)).status_code == 404


async def test_with_no_plan_there_is_nothing_to_count(api: Api, reader: Client) -> None:
    answer = (await get(api, reader, "/v1/statistics", deadline="both")).json()

    assert answer["groups"] == []
    assert answer["total"]["by_original_deadline"]["rates"]["completed_of_total"] == {
        "numerator": 0,
        "base": 0,
        "percent": None,
    }
