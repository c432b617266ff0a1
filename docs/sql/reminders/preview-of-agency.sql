-- Run by app.queries.reminders.planned.planned_reminders.
-- Written by `make sql`; for psql -f, with values of your own.
\set day '''2026-03-31'''
\set days '''{-30,-7,-1,1,7}'''
\set every_days 30
\set head_from 7
\set horizon '''2026-04-30'''
\set mine '''00000000-0000-0000-0000-000000000002'''
\set office_from 30
\set plan null
\set since '''2026-03-30'''
explain (analyze, buffers)
with rule as (
  select *, dense_rank() over (order by days, every_days) as rank
    from (
      select p.id as plan_id, p.owner_id, p.coordinator_id,
             coalesce(r.days, :days) as days,
             case when r.id is null then :every_days else r.every_days end as every_days,
             case when r.id is null then :head_from else r.head_from end as head_from,
             case when r.id is null then :office_from else r.office_from end as office_from
        from plan p left join reminder_rule r on r.plan_id = p.id
       where p.status = 'issued' and (cast(:plan::UUID as uuid) is null or p.id = :plan::UUID)
    ) of_plan
), due as materialized (
  select first.day + n as due_on
    from (
      select least(
        (select min(a.deadline_on) from assignment a where a.status in ('not_started', 'in_progress')),
        (select min(due_on) from submission where status = 'expected'), (select min(due_on) from submission where status = 'returned'),
        (select min(o.due_on) from agency_report o where o.status in ('expected', 'returned') and exists (select from report_request q where q.id = o.report_request_id and q.answered_by = 'agency') and exists (select from agency g where g.id = o.agency_id and (g.valid_until is null or g.valid_until > :day)))
      ) as day
    ) first
   cross join generate_series(0, cast(:horizon as date) - first.day) n
), step as (
  select ladder.rank, due.due_on, step.days
    from (select distinct on (rank) rank, days, every_days from rule) ladder
   cross join due
   cross join lateral (select max(d) as last from unnest(ladder.days) d) listed
   cross join lateral (select cast(:day as date) - due.due_on as days) late
   cross join lateral (
     select greatest(
       (select max(d) from unnest(ladder.days) d where d <= late.days),
       case when late.days / every_days * every_days > greatest(listed.last, 0)
            then late.days / every_days * every_days end
     ) as days
   ) step
   where due.due_on + step.days > :since
), fall as not materialized (
  select rule.*, step.due_on, step.days as step from step join rule using (rank)
), own as materialized (
  select assignment_id as id, plan_id, agency_id, deadline_on from assignment_state a
   where agency_id = :mine::UUID and role in ('lead', 'coordinating') and not plan_closed
     and until is null and a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day))
), due_submission as materialized (

  select s.id as submission_id, s.due_on, a.id as assignment_id, a.plan_id, a.agency_id
    from (select distinct due_on from step) day
   cross join lateral (
     select * from submission s where s.due_on = day.due_on and s.status in ('expected', 'returned') offset 0
   ) s
    join assignment a on a.id = s.assignment_id
   where a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day))
     and exists (select from rule f where (f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID))
     and a.plan_id in (select plan_id from rule f where (f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID))
  union
  select s.id, s.due_on, a.id, a.plan_id, a.agency_id
    from own a join submission s on s.assignment_id = a.id
   where s.due_on = any(array(select due_on from step)) and s.status in ('expected', 'returned')
), fallen as (

  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, a.agency_id,
         a.id as assignment_id, cast(null as uuid) as submission_id,
         cast(null as uuid) as agency_report_id
    from fall f join assignment a on a.plan_id = f.plan_id and a.deadline_on = f.due_on
   where a.status in ('not_started', 'in_progress') and not a.awaits_handover and exists (select from agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day)) and (f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID)
  union all
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, a.agency_id,
         a.id as assignment_id, cast(null as uuid) as submission_id,
         cast(null as uuid) as agency_report_id
    from fall f join own a on a.plan_id = f.plan_id and a.deadline_on = f.due_on
   where not (f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID)
  union all
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, r.agency_id,
         r.assignment_id, r.submission_id, null
    from fall f join due_submission r on r.plan_id = f.plan_id and r.due_on = f.due_on
   where ((f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID) or r.agency_id = :mine::UUID)
  union all
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, o.agency_id,
         null, null, o.id
    from fall f join agency_report o on o.plan_id = f.plan_id and o.due_on = f.due_on
   where ((f.owner_id = :mine::UUID or f.coordinator_id = :mine::UUID) or o.agency_id = :mine::UUID) and o.status in ('expected', 'returned') and exists (select from report_request q where q.id = o.report_request_id and q.answered_by = 'agency') and exists (select from agency g where g.id = o.agency_id and (g.valid_until is null or g.valid_until > :day))
), heard as (
  select f.*, f.agency_id as to_id, 'clients' as receiver, 'clients' as receiver_key,
         cast(null as uuid) as contact_id, false as has_address
    from fallen f
  union all
  select f.*, f.agency_id, c.level, c.key, c.id, c.has_address
    from fallen f
   cross join lateral (
     values ('focal', true), ('head', f.step >= f.head_from)
   ) as wanted (level, is_wanted)
   cross join lateral (
     select c.id, c.level, c.email is not null as has_address, coalesce(encode(sha256(convert_to(lower(c.email), 'UTF8')), 'hex'), c.id::text) as key from focal_point c
      where c.plan_id = f.plan_id and c.agency_id = f.agency_id and c.level = wanted.level
        and (c.assignment_id is null or c.assignment_id = f.assignment_id) and c.corrected_at is null and c.valid_from <= :day and (c.valid_until is null or c.valid_until > :day)
      order by c.assignment_id nulls last limit 1
   ) c
   where wanted.is_wanted
  union all
  select f.*, f.owner_id, 'office', 'office', null, false
    from fallen f where f.step >= f.office_from
  union all
  select f.*, f.owner_id, c.level, c.key, c.id, c.has_address
    from fallen f
   cross join lateral (
     select c.id, c.level, c.email is not null as has_address, coalesce(encode(sha256(convert_to(lower(c.email), 'UTF8')), 'hex'), c.id::text) as key from focal_point c
      where c.plan_id = f.plan_id and c.agency_id = f.owner_id and c.level = 'office' and c.corrected_at is null and c.valid_from <= :day and (c.valid_until is null or c.valid_until > :day)
      limit 1
   ) c
   where f.step >= f.office_from
), asked as (
  select h.to_id, h.receiver_key, h.plan_id, h.assignment_id, h.submission_id, h.agency_report_id,
         h.due_on, h.step, (array_agg(h.agency_id))[1] as owing_id,
         max(h.receiver) as receiver, bool_or(h.has_address) as has_address,
         (array_agg(h.contact_id order by h.receiver desc, h.contact_id))[1] as contact_id
    from heard h
   where not exists (
     select from reminder_item i join reminder r on r.id = i.reminder_id
      where i.assignment_id = h.assignment_id
        and i.submission_id is not distinct from h.submission_id
        and i.due_on = h.due_on and i.step = h.step and r.trigger = 'rule'
        and r.agency_id = h.to_id and r.receiver_key = h.receiver_key
   ) and not exists (
     select from reminder_item i join reminder r on r.id = i.reminder_id
      where i.agency_report_id = h.agency_report_id
        and i.due_on = h.due_on and i.step = h.step and r.trigger = 'rule'
        and r.agency_id = h.to_id and r.receiver_key = h.receiver_key
   )
   group by h.to_id, h.receiver_key, h.plan_id, h.assignment_id, h.submission_id,
         h.agency_report_id, h.due_on, h.step
)

select to_id, max(receiver) as receiver, bool_or(has_address) as has_address,
       count(assignment_id) - count(submission_id) as assignments, count(submission_id) as submissions, count(agency_report_id) as agency_reports,
       array_agg(distinct step order by step) as steps,
       coalesce(array_agg(distinct a.task_id) filter (where a.id is not null), '{}')
         as task_ids
  from asked join plan p on p.id = asked.plan_id
  left join assignment a on a.id = asked.assignment_id
 where (to_id = :mine::UUID or p.coordinator_id = :mine::UUID)
 group by to_id, receiver_key
 order by to_id, receiver, receiver_key;
