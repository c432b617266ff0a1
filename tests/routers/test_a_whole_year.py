"""A whole cycle over HTTP, from one January to the next: each agency reports on what it was given.

Three groups, eight assignments, a report each quarter by NĐ 09/2019/NĐ-CP. On the way one
department is merged into another (1 March) and the districts end (1 July).
"""

from collections import Counter
from datetime import date
from typing import Any

from sqlmodel import select

from app.auth.principal import Role
from app.clock import utc_now
from app.jobs.hand_over import hand_over
from app.jobs.roll_forward import roll_forward
from app.jobs.seed_calendar import seed_calendar
from app.models import (
    AgencyReport,
    Assignment,
    AssignmentStatus,
    Submission,
    SubmissionStatus,
)
from app.queries.registry.agencies import get_agency
from tests.support.assignments import at
from tests.support.reports import EVIDENCE
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURE,
    EDUCATION,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    PLANNING,
    PROVINCIAL_COMMITTEE,
)

DISTRICT, COMMUNE, NEIGHBOUR = "UBND-H-HUONGSON", "UBND-X-HUONGSON", "UBND-X-SONHONG"
ISSUER, COORDINATOR = (PROVINCIAL_COMMITTEE, Role.ISSUER), (CULTURE, Role.COORDINATOR)
PLAN = {
    "title": "Kế hoạch tuyên truyền năm 2025",
    "number": "05/KH-UBND",
    "issued_on": "2025-01-06",
    "starts_on": "2025-01-01",
    "ends_on": "2025-12-31",
    "issuer": PROVINCIAL_COMMITTEE,
    "coordinator": CULTURE,
}
TASKS = {
    "1": {
        "1.1": ("Trước ngày 01/7/2025", {"lead": [FOREIGN_AFFAIRS]}),
        "1.2": ("Năm 2025", {"lead": [PLANNING]}),
        "1.3": ("Năm 2025", {"lead": [FINANCE]}),
    },
    "2": {
        "2.1": ("Năm 2025", {"lead": [DISTRICT]}),
        "2.2": ("Năm 2025", {"lead": [HEALTH], "coordinating": [HOME_AFFAIRS]}),
    },
    "3": {
        "3.1": ("Quý I/2025", {"lead": [EDUCATION]}),
        "3.2": ("Năm 2025", {"lead": [INDUSTRY_AND_TRADE]}),
    },
}
DONE = REPORT | {"outcome": "completed", "percent": 100, "evidence": EVIDENCE}
FILED_IN = {"2025-Q1": "2025-03-18", "2025-Q2": "2025-06-18", "2025-Q3": "2025-09-18"}
LAST = ("2025-Q4", "2025-12-18")


class Year:
    """The plan of the cycle, and what its agencies do."""

    def __init__(self, world: Sample, plan_id: str) -> None:
        self.world = world
        self.plan_id = plan_id

    async def call(
        self, who: tuple[str, Role], method: str, path: str, json: Any = None, status: int = 200
    ) -> Any:
        async with await self.world.by(*who) as http:
            answer = await http.request(method, f"/v1/{path}", json=json)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        return answer.json()

    async def open_submissions(self, agency: str, period: str) -> list[dict[str, Any]]:
        """The submissions that the agency has yet to file for the period."""
        path = f"submissions?plan={self.plan_id}&agency={agency}&period={period}"
        found = await self.call(
            (agency, Role.REPORTER), "GET", f"{path}&status=expected,draft,returned&limit=200"
        )
        items: list[dict[str, Any]] = found["items"]
        return items

    async def draft(self, agency: str, period: str, content: dict[str, Any] = REPORT) -> None:
        for one in await self.open_submissions(agency, period):
            path = f"assignments/{one['assignment_id']}/submissions/{period}"
            await self.call((agency, Role.REPORTER), "PUT", path, content)

    async def report(self, agency: str, period: str, day: str, **words: Any) -> dict[str, Any]:
        """File the agency's report with all that it drafted."""
        found: dict[str, Any] = await self.call(
            words.pop("who", (agency, Role.REPORTER)),
            "PUT",
            f"plans/{self.plan_id}/agency-reports/{agency}/{period}?submit=true",
            {
                "results": f"Kết quả {period} của {agency}.",
                "causes": "Thiếu kinh phí.",
                "document": {"number": f"{period[-1]}0/BC-{agency}"[:60], "issued_on": day},
            }
            | words,
        )
        return found

    async def decide(self, report: dict[str, Any], action: str, **json: Any) -> dict[str, Any]:
        found: dict[str, Any] = await self.call(
            COORDINATOR,
            "POST",
            f"plans/{self.plan_id}/agency-reports/{report['id']}/{action}",
            {"attempt": report["attempts"]} | json,
        )
        return found

    async def owing(self, period: str) -> list[dict[str, Any]]:
        """The reports that agencies owe for the period, as the coordinator sees them."""
        found = await self.call(
            COORDINATOR, "GET", f"plans/{self.plan_id}/agency-reports?period={period}&limit=200"
        )
        items: list[dict[str, Any]] = found["items"]
        return items

    async def night(self) -> None:
        """The work of the day, as the worker does it."""
        sessions = self.world.api.app.state.sessionmaker
        for job in (seed_calendar, hand_over, roll_forward):
            await job(sessions, at=utc_now())


async def nothing_was_expected_backwards(year: Year) -> None:
    """No submission was expected after the day by which it was due."""
    late = [
        (one.period, one.due_on, one.expected_on)
        for one in await submissions(year)
        if one.due_on < one.expected_on
    ]
    assert late == []


async def issue(world: Sample) -> Year:
    """Write the plan, its tasks and who does them, by the interface alone, and issue it."""
    async with await world.by(*ISSUER) as http:
        plan = (await http.post("/v1/plans", json=PLAN)).json()
        url = f"/v1/plans/{plan['id']}"
        for ordinal, tasks in TASKS.items():
            heading = {"ordinal": ordinal, "title": f"Nhóm {ordinal}"}
            group = (await http.post(f"{url}/task-groups", json=heading)).json()
            for number, (when, roles) in tasks.items():
                body = {
                    "ordinal": number,
                    "title": f"Nhiệm vụ {number}",
                    "time_frame_text": when,
                    "task_group_id": group["id"],
                }
                task = (await http.post(f"{url}/tasks", json=body)).json()
                for role, agencies in roles.items():
                    for agency in agencies:
                        assignee = {"role": role, "source_text": agency, "agency": agency}
                        made = await http.post(f"/v1/tasks/{task['id']}/assignees", json=assignee)
                        assert made.status_code == 201, made.text
        regime = {
            "preset": "decree_09_quarter",
            "effective_from": "2024-12-15",
            "coordinating_agencies_report": True,
        }
        set_on = await http.put(f"{url}/reporting-regimes", json=regime)
        assert set_on.status_code == 200, set_on.text
        issued = await http.post(f"{url}/issue")
    assert issued.status_code == 200, issued.text
    assert (issued.json()["assignments"], issued.json()["not_assigned"]) == (8, [])
    return Year(world, plan["id"])


async def assignments(year: Year) -> list[Assignment]:
    statement = select(Assignment).execution_options(populate_existing=True)
    return list(await year.world.session.exec(statement))


async def a_quarter(year: Year, period: str, day: str) -> None:
    """Each agency drafts and files; each report is read and accepted. In each quarter one is
    returned, one comes late, and one on paper."""
    due_on = date.fromisoformat((await year.owing(period))[0]["due_on"])
    with at(day):
        for row in await year.owing(period):
            agency = row["agency"]["code"]
            if agency in (INDUSTRY_AND_TRADE, FINANCE):
                continue
            content = DONE if (agency, period) == (FOREIGN_AFFAIRS, "2025-Q2") else REPORT
            await year.draft(agency, period, content)
            report = await year.report(agency, period, day)
            assert report["missing"] == []
            if agency == HEALTH:
                returned = await year.decide(report, "send-back", reason="Thiếu số liệu.")
                assert {one["status"] for one in returned["submissions"]} == {"returned"}
                await year.draft(agency, period, REPORT | {"percent": 60})
                report = await year.report(agency, period, day, shortcomings="Đã bổ sung.")
                assert (report["attempts"], report["missing"]) == (2, [])
            accepted = await year.decide(report, "accept")
            assert {one["status"] for one in accepted["submissions"]} == {"accepted"}
    after = due_on.replace(month=due_on.month + 1, day=5)
    with at(str(after)):
        await year.draft(INDUSTRY_AND_TRADE, period)
        late = await year.report(
            INDUSTRY_AND_TRADE, period, str(after), late_reason="Chờ số liệu cơ sở."
        )
        assert (await year.decide(late, "accept"))["is_late"]
        await on_paper(year, FINANCE, period, day)


async def on_paper(year: Year, agency: str, period: str, day: str) -> None:
    """The coordinator enters what came on paper by *day*: the submissions, then the report."""
    document = {"number": f"77/BC-{agency}", "issued_on": day}
    items = [
        {
            "agency": agency,
            "assignment_id": one["assignment_id"],
            "period": period,
            "document": document,
            "received_on": day,
        }
        | REPORT
        for one in await year.open_submissions(agency, period)
    ]
    entered = await year.call(
        COORDINATOR, "POST", "submissions/entries", {"items": items}, status=207
    )
    assert entered["counts"]["rejected"] == 0, entered
    report = await year.report(
        agency, period, day, who=COORDINATOR, received_on=day, document=document
    )
    accepted = await year.decide(report, "accept")
    assert (accepted["entered_by"]["code"], accepted["is_late"]) == (CULTURE, False)
    assert {one["status"] for one in accepted["submissions"]} == {"accepted"}


async def more_time_is_asked_for_after_the_deadline(year: Year) -> None:
    """Education was to be done by 31 March; in April it asks for more time, and gets it."""
    reporter = (EDUCATION, Role.REPORTER)
    [row] = [one for one in await assignments(year) if one.deadline_on == date(2025, 3, 31)]
    before = {one.id: one.due_on for one in await submissions(year)}
    with at("2025-04-10"):
        wish = {
            "assignment_id": str(row.id),
            "wanted_deadline_on": "2025-09-30",
            "reason": "Chờ hướng dẫn.",
            "basis": "310/SGDDT-VP",
        }
        asked = await year.call(reporter, "POST", "extensions", wish, status=201)
        approval = {"reason": "Đồng ý.", "basis": "15/TB-UBND"}
        path = f"extensions/{asked['id']}/approve"
        approved = await year.call(ISSUER, "POST", path, approval)
    assert approved["state"] == "approved"
    new = [one for one in await submissions(year) if one.id not in before]
    # The decision makes nothing overdue: what it adds is due after it.
    assert all(one.due_on >= date(2025, 4, 10) for one in new)


async def submissions(year: Year) -> list[Submission]:
    statement = select(Submission).execution_options(populate_existing=True)
    return list(await year.world.session.exec(statement))


async def the_districts_end(year: Year) -> None:
    """Nobody follows a district alone: a person decides which communes take its work over."""
    with at("2025-07-01"):
        await year.night()
        path = f"handovers?plan={year.plan_id}&state=pending&limit=200"
        waiting = (await year.call(COORDINATOR, "GET", path))["items"]
        assert {one["from_agency"]["code"] for one in waiting} == {DISTRICT}
    with at("2025-07-15"):
        decision = {
            "plan": year.plan_id,
            "from_agency": DISTRICT,
            "successors": [COMMUNE, NEIGHBOUR],
            "reason": "Địa bàn thực hiện thuộc hai xã.",
        }
        decided = await year.call(COORDINATOR, "POST", "handovers/decide", decision)
    assert decided["decided"] == len(waiting) > 0
    # A report that the district filed stays its own: its successor reports nothing on the first
    # quarter.
    path = f"plans/{year.plan_id}/agency-reports/{COMMUNE}/2025-Q1"
    await year.call((COMMUNE, Role.REPORTER), "GET", path, status=404)
    await year.call((COMMUNE, Role.REPORTER), "PUT", path, {"results": "Q1"}, status=404)


async def the_last_quarter(year: Year) -> None:
    """Everything that is still open is reported as done, and accepted."""
    period, day = LAST
    with at(day):
        for row in await year.owing(period):
            agency = row["agency"]["code"]
            await year.draft(agency, period, DONE)
            report = await year.report(agency, period, day)
            assert report["missing"] == []
            accepted = await year.decide(report, "accept")
            assert {one["status"] for one in accepted["submissions"]} == {"accepted"}


async def nothing_is_stuck(year: Year) -> None:
    """Each assignment has come to its end, and nothing waits for anybody."""
    left = Counter(row.status for row in await assignments(year))
    # The district's went to two communes, each with a part of its own.
    assert left == {AssignmentStatus.COMPLETED: 9, AssignmentStatus.SPLIT: 1}, left
    waiting = [
        (one.period, one.status)
        for one in await submissions(year)
        if one.status not in (SubmissionStatus.ACCEPTED, SubmissionStatus.WAIVED)
    ]
    assert waiting == []
    for agency in (FOREIGN_AFFAIRS, FINANCE, COMMUNE, NEIGHBOUR, HEALTH):
        path = f"assignments?plan={year.plan_id}&agency={agency}&limit=200"
        for one in (await year.call((agency, Role.REPORTER), "GET", path))["items"]:
            assert (one["status"], one["awaits_handover"]) == ("completed", False)


async def each_agency_has_one_report(year: Year) -> None:
    """Whoever owed submissions in a quarter has one report of it, accepted as a whole."""
    rows = await year.world.session.exec(
        select(AgencyReport).execution_options(populate_existing=True)
    )
    reports = {(row.agency_id, row.period): row.status for row in rows}
    assert set(reports.values()) == {SubmissionStatus.ACCEPTED}
    owner = {row.id: row.agency_id for row in await assignments(year)}
    filed = {
        (owner[one.assignment_id], one.period)
        for one in await submissions(year)
        if one.status == SubmissionStatus.ACCEPTED
    }
    filers = {period: {a for a, p in reports if p == period} for _, period in reports}
    for period in [*FILED_IN, LAST[0]]:
        expected = await year.owing(period)
        assert {one["status"] for one in expected} == {"accepted"}, period
        assert len(expected) == len(filers[period])
    assert {period for _, period in filed} == {*FILED_IN, LAST[0]}


async def test_a_year_from_january_to_january(sample: Sample) -> None:
    with at("2025-01-06"):
        year = await issue(sample)
    with at("2025-03-01"):
        await year.night()
    owners = {row.agency_id for row in await assignments(year)}
    planning = await get_agency(sample.session, PLANNING)
    assert planning.id not in owners
    for period, day in FILED_IN.items():
        if period == "2025-Q2":
            await more_time_is_asked_for_after_the_deadline(year)
        if period == "2025-Q3":
            await the_districts_end(year)
        await a_quarter(year, period, day)
        await nothing_was_expected_backwards(year)
    await the_last_quarter(year)
    with at("2026-01-05"):
        await year.night()
        await nothing_was_expected_backwards(year)
        await nothing_is_stuck(year)
        await each_agency_has_one_report(year)
