"""What the database does by itself: keep each day's state, and keep records unchangeable."""

import sqlalchemy as sa
from sqlmodel import SQLModel

EXTENSIONS = ("create extension if not exists btree_gist",)

# Open ones first, then completed ones, then others. An index is made of it.
WORKLOAD_RANK = """
create or replace function workload_rank(status text) returns integer
language sql immutable parallel safe as $$
  select case when status in ('not_started', 'in_progress', 'awaiting_confirmation') then 0
              when status = 'completed' then 1 else 2 end
$$
"""

STATE = (
    "plan_id, task_id, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
# What became of many at once is kept by a few statements, not by a few for each.
BEGIN_ASSIGNMENT_STATE = f"""
create or replace function begin_assignment_state() returns trigger language plpgsql as $$
begin
  insert into assignment_state (assignment_id, since, {STATE})
  select id, changed_on, {STATE} from made;
  return null;
end $$
"""  # noqa: S608 - columns of our own
# Who answers for it may be recorded long after the day from which it holds: the days since then
# are told anew, those before it stay as they are. Several changes on one day leave the day's last.
TOLD_ANEW = {
    name: f"case when n.{name} = o.{name} then s.{name} else n.{name} end"
    for name in ("agency_id", "role", "awaits_handover")
}
WORDS = {
    "pairs": "was o join became n using (id)",
    "moved": (
        "not (o.status = 'merged' and n.status = 'merged')"
        " and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)"
        " is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)"
    ),
    "changed": (
        "n.status <> 'merged'"
        " and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on)"
        " is distinct from"
        " (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on)"
    ),
    "day": "coalesce(n.assigned_on, n.changed_on)",
    "told_anew": ", ".join(f"{name} = {value}" for name, value in TOLD_ANEW.items()),
    "new": ", ".join(f"{value} as new_{name}" for name, value in TOLD_ANEW.items()),
    "cut_new": ", ".join(f"cut.new_{name}" for name in TOLD_ANEW),
    "state": STATE,
    "n_state": ", ".join(f"n.{name}" for name in STATE.split(", ")),
    "new_state": ", ".join(
        f"new_{name}" if name in TOLD_ANEW else name for name in STATE.split(", ")
    ),
}
LOOK = "select bool_or({moved}), bool_or({changed}) from {pairs}"
# What held over the day is cut in two, the second half as it is told anew.
KEEP_MOVED = """
    delete from assignment_state s using {pairs}
     where {moved} and n.status = 'merged' and s.assignment_id = n.id and s.since >= {day};
    update assignment_state s set {told_anew} from {pairs}
     where {moved} and s.assignment_id = n.id and s.since >= {day};
    with held as (
      update assignment_state s set until = cut.day
        from (select s.assignment_id, s.since, s.until as ended, {day} as day,
                     n.status = 'merged' as is_gone, {new}
                from {pairs} join assignment_state s on s.assignment_id = n.id
               where {moved} and s.since < {day} and (s.until is null or s.until > {day})) cut
       where s.assignment_id = cut.assignment_id and s.since = cut.since
      returning s.*, cut.ended, cut.day, cut.is_gone, {cut_new}
    )
    insert into assignment_state (assignment_id, since, until, {state})
    select assignment_id, day, ended, {new_state} from held where not is_gone
"""
KEEP_CHANGED = """
    delete from assignment_state s using {pairs}
     where {changed} and s.assignment_id = n.id and s.until is null and s.since = n.changed_on;
    update assignment_state s set until = n.changed_on from {pairs}
     where {changed} and s.assignment_id = n.id and s.until is null;
    insert into assignment_state (assignment_id, since, {state})
    select n.id, n.changed_on, {n_state} from {pairs} where {changed}
"""
FEW = 20


def _keep(how: str) -> str:
    """What to do with the rows of a statement, each of ours planned as *how* says."""

    def plan(statements: str, into: str = "") -> str:
        return "".join(how.format(one.format(**WORDS), into) for one in statements.split(";"))

    return f"""
    {plan(LOOK, " into is_moved, is_changed")}
    if is_moved then {plan(KEEP_MOVED)} end if;
    if is_changed then {plan(KEEP_CHANGED)} end if;"""


# A connection plans the statements of a function once, by the first rows that come; by those of a
# single report each of ten thousand duties would be sought among ten thousand, one by one. So what
# many rows need is planned each time.
KEEP_ASSIGNMENT_STATE = f"""
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
declare
  is_moved boolean;
  is_changed boolean;
begin
  if (select count(*) from became) <= {FEW} then {_keep("{0}{1};")}
  else {_keep("execute $many${0}$many${1};")}
  end if;
  return null;
end $$
"""  # noqa: S608 - names of our own

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

# A request for more time waits for nobody once its assignment is closed, or has that time already.
SUPERSEDE_EXTENSIONS = """
create or replace function supersede_extensions() returns trigger language plpgsql as $$
begin
  update extension
     set state = 'superseded', decided_at = new.updated_at, updated_at = new.updated_at
   where assignment_id = new.id and state = 'pending'
     and (new.status in ('completed', 'not_applicable', 'revoked', 'merged')
          or wanted_deadline_on <= new.deadline_on);
  return null;
end $$
"""
STATE_COLUMNS = (
    "since, until, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
LOG_FIGURE_CHANGE = f"""
create or replace function log_figure_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into figure_change (weight, {STATE_COLUMNS})
    select 1, {STATE_COLUMNS} from state_after;
  elsif tg_op = 'DELETE' then
    insert into figure_change (weight, {STATE_COLUMNS})
    select -1, {STATE_COLUMNS} from state_before;
  else
    insert into figure_change (weight, {STATE_COLUMNS})
    select -1, {STATE_COLUMNS} from state_before
    union all select 1, {STATE_COLUMNS} from state_after;
  end if;
  return null;
end $$
"""  # noqa: S608 - columns of our own
BEFORE, AFTER = "old table as state_before", "new table as state_after"
# A statement at a time: a batch of a thousand costs one insert.
LOG_FIGURES = {"insert": AFTER, "update": f"{BEFORE} {AFTER}", "delete": BEFORE}

REFUSE_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name
    using errcode = 'restrict_violation';
end $$
"""

# What was issued is carried out once, which is when a task that it adds gets its id.
KEEP_AMENDMENT = """
create or replace function keep_amendment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.applied_at is null
     and to_jsonb(new) - array['applied_at', 'updated_at']
         = to_jsonb(old) - array['applied_at', 'updated_at'] then
    return new;
  end if;
  raise exception 'amendments that are no drafts are never changed or deleted'
    using errcode = 'restrict_violation';
end $$
"""
KEEP_AMENDMENT_ITEM = """
create or replace function keep_amendment_item() returns trigger language plpgsql as $$
begin
  if exists (
       select from amendment a
        where a.id in (old.amendment_id, new.amendment_id) and a.state <> 'draft')
     and not (tg_op = 'UPDATE' and old.task_id is null
              and to_jsonb(new) - 'task_id' = to_jsonb(old) - 'task_id') then
    raise exception 'items of amendments that are no drafts are never changed or deleted'
      using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end $$
"""

UNCHANGEABLE = (
    "submission_attempt",
    "submission_review",
    "audit_entry",
    "narrative",
    "plan_import",
    "collective_substitution",
    "collective_substitution_agency",
    "document",
    "document_evidence",
    "document_effect",
    "reminder_item",
    "deadline_change",
    "assignment_action",
    "submission_waiver",
    "indicator_value",
    "rating_version",
)

TRIGGERS = (
    BEGIN_ASSIGNMENT_STATE,
    KEEP_ASSIGNMENT_STATE,
    KEEP_PLAN_COORDINATOR,
    SUPERSEDE_EXTENSIONS,
    LOG_FIGURE_CHANGE,
    REFUSE_CHANGE,
    KEEP_AMENDMENT,
    KEEP_AMENDMENT_ITEM,
    "create trigger keep_amendment before update or delete on amendment"
    " for each row when (old.state <> 'draft') execute function keep_amendment()",
    "create trigger keep_amendment_item before insert or update or delete on amendment_item"
    " for each row execute function keep_amendment_item()",
    "create trigger begin_assignment_state after insert on assignment"
    " referencing new table as made for each statement execute function begin_assignment_state()",
    "create trigger keep_assignment_state after update on assignment"
    " referencing old table as was new table as became"
    " for each statement execute function keep_assignment_state()",
    "create trigger supersede_extensions after update on assignment for each row"
    " when (new.status is distinct from old.status and new.status in"
    " ('completed', 'not_applicable', 'revoked', 'merged')"
    " or new.deadline_on is distinct from old.deadline_on)"
    " execute function supersede_extensions()",
    "create trigger keep_plan_coordinator after insert or update on plan"
    " for each row execute function keep_plan_coordinator()",
    *(
        f"create trigger log_figure_{event} after {event} on assignment_state"
        f" referencing {tables} for each statement execute function log_figure_change()"
        for event, tables in LOG_FIGURES.items()
    ),
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


for statement in (*EXTENSIONS, WORKLOAD_RANK):
    listen("before_create", statement)
for statement in TRIGGERS:
    listen("after_create", statement)
