-- Run by app.queries.figures.plan.plan_statistics_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set by '''group'''
\set due_soon_days 30
\set mine '''00000000-0000-0000-0000-000000000002'''
\set plan_id '''00000000-0000-0000-0000-000000000001'''
\set role null
\set today '''2026-03-31'''
explain (analyze, buffers)
with judged as (
  select task.task_group_id as key, 
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
  from assignment_state s join task on task.id = s.task_id
  where s.since <= :today and (s.until is null or s.until > :today) and (cast(:role as text) is null or s.role = :role) and s.plan_id = :plan_id
), counted as (
  select key, grouping(key) = 1 as is_total, count(*) filter (where status = 'not_started' and not awaits_handover) as not_started,
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
  count(*) filter (where original = 'no_deadline' and status <> 'completed') as original_no_deadline
  from judged group by grouping sets ((key), ())
), named as (
  select counted.*, task_group.ordinal as code, task_group.title as label, row_number() over (order by task_group.position nulls last) as place
  from counted left join task_group on task_group.id = counted.key
  where not is_total
)
select format('{"plan_id":%s,"as_of":%s,"by":%s,"role":%s,"total":%s,"groups":%s}',
  to_json(plan.id),
  to_json(cast(:today as date)),
  to_json(cast(:by as text)),
  coalesce(to_json(cast(:role as text))::text, 'null'),
  (select format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"awaiting_confirmation":%s,"in_time":{"total":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"more_than_30_days":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"awaiting_handover":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}}}',
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
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null')) from counted where is_total),
  (select concat('[', string_agg(format('{"key":%s,"code":%s,"label":%s,"statistics":%s}',
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
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null'))), ',' order by place), ']') from named)) from plan where plan.id = :plan_id and (plan.status <> 'draft' or plan.owner_id = :mine and plan.discarded_at is null);
