-- Run by app.queries.figures.checks.differences.
-- Written by `make sql`; for psql -f, with values of your own.
\set due_soon_days 30
\set today '''2026-03-31'''
explain (analyze, buffers)
with logged as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline
  from (
    select agency_id, occurrence, role, coalesce(sum(weight) filter (where status = 'not_started' and not awaits_handover), 0) as not_started,
  coalesce(sum(weight) filter (where status = 'in_progress' and not awaits_handover), 0) as in_progress,
  coalesce(sum(weight) filter (where status = 'awaiting_confirmation' and not awaits_handover), 0) as awaiting_confirmation,
  coalesce(sum(weight) filter (where status = 'completed' and not awaits_handover), 0) as completed,
  coalesce(sum(weight) filter (where status = 'not_applicable' and not awaits_handover), 0) as not_applicable,
  coalesce(sum(weight) filter (where status = 'suspended' and not awaits_handover), 0) as suspended,
  coalesce(sum(weight) filter (where status = 'revoked' and not awaits_handover), 0) as revoked,
  coalesce(sum(weight) filter (where awaits_handover), 0) as awaiting_handover,
  coalesce(sum(weight) filter (where current = 'on_time'), 0) as current_on_time,
  coalesce(sum(weight) filter (where current = 'late'), 0) as current_late,
  coalesce(sum(weight) filter (where current = 'no_deadline' and status = 'completed'), 0) as current_completed_no_deadline,
  coalesce(sum(weight) filter (where current = 'overdue'), 0) as current_overdue,
  coalesce(sum(weight) filter (where current = 'overdue' and current_days > 30), 0) as current_long_overdue,
  coalesce(sum(weight) filter (where current = 'due_soon'), 0) as current_due_soon,
  coalesce(sum(weight) filter (where current = 'no_deadline' and status <> 'completed'), 0) as current_no_deadline,
  coalesce(sum(weight) filter (where original = 'on_time'), 0) as original_on_time,
  coalesce(sum(weight) filter (where original = 'late'), 0) as original_late,
  coalesce(sum(weight) filter (where original = 'no_deadline' and status = 'completed'), 0) as original_completed_no_deadline,
  coalesce(sum(weight) filter (where original = 'overdue'), 0) as original_overdue,
  coalesce(sum(weight) filter (where original = 'overdue' and original_days > 30), 0) as original_long_overdue,
  coalesce(sum(weight) filter (where original = 'due_soon'), 0) as original_due_soon,
  coalesce(sum(weight) filter (where original = 'no_deadline' and status <> 'completed'), 0) as original_no_deadline from (
      select s.agency_id, s.occurrence, s.role, s.weight as weight, 
  s.status, s.awaits_handover,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end > s.deadline_on then 'overdue'
    when s.deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else cast(:today as date) end - s.deadline_on) as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else cast(:today as date) end - s.original_deadline_on) as original_days
      from figure_change s where s.since <= :today and (s.until is null or s.until > :today) offset 0
    ) judged group by agency_id, occurrence, role
  ) finest group by grouping sets ((agency_id, occurrence, role), (agency_id, role), (occurrence, role), (role))
), latest as (
  select agency_id, occurrence, role, max(since) as since from figure where since <= :today group by agency_id, occurrence, role
), kept as (
  select agency_id, occurrence, role, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline
  from (
    select agency_id, occurrence, role, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline from figure join latest using (agency_id, occurrence, role, since)
    union all select agency_id, occurrence, role, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline from logged
  ) part
  group by agency_id, occurrence, role
), counted as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline
  from (
    select agency_id, occurrence, role, count(*) filter (where status = 'not_started' and not awaits_handover) as not_started,
  count(*) filter (where status = 'in_progress' and not awaits_handover) as in_progress,
  count(*) filter (where status = 'awaiting_confirmation' and not awaits_handover) as awaiting_confirmation,
  count(*) filter (where status = 'completed' and not awaits_handover) as completed,
  count(*) filter (where status = 'not_applicable' and not awaits_handover) as not_applicable,
  count(*) filter (where status = 'suspended' and not awaits_handover) as suspended,
  count(*) filter (where status = 'revoked' and not awaits_handover) as revoked,
  count(*) filter (where awaits_handover) as awaiting_handover,
  count(*) filter (where current = 'on_time') as current_on_time,
  count(*) filter (where current = 'late') as current_late,
  count(*) filter (where current = 'no_deadline' and status = 'completed') as current_completed_no_deadline,
  count(*) filter (where current = 'overdue') as current_overdue,
  count(*) filter (where current = 'overdue' and current_days > 30) as current_long_overdue,
  count(*) filter (where current = 'due_soon') as current_due_soon,
  count(*) filter (where current = 'no_deadline' and status <> 'completed') as current_no_deadline,
  count(*) filter (where original = 'on_time') as original_on_time,
  count(*) filter (where original = 'late') as original_late,
  count(*) filter (where original = 'no_deadline' and status = 'completed') as original_completed_no_deadline,
  count(*) filter (where original = 'overdue') as original_overdue,
  count(*) filter (where original = 'overdue' and original_days > 30) as original_long_overdue,
  count(*) filter (where original = 'due_soon') as original_due_soon,
  count(*) filter (where original = 'no_deadline' and status <> 'completed') as original_no_deadline from (
      select s.agency_id, s.occurrence, s.role, 1 as weight, 
  s.status, s.awaits_handover,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end > s.deadline_on then 'overdue'
    when s.deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else cast(:today as date) end - s.deadline_on) as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else cast(:today as date) end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else cast(:today as date) end - s.original_deadline_on) as original_days
      from assignment_state s where s.since <= :today and (s.until is null or s.until > :today) offset 0
    ) judged group by agency_id, occurrence, role
  ) finest group by grouping sets ((agency_id, occurrence, role), (agency_id, role), (occurrence, role), (role))
)
select nullif(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, cast(null as uuid) as plan_id, (select code from agency where id = agency_id) as code, nullif(occurrence, '') as period, role, number.name, number.kept, number.counted
from kept full join counted using (agency_id, occurrence, role)
cross join lateral (
  values ('not_started', coalesce(kept.not_started, 0), coalesce(counted.not_started, 0)), ('in_progress', coalesce(kept.in_progress, 0), coalesce(counted.in_progress, 0)), ('awaiting_confirmation', coalesce(kept.awaiting_confirmation, 0), coalesce(counted.awaiting_confirmation, 0)), ('completed', coalesce(kept.completed, 0), coalesce(counted.completed, 0)), ('not_applicable', coalesce(kept.not_applicable, 0), coalesce(counted.not_applicable, 0)), ('suspended', coalesce(kept.suspended, 0), coalesce(counted.suspended, 0)), ('revoked', coalesce(kept.revoked, 0), coalesce(counted.revoked, 0)), ('awaiting_handover', coalesce(kept.awaiting_handover, 0), coalesce(counted.awaiting_handover, 0)), ('current_on_time', coalesce(kept.current_on_time, 0), coalesce(counted.current_on_time, 0)), ('current_late', coalesce(kept.current_late, 0), coalesce(counted.current_late, 0)), ('current_completed_no_deadline', coalesce(kept.current_completed_no_deadline, 0), coalesce(counted.current_completed_no_deadline, 0)), ('current_overdue', coalesce(kept.current_overdue, 0), coalesce(counted.current_overdue, 0)), ('current_long_overdue', coalesce(kept.current_long_overdue, 0), coalesce(counted.current_long_overdue, 0)), ('current_due_soon', coalesce(kept.current_due_soon, 0), coalesce(counted.current_due_soon, 0)), ('current_no_deadline', coalesce(kept.current_no_deadline, 0), coalesce(counted.current_no_deadline, 0)), ('original_on_time', coalesce(kept.original_on_time, 0), coalesce(counted.original_on_time, 0)), ('original_late', coalesce(kept.original_late, 0), coalesce(counted.original_late, 0)), ('original_completed_no_deadline', coalesce(kept.original_completed_no_deadline, 0), coalesce(counted.original_completed_no_deadline, 0)), ('original_overdue', coalesce(kept.original_overdue, 0), coalesce(counted.original_overdue, 0)), ('original_long_overdue', coalesce(kept.original_long_overdue, 0), coalesce(counted.original_long_overdue, 0)), ('original_due_soon', coalesce(kept.original_due_soon, 0), coalesce(counted.original_due_soon, 0)), ('original_no_deadline', coalesce(kept.original_no_deadline, 0), coalesce(counted.original_no_deadline, 0))
) number (name, kept, counted)
where number.kept <> number.counted
order by code nulls first, agency_id, occurrence, role, number.name;
