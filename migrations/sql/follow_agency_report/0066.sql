-- The draft of an agency's report ends when it is filed or waived.
create or replace function end_agency_report_draft() returns trigger language plpgsql
set tiendo.agencies = '*' as $$
begin
  delete from agency_report_draft where agency_report_id = new.id;
  return null;
end $$;

create or replace trigger end_agency_report_draft after update of status on agency_report
  for each row when (new.status in ('submitted', 'waived') and old.status <> new.status)
  execute function end_agency_report_draft();

create or replace function carry_agency_report_draft() returns trigger language plpgsql
set tiendo.agencies = '*' as $$
begin
  update agency_report_draft set agency_id = new.agency_id where agency_report_id = new.id;
  return null;
end $$;

create or replace trigger carry_agency_report_draft after update of agency_id on agency_report
  for each row when (new.agency_id <> old.agency_id) execute function carry_agency_report_draft();
