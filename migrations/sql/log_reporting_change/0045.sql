-- Whatever changes how a submission counts is logged in reporting_change, by the id of the
-- submission, of its assignment or of its plan. What is in the sums is compared with the rows when
-- the log is folded, so to log what changes no number does no harm. One insert serves all rows of a
-- statement.
create or replace function log_reporting_change() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' then
    -- Most updates change nothing by which rows are counted: a row's trigger fires for the others.
    if tg_table_name = 'assignment' then
      insert into reporting_change (assignment_id) values (new.id);
    else
      insert into reporting_change (report_id) values (new.id);
    end if;
  elsif tg_table_name in ('submission', 'agency_report') then
    insert into reporting_change (report_id) select id from changed;
  elsif tg_table_name in ('submission_attempt', 'submission_move', 'submission_waiver') then
    insert into reporting_change (report_id) select distinct submission_id from changed;
  elsif tg_table_name in ('agency_report_attempt', 'agency_report_move') then
    insert into reporting_change (report_id) select distinct agency_report_id from changed;
  elsif tg_table_name = 'submission_review' then
    insert into reporting_change (report_id)
    select distinct b.submission_id from changed r join submission_attempt b on b.id = r.attempt_id;
  elsif tg_table_name = 'agency_report_review' then
    insert into reporting_change (report_id)
    select distinct b.agency_report_id
      from changed r join agency_report_attempt b on b.id = r.attempt_id;
  else
    -- A state of an assignment says with whom its submissions count; that its plan is closed is true
    -- of all that the plan's agencies were asked.
    insert into reporting_change (assignment_id) select distinct assignment_id from changed;
    insert into reporting_change (plan_id) select distinct plan_id from changed where plan_closed;
    if tg_op = 'UPDATE' then
      insert into reporting_change (plan_id) select distinct plan_id from was where plan_closed;
    end if;
  end if;
  return null;
end $$;

create or replace trigger log_reporting_insert after insert on submission
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on submission_attempt
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on submission_review
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on submission_move
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on submission_waiver
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on agency_report
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on agency_report_attempt
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on agency_report_review
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on agency_report_move
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_delete after delete on submission_move
  referencing old table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_update after update on submission
  for each row
  when ((old.assignment_id, old.period, old.due_on, old.expected_on, old.waived_on)
        is distinct from (new.assignment_id, new.period, new.due_on, new.expected_on, new.waived_on))
  execute function log_reporting_change();

create or replace trigger log_reporting_update after update on agency_report
  for each row
  when ((old.agency_id, old.period, old.due_on, old.expected_on, old.waived_on)
        is distinct from (new.agency_id, new.period, new.due_on, new.expected_on, new.waived_on))
  execute function log_reporting_change();

create or replace trigger log_reporting_update after update on assignment
  for each row
  when (old.merged_into_id is distinct from new.merged_into_id)
  execute function log_reporting_change();

create or replace trigger log_reporting_insert after insert on assignment_state
  referencing new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_update after update on assignment_state
  referencing old table as was new table as changed
  for each statement
  execute function log_reporting_change();

create or replace trigger log_reporting_delete after delete on assignment_state
  referencing old table as changed
  for each statement
  execute function log_reporting_change();
