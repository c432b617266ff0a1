"""In time, due soon, overdue, on time, late: derived in SQL, by the same rule everywhere."""

TODAY = "cast(:today as date)"
"""SQL of the day in question, as statements name it."""


def timeliness(row: str, *, deadline: str = "deadline_on", today: str = TODAY) -> str:
    """The SQL of how a row with `status`, `reported_on` and `completed_on` stands on *today*.

    What waits for confirmation is judged by the day it was reported: a slow confirmer makes
    nobody late. `:due_soon_days` says from when a deadline is near. Null outside the figures, and
    while a handover is awaited: it is nobody's fault then.
    """
    due = f"{row}.{deadline}"
    judged = (
        f"case when {row}.status = 'awaiting_confirmation' then {row}.reported_on else {today} end"
    )
    return f"""case
    when {row}.awaits_handover then null
    when {row}.status in ('suspended', 'revoked', 'not_applicable', 'merged') then null
    when {due} is null then 'no_deadline'
    when {row}.status = 'completed' and {row}.completed_on <= {due} then 'on_time'
    when {row}.status = 'completed' then 'late'
    when {judged} > {due} then 'overdue'
    when {due} - ({judged}) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end"""
