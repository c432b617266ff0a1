-- Run by app.queries.consolidated_reports.standings.standings.
-- Written by `make sql`; for psql -f, with values of your own.
\set before '''2025-12-14'''
\set due_soon_days 30
\set first '''2025-12-15'''
\set frozen_on '''2026-03-31'''
\set last '''2026-12-14'''
\set plan_id '''00000000-0000-0000-0000-000000000001'''
\set today '''2026-03-31'''
explain (analyze, buffers)
with held as (
  select s.*, 
  case when cast(:today as date) < s.starts_on and s.status in ('revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'split')
    then 'never_begun'
    when cast(:today as date) < s.starts_on then 'upcoming'
    when s.awaits_handover then 'awaiting_handover' else s.status end as standing,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when cast(:today as date) < s.starts_on then 'upcoming'
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when cast(:today as date) > s.deadline_on then 'overdue'
    when s.deadline_on - cast(:today as date) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current, cast(:today as date) - s.deadline_on as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when cast(:today as date) < s.starts_on then 'upcoming'
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.original_deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when cast(:today as date) > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - cast(:today as date) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  cast(:today as date) - s.original_deadline_on as original_days
  from assignment_state s
  where s.since <= :today and (s.until is null or s.until > :today) and s.plan_id = :plan_id and s.starts_on <= least(cast(:today as date), :last)
    and s.status not in ('merged', 'split')
    and not (s.status in ('completed', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close') and exists (
      select from assignment_state e
       where e.assignment_id = s.assignment_id and e.since <= :before
         and (e.until is null or e.until > :before) and e.status in ('completed', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close')))
)
select s.assignment_id, s.task_id, s.role, s.occurrence, s.agency_id, agency.code,
  coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code), collective.name, s.standing, s.current, s.deadline_on,
  s.original_deadline_on, s.reported_on, s.completed_on, accepted.id, accepted.narrative_id,
  accepted.filed_by, accepted.period, accepted.received_on, accepted.content
from held s
join task on task.id = s.task_id
join agency on agency.id = s.agency_id 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date))
join assignment on assignment.id = s.assignment_id
join assignee on assignee.id = assignment.assignee_id
left join collective on collective.id = assignee.collective_id
left join lateral (
    select b.id, b.narrative_id, u.period, b.content,
      coalesce(r.received_on, b.received_on) as received_on,
      coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code) as filed_by
    from submission u
    join submission_attempt b on b.submission_id = u.id
    join submission_review r on r.attempt_id = b.id
    join agency on agency.id = b.agency_id 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date))
    where (u.assignment_id = s.assignment_id or u.assignment_id in (
        select a.id from assignment a where a.merged_into_id = s.assignment_id))
      and r.decision = 'accepted' and r.decided_on <= :frozen_on
      and coalesce(r.received_on, b.received_on) <= :today
      and u.data_from <= :last and (u.data_to >= :first
        or s.standing = 'completed' and b.content ->> 'outcome' = 'completed')
    order by u.data_to desc, u.due_on desc, b.number desc, b.id desc limit 1) accepted on true
order by task.position, s.role desc, s.occurrence collate "C", agency.code collate "C",
  s.assignment_id;
