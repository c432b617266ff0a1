"""docs/en/figures.md: one task over fourteen months, whose numbers were worked out by hand.

The story is played over HTTP; each table of the page is then what the service answers.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from app.auth.principal import Role
from app.clock import utc_now
from app.jobs.hand_over import hand_over
from app.jobs.roll_forward import roll_forward
from app.jobs.seed_calendar import seed_calendar
from tests.support.assignments import at
from tests.support.reports import EVIDENCE
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import CULTURE, FINANCE, HEALTH, PLANNING, PROVINCIAL_COMMITTEE

PAGE = Path(__file__).parents[2] / "docs" / "en" / "figures.md"
ISSUER, COORDINATOR = (PROVINCIAL_COMMITTEE, Role.ISSUER), (CULTURE, Role.COORDINATOR)
PLAN = {
    "title": "Kế hoạch năm 2025",
    "number": "05/KH-UBND",
    "issued_on": "2025-01-06",
    "starts_on": "2025-01-01",
    "ends_on": "2025-12-31",
    "issuer": PROVINCIAL_COMMITTEE,
    "coordinator": CULTURE,
}
DONE = REPORT | {"outcome": "completed", "percent": 100, "evidence": EVIDENCE}
LATE = {"late_reason": "Chờ số liệu của cơ sở."}
LEAVES = {
    "not near": ("not_completed", "in_time", "not_near"),
    "due soon": ("not_completed", "in_time", "due_soon"),
    "overdue up to 7 days": ("not_completed", "overdue", "up_to_7_days"),
    "overdue 8 to 30 days": ("not_completed", "overdue", "from_8_to_30_days"),
    "overdue 31 to 365 days": ("not_completed", "overdue", "from_31_to_365_days"),
    "awaiting, reported in time": ("not_completed", "awaiting_confirmation", "on_time"),
    "awaiting, reported late": ("not_completed", "awaiting_confirmation", "late"),
    "completed late": ("completed", "late"),
    "ended with its task": ("ended_with_task",),
}


class Story:
    """The plan of the page, and what is done to its one task."""

    def __init__(self, world: Sample) -> None:
        self.world = world
        self.plan_id = ""

    async def call(
        self, who: tuple[str, Role], method: str, path: str, json: Any = None
    ) -> dict[str, Any]:
        async with await self.world.by(*who) as http:
            answer = await http.request(method, f"/v1/{path}", json=json)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def issue(self) -> None:
        """6 January 2025: led by Planning, coordinated by Health, due within the year."""
        plan = await self.call(ISSUER, "POST", "plans", PLAN)
        self.plan_id = plan["id"]
        task = {"ordinal": "1", "title": "Nhiệm vụ", "time_frame_text": "Năm 2025"}
        made = await self.call(ISSUER, "POST", f"plans/{self.plan_id}/tasks", task)
        for role, agency in (("lead", PLANNING), ("coordinating", HEALTH)):
            words = {"role": role, "source_text": agency, "agency": agency}
            await self.call(ISSUER, "POST", f"tasks/{made['id']}/assignees", words)
        regime = {"preset": "decree_09_year", "effective_from": "2024-12-15"}
        async with await self.world.by(*ISSUER) as http:
            url = f"/v1/plans/{self.plan_id}"
            assert (await http.put(f"{url}/reporting-regimes", json=regime)).status_code == 200
            assert (await http.post(f"{url}/issue")).status_code == 200

    async def night(self) -> None:
        """The work of the day, as the worker does it."""
        for job in (seed_calendar, hand_over, roll_forward):
            await job(self.world.api.app.state.sessionmaker, at=utc_now())

    async def lead(self) -> dict[str, Any]:
        path = f"plans/{self.plan_id}/assignments?role=lead"
        [one] = (await self.call(COORDINATOR, "GET", path))["items"]
        return dict(one)

    async def file(self, content: dict[str, Any]) -> dict[str, Any]:
        """Finance reports on the next period that it has to report on."""
        assignment = await self.lead()
        path = f"submissions?plan={self.plan_id}&agency={FINANCE}"
        found = (await self.call((FINANCE, Role.REPORTER), "GET", path))["items"]
        period = next(one["period"] for one in found if one["status"] not in ("accepted", "waived"))
        path = f"assignments/{assignment['id']}/submissions/{period}?submit=true"
        return await self.call((FINANCE, Role.REPORTER), "PUT", path, content)

    async def decide(self, filed: dict[str, Any], action: str, **json: Any) -> None:
        body = {"attempt": filed["attempts"], **json}
        await self.call(COORDINATOR, "POST", f"submissions/{filed['id']}/{action}", body)

    async def more_time(self) -> None:
        """5 December 2025: Finance asks for a month more; on 10 December it is granted."""
        assignment = await self.lead()
        wish = {
            "assignment_id": assignment["id"],
            "wanted_deadline_on": "2026-01-31",
            "reason": "Chờ hướng dẫn.",
            "basis": "310/STC",
        }
        with at("2025-12-05"):
            asked = await self.call((FINANCE, Role.REPORTER), "POST", "extensions", wish)
        with at("2025-12-10"):
            approval = {"reason": "Đồng ý.", "basis": "15/TB-UBND"}
            await self.call(ISSUER, "POST", f"extensions/{asked['id']}/approve", approval)


async def play(world: Sample) -> Story:
    """Play all acts of the page, day after day."""
    story = Story(world)
    with at("2025-01-06"):
        await story.issue()
    with at("2025-03-01"):
        await story.night()
    await story.more_time()
    with at("2025-12-16"):
        filed = await story.file(REPORT | {"percent": 80})
        await story.decide(filed, "accept")
    with at("2026-01-28"):
        filed = await story.file(DONE)
    with at("2026-02-03"):
        await story.decide(filed, "send-back", reason="Thiếu số liệu.")
    with at("2026-02-10"):
        filed = await story.file(DONE | {"results": "Đã bổ sung số liệu."})
    with at("2026-02-20"):
        await story.decide(filed, "accept")
    return story


def rows_of(heading: str) -> list[dict[str, str]]:
    """The rows of the table below a heading of the page, by the names of its columns."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")
    lines = [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip(" *`") for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def day_of(words: str) -> str:
    """A day as the page writes it, 28/02/2025."""
    day, month, year = re.findall(r"\d+", words)
    return f"{year}-{int(month):02}-{int(day):02}"


def leaf(tree: dict[str, Any]) -> str:
    """On which leaf of a tree the one assignment is counted."""
    found = []
    for name, path in LEAVES.items():
        node: Any = tree
        for step in path:
            node = node[step]
        found += [name] * node
    [one] = found
    return one


def rate(tree: dict[str, Any], name: str) -> str:
    """A rate as the page writes it: 0 of 1."""
    one = tree["rates"][name]
    return f"{one['numerator']} of {one['base']}"


async def figures(story: Story, day: str, **query: str) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in {"as_of": day, **query}.items())
    path = f"plans/{story.plan_id}/statistics?deadline=both&{asked}"
    return await story.call(COORDINATOR, "GET", path)


@pytest.fixture
async def story(sample: Sample) -> Story:
    return await play(sample)


async def test_each_number_of_the_page_is_what_the_service_answers(story: Story) -> None:
    rows = rows_of("Six days")
    assert len(rows) == 6
    with at("2026-03-10"):
        for row in rows:
            answer = await figures(story, day_of(row["as of"]))
            trees = answer["total"]["by_current_deadline"], answer["total"]["by_original_deadline"]

            assert [group["code"] for group in answer["groups"]] == [row["whose"]]
            assert {
                "by the deadline in force": leaf(trees[0]),
                "by the first deadline": leaf(trees[1]),
                "completed of due": rate(trees[0], "completed_of_due"),
                "in time of completed": rate(trees[0], "on_time_of_completed"),
                "completed of total": rate(trees[0], "completed_of_total"),
            } == {name: row[name] for name in list(row)[2:]}
            for tree in trees:
                assert tree["total"] == 1


async def test_the_coordinating_agency_stands_apart(story: Story) -> None:
    with at("2026-03-10"):
        for row in rows_of("The coordinating agency"):
            answer = await figures(story, day_of(row["as of"]), role="coordinating")
            tree = answer["total"]["by_current_deadline"]
            assert [group["code"] for group in answer["groups"]] == [HEALTH]
            assert leaf(tree) == row["by the deadline in force"]
            assert rate(tree, "completed_of_due") == row["completed of due"]


async def test_what_flowed_between_two_days_adds_up(story: Story) -> None:
    rows = rows_of("Two years")
    assert {(row["year"], row["whose"]) for row in rows} == {
        ("2025", PLANNING),
        ("2025", FINANCE),
        ("2026", FINANCE),
    }
    with at("2026-03-10"):
        for row in rows:
            year = row["year"]
            last = "2025-12-31" if year == "2025" else "2026-03-10"
            path = f"plans/{story.plan_id}/flows?from={year}-01-01&to={last}"
            answer = await story.call(COORDINATOR, "GET", path)
            [flows] = [g["flows"] for g in answer["groups"] if g["code"] == row["whose"]]
            assert {
                "carried in": flows["carried_in"],
                "given": flows["given"]["new"],
                "taken over": flows["given"]["taken_over"],
                "fallen due": flows["fallen_due"],
                "completed late": flows["closed"]["completed"]["late"],
                "handed over": flows["closed"]["handed_over"],
                "carried out": flows["carried_out"],
            } == {name: int(row[name]) for name in list(row)[2:]}
