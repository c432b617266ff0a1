-- Run by app.queries.figures.province.province_figures.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set deadline '''current'''
\set due_soon_days 30
\set period ''''''
\set plan_closed false
\set role '''lead'''
\set today '''2026-03-31'''
explain (analyze, buffers)
with recursive cell as (
  select agency.id as key, agency.id as agency_id, cast(:period as text) as occurrence,
    cast(:today as date) as today
  from agency where cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or agency.id = :agency_id
), part as (
  select key, count(*) filter (where standing = 'not_started') as not_started,
  count(*) filter (where standing = 'in_progress') as in_progress,
  count(*) filter (where standing = 'awaiting_confirmation') as awaiting_confirmation,
  count(*) filter (where standing = 'completed') as completed,
  count(*) filter (where standing = 'not_applicable') as not_applicable,
  count(*) filter (where standing = 'suspended') as suspended,
  count(*) filter (where standing = 'revoked') as revoked,
  count(*) filter (where standing = 'ended_with_task') as ended_with_task,
  count(*) filter (where standing = 'carried_over') as carried_over,
  count(*) filter (where standing = 'unfinished_at_close') as unfinished_at_close,
  count(*) filter (where standing = 'awaiting_handover') as awaiting_handover,
  count(*) filter (where standing = 'upcoming') as upcoming,
  count(*) filter (where current = 'on_time') as current_on_time,
  count(*) filter (where current = 'late') as current_late,
  count(*) filter (where current = 'no_deadline' and standing = 'completed') as current_completed_no_deadline,
  count(*) filter (where current = 'overdue' and current_days <= 7) as current_overdue_7,
  count(*) filter (where current = 'overdue' and current_days > 7 and current_days <= 30) as current_overdue_30,
  count(*) filter (where current = 'overdue' and current_days > 30 and current_days <= 365) as current_overdue_365,
  count(*) filter (where current = 'overdue' and current_days > 365) as current_overdue_longer,
  count(*) filter (where current = 'due_soon') as current_due_soon,
  count(*) filter (where current = 'no_deadline' and standing in ('not_started', 'in_progress')) as current_no_deadline,
  count(*) filter (where current = 'reported_late') as current_reported_late,
  count(*) filter (where current = 'no_deadline' and standing = 'awaiting_confirmation') as current_reported_no_deadline,
  count(*) filter (where original = 'on_time') as original_on_time,
  count(*) filter (where original = 'late') as original_late,
  count(*) filter (where original = 'no_deadline' and standing = 'completed') as original_completed_no_deadline,
  count(*) filter (where original = 'overdue' and original_days <= 7) as original_overdue_7,
  count(*) filter (where original = 'overdue' and original_days > 7 and original_days <= 30) as original_overdue_30,
  count(*) filter (where original = 'overdue' and original_days > 30 and original_days <= 365) as original_overdue_365,
  count(*) filter (where original = 'overdue' and original_days > 365) as original_overdue_longer,
  count(*) filter (where original = 'due_soon') as original_due_soon,
  count(*) filter (where original = 'no_deadline' and standing in ('not_started', 'in_progress')) as original_no_deadline,
  count(*) filter (where original = 'reported_late') as original_reported_late,
  count(*) filter (where original = 'no_deadline' and standing = 'awaiting_confirmation') as original_reported_no_deadline from (
    select s.agency_id as key, 1 as weight, 
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
    from assignment_state s  where s.since <= :today and (s.until is null or s.until > :today) and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) offset 0
  ) judged group by key
), counted as (
  select key, grouping(key) = 1 as is_total, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline from (
  select key, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, 0, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline from part
  union all select null, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, awaiting_handover, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from part where awaiting_handover <> 0
) part (key, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline)
  group by grouping sets ((key), ()) having sum(not_started + in_progress + awaiting_confirmation + completed + not_applicable + suspended + revoked + ended_with_task + carried_over + unfinished_at_close + awaiting_handover + upcoming) > 0 or grouping(key) = 1
), named as (
  select counted.*, agency.code as code, coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code) as label, agency.kind as kind,
    row_number() over (order by agency.code collate "C" nulls last) as place
  from counted left join agency on agency.id = counted.key 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date))
  where not is_total
)
select (select format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"in_time":{"total":%s,"not_near":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"up_to_7_days":%s,"from_8_to_30_days":%s,"from_31_to_365_days":%s,"more_than_365_days":%s},"awaiting_confirmation":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"awaiting_handover":%s,"upcoming":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":%s}',
  completed + ((not_started + in_progress) + awaiting_confirmation) + (suspended + revoked + not_applicable) + ended_with_task + (carried_over + unfinished_at_close) + awaiting_handover,
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  ((not_started + in_progress) + awaiting_confirmation),
  not_started,
  in_progress,
  (not_started + in_progress) - (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer),
  (not_started + in_progress) - (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) - current_due_soon - current_no_deadline,
  current_due_soon,
  current_no_deadline,
  (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer),
  current_overdue_7,
  current_overdue_30,
  current_overdue_365,
  current_overdue_longer,
  awaiting_confirmation,
  awaiting_confirmation - current_reported_late - current_reported_no_deadline,
  current_reported_late,
  current_reported_no_deadline,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  ended_with_task,
  (carried_over + unfinished_at_close),
  carried_over,
  unfinished_at_close,
  awaiting_handover,
  upcoming,
  completed,
  completed + (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) + current_reported_late,
  coalesce(round(100.0 * (completed) / nullif(completed + (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) + current_reported_late, 0), 2)::text, 'null'),
  completed - current_late,
  completed,
  coalesce(round(100.0 * (completed - current_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close,
  coalesce(round(100.0 * (completed) / nullif(completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close, 0), 2)::text, 'null'),
  case when :deadline = 'both' then format('{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"in_time":{"total":%s,"not_near":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"up_to_7_days":%s,"from_8_to_30_days":%s,"from_31_to_365_days":%s,"more_than_365_days":%s},"awaiting_confirmation":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"awaiting_handover":%s,"upcoming":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}}',
  completed + ((not_started + in_progress) + awaiting_confirmation) + (suspended + revoked + not_applicable) + ended_with_task + (carried_over + unfinished_at_close) + awaiting_handover,
  completed,
  original_on_time,
  original_late,
  original_completed_no_deadline,
  ((not_started + in_progress) + awaiting_confirmation),
  not_started,
  in_progress,
  (not_started + in_progress) - (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer),
  (not_started + in_progress) - (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) - original_due_soon - original_no_deadline,
  original_due_soon,
  original_no_deadline,
  (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer),
  original_overdue_7,
  original_overdue_30,
  original_overdue_365,
  original_overdue_longer,
  awaiting_confirmation,
  awaiting_confirmation - original_reported_late - original_reported_no_deadline,
  original_reported_late,
  original_reported_no_deadline,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  ended_with_task,
  (carried_over + unfinished_at_close),
  carried_over,
  unfinished_at_close,
  awaiting_handover,
  upcoming,
  completed,
  completed + (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) + original_reported_late,
  coalesce(round(100.0 * (completed) / nullif(completed + (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) + original_reported_late, 0), 2)::text, 'null'),
  completed - original_late,
  completed,
  coalesce(round(100.0 * (completed - original_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close,
  coalesce(round(100.0 * (completed) / nullif(completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close, 0), 2)::text, 'null')) else 'null' end) from counted where is_total) as total, (select concat('[', string_agg(format('{"key":%s,"code":%s,"label":%s,"kind":%s,"statistics":%s}',
  coalesce(to_json(key)::text, 'null'),
  coalesce(to_json(code)::text, 'null'),
  coalesce(to_json(label)::text, 'null'),
  coalesce(to_json(kind)::text, 'null'),
  format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"in_time":{"total":%s,"not_near":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"up_to_7_days":%s,"from_8_to_30_days":%s,"from_31_to_365_days":%s,"more_than_365_days":%s},"awaiting_confirmation":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"awaiting_handover":%s,"upcoming":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":%s}',
  completed + ((not_started + in_progress) + awaiting_confirmation) + (suspended + revoked + not_applicable) + ended_with_task + (carried_over + unfinished_at_close) + awaiting_handover,
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  ((not_started + in_progress) + awaiting_confirmation),
  not_started,
  in_progress,
  (not_started + in_progress) - (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer),
  (not_started + in_progress) - (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) - current_due_soon - current_no_deadline,
  current_due_soon,
  current_no_deadline,
  (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer),
  current_overdue_7,
  current_overdue_30,
  current_overdue_365,
  current_overdue_longer,
  awaiting_confirmation,
  awaiting_confirmation - current_reported_late - current_reported_no_deadline,
  current_reported_late,
  current_reported_no_deadline,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  ended_with_task,
  (carried_over + unfinished_at_close),
  carried_over,
  unfinished_at_close,
  awaiting_handover,
  upcoming,
  completed,
  completed + (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) + current_reported_late,
  coalesce(round(100.0 * (completed) / nullif(completed + (current_overdue_7 + current_overdue_30 + current_overdue_365 + current_overdue_longer) + current_reported_late, 0), 2)::text, 'null'),
  completed - current_late,
  completed,
  coalesce(round(100.0 * (completed - current_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close,
  coalesce(round(100.0 * (completed) / nullif(completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close, 0), 2)::text, 'null'),
  case when :deadline = 'both' then format('{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"in_time":{"total":%s,"not_near":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"up_to_7_days":%s,"from_8_to_30_days":%s,"from_31_to_365_days":%s,"more_than_365_days":%s},"awaiting_confirmation":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"awaiting_handover":%s,"upcoming":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}}',
  completed + ((not_started + in_progress) + awaiting_confirmation) + (suspended + revoked + not_applicable) + ended_with_task + (carried_over + unfinished_at_close) + awaiting_handover,
  completed,
  original_on_time,
  original_late,
  original_completed_no_deadline,
  ((not_started + in_progress) + awaiting_confirmation),
  not_started,
  in_progress,
  (not_started + in_progress) - (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer),
  (not_started + in_progress) - (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) - original_due_soon - original_no_deadline,
  original_due_soon,
  original_no_deadline,
  (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer),
  original_overdue_7,
  original_overdue_30,
  original_overdue_365,
  original_overdue_longer,
  awaiting_confirmation,
  awaiting_confirmation - original_reported_late - original_reported_no_deadline,
  original_reported_late,
  original_reported_no_deadline,
  (suspended + revoked + not_applicable),
  suspended,
  revoked,
  not_applicable,
  ended_with_task,
  (carried_over + unfinished_at_close),
  carried_over,
  unfinished_at_close,
  awaiting_handover,
  upcoming,
  completed,
  completed + (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) + original_reported_late,
  coalesce(round(100.0 * (completed) / nullif(completed + (original_overdue_7 + original_overdue_30 + original_overdue_365 + original_overdue_longer) + original_reported_late, 0), 2)::text, 'null'),
  completed - original_late,
  completed,
  coalesce(round(100.0 * (completed - original_late) / nullif(completed, 0), 2)::text, 'null'),
  completed,
  completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close,
  coalesce(round(100.0 * (completed) / nullif(completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close, 0), 2)::text, 'null')) else 'null' end)), ',' order by place), ']') from named) as groups, (select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out;
