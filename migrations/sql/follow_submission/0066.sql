-- A draft ends when it is filed or when its submission is waived.
create or replace function end_submission_draft() returns trigger language plpgsql
set tiendo.agencies = '*' as $$
begin
  delete from submission_draft where submission_id = new.id;
  return null;
end $$;

create or replace trigger end_submission_draft after update of status on submission
  for each row when (new.status in ('submitted', 'waived') and old.status <> new.status)
  execute function end_submission_draft();

-- A draft is that of the agency which has the assignment.
create or replace function carry_submission_drafts() returns trigger language plpgsql
set tiendo.agencies = '*' as $$
begin
  update submission_draft d set agency_id = new.agency_id
    from submission u where u.assignment_id = new.id and d.submission_id = u.id;
  return null;
end $$;

create or replace trigger carry_submission_drafts after update of agency_id on assignment
  for each row when (new.agency_id <> old.agency_id) execute function carry_submission_drafts();
