"""The following up of the sample's years: requests and reminders of the coordinator, requests and
corrections of agencies, decisions of the issuer. Numbers of documents are made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.cli import sample_words as words
from app.cli.sample_cast import Cast
from app.cli.sample_life import PLAYED_BY_HAND
from app.domain.amendments import amendments
from app.domain.assignments import actions, extensions
from app.domain.assignments.extensions import ExtensionApproval, ExtensionRequest
from app.domain.plans.relations import NewActionPlan, register
from app.domain.reminders.remind import ReminderByHand, remind_by_hand
from app.domain.submissions import push, requests, review
from app.models import AmendmentKind, AnsweredBy, Assignment, ReportRequestKind
from app.queries import sample as queries
from app.queries.amendments.amendments import AmendmentCase
from app.queries.assignments.actions import AssignmentCase
from app.queries.assignments.extensions import get_extension
from app.queries.plans.plans import visible_plan_id
from app.queries.registry.agencies import get_agency
from app.queries.reminders.by_hand import overdue_agencies
from app.queries.submissions.submissions import get_submission

WITH_ACTION_PLANS = ("BCHQS", "BQLKKT", "SGDDT", "STC", "STP", "SYT")
ASKED = ("BCHQS", "BQLKKT", "SGDDT", "SNV", "STC", "STP", "SYT")
"""Agencies that are there in all years; of those asked, the first few answer."""
ANSWERING = 4
WHY_MORE_TIME = (
    "Chờ văn bản hướng dẫn của cơ quan cấp trên.",
    "Kinh phí được giao trong quý IV.",
    "Thay đổi đầu mối sau khi sắp xếp tổ chức bộ máy.",
)
SHORTER = "Cần hoàn thành trước kỳ họp thường lệ giữa năm."
NOT_GRANTED = "Nội dung đã được bố trí đủ nguồn lực từ đầu năm."
SUSPENDED = "Tạm dừng chờ sắp xếp tổ chức bộ máy."
REMINDED_FOR = "Còn nhiệm vụ, báo cáo quá hạn."
ASKED_FOR = "Kết quả thông tin đối ngoại phục vụ đoàn giám sát"
CORRECTED = "Số liệu được rà soát lại sau khi kết thúc kỳ báo cáo."
ADDED = {
    "change": "add",
    "ordinal": "5.6",
    "title": "Xây dựng cơ sở dữ liệu thông tin đối ngoại dùng chung của tỉnh",
    "time_frame_text": "2025-2026",
    "assignees": [{"role": "lead", "source_text": "Cơ quan chuyên môn về chuyển đổi số"}],
}
"""A task whose lead nobody has understood yet."""


@dataclass(frozen=True, slots=True)
class YearOfFollowUp:
    """The days of a year on which it was followed up; None: that did not happen, or not yet."""

    asked_for_time: date
    decided: date
    more_time_until: date
    requested: date
    answered: date
    due: date
    reminded: date
    action_plans: date | None = None
    amended: date | None = None
    suspended: date | None = None
    corrected: date | None = None


YEARS = {
    "2024": YearOfFollowUp(
        date(2024, 11, 12), date(2024, 11, 22), date(2025, 3, 31),
        date(2024, 9, 3), date(2024, 9, 18), date(2024, 9, 20), date(2024, 12, 27),
        action_plans=date(2024, 6, 20), corrected=date(2025, 1, 6),
    ),
    "2025": YearOfFollowUp(
        date(2025, 10, 14), date(2025, 10, 27), date(2026, 3, 31),
        date(2025, 8, 4), date(2025, 8, 18), date(2025, 8, 20), date(2025, 11, 28),
        amended=date(2025, 9, 15), suspended=date(2025, 9, 8), corrected=date(2026, 1, 8),
    ),
    "2026": YearOfFollowUp(
        date(2026, 10, 13), date(2026, 10, 26), date(2027, 3, 31),
        date(2026, 10, 1), date(2026, 10, 14), date(2026, 10, 16), date(2026, 11, 12),
    ),
}  # fmt: skip


async def before_filing(cast: Cast, period: str) -> None:
    """Play the acts before the submissions of a year, as far as their days have come."""
    days = YEARS[period]
    if days.action_plans and days.action_plans < cast.until:
        await register_action_plans(cast, on=days.action_plans)
    if days.answered < cast.until:
        await ask_for_reports(cast, days)
    if days.amended and days.amended < cast.until:
        await add_task(cast, on=days.amended)
    if days.suspended and days.suspended < cast.until:
        await suspend(cast, period, on=days.suspended)
    if days.decided < cast.until:
        await ask_for_time(cast, period, days)


async def after_filing(cast: Cast, period: str) -> None:
    """Play the acts after the submissions of a year, as far as their days have come."""
    days = YEARS[period]
    if days.reminded < cast.until:
        await remind(cast, on=days.reminded)
    if days.corrected and days.corrected < cast.until:
        await correct(cast, period, on=days.corrected)


async def register_action_plans(cast: Cast, *, on: date) -> None:
    """Some agencies issue a plan of their own, by which they carry this one out."""
    for code in WITH_ACTION_PLANS:
        agency = await get_agency(cast.session, code)
        own = NewActionPlan(
            agency=None,
            number=f"MAU-01/KH-{code}",
            issued_on=on,
            title="Kế hoạch thực hiện nhiệm vụ thông tin đối ngoại được giao",
        )
        await register(cast.agency(agency.id, on), cast.plan, own)


async def ask_for_reports(cast: Cast, days: YearOfFollowUp) -> None:
    """The coordinator asks some agencies for a report beside the regular ones; most answer."""
    given = requests.NewReportRequest(
        kind=ReportRequestKind.AD_HOC,
        title=ASKED_FOR,
        number="MAU-04/CV-MAU",
        issued_on=days.requested,
        data_from=date(days.requested.year, 1, 1),
        data_to=days.requested,
        due_on=days.due,
        answered_by=AnsweredBy.AGENCY,
        agencies=ASKED,
        collectives=(),
        tasks=(),
        with_coordinating=False,
        questions=(),
    )
    asked = await requests.ask_report(cast.coordinates(days.requested), cast.plan, given)
    for code in ASKED[:ANSWERING]:
        agency = await get_agency(cast.session, code)
        await words.report(cast, agency, asked.period, days=(days.answered, days.due))


async def add_task(cast: Cast, *, on: date) -> None:
    """The plan is amended by a task whose lead it names in words that nobody has understood."""
    group_id = await queries.group_numbered(cast.session, cast.plan.id, "5")
    given = amendments.NewAmendment(
        kind=AmendmentKind.AMENDMENT,
        basis="MAU-05/KH-MAU",
        effective_on=on,
        reason="Bổ sung nhiệm vụ theo kết luận kiểm tra.",
        items=[ADDED | {"task_group_id": group_id}],
    )
    act = cast.issues(on)
    amendment = await amendments.draw_up(act, cast.plan, given)
    await amendments.issue(act, AmendmentCase(amendment, cast.plan), carried_out=True)
    await cast.session.flush()


async def suspend(cast: Cast, period: str, *, on: date) -> None:
    """Two assignments wait until it is settled how agencies are arranged."""
    order = actions.ActionReason(SUSPENDED, "MAU-06/QĐ-MAU")
    for one in (await _open(cast, period))[4::20][:2]:
        await actions.suspend(cast.issues(on), AssignmentCase(one, cast.plan), order)
    await cast.session.flush()


async def ask_for_time(cast: Cast, period: str, days: YearOfFollowUp) -> None:
    """Some agencies ask for more time: most get it, one for less, one does not, some wait."""
    for number, one in enumerate((await _open(cast, period))[::9][:8]):
        wish = ExtensionRequest(
            deadline_on=days.more_time_until,
            reason=WHY_MORE_TIME[number % len(WHY_MORE_TIME)],
            basis=f"MAU-{10 + number}/CV-MAU",
        )
        asking = cast.agency(one.agency_id, days.asked_for_time)
        asked = await extensions.ask_extension(asking, AssignmentCase(one, cast.plan), wish)
        decided = cast.issues(days.decided)
        case = await get_extension(cast.session, decided.principal, asked.id)
        if number == 0:
            day = date(days.more_time_until.year, 2, 28)
            shorter = ExtensionApproval(basis="MAU-07/CV-MAU", deadline_on=day, reason=SHORTER)
            await extensions.approve(decided, case, shorter)
        elif number == 1:
            extensions.refuse(decided, case, reason=NOT_GRANTED)
        elif number < 6:
            await extensions.approve(decided, case, ExtensionApproval(basis="MAU-08/CV-MAU"))
        await cast.session.flush()


async def remind(cast: Cast, *, on: date) -> None:
    """The coordinator reminds every third agency with something overdue."""
    act = cast.coordinates(on)
    given = ReminderByHand(overdue_only=True, reason=REMINDED_FOR, basis="MAU-09/CV-MAU")
    found = await overdue_agencies(cast.session, visible_plan_id(cast.plan), day=on)
    for agency in [one for one in found if one.code not in PLAYED_BY_HAND][::3]:
        await remind_by_hand(act, cast.plan, agency, given, has_mail=False)


async def correct(cast: Cast, period: str, *, on: date) -> None:
    """Have some agencies correct an accepted submission; the coordinator accepts it on the same
    day."""
    found = await queries.accepted_submissions(
        cast.session, cast.plan.id, period, but=PLAYED_BY_HAND
    )
    for submission, assignment in found[::30]:
        act = cast.agency(assignment.agency_id, on)
        held = await push.lock_submission(
            act.session, act.principal, assignment.id, submission.period, day=on
        )
        if held.attempt is None:
            continue
        content = {**held.attempt.content, "correction_reason": CORRECTED}
        # An update of an accepted submission is never late.
        content.pop("late_reason", None)
        content["results"] = f"Đã rà soát lại: {content['results']}"
        await push.push_submission(
            act.session, act.principal, held, content, submit=True, at=act.at
        )
        await cast.session.refresh(submission)
        case = await get_submission(cast.session, cast.coordinator, submission.id)
        await review.accept(cast.coordinates(on), case, submission.attempts)
        await cast.session.flush()


async def _open(cast: Cast, period: str) -> Sequence[Assignment]:
    """The assignments that agencies lead in a year and have not completed, in the plan's order."""
    return await queries.leads_at_work(
        cast.session, cast.plan.id, until=date(int(period), 12, 31), but=PLAYED_BY_HAND
    )
