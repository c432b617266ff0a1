-- Run by app.queries.reminders.by_hand.list_open_items.
-- Written by `make sql`; for psql -f, with values of your own.
\set agencies '''{00000000-0000-0000-0000-000000000002}'''
\set day '''2026-03-31'''
\set plan '''00000000-0000-0000-0000-000000000001'''
explain (analyze, buffers)
select a.agency_id, 'assignment', a.id, cast(null as uuid), cast(null as uuid),
       a.deadline_on as due_on
  from assignment a
 where a.plan_id = :plan and a.agency_id = any(:agencies) and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day))
union all
select a.agency_id, 'submission', a.id, s.id, null, s.due_on
  from submission s join assignment a on a.id = s.assignment_id
 where a.plan_id = :plan and a.agency_id = any(:agencies)
   and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day)) and s.status in ('expected', 'returned')
union all
select o.agency_id, 'agency_report', null, null, o.id, o.due_on
  from agency_report o
 where o.plan_id = :plan and o.agency_id = any(:agencies) and o.status in ('expected', 'returned') and exists (select from report_request q where q.id = o.report_request_id and q.answered_by = 'agency') and exists (select from agency g where g.id = o.agency_id and (g.valid_until is null or g.valid_until > :day))
union all
select asked.id, 'focal_point', null, null, null, null
  from unnest(cast(:agencies as uuid[])) as asked (id) where not exists (
   select from focal_point c where c.plan_id = :plan and c.agency_id = asked.id
     and c.level = 'focal' and c.assignment_id is null and c.corrected_at is null and c.valid_from <= :day and (c.valid_until is null or c.valid_until > :day)) and exists (select from assignment a
    where a.plan_id = :plan and a.agency_id = asked.id and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day)))
union all
select asked.id, 'action_plan', null, null, null, null
  from unnest(cast(:agencies as uuid[])) as asked (id) where not exists (
   select from plan_relation r join plan p on p.id = r.plan_id
    where r.other_plan_id = :plan and r.relation = 'implements' and p.owner_id = asked.id
      and p.status <> 'draft') and exists (select from assignment a
    where a.plan_id = :plan and a.agency_id = asked.id and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day)))
 order by due_on nulls last, 3, 4, 5, 2;
