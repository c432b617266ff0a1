-- Run by app.queries.figures.deadlines.deadlines_by.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set period ''''''
\set plan_closed false
\set plans '''{00000000-0000-0000-0000-000000000001}'''
\set role '''lead'''
\set today '''2026-03-31'''
explain (analyze, buffers)
select key, min(deadline_on) filter (where deadline_on < :today) as oldest, min(next) as next,
  count(*) filter (where deadline_on = next) as count
from (
  select s.plan_id as key, s.deadline_on,
    min(s.deadline_on) filter (where s.deadline_on >= :today) over (partition by s.plan_id) as next
  from assignment_state s
  where s.deadline_on is not null and s.since <= :today and (s.until is null or s.until > :today) and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and s.plan_id = any(cast(:plans as uuid[]))
) found group by key;
