"""What the database does by itself: keep each day's state, and keep records unchangeable."""

import sqlalchemy as sa
from sqlmodel import SQLModel

EXTENSIONS = ("create extension if not exists btree_gist",)

KEEP_ASSIGNMENT_STATE = """
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
declare
  held assignment_state;
  day date := coalesce(new.assigned_on, new.changed_on);
begin
  if tg_op = 'UPDATE' then
    if old.status = 'merged' and new.status = 'merged' then
      return null;
    end if;
    -- Who answers for it may be recorded long after the day from which it holds: the days since
    -- then are told anew, those before it stay as they are.
    if (old.agency_id, old.role, old.awaits_handover, old.merged_into_id)
       is distinct from (new.agency_id, new.role, new.awaits_handover, new.merged_into_id) then
      select * into held from assignment_state
       where assignment_id = new.id and since < day
         and (until is null or until > day);
      if found then
        update assignment_state set until = day
         where assignment_id = new.id and since = held.since;
        held.since := day;
        insert into assignment_state select held.*;
      end if;
      if new.status = 'merged' then
        delete from assignment_state where assignment_id = new.id and since >= day;
        return null;
      end if;
      update assignment_state
         set agency_id = case when new.agency_id = old.agency_id then agency_id
                              else new.agency_id end,
             role = case when new.role = old.role then role else new.role end,
             awaits_handover = new.awaits_handover
       where assignment_id = new.id and since >= day;
    end if;
    if (old.deadline_on, old.original_deadline_on, old.status, old.reported_on, old.completed_on)
       is not distinct from
       (new.deadline_on, new.original_deadline_on, new.status, new.reported_on, new.completed_on)
       then
      return null;
    end if;
    -- Several changes on one day leave the day's last.
    delete from assignment_state
     where assignment_id = new.id and until is null and since = new.changed_on;
    update assignment_state set until = new.changed_on
     where assignment_id = new.id and until is null;
  end if;
  insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, awaits_handover, reported_on,
      completed_on)
  values (new.id, new.changed_on, new.plan_id, new.task_id, new.agency_id, new.role,
      new.occurrence, new.deadline_on, new.original_deadline_on, new.status, new.awaits_handover,
      new.reported_on, new.completed_on);
  return null;
end $$
"""

KEEP_PLAN_COORDINATOR = """
create or replace function keep_plan_coordinator() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.coordinator_id, old.coordinator_since)
     is not distinct from (new.coordinator_id, new.coordinator_since) then
    return null;
  end if;
  delete from plan_coordinator
   where plan_id = new.id
     and (new.coordinator_since is null or valid_from >= new.coordinator_since);
  update plan_coordinator set valid_until = new.coordinator_since
   where plan_id = new.id and (valid_until is null or valid_until > new.coordinator_since);
  if new.coordinator_id is not null then
    insert into plan_coordinator (plan_id, agency_id, valid_from)
    values (new.id, new.coordinator_id, new.coordinator_since);
  end if;
  return null;
end $$
"""

REFUSE_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name
    using errcode = 'restrict_violation';
end $$
"""

UNCHANGEABLE = (
    "submission_attempt",
    "submission_review",
    "audit_entry",
    "plan_import",
    "collective_substitution",
    "collective_substitution_agency",
    "document",
    "document_evidence",
    "document_effect",
    "reminder_item",
)

TRIGGERS = (
    KEEP_ASSIGNMENT_STATE,
    KEEP_PLAN_COORDINATOR,
    REFUSE_CHANGE,
    "create trigger keep_assignment_state after insert or update on assignment"
    " for each row execute function keep_assignment_state()",
    "create trigger keep_plan_coordinator after insert or update on plan"
    " for each row execute function keep_plan_coordinator()",
    *(
        f"create trigger refuse_change before update or delete on {table}"
        " for each row execute function refuse_change()"
        for table in UNCHANGEABLE
    ),
)


def listen(moment: str, statement: str) -> None:
    """Run *statement* when the tables are made from the models, as tests do to compare."""

    def run(_: object, connection: sa.Connection, **__: object) -> None:
        connection.exec_driver_sql(statement)

    sa.event.listen(SQLModel.metadata, moment, run)


for statement in EXTENSIONS:
    listen("before_create", statement)
for statement in TRIGGERS:
    listen("after_create", statement)
