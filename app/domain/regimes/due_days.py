"""Moving the due days of submissions after the calendar of working days was corrected."""

from uuid import UUID

from app.clock import local_day
from app.domain.acts import Act
from app.domain.records import Note, Subject
from app.domain.regimes.plan_periods import layout_by_regimes, rules_of
from app.domain.regimes.working_days import Calendar
from app.queries.regimes import regimes as queries
from app.queries.regimes.regimes import DueDayChange
from app.queries.submissions.effects import SubmissionEffect


async def follow_calendar(
    act: Act,
    before: Calendar,
    after: Calendar,
) -> list[SubmissionEffect]:
    """Move the due days that were counted by the calendar *before*; answers the submissions that
    moved.

    A submission moves if it is not due yet, nothing was filed on it and nobody moved its day
    otherwise; none moves into the past. The old day and the new one are recorded.
    """
    today = local_day(act.at)
    effects: list[SubmissionEffect] = []
    notes: list[Note] = []
    for plan_id, regimes in (await queries.regimes_of_issued_plans(act.session)).items():
        if not any(rules_of(regime).counts_working_days for regime in regimes):
            continue
        # Submissions of the windows of an earlier year may still be open.
        years = (min(today.year, regimes[0].effective_from.year), today.year + 2)
        was, now = (layout_by_regimes(regimes, *years, known).periods for known in (before, after))
        moved = [
            DueDayChange(old.id, old.data_to, old.due_on, new.due_on)
            for old, new in zip(was, now, strict=True)
            if new.due_on is not None
            and old.due_on != new.due_on
            and min(old.due_on or today, new.due_on) >= today
        ]
        changed = await queries.move_due_days(act.session, plan_id, moved, at=act.at)
        effects += changed.values()
        notes += [_note(plan_id, row_id, effect) for row_id, effect in changed.items()]
    await act.record(notes)
    return effects


def _note(plan_id: UUID, row_id: UUID, effect: SubmissionEffect) -> Note:
    owed, before = effect.owed, effect.due_on_before
    detail = {
        "period": owed.period,
        "due_on_before": before and before.isoformat(),
        "due_on": owed.due_on.isoformat(),
    }
    return Note("rescheduled", Subject("submission", row_id, plan_id, owed.agency_id), detail)
