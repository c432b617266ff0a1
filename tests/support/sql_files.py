"""The SQL that runs, as files for a reader and for `explain`: docs/sql/.

Statements that are composed of parts can be read nowhere in `app/`. Each is therefore caught while
its function runs, and written as a script for psql: example values, `explain`, the statement.
`make sql` writes the files; tests/queries/test_sql_files.py compares them with what runs.
"""

import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.auth.principal import Principal, Role
from app.domain.reminders.rules import DEFAULT_LADDER
from app.models import AssigneeRole, AssignmentStatus
from app.queries.assignments import assignments_json as assignments
from app.queries.assignments import extensions
from app.queries.consolidated_reports import follow_up, standings
from app.queries.documents import documents
from app.queries.evaluation import indicators
from app.queries.events import NAMED
from app.queries.figures import (
    boards,
    checks,
    deadlines,
    flows,
    plan,
    province,
    reporting,
    reporting_province,
    reporting_sums,
    sums,
    trends,
    workload,
)
from app.queries.figures.plan import AsOf
from app.queries.lists import PageRequest
from app.queries.plans import relations
from app.queries.reminders import by_hand, due, planned
from app.queries.submissions import submissions_json as submissions
from app.queries.submissions.submissions import SUBMISSIONS
from tests.support.sample_facts import INFORMATION

FOLDER = Path(__file__).parents[2] / "docs" / "sql"
SINCE, DAY, SOON = date(2026, 3, 30), date(2026, 3, 31), 30
AT = datetime(2026, 3, 31, 1, tzinfo=UTC)
AS_OF = AsOf(DAY, SOON)
PLAN, AGENCY, ASSIGNMENT, INDICATOR, SUBMISSION = (uuid.UUID(int=n) for n in range(1, 6))
ISSUER = Principal(uuid.UUID(int=6), AGENCY, frozenset({Role.ISSUER}))
REPORTER = Principal(uuid.UUID(int=7), AGENCY, frozenset({Role.REPORTER}))
ASKED = reporting_province.ReportingAsked(DAY, province.Scope(), AssigneeRole.LEAD, 50)
CODE = INFORMATION
"""The code of `AGENCY`, which is in the registry when the statements run."""
POSITION = workload.WorkloadPosition(1, "2026-03-31", PLAN, ASSIGNMENT)


class Catching(NamedTuple):
    """A function that runs composed statements, its arguments here, and a name for each statement.

    A statement without a name is not written.
    """

    function: Callable[..., Coroutine[Any, Any, Any]]
    names: tuple[str, ...]
    arguments: Mapping[str, Any]


def _both(name: str) -> tuple[str, str]:
    """Sums are not laid out where the statements run, so both ways of counting are asked."""
    return f"{name}-from-sums", f"{name}-from-rows"


def _catching(function: Callable[..., Any], *names: str, **arguments: Any) -> Catching:
    return Catching(function, names, arguments)


def _figures() -> Iterator[Catching]:
    of_plan = {"as_of": AS_OF, "plan_id": PLAN, "mine": AGENCY}
    for by in ("agency", "group", "task", "period"):
        yield _catching(plan.plan_statistics_json, f"figures/plan-by-{by}", **of_plan, by=by)
    name = "figures/plan-by-group-and-agency"
    yield _catching(plan.plan_statistics_json, name, **of_plan, by="group", then="agency")
    for by in ("agency", "period"):
        names = _both(f"figures/province-by-{by}")
        yield _catching(province.province_figures, *names, as_of=AS_OF, by=by)
    scope = {"as_of": AS_OF, "part": province.Scope()}
    for page, after in (("first", None), ("next", ("2026-01-05", PLAN))):
        names = _both(f"figures/province-by-plan-{page}-page")
        yield _catching(province.figures_of_plans, *names, **scope, limit=50, after=after)
    flow = flows.Flow(date(2026, 1, 1), DAY, SOON)
    given = {"flow": flow, "plan_id": PLAN, "mine": AGENCY, "period": None, "by": "agency"}
    yield _catching(flows.plan_flows_json, "figures/flows-of-plan", **given)
    for by in ("agency", "period"):
        names = _both(f"figures/flows-by-{by}")
        all_plans = province.Scope(plans="all")
        yield _catching(flows.all_flows_json, *names, flow=flow, part=all_plans, by=by)
    everybody = {"as_of": AS_OF, "every": False, "limit": 50}
    yield _catching(boards.public_plans, "figures/public-plans", **everybody)
    of_lead: dict[str, Any] = {"plan_id": PLAN, "day": DAY, "role": AssigneeRole.LEAD}
    yield _catching(boards.reported, "figures/board-reported", **of_lead)
    days = [date(2026, 1, 31), date(2026, 2, 28), DAY]
    yield _catching(trends.trend_json, *_both("figures/province-trend"), **scope, days=days)
    points: dict[str, Any] = {**scope, "days": days, "plan_id": PLAN}
    yield _catching(trends.plan_trend_json, "figures/plan-trend", **points)
    yield _catching(trends.plan_trend_json, "figures/plan-trend-by-group", **points, by="group")
    for by in ("agency", "task", "period", "plan"):
        asked = reporting.ReportingQuery(by, DAY, {"plan_id": PLAN}, 0, 50)  # type: ignore[arg-type]  # a loop's string
        yield _catching(reporting.count_submissions, f"figures/reporting-by-{by}", asked=asked)


def _of_all_plans() -> Iterator[Catching]:
    scope = {"as_of": AS_OF, "part": province.Scope()}
    yield _catching(deadlines.deadlines_of_agencies, "figures/deadlines-by-agency", **scope)
    for by in ("period", "plan"):
        among = {"by": by, "plans": [PLAN]}
        yield _catching(deadlines.deadlines_by, f"figures/deadlines-by-{by}", **scope, **among)
    for by in ("agency", "period"):
        names = _both(f"figures/reporting-province-by-{by}")
        given = {"asked": ASKED, "by": by, "after": 0}
        yield _catching(reporting_province.reporting_by, *names, **given)
    for page, after in (("first", None), ("next", ("2026-01-05", PLAN))):
        names = _both(f"figures/reporting-province-by-plan-{page}-page")
        yield _catching(reporting_province.reporting_of_plans, *names, asked=ASKED, after=after)


def _sums() -> Iterator[Catching]:
    one = {"plans": [PLAN]}
    names: tuple[str, ...] = ("", "figures/sums-lay-out")
    yield _catching(sums.count_plans, *names, **one, due_soon_days=SOON)
    yield _catching(sums.fold, "figures/sums-fold", due_soon_days=SOON, rows=5000)
    yield _catching(reporting_sums.state_plans, "figures/reporting-sums-state", **one)
    names = ("figures/reporting-sums-lay-out", "figures/reporting-sums-of-plans-lay-out")
    yield _catching(reporting_sums.add_up, *names)
    yield _catching(reporting_sums.fold, "figures/reporting-sums-fold", rows=5000)
    names = (
        "figures/sums-check",
        "figures/sums-of-plans-check",
        "figures/reporting-sums-check",
        "figures/reporting-sums-of-plans-check",
    )
    yield _catching(checks.differences, *names, day=DAY, due_soon_days=SOON)


def _workload() -> Iterator[Catching]:
    everything = workload.WorkloadFilter(AS_OF)
    narrowed = workload.WorkloadFilter(AS_OF, plan_id=PLAN, status=AssignmentStatus.IN_PROGRESS)
    for names, asked, after in (
        (_both("figures/workload-first-page"), everything, None),
        (_both("figures/workload-next-page"), everything, POSITION),
        (("figures/workload-of-plan-in-status",), narrowed, None),
    ):
        given = {"ref": CODE, "asked": asked, "mine": AGENCY, "limit": 50, "after": after}
        yield _catching(workload.get_workload_json, *names, **given)


def _lists() -> Iterator[Catching]:
    listing = assignments.ASSIGNMENTS
    for name, is_past in (("today", False), ("past-day", True)):
        view = assignments.Viewpoint(
            agency_id=AGENCY, reports=True, issues=False, coordinates=False,
            day=DAY, is_past=is_past, due_soon_days=SOON,
        )  # fmt: skip
        asked = PageRequest({"plan": PLAN}, listing.default, None, 50)
        names = (f"assignments/list-{name}",)
        yield _catching(assignments.page_of_assignments_json, *names, view=view, asked=asked)
        names = (f"assignments/list-{name}-expanded",)
        yield _catching(assignments.list_assignments_json, *names, view=view, asked=asked)
        given = {"principal": REPORTER, "day": DAY, "is_past": is_past}
        asked = PageRequest({}, SUBMISSIONS.default, None, 50)
        names = (f"submissions/list-{name}",)
        yield _catching(submissions.list_submissions_json, *names, asked=asked, **given)
        names = (f"submissions/one-{name}",)
        yield _catching(submissions.get_submission_json, *names, ids=[SUBMISSION], **given)
    given = {"principal": REPORTER, "asked": PageRequest({}, "id", None, 50)}
    name = "assignments/extensions-looked-up"
    yield _catching(extensions.page_of_extensions, name, "", **given)
    yield _catching(documents.page_of_documents, "documents/looked-up", "", **given)
    asked = PageRequest({"indicator": INDICATOR}, indicators.VALUES.default, None, 50)
    yield _catching(indicators.total_of, "evaluation/indicator-total", asked=asked, day=DAY)
    yield _catching(relations.action_plans, "plans/action-plans", plan_id=PLAN, day=DAY)


def _consolidated_reports() -> Iterator[Catching]:
    window = standings.ReportWindow(date(2025, 12, 15), date(2026, 12, 14), DAY, DAY, SOON)
    given = {"plan_id": PLAN, "window": window}
    folder = "consolidated_reports"
    yield _catching(standings.standings, f"{folder}/standings", **given)
    yield _catching(follow_up.followed_up, f"{folder}/followed-up", **given)


def _reminders() -> Iterator[Catching]:
    rule = {"ladder": DEFAULT_LADDER, "since": SINCE, "day": DAY, "ahead": 30}
    # Before and after, the transaction says whose contacts it reads.
    make = ("", "reminders/make", "")
    yield _catching(due.make_reminders, *make, **rule, has_mail=True, at=AT)
    for name, principal in (("preview", ISSUER), ("preview-of-agency", REPORTER)):
        given = {"principal": principal, "plan_id": None}
        yield _catching(planned.planned_reminders, "", f"reminders/{name}", "", **rule, **given)
    owner = {"plan_id": PLAN, "day": DAY}
    open_items = by_hand.list_open_items
    yield _catching(open_items, "reminders/open-items", **owner, agency_ids=[AGENCY])
    owed = {AGENCY: [ASSIGNMENT]}
    yield _catching(by_hand.contacts_of, "reminders/contacts", **owner, assignments=owed)


CATCHINGS = [
    *_figures(),
    *_of_all_plans(),
    *_sums(),
    *_workload(),
    *_lists(),
    *_consolidated_reports(),
    *_reminders(),
]


class Caught(NamedTuple):
    """A statement with `:name` parameters, as it ran, and the values that it ran with."""

    sql: str
    values: Mapping[str, Any]

    @property
    def writes(self) -> bool:
        """True if running the statement changes rows."""
        return any(f"{verb} " in self.sql for verb in ("insert into", "delete from", "update"))

    def script(self, function: Callable[..., Any]) -> str:
        """The statement for psql, ready for `explain`; what writes is not run by it."""
        explain = "explain" if self.writes else "explain (analyze, buffers)"
        return "\n".join(
            [
                f"-- Run by {function.__module__}.{function.__name__}.",
                "-- Written by `make sql`; for psql -f, with values of your own.",
                *(f"\\set {name} {_for_psql(value)}" for name, value in self.values.items()),
                explain,
                self.sql.strip("\n") + ";",
                "",
            ]
        )

    def explainable(self) -> str:
        """The statement with its values in it, as psql would send it."""
        sql = self.sql
        for name, value in self.values.items():
            parts = sql.split(f":{name}")
            sql = parts[0]
            for part in parts[1:]:
                # `::name` is a cast, and `:name_more` is another parameter.
                is_ours = not sql.endswith(":") and not (part[:1].isalnum() or part[:1] == "_")
                sql += (literal(value) if is_ours else f":{name}") + part
        return f"explain {sql}"


def literal(value: Any) -> str:
    """A value as SQL; strings, days and ids are literals of no type yet."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return "'{" + ",".join("null" if one is None else str(one) for one in value) + "}'"
    return "'" + str(value).replace("'", "''") + "'"


def _for_psql(value: Any) -> str:
    text = literal(value)
    return "'" + text.replace("'", "''") + "'" if text.startswith("'") else text


@contextmanager
def catching(connection: sa.Connection) -> Iterator[list[Caught]]:
    """The statements that are executed on *connection* meanwhile, in order."""
    caught: list[Caught] = []

    def see(_: Any, clause: Any, many: list[dict[str, Any]], one: dict[str, Any], __: Any) -> None:
        compiled = clause.compile(dialect=NAMED, compile_kwargs={"render_postcompile": True})
        given = {**compiled.params, **(many[0] if many else {}), **one}
        names = [name for name in given if f":{name}" in str(compiled)]
        caught.append(Caught(str(compiled), {name: given[name] for name in sorted(names)}))

    sa.event.listen(connection, "before_execute", see)
    try:
        yield caught
    finally:
        sa.event.remove(connection, "before_execute", see)
