-- Rows of these tables are official records: they are never changed or deleted.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name
    using errcode = 'restrict_violation';
end $$;

create or replace trigger refuse_change before update or delete on submission_attempt
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on submission_review
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on audit_entry
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on narrative
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on plan_import
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on collective_substitution
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on collective_substitution_agency
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on document
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on document_evidence
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on document_effect
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on reminder_item
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on deadline_change
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on assignment_action
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on submission_waiver
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on indicator_value
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on rating_version
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on plan_action
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on agency_report_attempt
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on agency_report_part
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on agency_report_review
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on agency_report_move
  for each row execute function refuse_change();

create or replace trigger refuse_change before update or delete on consolidated_content
  for each row execute function refuse_change();
