"""what held of many assignments is kept at once"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATE = (
    "plan_id, task_id, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
# What became of many at once is kept by a few statements, not by a few for each.
BEGIN = f"""
create or replace function begin_assignment_state() returns trigger language plpgsql as $$
begin
  insert into assignment_state (assignment_id, since, {STATE})
  select id, changed_on, {STATE} from made;
  return null;
end $$
"""  # noqa: S608 - columns of our own
# Who answers for it may be recorded long after the day from which it holds: the days since then
# are told anew, those before it stay as they are. Several changes on one day leave the day's last.
KEEP = f"""
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
KEEP_EACH = """
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


def upgrade() -> None:
    op.execute("drop trigger keep_assignment_state on assignment")
    op.execute(BEGIN)
    op.execute(KEEP)
    op.execute(
        "create trigger begin_assignment_state after insert on assignment"
        " referencing new table as made for each statement execute function"
        " begin_assignment_state()"
    )
    op.execute(
        "create trigger keep_assignment_state after update on assignment"
        " referencing old table as was new table as became"
        " for each statement execute function keep_assignment_state()"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_assignment_state on assignment")
    op.execute("drop trigger begin_assignment_state on assignment")
    op.execute("drop function begin_assignment_state()")
    op.execute(KEEP_EACH)
    op.execute(
        "create trigger keep_assignment_state after insert or update on assignment"
        " for each row execute function keep_assignment_state()"
    )
