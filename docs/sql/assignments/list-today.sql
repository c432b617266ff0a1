-- Run by app.queries.assignments.assignments_json.page_of_assignments_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set coordinates false
\set due_soon_days 30
\set issues false
\set mine '''00000000-0000-0000-0000-000000000002'''
\set plan '''00000000-0000-0000-0000-000000000001'''
\set reports true
\set rows 51
\set today '''2026-03-31'''
explain (analyze, buffers)
select string_agg(body, ',' order by number) filter (where number < :rows) as body,
  case when count(*) = :rows then max(key) filter (where number = :rows - 1) end as key
from (
select format('{"id":%s,"plan":%s,"task":%s,"agency":%s,"role":%s,"occurrence":%s,"starts_on":%s,"deadline_on":%s,"original_deadline_on":%s,"status":%s,"timeliness":%s,"original_timeliness":%s,"reported_on":%s,"completed_on":%s,"external_refs":%s,"awaits_handover":%s,"merged_into_id":%s,"split_from_id":%s,"refusal":%s,"updated_at":%s,"as_of":%s,"allowed_actions":%s}',
  to_json(page.id),
  format('{"id":%s,"number":%s,"title":%s}',
  to_json(plan.id),
  coalesce(to_json(plan.number)::text, 'null'),
  to_json(plan.title)),
  format('{"id":%s,"ordinal":%s,"title":%s}',
  to_json(task.id),
  to_json(task.ordinal),
  to_json(task.title)),
  format('{"id":%s,"code":%s,"name":%s}',
  to_json(agency.id),
  to_json(agency.code),
  to_json(coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code))),
  to_json(page.role),
  to_json(page.occurrence),
  to_json(page.starts_on),
  coalesce(to_json(page.deadline_on)::text, 'null'),
  coalesce(to_json(page.original_deadline_on)::text, 'null'),
  to_json(page.status),
  coalesce(to_json(case
    when page.awaits_handover then null
    when page.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when cast(:today as date) < page.starts_on then 'upcoming'
    when page.deadline_on is null then 'no_deadline'
    when page.status = 'completed' and page.completed_on <= page.deadline_on then 'on_time'
    when page.status = 'completed' then 'late'
    when page.status = 'awaiting_confirmation' and page.reported_on <= page.deadline_on
    then 'reported_on_time'
    when page.status = 'awaiting_confirmation' then 'reported_late'
    when cast(:today as date) > page.deadline_on then 'overdue'
    when page.deadline_on - cast(:today as date) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end)::text, 'null'),
  coalesce(to_json(case
    when page.awaits_handover then null
    when page.status in ('suspended', 'revoked', 'not_applicable', 'ended_with_task', 'carried_over', 'unfinished_at_close', 'merged', 'split') then null
    when cast(:today as date) < page.starts_on then 'upcoming'
    when page.original_deadline_on is null then 'no_deadline'
    when page.status = 'completed' and page.completed_on <= page.original_deadline_on then 'on_time'
    when page.status = 'completed' then 'late'
    when page.status = 'awaiting_confirmation' and page.reported_on <= page.original_deadline_on
    then 'reported_on_time'
    when page.status = 'awaiting_confirmation' then 'reported_late'
    when cast(:today as date) > page.original_deadline_on then 'overdue'
    when page.original_deadline_on - cast(:today as date) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end)::text, 'null'),
  coalesce(to_json(page.reported_on)::text, 'null'),
  coalesce(to_json(page.completed_on)::text, 'null'),
  (select concat('[', string_agg(format('{"system":%s,"id":%s}',
  to_json(e.system),
  to_json(e.external_id)), ',' order by e.system), ']') from external_ref e where e.assignment_id = page.id),
  to_json(page.awaits_handover),
  coalesce(to_json(page.merged_into_id)::text, 'null'),
  coalesce(to_json(page.split_from_id)::text, 'null'),
  coalesce(to_json(page.refusal)::text, 'null'),
  replace(to_char(page.updated_at at time zone 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'), '.000000', ''),
  to_json(cast(:today as date)),
  case when plan.status <> 'issued' then '[]' else concat('[', concat_ws(',', case when cast(:reports as boolean) and page.agency_id = :mine and not page.awaits_handover and page.status in ('not_started', 'in_progress', 'awaiting_confirmation') then '"report"' end, case when cast(:reports as boolean) and page.agency_id = :mine and not page.awaits_handover and page.status in ('not_started', 'in_progress') and page.deadline_on is not null and not exists (select from extension x where x.assignment_id = page.id and x.state = 'pending') then '"ask_extension"' end, case when cast(:reports as boolean) and page.agency_id = :mine and not page.awaits_handover and page.status = 'not_started' and page.refusal is null and not exists (select from submission u where u.assignment_id = page.id and u.attempts > 0) then '"refuse"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.refusal = 'pending' and page.status = 'not_started' and page.agency_id <> :mine then '"accept_refusal"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.refusal = 'pending' and page.status = 'not_started' and page.agency_id <> :mine then '"reject_refusal"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.status in ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended') then '"move_deadline"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.status in ('not_started', 'in_progress') then '"suspend"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.status = 'suspended' then '"resume"' end, case when cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id) and page.status in ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended') then '"revoke"' end, case when page.status in ('completed', 'not_applicable') and ((cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id)) or (cast(:coordinates as boolean) and plan.coordinator_id = :mine)) then '"reopen"' end), ']') end) as body, concat_ws(e'\x1f', page.id) as key, row_number() over (order by page.id) as number
from (
  select * from (select a.* from assignment a where (a.plan_id = :plan) order by a.id limit 201) first limit :rows
) page
join plan on plan.id = page.plan_id
join task on task.id = page.task_id
join agency on agency.id = page.agency_id 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date))
order by page.id
) listed;
