-- Run by app.queries.consolidated_reports.follow_up.followed_up.
-- Written by `make sql`; for psql -f, with values of your own.
\set first '''2025-12-15'''
\set plan_id '''00000000-0000-0000-0000-000000000001'''
\set today '''2026-03-31'''
\set year 2026
explain (analyze, buffers)
with returned as (
  select b.agency_id, count(*) as number
  from submission_review r
  join submission_attempt b on b.id = r.attempt_id
  join submission u on u.id = b.submission_id
  join assignment a on a.id = u.assignment_id
  where a.plan_id = :plan_id and r.decision = 'returned'
    and r.decided_on between :first and :today
  group by b.agency_id
), reminded as (
  select m.agency_id, count(*) as number
  from reminder m
  where m.on_day between :first and :today and m.receiver <> 'office' and exists (
    select from reminder_item i where i.reminder_id = m.id and i.plan_id = :plan_id)
  group by m.agency_id
), extended as (
  select e.agency_id, count(*) as number
  from extension e
  join deadline_change c on c.extension_id = e.id
  join assignment a on a.id = e.assignment_id
  where a.plan_id = :plan_id and c.moved_on between :first and :today
  group by e.agency_id
), graded as (
  select distinct on (t.agency_id) t.agency_id, v.grade
  from rating t join rating_version v on v.rating_id = t.id
  where t.plan_id = :plan_id and t.year = :year and v.given_on <= :today
  order by t.agency_id, v.number desc
)
select agency.id, coalesce(returned.number, 0), coalesce(reminded.number, 0),
  coalesce(extended.number, 0), graded.grade
from agency
left join returned on returned.agency_id = agency.id
left join reminded on reminded.agency_id = agency.id
left join extended on extended.agency_id = agency.id
left join graded on graded.agency_id = agency.id
where num_nonnulls(returned.number, reminded.number, extended.number, graded.grade) > 0;
