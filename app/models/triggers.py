"""What the database does by itself: keep each day's state, and keep records unchangeable."""

import sqlalchemy as sa
from sqlmodel import SQLModel

EXTENSIONS = ("create extension if not exists btree_gist",)

KEEP_ASSIGNMENT_STATE = """
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (old.agency_id, old.role, old.deadline_on, old.original_deadline_on, old.status,
        old.reported_on, old.completed_on)
       is not distinct from
       (new.agency_id, new.role, new.deadline_on, new.original_deadline_on, new.status,
        new.reported_on, new.completed_on) then
      return null;
    end if;
    -- Several changes on one day leave the day's last.
    delete from assignment_state
     where assignment_id = new.id and until is null and since = new.changed_on;
    update assignment_state set until = new.changed_on
     where assignment_id = new.id and until is null;
  end if;
  insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, reported_on, completed_on)
  values (new.id, new.changed_on, new.plan_id, new.task_id, new.agency_id, new.role,
      new.occurrence, new.deadline_on, new.original_deadline_on, new.status, new.reported_on,
      new.completed_on);
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
)

TRIGGERS = (
    KEEP_ASSIGNMENT_STATE,
    REFUSE_CHANGE,
    "create trigger keep_assignment_state after insert or update on assignment"
    " for each row execute function keep_assignment_state()",
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
