-- Run by app.queries.figures.province.figures_of_plans.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set due_soon_days 30
\set limit 50
\set period ''''''
\set role null
\set today '''2026-03-31'''
explain (analyze, buffers)
with recursive cell as (
  select 0 as key, cast(:agency_id as uuid) as agency_id, cast(:period as text) as occurrence,
    cast(:today as date) as today
), part as (
  select cell.key, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline
  from cell
  cross join (values ('lead'), ('coordinating')) as role (role)
  cross join lateral (
    select * from figure f
    where f.agency_id = cell.agency_id and f.occurrence = cell.occurrence and f.role = role.role
      and f.since <= cell.today
    order by f.since desc limit 1
  ) f
  where (cast(:role as text) is null or role.role = :role)
 union all 
  select key, coalesce(sum(weight) filter (where status = 'not_started' and not awaits_handover), 0) as not_started,
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
    select 0 as key, s.weight as weight, 
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
    from figure_change s  where s.since <= :today and (s.until is null or s.until > :today) and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) offset 0
  ) judged group by key
), counted as (
  select true as is_total, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline from part
), page as (
  select found.*, row_number() over (order by issued_on, key) as place
  from (
    select plan.id as key, plan.number as code, plan.title as label, coalesce(plan.issued_on, 'infinity'::date) as issued_on
    from plan
    where plan.status <> 'draft' and true and exists (
      select from assignment_state s where s.plan_id = plan.id and s.since <= :today and (s.until is null or s.until > :today) and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role)
    )
    order by coalesce(plan.issued_on, 'infinity'::date), plan.id limit :limit + 1
  ) found
), logged as (
  select key, coalesce(sum(weight) filter (where status = 'not_started' and not awaits_handover), 0) as not_started,
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
    select s.plan_id as key, s.weight as weight, 
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
    from figure_change s  where s.since <= :today and (s.until is null or s.until > :today) and (cast(:role as text) is null or s.role = :role) and s.plan_id in (select key from page) offset 0
  ) judged group by key
), named as (
  select page.key, page.code, page.label, page.place, counted.*
  from page cross join lateral (select coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline from (
  select not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline
  from (values ('lead'), ('coordinating')) as role (role)
  cross join lateral (
    select * from plan_figure f
    where f.plan_id = page.key and f.role = role.role and f.since <= :today
    order by f.since desc limit 1
  ) f
  where (cast(:role as text) is null or role.role = :role)
  union all select not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline from logged where logged.key = page.key
) part) counted
  where page.place <= :limit
)
select (select format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}}}',
  completed + (not_started + in_progress + awaiting_confirmation) + (suspended + revoked + not_applicable) + awaiting_handover,
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  (not_started + in_progress + awaiting_confirmation),
  not_started,
  in_progress,
  awaiting_confirmation,
  (not_started + in_progress + awaiting_confirmation) - current_overdue,
  current_due_soon,
  current_no_deadline,
  current_overdue,
  current_long_overdue,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  awaiting_handover,
  completed,
  completed + current_overdue,
  coalesce(round(100.0 * (completed) / nullif(completed + current_overdue, 0), 2)::text, 'null'),
  completed - current_late,
  completed,
  coalesce(round(100.0 * (completed - current_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + (not_started + in_progress + awaiting_confirmation),
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null'),
  completed + (not_started + in_progress + awaiting_confirmation) + (suspended + revoked + not_applicable) + awaiting_handover,
  completed,
  original_on_time,
  original_late,
  original_completed_no_deadline,
  (not_started + in_progress + awaiting_confirmation),
  not_started,
  in_progress,
  awaiting_confirmation,
  (not_started + in_progress + awaiting_confirmation) - original_overdue,
  original_due_soon,
  original_no_deadline,
  original_overdue,
  original_long_overdue,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  awaiting_handover,
  completed,
  completed + original_overdue,
  coalesce(round(100.0 * (completed) / nullif(completed + original_overdue, 0), 2)::text, 'null'),
  completed - original_late,
  completed,
  coalesce(round(100.0 * (completed - original_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + (not_started + in_progress + awaiting_confirmation),
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null')) from counted where is_total) as total, (select concat('[', string_agg(format('{"key":%s,"code":%s,"label":%s,"statistics":%s}',
  coalesce(to_json(key)::text, 'null'),
  coalesce(to_json(code)::text, 'null'),
  coalesce(to_json(label)::text, 'null'),
  format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}}}',
  completed + (not_started + in_progress + awaiting_confirmation) + (suspended + revoked + not_applicable) + awaiting_handover,
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  (not_started + in_progress + awaiting_confirmation),
  not_started,
  in_progress,
  awaiting_confirmation,
  (not_started + in_progress + awaiting_confirmation) - current_overdue,
  current_due_soon,
  current_no_deadline,
  current_overdue,
  current_long_overdue,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  awaiting_handover,
  completed,
  completed + current_overdue,
  coalesce(round(100.0 * (completed) / nullif(completed + current_overdue, 0), 2)::text, 'null'),
  completed - current_late,
  completed,
  coalesce(round(100.0 * (completed - current_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + (not_started + in_progress + awaiting_confirmation),
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null'),
  completed + (not_started + in_progress + awaiting_confirmation) + (suspended + revoked + not_applicable) + awaiting_handover,
  completed,
  original_on_time,
  original_late,
  original_completed_no_deadline,
  (not_started + in_progress + awaiting_confirmation),
  not_started,
  in_progress,
  awaiting_confirmation,
  (not_started + in_progress + awaiting_confirmation) - original_overdue,
  original_due_soon,
  original_no_deadline,
  original_overdue,
  original_long_overdue,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  awaiting_handover,
  completed,
  completed + original_overdue,
  coalesce(round(100.0 * (completed) / nullif(completed + original_overdue, 0), 2)::text, 'null'),
  completed - original_late,
  completed,
  coalesce(round(100.0 * (completed - original_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + (not_started + in_progress + awaiting_confirmation),
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null'))), ',' order by place), ']') from named) as groups, last.issued_on::text as issued_on, last.key::text,
  (select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out
from (select) one left join page last
  on last.place = :limit and exists (select from page where place > :limit);
