-- Run by app.queries.figures.reporting_sums.state_plans.
-- Written by `make sql`; for psql -f, with values of your own.
\set plans '''{00000000-0000-0000-0000-000000000001}'''
explain
with touched as materialized (
  select u.id from assignment a join submission u on u.assignment_id = a.id
   where a.plan_id = any(cast(:plans as uuid[]))
  union all
  select o.id from agency_report o
   where o.plan_id = any(cast(:plans as uuid[])) and o.report_request_id is not null
), of_day as materialized (
  select id, day from (
  select t.id, unnest(array[u.expected_on, u.due_on, u.waived_on]) as day
    from touched t join submission u on u.id = t.id
  union 
  select t.id, unnest(array[coalesce(r.received_on, b.received_on), r.decided_on])
    from touched t join submission_attempt b on b.submission_id = t.id
    left join submission_review r on r.attempt_id = b.id
  union
  select t.id, unnest(array[w.waived_on, w.ended_on])
    from touched t join submission_waiver w on w.submission_id = t.id
  union
  select t.id, m.moved_on from touched t join submission_move m on m.submission_id = t.id
  union
  select t.id, unnest(array[s.since, s.until]) from touched t join submission u on u.id = t.id
    join assignment_state s on s.assignment_id = u.assignment_id
  union
  select t.id, unnest(array[s.since, s.until]) from touched t join submission u on u.id = t.id
    join assignment a on a.id = u.assignment_id and a.merged_into_id is not null
    join assignment_state s on s.assignment_id = a.merged_into_id
  union
  select t.id, unnest(array[s.since, s.until]) from touched t join submission_move m on m.submission_id = t.id
    join assignment_state s on s.assignment_id = m.from_assignment_id
  union
  select t.id, unnest(array[o.expected_on, o.due_on, o.waived_on])
    from touched t join agency_report o on o.id = t.id
  union 
  select t.id, unnest(array[coalesce(r.received_on, b.received_on), r.decided_on])
    from touched t join agency_report_attempt b on b.agency_report_id = t.id
    left join agency_report_review r on r.attempt_id = b.id
  union
  select t.id, m.moved_on from touched t join agency_report_move m on m.agency_report_id = t.id
  union
  select t.id, closed.day from touched t join agency_report o on o.id = t.id
    cross join lateral (
      select distinct unnest(array[s.since, s.until]) as day from assignment_state s
       where s.plan_id = o.plan_id and s.plan_closed
    ) closed) found where day is not null
), placed as (
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, d.day as today
    from assignment_state s join submission u on u.assignment_id = s.assignment_id join of_day d on d.id = u.id
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > d.day) and s.since <= d.day and (s.until is null or s.until > d.day) and u.expected_on <= d.day and true
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, d.day as today
    from assignment_state s
    join assignment a on a.merged_into_id = s.assignment_id
    join submission u on u.assignment_id = a.id join of_day d on d.id = u.id
   where not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > d.day) and s.since <= d.day and (s.until is null or s.until > d.day) and u.expected_on <= d.day and true
  union all
  select u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id, s.role, s.status, s.awaits_handover, s.plan_closed, d.day as today
    from assignment_state s
    join submission_move m on m.from_assignment_id = s.assignment_id
    join submission u on u.id = m.submission_id join of_day d on d.id = u.id
   where m.moved_on > d.day and not exists (
      select from submission_move e where e.submission_id = m.submission_id
         and e.moved_on > d.day and (e.moved_on, e.sequence) < (m.moved_on, m.sequence)) and s.since <= d.day and (s.until is null or s.until > d.day) and u.expected_on <= d.day and true), standing as (
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
         where m.agency_report_id = o.id and m.moved_on > least(d.day, o.due_on)
         order by m.moved_on, m.id limit 1), o.agency_id) as agency_id, 'lead' as role,
      'in_progress' as status, false as awaits_handover, exists (
        select from assignment_state s
         where s.plan_id = o.plan_id and s.since <= d.day and (s.until is null or s.until > d.day) and s.plan_closed) as plan_closed,
      d.day as today
    from agency_report o join report_request q on q.id = o.report_request_id join of_day d on d.id = o.id
    where q.answered_by = 'agency' and o.expected_on <= d.day and true
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
  end as state from owned) owned), held as (
  select distinct on (id, today) id, today, coalesce(owner_id, '00000000-0000-0000-0000-000000000001') as agency_id,
    plan_id, period, role, plan_closed, due_on, state, filed_on, review, review_since
  from stated order by id, today
), turned as (
  select d.id, d.day, h.id is not null as is_held, h.plan_id, h.agency_id, h.period, h.role, h.plan_closed, h.due_on, h.state, h.filed_on, h.review, h.review_since,
    row(h.plan_id, h.agency_id, h.period, h.role, h.plan_closed, h.due_on, h.state, h.filed_on, h.review, h.review_since) is distinct from
      lag(row(h.plan_id, h.agency_id, h.period, h.role, h.plan_closed, h.due_on, h.state, h.filed_on, h.review, h.review_since)) over days as is_turn
  from of_day d left join held h on h.id = d.id and h.today = d.day
  window days as (partition by d.id order by d.day)
), come as (
  select id as report_id, day as since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since
  from (
    select *, lead(day) over (partition by id order by day) as until from turned where is_turn
  ) span
  where is_held
)
insert into reporting_span (report_id, since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since)
select report_id, since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since from come;
