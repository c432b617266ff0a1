"""Submissions as they stood at the end of a past day, under the names of their rows of today.

The state of one comes from its attempts, the decisions on them and the days of its waivers, by the
same rule as in the figures; its agency, from the states of its assignment. Drafts of a past day are
not stored.
"""

from dataclasses import replace

from app.queries.figures.reporting_tree import FILINGS
from app.queries.figures.status_tree import HELD
from app.queries.submissions.submissions import SUBMISSIONS, VISIBLE

# The last attempt stands until it is returned or withdrawn, and what was accepted before it stands
# all the same.
STATUS = """case
      when p.waived_on <= p.today or w.id is not null then 'waived'
      when t.number is null then 'expected'
      when t.decision is null then 'submitted'
      when t.decision = 'accepted' or a.received_on is not null then 'accepted'
      when t.decision = 'returned' then 'returned'
      else 'expected'
    end"""
THEN = f"""
(
  select p.id, p.report_request_id, p.period, p.data_from, p.data_to, p.due_on, {STATUS} as status,
    coalesce(t.number, 0) as attempts,
    coalesce(a.received_on, t.received_on) as received_on,
    case when {STATUS} in ('submitted', 'accepted') then (
      select max(b.number) from submission_attempt b
      join submission_review r on r.attempt_id = b.id
       where b.submission_id = p.id and r.decision = 'accepted' and r.decided_on <= p.today
    ) end as accepted_attempt,
    case when p.waived_on <= p.today then p.waived_reason else w.reason end as waived_reason,
    p.updated_at, p.xmin, p.assignment_id as now_of, coalesce(
      before.from_assignment_id, p.assignment_id) as assignment_id,
    before.from_assignment_id is not null as has_moved_since
  from (
    select u.*, u.xmin, cast(:today as date) as today from submission u
     where u.expected_on <= :today
  ) p {FILINGS.format(noun="submission")}
  left join submission_waiver w
    on w.submission_id = p.id and w.waived_on <= p.today and w.ended_on > p.today
  left join lateral (
    select m.from_assignment_id from submission_move m
     where m.submission_id = p.id and m.moved_on > p.today
     order by m.moved_on, m.sequence limit 1
  ) before on true
) submission
join lateral (
  select submission.assignment_id as id, s.plan_id, s.task_id, s.agency_id, s.status,
    s.awaits_handover, s.reported_on, s.since as changed_on
  from assignment_state s
  where {HELD} and s.assignment_id = coalesce(
    (select o.assignment_id from assignment_state o
      where o.assignment_id = submission.assignment_id
        and o.since <= :today and (o.until is null or o.until > :today)),
    (select o.merged_into_id from assignment o
      where o.id = submission.assignment_id and not submission.has_moved_since))
) assignment on true
"""
"""SQL of the rows `submission` and `assignment` of the day `:today`. A report counts with the
assignment into which its own was merged."""
# The right to read a submission of a past day is the right of today.
VISIBLE_THEN = f"""exists (
  select from assignment where assignment.id = submission.now_of and {VISIBLE})"""
OF_TODAY = """submission.now_of = any(array(
  select now.id from assignment now where {condition}))"""
# An assignment is merged into another of its task alone. So an index finds the submissions that
# there are today, and only theirs are put back into the state of the day.
TODAY_OF_TASK = OF_TODAY.format(condition="now.task_id = :task")
TODAY_OF_ASSIGNMENT = OF_TODAY.format(
    condition="now.task_id = (select a.task_id from assignment a where a.id = :assignment)"
)
TODAY_OF_PLAN = OF_TODAY.format(condition="now.plan_id = :plan")
TODAY_OF_PLANS = OF_TODAY.format(condition="now.plan_id = any(cast(:plans as uuid[]))")
SUBMISSIONS_THEN = replace(
    SUBMISSIONS,
    conditions={
        **SUBMISSIONS.conditions,
        "assignment": f"{SUBMISSIONS.conditions['assignment']} and {TODAY_OF_ASSIGNMENT}",
        "task": f"{SUBMISSIONS.conditions['task']} and {TODAY_OF_TASK}",
        "plan": f"{SUBMISSIONS.conditions['plan']} and {TODAY_OF_PLAN}",
        "plans": f"{SUBMISSIONS.conditions['plans']} and {TODAY_OF_PLANS}",
    },
    found_by_index=dict.fromkeys(SUBMISSIONS.orders, frozenset({"plan", "plans"})),
)
"""The list of submissions as they stood at the end of a past day."""
