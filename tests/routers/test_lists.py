"""The properties that all lists share: orders, members, expansions, and cursors."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from app.auth.principal import Role
from app.config import Settings
from app.http.answers import PARTIAL
from tests.support.contract import OPERATIONS, Json, faults, resolved
from tests.support.reports import BETTER, REASON, decide, file
from tests.support.sample import REPORT, Sample, opened
from tests.support.sample_facts import COMMITTEE_OFFICE, DEPARTMENTS, FOREIGN_AFFAIRS, INFORMATION
from tests.support.transactions import Engines

LISTS = {
    name: (path, {p["name"]: p for p in map(resolved, operation["parameters"])})
    for name, (_, path, operation) in OPERATIONS.items()
    if "cursor" in {parameter["name"] for parameter in operation["parameters"]}
}
LONG = {"listSubmissions", "listAssignments", "listPlanAssignments", "listTasks"}
# The sample has no webhook endpoint, nobody was reminded, and contacts are told to those alone who
# work with them, as clients are to administrators.
ELSEWHERE = {"listWebhookDeliveries", "listReminderItems", "listFocalPoints", "listClients"}
# Its groups are sorted by what is counted of them, where they are no pages.
FIGURES = "getStatistics"
SORTED = [
    name
    for name, (_, parameters) in LISTS.items()
    if "sort" in parameters and name not in {*ELSEWHERE, FIGURES}
]


def names_in(parameter: Json) -> list[str]:
    """The words that a parameter takes, by its pattern."""
    found = re.search(r"\(([a-z0-9_|]+)\)", parameter["schema"]["pattern"])
    assert found is not None, parameter
    return found[1].split("|")


@dataclass(frozen=True, slots=True)
class Listed:
    """The sample's plan with a row of what each list has, and the ids in their addresses."""

    sample: Sample
    ids: dict[str, str]

    def address(self, name: str) -> str:
        """The address of a list about the sample's plan; the longest lists are narrowed to one
        agency."""
        path = LISTS[name][0].format(**self.ids, code=DEPARTMENTS)
        return f"{path}?{'agency=SNGV' if name in LONG else ''}"

    async def reader(self) -> httpx.AsyncClient:
        """Someone who reads everything."""
        return await self.sample.by(COMMITTEE_OFFICE, Role.SUPERVISOR)


@pytest.fixture(scope="module")
async def listed(issued_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Listed]:
    """Made once: the tests of lists only read."""
    async with opened(engines, issued_url, settings) as issued:
        yield Listed(issued, await make_rows(issued))


async def make_rows(issued: Sample) -> dict[str, str]:
    """A submission with two attempts, an agency's report and an indicator."""
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    await file(issued, BETTER)
    plan = await issued.the_plan()
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        url = f"/v1/plans/{plan.id}/agency-reports/SNGV/2024"
        words = {"results": "Đã làm."}
        report = (await http.put(url, json=words)).raise_for_status().json()
    async with await issued.by(INFORMATION, Role.COORDINATOR) as http:
        assignment = (await http.get(f"/v1/assignments/{filed['assignment_id']}")).json()
        named = {"name": "Tin, bài đã đăng", "unit": "tin, bài"}
        indicators = f"/v1/tasks/{assignment['task']['id']}/indicators"
        made = (await http.post(indicators, json=named)).raise_for_status().json()
    return {
        "assignment_id": filed["assignment_id"],
        "task_id": assignment["task"]["id"],
        "indicator_id": made["id"],
        "plan_id": str(plan.id),
        "report_id": report["id"],
        "submission_id": filed["id"],
    }


async def pages(http: httpx.AsyncClient, url: str | None) -> list[Json]:
    """All items of a list."""
    found: list[Json] = []
    while url is not None:
        answer = await http.get(url)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        url = answer.json()["next"]
    return found


def item_of(name: str) -> Json:
    """The schema of a list's items."""
    answer = resolved(OPERATIONS[name][2]["responses"]["200"])
    page = resolved(answer["content"]["application/json"]["schema"])
    return resolved(page["properties"]["items"]["items"])


def sorted_by(order: str, item: Json) -> Any:
    """The value by which an item has its place, where the item shows it."""
    value = item.get(order)
    if order.endswith("_at"):
        return moment_of(item, order)
    if order.endswith("_on"):
        return value or "9999"
    return "" if isinstance(value, dict) else value or ""


def moment_of(item: Json, name: str = "updated_at") -> datetime:
    """The moment of an item's last change; moments are written with six decimals or fewer."""
    return datetime.fromisoformat(item[name])


@pytest.mark.parametrize("name", SORTED)
async def test_every_order_gives_the_same_rows_once_each_and_in_order(
    listed: Listed, name: str
) -> None:
    url = listed.address(name)
    async with await listed.reader() as http:
        whole = await pages(http, f"{url}&limit=200")
        for order in names_in(LISTS[name][1]["sort"]):
            up = await pages(http, f"{url}&limit=17&sort={order}")
            down = await pages(http, f"{url}&limit=200&sort=-{order}")

            assert up == down[::-1]
            assert sorted(map(str, up)) == sorted(map(str, whole))
            values = [sorted_by(order, item) for item in up]
            assert values == sorted(values), order
    assert len({str(item) for item in whole}) == len(whole)


@pytest.mark.parametrize("name", SORTED)
async def test_fields_are_answered_and_no_others(listed: Listed, name: str) -> None:
    url = listed.address(name)
    schema = item_of(name)
    every = [one for one in schema["properties"] if one != "expanded"]
    async with await listed.reader() as http:
        whole = await http.get(f"{url}&limit=3")
        first, asked = whole.json()["items"], every[-2:]
        some = await http.get(f"{url}&limit=3&fields={','.join(asked)}")
        again = await pages(http, f"{url}&limit=100&fields={asked[0]}")
        all_of_them = await http.get(f"{url}&limit=3&fields={','.join(reversed(every))}")
        refused = [
            await http.get(f"{url}&fields={wrong}")
            for wrong in ("", "nothing", "expanded", f"{every[0]},", f",{every[0]}", f"{every[0]} ")
        ]

    assert whole.headers["content-type"] == "application/json"
    assert some.headers["content-type"] == PARTIAL
    shown = [every[0], *(one for one in asked if one != every[0])]
    assert [list(item) for item in some.json()["items"]] == [shown] * len(first)
    assert some.json()["items"] == [{one: item[one] for one in shown} for item in first]
    assert {tuple(item) for item in again} <= {(every[0], asked[0]), (every[0],)}
    assert all_of_them.json()["items"] == first
    assert {one.status_code for one in refused} == {422}


@pytest.mark.parametrize("name", [one for one in SORTED if "expand" in LISTS[one][1]])
async def test_what_is_expanded_is_what_its_own_address_answers(listed: Listed, name: str) -> None:
    url = listed.address(name)
    kinds = names_in(LISTS[name][1]["expand"])
    addresses = {
        "plan": "/v1/plans/{}",
        "task": "/v1/tasks/{}",
        "task_group": "/v1/task-groups/{}",
        "assignment": "/v1/assignments/{}",
    }
    async with await listed.reader() as http:
        plain = (await http.get(f"{url}&limit=3")).json()["items"]
        answer = await http.get(f"{url}&limit=3&expand={','.join(kinds)}")
        partly = await http.get(f"{url}&limit=3&expand={kinds[0]}&fields=id")
        refused = await http.get(f"{url}&expand=nothing")
        items = answer.json()["items"]
        for item in items:
            for kind, one in item["expanded"].items():
                if one is not None:
                    own = addresses.get(kind, "/v1/agencies/{}").format(one["id"])
                    # Its own address may tell more.
                    assert one.items() <= (await http.get(own)).json().items()

    schema = {"type": "array", "items": item_of(name)}
    assert faults(items, schema) == []
    assert [set(item["expanded"]) for item in items] == [set(kinds)] * len(items)
    assert items
    assert [{k: v for k, v in item.items() if k != "expanded"} for item in items] == plain
    assert {tuple(item) for item in partly.json()["items"]} == {("id", "expanded")}
    assert partly.headers["content-type"] == PARTIAL
    assert refused.status_code == 422


@pytest.mark.parametrize("name", SORTED)
async def test_a_cursor_holds_for_its_order_and_members_alone(listed: Listed, name: str) -> None:
    url = listed.address(name)
    order = names_in(LISTS[name][1]["sort"])[-1]
    async with await listed.reader() as http:
        following = (await http.get(f"{url}&limit=1&sort={order}")).json()["next"]
        if following is None:
            return
        cursor = following.rpartition("cursor=")[2]
        taken = await http.get(following)
        refused = [
            await http.get(f"{url}&limit=1&cursor={cursor}"),
            await http.get(f"{url}&limit=1&sort=-{order}&cursor={cursor}"),
            await http.get(f"{url}&limit=1&sort={order}&cursor={cursor[:-2]}"),
            await http.get(f"{url}&limit=1&sort=nothing"),
        ]

    assert taken.status_code == 200
    assert [one.status_code for one in refused] == [422] * 4
    assert refused[0].json()["errors"][0]["code"] == "invalid_cursor"


@pytest.mark.parametrize("name", SORTED)
async def test_changes_are_read_from_a_moment_on(listed: Listed, name: str) -> None:
    url = listed.address(name)
    if "updated_since" not in LISTS[name][1]:
        assert "updated_at" not in item_of(name)["properties"]
        return
    async with await listed.reader() as http:
        assert await pages(http, f"{url}&updated_since=9999-12-31T00:00:00Z") == []
        if "updated_at" in item_of(name)["properties"]:
            # A row that nobody wrote yet has never changed.
            every = [item for item in await pages(http, f"{url}&limit=200") if item["updated_at"]]
            for one in sorted(every, key=moment_of)[:: len(every) // 2 or 1]:
                since = await pages(http, f"{url}&limit=200&updated_since={one['updated_at']}")
                assert since == [item for item in every if moment_of(item) >= moment_of(one)]


@pytest.mark.parametrize(
    "moment",
    ["2024-05-20", "2024-05-20T00:00:00", "1716163200", "0001-01-01T00:00:00%2B14:00", ""],
)
async def test_a_moment_says_its_offset(listed: Listed, moment: str) -> None:
    async with await listed.reader() as http:
        answer = await http.get(f"/v1/plans?updated_since={moment}")

    assert answer.status_code == 422


SINGLE = [
    ("listPlans", "/v1/plans/{id}"),
    ("listTasks", "/v1/tasks/{id}"),
    ("listAssignments", "/v1/assignments/{id}"),
    ("listSubmissions", "/v1/submissions/{id}"),
    ("listSubmissions", "/v1/assignments/{assignment_id}/submissions/{period}"),
    ("listAgencies", "/v1/agencies/{code}"),
]


@pytest.mark.parametrize(("name", "path"), SINGLE)
async def test_a_single_resource_is_shaped_as_in_its_list(
    listed: Listed, name: str, path: str
) -> None:
    url = listed.address(name)
    more = f"expand={','.join(names_in(LISTS[name][1]['expand']))}"
    async with await listed.reader() as http:
        item = (await http.get(f"{url}&limit=1&{more}")).json()["items"][0]
        own = path.format(**item)
        whole = await http.get(own)
        expanded = await http.get(f"{own}?{more}")
        tag = {"If-None-Match": expanded.headers["etag"]}
        again = await http.get(f"{own}?{more}", headers=tag)
        narrow = await http.get(f"{own}?fields={list(item)[2]}")
        refused = [await http.get(f"{own}?{wrong}=nothing") for wrong in ("fields", "expand")]

    # Its own address may tell more.
    assert item.items() <= expanded.json().items()
    told = {key: value for key, value in expanded.json().items() if key != "expanded"}
    assert whole.json() == told
    assert narrow.json() == {key: item[key] for key in ("id", list(item)[2])}
    assert (narrow.headers["content-type"], whole.headers["content-type"]) == (
        PARTIAL,
        "application/json",
    )
    assert again.status_code == 304
    assert [one.status_code for one in refused] == [422, 422]


def test_every_list_is_asked_in_the_same_way() -> None:
    # These have no order but their own.
    others = {
        "getAgencyWorkload",
        "getPlanReportingStatistics",
        "getReportingStatistics",
        "getStatistics",
        "listActionPlans",
        "listAssignmentActions",
        "listBoardLinks",
        "listBoardsLinks",
        "listCollectiveSubstitutions",
        "listDeadlines",
        "listNotAssigned",
        "listReportChanges",
        "listPlanActions",
        "listPlanImportLinks",
        "listPlanIndicators",
        "listResponsibilities",
        "previewReminders",
    }

    assert LISTS.keys() - set(SORTED) == others | ELSEWHERE
    assert len(SORTED) > 12
