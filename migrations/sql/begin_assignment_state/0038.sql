-- A new assignment begins its history: one row of assignment_state for each, by one statement for
-- all that were made together.
create or replace function begin_assignment_state() returns trigger language plpgsql as $$
begin
  insert into assignment_state (
    assignment_id, since, plan_id, task_id, agency_id, role, occurrence, deadline_on,
    original_deadline_on, status, awaits_handover, reported_on, completed_on,
    plan_closed, starts_on)
  select id, changed_on, plan_id, task_id, agency_id, role, occurrence, deadline_on,
         original_deadline_on, status, awaits_handover, reported_on, completed_on,
         plan_closed, greatest(starts_on, changed_on)
    from made;
  return null;
end $$;

create or replace trigger begin_assignment_state after insert on assignment
  referencing new table as made for each statement execute function begin_assignment_state();
