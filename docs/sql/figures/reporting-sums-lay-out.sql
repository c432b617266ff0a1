-- Run by app.queries.figures.reporting_sums.add_up.
-- Written by `make sql`; for psql -f, with values of your own.
explain
with source as (
  select count(*)::integer as weight, agency_id, period, role, plan_closed, since, until, due_on, state, filed_on, review from reporting_span group by agency_id, period, role, plan_closed, since, until, due_on, state, filed_on, review
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
)

insert into reporting_figure (agency_id, period, role, plan_closed, since, waived, filed_early, on_time, late, set_aside, not_due, due_today, overdue_up_to_7, overdue_up_to_30, overdue_up_to_365, overdue_longer, waiting, accepted, returned)
select agency_id, period, role, plan_closed, day, coalesce(sum(waived) over days, 0) as waived, coalesce(sum(filed_early) over days, 0) as filed_early, coalesce(sum(on_time) over days, 0) as on_time, coalesce(sum(late) over days, 0) as late, coalesce(sum(set_aside) over days, 0) as set_aside, coalesce(sum(not_due) over days, 0) as not_due, coalesce(sum(due_today) over days, 0) as due_today, coalesce(sum(overdue_up_to_7) over days, 0) as overdue_up_to_7, coalesce(sum(overdue_up_to_30) over days, 0) as overdue_up_to_30, coalesce(sum(overdue_up_to_365) over days, 0) as overdue_up_to_365, coalesce(sum(overdue_longer) over days, 0) as overdue_longer, coalesce(sum(waiting) over days, 0) as waiting, coalesce(sum(accepted) over days, 0) as accepted, coalesce(sum(returned) over days, 0) as returned
from reporting_figure_delta window days as (partition by agency_id, period, role, plan_closed order by day);
