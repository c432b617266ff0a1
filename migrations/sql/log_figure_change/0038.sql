-- Every row of assignment_state that comes or goes is logged in figure_change, from which the sums
-- in figure and plan_figure are brought up to date later. One insert serves all rows of a statement.
create or replace function log_figure_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into figure_change (
      weight, since, until, plan_id, agency_id, role, occurrence, deadline_on,
      original_deadline_on, status, awaits_handover, reported_on, completed_on,
      plan_closed, starts_on, taken_over_on)
    select 1, since, until, plan_id, agency_id, role, occurrence, deadline_on,
           original_deadline_on, status, awaits_handover, reported_on, completed_on,
           plan_closed, starts_on, taken_over_on
      from state_after;
  elsif tg_op = 'DELETE' then
    insert into figure_change (
      weight, since, until, plan_id, agency_id, role, occurrence, deadline_on,
      original_deadline_on, status, awaits_handover, reported_on, completed_on,
      plan_closed, starts_on, taken_over_on)
    select -1, since, until, plan_id, agency_id, role, occurrence, deadline_on,
           original_deadline_on, status, awaits_handover, reported_on, completed_on,
           plan_closed, starts_on, taken_over_on
      from state_before;
  else
    insert into figure_change (
      weight, since, until, plan_id, agency_id, role, occurrence, deadline_on,
      original_deadline_on, status, awaits_handover, reported_on, completed_on,
      plan_closed, starts_on, taken_over_on)
    select -1, since, until, plan_id, agency_id, role, occurrence, deadline_on,
           original_deadline_on, status, awaits_handover, reported_on, completed_on,
           plan_closed, starts_on, taken_over_on
      from state_before
    union all
    select 1, since, until, plan_id, agency_id, role, occurrence, deadline_on,
           original_deadline_on, status, awaits_handover, reported_on, completed_on,
           plan_closed, starts_on, taken_over_on
      from state_after;
  end if;
  return null;
end $$;

create or replace trigger log_figure_insert after insert on assignment_state
  referencing new table as state_after
  for each statement
  execute function log_figure_change();

create or replace trigger log_figure_update after update on assignment_state
  referencing old table as state_before new table as state_after
  for each statement
  execute function log_figure_change();

create or replace trigger log_figure_delete after delete on assignment_state
  referencing old table as state_before
  for each statement
  execute function log_figure_change();
