-- Run by app.queries.figures.checks.differences.
-- Written by `make sql`; for psql -f, with values of your own.
\set due_soon_days 30
\set today '''2026-03-31'''
explain (analyze, buffers)
with logged as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, plan_closed, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline, coalesce(sum(given), 0)::bigint as given, coalesce(sum(taken_over), 0)::bigint as taken_over, coalesce(sum(fallen_due), 0)::bigint as fallen_due
  from (
    select agency_id, occurrence, role, plan_closed, coalesce(sum(weight) filter (where is_held and standing = 'not_started'), 0) as not_started,
  coalesce(sum(weight) filter (where is_held and standing = 'in_progress'), 0) as in_progress,
  coalesce(sum(weight) filter (where is_held and standing = 'awaiting_confirmation'), 0) as awaiting_confirmation,
  coalesce(sum(weight) filter (where is_held and standing = 'completed'), 0) as completed,
  coalesce(sum(weight) filter (where is_held and standing = 'not_applicable'), 0) as not_applicable,
  coalesce(sum(weight) filter (where is_held and standing = 'suspended'), 0) as suspended,
  coalesce(sum(weight) filter (where is_held and standing = 'revoked'), 0) as revoked,
  coalesce(sum(weight) filter (where is_held and standing = 'ended_with_task'), 0) as ended_with_task,
  coalesce(sum(weight) filter (where is_held and standing = 'carried_over'), 0) as carried_over,
  coalesce(sum(weight) filter (where is_held and standing = 'unfinished_at_close'), 0) as unfinished_at_close,
  coalesce(sum(weight) filter (where is_held and standing = 'awaiting_handover'), 0) as awaiting_handover,
  coalesce(sum(weight) filter (where is_held and standing = 'upcoming'), 0) as upcoming,
  coalesce(sum(weight) filter (where is_held and current = 'on_time'), 0) as current_on_time,
  coalesce(sum(weight) filter (where is_held and current = 'late'), 0) as current_late,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing = 'completed'), 0) as current_completed_no_deadline,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days <= 7), 0) as current_overdue_7,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 7 and current_days <= 30), 0) as current_overdue_30,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 30 and current_days <= 365), 0) as current_overdue_365,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 365), 0) as current_overdue_longer,
  coalesce(sum(weight) filter (where is_held and current = 'due_soon'), 0) as current_due_soon,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as current_no_deadline,
  coalesce(sum(weight) filter (where is_held and current = 'reported_late'), 0) as current_reported_late,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as current_reported_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'on_time'), 0) as original_on_time,
  coalesce(sum(weight) filter (where is_held and original = 'late'), 0) as original_late,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing = 'completed'), 0) as original_completed_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days <= 7), 0) as original_overdue_7,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 7 and original_days <= 30), 0) as original_overdue_30,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 30 and original_days <= 365), 0) as original_overdue_365,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 365), 0) as original_overdue_longer,
  coalesce(sum(weight) filter (where is_held and original = 'due_soon'), 0) as original_due_soon,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as original_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'reported_late'), 0) as original_reported_late,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as original_reported_no_deadline,
  coalesce(sum(weight) filter (where given), 0) as given,
  coalesce(sum(weight) filter (where taken_over), 0) as taken_over,
  coalesce(sum(weight) filter (where fallen_due), 0) as fallen_due from (
      select s.agency_id, s.occurrence, s.role, s.plan_closed, s.weight as weight, 
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
  cast(:today as date) - s.original_deadline_on as original_days, coalesce(s.starts_on <= cast(:today as date) and s.since <= s.starts_on and (s.until is null or s.until > s.starts_on) and s.status <> 'split', false) as given, coalesce(s.taken_over_on <= cast(:today as date) and s.since <= s.taken_over_on and (s.until is null or s.until > s.taken_over_on) and s.taken_over_on > s.starts_on, false) as taken_over, coalesce(greatest(s.deadline_on, s.starts_on) <= cast(:today as date) and s.since <= greatest(s.deadline_on, s.starts_on) and (s.until is null or s.until > greatest(s.deadline_on, s.starts_on)) and s.deadline_on is not null and not s.awaits_handover and s.status not in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split'), false) as fallen_due, s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) as is_held
      from figure_change s where s.since <= :today offset 0
    ) judged group by agency_id, occurrence, role, plan_closed
  ) finest group by grouping sets ((agency_id, occurrence, role, plan_closed), (agency_id, role, plan_closed), (occurrence, role, plan_closed), (role, plan_closed))
), latest as (
  select agency_id, occurrence, role, plan_closed, max(since) as since from figure where since <= :today group by agency_id, occurrence, role, plan_closed
), kept as (
  select agency_id, occurrence, role, plan_closed, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline, coalesce(sum(given), 0)::bigint as given, coalesce(sum(taken_over), 0)::bigint as taken_over, coalesce(sum(fallen_due), 0)::bigint as fallen_due
  from (
    select agency_id, occurrence, role, plan_closed, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline, given, taken_over, fallen_due from figure join latest using (agency_id, occurrence, role, plan_closed, since)
    union all select agency_id, occurrence, role, plan_closed, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline, given, taken_over, fallen_due from logged
  ) part
  group by agency_id, occurrence, role, plan_closed
), counted as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, plan_closed, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline, coalesce(sum(given), 0)::bigint as given, coalesce(sum(taken_over), 0)::bigint as taken_over, coalesce(sum(fallen_due), 0)::bigint as fallen_due
  from (
    select agency_id, occurrence, role, plan_closed, coalesce(sum(weight) filter (where is_held and standing = 'not_started'), 0) as not_started,
  coalesce(sum(weight) filter (where is_held and standing = 'in_progress'), 0) as in_progress,
  coalesce(sum(weight) filter (where is_held and standing = 'awaiting_confirmation'), 0) as awaiting_confirmation,
  coalesce(sum(weight) filter (where is_held and standing = 'completed'), 0) as completed,
  coalesce(sum(weight) filter (where is_held and standing = 'not_applicable'), 0) as not_applicable,
  coalesce(sum(weight) filter (where is_held and standing = 'suspended'), 0) as suspended,
  coalesce(sum(weight) filter (where is_held and standing = 'revoked'), 0) as revoked,
  coalesce(sum(weight) filter (where is_held and standing = 'ended_with_task'), 0) as ended_with_task,
  coalesce(sum(weight) filter (where is_held and standing = 'carried_over'), 0) as carried_over,
  coalesce(sum(weight) filter (where is_held and standing = 'unfinished_at_close'), 0) as unfinished_at_close,
  coalesce(sum(weight) filter (where is_held and standing = 'awaiting_handover'), 0) as awaiting_handover,
  coalesce(sum(weight) filter (where is_held and standing = 'upcoming'), 0) as upcoming,
  coalesce(sum(weight) filter (where is_held and current = 'on_time'), 0) as current_on_time,
  coalesce(sum(weight) filter (where is_held and current = 'late'), 0) as current_late,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing = 'completed'), 0) as current_completed_no_deadline,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days <= 7), 0) as current_overdue_7,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 7 and current_days <= 30), 0) as current_overdue_30,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 30 and current_days <= 365), 0) as current_overdue_365,
  coalesce(sum(weight) filter (where is_held and current = 'overdue' and current_days > 365), 0) as current_overdue_longer,
  coalesce(sum(weight) filter (where is_held and current = 'due_soon'), 0) as current_due_soon,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as current_no_deadline,
  coalesce(sum(weight) filter (where is_held and current = 'reported_late'), 0) as current_reported_late,
  coalesce(sum(weight) filter (where is_held and current = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as current_reported_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'on_time'), 0) as original_on_time,
  coalesce(sum(weight) filter (where is_held and original = 'late'), 0) as original_late,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing = 'completed'), 0) as original_completed_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days <= 7), 0) as original_overdue_7,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 7 and original_days <= 30), 0) as original_overdue_30,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 30 and original_days <= 365), 0) as original_overdue_365,
  coalesce(sum(weight) filter (where is_held and original = 'overdue' and original_days > 365), 0) as original_overdue_longer,
  coalesce(sum(weight) filter (where is_held and original = 'due_soon'), 0) as original_due_soon,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as original_no_deadline,
  coalesce(sum(weight) filter (where is_held and original = 'reported_late'), 0) as original_reported_late,
  coalesce(sum(weight) filter (where is_held and original = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as original_reported_no_deadline,
  coalesce(sum(weight) filter (where given), 0) as given,
  coalesce(sum(weight) filter (where taken_over), 0) as taken_over,
  coalesce(sum(weight) filter (where fallen_due), 0) as fallen_due from (
      select s.agency_id, s.occurrence, s.role, s.plan_closed, 1 as weight, 
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
  cast(:today as date) - s.original_deadline_on as original_days, coalesce(s.starts_on <= cast(:today as date) and s.since <= s.starts_on and (s.until is null or s.until > s.starts_on) and s.status <> 'split', false) as given, coalesce(s.taken_over_on <= cast(:today as date) and s.since <= s.taken_over_on and (s.until is null or s.until > s.taken_over_on) and s.taken_over_on > s.starts_on, false) as taken_over, coalesce(greatest(s.deadline_on, s.starts_on) <= cast(:today as date) and s.since <= greatest(s.deadline_on, s.starts_on) and (s.until is null or s.until > greatest(s.deadline_on, s.starts_on)) and s.deadline_on is not null and not s.awaits_handover and s.status not in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split'), false) as fallen_due, s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) as is_held
      from assignment_state s where s.since <= :today offset 0
    ) judged group by agency_id, occurrence, role, plan_closed
  ) finest group by grouping sets ((agency_id, occurrence, role, plan_closed), (agency_id, role, plan_closed), (occurrence, role, plan_closed), (role, plan_closed))
)
select nullif(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, cast(null as uuid) as plan_id, (select code from agency where id = agency_id) as code, nullif(occurrence, '') as period, role, number.name, number.kept, number.counted
from kept full join counted using (agency_id, occurrence, role, plan_closed)
cross join lateral (values ('not_started', coalesce(kept.not_started, 0), coalesce(counted.not_started, 0)), ('in_progress', coalesce(kept.in_progress, 0), coalesce(counted.in_progress, 0)), ('awaiting_confirmation', coalesce(kept.awaiting_confirmation, 0), coalesce(counted.awaiting_confirmation, 0)), ('completed', coalesce(kept.completed, 0), coalesce(counted.completed, 0)), ('not_applicable', coalesce(kept.not_applicable, 0), coalesce(counted.not_applicable, 0)), ('suspended', coalesce(kept.suspended, 0), coalesce(counted.suspended, 0)), ('revoked', coalesce(kept.revoked, 0), coalesce(counted.revoked, 0)), ('ended_with_task', coalesce(kept.ended_with_task, 0), coalesce(counted.ended_with_task, 0)), ('carried_over', coalesce(kept.carried_over, 0), coalesce(counted.carried_over, 0)), ('unfinished_at_close', coalesce(kept.unfinished_at_close, 0), coalesce(counted.unfinished_at_close, 0)), ('awaiting_handover', coalesce(kept.awaiting_handover, 0), coalesce(counted.awaiting_handover, 0)), ('upcoming', coalesce(kept.upcoming, 0), coalesce(counted.upcoming, 0)), ('current_on_time', coalesce(kept.current_on_time, 0), coalesce(counted.current_on_time, 0)), ('current_late', coalesce(kept.current_late, 0), coalesce(counted.current_late, 0)), ('current_completed_no_deadline', coalesce(kept.current_completed_no_deadline, 0), coalesce(counted.current_completed_no_deadline, 0)), ('current_overdue_7', coalesce(kept.current_overdue_7, 0), coalesce(counted.current_overdue_7, 0)), ('current_overdue_30', coalesce(kept.current_overdue_30, 0), coalesce(counted.current_overdue_30, 0)), ('current_overdue_365', coalesce(kept.current_overdue_365, 0), coalesce(counted.current_overdue_365, 0)), ('current_overdue_longer', coalesce(kept.current_overdue_longer, 0), coalesce(counted.current_overdue_longer, 0)), ('current_due_soon', coalesce(kept.current_due_soon, 0), coalesce(counted.current_due_soon, 0)), ('current_no_deadline', coalesce(kept.current_no_deadline, 0), coalesce(counted.current_no_deadline, 0)), ('current_reported_late', coalesce(kept.current_reported_late, 0), coalesce(counted.current_reported_late, 0)), ('current_reported_no_deadline', coalesce(kept.current_reported_no_deadline, 0), coalesce(counted.current_reported_no_deadline, 0)), ('original_on_time', coalesce(kept.original_on_time, 0), coalesce(counted.original_on_time, 0)), ('original_late', coalesce(kept.original_late, 0), coalesce(counted.original_late, 0)), ('original_completed_no_deadline', coalesce(kept.original_completed_no_deadline, 0), coalesce(counted.original_completed_no_deadline, 0)), ('original_overdue_7', coalesce(kept.original_overdue_7, 0), coalesce(counted.original_overdue_7, 0)), ('original_overdue_30', coalesce(kept.original_overdue_30, 0), coalesce(counted.original_overdue_30, 0)), ('original_overdue_365', coalesce(kept.original_overdue_365, 0), coalesce(counted.original_overdue_365, 0)), ('original_overdue_longer', coalesce(kept.original_overdue_longer, 0), coalesce(counted.original_overdue_longer, 0)), ('original_due_soon', coalesce(kept.original_due_soon, 0), coalesce(counted.original_due_soon, 0)), ('original_no_deadline', coalesce(kept.original_no_deadline, 0), coalesce(counted.original_no_deadline, 0)), ('original_reported_late', coalesce(kept.original_reported_late, 0), coalesce(counted.original_reported_late, 0)), ('original_reported_no_deadline', coalesce(kept.original_reported_no_deadline, 0), coalesce(counted.original_reported_no_deadline, 0)), ('given', coalesce(kept.given, 0), coalesce(counted.given, 0)), ('taken_over', coalesce(kept.taken_over, 0), coalesce(counted.taken_over, 0)), ('fallen_due', coalesce(kept.fallen_due, 0), coalesce(counted.fallen_due, 0))) number (name, kept, counted)
where number.kept <> number.counted
order by code nulls first, agency_id, occurrence, role, number.name;
