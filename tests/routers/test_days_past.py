"""Whatever is decided on assignments and deadlines, the figures of the days before stay as they
were."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from app.auth.principal import Role
from app.models import Assignment
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    ORDER,
    REASON,
    REPORTER,
    WISH,
    at,
    done,
    read,
    shown,
)
from tests.support.reports import COMPLETED
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS

ASSIGNMENTS = [("1.1", "once"), ("5.3", "2024"), ("4.2", "once"), ("3.11", "2025")]
CONTENTS = [COMPLETED, COMPLETED, REPORT]
LIGHT: dict[str, Any] = {"basis": "16/TB-UBND"}
BODIES: dict[str, dict[str, Any]] = {
    "refuse": REASON,
    "accept_refusal": LIGHT,
    "reject_refusal": REASON,
    "suspend": ORDER,
    "resume": LIGHT,
    "revoke": ORDER,
    "reopen": ORDER,
}
OF_ROWS: dict[str, tuple[tuple[str, Role], str, dict[str, Any]]] = {
    "approve": (ISSUER, "extensions/{}/approve", LIGHT),
    "refuse_more": (COORDINATOR, "extensions/{}/refuse", REASON),
    "withdraw": (REPORTER, "extensions/{}/withdraw", {}),
    "accept": (COORDINATOR, "submissions/{}/accept", {}),
    "return": (COORDINATOR, "submissions/{}/send-back", REASON),
}
# The actions that end an assignment are rare, so that its life is long.
RARE = {"revoke", "accept_refusal"}


class Story:
    """Random decisions on a few assignments, each of them allowed, on days that go on."""

    def __init__(self, issued: Sample, rows: list[Assignment], seed: int) -> None:
        self.issued, self.rows = issued, rows
        self.dice = random.Random(seed)
        self.told: list[str] = []

    async def choices(self, row: Assignment) -> list[tuple[str, Any]]:
        """All actions that somebody may take on an assignment now."""
        found: list[tuple[str, Any]] = []
        for who in (REPORTER, ISSUER, COORDINATOR):
            actions = (await shown(self.issued, row.id, who))["allowed_actions"]
            found += [(action, who) for action in actions if action not in RARE]
            if self.dice.random() < 0.1:
                found += [(action, who) for action in actions if action in RARE]
        query = f"?assignment={row.id}"
        for one in (await read(self.issued, ISSUER, f"extensions{query}&state=pending"))["items"]:
            found += [(action, one["id"]) for action in ("approve", "refuse_more", "withdraw")]
        filed = await read(self.issued, ISSUER, f"submissions{query}&status=submitted")
        found += [
            (action, (one["id"], one["attempts"]))
            for one in filed["items"]
            for action in ("accept", "return")
        ]
        return found

    async def step(self, day: date) -> None:
        """One of these, on a day."""
        row = self.dice.choice(self.rows)
        choices = await self.choices(row)
        if not choices:
            return
        action, target = self.dice.choice(choices)
        self.told.append(action)
        later = max(day, row.starts_on) + timedelta(self.dice.choice([5, 40, 200]))
        if action == "report":
            await self.report(row)
        elif action in ("ask_extension", "move_deadline"):
            await self.give_time(row, action, later)
        elif action in ("accept", "return"):
            who, path, body = OF_ROWS[action]
            row_id, attempt = target
            await done(self.issued, who, path.format(row_id), attempt=attempt, **body)
        elif action in OF_ROWS:
            who, path, body = OF_ROWS[action]
            await done(self.issued, who, path.format(target), **body)
        else:
            path = f"assignments/{row.id}/{action.replace('_', '-')}"
            await done(self.issued, target, path, **BODIES[action])

    async def give_time(self, row: Assignment, action: str, day: date) -> None:
        now = date.fromisoformat((await shown(self.issued, row.id))["deadline_on"])
        if action == "ask_extension":
            wanted = str(max(day, now + timedelta(30)))
            body = {"assignment_id": str(row.id), "wanted_deadline_on": wanted, **WISH}
            await done(self.issued, REPORTER, "extensions", **body)
        elif day != now:
            path = f"assignments/{row.id}/move-deadline"
            await done(self.issued, ISSUER, path, deadline_on=str(day), **ORDER)

    async def report(self, row: Assignment) -> None:
        query = f"submissions?assignment={row.id}&status=expected,returned"
        found = (await read(self.issued, REPORTER, query))["items"]
        if found:
            period = self.dice.choice(found)["period"]
            url = f"/v1/assignments/{row.id}/submissions/{period}?submit=true"
            async with await self.issued.by(*REPORTER) as http:
                answer = await http.put(url, json=self.dice.choice(CONTENTS))
            assert answer.status_code == 200, answer.text


async def figures(issued: Sample, plan_id: Any, day: date) -> list[Any]:
    """The answers about a day: the work, the reports on it, and one agency's assignments."""
    kinds = ("statistics", "reporting-statistics")
    asked = [f"plans/{plan_id}/{kind}?by=task&as_of={day}" for kind in kinds]
    owed = await read(issued, ISSUER, f"assignments?agency=SNGV&as_of={day}&limit=200")
    items = [{**one, "updated_at": None} for one in owed["items"]]
    return [*[await read(issued, ISSUER, path) for path in asked], items]


@pytest.mark.parametrize("seed", range(2))
async def test_no_decision_changes_the_figures_of_a_day_before(issued: Sample, seed: int) -> None:
    rows = [await issued.assignment(FOREIGN_AFFAIRS, *assignment) for assignment in ASSIGNMENTS]
    plan_id, story = rows[0].plan_id, Story(issued, rows, seed)
    day, kept = date(2024, 6, 3), {}

    for _ in range(35):
        with at(str(day)):
            kept[day - timedelta(1)] = await figures(issued, plan_id, day - timedelta(1))
            await story.step(day)
        day += timedelta(story.dice.choice([0, 1, 3, 30]))

    assert len(set(story.told)) >= 10, story.told
    with at(str(day)):
        for past, before in kept.items():
            assert await figures(issued, plan_id, past) == before, past
