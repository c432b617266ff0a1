-- A new assignment begins its history: one row of assignment_state for each, by one statement for
-- all that were made together.
--
-- A part of an assignment that was split began with it, on the day on which that one began; its
-- agency has it from another one, from the day of the split on.
create or replace function begin_assignment_state() returns trigger language plpgsql as $$
begin
  insert into assignment_state (
    assignment_id, since, plan_id, task_id, agency_id, role, occurrence, deadline_on,
    original_deadline_on, status, awaits_handover, reported_on, completed_on,
    plan_closed, starts_on, taken_over_on)
  select id, changed_on, plan_id, task_id, agency_id, role, occurrence, deadline_on,
         original_deadline_on, status, awaits_handover, reported_on, completed_on,
         plan_closed,
         coalesce(
           (select min(whole.starts_on) from assignment_state whole
             where whole.assignment_id = made.split_from_id),
           greatest(starts_on, changed_on)),
         case when split_from_id is not null then changed_on end
    from made;
  return null;
end $$;

create or replace trigger begin_assignment_state after insert on assignment
  referencing new table as made for each statement execute function begin_assignment_state();
