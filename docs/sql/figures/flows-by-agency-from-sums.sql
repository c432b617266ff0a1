-- Run by app.queries.figures.flows.all_flows_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set before '''2025-12-31'''
\set due_soon_days 30
\set period ''''''
\set plan_closed null
\set role '''lead'''
\set today '''2026-03-31'''
explain (analyze, buffers)
with recursive cell as (
  select array[agency.id::text, sign::text] as key, agency.id as agency_id,
    cast(:period as text) as occurrence, day.today
  from agency cross join (values (cast(:before as date), -1), (cast(:today as date), 1)) as day (today, sign)
  where cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or agency.id = :agency_id
), part as (
  select cell.key, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, ended_with_task, carried_over, unfinished_at_close, awaiting_handover, upcoming, current_on_time, current_late, current_completed_no_deadline, current_overdue_7, current_overdue_30, current_overdue_365, current_overdue_longer, current_due_soon, current_no_deadline, current_reported_late, current_reported_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue_7, original_overdue_30, original_overdue_365, original_overdue_longer, original_due_soon, original_no_deadline, original_reported_late, original_reported_no_deadline, given, taken_over, fallen_due
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
  select key, coalesce(sum(weight) filter (where is_held and standing = 'not_started'), 0) as not_started,
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
    select array[s.agency_id::text, sign::text] as key, s.weight as weight, 
  case when day.today < s.starts_on and s.status in ('revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'split')
    then 'never_begun'
    when day.today < s.starts_on then 'upcoming'
    when s.awaits_handover then 'awaiting_handover' else s.status end as standing,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when day.today < s.starts_on then 'upcoming'
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when day.today > s.deadline_on then 'overdue'
    when s.deadline_on - day.today <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current, day.today - s.deadline_on as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when day.today < s.starts_on then 'upcoming'
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when s.status = 'awaiting_confirmation' and s.reported_on <= s.original_deadline_on
    then 'reported_on_time'
    when s.status = 'awaiting_confirmation' then 'reported_late'
    when day.today > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - day.today <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  day.today - s.original_deadline_on as original_days, coalesce(s.starts_on <= day.today and s.since <= s.starts_on and (s.until is null or s.until > s.starts_on) and s.status <> 'split', false) as given, coalesce(s.taken_over_on <= day.today and s.since <= s.taken_over_on and (s.until is null or s.until > s.taken_over_on) and s.taken_over_on > s.starts_on, false) as taken_over, coalesce(greatest(s.deadline_on, s.starts_on) <= day.today and s.since <= greatest(s.deadline_on, s.starts_on) and (s.until is null or s.until > greatest(s.deadline_on, s.starts_on)) and s.deadline_on is not null and not s.awaits_handover and s.status not in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split'), false) as fallen_due, s.since <= day.today and (s.until is null or s.until > day.today) as is_held
    from figure_change s cross join (values (cast(:before as date), -1), (cast(:today as date), 1)) as day (today, sign) where s.since <= day.today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) offset 0
  ) judged group by key
), ends as (
  select key[1]::uuid as key, key[2]::integer as sign, coalesce(sum(not_started), 0)::bigint as not_started, coalesce(sum(in_progress), 0)::bigint as in_progress, coalesce(sum(awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(completed), 0)::bigint as completed, coalesce(sum(not_applicable), 0)::bigint as not_applicable, coalesce(sum(suspended), 0)::bigint as suspended, coalesce(sum(revoked), 0)::bigint as revoked, coalesce(sum(ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(carried_over), 0)::bigint as carried_over, coalesce(sum(unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(upcoming), 0)::bigint as upcoming, coalesce(sum(current_on_time), 0)::bigint as current_on_time, coalesce(sum(current_late), 0)::bigint as current_late, coalesce(sum(current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(original_on_time), 0)::bigint as original_on_time, coalesce(sum(original_late), 0)::bigint as original_late, coalesce(sum(original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(original_reported_no_deadline), 0)::bigint as original_reported_no_deadline, coalesce(sum(given), 0)::bigint as given, coalesce(sum(taken_over), 0)::bigint as taken_over, coalesce(sum(fallen_due), 0)::bigint as fallen_due
  from part group by key
), counted as (
  select * from (
    select key, grouping(key) = 1 as is_total, 
  coalesce(sum(not_started + in_progress + awaiting_confirmation + suspended + awaiting_handover) filter (where sign < 0), 0)::bigint as carried_in,
  coalesce(sum(not_started + in_progress + awaiting_confirmation + suspended + awaiting_handover) filter (where sign > 0), 0)::bigint as carried_out, coalesce(sum(sign * not_started), 0)::bigint as not_started, coalesce(sum(sign * in_progress), 0)::bigint as in_progress, coalesce(sum(sign * awaiting_confirmation), 0)::bigint as awaiting_confirmation, coalesce(sum(sign * completed), 0)::bigint as completed, coalesce(sum(sign * not_applicable), 0)::bigint as not_applicable, coalesce(sum(sign * suspended), 0)::bigint as suspended, coalesce(sum(sign * revoked), 0)::bigint as revoked, coalesce(sum(sign * ended_with_task), 0)::bigint as ended_with_task, coalesce(sum(sign * carried_over), 0)::bigint as carried_over, coalesce(sum(sign * unfinished_at_close), 0)::bigint as unfinished_at_close, coalesce(sum(sign * awaiting_handover), 0)::bigint as awaiting_handover, coalesce(sum(sign * upcoming), 0)::bigint as upcoming, coalesce(sum(sign * current_on_time), 0)::bigint as current_on_time, coalesce(sum(sign * current_late), 0)::bigint as current_late, coalesce(sum(sign * current_completed_no_deadline), 0)::bigint as current_completed_no_deadline, coalesce(sum(sign * current_overdue_7), 0)::bigint as current_overdue_7, coalesce(sum(sign * current_overdue_30), 0)::bigint as current_overdue_30, coalesce(sum(sign * current_overdue_365), 0)::bigint as current_overdue_365, coalesce(sum(sign * current_overdue_longer), 0)::bigint as current_overdue_longer, coalesce(sum(sign * current_due_soon), 0)::bigint as current_due_soon, coalesce(sum(sign * current_no_deadline), 0)::bigint as current_no_deadline, coalesce(sum(sign * current_reported_late), 0)::bigint as current_reported_late, coalesce(sum(sign * current_reported_no_deadline), 0)::bigint as current_reported_no_deadline, coalesce(sum(sign * original_on_time), 0)::bigint as original_on_time, coalesce(sum(sign * original_late), 0)::bigint as original_late, coalesce(sum(sign * original_completed_no_deadline), 0)::bigint as original_completed_no_deadline, coalesce(sum(sign * original_overdue_7), 0)::bigint as original_overdue_7, coalesce(sum(sign * original_overdue_30), 0)::bigint as original_overdue_30, coalesce(sum(sign * original_overdue_365), 0)::bigint as original_overdue_365, coalesce(sum(sign * original_overdue_longer), 0)::bigint as original_overdue_longer, coalesce(sum(sign * original_due_soon), 0)::bigint as original_due_soon, coalesce(sum(sign * original_no_deadline), 0)::bigint as original_no_deadline, coalesce(sum(sign * original_reported_late), 0)::bigint as original_reported_late, coalesce(sum(sign * original_reported_no_deadline), 0)::bigint as original_reported_no_deadline, coalesce(sum(sign * given), 0)::bigint as given, coalesce(sum(sign * taken_over), 0)::bigint as taken_over, coalesce(sum(sign * fallen_due), 0)::bigint as fallen_due
    from ends group by grouping sets ((key), ())
  ) every
  where is_total or carried_in + given + taken_over + fallen_due + carried_out > 0
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
select (select format('{"carried_in":%s,"given":{"total":%s,"new":%s,"taken_over":%s},"fallen_due":%s,"closed":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"called_off":{"total":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"handed_over":%s},"carried_out":%s}',
  carried_in,
  given + taken_over,
  given,
  taken_over,
  fallen_due,
  completed + revoked + not_applicable + ended_with_task + carried_over + unfinished_at_close + (given + taken_over - (not_started + in_progress + awaiting_confirmation + completed + not_applicable + suspended + revoked + ended_with_task + carried_over + unfinished_at_close + awaiting_handover)),
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  revoked + not_applicable,
  revoked,
  not_applicable,
  ended_with_task,
  carried_over + unfinished_at_close,
  carried_over,
  unfinished_at_close,
  (given + taken_over - (not_started + in_progress + awaiting_confirmation + completed + not_applicable + suspended + revoked + ended_with_task + carried_over + unfinished_at_close + awaiting_handover)),
  carried_out) from counted where is_total) as total, (select concat('[', string_agg(format('{"key":%s,"code":%s,"label":%s,"kind":%s,"flows":%s}',
  coalesce(to_json(key)::text, 'null'),
  coalesce(to_json(code)::text, 'null'),
  coalesce(to_json(label)::text, 'null'),
  coalesce(to_json(kind)::text, 'null'),
  format('{"carried_in":%s,"given":{"total":%s,"new":%s,"taken_over":%s},"fallen_due":%s,"closed":{"total":%s,"completed":{"total":%s,"on_time":%s,"late":%s,"no_deadline":%s},"called_off":{"total":%s,"revoked":%s,"not_applicable":%s},"ended_with_task":%s,"at_close":{"total":%s,"carried_over":%s,"unfinished":%s},"handed_over":%s},"carried_out":%s}',
  carried_in,
  given + taken_over,
  given,
  taken_over,
  fallen_due,
  completed + revoked + not_applicable + ended_with_task + carried_over + unfinished_at_close + (given + taken_over - (not_started + in_progress + awaiting_confirmation + completed + not_applicable + suspended + revoked + ended_with_task + carried_over + unfinished_at_close + awaiting_handover)),
  completed,
  current_on_time,
  current_late,
  current_completed_no_deadline,
  revoked + not_applicable,
  revoked,
  not_applicable,
  ended_with_task,
  carried_over + unfinished_at_close,
  carried_over,
  unfinished_at_close,
  (given + taken_over - (not_started + in_progress + awaiting_confirmation + completed + not_applicable + suspended + revoked + ended_with_task + carried_over + unfinished_at_close + awaiting_handover)),
  carried_out)), ',' order by place), ']') from named) as groups, (select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out;
