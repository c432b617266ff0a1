-- Run by app.queries.figures.sums.fold.
-- Written by `make sql`; for psql -f, with values of your own.
\set due_soon_days 30
\set rows 5000
explain
with taken as materialized (
  delete from figure_change
  where id in (select id from figure_change order by id limit :rows) returning *
), figure_judged as (
  
  select agency_id, occurrence, role, plan_closed, s.first, s.last, s.weight as weight_of_all, s.sides,
    
  case when s.first < s.starts_on and s.status in ('revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'split')
    then 'never_begun'
    when s.first < s.starts_on then 'upcoming'
    when s.awaits_handover then 'awaiting_handover' else s.status end as standing,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when s.first < s.starts_on then 'upcoming'
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when s.first > s.deadline_on then 'overdue'
    when s.deadline_on - s.first <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current, s.first - s.deadline_on as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when s.first < s.starts_on then 'upcoming'
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.original_deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when s.first > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - s.first <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  s.first - s.original_deadline_on as original_days
  from (select * from (
  select s.*, case when (s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on) then 'current' else 'both' end as sides, greatest(s.since, s.starts_on, span.first) as first, least(s.until, span.last) as last from taken s cross join lateral unnest(
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is not null then array[null, s.deadline_on - cast(:due_soon_days as integer), s.deadline_on + 1, s.deadline_on + 8, s.deadline_on + 31, s.deadline_on + 366]::date[]
           else array[null]::date[] end,
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is not null then array[s.deadline_on - cast(:due_soon_days as integer), s.deadline_on + 1, s.deadline_on + 8, s.deadline_on + 31, s.deadline_on + 366, null]::date[]
           else array[null]::date[] end) as span (first, last) union all 
  select s.*, 'original' as sides, greatest(s.since, s.starts_on, span.first) as first, least(s.until, span.last) as last from taken s cross join lateral unnest(
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.original_deadline_on is not null then array[null, s.original_deadline_on - cast(:due_soon_days as integer), s.original_deadline_on + 1, s.original_deadline_on + 8, s.original_deadline_on + 31, s.original_deadline_on + 366]::date[]
           else array[null]::date[] end,
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.original_deadline_on is not null then array[s.original_deadline_on - cast(:due_soon_days as integer), s.original_deadline_on + 1, s.original_deadline_on + 8, s.original_deadline_on + 31, s.original_deadline_on + 366, null]::date[]
           else array[null]::date[] end) as span (first, last) where (s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on) union all 
  select s.*, 'upcoming' as sides, s.since as first, least(s.until, s.starts_on) as last from taken s  union all 
  select s.*, 'given' as sides, s.starts_on as first, null as last from taken s  where s.since <= s.starts_on and (s.until is null or s.until > s.starts_on) and s.status <> 'split' union all 
  select s.*, 'taken_over' as sides, s.taken_over_on as first, null as last from taken s  where s.since <= s.taken_over_on and (s.until is null or s.until > s.taken_over_on) and s.taken_over_on > s.starts_on union all 
  select s.*, 'fallen_due' as sides, greatest(s.deadline_on, s.starts_on) as first, null as last from taken s  where s.since <= greatest(s.deadline_on, s.starts_on) and (s.until is null or s.until > greatest(s.deadline_on, s.starts_on)) and s.deadline_on is not null and not s.awaits_handover and s.status not in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split')) span where first < last or last is null) s offset 0
), figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from figure_judged
  ) judged
), figure_finest as (
  select agency_id, occurrence, role, plan_closed, day,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'not_started'), 0)::integer as not_started,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'in_progress'), 0)::integer as in_progress,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'awaiting_confirmation'), 0)::integer as awaiting_confirmation,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'completed'), 0)::integer as completed,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'not_applicable'), 0)::integer as not_applicable,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'suspended'), 0)::integer as suspended,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'revoked'), 0)::integer as revoked,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'ended_with_task'), 0)::integer as ended_with_task,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'carried_over'), 0)::integer as carried_over,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'unfinished_at_close'), 0)::integer as unfinished_at_close,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'awaiting_handover'), 0)::integer as awaiting_handover,
    coalesce(sum(weight) filter (where sides = 'upcoming' and standing = 'upcoming'), 0)::integer as upcoming,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'on_time'), 0)::integer as current_on_time,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'late'), 0)::integer as current_late,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing = 'completed'), 0)::integer as current_completed_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days <= 7), 0)::integer as current_overdue_7,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 7 and current_days <= 30), 0)::integer as current_overdue_30,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 30 and current_days <= 365), 0)::integer as current_overdue_365,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 365), 0)::integer as current_overdue_longer,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'due_soon'), 0)::integer as current_due_soon,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing in ('not_started', 'in_progress')), 0)::integer as current_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'reported_late'), 0)::integer as current_reported_late,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing = 'awaiting_confirmation'), 0)::integer as current_reported_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'on_time'), 0)::integer as original_on_time,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'late'), 0)::integer as original_late,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing = 'completed'), 0)::integer as original_completed_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days <= 7), 0)::integer as original_overdue_7,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 7 and original_days <= 30), 0)::integer as original_overdue_30,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 30 and original_days <= 365), 0)::integer as original_overdue_365,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 365), 0)::integer as original_overdue_longer,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'due_soon'), 0)::integer as original_due_soon,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing in ('not_started', 'in_progress')), 0)::integer as original_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'reported_late'), 0)::integer as original_reported_late,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing = 'awaiting_confirmation'), 0)::integer as original_reported_no_deadline,
    coalesce(sum(weight) filter (where sides = 'given' and true), 0)::integer as given,
    coalesce(sum(weight) filter (where sides = 'taken_over' and true), 0)::integer as taken_over,
    coalesce(sum(weight) filter (where sides = 'fallen_due' and true), 0)::integer as fallen_due
  from figure_edge group by agency_id, occurrence, role, plan_closed, day
), figure_delta as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, plan_closed, day, sum(not_started)::integer as not_started, sum(in_progress)::integer as in_progress, sum(awaiting_confirmation)::integer as awaiting_confirmation, sum(completed)::integer as completed, sum(not_applicable)::integer as not_applicable, sum(suspended)::integer as suspended, sum(revoked)::integer as revoked, sum(ended_with_task)::integer as ended_with_task, sum(carried_over)::integer as carried_over, sum(unfinished_at_close)::integer as unfinished_at_close, sum(awaiting_handover)::integer as awaiting_handover, sum(upcoming)::integer as upcoming, sum(current_on_time)::integer as current_on_time, sum(current_late)::integer as current_late, sum(current_completed_no_deadline)::integer as current_completed_no_deadline, sum(current_overdue_7)::integer as current_overdue_7, sum(current_overdue_30)::integer as current_overdue_30, sum(current_overdue_365)::integer as current_overdue_365, sum(current_overdue_longer)::integer as current_overdue_longer, sum(current_due_soon)::integer as current_due_soon, sum(current_no_deadline)::integer as current_no_deadline, sum(current_reported_late)::integer as current_reported_late, sum(current_reported_no_deadline)::integer as current_reported_no_deadline, sum(original_on_time)::integer as original_on_time, sum(original_late)::integer as original_late, sum(original_completed_no_deadline)::integer as original_completed_no_deadline, sum(original_overdue_7)::integer as original_overdue_7, sum(original_overdue_30)::integer as original_overdue_30, sum(original_overdue_365)::integer as original_overdue_365, sum(original_overdue_longer)::integer as original_overdue_longer, sum(original_due_soon)::integer as original_due_soon, sum(original_no_deadline)::integer as original_no_deadline, sum(original_reported_late)::integer as original_reported_late, sum(original_reported_no_deadline)::integer as original_reported_no_deadline, sum(given)::integer as given, sum(taken_over)::integer as taken_over, sum(fallen_due)::integer as fallen_due
  from figure_finest
  group by grouping sets ((agency_id, occurrence, role, plan_closed, day), (agency_id, role, plan_closed, day), (occurrence, role, plan_closed, day), (role, plan_closed, day))
  having (sum(not_started), sum(in_progress), sum(awaiting_confirmation), sum(completed), sum(not_applicable), sum(suspended), sum(revoked), sum(ended_with_task), sum(carried_over), sum(unfinished_at_close), sum(awaiting_handover), sum(upcoming), sum(current_on_time), sum(current_late), sum(current_completed_no_deadline), sum(current_overdue_7), sum(current_overdue_30), sum(current_overdue_365), sum(current_overdue_longer), sum(current_due_soon), sum(current_no_deadline), sum(current_reported_late), sum(current_reported_no_deadline), sum(original_on_time), sum(original_late), sum(original_completed_no_deadline), sum(original_overdue_7), sum(original_overdue_30), sum(original_overdue_365), sum(original_overdue_longer), sum(original_due_soon), sum(original_no_deadline), sum(original_reported_late), sum(original_reported_no_deadline), sum(given), sum(taken_over), sum(fallen_due)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), figure_begun as (
  select agency_id, occurrence, role, plan_closed, min(day) as day from figure_delta group by agency_id, occurrence, role, plan_closed
), figure_days as (
  select agency_id, occurrence, role, plan_closed, day from figure_delta
  union
  select b.agency_id, b.occurrence, b.role, b.plan_closed, f.since from figure_begun b cross join lateral (
    select since from figure f
    where f.agency_id = b.agency_id and f.occurrence = b.occurrence and f.role = b.role and f.plan_closed = b.plan_closed and f.since >= b.day offset 0
  ) f
), figure_change as (
  select agency_id, occurrence, role, plan_closed, day, coalesce(sum(not_started) over days, 0) as not_started, coalesce(sum(in_progress) over days, 0) as in_progress, coalesce(sum(awaiting_confirmation) over days, 0) as awaiting_confirmation, coalesce(sum(completed) over days, 0) as completed, coalesce(sum(not_applicable) over days, 0) as not_applicable, coalesce(sum(suspended) over days, 0) as suspended, coalesce(sum(revoked) over days, 0) as revoked, coalesce(sum(ended_with_task) over days, 0) as ended_with_task, coalesce(sum(carried_over) over days, 0) as carried_over, coalesce(sum(unfinished_at_close) over days, 0) as unfinished_at_close, coalesce(sum(awaiting_handover) over days, 0) as awaiting_handover, coalesce(sum(upcoming) over days, 0) as upcoming, coalesce(sum(current_on_time) over days, 0) as current_on_time, coalesce(sum(current_late) over days, 0) as current_late, coalesce(sum(current_completed_no_deadline) over days, 0) as current_completed_no_deadline, coalesce(sum(current_overdue_7) over days, 0) as current_overdue_7, coalesce(sum(current_overdue_30) over days, 0) as current_overdue_30, coalesce(sum(current_overdue_365) over days, 0) as current_overdue_365, coalesce(sum(current_overdue_longer) over days, 0) as current_overdue_longer, coalesce(sum(current_due_soon) over days, 0) as current_due_soon, coalesce(sum(current_no_deadline) over days, 0) as current_no_deadline, coalesce(sum(current_reported_late) over days, 0) as current_reported_late, coalesce(sum(current_reported_no_deadline) over days, 0) as current_reported_no_deadline, coalesce(sum(original_on_time) over days, 0) as original_on_time, coalesce(sum(original_late) over days, 0) as original_late, coalesce(sum(original_completed_no_deadline) over days, 0) as original_completed_no_deadline, coalesce(sum(original_overdue_7) over days, 0) as original_overdue_7, coalesce(sum(original_overdue_30) over days, 0) as original_overdue_30, coalesce(sum(original_overdue_365) over days, 0) as original_overdue_365, coalesce(sum(original_overdue_longer) over days, 0) as original_overdue_longer, coalesce(sum(original_due_soon) over days, 0) as original_due_soon, coalesce(sum(original_no_deadline) over days, 0) as original_no_deadline, coalesce(sum(original_reported_late) over days, 0) as original_reported_late, coalesce(sum(original_reported_no_deadline) over days, 0) as original_reported_no_deadline, coalesce(sum(given) over days, 0) as given, coalesce(sum(taken_over) over days, 0) as taken_over, coalesce(sum(fallen_due) over days, 0) as fallen_due
  from figure_days left join figure_delta using (agency_id, occurrence, role, plan_closed, day)
  window days as (partition by agency_id, occurrence, role, plan_closed order by day)
), figure_written as (
  insert into figure (agency_id, occurrence, role, plan_closed, since, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline, given, taken_over, fallen_due)
  select c.agency_id, c.occurrence, c.role, c.plan_closed, c.day,
    coalesce(f.not_started, 0) + c.not_started, coalesce(f.in_progress, 0) + c.in_progress, coalesce(f.awaiting_confirmation, 0) + c.awaiting_confirmation, coalesce(f.completed, 0) + c.completed, coalesce(f.not_applicable, 0) + c.not_applicable, coalesce(f.suspended, 0) + c.suspended, coalesce(f.revoked, 0) + c.revoked, coalesce(f.ended_with_task, 0) + c.ended_with_task, coalesce(f.carried_over, 0) + c.carried_over, coalesce(f.unfinished_at_close, 0) + c.unfinished_at_close, coalesce(f.awaiting_handover, 0) + c.awaiting_handover, coalesce(f.upcoming, 0) + c.upcoming, coalesce(f.current_on_time, 0) + c.current_on_time, coalesce(f.current_late, 0) + c.current_late, coalesce(f.current_completed_no_deadline, 0) + c.current_completed_no_deadline, coalesce(f.current_overdue_7, 0) + c.current_overdue_7, coalesce(f.current_overdue_30, 0) + c.current_overdue_30, coalesce(f.current_overdue_365, 0) + c.current_overdue_365, coalesce(f.current_overdue_longer, 0) + c.current_overdue_longer, coalesce(f.current_due_soon, 0) + c.current_due_soon, coalesce(f.current_no_deadline, 0) + c.current_no_deadline, coalesce(f.current_reported_late, 0) + c.current_reported_late, coalesce(f.current_reported_no_deadline, 0) + c.current_reported_no_deadline, coalesce(f.original_on_time, 0) + c.original_on_time, coalesce(f.original_late, 0) + c.original_late, coalesce(f.original_completed_no_deadline, 0) + c.original_completed_no_deadline, coalesce(f.original_overdue_7, 0) + c.original_overdue_7, coalesce(f.original_overdue_30, 0) + c.original_overdue_30, coalesce(f.original_overdue_365, 0) + c.original_overdue_365, coalesce(f.original_overdue_longer, 0) + c.original_overdue_longer, coalesce(f.original_due_soon, 0) + c.original_due_soon, coalesce(f.original_no_deadline, 0) + c.original_no_deadline, coalesce(f.original_reported_late, 0) + c.original_reported_late, coalesce(f.original_reported_no_deadline, 0) + c.original_reported_no_deadline, coalesce(f.given, 0) + c.given, coalesce(f.taken_over, 0) + c.taken_over, coalesce(f.fallen_due, 0) + c.fallen_due
  from figure_change c left join lateral (
    select * from figure f
    where f.agency_id = c.agency_id and f.occurrence = c.occurrence and f.role = c.role and f.plan_closed = c.plan_closed and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or (c.not_started, c.in_progress, c.awaiting_confirmation, c.completed, c.not_applicable, c.suspended, c.revoked, c.ended_with_task, c.carried_over, c.unfinished_at_close, c.awaiting_handover, c.upcoming, c.current_on_time, c.current_late, c.current_completed_no_deadline, c.current_overdue_7, c.current_overdue_30, c.current_overdue_365, c.current_overdue_longer, c.current_due_soon, c.current_no_deadline, c.current_reported_late, c.current_reported_no_deadline, c.original_on_time, c.original_late, c.original_completed_no_deadline, c.original_overdue_7, c.original_overdue_30, c.original_overdue_365, c.original_overdue_longer, c.original_due_soon, c.original_no_deadline, c.original_reported_late, c.original_reported_no_deadline, c.given, c.taken_over, c.fallen_due) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  on conflict (agency_id, occurrence, role, plan_closed, since) do update
    set not_started = excluded.not_started, in_progress = excluded.in_progress, awaiting_confirmation = excluded.awaiting_confirmation, completed = excluded.completed, not_applicable = excluded.not_applicable, suspended = excluded.suspended, revoked = excluded.revoked, ended_with_task = excluded.ended_with_task, carried_over = excluded.carried_over, unfinished_at_close = excluded.unfinished_at_close, awaiting_handover = excluded.awaiting_handover, upcoming = excluded.upcoming, current_on_time = excluded.current_on_time, current_late = excluded.current_late, current_completed_no_deadline = excluded.current_completed_no_deadline, current_overdue_7 = excluded.current_overdue_7, current_overdue_30 = excluded.current_overdue_30, current_overdue_365 = excluded.current_overdue_365, current_overdue_longer = excluded.current_overdue_longer, current_due_soon = excluded.current_due_soon, current_no_deadline = excluded.current_no_deadline, current_reported_late = excluded.current_reported_late, current_reported_no_deadline = excluded.current_reported_no_deadline, original_on_time = excluded.original_on_time, original_late = excluded.original_late, original_completed_no_deadline = excluded.original_completed_no_deadline, original_overdue_7 = excluded.original_overdue_7, original_overdue_30 = excluded.original_overdue_30, original_overdue_365 = excluded.original_overdue_365, original_overdue_longer = excluded.original_overdue_longer, original_due_soon = excluded.original_due_soon, original_no_deadline = excluded.original_no_deadline, original_reported_late = excluded.original_reported_late, original_reported_no_deadline = excluded.original_reported_no_deadline, given = excluded.given, taken_over = excluded.taken_over, fallen_due = excluded.fallen_due
), plan_figure_judged as (
  
  select plan_id, role, s.first, s.last, s.weight as weight_of_all, s.sides,
    
  case when s.first < s.starts_on and s.status in ('revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'split')
    then 'never_begun'
    when s.first < s.starts_on then 'upcoming'
    when s.awaits_handover then 'awaiting_handover' else s.status end as standing,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when s.first < s.starts_on then 'upcoming'
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when s.first > s.deadline_on then 'overdue'
    when s.deadline_on - s.first <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current, s.first - s.deadline_on as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when s.first < s.starts_on then 'upcoming'
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.original_deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when s.first > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - s.first <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  s.first - s.original_deadline_on as original_days
  from (select * from (
  select s.*, case when (s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on) then 'current' else 'both' end as sides, greatest(s.since, s.starts_on, span.first) as first, least(s.until, span.last) as last from taken s cross join lateral unnest(
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is not null then array[null, s.deadline_on - cast(:due_soon_days as integer), s.deadline_on + 1, s.deadline_on + 8, s.deadline_on + 31, s.deadline_on + 366]::date[]
           else array[null]::date[] end,
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is not null then array[s.deadline_on - cast(:due_soon_days as integer), s.deadline_on + 1, s.deadline_on + 8, s.deadline_on + 31, s.deadline_on + 366, null]::date[]
           else array[null]::date[] end) as span (first, last) union all 
  select s.*, 'original' as sides, greatest(s.since, s.starts_on, span.first) as first, least(s.until, span.last) as last from taken s cross join lateral unnest(
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.original_deadline_on is not null then array[null, s.original_deadline_on - cast(:due_soon_days as integer), s.original_deadline_on + 1, s.original_deadline_on + 8, s.original_deadline_on + 31, s.original_deadline_on + 366]::date[]
           else array[null]::date[] end,
      case when s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.original_deadline_on is not null then array[s.original_deadline_on - cast(:due_soon_days as integer), s.original_deadline_on + 1, s.original_deadline_on + 8, s.original_deadline_on + 31, s.original_deadline_on + 366, null]::date[]
           else array[null]::date[] end) as span (first, last) where (s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on) union all 
  select s.*, 'upcoming' as sides, s.since as first, least(s.until, s.starts_on) as last from taken s  union all 
  select s.*, 'given' as sides, s.starts_on as first, null as last from taken s  where s.since <= s.starts_on and (s.until is null or s.until > s.starts_on) and s.status <> 'split' union all 
  select s.*, 'taken_over' as sides, s.taken_over_on as first, null as last from taken s  where s.since <= s.taken_over_on and (s.until is null or s.until > s.taken_over_on) and s.taken_over_on > s.starts_on union all 
  select s.*, 'fallen_due' as sides, greatest(s.deadline_on, s.starts_on) as first, null as last from taken s  where s.since <= greatest(s.deadline_on, s.starts_on) and (s.until is null or s.until > greatest(s.deadline_on, s.starts_on)) and s.deadline_on is not null and not s.awaits_handover and s.status not in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split')) span where first < last or last is null) s offset 0
), plan_figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from plan_figure_judged
  ) judged
), plan_figure_finest as (
  select plan_id, role, day,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'not_started'), 0)::integer as not_started,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'in_progress'), 0)::integer as in_progress,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'awaiting_confirmation'), 0)::integer as awaiting_confirmation,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'completed'), 0)::integer as completed,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'not_applicable'), 0)::integer as not_applicable,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'suspended'), 0)::integer as suspended,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'revoked'), 0)::integer as revoked,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'ended_with_task'), 0)::integer as ended_with_task,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'carried_over'), 0)::integer as carried_over,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'unfinished_at_close'), 0)::integer as unfinished_at_close,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and standing = 'awaiting_handover'), 0)::integer as awaiting_handover,
    coalesce(sum(weight) filter (where sides = 'upcoming' and standing = 'upcoming'), 0)::integer as upcoming,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'on_time'), 0)::integer as current_on_time,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'late'), 0)::integer as current_late,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing = 'completed'), 0)::integer as current_completed_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days <= 7), 0)::integer as current_overdue_7,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 7 and current_days <= 30), 0)::integer as current_overdue_30,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 30 and current_days <= 365), 0)::integer as current_overdue_365,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'overdue' and current_days > 365), 0)::integer as current_overdue_longer,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'due_soon'), 0)::integer as current_due_soon,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing in ('not_started', 'in_progress')), 0)::integer as current_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'reported_late'), 0)::integer as current_reported_late,
    coalesce(sum(weight) filter (where sides in ('both', 'current') and current = 'no_deadline' and standing = 'awaiting_confirmation'), 0)::integer as current_reported_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'on_time'), 0)::integer as original_on_time,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'late'), 0)::integer as original_late,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing = 'completed'), 0)::integer as original_completed_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days <= 7), 0)::integer as original_overdue_7,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 7 and original_days <= 30), 0)::integer as original_overdue_30,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 30 and original_days <= 365), 0)::integer as original_overdue_365,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'overdue' and original_days > 365), 0)::integer as original_overdue_longer,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'due_soon'), 0)::integer as original_due_soon,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing in ('not_started', 'in_progress')), 0)::integer as original_no_deadline,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'reported_late'), 0)::integer as original_reported_late,
    coalesce(sum(weight) filter (where sides in ('both', 'original') and original = 'no_deadline' and standing = 'awaiting_confirmation'), 0)::integer as original_reported_no_deadline,
    coalesce(sum(weight) filter (where sides = 'given' and true), 0)::integer as given,
    coalesce(sum(weight) filter (where sides = 'taken_over' and true), 0)::integer as taken_over,
    coalesce(sum(weight) filter (where sides = 'fallen_due' and true), 0)::integer as fallen_due
  from plan_figure_edge group by plan_id, role, day
), plan_figure_delta as (
  select plan_id, role, day, sum(not_started)::integer as not_started, sum(in_progress)::integer as in_progress, sum(awaiting_confirmation)::integer as awaiting_confirmation, sum(completed)::integer as completed, sum(not_applicable)::integer as not_applicable, sum(suspended)::integer as suspended, sum(revoked)::integer as revoked, sum(ended_with_task)::integer as ended_with_task, sum(carried_over)::integer as carried_over, sum(unfinished_at_close)::integer as unfinished_at_close, sum(awaiting_handover)::integer as awaiting_handover, sum(upcoming)::integer as upcoming, sum(current_on_time)::integer as current_on_time, sum(current_late)::integer as current_late, sum(current_completed_no_deadline)::integer as current_completed_no_deadline, sum(current_overdue_7)::integer as current_overdue_7, sum(current_overdue_30)::integer as current_overdue_30, sum(current_overdue_365)::integer as current_overdue_365, sum(current_overdue_longer)::integer as current_overdue_longer, sum(current_due_soon)::integer as current_due_soon, sum(current_no_deadline)::integer as current_no_deadline, sum(current_reported_late)::integer as current_reported_late, sum(current_reported_no_deadline)::integer as current_reported_no_deadline, sum(original_on_time)::integer as original_on_time, sum(original_late)::integer as original_late, sum(original_completed_no_deadline)::integer as original_completed_no_deadline, sum(original_overdue_7)::integer as original_overdue_7, sum(original_overdue_30)::integer as original_overdue_30, sum(original_overdue_365)::integer as original_overdue_365, sum(original_overdue_longer)::integer as original_overdue_longer, sum(original_due_soon)::integer as original_due_soon, sum(original_no_deadline)::integer as original_no_deadline, sum(original_reported_late)::integer as original_reported_late, sum(original_reported_no_deadline)::integer as original_reported_no_deadline, sum(given)::integer as given, sum(taken_over)::integer as taken_over, sum(fallen_due)::integer as fallen_due
  from plan_figure_finest
  group by grouping sets ((plan_id, role, day))
  having (sum(not_started), sum(in_progress), sum(awaiting_confirmation), sum(completed), sum(not_applicable), sum(suspended), sum(revoked), sum(ended_with_task), sum(carried_over), sum(unfinished_at_close), sum(awaiting_handover), sum(upcoming), sum(current_on_time), sum(current_late), sum(current_completed_no_deadline), sum(current_overdue_7), sum(current_overdue_30), sum(current_overdue_365), sum(current_overdue_longer), sum(current_due_soon), sum(current_no_deadline), sum(current_reported_late), sum(current_reported_no_deadline), sum(original_on_time), sum(original_late), sum(original_completed_no_deadline), sum(original_overdue_7), sum(original_overdue_30), sum(original_overdue_365), sum(original_overdue_longer), sum(original_due_soon), sum(original_no_deadline), sum(original_reported_late), sum(original_reported_no_deadline), sum(given), sum(taken_over), sum(fallen_due)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), plan_figure_begun as (
  select plan_id, role, min(day) as day from plan_figure_delta group by plan_id, role
), plan_figure_days as (
  select plan_id, role, day from plan_figure_delta
  union
  select b.plan_id, b.role, f.since from plan_figure_begun b cross join lateral (
    select since from plan_figure f
    where f.plan_id = b.plan_id and f.role = b.role and f.since >= b.day offset 0
  ) f
), plan_figure_change as (
  select plan_id, role, day, coalesce(sum(not_started) over days, 0) as not_started, coalesce(sum(in_progress) over days, 0) as in_progress, coalesce(sum(awaiting_confirmation) over days, 0) as awaiting_confirmation, coalesce(sum(completed) over days, 0) as completed, coalesce(sum(not_applicable) over days, 0) as not_applicable, coalesce(sum(suspended) over days, 0) as suspended, coalesce(sum(revoked) over days, 0) as revoked, coalesce(sum(ended_with_task) over days, 0) as ended_with_task, coalesce(sum(carried_over) over days, 0) as carried_over, coalesce(sum(unfinished_at_close) over days, 0) as unfinished_at_close, coalesce(sum(awaiting_handover) over days, 0) as awaiting_handover, coalesce(sum(upcoming) over days, 0) as upcoming, coalesce(sum(current_on_time) over days, 0) as current_on_time, coalesce(sum(current_late) over days, 0) as current_late, coalesce(sum(current_completed_no_deadline) over days, 0) as current_completed_no_deadline, coalesce(sum(current_overdue_7) over days, 0) as current_overdue_7, coalesce(sum(current_overdue_30) over days, 0) as current_overdue_30, coalesce(sum(current_overdue_365) over days, 0) as current_overdue_365, coalesce(sum(current_overdue_longer) over days, 0) as current_overdue_longer, coalesce(sum(current_due_soon) over days, 0) as current_due_soon, coalesce(sum(current_no_deadline) over days, 0) as current_no_deadline, coalesce(sum(current_reported_late) over days, 0) as current_reported_late, coalesce(sum(current_reported_no_deadline) over days, 0) as current_reported_no_deadline, coalesce(sum(original_on_time) over days, 0) as original_on_time, coalesce(sum(original_late) over days, 0) as original_late, coalesce(sum(original_completed_no_deadline) over days, 0) as original_completed_no_deadline, coalesce(sum(original_overdue_7) over days, 0) as original_overdue_7, coalesce(sum(original_overdue_30) over days, 0) as original_overdue_30, coalesce(sum(original_overdue_365) over days, 0) as original_overdue_365, coalesce(sum(original_overdue_longer) over days, 0) as original_overdue_longer, coalesce(sum(original_due_soon) over days, 0) as original_due_soon, coalesce(sum(original_no_deadline) over days, 0) as original_no_deadline, coalesce(sum(original_reported_late) over days, 0) as original_reported_late, coalesce(sum(original_reported_no_deadline) over days, 0) as original_reported_no_deadline, coalesce(sum(given) over days, 0) as given, coalesce(sum(taken_over) over days, 0) as taken_over, coalesce(sum(fallen_due) over days, 0) as fallen_due
  from plan_figure_days left join plan_figure_delta using (plan_id, role, day)
  window days as (partition by plan_id, role order by day)
), plan_figure_written as (
  insert into plan_figure (plan_id, role, since, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline, given, taken_over, fallen_due)
  select c.plan_id, c.role, c.day,
    coalesce(f.not_started, 0) + c.not_started, coalesce(f.in_progress, 0) + c.in_progress, coalesce(f.awaiting_confirmation, 0) + c.awaiting_confirmation, coalesce(f.completed, 0) + c.completed, coalesce(f.not_applicable, 0) + c.not_applicable, coalesce(f.suspended, 0) + c.suspended, coalesce(f.revoked, 0) + c.revoked, coalesce(f.ended_with_task, 0) + c.ended_with_task, coalesce(f.carried_over, 0) + c.carried_over, coalesce(f.unfinished_at_close, 0) + c.unfinished_at_close, coalesce(f.awaiting_handover, 0) + c.awaiting_handover, coalesce(f.upcoming, 0) + c.upcoming, coalesce(f.current_on_time, 0) + c.current_on_time, coalesce(f.current_late, 0) + c.current_late, coalesce(f.current_completed_no_deadline, 0) + c.current_completed_no_deadline, coalesce(f.current_overdue_7, 0) + c.current_overdue_7, coalesce(f.current_overdue_30, 0) + c.current_overdue_30, coalesce(f.current_overdue_365, 0) + c.current_overdue_365, coalesce(f.current_overdue_longer, 0) + c.current_overdue_longer, coalesce(f.current_due_soon, 0) + c.current_due_soon, coalesce(f.current_no_deadline, 0) + c.current_no_deadline, coalesce(f.current_reported_late, 0) + c.current_reported_late, coalesce(f.current_reported_no_deadline, 0) + c.current_reported_no_deadline, coalesce(f.original_on_time, 0) + c.original_on_time, coalesce(f.original_late, 0) + c.original_late, coalesce(f.original_completed_no_deadline, 0) + c.original_completed_no_deadline, coalesce(f.original_overdue_7, 0) + c.original_overdue_7, coalesce(f.original_overdue_30, 0) + c.original_overdue_30, coalesce(f.original_overdue_365, 0) + c.original_overdue_365, coalesce(f.original_overdue_longer, 0) + c.original_overdue_longer, coalesce(f.original_due_soon, 0) + c.original_due_soon, coalesce(f.original_no_deadline, 0) + c.original_no_deadline, coalesce(f.original_reported_late, 0) + c.original_reported_late, coalesce(f.original_reported_no_deadline, 0) + c.original_reported_no_deadline, coalesce(f.given, 0) + c.given, coalesce(f.taken_over, 0) + c.taken_over, coalesce(f.fallen_due, 0) + c.fallen_due
  from plan_figure_change c left join lateral (
    select * from plan_figure f
    where f.plan_id = c.plan_id and f.role = c.role and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or (c.not_started, c.in_progress, c.awaiting_confirmation, c.completed, c.not_applicable, c.suspended, c.revoked, c.ended_with_task, c.carried_over, c.unfinished_at_close, c.awaiting_handover, c.upcoming, c.current_on_time, c.current_late, c.current_completed_no_deadline, c.current_overdue_7, c.current_overdue_30, c.current_overdue_365, c.current_overdue_longer, c.current_due_soon, c.current_no_deadline, c.current_reported_late, c.current_reported_no_deadline, c.original_on_time, c.original_late, c.original_completed_no_deadline, c.original_overdue_7, c.original_overdue_30, c.original_overdue_365, c.original_overdue_longer, c.original_due_soon, c.original_no_deadline, c.original_reported_late, c.original_reported_no_deadline, c.given, c.taken_over, c.fallen_due) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  on conflict (plan_id, role, since) do update
    set not_started = excluded.not_started, in_progress = excluded.in_progress, awaiting_confirmation = excluded.awaiting_confirmation, completed = excluded.completed, not_applicable = excluded.not_applicable, suspended = excluded.suspended, revoked = excluded.revoked, ended_with_task = excluded.ended_with_task, carried_over = excluded.carried_over, unfinished_at_close = excluded.unfinished_at_close, awaiting_handover = excluded.awaiting_handover, upcoming = excluded.upcoming, current_on_time = excluded.current_on_time, current_late = excluded.current_late, current_completed_no_deadline = excluded.current_completed_no_deadline, current_overdue_7 = excluded.current_overdue_7, current_overdue_30 = excluded.current_overdue_30, current_overdue_365 = excluded.current_overdue_365, current_overdue_longer = excluded.current_overdue_longer, current_due_soon = excluded.current_due_soon, current_no_deadline = excluded.current_no_deadline, current_reported_late = excluded.current_reported_late, current_reported_no_deadline = excluded.current_reported_no_deadline, original_on_time = excluded.original_on_time, original_late = excluded.original_late, original_completed_no_deadline = excluded.original_completed_no_deadline, original_overdue_7 = excluded.original_overdue_7, original_overdue_30 = excluded.original_overdue_30, original_overdue_365 = excluded.original_overdue_365, original_overdue_longer = excluded.original_overdue_longer, original_due_soon = excluded.original_due_soon, original_no_deadline = excluded.original_no_deadline, original_reported_late = excluded.original_reported_late, original_reported_no_deadline = excluded.original_reported_no_deadline, given = excluded.given, taken_over = excluded.taken_over, fallen_due = excluded.fallen_due
)
select count(*) from taken;
