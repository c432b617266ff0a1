"""Setting the reporting regime of a plan, and changing its expected submissions accordingly."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.lifetimes import life_of_plan
from app.domain.plans.plans import require_issued, subject
from app.domain.records import Note, Subject
from app.domain.references import agencies_named
from app.domain.regimes.fields import fields_of, require_countable
from app.domain.regimes.layout import Period
from app.domain.regimes.plan_periods import PlanPeriods, plan_periods
from app.domain.submissions.expect import expect_submissions
from app.errors import Text, invalid_at
from app.models import AssigneeRole, Plan, PlanStatus, ReportingRegime, SubmissionStatus
from app.official_words import day_words
from app.queries.plans import plans as plan_queries
from app.queries.plans.plans import visible_plan_id
from app.queries.regimes import regimes as queries
from app.queries.regimes.regimes import SubmissionChange, UnbegunSubmission


async def set_regime(
    act: PersonalAct,
    plan: Plan,
    given: Mapping[str, Any],
) -> ReportingRegime:
    """Set the regime of a draft, or add one to an issued plan that takes effect from a day on.

    *given* are the fields that were sent; absent ones are the preset's, or those of NĐ 09/2019.
    """
    if plan.status != PlanStatus.DRAFT:
        require_issued(plan)
    require(act.principal, Power.SET_REGIME, plan)
    fields = fields_of(given)
    await require_countable(act.session, fields)
    receiver = fields.pop("receiver", None)
    if receiver is not None:
        [agency] = await agencies_named(act.session, [("#/receiver", receiver)])
        fields["receiver_id"] = agency.id
    regime = ReportingRegime(plan_id=plan.id, **fields)
    plan.updated_at = act.at
    if plan.status == PlanStatus.DRAFT:
        await queries.delete_regimes(act.session, plan.id)
        act.session.add(regime)
        act.note("regime_set", subject(plan))
        return regime
    await _attach(act, plan, regime)
    return regime


async def periods_of(session: AsyncSession, plan: Plan, year: int) -> PlanPeriods:
    """The periods of a year by the plan's regimes; a draft without a regime has none."""
    if not await plan_queries.list_regimes(session, visible_plan_id(plan)):
        return PlanPeriods((), ())
    return await plan_periods(session, plan, year, year)


async def _attach(
    act: PersonalAct,
    plan: Plan,
    regime: ReportingRegime,
) -> None:
    """Add a regime to an issued plan from a day that has not passed.

    Submissions that nobody has begun, of periods from that day on, follow the new regime: they get
    its days, or are waived where it has no such period. All others stay as they are. The first
    regime that somebody chooses may take the place of the running period, if nobody has begun to
    report on it.
    """
    today, life = local_day(act.at), life_of_plan(plan)
    regimes = await plan_queries.list_regimes(act.session, visible_plan_id(plan))
    first = regimes[0].effective_from
    running = await _running_default(act.session, plan, regimes, today)
    from_day = regime.effective_from
    if running is not None and max(first, running.data_from) <= from_day <= running.data_to:
        if not await queries.is_begun(act.session, plan.id, running.id):
            regime.cuts_running, from_day = True, running.data_from
        elif from_day < today:
            text = Text(
                "Kỳ này đã có cơ quan báo cáo; chế độ mới áp dụng được từ ngày"
                f" {day_words(today)}.",
                f"Somebody has begun to report on this period: it may take effect from {today} on.",
            )
            raise invalid_at("#/effective_from", "period_begun", text)
    if not regime.cuts_running and (
        not max(today, first) <= regime.effective_from <= life.ends_on
        or regime.effective_from == first
    ):
        text = Text(
            f"Ngày áp dụng phải từ {day_words(today)}, sau {day_words(first)} và không quá"
            f" {day_words(life.ends_on)}.",
            f"It may take effect from {today} on, after {first} and by {life.ends_on}.",
        )
        raise invalid_at("#/effective_from", "not_a_coming_day", text)
    for other in regimes:
        if other.effective_from == regime.effective_from:
            other.replaced_at = act.at
    await act.session.flush()
    act.session.add(regime)
    await act.session.flush()
    layout = await plan_periods(act.session, plan, life.first_year, today.year + 1)
    counts = await _follow(act, plan, regime, layout, from_day=from_day)
    expected = await expect_submissions(act.session, plan, at=act.at)
    counts["expected"] = counts.get("expected", 0) + expected
    day = regime.effective_from.isoformat()
    act.note(
        "regime_set",
        subject(plan),
        effective_from=day,
        **counts,
    )


async def _running_default(
    session: AsyncSession, plan: Plan, regimes: Sequence[ReportingRegime], today: date
) -> Period | None:
    """The period that runs today, where nobody has chosen a regime of the plan yet."""
    if not all(one.is_default for one in regimes):
        return None
    layout = await plan_periods(session, plan, today.year - 1, today.year + 1)
    return next((one for one in layout.periods if one.data_from <= today <= one.data_to), None)


async def _follow(
    act: PersonalAct,
    plan: Plan,
    regime: ReportingRegime,
    layout: PlanPeriods,
    *,
    from_day: date,
) -> dict[str, int]:
    """Change the unbegun submissions of the plan; returns the number of each action."""
    reason = f"Thay bằng chế độ báo cáo áp dụng từ ngày {day_words(regime.effective_from)}."
    changes: list[SubmissionChange] = []
    notes: list[Note] = []
    periods = {role: {one.id: one for one in layout.owed_as(role)} for role in AssigneeRole}
    for submission in await queries.lock_unbegun_submissions(act.session, plan.id, from_day):
        period = periods[submission.role].get(submission.period)
        if period is not None and period.data_from < from_day:
            continue
        followed = _follows(submission, period, reason, today=local_day(act.at))
        if followed is not None:
            action, change = followed
            changes.append(change)
            notes.append(_note(plan, submission, action, change))
    await queries.change_submissions(act.session, changes, at=act.at)
    await act.record(notes)
    return {
        action: sum(note.action == action for note in notes) for action in {n.action for n in notes}
    }


def _follows(
    submission: UnbegunSubmission, period: Period | None, reason: str, *, today: date
) -> tuple[str, SubmissionChange] | None:
    """The action on an unbegun submission and its change by the new layout; None: no change."""
    is_waived = submission.status == SubmissionStatus.WAIVED
    if period is None:
        if is_waived:
            return None
        days = submission.data_from, submission.data_to, submission.due_on
        return "waived", SubmissionChange(submission.id, *days, SubmissionStatus.WAIVED, reason)
    due_on = period.due_on
    if due_on is None or due_on < today:
        # Nothing is due backwards, nor in a year without calendar before its data are complete.
        due_on = max(submission.due_on, period.data_to)
    days = period.data_from, period.data_to, due_on
    if not is_waived and days == (submission.data_from, submission.data_to, submission.due_on):
        return None
    action = "expected" if is_waived else "rescheduled"
    return action, SubmissionChange(submission.id, *days, SubmissionStatus.EXPECTED, None)


def _note(plan: Plan, submission: UnbegunSubmission, action: str, change: SubmissionChange) -> Note:
    detail = {"period": submission.period, "due_on": change.due_on.isoformat()}
    if action == "rescheduled":
        detail["due_on_before"] = submission.due_on.isoformat()
    return Note(action, Subject("submission", submission.id, plan.id, submission.agency_id), detail)
