"""many duties are planned for as many"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATE = (
    "plan_id, task_id, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
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
KEEP = f"""
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

KEEP_BEFORE = f"""
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
declare
  moved uuid[] := array(
    select n.id from was o join became n using (id)
     where not (o.status = 'merged' and n.status = 'merged')
       and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
           is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id));
  changed uuid[] := array(
    select n.id from was o join became n using (id)
     where n.status <> 'merged'
       and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on,
            o.completed_on)
           is distinct from
           (n.deadline_on, n.original_deadline_on, n.status, n.reported_on,
            n.completed_on));
begin
  if moved <> '{{}}' then
    with held as (
      update assignment_state s set until = cut.day
        from (select kept.assignment_id, kept.since, kept.until,
                     coalesce(n.assigned_on, n.changed_on) as day
                from became n join assignment_state kept on kept.assignment_id = n.id
               where n.id = any(moved)) cut
       where s.assignment_id = cut.assignment_id and s.since = cut.since
         and s.since < cut.day and (s.until is null or s.until > cut.day)
      returning s.*, cut.until as ended
    )
    insert into assignment_state (assignment_id, since, until, {STATE})
    select assignment_id, until, ended, {STATE} from held;
    delete from assignment_state s using became n
     where n.id = any(moved) and n.status = 'merged' and s.assignment_id = n.id
       and s.since >= coalesce(n.assigned_on, n.changed_on);
    update assignment_state s
       set agency_id = case when n.agency_id = o.agency_id then s.agency_id
                            else n.agency_id end,
           role = case when n.role = o.role then s.role else n.role end,
           awaits_handover = case when n.awaits_handover = o.awaits_handover
                                  then s.awaits_handover else n.awaits_handover end
      from was o join became n using (id)
     where n.id = any(moved) and s.assignment_id = n.id
       and s.since >= coalesce(n.assigned_on, n.changed_on);
  end if;
  if changed <> '{{}}' then
    delete from assignment_state s using became n
     where n.id = any(changed) and s.assignment_id = n.id
       and s.until is null and s.since = n.changed_on;
    update assignment_state s set until = n.changed_on
      from became n
     where n.id = any(changed) and s.assignment_id = n.id and s.until is null;
    insert into assignment_state (assignment_id, since, {STATE})
    select id, changed_on, {STATE} from became where id = any(changed);
  end if;
  return null;
end $$
"""  # noqa: S608 - columns of our own


def upgrade() -> None:
    op.execute(KEEP)


def downgrade() -> None:
    op.execute(KEEP_BEFORE)
