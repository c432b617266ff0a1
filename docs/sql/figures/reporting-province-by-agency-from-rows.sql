-- Run by app.queries.figures.reporting_province.reporting_by.
-- Written by `make sql`; for psql -f, with values of your own.
\set after 0
\set agency_id '''00000000-0000-0000-0000-000000000000'''
\set period ''''''
\set plan_closed false
\set role '''lead'''
\set today '''2026-03-31'''
\set upto 51
explain (analyze, buffers)
with placed as (
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s join submission u on u.assignment_id = s.assignment_id 
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > cast(:today as date)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and true
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s
    join assignment a on a.merged_into_id = s.assignment_id
    join submission u on u.assignment_id = a.id 
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > cast(:today as date)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and true
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, cast(:today as date) as today
    from assignment_state s
    join submission_move m on m.from_assignment_id = s.assignment_id
    join submission u on u.id = m.submission_id 
   where m.moved_on > cast(:today as date) and not exists (
      select from submission_move e where e.submission_id = m.submission_id
         and e.moved_on > cast(:today as date) and (e.moved_on, e.sequence) < (m.moved_on, m.sequence)) and s.since <= cast(:today as date) and (s.until is null or s.until > cast(:today as date)) and u.expected_on <= cast(:today as date) and true), standing as (
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
    where q.answered_by = 'agency' and o.expected_on <= cast(:today as date) and true
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
  end as state from owned) owned), changed as materialized (select plan_id, coalesce(owner_id, '00000000-0000-0000-0000-000000000001') as agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since, 1 as weight from stated), cell as (
  select agency.id as key, agency.id as agency_id, cast(:period as text) as period
  from agency where cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or agency.id = :agency_id
  union all
  select '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001', :period where cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000'
), reviewed as materialized (
  select r.agency_id as key, r.plan_id, r.review, r.review_since from changed r
   where r.review_since is not null and r.weight > 0 and 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or r.agency_id = :agency_id)
  and (cast(:period as text) = '' or r.period = :period)
  and (cast(:role as text) is null or r.role = :role) and (cast(:plan_closed as boolean) is null or r.plan_closed = :plan_closed)
), part as (
  select *, cast(null as date) as waiting_since, cast(null as date) as returned_since from (
  select r.agency_id as key, coalesce(sum(weight) filter (where kind = 'waived'), 0) as waived, coalesce(sum(weight) filter (where kind = 'filed_early'), 0) as filed_early, coalesce(sum(weight) filter (where kind = 'on_time'), 0) as on_time, coalesce(sum(weight) filter (where kind = 'late'), 0) as late, coalesce(sum(weight) filter (where kind = 'set_aside'), 0) as set_aside, coalesce(sum(weight) filter (where kind = 'not_due'), 0) as not_due, coalesce(sum(weight) filter (where kind = 'due_today'), 0) as due_today, coalesce(sum(weight) filter (where kind = 'overdue_up_to_7'), 0) as overdue_up_to_7, coalesce(sum(weight) filter (where kind = 'overdue_up_to_30'), 0) as overdue_up_to_30, coalesce(sum(weight) filter (where kind = 'overdue_up_to_365'), 0) as overdue_up_to_365, coalesce(sum(weight) filter (where kind = 'overdue_longer'), 0) as overdue_longer, coalesce(sum(weight) filter (where review = 'waiting'), 0) as waiting, coalesce(sum(weight) filter (where review = 'accepted'), 0) as accepted, coalesce(sum(weight) filter (where review = 'returned'), 0) as returned from (
    select *, case
    when state in ('waived', 'set_aside') then state
    when state = 'filed' and due_on > cast(:today as date) then 'filed_early'
    when state = 'filed' and filed_on <= due_on then 'on_time'
    when state = 'filed' then 'late'
    when due_on > cast(:today as date) then 'not_due'
    when due_on = cast(:today as date) then 'due_today'
    when cast(:today as date) - due_on <= 7 then 'overdue_up_to_7'
    when cast(:today as date) - due_on <= 30 then 'overdue_up_to_30'
    when cast(:today as date) - due_on <= 365 then 'overdue_up_to_365'
    else 'overdue_longer'
  end as kind from changed r where 
  (cast(:agency_id as uuid) = '00000000-0000-0000-0000-000000000000' or r.agency_id = :agency_id)
  and (cast(:period as text) = '' or r.period = :period)
  and (cast(:role as text) is null or r.role = :role) and (cast(:plan_closed as boolean) is null or r.plan_closed = :plan_closed) offset 0
  ) r group by 1) changes
  union all select key, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, min(review_since) filter (where review = 'waiting') as waiting_since, min(review_since) filter (where review = 'returned') as returned_since from reviewed group by key
), counted as (
  select nullif(key, '00000000-0000-0000-0000-000000000001') as key, is_total, waived, filed_early, on_time, late, set_aside, not_due, due_today, overdue_up_to_7, overdue_up_to_30, overdue_up_to_365, overdue_longer, waiting, accepted, returned, waiting_since, returned_since
  from (
    select key, grouping(key) = 1 as is_total, coalesce(sum(waived), 0)::bigint as waived, coalesce(sum(filed_early), 0)::bigint as filed_early, coalesce(sum(on_time), 0)::bigint as on_time, coalesce(sum(late), 0)::bigint as late, coalesce(sum(set_aside), 0)::bigint as set_aside, coalesce(sum(not_due), 0)::bigint as not_due, coalesce(sum(due_today), 0)::bigint as due_today, coalesce(sum(overdue_up_to_7), 0)::bigint as overdue_up_to_7, coalesce(sum(overdue_up_to_30), 0)::bigint as overdue_up_to_30, coalesce(sum(overdue_up_to_365), 0)::bigint as overdue_up_to_365, coalesce(sum(overdue_longer), 0)::bigint as overdue_longer, coalesce(sum(waiting), 0)::bigint as waiting, coalesce(sum(accepted), 0)::bigint as accepted, coalesce(sum(returned), 0)::bigint as returned, min(waiting_since) as waiting_since, min(returned_since) as returned_since from part group by grouping sets ((key), ())
  ) every where is_total or waived + filed_early + on_time + late + set_aside + not_due + due_today + overdue_up_to_7 + overdue_up_to_30 + overdue_up_to_365 + overdue_longer > 0
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
select *, (select exists (select from figure_basis)) as is_laid_out from (
  select counted.*, null as code, null as label, null as kind, 0 as place
  from counted where is_total
  union all
  select * from named where place > :after and place <= :upto
) found
order by place;
