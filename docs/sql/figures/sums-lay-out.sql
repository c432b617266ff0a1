-- Run by app.queries.figures.sums.lay_out.
-- Written by `make sql`; for psql -f, with values of your own.
\set due_soon_days 30
explain
with figure_source as (
  select count(*)::integer as weight, agency_id, occurrence, role, since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on, completed_on from assignment_state group by agency_id, occurrence, role, since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on, completed_on
), figure_judged as (
  select agency_id, occurrence, role, s.first, s.last, s.weight as weight_of_all, s.is_current, s.is_original,
    
  s.status, s.awaits_handover,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end > s.deadline_on then 'overdue'
    when s.deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else s.first end - s.deadline_on) as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else s.first end - s.original_deadline_on) as original_days
  from (
  select * from (
    select part.*, part.number < 4 as is_current,
      part.number >= 4 or not part.differs as is_original,
      greatest(part.since, part.due + case part.number % 4 when 1 then -part.soon when 2 then 1
        when 3 then 31 end) as first,
      least(part.until, part.due + case part.number % 4 when 0 then -part.soon when 1 then 1
        when 2 then 31 end) as last
    from (
      select s.*, case when s.moves then case when s.number < 4 then s.deadline_on
        else s.original_deadline_on end end as due
      from (
        select s.*, generate_series(case when s.moves then 0 else 3 end,
          case when s.differs then 7 else 3 end) as number
        from (
          select s.*, cast(:due_soon_days as integer) as soon, s.status in ('not_started', 'in_progress') and not s.awaits_handover as moves,
            s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on as differs
          from figure_source s
        ) s
      ) s offset 0
    ) part
    where part.due is not null or part.number % 4 = 3 offset 0
  ) span
  where first < last or last is null
) s offset 0
), figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from figure_judged
  ) judged
), figure_finest as (
  select agency_id, occurrence, role, day,
    coalesce(sum(weight) filter (where is_current and status = 'not_started' and not awaits_handover), 0)::integer as not_started,
    coalesce(sum(weight) filter (where is_current and status = 'in_progress' and not awaits_handover), 0)::integer as in_progress,
    coalesce(sum(weight) filter (where is_current and status = 'awaiting_confirmation' and not awaits_handover), 0)::integer as awaiting_confirmation,
    coalesce(sum(weight) filter (where is_current and status = 'completed' and not awaits_handover), 0)::integer as completed,
    coalesce(sum(weight) filter (where is_current and status = 'not_applicable' and not awaits_handover), 0)::integer as not_applicable,
    coalesce(sum(weight) filter (where is_current and status = 'suspended' and not awaits_handover), 0)::integer as suspended,
    coalesce(sum(weight) filter (where is_current and status = 'revoked' and not awaits_handover), 0)::integer as revoked,
    coalesce(sum(weight) filter (where is_current and awaits_handover), 0)::integer as awaiting_handover,
    coalesce(sum(weight) filter (where is_current and current = 'on_time'), 0)::integer as current_on_time,
    coalesce(sum(weight) filter (where is_current and current = 'late'), 0)::integer as current_late,
    coalesce(sum(weight) filter (where is_current and current = 'no_deadline' and status = 'completed'), 0)::integer as current_completed_no_deadline,
    coalesce(sum(weight) filter (where is_current and current = 'overdue'), 0)::integer as current_overdue,
    coalesce(sum(weight) filter (where is_current and current = 'overdue' and current_days > 30), 0)::integer as current_long_overdue,
    coalesce(sum(weight) filter (where is_current and current = 'due_soon'), 0)::integer as current_due_soon,
    coalesce(sum(weight) filter (where is_current and current = 'no_deadline' and status <> 'completed'), 0)::integer as current_no_deadline,
    coalesce(sum(weight) filter (where is_original and original = 'on_time'), 0)::integer as original_on_time,
    coalesce(sum(weight) filter (where is_original and original = 'late'), 0)::integer as original_late,
    coalesce(sum(weight) filter (where is_original and original = 'no_deadline' and status = 'completed'), 0)::integer as original_completed_no_deadline,
    coalesce(sum(weight) filter (where is_original and original = 'overdue'), 0)::integer as original_overdue,
    coalesce(sum(weight) filter (where is_original and original = 'overdue' and original_days > 30), 0)::integer as original_long_overdue,
    coalesce(sum(weight) filter (where is_original and original = 'due_soon'), 0)::integer as original_due_soon,
    coalesce(sum(weight) filter (where is_original and original = 'no_deadline' and status <> 'completed'), 0)::integer as original_no_deadline
  from figure_edge group by agency_id, occurrence, role, day
), figure_delta as (
  select coalesce(agency_id, '00000000-0000-0000-0000-000000000000') as agency_id, coalesce(occurrence, '') as occurrence, role, day, sum(not_started)::integer as not_started, sum(in_progress)::integer as in_progress, sum(awaiting_confirmation)::integer as awaiting_confirmation, sum(completed)::integer as completed, sum(not_applicable)::integer as not_applicable, sum(suspended)::integer as suspended, sum(revoked)::integer as revoked, sum(awaiting_handover)::integer as awaiting_handover, sum(current_on_time)::integer as current_on_time, sum(current_late)::integer as current_late, sum(current_completed_no_deadline)::integer as current_completed_no_deadline, sum(current_overdue)::integer as current_overdue, sum(current_long_overdue)::integer as current_long_overdue, sum(current_due_soon)::integer as current_due_soon, sum(current_no_deadline)::integer as current_no_deadline, sum(original_on_time)::integer as original_on_time, sum(original_late)::integer as original_late, sum(original_completed_no_deadline)::integer as original_completed_no_deadline, sum(original_overdue)::integer as original_overdue, sum(original_long_overdue)::integer as original_long_overdue, sum(original_due_soon)::integer as original_due_soon, sum(original_no_deadline)::integer as original_no_deadline
  from figure_finest
  group by grouping sets ((agency_id, occurrence, role, day), (agency_id, role, day), (occurrence, role, day), (role, day))
  having (sum(not_started), sum(in_progress), sum(awaiting_confirmation), sum(completed), sum(not_applicable), sum(suspended), sum(revoked), sum(awaiting_handover), sum(current_on_time), sum(current_late), sum(current_completed_no_deadline), sum(current_overdue), sum(current_long_overdue), sum(current_due_soon), sum(current_no_deadline), sum(original_on_time), sum(original_late), sum(original_completed_no_deadline), sum(original_overdue), sum(original_long_overdue), sum(original_due_soon), sum(original_no_deadline)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), figure_written as (
  insert into figure (agency_id, occurrence, role, since, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline)
  select agency_id, occurrence, role, day, coalesce(sum(not_started) over days, 0) as not_started, coalesce(sum(in_progress) over days, 0) as in_progress, coalesce(sum(awaiting_confirmation) over days, 0) as awaiting_confirmation, coalesce(sum(completed) over days, 0) as completed, coalesce(sum(not_applicable) over days, 0) as not_applicable, coalesce(sum(suspended) over days, 0) as suspended, coalesce(sum(revoked) over days, 0) as revoked, coalesce(sum(awaiting_handover) over days, 0) as awaiting_handover, coalesce(sum(current_on_time) over days, 0) as current_on_time, coalesce(sum(current_late) over days, 0) as current_late, coalesce(sum(current_completed_no_deadline) over days, 0) as current_completed_no_deadline, coalesce(sum(current_overdue) over days, 0) as current_overdue, coalesce(sum(current_long_overdue) over days, 0) as current_long_overdue, coalesce(sum(current_due_soon) over days, 0) as current_due_soon, coalesce(sum(current_no_deadline) over days, 0) as current_no_deadline, coalesce(sum(original_on_time) over days, 0) as original_on_time, coalesce(sum(original_late) over days, 0) as original_late, coalesce(sum(original_completed_no_deadline) over days, 0) as original_completed_no_deadline, coalesce(sum(original_overdue) over days, 0) as original_overdue, coalesce(sum(original_long_overdue) over days, 0) as original_long_overdue, coalesce(sum(original_due_soon) over days, 0) as original_due_soon, coalesce(sum(original_no_deadline) over days, 0) as original_no_deadline
  from figure_delta window days as (partition by agency_id, occurrence, role order by day)
), plan_figure_source as (
  select count(*)::integer as weight, plan_id, role, since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on, completed_on from assignment_state group by plan_id, role, since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on, completed_on
), plan_figure_judged as (
  select plan_id, role, s.first, s.last, s.weight as weight_of_all, s.is_current, s.is_original,
    
  s.status, s.awaits_handover,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end > s.deadline_on then 'overdue'
    when s.deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as current,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else s.first end - s.deadline_on) as current_days,
  case
    when s.awaits_handover then null
    when s.status in ('suspended', 'revoked', 'not_applicable', 'merged', 'split') then null
    when s.original_deadline_on is null then 'no_deadline'
    when s.status = 'completed' and s.completed_on <= s.original_deadline_on then 'on_time'
    when s.status = 'completed' then 'late'
    when case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end > s.original_deadline_on then 'overdue'
    when s.original_deadline_on - (case when s.status = 'awaiting_confirmation' then s.reported_on else s.first end) <= :due_soon_days then 'due_soon'
    else 'in_time'
  end as original,
  (case s.status when 'completed' then s.completed_on when 'awaiting_confirmation' then s.reported_on else s.first end - s.original_deadline_on) as original_days
  from (
  select * from (
    select part.*, part.number < 4 as is_current,
      part.number >= 4 or not part.differs as is_original,
      greatest(part.since, part.due + case part.number % 4 when 1 then -part.soon when 2 then 1
        when 3 then 31 end) as first,
      least(part.until, part.due + case part.number % 4 when 0 then -part.soon when 1 then 1
        when 2 then 31 end) as last
    from (
      select s.*, case when s.moves then case when s.number < 4 then s.deadline_on
        else s.original_deadline_on end end as due
      from (
        select s.*, generate_series(case when s.moves then 0 else 3 end,
          case when s.differs then 7 else 3 end) as number
        from (
          select s.*, cast(:due_soon_days as integer) as soon, s.status in ('not_started', 'in_progress') and not s.awaits_handover as moves,
            s.status in ('not_started', 'in_progress') and not s.awaits_handover and s.deadline_on is distinct from s.original_deadline_on as differs
          from plan_figure_source s
        ) s
      ) s offset 0
    ) part
    where part.due is not null or part.number % 4 = 3 offset 0
  ) span
  where first < last or last is null
) s offset 0
), plan_figure_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from plan_figure_judged
  ) judged
), plan_figure_finest as (
  select plan_id, role, day,
    coalesce(sum(weight) filter (where is_current and status = 'not_started' and not awaits_handover), 0)::integer as not_started,
    coalesce(sum(weight) filter (where is_current and status = 'in_progress' and not awaits_handover), 0)::integer as in_progress,
    coalesce(sum(weight) filter (where is_current and status = 'awaiting_confirmation' and not awaits_handover), 0)::integer as awaiting_confirmation,
    coalesce(sum(weight) filter (where is_current and status = 'completed' and not awaits_handover), 0)::integer as completed,
    coalesce(sum(weight) filter (where is_current and status = 'not_applicable' and not awaits_handover), 0)::integer as not_applicable,
    coalesce(sum(weight) filter (where is_current and status = 'suspended' and not awaits_handover), 0)::integer as suspended,
    coalesce(sum(weight) filter (where is_current and status = 'revoked' and not awaits_handover), 0)::integer as revoked,
    coalesce(sum(weight) filter (where is_current and awaits_handover), 0)::integer as awaiting_handover,
    coalesce(sum(weight) filter (where is_current and current = 'on_time'), 0)::integer as current_on_time,
    coalesce(sum(weight) filter (where is_current and current = 'late'), 0)::integer as current_late,
    coalesce(sum(weight) filter (where is_current and current = 'no_deadline' and status = 'completed'), 0)::integer as current_completed_no_deadline,
    coalesce(sum(weight) filter (where is_current and current = 'overdue'), 0)::integer as current_overdue,
    coalesce(sum(weight) filter (where is_current and current = 'overdue' and current_days > 30), 0)::integer as current_long_overdue,
    coalesce(sum(weight) filter (where is_current and current = 'due_soon'), 0)::integer as current_due_soon,
    coalesce(sum(weight) filter (where is_current and current = 'no_deadline' and status <> 'completed'), 0)::integer as current_no_deadline,
    coalesce(sum(weight) filter (where is_original and original = 'on_time'), 0)::integer as original_on_time,
    coalesce(sum(weight) filter (where is_original and original = 'late'), 0)::integer as original_late,
    coalesce(sum(weight) filter (where is_original and original = 'no_deadline' and status = 'completed'), 0)::integer as original_completed_no_deadline,
    coalesce(sum(weight) filter (where is_original and original = 'overdue'), 0)::integer as original_overdue,
    coalesce(sum(weight) filter (where is_original and original = 'overdue' and original_days > 30), 0)::integer as original_long_overdue,
    coalesce(sum(weight) filter (where is_original and original = 'due_soon'), 0)::integer as original_due_soon,
    coalesce(sum(weight) filter (where is_original and original = 'no_deadline' and status <> 'completed'), 0)::integer as original_no_deadline
  from plan_figure_edge group by plan_id, role, day
), plan_figure_delta as (
  select plan_id, role, day, sum(not_started)::integer as not_started, sum(in_progress)::integer as in_progress, sum(awaiting_confirmation)::integer as awaiting_confirmation, sum(completed)::integer as completed, sum(not_applicable)::integer as not_applicable, sum(suspended)::integer as suspended, sum(revoked)::integer as revoked, sum(awaiting_handover)::integer as awaiting_handover, sum(current_on_time)::integer as current_on_time, sum(current_late)::integer as current_late, sum(current_completed_no_deadline)::integer as current_completed_no_deadline, sum(current_overdue)::integer as current_overdue, sum(current_long_overdue)::integer as current_long_overdue, sum(current_due_soon)::integer as current_due_soon, sum(current_no_deadline)::integer as current_no_deadline, sum(original_on_time)::integer as original_on_time, sum(original_late)::integer as original_late, sum(original_completed_no_deadline)::integer as original_completed_no_deadline, sum(original_overdue)::integer as original_overdue, sum(original_long_overdue)::integer as original_long_overdue, sum(original_due_soon)::integer as original_due_soon, sum(original_no_deadline)::integer as original_no_deadline
  from plan_figure_finest
  group by grouping sets ((plan_id, role, day))
  having (sum(not_started), sum(in_progress), sum(awaiting_confirmation), sum(completed), sum(not_applicable), sum(suspended), sum(revoked), sum(awaiting_handover), sum(current_on_time), sum(current_late), sum(current_completed_no_deadline), sum(current_overdue), sum(current_long_overdue), sum(current_due_soon), sum(current_no_deadline), sum(original_on_time), sum(original_late), sum(original_completed_no_deadline), sum(original_overdue), sum(original_long_overdue), sum(original_due_soon), sum(original_no_deadline)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), plan_figure_written as (
  insert into plan_figure (plan_id, role, since, not_started, in_progress, awaiting_confirmation, completed, not_applicable, suspended, revoked, awaiting_handover, current_on_time, current_late, current_completed_no_deadline, current_overdue, current_long_overdue, current_due_soon, current_no_deadline, original_on_time, original_late, original_completed_no_deadline, original_overdue, original_long_overdue, original_due_soon, original_no_deadline)
  select plan_id, role, day, coalesce(sum(not_started) over days, 0) as not_started, coalesce(sum(in_progress) over days, 0) as in_progress, coalesce(sum(awaiting_confirmation) over days, 0) as awaiting_confirmation, coalesce(sum(completed) over days, 0) as completed, coalesce(sum(not_applicable) over days, 0) as not_applicable, coalesce(sum(suspended) over days, 0) as suspended, coalesce(sum(revoked) over days, 0) as revoked, coalesce(sum(awaiting_handover) over days, 0) as awaiting_handover, coalesce(sum(current_on_time) over days, 0) as current_on_time, coalesce(sum(current_late) over days, 0) as current_late, coalesce(sum(current_completed_no_deadline) over days, 0) as current_completed_no_deadline, coalesce(sum(current_overdue) over days, 0) as current_overdue, coalesce(sum(current_long_overdue) over days, 0) as current_long_overdue, coalesce(sum(current_due_soon) over days, 0) as current_due_soon, coalesce(sum(current_no_deadline) over days, 0) as current_no_deadline, coalesce(sum(original_on_time) over days, 0) as original_on_time, coalesce(sum(original_late) over days, 0) as original_late, coalesce(sum(original_completed_no_deadline) over days, 0) as original_completed_no_deadline, coalesce(sum(original_overdue) over days, 0) as original_overdue, coalesce(sum(original_long_overdue) over days, 0) as original_long_overdue, coalesce(sum(original_due_soon) over days, 0) as original_due_soon, coalesce(sum(original_no_deadline) over days, 0) as original_no_deadline
  from plan_figure_delta window days as (partition by plan_id, role order by day)
)
delete from figure_change;
