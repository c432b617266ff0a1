"""The one rule by which SQL derives in time, due soon, overdue, on time and late."""

from collections.abc import Iterable

TODAY = "cast(:today as date)"
"""SQL of the day in question, as statements name it."""
CALLED_OFF = ("revoked", "not_applicable", "ended_with_task", "carried_over", "unfinished_at_close")
"""The statuses of assignments that nobody owes any more, though they were not completed."""
NEVER_LATE = ("suspended", *CALLED_OFF, "merged", "split")
"""The statuses that no deadline judges."""


def among(values: Iterable[str]) -> str:
    """SQL of the list of these values, of which none has a quotation mark."""
    return ", ".join(f"'{value}'" for value in values)


def timeliness(row: str, *, deadline: str = "deadline_on", today: str = TODAY) -> str:
    """SQL of the timeliness of a row with `starts_on`, `status`, `reported_on` and `completed_on`
    on *today*.

    A deadline counts as in time until its last day is over; it is near from `:due_soon_days` days
    before it. An assignment that awaits confirmation is judged by the day on which it was reported:
    a slow confirmer makes nobody late. One whose occurrence has not begun is upcoming. Null for a
    status that is in no rate, and while a handover is awaited, since nobody is late then.
    """
    due = f"{row}.{deadline}"
    return f"""case
    when {row}.awaits_handover then null
    when {row}.status in ({among(NEVER_LATE)}) then null
    when {today} < {row}.starts_on then 'upcoming'
    when {due} is null then 'no_deadline'
    when {row}.status = 'completed' and {row}.completed_on <= {due} then 'on_time'
    when {row}.status = 'completed' then 'late'
    when {row}.status = 'awaiting_confirmation' and {row}.reported_on <= {due}
    then 'reported_on_time'
    when {row}.status = 'awaiting_confirmation' then 'reported_late'
    when {today} > {due} then 'overdue'
    when {due} - {today} <= :due_soon_days then 'due_soon'
    else 'in_time'
  end"""
