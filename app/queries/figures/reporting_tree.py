"""The state of a submission on a day, whatever the state of the work, in SQL.

A submission's state at the end of a day comes from rows that are never rewritten: its attempts, the
decisions on them, and the days from which it was expected and waived. It is credited to the agency
that filed it. Until it is filed it is charged to the agency that owed it on its due day, as
`assignment_state` has it for its assignment, however many successors came since; before that day,
to the agency that owes it now. What a document asks of an agency once is counted alike, by the
agency's report: it belongs to no task, and has the role of a lead.

`stated` is written once for a day that is asked about and for all days on which the state of a
submission may change, from which the sums are made. A test holds it against a slow loop.
"""

from app.queries.figures.status_tree import held
from app.queries.figures.timeliness import TODAY

# Assignments of the day, each with its own submissions and those of assignments merged into it.
SUBMISSION = (
    "u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id,"
    " s.role, s.status, s.awaits_handover, s.plan_closed, {day} as today"
)
STAYS = """not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > {day})"""
# The first move after the day says which assignment a submission belonged to on it.
NEXT_MOVE = """m.moved_on > {day} and not exists (
      select from submission_move e where e.submission_id = m.submission_id
         and e.moved_on > {day} and (e.moved_on, e.sequence) < (m.moved_on, m.sequence))"""
PLACED = f"""
  select {SUBMISSION}
    from assignment_state s join submission u on u.assignment_id = s.assignment_id {{of_days}}
   where {STAYS} and {{where}}
  union all
  select {SUBMISSION}
    from assignment_state s
    join assignment a on a.merged_into_id = s.assignment_id
    join submission u on u.assignment_id = a.id {{of_days}}
   where {STAYS} and {{where}}
  union all
  select {SUBMISSION}
    from assignment_state s
    join submission_move m on m.from_assignment_id = s.assignment_id
    join submission u on u.id = m.submission_id {{of_days}}
   where {NEXT_MOVE} and {{where}}"""
# The last attempt stands until it is returned or withdrawn, and what was accepted before it stands
# all the same; the day of the first that was accepted, or else its own, makes it on time or late.
# The day of receipt is the one that the reviewer set right, if there is one.
STANDS_FILED = """t.decision, t.decided_on, t.received_on,
    case when a.received_on is not null then a.received_on
      when coalesce(t.decision, 'accepted') = 'accepted' then t.received_on end as filed_on,
    coalesce(a.agency_id, t.agency_id) as filed_by_id"""
FILINGS = """
  left join lateral (
    select b.id, b.number, b.agency_id, coalesce(r.received_on, b.received_on) as received_on,
      case when r.decided_on <= p.today then r.decision end as decision,
      case when r.decided_on <= p.today then r.decided_on end as decided_on
    from {noun}_attempt b left join {noun}_review r on r.attempt_id = b.id
     where b.{noun}_id = p.id and coalesce(r.received_on, b.received_on) <= p.today
     order by b.number desc limit 1
  ) t on true
  left join lateral (
    select coalesce(r.received_on, b.received_on) as received_on, b.agency_id
      from {noun}_attempt b
      join {noun}_review r on r.attempt_id = b.id
     where b.{noun}_id = p.id and r.decision = 'accepted' and r.decided_on <= p.today
       and t.number > 1
     order by b.number limit 1
  ) a on true"""
STANDING = f"""
  select p.*, w.id is not null as was_waived, {STANDS_FILED}
  from placed p {FILINGS.format(noun="submission")}
  left join submission_waiver w
    on w.submission_id = p.id and w.waived_on <= p.today and w.ended_on > p.today"""
# A request that each agency answers once. Whose it was on the day, or on the due day if that is
# past, is said by the first move after it.
ASKED = f"""
  select p.*, false as was_waived, {STANDS_FILED}
  from (
    select o.id, o.period, o.due_on, o.waived_on, cast(null as uuid) as assignment_id, o.plan_id,
      cast(null as uuid) as task_id, coalesce((
        select m.from_agency_id from agency_report_move m
         where m.agency_report_id = o.id and m.moved_on > least({{day}}, o.due_on)
         order by m.moved_on, m.id limit 1), o.agency_id) as agency_id, 'lead' as role,
      'in_progress' as status, false as awaits_handover, exists (
        select from assignment_state s
         where s.plan_id = o.plan_id and {{held}} and s.plan_closed) as plan_closed,
      {{day}} as today
    from agency_report o join report_request q on q.id = o.report_request_id {{of_days}}
    where q.answered_by = 'agency' and o.expected_on <= {{day}} and {{condition}}
  ) p {FILINGS.format(noun="agency_report")}"""
OWING = """o.since <= {submission}.due_on and (o.until is null or o.until > {submission}.due_on)
       and o.assignment_id = case when {asked} then coalesce((
         select m.from_assignment_id from submission_move m
          where m.submission_id = {submission}.id and m.moved_on > {submission}.due_on
          order by m.moved_on, m.sequence limit 1), {assignment}) end"""
"""SQL of the condition that `o` is the state, on the due day of a submission, of the assignment
with which it counted then: its agency owed the submission. No move is looked for of one that is not
*asked* about."""
CALLED_OFF = "'suspended', 'revoked', 'not_applicable', 'split'"
"""SQL of the statuses of assignments of which nothing that was not filed is owed."""
WHEN_DUE = OWING.format(asked="true", submission="submission", assignment="assignment.id")
SET_ASIDE = f"""(assignment.status in ({CALLED_OFF}) or coalesce(
  (select o.awaits_handover from assignment_state o where {WHEN_DUE}),
  assignment.awaits_handover))"""
"""SQL of the condition that nobody owes an overdue submission that was not filed: its assignment
was called off, or waited for a handover on its due day."""
UNFILED = "p.filed_on is null and p.due_on <= p.today"
OWNED = f"""
  select p.*,
    case when filed_on is not null then filed_by_id
      when not coalesce(o.awaits_handover, p.awaits_handover)
      then coalesce(o.agency_id, p.agency_id) end as owner_id,
    coalesce(o.awaits_handover, p.awaits_handover) as is_unowned
  from standing p
  left join lateral (
    select o.agency_id, o.awaits_handover from assignment_state o
     where {OWING.format(asked=UNFILED, submission="p", assignment="p.assignment_id")}
  ) o on true"""
STATE = f"""case
    when waived_on <= today or was_waived then 'waived'
    when filed_on is not null then 'filed'
    when is_unowned or plan_closed or status in ({CALLED_OFF})
    then 'set_aside'
    else 'owed'
  end"""
STATED = f"""
  select id, plan_id, task_id, owner_id, period, role, plan_closed, today, due_on, state,
    case when state = 'filed' then filed_on end as filed_on,
    case when state = 'filed' and decision is null then 'waiting'
      when state = 'filed' then 'accepted'
      when state = 'owed' and decision = 'returned' then 'returned' end as review,
    case when state = 'filed' and decision is null then received_on
      when state = 'owed' and decision = 'returned' then decided_on end as review_since
  from (select *, {STATE} as state from owned) owned"""
"""SQL of the state of a submission from a day on until something happens to it; the changes that
passing days bring follow from `due_on`."""
STEPS = {"overdue_up_to_7": 7, "overdue_up_to_30": 30, "overdue_up_to_365": 365}
KINDS = (
    "waived",
    "filed_early",
    "on_time",
    "late",
    "set_aside",
    "not_due",
    "due_today",
    *STEPS,
    "overdue_longer",
)
"""Each submission is of one kind; every number of the tree sums kinds, or is in `REVIEWED`."""
REVIEWED = ("waiting", "accepted", "returned")
NUMBERS = {kind: f"kind = '{kind}'" for kind in KINDS} | {
    review: f"review = '{review}'" for review in REVIEWED
}
"""SQL of the condition of each number, of a row with its kind and its review."""


def kind(today: str) -> str:
    """SQL of the kind of a row of `STATED` on a day on which it holds."""
    overdue = "\n    ".join(
        f"when {today} - due_on <= {days} then '{name}'" for name, days in STEPS.items()
    )
    return f"""case
    when state in ('waived', 'set_aside') then state
    when state = 'filed' and due_on > {today} then 'filed_early'
    when state = 'filed' and filed_on <= due_on then 'on_time'
    when state = 'filed' then 'late'
    when due_on > {today} then 'not_due'
    when due_on = {today} then 'due_today'
    {overdue}
    else 'overdue_longer'
  end"""


def stated(
    *,
    day: str = TODAY,
    of_submissions: str = "true",
    of_requests: str | None = "true",
    joined: tuple[str, str] = ("", ""),
) -> str:
    """SQL of `stated`, with what it is made of: a row for each submission and each agency's report
    that was asked for, as it stood on *day*.

    The conditions are on `s`, `u` and on `o`; without *of_requests* no agency's report is among
    them. Where *day* is a column, *joined* is SQL of two joins that give each submission, and each
    report, its days.
    """
    holds = held(day)
    where = f"{holds} and u.expected_on <= {day} and {of_submissions}"
    placed = PLACED.format(day=day, of_days=joined[0], where=where)
    asked = "" if of_requests is None else " union all " + ASKED.format(
        day=day, held=holds, of_days=joined[1], condition=of_requests
    )  # fmt: skip
    return (
        f"placed as ({placed}), standing as ({STANDING}{asked}), owned as ({OWNED}),"
        f" stated as ({STATED})"
    )
