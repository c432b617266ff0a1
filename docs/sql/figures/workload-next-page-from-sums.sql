-- Run by app.queries.figures.workload.get_workload_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set after_assignment_id '''00000000-0000-0000-0000-000000000003'''
\set after_due_on '''2026-03-31'''
\set after_plan_id '''00000000-0000-0000-0000-000000000001'''
\set after_rank 1
\set agency '''STTTT'''
\set due_soon_days 30
\set limit 50
\set mine '''00000000-0000-0000-0000-000000000002'''
\set role null
\set today '''2026-03-31'''
explain (analyze, buffers)
with who as (
  select agency.id from agency where agency.code = :agency
), page as (
  select s.*, row_number() over (order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) as number
  from (
    (select s.* from assignment_state s
      where s.agency_id = (select id from who) and s.until is null and s.since <= :today
        and true and (workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) > (:after_rank, cast(cast(:after_due_on as text) as date), cast(:after_plan_id as uuid), cast(:after_assignment_id as uuid))
      order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1)
    union all
    (select s.* from assignment_state s
      where s.agency_id = (select id from who) and s.until > :today and s.since <= :today
        and true and (workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id) > (:after_rank, cast(cast(:after_due_on as text) as date), cast(:after_plan_id as uuid), cast(:after_assignment_id as uuid))
      order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1)
  ) s
  order by workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id limit :limit + 1
), last as (
  select workload_rank(s.status) as rank, coalesce(s.deadline_on, 'infinity')::text as due_on,
    s.plan_id, s.assignment_id
  from page s where number = :limit and exists (select from page where number > :limit)
), owed as (
  select s.assignment_id as id, s.plan_id, s.task_id, s.role, s.occurrence, s.deadline_on,
    s.original_deadline_on, s.number, 
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
  from page s where s.number <= :limit
)
select format('{"id":%s,"code":%s,"name":%s}',
  to_json(agency.id),
  to_json(agency.code),
  to_json(coalesce((
  select n.name from agency_name n where n.agency_id = agency.id
  order by daterange(n.valid_from, n.valid_until) @> cast(:today as date) desc,
           n.valid_from desc nulls last
  limit 1), agency.code))) as agency, agency.valid_until <= :today as has_ended, (select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out,
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
  coalesce(round(100.0 * (completed) / nullif(completed + (not_started + in_progress + awaiting_confirmation), 0), 2)::text, 'null')) from (with recursive cell as (
select 0 as key, who.id as agency_id, '' as occurrence, cast(:today as date) as today from who), part as (
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
    from figure_change s  where s.since <= :today and (s.until is null or s.until > :today) and s.agency_id = (select id from who) and (cast(:role as text) is null or s.role = :role) offset 0
  ) judged group by key
) select coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue), 0)::bigint as current_overdue, coalesce(sum(current_long_overdue), 0)::bigint as current_long_overdue, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue), 0)::bigint as original_overdue, coalesce(sum(original_long_overdue), 0)::bigint as original_long_overdue, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline from part) counted) as counts,
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
  case when owed.current in ('overdue', 'late') then owed.current_days else 0 end,
  coalesce(next_one.body, 'null')), ',' order by owed.number), ']')
     from owed join plan on plan.id = owed.plan_id join task on task.id = owed.task_id
     left join lateral (
       select format('{"id":%s,"period":%s,"due_on":%s,"status":%s}',
  to_json(u.id),
  to_json(u.period),
  to_json(u.due_on),
  to_json(case when u.status = 'draft' and assignment.agency_id <> :mine then 'expected' else u.status end)) as body
         from submission u join assignment on assignment.id = u.assignment_id
        where u.assignment_id = owed.id and u.status not in ('accepted', 'waived')
          and owed.status <> 'suspended'
        order by u.due_on, u.period limit 1
     ) next_one on true) as assignments,
  last.*
from agency left join last on true where agency.code = :agency;
