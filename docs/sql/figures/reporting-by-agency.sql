-- Run by app.queries.figures.reporting.count_submissions.
-- Written by `make sql`; for psql -f, with values of your own.
\set after 0
\set plan_id '''00000000-0000-0000-0000-000000000001'''
\set today '''2026-03-31'''
\set upto 51
explain (analyze, buffers)
with placed as (
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s join submission u on u.assignment_id = s.assignment_id 
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > cast(:today as date)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and s.plan_id = :plan_id
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s
    join assignment a on a.merged_into_id = s.assignment_id
    join submission u on u.assignment_id = a.id 
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > cast(:today as date)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and s.plan_id = :plan_id
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s
    join submission_move m on m.from_assignment_id = s.assignment_id
    join submission u on u.id = m.submission_id 
   where m.moved_on > cast(:today as date) and not exists (
      select from submission_move e where e.submission_id = m.submission_id
         and e.moved_on > cast(:today as date) and (e.moved_on, e.sequence) < (m.moved_on, m.sequence)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and s.plan_id = :plan_id), standing as (
  select p.*, w.id is not null as was_waived, t.decision, t.decided_on, t.received_on,
    case when a.received_on is not null then a.received_on
      when coalesce(t.decision, 'accepted') = 'accepted' then t.received_on end as filed_on,
    coalesce(a.agency_id, t.agency_id) as filed_by_id
  from placed p 
  left join lateral (
    select b.id, b.number, b.agency_id, coalesce(r.received_on, b.received_on) as received_on,
      case when r.decided_on <= p.today then r.decision end as decision,
      case when r.decided_on <= p.today then r.decided_on end as decided_on
    from submission_attempt b left join submission_review r on r.attempt_id = b.id
     where b.submission_id = p.id and coalesce(r.received_on, b.received_on) <= p.today
     order by b.number desc limit 1
  ) t on true
  left join lateral (
    select coalesce(r.received_on, b.received_on) as received_on, b.agency_id
      from submission_attempt b
      join submission_review r on r.attempt_id = b.id
     where b.submission_id = p.id and r.decision = 'accepted' and r.decided_on <= p.today
       and t.number > 1
     order by b.number limit 1
  ) a on true
  left join submission_waiver w
    on w.submission_id = p.id and w.waived_on <= p.today and w.ended_on > p.today union all 
  select p.*, false as was_waived, t.decision, t.decided_on, t.received_on,
    case when a.received_on is not null then a.received_on
      when coalesce(t.decision, 'accepted') = 'accepted' then t.received_on end as filed_on,
    coalesce(a.agency_id, t.agency_id) as filed_by_id
  from (
    select o.id, o.period, o.due_on, o.waived_on, cast(null as uuid) as assignment_id, o.plan_id,
      cast(null as uuid) as task_id, coalesce((
        select m.from_agency_id from agency_report_move m
         where m.agency_report_id = o.id and m.moved_on > least(cast(:today as date), o.due_on)
         order by m.moved_on, m.id limit 1), o.agency_id) as agency_id, 'lead' as role,
      'in_progress' as status, false as awaits_handover, exists (
        select from assignment_state s
         where s.plan_id = o.plan_id and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and s.plan_closed) as plan_closed,
      cast(:today as date) as today
    from agency_report o join report_request q on q.id = o.report_request_id 
    where q.answered_by = 'agency' and o.expected_on <= cast(:today as date) and o.plan_id = :plan_id
  ) p 
  left join lateral (
    select b.id, b.number, b.agency_id, coalesce(r.received_on, b.received_on) as received_on,
      case when r.decided_on <= p.today then r.decision end as decision,
      case when r.decided_on <= p.today then r.decided_on end as decided_on
    from agency_report_attempt b left join agency_report_review r on r.attempt_id = b.id
     where b.agency_report_id = p.id and coalesce(r.received_on, b.received_on) <= p.today
     order by b.number desc limit 1
  ) t on true
  left join lateral (
    select coalesce(r.received_on, b.received_on) as received_on, b.agency_id
      from agency_report_attempt b
      join agency_report_review r on r.attempt_id = b.id
     where b.agency_report_id = p.id and r.decision = 'accepted' and r.decided_on <= p.today
       and t.number > 1
     order by b.number limit 1
  ) a on true), owned as (
  select p.*,
    case when filed_on is not null then filed_by_id
      when not coalesce(o.awaits_handover, p.awaits_handover)
      then coalesce(o.agency_id, p.agency_id) end as owner_id,
    coalesce(o.awaits_handover, p.awaits_handover) as is_unowned
  from standing p
  left join lateral (
    select o.agency_id, o.awaits_handover from assignment_state o
     where o.since <= p.due_on and (o.until is null or o.until > p.due_on)
       and o.assignment_id = case when p.filed_on is null and p.due_on <= p.today then coalesce((
         select m.from_assignment_id from submission_move m
          where m.submission_id = p.id and m.moved_on > p.due_on
          order by m.moved_on, m.sequence limit 1), p.assignment_id) end
  ) o on true), stated as (
  select id, plan_id, task_id, owner_id, period, role, plan_closed, today, due_on, state,
    case when state = 'filed' then filed_on end as filed_on,
    case when state = 'filed' and decision is null then 'waiting'
      when state = 'filed' then 'accepted'
      when state = 'owed' and decision = 'returned' then 'returned' end as review,
    case when state = 'filed' and decision is null then received_on
      when state = 'owed' and decision = 'returned' then decided_on end as review_since
  from (select *, case
    when waived_on <= today or was_waived then 'waived'
    when filed_on is not null then 'filed'
    when is_unowned or plan_closed or status in ('suspended', 'revoked', 'not_applicable', 'split')
    then 'set_aside'
    else 'owed'
  end as state from owned) owned), judged as (
  select owner_id as key, case
    when state in ('waived', 'set_aside') then state
    when state = 'filed' and due_on > today then 'filed_early'
    when state = 'filed' and filed_on <= due_on then 'on_time'
    when state = 'filed' then 'late'
    when due_on > today then 'not_due'
    when due_on = today then 'due_today'
    when today - due_on <= 7 then 'overdue_up_to_7'
    when today - due_on <= 30 then 'overdue_up_to_30'
    when today - due_on <= 365 then 'overdue_up_to_365'
    else 'overdue_longer'
  end as kind, review, review_since
  from stated where true), counted as (
  select key, grouping(key) = 1 as is_total, count(*) filter (where kind = 'waived') as waived,
    count(*) filter (where kind = 'filed_early') as filed_early,
    count(*) filter (where kind = 'on_time') as on_time,
    count(*) filter (where kind = 'late') as late,
    count(*) filter (where kind = 'set_aside') as set_aside,
    count(*) filter (where kind = 'not_due') as not_due,
    count(*) filter (where kind = 'due_today') as due_today,
    count(*) filter (where kind = 'overdue_up_to_7') as overdue_up_to_7,
    count(*) filter (where kind = 'overdue_up_to_30') as overdue_up_to_30,
    count(*) filter (where kind = 'overdue_up_to_365') as overdue_up_to_365,
    count(*) filter (where kind = 'overdue_longer') as overdue_longer,
    count(*) filter (where review = 'waiting') as waiting,
    count(*) filter (where review = 'accepted') as accepted,
    count(*) filter (where review = 'returned') as returned,
    min(review_since) filter (where review = 'waiting') as waiting_since,
    min(review_since) filter (where review = 'returned') as returned_since
  from judged group by grouping sets ((key), ())
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
select counted.*, null as code, null as label, null as kind, 0 as place from counted where is_total
union all
select * from named where place > :after and place <= :upto
order by place;
