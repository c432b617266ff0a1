"""Writing and filing an agency's report on a plan: its assessment, with all that is drafted.

NĐ 09/2019/NĐ-CP, Điều 7: one report an agency and period, by the outline of the regime.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.agency_reports.states import is_writable, subject
from app.domain.authority import Power, refusal, require
from app.domain.plans.plans import require_issued
from app.domain.submissions.states import (
    S,
    SubmissionStateError,
    change_status,
    require_receivable,
)
from app.domain.submissions.wanted import LACKING, NOT_LATE
from app.domain.submissions.write import (
    SubmissionWords,
    file_submission,
    require_answers,
    require_document_issued,
    require_open,
)
from app.errors import Fault, InvalidError, NotFoundError, Text, TrackerError
from app.models import AgencyReport, AgencyReportAttempt, AgencyReportPart, Plan, Wanted
from app.models.base import new_id
from app.queries.agency_reports import drafts, parts, reports
from app.queries.bulk import insert_rows
from app.queries.submissions.case_rows import HeldCase, SubmissionChanges
from app.queries.submissions.cases import submission_cases
from app.queries.submissions.push_writes import store_changes
from app.queries.submissions.requests import questions_of

SECTIONS = (
    "situation",
    "results",
    "shortcomings",
    "causes",
    "difficulties",
    "proposals",
    "next_period",
)
"""The headings of an agency's assessment, in the order of its report."""


class WrittenReport(NamedTuple):
    """The content that a caller writes for an agency and a period. *received_on* is the day of
    receipt where the plan's coordinator or issuer enters the report for the agency, None where the
    agency files it itself."""

    agency_id: uuid.UUID
    period: str
    content: Mapping[str, Any]
    received_on: date | None = None


async def lock_or_make_report(
    act: PersonalAct, plan: Plan, written: WrittenReport
) -> tuple[AgencyReport, bool]:
    """The row of the report, locked until the transaction ends, and whether it was made just now.

    Raises `PermissionDeniedError` for a caller who may neither write nor enter it, and
    `NotFoundError` where the agency reports nothing for the period.
    """
    concerned = (written.agency_id,)
    if written.received_on is None:
        require(act.principal, Power.REPORT, plan, concerned=concerned)
    elif act.principal.agency_id in concerned:
        # Nobody sets the day of receipt of their own report.
        raise refusal(Power.ENTER_REPORT)
    else:
        require(act.principal, Power.ENTER_REPORT, plan)
    require_issued(plan)
    key = plan.id, written.agency_id, written.period
    found = await reports.lock_agency_report(act.session, *key)
    if found is not None:
        return found, False
    days = await reports.find_period(act.session, *key)
    if days is None:
        raise NotFoundError(reports.NO_SUCH_REPORT)
    row = {"plan_id": plan.id, "agency_id": written.agency_id, "period": written.period}
    await insert_rows(
        act.session,
        AgencyReport,
        [
            {
                "id": new_id(),
                **row,
                **days._asdict(),
                "expected_on": local_day(act.at),
                "status": S.EXPECTED,
            }
        ],
        or_ignore=True,
    )
    made = await reports.lock_agency_report(act.session, *key)
    if made is None:
        raise NotFoundError(reports.NO_SUCH_REPORT)
    return made, True


async def write_report(
    act: PersonalAct, plan: Plan, report: AgencyReport, written: WrittenReport, *, submit: bool
) -> None:
    """Save a draft, or file it in the same step; the same content again changes nothing."""
    content = dict(written.content)
    latest = await reports.latest_attempt(act.session, report)
    is_filed = report.status in (S.SUBMITTED, S.ACCEPTED)
    if latest is not None and latest.content == content and (submit or is_filed):
        return
    if not is_writable(report):
        raise SubmissionStateError(report.status, S.SUBMITTED if submit else S.DRAFT)
    require_answers(await _questions(act, report), content)
    require_document_issued(content, local_day(act.at))
    if submit or written.received_on is not None:
        await _file(act, plan, report, content, written.received_on)
        return
    draft = await drafts.own_draft(act.session, act.principal, report)
    if draft is None or draft.content != content:
        await drafts.save_draft(act.session, report, content, at=act.at)
        act.audit("drafted", subject(report))


async def submit_report(act: PersonalAct, plan: Plan, report: AgencyReport) -> None:
    """File the draft; a report that was filed just now is left as it is."""
    require(act.principal, Power.REPORT, plan, concerned=(report.agency_id,))
    require_issued(plan)
    if report.status == S.SUBMITTED:
        return
    draft = await drafts.own_draft(act.session, act.principal, report)
    if draft is None:
        raise SubmissionStateError(report.status, S.SUBMITTED)
    await _file(act, plan, report, draft.content, None)


async def _file(
    act: PersonalAct,
    plan: Plan,
    report: AgencyReport,
    content: dict[str, Any],
    received_on: date | None,
) -> None:
    """Make an attempt of the content, and file the drafts of the period with it. An attempt that
    somebody enters for an agency leaves the agency's drafts alone."""
    today = local_day(act.at)
    if received_on is not None:
        require_receivable(report, received_on, today=today)
    day = received_on or today
    keys = await parts.keys_of(act.session, plan.id, report.agency_id, report.period)
    found = await submission_cases(act.session, keys, day=today, lock=True) if keys else {}
    cases = list(found.values())
    wants = {one for case in cases for one in case.wants}
    faults = list(_faults(report, content, wants, day=day, today=today))
    if faults:
        raise InvalidError(faults=faults)
    changes, faults = _file_drafts(act, [] if received_on else cases, content)
    if Wanted.ALL_SUBMISSIONS in wants:
        faults += _missing(cases)
    if faults:
        raise InvalidError(faults=faults)
    if changes:
        await store_changes(act.session, changes, at=act.at)
    change_status(report, S.SUBMITTED)
    report.attempts += 1
    if report.accepted_attempt is None:
        report.received_on = day
    attempt = AgencyReportAttempt(
        agency_report_id=report.id,
        number=report.attempts,
        content=content,
        submitted_at=act.at,
        received_on=day,
        agency_id=report.agency_id,
        client_id=act.principal.client_id,
        entered_by_id=None if received_on is None else act.principal.agency_id,
    )
    act.session.add(attempt)
    await act.session.flush()
    await _keep_parts(act, attempt, cases)
    detail = {} if received_on is None else {"received_on": day.isoformat()}
    act.note("submitted", subject(report), attempt=report.attempts, **detail)


def _file_drafts(
    act: PersonalAct, cases: Iterable[HeldCase], content: Mapping[str, Any]
) -> tuple[list[SubmissionChanges], list[Fault]]:
    """File the drafts under the report's own document; answers the changes to store, and the faults
    of each draft."""
    changes: list[SubmissionChanges] = []
    faults: list[Fault] = []
    for case in filter(_is_to_file, cases):
        draft = case.submission.draft or {}
        words = draft if draft.get("document") else {**draft, "document": content["document"]}
        one = SubmissionChanges(case.assignment)
        try:
            require_open(case)
            given = SubmissionWords(words, case.submission.draft_narrative_id)
            file_submission(act.principal, case, one, given, at=act.at)
            changes.append(one)
        except TrackerError as error:
            faults += _of_submission(case, error)
    return changes, faults


def _is_to_file(case: HeldCase) -> bool:
    """True if the draft has something new: a returned or accepted attempt that was not changed is
    not filed again."""
    draft = case.submission.draft
    if draft is None or case.submission.status == S.SUBMITTED:
        return False
    is_kept = case.submission.status in (S.RETURNED, S.ACCEPTED)
    return not (is_kept and case.attempt is not None and case.attempt.content == draft)


def _of_submission(case: HeldCase, error: TrackerError) -> list[Fault]:
    """The faults of one draft, each with the ordinal of the draft's task."""
    place, ordinal = f"#/submissions/{case.submission.id}", case.task.ordinal
    found = [(one.pointer.removeprefix("#"), one.code, one.detail) for one in error.faults]
    return [
        Fault(
            place + pointer,
            code,
            Text(f"Nhiệm vụ {ordinal}: {detail.vi}", f"Task {ordinal}: {detail.en}"),
        )
        for pointer, code, detail in found or [("", error.code, error.detail)]
    ]


def _missing(cases: Iterable[HeldCase]) -> list[Fault]:
    """A fault for each submission of the period that was not filed."""
    return [
        Fault(
            f"#/submissions/{case.submission.id}",
            "missing_submission",
            Text(
                f"Nhiệm vụ {case.task.ordinal} chưa có báo cáo trong kỳ.",
                f"Nothing was filed on task {case.task.ordinal} for the period.",
            ),
        )
        for case in cases
        if case.submission.status not in (S.SUBMITTED, S.ACCEPTED)
    ]


async def _keep_parts(
    act: PersonalAct, attempt: AgencyReportAttempt, cases: Sequence[HeldCase]
) -> None:
    """Keep which attempts at submissions were filed with, or before, this one."""
    filed = [
        case.submission.id for case in cases if case.submission.status in (S.SUBMITTED, S.ACCEPTED)
    ]
    rows = [
        {"id": new_id(), "agency_report_attempt_id": attempt.id, "submission_attempt_id": one}
        for one in await parts.latest_attempt_ids(act.session, filed)
    ]
    await insert_rows(act.session, AgencyReportPart, rows)


def _faults(
    report: AgencyReport,
    content: Mapping[str, Any],
    wants: Collection[str],
    *,
    day: date,
    today: date,
) -> Iterator[Fault]:
    """The faults of the content for a filing that is received on *day*."""
    if not any(content[name].strip() for name in SECTIONS) and not content.get("answers"):
        yield Fault("#/results", *_required(*LACKING[Wanted.TEXT][1]))
    if not content.get("document"):
        yield Fault(
            "#/document",
            *_required(
                "Báo cáo phải nêu số và ngày văn bản.",
                "The report names its document: number and day.",
            ),
        )
    is_first = report.accepted_attempt is None
    is_late = is_first and day > report.due_on
    if is_late and Wanted.LATE_REASON in wants and not content.get("late_reason"):
        yield Fault("#/late_reason", *_required(*LACKING[Wanted.LATE_REASON][1]))
    if content.get("late_reason") and not is_late:
        yield Fault("#/late_reason", "not_late", NOT_LATE)
    is_correction = not is_first and today > report.data_to
    if is_correction and not content.get("correction_reason"):
        yield Fault(
            "#/correction_reason",
            *_required(
                "Kỳ báo cáo đã kết thúc: báo cáo đính chính phải nêu lý do.",
                "The period has ended: a correction says why it is made.",
            ),
        )


def _required(vi: str, en: str) -> tuple[str, Text]:
    return "required", Text(vi, en)


async def _questions(act: PersonalAct, report: AgencyReport) -> set[str] | None:
    """The ids of the questions that the report's request asks; None of a regular report."""
    if report.report_request_id is None:
        return None
    found = await questions_of(act.session, [report.report_request_id])
    return {question for ids in found.values() for question in ids}
