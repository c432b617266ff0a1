-- Run by app.queries.reminders.by_hand.contacts_of.
-- Written by `make sql`; for psql -f, with values of your own.
\set agencies '''{00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000002}'''
\set day '''2026-03-31'''
\set ids '''{null,00000000-0000-0000-0000-000000000003}'''
\set plan '''00000000-0000-0000-0000-000000000001'''
explain (analyze, buffers)
select d.agency_id, c.id, c.level, c.has_address, c.key, array_agg(d.id)
  from unnest(cast(:agencies as uuid[]), cast(:ids as uuid[])) as d (agency_id, id)
 cross join unnest(array['focal', 'head']) as wanted (level)
 cross join lateral (
   select c.id, c.level, c.email is not null as has_address, coalesce(encode(sha256(convert_to(lower(c.email), 'UTF8')), 'hex'), c.id::text) as key from focal_point c
    where c.plan_id = :plan and c.agency_id = d.agency_id and c.level = wanted.level
      and (c.assignment_id is null or c.assignment_id = d.id) and c.corrected_at is null and c.valid_from <= :day and (c.valid_until is null or c.valid_until > :day)
    order by c.assignment_id nulls last limit 1
 ) c
 group by d.agency_id, c.id, c.level, c.has_address, c.key
 order by c.level desc, c.id;
