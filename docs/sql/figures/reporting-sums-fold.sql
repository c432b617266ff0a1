-- Run by app.queries.figures.reporting_sums.fold.
-- Written by `make sql`; for psql -f, with values of your own.
\set rows 5000
explain
with taken as materialized (
  delete from reporting_change
  where id in (select id from reporting_change order by id limit :rows)
  returning report_id, assignment_id, plan_id
), touched as materialized (
  select report_id as id from taken where report_id is not null
  union
  select u.id from taken l join submission u on u.assignment_id = l.assignment_id
  union
  select u.id from taken l
    join assignment a on a.merged_into_id = l.assignment_id
    join submission u on u.assignment_id = a.id
  union
  select m.submission_id from taken l
    join submission_move m on m.from_assignment_id = l.assignment_id
  union
  select o.id from taken l join agency_report o on o.plan_id = l.plan_id
   where o.report_request_id is not null
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
), were as (
  select p.* from reporting_span p where p.report_id in (select id from touched)
), gone as (
  delete from reporting_span p using touched t
  where p.report_id = t.id
    and not exists (select from come c where c.report_id = p.report_id and c.since = p.since)
), stored as (
  insert into reporting_span (report_id, since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since)
  select report_id, since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since from come
  on conflict (report_id, since) do update
    set until = excluded.until, plan_id = excluded.plan_id, agency_id = excluded.agency_id, period = excluded.period, role = excluded.role, plan_closed = excluded.plan_closed, due_on = excluded.due_on, state = excluded.state, filed_on = excluded.filed_on, review = excluded.review, review_since = excluded.review_since
    where (reporting_span.until, reporting_span.plan_id, reporting_span.agency_id, reporting_span.period, reporting_span.role, reporting_span.plan_closed, reporting_span.due_on, reporting_span.state, reporting_span.filed_on, reporting_span.review, reporting_span.review_since)
      is distinct from (excluded.until, excluded.plan_id, excluded.agency_id, excluded.period, excluded.role, excluded.plan_closed, excluded.due_on, excluded.state, excluded.filed_on, excluded.review, excluded.review_since)
), source as materialized (
  select *, 1 as weight from (select since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since from come) c
  union all
  select *, -1 from (select since, until, plan_id, agency_id, period, role, plan_closed, due_on, state, filed_on, review, review_since from were) w
), reporting_figure_judged as (
  
  select agency_id, period, role, plan_closed, first, last, weight as weight_of_all, review, case
    when state in ('waived', 'set_aside') then state
    when state = 'filed' and due_on > first then 'filed_early'
    when state = 'filed' and filed_on <= due_on then 'on_time'
    when state = 'filed' then 'late'
    when due_on > first then 'not_due'
    when due_on = first then 'due_today'
    when first - due_on <= 7 then 'overdue_up_to_7'
    when first - due_on <= 30 then 'overdue_up_to_30'
    when first - due_on <= 365 then 'overdue_up_to_365'
    else 'overdue_longer'
  end as kind
  from (
    select s.agency_id, s.period, s.role, s.plan_closed, s.state, s.due_on, s.filed_on, s.review, s.weight,
      greatest(s.since, passing.first) as first, least(s.until, passing.last) as last
    from source s cross join lateral unnest(
    case s.state when 'owed' then array[null, s.due_on, s.due_on + 1, s.due_on + 8, s.due_on + 31, s.due_on + 366]
      when 'filed' then array[null, s.due_on] else array[null]::date[] end,
    case s.state when 'owed' then array[s.due_on, s.due_on + 1, s.due_on + 8, s.due_on + 31, s.due_on + 366, null]
      when 'filed' then array[s.due_on, null] else array[null]::date[] end) as passing (first, last)

  ) span
  where first < last or last is null offset 0
), reporting_figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from reporting_figure_judged
  ) judged
), reporting_figure_finest as (
  select agency_id, period, role, plan_closed, day,
    coalesce(sum(weight) filter (where kind = 'waived'), 0)::integer as waived,
    coalesce(sum(weight) filter (where kind = 'filed_early'), 0)::integer as filed_early,
    coalesce(sum(weight) filter (where kind = 'on_time'), 0)::integer as on_time,
    coalesce(sum(weight) filter (where kind = 'late'), 0)::integer as late,
    coalesce(sum(weight) filter (where kind = 'set_aside'), 0)::integer as set_aside,
    coalesce(sum(weight) filter (where kind = 'not_due'), 0)::integer as not_due,
    coalesce(sum(weight) filter (where kind = 'due_today'), 0)::integer as due_today,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_7'), 0)::integer as overdue_up_to_7,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_30'), 0)::integer as overdue_up_to_30,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_365'), 0)::integer as overdue_up_to_365,
    coalesce(sum(weight) filter (where kind = 'overdue_longer'), 0)::integer as overdue_longer,
    coalesce(sum(weight) filter (where review = 'waiting'), 0)::integer as waiting,
    coalesce(sum(weight) filter (where review = 'accepted'), 0)::integer as accepted,
    coalesce(sum(weight) filter (where review = 'returned'), 0)::integer as returned
  from reporting_figure_edge group by agency_id, period, role, plan_closed, day
), reporting_figure_delta as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(period, '') as period, role, plan_closed, day, sum(waived)::integer as waived, sum(filed_early)::integer as filed_early, sum(on_time)::integer as on_time, sum(late)::integer as late, sum(set_aside)::integer as set_aside, sum(not_due)::integer as not_due, sum(due_today)::integer as due_today, sum(overdue_up_to_7)::integer as overdue_up_to_7, sum(overdue_up_to_30)::integer as overdue_up_to_30, sum(overdue_up_to_365)::integer as overdue_up_to_365, sum(overdue_longer)::integer as overdue_longer, sum(waiting)::integer as waiting, sum(accepted)::integer as accepted, sum(returned)::integer as returned
  from reporting_figure_finest
  group by grouping sets ((agency_id, period, role, plan_closed, day), (agency_id, role, plan_closed, day), (period, role, plan_closed, day), (role, plan_closed, day))
  having (sum(waived), sum(filed_early), sum(on_time), sum(late), sum(set_aside), sum(not_due), sum(due_today), sum(overdue_up_to_7), sum(overdue_up_to_30), sum(overdue_up_to_365), sum(overdue_longer), sum(waiting), sum(accepted), sum(returned)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), reporting_figure_begun as (
  select agency_id, period, role, plan_closed, min(day) as day from reporting_figure_delta group by agency_id, period, role, plan_closed
), reporting_figure_days as (
  select agency_id, period, role, plan_closed, day from reporting_figure_delta
  union
  select b.agency_id, b.period, b.role, b.plan_closed, f.since from reporting_figure_begun b cross join lateral (
    select since from reporting_figure f
    where f.agency_id = b.agency_id and f.period = b.period and f.role = b.role and f.plan_closed = b.plan_closed and f.since >= b.day offset 0
  ) f
), reporting_figure_change as (
  select agency_id, period, role, plan_closed, day, coalesce(sum(waived) over days, 0) as waived, coalesce(sum(filed_early) over days, 0) as filed_early, coalesce(sum(on_time) over days, 0) as on_time, coalesce(sum(late) over days, 0) as late, coalesce(sum(set_aside) over days, 0) as set_aside, coalesce(sum(not_due) over days, 0) as not_due, coalesce(sum(due_today) over days, 0) as due_today, coalesce(sum(overdue_up_to_7) over days, 0) as overdue_up_to_7, coalesce(sum(overdue_up_to_30) over days, 0) as overdue_up_to_30, coalesce(sum(overdue_up_to_365) over days, 0) as overdue_up_to_365, coalesce(sum(overdue_longer) over days, 0) as overdue_longer, coalesce(sum(waiting) over days, 0) as waiting, coalesce(sum(accepted) over days, 0) as accepted, coalesce(sum(returned) over days, 0) as returned
  from reporting_figure_days left join reporting_figure_delta using (agency_id, period, role, plan_closed, day)
  window days as (partition by agency_id, period, role, plan_closed order by day)
), reporting_figure_written as (
  insert into reporting_figure (agency_id, period, role, plan_closed, since, waived, filed_early, on_time, late, set_aside, not_due, due_today, overdue_up_to_7, overdue_up_to_30, overdue_up_to_365, overdue_longer, waiting, accepted, returned)
  select c.agency_id, c.period, c.role, c.plan_closed, c.day,
    coalesce(f.waived, 0) + c.waived, coalesce(f.filed_early, 0) + c.filed_early, coalesce(f.on_time, 0) + c.on_time, coalesce(f.late, 0) + c.late, coalesce(f.set_aside, 0) + c.set_aside, coalesce(f.not_due, 0) + c.not_due, coalesce(f.due_today, 0) + c.due_today, coalesce(f.overdue_up_to_7, 0) + c.overdue_up_to_7, coalesce(f.overdue_up_to_30, 0) + c.overdue_up_to_30, coalesce(f.overdue_up_to_365, 0) + c.overdue_up_to_365, coalesce(f.overdue_longer, 0) + c.overdue_longer, coalesce(f.waiting, 0) + c.waiting, coalesce(f.accepted, 0) + c.accepted, coalesce(f.returned, 0) + c.returned
  from reporting_figure_change c left join lateral (
    select * from reporting_figure f
    where f.agency_id = c.agency_id and f.period = c.period and f.role = c.role and f.plan_closed = c.plan_closed and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or (c.waived, c.filed_early, c.on_time, c.late, c.set_aside, c.not_due, c.due_today, c.overdue_up_to_7, c.overdue_up_to_30, c.overdue_up_to_365, c.overdue_longer, c.waiting, c.accepted, c.returned) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  on conflict (agency_id, period, role, plan_closed, since) do update
    set waived = excluded.waived, filed_early = excluded.filed_early, on_time = excluded.on_time, late = excluded.late, set_aside = excluded.set_aside, not_due = excluded.not_due, due_today = excluded.due_today, overdue_up_to_7 = excluded.overdue_up_to_7, overdue_up_to_30 = excluded.overdue_up_to_30, overdue_up_to_365 = excluded.overdue_up_to_365, overdue_longer = excluded.overdue_longer, waiting = excluded.waiting, accepted = excluded.accepted, returned = excluded.returned
), plan_reporting_figure_judged as (
  
  select plan_id, period, role, plan_closed, first, last, weight as weight_of_all, review, case
    when state in ('waived', 'set_aside') then state
    when state = 'filed' and due_on > first then 'filed_early'
    when state = 'filed' and filed_on <= due_on then 'on_time'
    when state = 'filed' then 'late'
    when due_on > first then 'not_due'
    when due_on = first then 'due_today'
    when first - due_on <= 7 then 'overdue_up_to_7'
    when first - due_on <= 30 then 'overdue_up_to_30'
    when first - due_on <= 365 then 'overdue_up_to_365'
    else 'overdue_longer'
  end as kind
  from (
    select s.plan_id, s.period, s.role, s.plan_closed, s.state, s.due_on, s.filed_on, s.review, s.weight,
      greatest(s.since, passing.first) as first, least(s.until, passing.last) as last
    from source s cross join lateral unnest(
    case s.state when 'owed' then array[null, s.due_on, s.due_on + 1, s.due_on + 8, s.due_on + 31, s.due_on + 366]
      when 'filed' then array[null, s.due_on] else array[null]::date[] end,
    case s.state when 'owed' then array[s.due_on, s.due_on + 1, s.due_on + 8, s.due_on + 31, s.due_on + 366, null]
      when 'filed' then array[s.due_on, null] else array[null]::date[] end) as passing (first, last)

  ) span
  where first < last or last is null offset 0
), plan_reporting_figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from plan_reporting_figure_judged
  ) judged
), plan_reporting_figure_finest as (
  select plan_id, period, role, plan_closed, day,
    coalesce(sum(weight) filter (where kind = 'waived'), 0)::integer as waived,
    coalesce(sum(weight) filter (where kind = 'filed_early'), 0)::integer as filed_early,
    coalesce(sum(weight) filter (where kind = 'on_time'), 0)::integer as on_time,
    coalesce(sum(weight) filter (where kind = 'late'), 0)::integer as late,
    coalesce(sum(weight) filter (where kind = 'set_aside'), 0)::integer as set_aside,
    coalesce(sum(weight) filter (where kind = 'not_due'), 0)::integer as not_due,
    coalesce(sum(weight) filter (where kind = 'due_today'), 0)::integer as due_today,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_7'), 0)::integer as overdue_up_to_7,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_30'), 0)::integer as overdue_up_to_30,
    coalesce(sum(weight) filter (where kind = 'overdue_up_to_365'), 0)::integer as overdue_up_to_365,
    coalesce(sum(weight) filter (where kind = 'overdue_longer'), 0)::integer as overdue_longer,
    coalesce(sum(weight) filter (where review = 'waiting'), 0)::integer as waiting,
    coalesce(sum(weight) filter (where review = 'accepted'), 0)::integer as accepted,
    coalesce(sum(weight) filter (where review = 'returned'), 0)::integer as returned
  from plan_reporting_figure_edge group by plan_id, period, role, plan_closed, day
), plan_reporting_figure_delta as (
  select plan_id, coalesce(period, '') as period, role, plan_closed, day, sum(waived)::integer as waived, sum(filed_early)::integer as filed_early, sum(on_time)::integer as on_time, sum(late)::integer as late, sum(set_aside)::integer as set_aside, sum(not_due)::integer as not_due, sum(due_today)::integer as due_today, sum(overdue_up_to_7)::integer as overdue_up_to_7, sum(overdue_up_to_30)::integer as overdue_up_to_30, sum(overdue_up_to_365)::integer as overdue_up_to_365, sum(overdue_longer)::integer as overdue_longer, sum(waiting)::integer as waiting, sum(accepted)::integer as accepted, sum(returned)::integer as returned
  from plan_reporting_figure_finest
  group by grouping sets ((plan_id, period, role, plan_closed, day), (plan_id, role, plan_closed, day))
  having (sum(waived), sum(filed_early), sum(on_time), sum(late), sum(set_aside), sum(not_due), sum(due_today), sum(overdue_up_to_7), sum(overdue_up_to_30), sum(overdue_up_to_365), sum(overdue_longer), sum(waiting), sum(accepted), sum(returned)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), plan_reporting_figure_begun as (
  select plan_id, period, role, plan_closed, min(day) as day from plan_reporting_figure_delta group by plan_id, period, role, plan_closed
), plan_reporting_figure_days as (
  select plan_id, period, role, plan_closed, day from plan_reporting_figure_delta
  union
  select b.plan_id, b.period, b.role, b.plan_closed, f.since from plan_reporting_figure_begun b cross join lateral (
    select since from plan_reporting_figure f
    where f.plan_id = b.plan_id and f.period = b.period and f.role = b.role and f.plan_closed = b.plan_closed and f.since >= b.day offset 0
  ) f
), plan_reporting_figure_change as (
  select plan_id, period, role, plan_closed, day, coalesce(sum(waived) over days, 0) as waived, coalesce(sum(filed_early) over days, 0) as filed_early, coalesce(sum(on_time) over days, 0) as on_time, coalesce(sum(late) over days, 0) as late, coalesce(sum(set_aside) over days, 0) as set_aside, coalesce(sum(not_due) over days, 0) as not_due, coalesce(sum(due_today) over days, 0) as due_today, coalesce(sum(overdue_up_to_7) over days, 0) as overdue_up_to_7, coalesce(sum(overdue_up_to_30) over days, 0) as overdue_up_to_30, coalesce(sum(overdue_up_to_365) over days, 0) as overdue_up_to_365, coalesce(sum(overdue_longer) over days, 0) as overdue_longer, coalesce(sum(waiting) over days, 0) as waiting, coalesce(sum(accepted) over days, 0) as accepted, coalesce(sum(returned) over days, 0) as returned
  from plan_reporting_figure_days left join plan_reporting_figure_delta using (plan_id, period, role, plan_closed, day)
  window days as (partition by plan_id, period, role, plan_closed order by day)
), plan_reporting_figure_written as (
  insert into plan_reporting_figure (plan_id, period, role, plan_closed, since, waived, filed_early, on_time, late, set_aside, not_due, due_today, overdue_up_to_7, overdue_up_to_30, overdue_up_to_365, overdue_longer, waiting, accepted, returned)
  select c.plan_id, c.period, c.role, c.plan_closed, c.day,
    coalesce(f.waived, 0) + c.waived, coalesce(f.filed_early, 0) + c.filed_early, coalesce(f.on_time, 0) + c.on_time, coalesce(f.late, 0) + c.late, coalesce(f.set_aside, 0) + c.set_aside, coalesce(f.not_due, 0) + c.not_due, coalesce(f.due_today, 0) + c.due_today, coalesce(f.overdue_up_to_7, 0) + c.overdue_up_to_7, coalesce(f.overdue_up_to_30, 0) + c.overdue_up_to_30, coalesce(f.overdue_up_to_365, 0) + c.overdue_up_to_365, coalesce(f.overdue_longer, 0) + c.overdue_longer, coalesce(f.waiting, 0) + c.waiting, coalesce(f.accepted, 0) + c.accepted, coalesce(f.returned, 0) + c.returned
  from plan_reporting_figure_change c left join lateral (
    select * from plan_reporting_figure f
    where f.plan_id = c.plan_id and f.period = c.period and f.role = c.role and f.plan_closed = c.plan_closed and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or (c.waived, c.filed_early, c.on_time, c.late, c.set_aside, c.not_due, c.due_today, c.overdue_up_to_7, c.overdue_up_to_30, c.overdue_up_to_365, c.overdue_longer, c.waiting, c.accepted, c.returned) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  on conflict (plan_id, period, role, plan_closed, since) do update
    set waived = excluded.waived, filed_early = excluded.filed_early, on_time = excluded.on_time, late = excluded.late, set_aside = excluded.set_aside, not_due = excluded.not_due, due_today = excluded.due_today, overdue_up_to_7 = excluded.overdue_up_to_7, overdue_up_to_30 = excluded.overdue_up_to_30, overdue_up_to_365 = excluded.overdue_up_to_365, overdue_longer = excluded.overdue_longer, waiting = excluded.waiting, accepted = excluded.accepted, returned = excluded.returned
)
select count(*) from taken;
