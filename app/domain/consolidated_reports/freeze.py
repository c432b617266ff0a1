"""Freezing a plan's consolidated report, issuing it anew, and signing it off.

NĐ 09/2019/NĐ-CP; decision 0063. What is frozen never changes: a correction is the next version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, require
from app.domain.consolidated_reports.build import ReportRequested, content_of
from app.domain.consolidated_reports.content import (
    ReportContent,
    ReportNotes,
    SigningOff,
    canonical,
    digest,
)
from app.domain.consolidated_reports.days import days_of, require_begun, title_of, window_of
from app.domain.consolidated_reports.joint import joint
from app.domain.plans.plans import require_ever_issued
from app.domain.records import Subject
from app.errors import ConflictError, Text, TrackerError, invalid_at
from app.models import (
    Agency,
    ConsolidatedContent,
    ConsolidatedReport,
    Plan,
    ReportKind,
)
from app.official_words import day_words, period_words
from app.queries.consolidated_reports import reports as queries
from app.queries.consolidated_reports.reports import ReportCase
from app.queries.plans.closing_writes import lock_assignments_of

OPERATION = "consolidated_report"
"""The kind of the operation that freezes a report whose caller does not wait for it."""


NOTHING_ASSIGNED = Text(
    "Cơ quan không được giao nhiệm vụ nào của kế hoạch trong kỳ này.",
    "The agency owes nothing of the plan on these days.",
)


NAMED_TWICE = Text("Kế hoạch bị nêu hai lần.", "A plan is named twice.")


class AlreadyReportedError(ConflictError):
    """The plan's period has a report already, which `Location` names."""

    code = "already_reported"
    title = Text("Kỳ này đã có báo cáo tổng hợp", "The period is reported already")

    def __init__(self, period: str, location: str) -> None:
        super().__init__(
            Text(
                f"Đã có báo cáo tổng hợp {period_words(period)} của kế hoạch; hãy phát hành lần"
                " tiếp theo và nêu lý do.",
                f"The plan has a report of {period} already: issue it anew, with the reason.",
            )
        )
        self.headers = {"Location": location}


class ReportSupersededError(ConflictError):
    """A later version of the report exists: it alone is signed or issued anew."""

    code = "report_superseded"
    title = Text("Đã có lần phát hành sau", "There is a later version")
    detail = Text(
        "Báo cáo này đã được thay bằng lần phát hành sau.",
        "A later version has taken this report's place.",
    )


class ReportSignedError(ConflictError):
    """The report was signed off: it is issued anew, and that version is signed."""

    code = "report_signed"
    title = Text("Báo cáo đã ký", "The report is signed")

    def __init__(self, number: str | None, signed_on: date | None) -> None:
        super().__init__(
            Text(
                f"Báo cáo đã ký, số {number} ngày {day_words(signed_on)}.",
                f"It was signed as {number} on {signed_on}.",
            )
        )


class BrokenReportError(TrackerError):
    """The hash of the stored content is not the one that was taken when the report was frozen."""

    status = ConflictError.status
    code = "report_broken"
    title = Text("Báo cáo không còn nguyên vẹn", "The report is not what was frozen")
    detail = Text(
        "Nội dung lưu trữ không khớp với mã băm lúc chốt; hãy báo người quản trị hệ thống.",
        "The stored content does not match the hash that was taken when it was frozen.",
    )


@dataclass(frozen=True, slots=True)
class NewReport:
    """The caller's request for a report; None for a day stands for the day that the period gives.

    *is_own*: the report is that of the caller's own agency alone. *with_plans* are the ids of
    further plans that the report covers, beside the one whose report is asked for.
    """

    kind: ReportKind
    period: str | None
    data_from: date | None
    data_to: date | None
    as_of: date | None
    title: str | None
    notes: Mapping[str, str]
    is_own: bool
    with_plans: Sequence[UUID]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Restore the request from the JSON that an operation stored."""
        days = {
            name: kept[name] and date.fromisoformat(kept[name])
            for name in ("data_from", "data_to", "as_of")
        }
        others = [UUID(one) for one in kept["with_plans"]]
        kind = ReportKind(kept["kind"])
        return cls(**{**kept, **days, "kind": kind, "with_plans": others})


def subject(report: ConsolidatedReport) -> Subject:
    """The report as the subject of records."""
    return Subject("consolidated_report", report.id, report.plan_id, report.agency_id)


def allowed_actions(principal: Principal, case: ReportCase) -> list[str]:
    """The actions that the caller may take on the report now."""
    if case.is_superseded or not _may(principal, case):
        return []
    return ["reissue"] if case.report.number else ["sign_off", "reissue"]


def _may(principal: Principal, case: ReportCase) -> bool:
    own = case.report.own_id
    power = Power.CONSOLIDATE if own is None else Power.CONSOLIDATE_OWN
    return may(principal, power, case.plan, concerned=[own])


def _require(principal: Principal, plans: Iterable[Plan], own: UUID | None) -> None:
    """Raise `PermissionDeniedError` unless the caller consolidates all of these plans, or makes the
    report of this agency, which is its own."""
    power = Power.CONSOLIDATE if own is None else Power.CONSOLIDATE_OWN
    for plan in plans:
        require(principal, power, plan, concerned=[own])


async def add_up(
    act: PersonalAct, plans: Sequence[Plan], given: NewReport, *, due_soon_days: int
) -> ReportContent:
    """The content of the report if it were frozen now; nothing is stored. *plans* are all plans
    that the report covers, its own first."""
    own = act.principal.agency_id if given.is_own else None
    _require(act.principal, plans, own)
    for plan in plans:
        require_ever_issued(plan)
    if plans[0].id in given.with_plans:
        raise invalid_at("#/with_plans/0", "named_twice", NAMED_TWICE)
    await _require_new(act, plans[0], given, own)
    days = None
    if given.data_from is not None and given.data_to is not None:
        days = given.data_from, given.data_to
    first, last = days or await days_of(act.session, plans[0], given.period or "")
    window = window_of(first, last, given.as_of, local_day(act.at), due_soon_days)
    require_begun(plans, window, "#/period" if days is None else "#/data_to")
    title = given.title or title_of(given.period, window, len(plans))
    asked = ReportRequested(
        given.kind, given.period, window, title, ReportNotes(**given.notes), 1, act.at, own
    )
    content = await _content(act, plans, asked)
    if own is not None and not content.results:
        raise invalid_at("#/is_own", "nothing_assigned", NOTHING_ASSIGNED)
    return content


async def _require_new(act: PersonalAct, plan: Plan, given: NewReport, own: UUID | None) -> None:
    """Raise `AlreadyReportedError` where the period has its report already."""
    if given.kind == ReportKind.PERIODIC and given.period is not None and not given.with_plans:
        found = await queries.find_first(act.session, plan.id, given.period, own)
        if found is not None:
            raise AlreadyReportedError(given.period, f"/v1/reports/{found}")


async def _content(
    act: PersonalAct, plans: Sequence[Plan], asked: ReportRequested
) -> ReportContent:
    agency = await act.session.get_one(Agency, act.principal.agency_id)
    contents = [await content_of(act.session, plan, agency, asked) for plan in plans]
    return contents[0] if len(contents) == 1 else joint(contents)


async def _lock_assignments(act: PersonalAct, plans: Iterable[Plan]) -> None:
    """Nobody files meanwhile: all numbers of a report are of one moment."""
    for plan in sorted(plans, key=lambda plan: plan.id):
        await lock_assignments_of(act.session, plan.id)


async def consolidate(
    act: PersonalAct, plans: Sequence[Plan], given: NewReport, *, due_soon_days: int
) -> ConsolidatedReport:
    """Freeze the first version of a report; the rows of its plans are locked."""
    await _lock_assignments(act, plans)
    content = await add_up(act, plans, given, due_soon_days=due_soon_days)
    return await _store(act, content, previous=None, reason=None)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The reason for a report's next version, and its new values; None leaves a value as it was."""

    reason: str
    as_of: date | None
    title: str | None
    notes: Mapping[str, str] | None


async def reissue(
    act: PersonalAct, case: ReportCase, given: NewVersion, *, due_soon_days: int
) -> ConsolidatedReport:
    """Freeze the next version of a report, of the same days, as everything stands now."""
    report = case.report
    plans = await queries.plans_of(act.session, report)
    _require(act.principal, plans, report.own_id)
    _require_latest(case)
    before = read_content(await queries.content_of(act.session, report), report)
    window = window_of(
        report.data_from, report.data_to, given.as_of, local_day(act.at), due_soon_days
    )
    asked = ReportRequested(
        report.kind,
        report.period,
        window,
        given.title or report.title,
        before.notes if given.notes is None else ReportNotes(**given.notes),
        report.version + 1,
        act.at,
        report.own_id,
    )
    await _lock_assignments(act, plans)
    content = await _content(act, plans, asked)
    return await _store(act, content, previous=report, reason=given.reason)


async def sign_off(act: PersonalAct, case: ReportCase, signing: SigningOff) -> None:
    """Keep under which number, on which day and by whom the report was signed: once."""
    report = case.report
    _require(act.principal, [case.plan], report.own_id)
    _require_latest(case)
    if report.number is not None:
        raise ReportSignedError(report.number, report.signed_on)
    frozen_on, today = local_day(report.frozen_at), local_day(act.at)
    if not frozen_on <= signing.signed_on <= today:
        text = Text(
            f"Ngày ký phải từ ngày chốt báo cáo ({day_words(frozen_on)}) đến hôm nay.",
            f"It is signed on a day from its freeze ({frozen_on}) to today.",
        )
        raise invalid_at("#/signed_on", "signed_outside", text)
    report.number, report.signed_on = signing.number, signing.signed_on
    report.signer, report.signed_at = signing.signer, act.at
    report.signed_by_id = act.principal.client_id
    report.signed_for_id = act.principal.agency_id
    act.note("signed", subject(report), number=signing.number)
    await act.session.flush()


def read_content(text: str, report: ConsolidatedReport) -> ReportContent:
    """The frozen content; raises `BrokenReportError` where its hash is not the frozen one."""
    require_unbroken(text, report)
    return ReportContent.read(text)


def require_unbroken(text: str, report: ConsolidatedReport) -> None:
    """Raise `BrokenReportError` where the hash of a text is not the frozen one."""
    if digest(text) != report.sha256:
        raise BrokenReportError()


def _require_latest(case: ReportCase) -> None:
    if case.is_superseded:
        raise ReportSupersededError()


async def _store(
    act: PersonalAct,
    content: ReportContent,
    *,
    previous: ConsolidatedReport | None,
    reason: str | None,
) -> ConsolidatedReport:
    text = canonical(content)
    report = ConsolidatedReport(
        plan_id=content.plan.id,
        own_id=content.own_id,
        with_plan_ids=[plan.id for plan in content.with_plans],
        kind=content.kind,
        period=content.period,
        data_from=content.data_from,
        data_to=content.data_to,
        as_of=content.as_of,
        title=content.title,
        version=content.version,
        previous_id=None if previous is None else previous.id,
        reason=reason,
        sha256=digest(text),
        frozen_at=act.at,
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    act.session.add(report)
    await act.session.flush()
    act.session.add(ConsolidatedContent(consolidated_report_id=report.id, content=text))
    act.note("frozen", subject(report), version=report.version, sha256=report.sha256)
    await act.session.flush()
    return report
