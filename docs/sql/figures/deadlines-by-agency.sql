-- Run by app.queries.figures.deadlines.deadlines_of_agencies.
-- Written by `make sql`; for psql -f, with values of your own.
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set period ''''''
\set plan_closed false
\set role '''lead'''
\set today '''2026-03-31'''
explain (analyze, buffers)
select agency.id as key, ends.oldest, ends.next, case when ends.next is null then 0 else (
    select count(*) from (values ('lead'), ('coordinating')) as role (role) cross join (values (false), (true)) as of_plans (plan_closed) cross join lateral (
      select s.deadline_on from assignment_state s
       where s.agency_id = agency.id and s.role = role.role
         and s.plan_closed = of_plans.plan_closed and s.until is null
         and workload_rank(s.status) = 0 and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and coalesce(s.deadline_on, 'infinity'::date) = ends.next) s
     where (cast(:role as text) is null or role.role = :role) and (cast(:plan_closed as boolean) is null or of_plans.plan_closed = :plan_closed)
  ) + (
    select count(*) from (
  select s.deadline_on from assignment_state s
   where s.agency_id = agency.id and s.until > :today and s.deadline_on is not null and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed)) since where since.deadline_on = ends.next
  ) end as count
from agency cross join lateral (
  select min(deadline_on) filter (where deadline_on < :today) as oldest,
    min(deadline_on) filter (where deadline_on >= :today) as next
  from (
    
    select s.deadline_on from (values ('lead'), ('coordinating')) as role (role) cross join (values (false), (true)) as of_plans (plan_closed) cross join lateral (
      select s.deadline_on from assignment_state s
       where s.agency_id = agency.id and s.role = role.role
         and s.plan_closed = of_plans.plan_closed and s.until is null
         and workload_rank(s.status) = 0 and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and coalesce(s.deadline_on, 'infinity'::date) < :today order by coalesce(s.deadline_on, 'infinity'::date) limit 1) s
     where (cast(:role as text) is null or role.role = :role) and (cast(:plan_closed as boolean) is null or of_plans.plan_closed = :plan_closed)
    union all
    
    select s.deadline_on from (values ('lead'), ('coordinating')) as role (role) cross join (values (false), (true)) as of_plans (plan_closed) cross join lateral (
      select s.deadline_on from assignment_state s
       where s.agency_id = agency.id and s.role = role.role
         and s.plan_closed = of_plans.plan_closed and s.until is null
         and workload_rank(s.status) = 0 and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed) and coalesce(s.deadline_on, 'infinity'::date) >= :today and coalesce(s.deadline_on, 'infinity'::date) < 'infinity' order by coalesce(s.deadline_on, 'infinity'::date) limit 1) s
     where (cast(:role as text) is null or role.role = :role) and (cast(:plan_closed as boolean) is null or of_plans.plan_closed = :plan_closed)
    union all 
  select s.deadline_on from assignment_state s
   where s.agency_id = agency.id and s.until > :today and s.deadline_on is not null and s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or s.agency_id = :agency_id)
  and (cast(:period as text) = '' or s.occurrence = :period)
  and (cast(:role as text) is null or s.role = :role) and (cast(:plan_closed as boolean) is null or s.plan_closed = :plan_closed)
  ) found
) ends
where coalesce(ends.oldest, ends.next) is not null;
