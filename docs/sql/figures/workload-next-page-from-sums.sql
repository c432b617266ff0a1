-- Run by app.queries.figures.workload.get_workload_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set after_assignment_id '''00000000-0000-0000-0000-000000000003'''
\set after_due_on '''2026-03-31'''
\set after_plan_id '''00000000-0000-0000-0000-000000000001'''
\set after_rank 1
\set agency '''STTTT'''
\set deadline '''current'''
\set due_soon_days 30
\set limit 50
\set mine '''00000000-0000-0000-0000-000000000002'''
\set plan_closed false
\set role '''lead'''
\set today '''2026-03-31'''
explain (analyze, buffers)
with drafted as materialized (
  select submission_id as id from drafts_of(array[cast(:mine as uuid)])
), who as (
  select agency.id from agency where agency.code = :agency
), page as (
  select s.*, row_number() over (order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) as number
  from (
    (select s.* from (values ('lead'), ('coordinating')) as role (role) cross join (values (false), (true)) as of_plans (plan_closed) cross join lateral (
      select * from assignment_state s
      where s.agency_id = (select id from who) and s.role = role.role
        and s.plan_closed = of_plans.plan_closed and s.until is null and s.since <= :today
        and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and s.role = :role and (workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) > (:after_rank, cast(cast(:after_due_on as text) as date), cast(:after_plan_id as uuid), cast(:after_assignment_id as uuid))
      order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1) s
      where (cast(:role as text) is null or role.role = :role) and (cast(:plan_closed as boolean) is null or of_plans.plan_closed = :plan_closed))
    union all
    (select s.* from assignment_state s
      where s.agency_id = (select id from who) and s.until > :today and s.since <= :today
        and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and s.role = :role and (workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) > (:after_rank, cast(cast(:after_due_on as text) as date), cast(:after_plan_id as uuid), cast(:after_assignment_id as uuid))
      order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1)
  ) s
  order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1
), last as (
  select workload_rank(s.status) as rank, coalesce(s.deadline_on, 'infinity')::text as due_on,
    s.plan_id, s.assignment_id
  from page s where number = :limit and exists (select from page where number > :limit)
), owed as (
  select s.assignment_id as id, s.plan_id, s.task_id, s.role, s.occurrence, s.deadline_on,
    s.original_deadline_on, s.number, case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else cast(:today as date) end as judged_on, s.status, 
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
  from page s where s.number <= :limit
)
select format('{"id":%s,"code":%s,"name":%s}',
  to_json(agency.id),
  to_json(agency.code),
  to_json(coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code))) as agency, agency.valid_until <= :today as has_ended, (select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out,
  (select format('{"by_current_deadline":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"not_completed":{"total":%s,"not_started":%s,"in_progress":%s,"in_time":{"total":%s,"not_near":%s,"due_soon":%s,"no_deadline":%s},"overdue":{"total":%s,"up_to_7_days":%s,"from_8_to_30_days":%s,"from_31_to_365_days":%s,"more_than_365_days":%s},"awaiting_confirmation":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s}},"other":{"total":%s,"suspended":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"awaiting_handover":%s,"upcoming":%s,"rates":{"completed_of_due":{"numerator":%s,"base":%s,"percent":%s},"on_time_of_completed":{"numerator":%s,"base":%s,"percent":%s},"completed_of_total":{"numerator":%s,"base":%s,"percent":%s}}},"by_original_deadline":%s}',
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
  coalesce(round(100.0 * (completed) / nullif(completed + ((not_started + in_progress) + awaiting_confirmation) + unfinished_at_close, 0), 2)::text, 'null')) else 'null' end) from (with recursive cell as (
select 0 as key, who.id as agency_id, '' as occurrence, cast(:today as date) as today from who), part as (
  select cell.key, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline
  from cell
  cross join (values ('lead'), ('coordinating')) as role (role) cross join (values (false), (true)) as of_plans (plan_closed)
  cross join lateral (
    select * from figure f
    where f.agency_id = cell.agency_id and f.occurrence = cell.occurrence and f.role = role.role
      and f.plan_closed = of_plans.plan_closed and f.since <= cell.today
    order by f.since desc limit 1
  ) f
  where (cast(:role as text) is null or role.role = :role) and (cast(:plan_closed as boolean) is null or of_plans.plan_closed = :plan_closed)
 union all 
  select key, coalesce(sum(weight) filter (where standing = 'not_started'), 0) as not_started,
  coalesce(sum(weight) filter (where standing = 'in_progress'), 0) as in_progress,
  coalesce(sum(weight) filter (where standing = 'awaiting_confirmation'), 0) as awaiting_confirmation,
  coalesce(sum(weight) filter (where standing = 'completed'), 0) as completed,
  coalesce(sum(weight) filter (where standing = 'not_applicable'), 0) as not_applicable,
  coalesce(sum(weight) filter (where standing = 'suspended'), 0) as suspended,
  coalesce(sum(weight) filter (where standing = 'revoked'), 0) as revoked,
  coalesce(sum(weight) filter (where standing = 'ended_with_task'), 0) as ended_with_task,
  coalesce(sum(weight) filter (where standing = 'carried_over'), 0) as carried_over,
  coalesce(sum(weight) filter (where standing = 'unfinished_at_close'), 0) as unfinished_at_close,
  coalesce(sum(weight) filter (where standing = 'awaiting_handover'), 0) as awaiting_handover,
  coalesce(sum(weight) filter (where standing = 'upcoming'), 0) as upcoming,
  coalesce(sum(weight) filter (where current = 'on_time'), 0) as current_on_time,
  coalesce(sum(weight) filter (where current = 'late'), 0) as current_late,
  coalesce(sum(weight) filter (where current = 'no_deadline' and standing = 'completed'), 0) as current_completed_no_deadline,
  coalesce(sum(weight) filter (where current = 'overdue' and current_days <= 7), 0) as current_overdue_7,
  coalesce(sum(weight) filter (where current = 'overdue' and current_days > 7 and current_days <= 30), 0) as current_overdue_30,
  coalesce(sum(weight) filter (where current = 'overdue' and current_days > 30 and current_days <= 365), 0) as current_overdue_365,
  coalesce(sum(weight) filter (where current = 'overdue' and current_days > 365), 0) as current_overdue_longer,
  coalesce(sum(weight) filter (where current = 'due_soon'), 0) as current_due_soon,
  coalesce(sum(weight) filter (where current = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as current_no_deadline,
  coalesce(sum(weight) filter (where current = 'reported_late'), 0) as current_reported_late,
  coalesce(sum(weight) filter (where current = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as current_reported_no_deadline,
  coalesce(sum(weight) filter (where original = 'on_time'), 0) as original_on_time,
  coalesce(sum(weight) filter (where original = 'late'), 0) as original_late,
  coalesce(sum(weight) filter (where original = 'no_deadline' and standing = 'completed'), 0) as original_completed_no_deadline,
  coalesce(sum(weight) filter (where original = 'overdue' and original_days <= 7), 0) as original_overdue_7,
  coalesce(sum(weight) filter (where original = 'overdue' and original_days > 7 and original_days <= 30), 0) as original_overdue_30,
  coalesce(sum(weight) filter (where original = 'overdue' and original_days > 30 and original_days <= 365), 0) as original_overdue_365,
  coalesce(sum(weight) filter (where original = 'overdue' and original_days > 365), 0) as original_overdue_longer,
  coalesce(sum(weight) filter (where original = 'due_soon'), 0) as original_due_soon,
  coalesce(sum(weight) filter (where original = 'no_deadline' and standing in ('not_started', 'in_progress')), 0) as original_no_deadline,
  coalesce(sum(weight) filter (where original = 'reported_late'), 0) as original_reported_late,
  coalesce(sum(weight) filter (where original = 'no_deadline' and standing = 'awaiting_confirmation'), 0) as original_reported_no_deadline from (
    select 0 as key, s.weight as weight, 
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
    from figure_change s  where s.since <= :today and (s.until is null or s.until > :today) and s.agency_id = (select id from who) and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) offset 0
  ) judged group by key
) select coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline from part) counted) as counts,
  (select concat('[', string_agg(format('{"id":%s,"plan":%s,"task":%s,"role":%s,"occurrence":%s,"deadline_on":%s,"original_deadline_on":%s,"status":%s,"timeliness":%s,"original_timeliness":%s,"days_overdue":%s,"next_submission":%s}',
  to_json(owed.id),
  format('{"id":%s,"number":%s,"title":%s}',
  to_json(plan.id),
  coalesce(to_json(plan.number)::text, 'null'),
  to_json(plan.title)),
  format('{"id":%s,"ordinal":%s,"title":%s}',
  to_json(task.id),
  to_json(task.ordinal),
  to_json(task.title)),
  to_json(owed.role),
  to_json(owed.occurrence),
  coalesce(to_json(owed.deadline_on)::text, 'null'),
  coalesce(to_json(owed.original_deadline_on)::text, 'null'),
  to_json(owed.status),
  coalesce(to_json(owed.current)::text, 'null'),
  coalesce(to_json(owed.original)::text, 'null'),
  case when owed.current in ('overdue', 'late', 'reported_late') then owed.judged_on - owed.deadline_on else 0 end,
  coalesce(next_one.body, 'null')), ',' order by owed.number), ']') from owed join plan on plan.id = owed.plan_id join task on task.id = owed.task_id
     left join lateral (
       select format('{"id":%s,"period":%s,"due_on":%s,"status":%s}',
  to_json(u.id),
  to_json(u.period),
  to_json(u.due_on),
  to_json(case when u.status = 'expected' and u.id in (select id from drafted) then 'draft' else u.status end)) as body
         from submission u join assignment on assignment.id = u.assignment_id
        where u.assignment_id = owed.id and u.status not in ('accepted', 'waived')
          and owed.status <> 'suspended'
        order by u.due_on, u.period limit 1
     ) next_one on true) as assignments,
  last.*
from agency 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date)) left join last on true where agency.code = :agency;
