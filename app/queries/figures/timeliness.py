"""The one rule by which SQL derives in time, due soon, overdue, on time and late."""

TODAY = "cast(:today as date)"
"""SQL of the day in question, as statements name it."""


def timeliness(row: str, *, deadline: str = "deadline_on", today: str = TODAY) -> str:
    """SQL of the timeliness of a row with `status`, `reported_on` and `completed_on` on *today*.

    A deadline counts as in time until its last day is over. An assignment that awaits confirmation
    is judged by the day on which it was reported: a slow confirmer makes nobody late. A deadline is
    near from `:due_soon_days` days before it. Null for a status that is in no rate, and while a
    handover is awaited, since nobody is late then.
    """
    due = f"{row}.{deadline}"
    judged = (
        f"case when {row}.status = 'awaiting_confirmation' then {row}.reported_on else {today} end"
    )
    return f"""case
    when {row}.awaits_handover then null
    when {row}.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when {due} is null then 'no_deadline'
    when {row}.status = 'completed' and {row}.completed_on <= {due} then 'on_time'
    when {row}.status = 'completed' then 'late'
    when {judged} > {due} then 'overdue'
    when {due} - ({judged}) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end"""
