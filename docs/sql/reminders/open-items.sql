-- Run by app.queries.reminders.by_hand.list_open_items.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency '''00000000-0000-0000-0000-000000000002'''
\set day '''2026-03-31'''
\set plan '''00000000-0000-0000-0000-000000000001'''
explain (analyze, buffers)
select a.id, cast(null as uuid), a.deadline_on as due_on
  from assignment a where a.plan_id = :plan and a.agency_id = :agency and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day))
union all
select a.id, s.id, s.due_on
  from submission s join assignment a on a.id = s.assignment_id
 where a.plan_id = :plan and a.agency_id = :agency and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day)) and s.status in ('expected', 'draft', 'returned')
 order by due_on nulls last, 1, 2;
